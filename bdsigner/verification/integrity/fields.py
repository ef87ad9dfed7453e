"""Every signature in a file, wherever its field hides: nested, inherited, without a name, of an unknown kind.

A signature that is not found here would make a signed file look unsigned, so anything that resembles one counts.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from bdsigner.verification.integrity.lexer import Entry, LexError, object_body, read_dictionary

MAX_SIGNATURES = 200
MAX_NODES = 50_000
"""Nodes of the field tree and widgets looked at."""
MAX_PAGES = 5_000
"""Pages whose annotations are searched for widgets that the form does not list."""
_FIRST_READ_BYTES = 96 * 1024
MAX_DICTIONARY_BYTES = 16 << 20
"""A signature dictionary with its Contents; real ones stay below 1 MiB."""


@dataclass(frozen=True, slots=True)
class FoundSignature:
    """A field's value and where it stands in the file."""

    name: str
    """Fully qualified field name (ISO 32000-2 §12.7.4.2)."""
    field: generic.DictionaryObject
    reference: generic.Reference | None
    """Of the signature dictionary; ``None`` when it stands inside the field's dictionary."""
    dictionary: generic.DictionaryObject
    """The entries, with an empty ``/Contents``."""
    contents: Entry | None
    """File offsets of the ``/Contents`` value with its delimiters; ``None`` when there is none or its place is unclear."""
    byte_range: tuple[int, ...]
    start: int
    end: int
    """File offsets of the signature dictionary."""
    problem: str = ""
    """Why the dictionary cannot be located or read."""


def find_signatures(reader: PdfFileReader) -> list[FoundSignature]:
    """Find all fields with a signature, at most ``MAX_SIGNATURES`` + 1, in the order of their ByteRange."""
    found: list[FoundSignature] = []
    seen: set[generic.Reference] = set()
    for name, field in _signed_fields(reader):
        value = field.raw_get("/V")
        if isinstance(value, generic.IndirectObject):
            if value.reference in seen:
                continue
            seen.add(value.reference)
        found.append(_locate(reader, name, field))
        if len(found) > MAX_SIGNATURES:
            break
    return sorted(found, key=lambda one: (sum(one.byte_range[2:4]), one.byte_range))


def _signed_fields(reader: PdfFileReader) -> Iterator[tuple[str, generic.DictionaryObject]]:
    seen: set[generic.Reference] = set()
    form = _dictionary(reader.root.get("/AcroForm"))
    fields = form.get("/Fields") if form is not None else None
    yield from _walk(fields, seen)
    for annotations in _annotations(reader):
        yield from _walk(annotations, seen)


def _walk(fields: object, seen: set[generic.Reference]) -> Iterator[tuple[str, generic.DictionaryObject]]:
    stack = [(raw, "", "") for raw in _raw_items(fields)]
    for _ in range(MAX_NODES):
        if not stack:
            return
        raw, parent, inherited = stack.pop()
        if isinstance(raw, generic.IndirectObject):
            if raw.reference in seen:
                continue
            seen.add(raw.reference)
        node = _dictionary(raw)
        if node is None:
            continue
        title = node.get("/T")
        name = ".".join(part for part in (parent, str(title) if title is not None else "") if part)
        kind = str(node.get("/FT", inherited))
        if "/V" in node and _is_signature(kind, node):
            yield name, node
        stack += [(kid, name, kind) for kid in _raw_items(node.get("/Kids"))]


def _is_signature(kind: str, node: generic.DictionaryObject) -> bool:
    value = node.get("/V")
    if isinstance(value, generic.DictionaryObject):
        return kind == "/Sig" or "/ByteRange" in value or "/SubFilter" in value
    return kind == "/Sig" and not isinstance(value, generic.NullObject)


def _annotations(reader: PdfFileReader) -> Iterator[object]:
    stack = [reader.root.get("/Pages")]
    seen: set[int] = set()
    for _ in range(MAX_PAGES):
        if not stack:
            return
        node = _dictionary(stack.pop())
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if "/Annots" in node:
            yield node.get("/Annots")
        stack += _raw_items(node.get("/Kids"))


def _dictionary(raw: object) -> generic.DictionaryObject | None:
    value = raw.get_object() if isinstance(raw, generic.IndirectObject) else raw
    return value if isinstance(value, generic.DictionaryObject) else None


def _raw_items(value: object) -> list[object]:
    array = value.get_object() if isinstance(value, generic.IndirectObject) else value
    return [array.raw_get(index) for index in range(len(array))] if isinstance(array, generic.ArrayObject) else []


def _locate(reader: PdfFileReader, name: str, field: generic.DictionaryObject) -> FoundSignature:
    value = field.raw_get("/V")
    reference = value.reference if isinstance(value, generic.IndirectObject) else None
    holder = reference or field.container_ref
    try:
        offset = reader.xrefs[holder]
        if not isinstance(offset, int):
            raise LexError("inside an object stream")
        return _read_at(reader, name, field, reference, offset, nested=reference is None)
    except (LexError, KeyError, TypeError) as error:
        return FoundSignature(name, field, reference, generic.DictionaryObject(), None, (), 0, 0, str(error) or "?")


def _read_at(
    reader: PdfFileReader,
    name: str,
    field: generic.DictionaryObject,
    reference: generic.Reference | None,
    offset: int,
    *,
    nested: bool,
) -> FoundSignature:
    reader.stream.seek(offset)
    data = reader.stream.read(_FIRST_READ_BYTES)
    try:
        start, end, entries = _lex(data, nested=nested)
    except LexError:
        data += reader.stream.read(MAX_DICTIONARY_BYTES)
        start, end, entries = _lex(data, nested=nested)
    contents = [entry for entry in entries if entry.key == "/Contents"]
    if len({entry.key for entry in entries}) < len(entries):
        raise LexError("doubled keys")
    return FoundSignature(
        name=name,
        field=field,
        reference=reference,
        dictionary=_parse(reader, data, start, end, contents),
        contents=Entry("/Contents", offset + contents[0].start, offset + contents[0].end) if contents else None,
        byte_range=_byte_range(data, entries),
        start=offset + start,
        end=offset + end,
    )


def _lex(data: bytes, *, nested: bool) -> tuple[int, int, list[Entry]]:
    start = object_body(data)
    if nested:
        start = _only(read_dictionary(data, start)[0], "/V").start
    entries, end = read_dictionary(data, start)
    return start, end, entries


def _only(entries: list[Entry], key: str) -> Entry:
    matching = [entry for entry in entries if entry.key == key]
    if len(matching) != 1:
        raise LexError(f"{len(matching)} × {key}")
    return matching[0]


def _parse(reader: PdfFileReader, data: bytes, start: int, end: int, contents: list[Entry]) -> generic.DictionaryObject:
    # pyHanko reads a hex string one character at a time, two thirds of a small verification (speed.md): leave it out.
    text = data[start:end]
    for entry in contents:
        text = data[start : entry.start] + b"<>" + data[entry.end : end]
    parsed = generic.DictionaryObject.read_from_stream(io.BytesIO(text.lstrip()), generic.TrailerReference(reader))
    if not isinstance(parsed, generic.DictionaryObject):
        raise LexError("no dictionary")
    return parsed


def _byte_range(data: bytes, entries: list[Entry]) -> tuple[int, ...]:
    for entry in entries:
        if entry.key == "/ByteRange":
            try:
                return tuple(int(number) for number in data[entry.start : entry.end].strip(b"[] \t\r\n").split())
            except ValueError as error:
                raise LexError("ByteRange is not a list of numbers") from error
    return ()
