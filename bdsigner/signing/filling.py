"""Number and date typed into their slots (Đ10.3b), in the same incremental update as the signature and ahead of it.

The page's own content is kept as it is, between a saved and a restored graphics state; the text follows in a stream of
its own.  Resources are copied into the page first: they may be shared with other pages or inherited.
"""

import io
import re
import zlib
from collections import defaultdict
from collections.abc import Sequence

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter

from bdsigner.errors import DocumentError, ErrorCode, SigningError
from bdsigner.model.signature import Filling
from bdsigner.signing.archival import CALIBRATED_GRAY, ORDINARY, AdditionRules
from bdsigner.signing.fields import FormField
from bdsigner.signing.fonts import FontFace, font_face
from bdsigner.signing.objects import entry, numbers, pdf_name, pdf_stream
from bdsigner.signing.placement import PageGeometry, inherited, page_geometry

SHRINK_MIN = 0.8
"""A text is set at most this much smaller than the line it belongs to."""
_SIDE_PT = 0.5
"""Kept free at both ends of the slot."""
_STREAMS_MAX = 512
_STREAM_BYTES_MAX = 64 << 20
_NOT_OPERATORS = re.compile(
    rb"\((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*\)|%[^\r\n]*|\bBI\b.*?\bID\b.*?\bEI\b|<[0-9A-Fa-f\s]*>", re.DOTALL
)
_SAVE_OR_RESTORE = re.compile(rb"(?<![^\s\]>)])([qQ])(?![^\s\[</(])")


def filling_pdf(filling: Filling) -> bytes:
    """A one-page PDF as large as the slot, with the text as it will stand there.  Raises as ``fill``."""
    writer = PdfFileWriter(stream_xrefs=False)
    face = font_face(filling.font)
    size, x_pt = fitted(filling, face)
    box = filling.box
    baseline = box.y_pt + box.height_pt - filling.baseline_pt
    place = numbers((1, 0, 0, 1, x_pt - box.x_pt, baseline))
    content = b"BT 0 g /F %b Tf %b Tm %b Tj ET" % (numbers([size]), place, face.encode(filling.text))
    fonts = generic.DictionaryObject({pdf_name("/F"): face.embed(writer, frozenset(filling.text))})
    page = PageObject(
        contents=writer.add_object(generic.StreamObject(stream_data=content)),
        media_box=generic.ArrayObject(generic.FloatObject(str(value)) for value in (0, 0, box.width_pt, box.height_pt)),
        resources=generic.DictionaryObject({pdf_name("/Font"): fonts}),
    )
    writer.insert_page(page)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def check_fillable(fields: Sequence[FormField]) -> None:
    """Number and date are filled before the first signature (§16.4).

    Raises ``SigningError`` ``SIGNING_FILLING_AFTER_SIGNATURE``.
    """
    if any(field.is_signature and field.value is not None for field in fields):
        raise SigningError(ErrorCode.SIGNING_FILLING_AFTER_SIGNATURE)


def fill(writer: IncrementalPdfFileWriter, fillings: Sequence[Filling], rules: AdditionRules = ORDINARY) -> None:
    """Draw the texts onto their pages, as ``rules`` ask for the file.

    Raises ``SigningError`` ``SIGNING_SLOT_TOO_NARROW``, ``SIGNING_GLYPH_MISSING``, ``SIGNING_BOX_OFF_PAGE``;
    ``ProfileError`` for a font; ``DocumentError`` ``DOCUMENT_LIMITS`` for absurd page content.
    """
    pages: dict[int, list[Filling]] = defaultdict(list)
    for filling in fillings:
        pages[filling.box.page].append(filling)
    for number, on_page in pages.items():
        reference, _ = writer.find_page_for_modification(number)
        if not isinstance(reference, generic.IndirectObject):
            raise PdfError("page is not an indirect object")
        _fill_page(writer, reference.get_object(), on_page, rules)
        writer.mark_update(reference)


def fitted(filling: Filling, face: FontFace) -> tuple[float, float]:
    """Size and left edge, in points on the displayed page.  Raises as ``fill``."""
    size = filling.style.size_pt
    room = filling.box.width_pt - 2 * _SIDE_PT
    width = face.width(filling.text, size)
    if width > room:
        size *= max(room / width, 0.0)
        if size < SHRINK_MIN * filling.style.size_pt:
            raise SigningError(ErrorCode.SIGNING_SLOT_TOO_NARROW, text=filling.text, page=filling.box.page + 1)
        width = face.width(filling.text, size)
    return size, filling.box.x_pt + (filling.box.width_pt - width) / 2


