"""PDF objects as plain values that can be compared and never follow a reference by themselves (ISO 32000-2 §7.3)."""

import zlib
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from pyhanko.pdf_utils import generic

MAX_INFLATED_BYTES = 8 << 20
"""Of one stream; appearances and fonts are far smaller."""


class Ref(NamedTuple):
    """An indirect reference."""

    number: int
    generation: int = 0


class Name(str):
    """A name with its slash; other strings are ``bytes``."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream: its dictionary without ``/Length``, and its bytes as they are stored."""

    entries: "Dictionary"
    data: bytes
    length: "Value" = field(default=None, compare=False)
    """As written: a number or a reference to one."""


@dataclass(frozen=True, slots=True, eq=False)
class Unreadable:
    """An object that cannot be parsed: like nothing but itself."""

    reason: str


Dictionary: TypeAlias = dict[str, "Value"]
Value: TypeAlias = "bool | int | Decimal | Name | bytes | list[Value] | Dictionary | Ref | Stream | Unreadable | None"


def plain(untrusted: object) -> Value:  # one line for each kind of object
    """Convert a parsed object, decrypted where the file is.  Raises ``ValueError`` for what is no PDF object."""
    if isinstance(untrusted, generic.DecryptedObjectProxy):
        untrusted = untrusted.decrypted
    if isinstance(untrusted, generic.IndirectObject):
        return Ref(untrusted.idnum, untrusted.generation)
    if isinstance(untrusted, generic.StreamObject):
        entries = _entries(untrusted)
        length = entries.pop("/Length", None)
        return Stream(entries, bytes(untrusted.encoded_data), length)
    if isinstance(untrusted, generic.DictionaryObject):
        return _entries(untrusted)
    if isinstance(untrusted, generic.ArrayObject):
        return [plain(untrusted.raw_get(index)) for index in range(len(untrusted))]
    if isinstance(untrusted, generic.NameObject):
        return Name(untrusted)
    if isinstance(untrusted, generic.TextStringObject | generic.ByteStringObject):
        return bytes(untrusted.original_bytes)
    if isinstance(untrusted, generic.BooleanObject):
        return bool(untrusted.value)
    if isinstance(untrusted, generic.NullObject):
        return None
    if isinstance(untrusted, int | Decimal):
        return untrusted
    raise ValueError(f"no PDF object: {type(untrusted).__name__}")


def _entries(dictionary: generic.DictionaryObject) -> Dictionary:
    converted = {str(key): plain(dictionary.raw_get(key)) for key in dictionary}
    return {key: value for key, value in converted.items() if value is not None}  # null means absent (§7.3.7)


def references(value: Value) -> set[int]:
    """Object numbers that a value refers to directly."""
    found: set[int] = set()
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, Ref):
            found.add(one.number)
        elif isinstance(one, Stream):
            pending += (*one.entries.values(), one.length)
        elif isinstance(one, dict):
            pending += one.values()
        elif isinstance(one, list):
            pending += one
    return found


def keys_to(value: Value, number: int) -> set[str]:
    """Keys whose value is a reference to the object, at any depth; an item of a list counts as an empty key."""
    found: set[str] = set()
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, list):
            found |= {"" for item in one if isinstance(item, Ref) and item.number == number}
            pending += [item for item in one if not isinstance(item, Ref)]
        entries = entries_of(one)
        found |= {key for key, item in entries.items() if isinstance(item, Ref) and item.number == number}
        pending += [item for item in entries.values() if isinstance(item, dict | list)]
    return found


def inflated(stream: Stream) -> Stream:
    """A stream without its compression, to compare resaved ones; unchanged when that is not plain Flate or too long."""
    if stream.entries.get("/Filter") not in (Name("/FlateDecode"), [Name("/FlateDecode")]) or "/DecodeParms" in stream.entries:  # fmt: skip
        return stream
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(stream.data, MAX_INFLATED_BYTES)
    except zlib.error:
        return stream
    if not unpacker.eof:
        return stream
    return Stream({key: value for key, value in stream.entries.items() if key != "/Filter"}, data)


def entries_of(value: Value) -> Dictionary:
    """The dictionary of a dictionary or stream; empty for anything else."""
    if isinstance(value, Stream):
        return value.entries
    return value if isinstance(value, dict) else {}


def items_of(value: Value) -> list[Value]:
    """The items of an array; empty for anything else."""
    return value if isinstance(value, list) else []
