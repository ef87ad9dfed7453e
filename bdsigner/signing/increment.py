"""The incremental update that holds a signature: dictionary, field, widget, with room for the CMS (ISO 32000-2 §12.8).

Written by pyHanko's ``IncrementalPdfFileWriter``.  Its ``write_in_place`` would also rewrite ``/Info`` and XMP, which
no person asked for and which a later judge has to explain away; ``_write_updated_section`` writes what was changed.
"""

import itertools
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError

from bdsigner.errors import DocumentError, ErrorCode, SigningError
from bdsigner.model.signature import Appearance, SignatureRequest
from bdsigner.signing import fields, restrictions
from bdsigner.signing.archival import AdditionRules, addition_rules, give_appearance
from bdsigner.signing.fields import FormField
from bdsigner.signing.objects import OffsetBuffer, Placeholder, dictionary, entry, pdf_name
from bdsigner.signing.placement import PageGeometry, Rect, page_geometry
from bdsigner.signing.reading import damage_as_errors, open_for_update

_BYTE_RANGE_ROOM = b"[" + b" " * 60 + b"]"
"""Four offsets of up to thirteen digits: files of terabytes."""
INVISIBLE: Rect = (0.0, 0.0, 0.0, 0.0)
_PAGE_NODES_MAX = 20_000
"""Looked through for the page that holds a widget without ``/P``."""


@dataclass(frozen=True, slots=True)
class Room:
    """What is filled in when everything else is written."""

    contents: Placeholder
    byte_range: Placeholder

    @classmethod
    def for_contents(cls, size_bytes: int) -> "Room":
        """Room for a CMS of that size, in hexadecimal, and for the ByteRange around it."""
        return cls(Placeholder(b"<%b>" % (b"00" * size_bytes)), Placeholder(_BYTE_RANGE_ROOM))


@dataclass(frozen=True, slots=True)
class Increment:
    """What is to be appended to the file; the signature covers all of the file but ``contents_start:contents_end``."""

    data: bytearray
    contents_start: int
    """Offset of ``<`` in ``data``."""
    contents_end: int
    """Offset after ``>`` in ``data``."""
    field: str


def build_increment(file: BinaryIO, request: SignatureRequest, *, contents_bytes: int) -> Increment:
    """Prepare the signature of the document in ``file`` (our copy), with room for a CMS of ``contents_bytes``.

    Raises ``DocumentError``, ``SigningError`` as the parts of this package say.
    """
    writer = open_for_update(file, request.source)
    with damage_as_errors(request.source):
        rules = addition_rules(writer.root)
        existing = fields.form_fields(writer.root)
        name = request.field or fields.unused_name(existing)
        restrictions.check_signing_allowed(writer.root, existing, name)
        if request.fillings:
            from bdsigner.signing import filling  # fontTools, as below

            filling.check_fillable(existing)
            filling.fill(writer, request.fillings, rules)
        if request.field:
            node, references = _fill_field(writer, fields.empty_field(existing, name), request, rules)
        else:
            node, references = _add_field(writer, name, request, rules), None
        room = Room.for_contents(contents_bytes)
        node[pdf_name("/V")] = writer.add_object(_signature_dictionary(request, room, references))
        fields.mark_signed(writer)
        return serialise_with_room(writer, file, room, name)


def _add_field(
    writer: IncrementalPdfFileWriter, name: str, request: SignatureRequest, rules: AdditionRules
) -> generic.DictionaryObject:
    box = request.box
    page = page_for_update(writer, 0 if box is None else box.page)
    if box is None or request.appearance is None:
        node = fields.new_field(writer, page, name=name, rect=INVISIBLE)
        give_appearance(writer, node, rules)
        return node
    geometry = page_geometry(page.get_object())
    rect = geometry.to_user_space(box)
    node = fields.new_field(writer, page, name=name, rect=rect)
    _draw(writer, node, request.appearance, geometry, rect, rules)
    return node


def _fill_field(
    writer: IncrementalPdfFileWriter, field: FormField, request: SignatureRequest, rules: AdditionRules
) -> tuple[generic.DictionaryObject, generic.ArrayObject | None]:
    """Use a field that its author placed: its own rectangle counts, ``request.box`` does not."""
    restrictions.check_seed_values(field)
    if field.rect is None and request.box is not None:
        raise SigningError(ErrorCode.SIGNING_FIELD_CONSTRAINED, field=field.name, constraint="Rect")
    if field.rect is not None and request.appearance is not None:
        geometry = page_geometry(_page_of(writer, field.widget))
        _draw(writer, field.widget, request.appearance, geometry, field.rect, rules)
    else:
        give_appearance(writer, field.widget, rules)
    writer.update_container(field.widget)
    writer.update_container(field.node)
    return field.node, restrictions.lock_references(field)


