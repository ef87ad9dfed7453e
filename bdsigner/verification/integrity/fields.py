"""Every signature in a file, wherever its field hides: nested, inherited, without a name, of an unknown kind.

A signature that is not found here would make a signed file look unsigned, so anything that resembles one counts.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from bdsigner.verification.integrity.lexer import Entry, LexError, object_body, read_dictionary
from bdsigner.verification.integrity.values import as_dictionary, entry, raw_items

MAX_SIGNATURES = 200
MAX_NODES = 50_000
"""Nodes of the field tree and widgets looked at."""
MAX_PAGES = 20_000
"""Pages whose annotations are searched for widgets that the form does not list."""
FEW_PAGES = 50
"""Documents with more are searched page by page only when something hints at a signature that the form does not list."""
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


def find_signatures(reader: PdfFileReader, *, every_page: bool = False) -> list[FoundSignature]:
    """Find all fields with a signature, at most ``MAX_SIGNATURES`` + 1, in the order of their ByteRange.

    ``every_page``: look at the annotations of all pages, not only where that costs nothing.
    """
    found: list[FoundSignature] = []
    seen: set[generic.Reference] = set()
    for name, field in _signed_fields(reader, every_page=every_page):
        value = field.raw_get("/V")
        if isinstance(value, generic.IndirectObject):
            if value.reference in seen:
                continue
            seen.add(value.reference)
        signature = _locate(reader, name, field)
        if signature is not None:
            found.append(signature)
        if len(found) > MAX_SIGNATURES:
            break
    return sorted(found, key=lambda one: (sum(one.byte_range[2:4]), one.byte_range))


def _signed_fields(reader: PdfFileReader, *, every_page: bool) -> Iterator[tuple[str, generic.DictionaryObject]]:
    seen: set[generic.Reference] = set()
    form = as_dictionary(entry(reader.root, "/AcroForm"))
    if form is not None:
        yield from _walk(entry(form, "/Fields"), seen)
    if not every_page and not has_few_pages(reader):
        return
    for annotations in _annotations(reader):
        yield from _walk(annotations, seen)


def _walk(fields: object, seen: set[generic.Reference]) -> Iterator[tuple[str, generic.DictionaryObject]]:
    stack = [(raw, "", "") for raw in raw_items(fields)]
    for _ in range(MAX_NODES):
        if not stack:
            return
        raw, parent, inherited = stack.pop()
        if isinstance(raw, generic.IndirectObject):
            if raw.reference in seen:
                continue
            seen.add(raw.reference)
        node = as_dictionary(raw)
        if node is None:
            continue
        name = ".".join(str(part) for part in (parent, entry(node, "/T")) if part)
        kind = str(entry(node, "/FT") or inherited)
        if _is_signature(kind, node):
            yield name, node
        stack += [(kid, name, kind) for kid in raw_items(entry(node, "/Kids"))]


def _is_signature(kind: str, node: generic.DictionaryObject) -> bool:
    if "/V" not in node or isinstance(node.raw_get("/V"), generic.NullObject):
        return False
    if kind:
        return kind == "/Sig"  # the value is read later and by position: it may be damaged, or large
    try:
        value = as_dictionary(node.raw_get("/V"))
    except Exception:  # noqa: BLE001  # a field without type whose value cannot be read: report it
        return True
    return value is not None and "/ByteRange" in value


def has_few_pages(reader: PdfFileReader) -> bool:
    """Whether ``find_signatures`` looks at all pages anyway."""
    count = entry(reader.root["/Pages"], "/Count")
    return not isinstance(count, int) or count <= FEW_PAGES


def _annotations(reader: PdfFileReader) -> Iterator[object]:
    stack: list[object] = [reader.root.raw_get("/Pages")]
    seen: set[generic.Reference] = set()
    for _ in range(MAX_PAGES):
        if not stack:
            return
        raw = stack.pop()
        if isinstance(raw, generic.IndirectObject):
            if raw.reference in seen:
                continue
            seen.add(raw.reference)
        node = as_dictionary(raw)
        if node is not None:
            yield entry(node, "/Annots")
            stack += raw_items(entry(node, "/Kids"))


def _locate(reader: PdfFileReader, name: str, field: generic.DictionaryObject) -> FoundSignature | None:
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
) -> FoundSignature | None:
    reader.stream.seek(offset)
    data = reader.stream.read(_FIRST_READ_BYTES)
    if data[object_body(data) :].split(maxsplit=1)[:1] == [b"null"]:
        return None
    try:
        start, end, entries = _lex(data, nested=nested)
    except LexError:
        data += reader.stream.read(MAX_DICTIONARY_BYTES)
        start, end, entries = _lex(data, nested=nested)
    contents = [one for one in entries if one.key == "/Contents"]
    if len({one.key for one in entries}) < len(entries):
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
    matching = [one for one in entries if one.key == key]
    if len(matching) != 1:
        raise LexError(f"{len(matching)} × {key}")
    return matching[0]


def _parse(reader: PdfFileReader, data: bytes, start: int, end: int, contents: list[Entry]) -> generic.DictionaryObject:
    # pyHanko reads a hex string one character at a time, two thirds of a small verification: leave it out.
    text = data[start:end]
    for one in contents:
        text = data[start : one.start] + b"<>" + data[one.end : end]
    parsed = generic.DictionaryObject.read_from_stream(io.BytesIO(text.lstrip()), generic.TrailerReference(reader))
    if not isinstance(parsed, generic.DictionaryObject):
        raise LexError("no dictionary")
    return parsed


def _byte_range(data: bytes, entries: list[Entry]) -> tuple[int, ...]:
    for one in entries:
        if one.key == "/ByteRange":
            try:
                return tuple(int(number) for number in data[one.start : one.end].strip(b"[] \t\r\n").split())
            except ValueError as error:
                raise LexError("ByteRange is not a list of numbers") from error
    return ()
