"""Signature fields of a PDF, from its form alone (ISO 32000-2 §12.7).  Runs in the document child."""

import hashlib
from dataclasses import dataclass

from pymupdf import mupdf

from bdsigner.documents.pages import displayed
from bdsigner.model.document import SignatureField
from bdsigner.model.geometry import Box

MAX_DEPTH = 32
"""Levels of field names; real forms have two or three."""
MAX_NODES = 20_000
"""Fields and widgets looked at; the largest public forms have a few thousand."""
MAX_ANNOTATIONS = 20_000
"""Annotations searched for the page of widgets that do not name it."""

MAX_SIGNERS = 32
"""Signatures whose signer is read; a document that made the round of every department has a dozen."""
MAX_SIGNATURE_BYTES = 1 << 20
"""Of one signature with all certificates and revocation lists inside; ours take some 30 KiB."""


@dataclass(frozen=True, slots=True)
class _Node:
    """A field dictionary with what it inherits."""

    obj: mupdf.PdfObj
    name: str
    type: str
    value: mupdf.PdfObj
    depth: int


def signature_fields(pdf: mupdf.PdfDocument, page_count: int) -> tuple[SignatureField, ...]:
    """List the signature fields in the order of the form."""
    roots = mupdf.pdf_dict_getp(mupdf.pdf_trailer(pdf), "Root/AcroForm/Fields")
    nothing = mupdf.PdfObj()
    waiting = [_Node(root, "", "", nothing, 0) for root in reversed(_items(roots))]
    finder = _PageFinder(pdf, page_count)
    seen: set[int] = set()
    found: list[SignatureField] = []
    visited = 0
    while waiting and visited < MAX_NODES:
        visited += 1
        node = _inheriting(waiting.pop())
        number = mupdf.pdf_to_num(node.obj)
        if number in seen or not mupdf.pdf_is_dict(node.obj):
            continue
        if number:
            seen.add(number)
        kids = _items(mupdf.pdf_dict_gets(node.obj, "Kids"))
        fields = [kid for kid in kids if not mupdf.pdf_is_null(mupdf.pdf_dict_gets(kid, "T"))]
        if fields and node.depth < MAX_DEPTH:
            waiting += [_Node(kid, node.name, node.type, node.value, node.depth + 1) for kid in reversed(fields)]
        elif node.type == "Sig":
            may_name = sum(bool(one.signer_sha256) for one in found) < MAX_SIGNERS
            found.append(
                SignatureField(
                    name=node.name,
                    is_signed=bool(mupdf.pdf_is_dict(node.value)),
                    box=_box([*kids, node.obj], finder),
                    signer_sha256=_signer_sha256(node.value) if may_name else "",
                )
            )
    return tuple(found)


def _signer_sha256(signature: mupdf.PdfObj) -> str:
    """Which certificate a signature names; a timestamp's (``/DocTimeStamp``) is nobody's."""
    if not mupdf.pdf_is_dict(signature) or mupdf.pdf_to_name(mupdf.pdf_dict_gets(signature, "Type")) == "DocTimeStamp":
        return ""
    # Here: files without signatures need no parser.
    from bdsigner.verification.cms import CmsError
    from bdsigner.verification.cms_reading import read_signers

    try:
        signers = read_signers(_bytes(mupdf.pdf_dict_gets(signature, "Contents")))
    except CmsError:
        return ""
    signer = signers[0].signer if signers else None
    return hashlib.sha256(signer).hexdigest() if signer is not None else ""


def _bytes(string: mupdf.PdfObj) -> bytes:
    """The bytes of a string, which MuPDF hands out up to the first zero only: as it prints them, in hexadecimal."""
    length = mupdf.pdf_to_str_len(string)
    if not 0 < length <= MAX_SIGNATURE_BYTES:
        return b""
    buffer = mupdf.fz_new_buffer(2 * length + 2)
    output = mupdf.FzOutput(buffer)
    mupdf.pdf_print_obj(output, string, 1, 1)
    output.fz_close_output()
    printed: bytes = mupdf.fz_buffer_extract_copy(buffer)
    return bytes.fromhex(printed[1:-1].decode("ascii")) if printed.startswith(b"<") else b""


def _inheriting(node: _Node) -> _Node:
    partial = mupdf.pdf_dict_gets(node.obj, "T")
    name = node.name
    if not mupdf.pdf_is_null(partial):
        name = f"{name}.{_text(partial)}" if name else _text(partial)
    own_type, own_value = mupdf.pdf_dict_gets(node.obj, "FT"), mupdf.pdf_dict_gets(node.obj, "V")
    return _Node(
        node.obj,
        name,
        node.type if mupdf.pdf_is_null(own_type) else mupdf.pdf_to_name(own_type),
        node.value if mupdf.pdf_is_null(own_value) else own_value,
        node.depth,
    )


def _items(array: mupdf.PdfObj) -> list[mupdf.PdfObj]:
    return [mupdf.pdf_array_get(array, index) for index in range(min(mupdf.pdf_array_len(array), MAX_NODES))]


def _text(obj: mupdf.PdfObj) -> str:
    """A text string; what is no Unicode (lone surrogates) is replaced, as it could not cross the pipe."""
    text: str = mupdf.pdf_to_text_string(obj)
    return text.encode("utf-8", "replace").decode()


def _box(widgets: list[mupdf.PdfObj], finder: "_PageFinder") -> Box | None:
    """Where the first visible widget stands; ``None`` for an empty rectangle or one on no page."""
    for widget in widgets:
        if mupdf.pdf_array_len(mupdf.pdf_dict_gets(widget, "Rect")) != 4:
            continue
        rect = mupdf.pdf_to_rect(mupdf.pdf_dict_gets(widget, "Rect"))
        if rect.x1 <= rect.x0 or rect.y1 <= rect.y0:
            continue
        page = finder.page_of(widget)
        corners = displayed(mupdf.pdf_lookup_page_obj(finder.pdf, page), rect) if page is not None else None
        if page is not None and corners is not None:
            x0, y0, x1, y1 = corners
            return Box(page, x0, y0, x1 - x0, y1 - y0)
    return None


class _PageFinder:
    """Finds the page of a widget: its ``/P``, which is optional, else the page that lists it."""

    def __init__(self, pdf: mupdf.PdfDocument, page_count: int) -> None:
        self.pdf = pdf
        self._page_count = page_count
        self._listed: dict[int, int] | None = None

    def page_of(self, widget: mupdf.PdfObj) -> int | None:
        page = mupdf.pdf_dict_gets(widget, "P")
        if mupdf.pdf_is_dict(page):
            number: int = mupdf.pdf_lookup_page_number(self.pdf, page)
            if 0 <= number < self._page_count:
                return number
        if self._listed is None:
            self._listed = self._list_annotations()
        return self._listed.get(mupdf.pdf_to_num(widget))

    def _list_annotations(self) -> dict[int, int]:
        listed: dict[int, int] = {}
        for page in range(self._page_count):
            annotations = mupdf.pdf_dict_gets(mupdf.pdf_lookup_page_obj(self.pdf, page), "Annots")
            for annotation in _items(annotations):
                listed[mupdf.pdf_to_num(annotation)] = page
            if len(listed) > MAX_ANNOTATIONS:
                break
        listed.pop(0, None)
        return listed