def _fill_page(
    writer: IncrementalPdfFileWriter,
    page: generic.DictionaryObject,
    fillings: Sequence[Filling],
    rules: AdditionRules,
) -> None:
    geometry = page_geometry(page)
    fonts = _own_resources(page, "/Font")
    black = _black(page, rules)
    names: dict[FontFace, str] = {}
    parts = []
    for filling in fillings:
        face = font_face(filling.font)
        if face not in names:
            texts = "".join(one.text for one in fillings if one.font == filling.font)
            names[face] = _free_name(fonts)
            fonts[pdf_name(names[face])] = face.embed(writer, frozenset(texts), has_cid_set=rules.has_cid_sets)
        parts.append(_text(filling, face, names[face], geometry, black))
    _add_content(writer, page, b"\n".join(parts))


def _black(page: generic.DictionaryObject, rules: AdditionRules) -> bytes:
    """Operators that set black; a page's own default colours are not touched, so a calibrated one gets a name."""
    if not rules.is_calibrated:
        return b"0 g"
    spaces = _own_resources(page, "/ColorSpace")
    name = _free_name(spaces)
    spaces[pdf_name(name)] = CALIBRATED_GRAY
    return b"%b cs 0 sc" % name.encode()


def _text(filling: Filling, face: FontFace, name: str, geometry: PageGeometry, black: bytes) -> bytes:
    size, x_pt = fitted(filling, face)
    geometry.to_user_space(filling.box)  # refuses a slot off the page
    x, y = geometry.to_user_point(x_pt, filling.baseline_pt)
    turn = geometry.upright_matrix
    return b"BT %b 0 Tr %b Tf %b Tm %b Tj ET" % (
        black,
        b"%b %b" % (name.encode(), numbers([size / geometry.user_unit])),
        numbers((*turn[:4], x, y)),
        face.encode(filling.text),
    )


def _own_resources(page: generic.DictionaryObject, kind: str) -> generic.DictionaryObject:
    """The page's resources of a kind, in dictionaries that no other page has."""
    resources = _copy(inherited(page, "/Resources"))
    own = _copy(entry(resources, kind))
    resources[pdf_name(kind)] = own
    page[pdf_name("/Resources")] = resources
    return own


def _copy(source: object) -> generic.DictionaryObject:
    if not isinstance(source, generic.DictionaryObject):
        return generic.DictionaryObject()
    return generic.DictionaryObject({key: source.raw_get(key) for key in source})


def _free_name(taken: generic.DictionaryObject) -> str:
    count = 1
    while f"/Fill{count}" in taken:
        count += 1
    return f"/Fill{count}"


def _add_content(writer: IncrementalPdfFileWriter, page: generic.DictionaryObject, content: bytes) -> None:
    streams = _streams(page)
    left_open = _open_states(streams)
    before = writer.add_object(pdf_stream(b"", b"q\n", is_compressed=False))
    closing = b"\n" + b"Q\n" * (left_open + 1)
    after = writer.add_object(pdf_stream(b"", zlib.compress(closing + b"q\n" + content + b"\nQ\n")))
    page[pdf_name("/Contents")] = generic.ArrayObject([before, *streams, after])


def _streams(page: generic.DictionaryObject) -> list[generic.IndirectObject]:
    if "/Contents" not in page:
        return []
    raw = page.raw_get("/Contents")
    value = raw.get_object() if isinstance(raw, generic.IndirectObject) else raw
    if isinstance(value, generic.ArrayObject):
        items = [value.raw_get(index) for index in range(min(len(value), _STREAMS_MAX))]
        return [item for item in items if isinstance(item, generic.IndirectObject)]
    return [raw] if isinstance(raw, generic.IndirectObject) and isinstance(value, generic.StreamObject) else []


def _open_states(streams: Sequence[generic.IndirectObject]) -> int:
    """How many saved graphics states the page's content leaves behind."""
    depth = size = 0
    for reference in streams:
        stream = reference.get_object()
        if not isinstance(stream, generic.StreamObject):
            continue
        data = stream.data
        size += len(data)
        if size > _STREAM_BYTES_MAX:
            raise DocumentError(ErrorCode.DOCUMENT_LIMITS, limit="page content")
        for operator in _SAVE_OR_RESTORE.findall(_NOT_OPERATORS.sub(b" ", data)):
            depth = max(0, depth + (1 if operator == b"q" else -1))
    return depth
