"""The visible signature in one of its looks (regulation.md §8), each drawn in a module of its own.

Preview and signed file embed the same form XObject.  Fonts, emblem and pictures are made once per process, so that
within a batch only the content stream is new.
"""

import io
import zlib
from collections.abc import Mapping, Sequence

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.writer import BasePdfFileWriter, PageObject, PdfFileWriter

from bdsigner.model.signature import Appearance, CopyLines, HandAndSeal, VisibleSignature
from bdsigner.signing.appearance_items import draw_items
from bdsigner.signing.appearance_lines import draw_lines
from bdsigner.signing.appearance_parts import Drawing
from bdsigner.signing.appearance_pictures import draw_pictures
from bdsigner.signing.archival import ORDINARY, AdditionRules, default_colours
from bdsigner.signing.objects import numbers, pdf_name, pdf_stream, serialised

_UPRIGHT = (1, 0, 0, 1, 0, 0)


def embed_appearance(
    writer: BasePdfFileWriter,
    appearance: Appearance,
    *,
    width_pt: float,
    height_pt: float,
    matrix: Sequence[float] = _UPRIGHT,
    rules: AdditionRules = ORDINARY,
) -> generic.IndirectObject:
    """Add the drawing as a form XObject of that size; ``matrix`` turns it on a rotated page.

    ``rules``: what the file it is added to claims to be.

    Raises ``SigningError`` (``SIGNING_BOX_TOO_SMALL``, ``SIGNING_GLYPH_MISSING``, ``SIGNING_PICTURE_…``),
    ``ProfileError`` for the emblem.
    """
    drawing = _draw(writer, appearance, width_pt, height_pt, rules)
    colours = default_colours(rules)
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 %b] /Matrix [%b] /Resources << %b %b%b >>" % (
        numbers((width_pt, height_pt)),
        numbers(matrix),
        _resources(b"Font", drawing.fonts),
        _resources(b"XObject", drawing.objects),
        b" /ColorSpace " + serialised(colours) if colours else b"",
    )
    return writer.add_object(pdf_stream(form, zlib.compress(drawing.content)))


def appearance_pdf(appearance: Appearance, *, width_pt: float, height_pt: float) -> bytes:
    """A one-page PDF showing exactly what will stand in the file.  Raises as ``embed_appearance``."""
    writer = PdfFileWriter(stream_xrefs=False)
    form = embed_appearance(writer, appearance, width_pt=width_pt, height_pt=height_pt)
    page = PageObject(
        contents=writer.add_object(generic.StreamObject(stream_data=b"/A Do")),
        media_box=generic.ArrayObject(generic.FloatObject(str(value)) for value in (0, 0, width_pt, height_pt)),
        resources=generic.DictionaryObject({pdf_name("/XObject"): generic.DictionaryObject({pdf_name("/A"): form})}),
    )
    writer.insert_page(page)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def _draw(
    writer: BasePdfFileWriter, appearance: Appearance, width_pt: float, height_pt: float, rules: AdditionRules
) -> Drawing:
    match appearance:
        case VisibleSignature():
            return draw_items(writer, appearance, width_pt, height_pt, rules)
        case HandAndSeal():
            return draw_pictures(writer, appearance, width_pt, height_pt, rules)
        case CopyLines():
            return draw_lines(writer, appearance, width_pt, height_pt, rules)


def _resources(kind: bytes, named: Mapping[bytes, generic.IndirectObject]) -> bytes:
    entries = b" ".join(b"/%b %d 0 R" % (name, reference.idnum) for name, reference in named.items())
    return b"/%b << %b >>" % (kind, entries)
