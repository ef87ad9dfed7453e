"""The visible signature (Đ10.1b, §8): emblem, five lines, a thin neutral frame; never like a seal or a hand signature.

Preview and signed file embed the same form XObject.  Font, emblem and measurements are made once per process, so that
within a batch only the content stream is new.
"""

import io
import math
import unicodedata
import zlib
from collections.abc import Sequence

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.writer import BasePdfFileWriter, PageObject, PdfFileWriter

from bdsigner.errors import ErrorCode, SigningError
from bdsigner.model.geometry import PT_PER_MM
from bdsigner.model.signature import AppearanceLine, VisibleSignature
from bdsigner.signing import text_layout
from bdsigner.signing.emblem import Emblem, load_emblem
from bdsigner.signing.fonts import FontFace, font_face
from bdsigner.signing.objects import numbers, pdf_name, pdf_stream
from bdsigner.signing.text_layout import TextBlock

_FRAME_PT = 0.5
_FRAME_GRAY = 0.35
_LABEL_GRAY = 0.32
_VALUE_GRAY = 0.0
_MARK_GRAY = 0.83
"""Light enough to read the text printed over it, dark enough for a copying machine."""
_PADDING_PT = 4.0
_GAP_PT = 6.0
"""Between emblem and text."""
_EMBLEM_WIDTH_SHARE = 0.2
_EMBLEM_MAX_PT = 64.0
_MARK_ANGLE_MAX = math.radians(14)
_MARK_SHARE = 0.95
_UPRIGHT = (1, 0, 0, 1, 0, 0)


def embed_appearance(
    writer: BasePdfFileWriter,
    appearance: VisibleSignature,
    *,
    width_pt: float,
    height_pt: float,
    matrix: Sequence[float] = _UPRIGHT,
) -> generic.IndirectObject:
    """Add the drawing as a form XObject of that size; ``matrix`` turns it on a rotated page.

    Raises ``SigningError`` (``SIGNING_BOX_TOO_SMALL``, ``SIGNING_GLYPH_MISSING``), ``ProfileError`` for the emblem.
    """
    face = font_face(appearance.font)
    lines = text_layout.normalised(appearance.lines)
    mark = unicodedata.normalize("NFC", appearance.mark)
    emblem = load_emblem(appearance.emblem)
    content = _content(face, lines, emblem, mark, width_pt, height_pt)
    characters = frozenset("".join([mark, *(line.label + line.value for line in lines)]))
    font = face.embed(writer, characters)
    form = (
        b"/Type /XObject /Subtype /Form /BBox [0 0 %b] /Matrix [%b]"
        b" /Resources << /Font << /F %d 0 R >> /XObject << /E %d 0 R >> >>"
        % (numbers((width_pt, height_pt)), numbers(matrix), font.idnum, emblem.embed(writer).idnum)
    )
    return writer.add_object(pdf_stream(form, zlib.compress(content)))


def appearance_pdf(appearance: VisibleSignature, *, width_pt: float, height_pt: float) -> bytes:
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


def _content(
    face: FontFace, lines: Sequence[AppearanceLine], emblem: Emblem, mark: str, width: float, height: float
) -> bytes:
    emblem_width, emblem_height = _emblem_size(emblem, width, height)
    text_left = _PADDING_PT + emblem_width + _GAP_PT
    text_width, text_height = width - text_left - _PADDING_PT, height - 2 * _PADDING_PT
    block = text_layout.fit(face, lines, width_pt=text_width, height_pt=text_height)
    if block is None:
        raise _too_small(face, lines, emblem, width)
    text_top = (height + block.height_pt) / 2
    return b"\n".join(
        [
            _mark(face, mark, width, height),
            _frame(width, height),
            _emblem(emblem, (height - emblem_height) / 2, emblem_height),
            _text(face, block, text_left, text_top),
        ]
    )


def _too_small(face: FontFace, lines: Sequence[AppearanceLine], emblem: Emblem, width: float) -> SigningError:
    """The error with a size that will do, as near to the asked width as possible."""
    beside = 2 * _PADDING_PT + _GAP_PT
    widest = text_layout.widest_word(face, lines)
    enough = max(width, (widest + beside) / (1 - _EMBLEM_WIDTH_SHARE))
    emblem_width, _ = _emblem_size(emblem, enough, math.inf)
    block = text_layout.smallest(face, lines, width_pt=enough - beside - emblem_width)
    # one tenth of a millimetre more, so that the rounded value does fit
    return SigningError(
        ErrorCode.SIGNING_BOX_TOO_SMALL,
        min_width_mm=round(enough / PT_PER_MM + 0.1, 1),
        min_height_mm=round((block.height_pt + 2 * _PADDING_PT) / PT_PER_MM + 0.1, 1),
    )


def _emblem_size(emblem: Emblem, width: float, height: float) -> tuple[float, float]:
    available_width = min(width * _EMBLEM_WIDTH_SHARE, _EMBLEM_MAX_PT)
    available_height = max(1.0, height - 2 * _PADDING_PT)
    scale = min(available_width / emblem.width_pt, available_height / emblem.height_pt)
    return emblem.width_pt * scale, emblem.height_pt * scale


def _frame(width: float, height: float) -> bytes:
    inset = _FRAME_PT / 2
    place = numbers((inset, inset, width - _FRAME_PT, height - _FRAME_PT))
    return b"q %b G %b w %b re S Q" % (numbers([_FRAME_GRAY]), numbers([_FRAME_PT]), place)


def _emblem(emblem: Emblem, bottom: float, height: float) -> bytes:
    scale = height / emblem.height_pt
    origin = float(emblem.bounds[0]), float(emblem.bounds[1])
    place = numbers((scale, 0, 0, scale, _PADDING_PT - origin[0] * scale, bottom - origin[1] * scale))
    return b"q %b cm /E Do Q" % place


def _text(face: FontFace, block: TextBlock, left: float, top: float) -> bytes:
    size, leading = block.size_pt, text_layout.LEADING * block.size_pt
    # ascenders with stacked marks and descenders share the leading evenly
    first_baseline = top - leading / 2 - (face.cap_height * size / 1000) / 2
    parts = [b"BT /F %b Tf" % numbers([size])]
    for index, line in enumerate(block.lines):
        baseline = first_baseline - index * leading
        for run in line:
            gray = _LABEL_GRAY if run.is_label else _VALUE_GRAY
            place = numbers((1, 0, 0, 1, left + run.x_pt, baseline))
            parts.append(b"%b g %b Tm %b Tj" % (numbers([gray]), place, face.encode(run.text)))
    parts.append(b"ET")
    return b"\n".join(parts)


def _mark(face: FontFace, mark: str, width: float, height: float) -> bytes:
    """The word slanting upwards as large as fits, printed first so that everything else stands on it."""
    if not mark:
        return b""
    angle = min(math.atan2(height, width), _MARK_ANGLE_MAX)
    cos, sin = math.cos(angle), math.sin(angle)
    length, tall = face.width(mark, 1.0), (face.ascent - face.descent) / 1000
    size = _MARK_SHARE * min(width / (length * cos + tall * sin), height / (length * sin + tall * cos))
    along, across = length * size / 2, face.cap_height * size / 2000
    x = width / 2 - along * cos + across * sin
    y = height / 2 - along * sin - across * cos
    return b"q BT %b g /F %b Tf %b Tm %b Tj ET Q" % (
        numbers([_MARK_GRAY]),
        numbers([size]),
        numbers((cos, sin, -sin, cos, x, y)),
        face.encode(mark),
    )
