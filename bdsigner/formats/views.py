"""Parts of a file as files of their own: a slice, and what base64 stands for; neither is held in memory."""

import base64
import io
import os
import re
from abc import ABC, abstractmethod
from bisect import bisect_right
from typing import BinaryIO

from bdsigner.formats.ber import BLOCK_BYTES

_SPACE = b" \t\r\n\f\v"
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


class ViewError(ValueError):
    """The part cannot be read as it says."""


class _View(io.RawIOBase, ABC):
    """A seekable stream of known length over another file."""

    length = 0

    def __init__(self) -> None:
        self._position = 0

    def readable(self) -> bool:
        """Reading is all it can do."""
        return True

    def seekable(self) -> bool:
        """Any position may be read."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Set the position; before the start raises ``OSError``, as files do."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self.length}[whence]
        if base + offset < 0:
            raise OSError("negative position")
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        """Return the position."""
        return self._position

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]  # collections.abc.Buffer is 3.12
        """Read what one block has of it."""
        view = memoryview(buffer).cast("B")
        wanted = max(0, min(len(view), self.length - self._position))
        data = self._at(self._position, wanted) if wanted else b""
        view[: len(data)] = data
        self._position += len(data)
        return len(data)

    @abstractmethod
    def _at(self, position: int, length: int) -> bytes:
        """Bytes from there on, at most so many."""


class FileSlice(_View):
    """Bytes ``start`` to ``end`` of a file."""

    def __init__(self, file: BinaryIO, start: int, end: int) -> None:
        super().__init__()
        self._file = file
        self._start = start
        self.length = max(0, end - start)

    def _at(self, position: int, length: int) -> bytes:
        self._file.seek(self._start + position)
        return self._file.read(length)


class Base64File(_View):
    """What base64 in a file stands for (RFC 4648 §4); white space is skipped, missing padding forgiven."""

    def __init__(self, file: BinaryIO, start: int, end: int) -> None:
        """Read the text once.  Raises ``ViewError`` for any other character."""
        super().__init__()
        self._file = file
        self._end = end
        self._starts: list[int] = []
        """Offset of each block of text."""
        self._carries: list[bytes] = []
        """Up to three characters of the block before that belong to the first four of this one."""
        self._offsets: list[int] = []
        """Where in the decoded bytes each block begins."""
        self._cached: tuple[int, bytes] = (-1, b"")
        pending, decoded, padding = b"", 0, 0
        for at in range(start, end, BLOCK_BYTES):
            text = self._text(at)
            letters = text.rstrip(b"=")
            if letters.translate(None, _ALPHABET) or (padding and letters):
                raise ViewError("no base64")
            padding += len(text) - len(letters)
            self._starts.append(at)
            self._carries.append(pending)
            self._offsets.append(decoded)
            joined = pending + letters
            decoded += len(joined) // 4 * 3
            pending = joined[len(joined) // 4 * 4 :]
        if len(pending) == 1 or padding > 2:
            raise ViewError("no base64")
        self.length = decoded + max(0, len(pending) - 1)

    def _text(self, at: int) -> bytes:
        self._file.seek(at)
        return self._file.read(min(BLOCK_BYTES, self._end - at)).translate(None, _SPACE)

    def _at(self, position: int, length: int) -> bytes:
        number = bisect_right(self._offsets, position) - 1
        if self._cached[0] != number:
            letters = self._carries[number] + self._text(self._starts[number]).rstrip(b"=")
            if number < len(self._starts) - 1:
                letters = letters[: len(letters) // 4 * 4]
            self._cached = number, base64.b64decode(letters + b"=" * (-len(letters) % 4))
        skip = position - self._offsets[number]
        return self._cached[1][skip : skip + length]


_HEAD_BYTES = 1024
_BEGIN = re.compile(rb"-----BEGIN [A-Z0-9# ]{1,40}-----[ \t]*\r?\n")
_END = b"-----END "


def without_armour(file: BinaryIO, size: int) -> tuple[BinaryIO, int]:
    """DER and BER as they are, PEM (RFC 7468) and bare base64 as what they stand for; and the length of that.

    Raises ``ViewError``.
    """
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    if head.startswith(b"\x30"):
        return file, size
    start, end = 0, size
    if begin := _BEGIN.search(head):
        start = begin.end()
        end = _find_end(file, start)
    view = Base64File(file, start, end)
    return buffered(view), view.length


def _find_end(file: BinaryIO, start: int) -> int:
    file.seek(start)
    at, tail = start, b""
    while block := file.read(BLOCK_BYTES):
        found = (tail + block).find(_END)
        if found >= 0:
            return at - len(tail) + found
        at += len(block)
        tail = (tail + block)[-len(_END) :]
    raise ViewError("no end line")


def buffered(view: FileSlice | Base64File) -> BinaryIO:
    """The view with a buffer, as small reads go to it one after another."""
    return io.BufferedReader(view)
