"""BER where it lies (X.690 §8): heads are read, contents stay in the file until they are asked for.

CMS files may hold gigabytes in one OCTET STRING, whole or in pieces, of definite or indefinite length; asn1crypto reads
the small parts around it.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from bdsigner.formats.der import tlv

BLOCK_BYTES = 1 << 20
MAX_DEPTH = 24
"""Levels of elements of indefinite length; real ones have eight."""
MAX_HEADS = 4_000_000
"""Of one file: 1 GiB in pieces of 1,000 bytes, read through twice, has 2 million."""
_HEAD_BYTES = 16

INTEGER, OCTET_STRING, OBJECT_IDENTIFIER, SEQUENCE, SET = 0x02, 0x04, 0x06, 0x30, 0x31
CONSTRUCTED = 0x20


class BerError(ValueError):
    """The bytes are no BER, or more of it than we read."""


@dataclass(frozen=True, slots=True)
class Element:
    """One element: first identifier octet and where it lies; ``end`` is ``None`` while an indefinite length is unknown."""

    tag: int
    start: int
    content: int
    end: int | None

    @property
    def is_constructed(self) -> bool:
        """Whether its content is elements."""
        return bool(self.tag & CONSTRUCTED)


class BerFile:
    """Elements of one file.  All methods raise ``BerError``, and ``OSError`` as the file does."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self.size = size
        self._heads = 0
        self._ends: dict[int, int] = {}

    def element(self, at: int, limit: int | None = None) -> Element:
        """Read the head at an offset; the element must end before ``limit``."""
        limit = self.size if limit is None else limit
        self._heads += 1
        if self._heads > MAX_HEADS:
            raise BerError("too many elements")
        self._file.seek(at)
        head = self._file.read(min(_HEAD_BYTES, limit - at)) if limit > at else b""
        if len(head) < 2:
            raise BerError("cut short")
        tag, first = head[0], head[1]
        if tag & 0x1F == 0x1F:
            raise BerError("long tag")
        if first == 0x80:
            if not tag & CONSTRUCTED:
                raise BerError("primitive of indefinite length")
            return Element(tag, at, at + 2, None)
        octets = first & 0x7F if first & 0x80 else 0
        if octets > 8 or len(head) < 2 + octets:
            raise BerError("length")
        length = int.from_bytes(head[2 : 2 + octets], "big") if octets else first
        end = at + 2 + octets + length
        if end > limit:
            raise BerError("cut short")
        return Element(tag, at, at + 2 + octets, end)

    def children(self, parent: Element, limit: int | None = None, depth: int = 0) -> Iterator[Element]:
        """The elements inside; behind the last one of an indefinite length the end is remembered."""
        if not parent.is_constructed:
            raise BerError("not constructed")
        if depth > MAX_DEPTH:
            raise BerError("too deep")
        at = parent.content
        stop = parent.end if parent.end is not None else (self.size if limit is None else limit)
        while parent.end is None or at < stop:
            if parent.end is None and self.read(at, 2, stop) == b"\0\0":
                self._ends[parent.start] = at + 2
                return
            child = self.element(at, stop)
            yield child
            at = self.end_of(child, stop, depth + 1)

    def end_of(self, element: Element, limit: int | None = None, depth: int = 0) -> int:
        """Offset behind the element, end-of-contents octets included."""
        if element.end is not None:
            return element.end
        if element.start not in self._ends:
            for _ in self.children(element, limit, depth):
                pass
        return self._ends[element.start]

    def read(self, at: int, length: int, limit: int | None = None) -> bytes:
        """Up to ``length`` bytes at an offset, none at or behind ``limit``."""
        self._file.seek(at)
        return self._file.read(max(0, min(length, (self.size if limit is None else limit) - at)))

    def whole(self, element: Element, max_bytes: int) -> bytes:
        """The element's own bytes, every indefinite length in it made definite."""
        length = self.end_of(element) - element.start
        if length > max_bytes:
            raise BerError("too large")
        if element.end is not None:
            return self.read(element.start, length)
        parts = [self.whole(child, max_bytes) for child in self.children(element)]
        return tlv(element.tag, b"".join(parts))

    def octets(self, element: Element, depth: int = 0) -> Iterator[bytes]:
        """The content of an OCTET STRING, in one piece or in many, block by block."""
        if depth > MAX_DEPTH:
            raise BerError("too deep")
        if element.is_constructed:
            for child in self.children(element, depth=depth):
                if child.tag & ~CONSTRUCTED != OCTET_STRING:
                    raise BerError("not an OCTET STRING")
                yield from self.octets(child, depth + 1)
            return
        at, end = element.content, self.end_of(element)
        while at < end:
            block = self.read(at, min(BLOCK_BYTES, end - at))
            if not block:
                raise BerError("cut short")
            yield block
            at += len(block)


def in_der(data: bytes, *, is_sorted: bool) -> bytes:
    """Write one element anew: lengths as DER wants them and, with ``is_sorted``, the order of its sets too.

    Raises ``BerError``.
    """
    source = BerFile(io.BytesIO(data), len(data))
    return _in_der(source, source.element(0), is_sorted=is_sorted, depth=0)


def _in_der(source: BerFile, element: Element, *, is_sorted: bool, depth: int) -> bytes:
    if depth > MAX_DEPTH:
        raise BerError("too deep")
    if element.tag & ~CONSTRUCTED == OCTET_STRING:
        return tlv(OCTET_STRING, b"".join(source.octets(element)))
    if not element.is_constructed:
        return tlv(element.tag, source.read(element.content, source.end_of(element) - element.content))
    parts = [_in_der(source, one, is_sorted=is_sorted, depth=depth + 1) for one in source.children(element)]
    return tlv(element.tag, b"".join(sorted(parts) if is_sorted and element.tag == SET else parts))