def _draw(
    writer: IncrementalPdfFileWriter,
    widget: generic.DictionaryObject,
    appearance: Appearance,
    geometry: PageGeometry,
    rect: Rect,
    rules: AdditionRules,
) -> None:
    from bdsigner.signing.appearance import embed_appearance  # fontTools: 0.04 s that invisible signatures need not pay

    width, height = geometry.displayed_size_of(rect)
    form = embed_appearance(
        writer, appearance, width_pt=width, height_pt=height, matrix=geometry.upright_matrix, rules=rules
    )
    widget[pdf_name("/AP")] = dictionary({"/N": form})


def page_for_update(writer: IncrementalPdfFileWriter, index: int) -> generic.IndirectObject:
    """The page of that number, from 0.  Raises ``DocumentError`` ``DOCUMENT_NO_SUCH_PAGE``."""
    count = entry(entry(writer.root, "/Pages"), "/Count")
    if not isinstance(count, int) or not 0 <= index < count:
        raise DocumentError(ErrorCode.DOCUMENT_NO_SUCH_PAGE, page=index + 1)
    page, _ = writer.find_page_for_modification(index)
    if not isinstance(page, generic.IndirectObject):
        raise PdfError("page is not an indirect object")
    return page


def _page_of(writer: IncrementalPdfFileWriter, widget: generic.DictionaryObject) -> generic.DictionaryObject:
    """The page a widget is on: ``/P`` is optional (ISO 32000-2 table 166), being in ``/Annots`` is not."""
    page = entry(widget, "/P")
    if isinstance(page, generic.DictionaryObject):
        return page
    for candidate in itertools.islice(_page_nodes(writer.root), _PAGE_NODES_MAX):
        annotations = entry(candidate, "/Annots")
        if annotations is not None and any(annotations[i] is widget for i in range(len(annotations))):
            return candidate
    raise PdfError("widget is on no page")


def _page_nodes(root: generic.DictionaryObject) -> Iterator[generic.DictionaryObject]:
    """Nodes of the page tree in any order; endless when it loops."""
    pending = [entry(root, "/Pages")]
    while pending:
        node = pending.pop()
        if isinstance(node, generic.DictionaryObject):
            yield node
            kids = entry(node, "/Kids")
            if isinstance(kids, generic.ArrayObject):
                pending += [kids[index] for index in range(len(kids))]


def _signature_dictionary(
    request: SignatureRequest, room: Room, references: generic.ArrayObject | None
) -> generic.DictionaryObject:
    """Entries as ETSI EN 319 142-1 §6.3 wants them; the claimed time stands here and not in the CMS."""
    signature = dictionary(
        {
            "/Type": pdf_name("/Sig"),
            "/Filter": pdf_name("/Adobe.PPKLite"),
            "/SubFilter": pdf_name("/ETSI.CAdES.detached"),
            "/M": generic.pdf_date(request.signing_time),
            "/ByteRange": room.byte_range,
            "/Contents": room.contents,
        }
    )
    if request.reason:
        signature[pdf_name("/Reason")] = generic.TextStringObject(request.reason)
    if references is not None:
        signature[pdf_name("/Reference")] = references
    return signature


def serialise(writer: IncrementalPdfFileWriter, file: BinaryIO) -> bytearray:
    """The update, as it is to be appended to ``file``."""
    size = file.seek(0, os.SEEK_END)
    file.seek(size - 1)
    buffer = OffsetBuffer(size)
    if file.read(1) not in b"\r\n":
        buffer.write(b"\n")
    writer._write_updated_section(buffer)  # see the module's docstring; pyHanko is pinned below 0.39
    return bytearray(buffer.getbuffer())


def serialise_with_room(writer: IncrementalPdfFileWriter, file: BinaryIO, room: Room, name: str) -> Increment:
    """The update with its ByteRange filled in; the signature goes into the room that is left."""
    data = serialise(writer, file)
    size = file.seek(0, os.SEEK_END)
    contents, byte_range = room.contents, room.byte_range
    end = size + len(data)
    value = b"[0 %d %d %d]" % (contents.start, contents.end, end - contents.end)
    start = byte_range.start - size
    data[start : start + len(value)] = value
    data[start + len(value) : byte_range.end - size] = b" " * (byte_range.end - byte_range.start - len(value))
    return Increment(data, contents.start - size, contents.end - size, name)
