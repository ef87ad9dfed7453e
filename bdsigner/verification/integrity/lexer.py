"""Where the entries of a PDF dictionary stand in the file (ISO 32000-2 §7.2–7.3).

Parsers give values without positions; whether a ByteRange leaves out exactly the Contents string can only be
checked against positions.  This reads just enough syntax to find them, and shows doubled keys.
"""

import re
from dataclasses import dataclass

MAX_DEPTH = 16
"""Nesting of arrays and dictionaries; a signature dictionary has three levels."""

_BLANK = re.compile(rb"(?:[\x00\t\n\x0c\r ]+|%[^\r\n]*)*")
_NAME = re.compile(rb"/[^\x00\t\n\x0c\r ()<>\[\]{}/%]*")
_PLAIN = re.compile(rb"\d+[\x00\t\n\x0c\r ]+\d+[\x00\t\n\x0c\r ]+R(?![^\x00\t\n\x0c\r ()<>\[\]{}/%])"
                    rb"|[^\x00\t\n\x0c\r ()<>\[\]{}/%]+")  # fmt: skip
_HEADER = re.compile(rb"[\x00\t\n\x0c\r ]*(\d+)[\x00\t\n\x0c\r ]+(\d+)[\x00\t\n\x0c\r ]+obj")
_STRING = re.compile(rb"\\.|[()]", re.DOTALL)
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")


class LexError(ValueError):
    """The bytes are no dictionary, or end in the middle of one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry; ``start`` and ``end`` are offsets of its value in the data."""

    key: str
    start: int
    end: int


def object_body(data: bytes) -> int:
    """Offset behind ``12 0 obj``.  Raises ``LexError``."""
    match = _HEADER.match(data)
    if match is None:
        raise LexError("no object header")
    return match.end()


def read_dictionary(data: bytes, position: int, *, depth: int = 0) -> tuple[list[Entry], int]:
    """Entries of the dictionary at ``position`` and the offset behind it.  Raises ``LexError``."""
    position = _skip(data, position)
    if data[position : position + 2] != b"<<":
        raise LexError("no dictionary")
    position = _skip(data, position + 2)
    entries = []
    while data[position : position + 2] != b">>":
        name = _NAME.match(data, position)
        if name is None:
            raise LexError("no key")
        start = _skip(data, name.end())
        end = _value_end(data, start, depth + 1)
        entries.append(
            Entry(_ESCAPE.sub(lambda code: bytes.fromhex(code[1].decode()), name[0]).decode("latin-1"), start, end)
        )
        position = _skip(data, end)
    return entries, position + 2


def is_complete(text: bytes) -> bool:
    """Whether the text surely holds a whole value: a quick look that may say no for one that does."""
    if b"(" in text or b"%" in text:
        return False
    return text.count(b"<<") == text.count(b">>") and text.count(b"[") == text.count(b"]")


def value_end(data: bytes, position: int) -> int:
    """Offset behind the value at ``position``, white space before it allowed.  Raises ``LexError``."""
    return _value_end(data, _skip(data, position), 0)


def _skip(data: bytes, position: int) -> int:
    match = _BLANK.match(data, position)
    return match.end() if match else position


def _value_end(data: bytes, position: int, depth: int) -> int:
    if depth > MAX_DEPTH:
        raise LexError("nested too deeply")
    if data.startswith(b"<<", position):
        return read_dictionary(data, position, depth=depth)[1]
    if data.startswith(b"<", position):
        return _found(data.find(b">", position))
    if data.startswith(b"(", position):
        return _string_end(data, position)
    if data.startswith(b"[", position):
        position = _skip(data, position + 1)
        while not data.startswith(b"]", position):
            position = _skip(data, _value_end(data, position, depth + 1))
        return position + 1
    match = _NAME.match(data, position) or _PLAIN.match(data, position)
    if match is None:
        raise LexError("no value")
    return match.end()


def _found(position: int) -> int:
    if position < 0:
        raise LexError("no end")
    return position + 1


def _string_end(data: bytes, position: int) -> int:
    level = 0
    for match in _STRING.finditer(data, position):
        level += {b"(": 1, b")": -1}.get(match[0], 0)
        if level == 0:
            return match.end()
    raise LexError("string without end")
