"""Signature fields of a document: finding them, making one, putting a signature into one (ISO 32000-2 §12.7.5.5)."""

from collections.abc import Iterator
from dataclasses import dataclass

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from bdsigner.errors import DocumentError, ErrorCode, SigningError
from bdsigner.signing.objects import dictionary, entry, number, pdf_name
from bdsigner.signing.placement import Rect, rect_of

_FIELD_DEPTH_MAX = 32
_FIELDS_MAX = 20_000
"""Large forms have a few thousand fields; beyond this the tree is a loop or an attack."""
_SIGNATURES_EXIST_APPEND_ONLY = 3
"""``/SigFlags`` (ISO 32000-2 table 225)."""
_PRINT_LOCKED = 132
"""Annotation flags (table 167): PDF/A wants Print; Locked keeps it from being dragged."""
_NAME_PREFIX = "Signature"


@dataclass(frozen=True, slots=True)
class FormField:
    """A terminal form field."""

    name: str
    """Fully qualified (§12.7.4.2)."""
    node: generic.DictionaryObject
    is_signature: bool

    @property
    def value(self) -> generic.DictionaryObject | None:
        """The signature in it; ``None`` when it is empty."""
        value = entry(self.node, "/V")
        return value if isinstance(value, generic.DictionaryObject) else None

    @property
    def widget(self) -> generic.DictionaryObject:
        """The first widget: the field itself or its first kid."""
        kids = entry(self.node, "/Kids")
        first = kids[0] if isinstance(kids, generic.ArrayObject) and kids else None
        return first if isinstance(first, generic.DictionaryObject) else self.node

    @property
    def rect(self) -> Rect | None:
        """Where the widget stands; ``None`` for an invisible field."""
        return rect_of(entry(self.widget, "/Rect"))


def form_fields(root: generic.DictionaryObject) -> tuple[FormField, ...]:
    """All terminal fields.  Raises ``DocumentError`` ``DOCUMENT_LIMITS`` for absurd trees."""
    top = entry(entry(root, "/AcroForm"), "/Fields")
    found: list[FormField] = []
    for field in _walk(top, "", None, 0):
        found.append(field)
        if len(found) > _FIELDS_MAX:
            raise DocumentError(ErrorCode.DOCUMENT_LIMITS, limit="form fields")
    return tuple(found)


def _walk(nodes: object, parent_name: str, inherited_type: object, depth: int) -> Iterator[FormField]:
    if depth > _FIELD_DEPTH_MAX:
        raise DocumentError(ErrorCode.DOCUMENT_LIMITS, limit="form depth")
    if not isinstance(nodes, generic.ArrayObject):
        return
    for index in range(len(nodes)):
        node = nodes[index]
        if not isinstance(node, generic.DictionaryObject):
            continue
        part = entry(node, "/T")
        name = parent_name if part is None else f"{parent_name}.{part}".lstrip(".")
        field_type = entry(node, "/FT") or inherited_type
        kids = entry(node, "/Kids")
        if _has_fields(kids):
            yield from _walk(kids, name, field_type, depth + 1)
        else:
            yield FormField(name, node, field_type == "/Sig")


def _has_fields(kids: object) -> bool:
    """Kids that carry a partial name are fields, the others widgets of one field."""
    return isinstance(kids, generic.ArrayObject) and any(
        entry(kids[index], "/T") is not None for index in range(len(kids))
    )


def empty_field(fields: tuple[FormField, ...], name: str) -> FormField:
    """The empty signature field of that name.  Raises ``SigningError``: missing, used."""
    field = next((field for field in fields if field.is_signature and field.name == name), None)
    if field is None:
        raise SigningError(ErrorCode.SIGNING_FIELD_MISSING, field=name)
    if field.value is not None:
        raise SigningError(ErrorCode.SIGNING_FIELD_USED, field=name)
    return field


def unused_name(fields: tuple[FormField, ...], *, prefix: str = _NAME_PREFIX) -> str:
    """``Signature1``, ``Signature2`` … the first that no field has, as other programs name them."""
    taken = {field.name.split(".", 1)[0] for field in fields}
    count = 1
    while f"{prefix}{count}" in taken:
        count += 1
    return f"{prefix}{count}"


def new_field(
    writer: IncrementalPdfFileWriter, page: generic.IndirectObject, *, name: str, rect: Rect
) -> generic.DictionaryObject:
    """Add an empty signature field, merged with its widget, to the form and to ``page``."""
    field = dictionary(
        {
            "/Type": pdf_name("/Annot"),
            "/Subtype": pdf_name("/Widget"),
            "/FT": pdf_name("/Sig"),
            "/T": generic.TextStringObject(name),
            "/F": generic.NumberObject(_PRINT_LOCKED),
            "/Rect": generic.ArrayObject(generic.FloatObject(f"{value:.4f}") for value in rect),
            "/P": page,
        }
    )
    reference = writer.add_object(field)
    page_node = page.get_object()
    if entry(page_node, "/Annots") is None:  # null, or an object that is not there
        page_node.pop(pdf_name("/Annots"), None)
    writer.register_annotation(page, reference)
    form = _form(writer)
    fields = entry(form, "/Fields")
    if isinstance(fields, generic.ArrayObject):
        fields.append(reference)
        writer.update_container(fields)
    else:
        form[pdf_name("/Fields")] = generic.ArrayObject([reference])
        writer.update_container(form)
    return field


def mark_signed(writer: IncrementalPdfFileWriter) -> None:
    """Say in the form that signatures exist and that the file is to be appended to only."""
    form = _form(writer)
    flags = int(number(entry(form, "/SigFlags")) or 0)
    if flags & _SIGNATURES_EXIST_APPEND_ONLY != _SIGNATURES_EXIST_APPEND_ONLY:
        form[pdf_name("/SigFlags")] = generic.NumberObject(flags | _SIGNATURES_EXIST_APPEND_ONLY)
        writer.update_container(form)


def _form(writer: IncrementalPdfFileWriter) -> generic.DictionaryObject:
    form = entry(writer.root, "/AcroForm")
    if isinstance(form, generic.DictionaryObject):
        return form
    form = dictionary({"/Fields": generic.ArrayObject()})
    writer.root[pdf_name("/AcroForm")] = writer.add_object(form)
    writer.update_root()
    return form
