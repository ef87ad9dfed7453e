"""Small helpers around pyHanko's PDF objects: reading untrusted dictionaries, writing ready-made bytes."""

import io
import math
from collections.abc import Iterable
from typing import Any, BinaryIO

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name

__all__ = [
    "OffsetBuffer",
    "Placeholder",
    "RawObject",
    "dictionary",
    "entry",
    "number",
    "numbers",
    "pdf_name",
    "pdf_stream",
    "serialised",
]


def entry(container: object, key: str) -> Any:
    """The value behind a key, references followed; ``None`` when missing, null or no dictionary."""
    if not isinstance(container, generic.DictionaryObject):
        return None
    try:
        return container[key]
    except KeyError:
        return None


def number(value: object) -> float | None:
    """A finite number, else ``None``."""
    if isinstance(value, generic.NumberObject | generic.FloatObject) and math.isfinite(value):
        return float(value)
    return None


def dictionary(entries: dict[str, generic.PdfObject]) -> generic.DictionaryObject:
    """A dictionary from plain names."""
    return generic.DictionaryObject({pdf_name(key): value for key, value in entries.items()})


def serialised(value: generic.PdfObject) -> bytes:
    """The bytes of an object that holds no strings."""
    stream = io.BytesIO()
    value.write_to_stream(stream, None)
    return stream.getvalue()


class RawObject(generic.PdfObject):
    """An object whose serialisation is ready; saves pyHanko's walk through it in every document of a batch."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def write_to_stream(self, stream: BinaryIO, handler: object = None, container_ref: object = None) -> None:
        """Write the bytes as they are."""
        stream.write(self.data)


class Placeholder(generic.PdfObject):
    """Room for a value that is known only when everything else is written; remembers where it stands in the file."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.start = 0
        self.end = 0

    def write_to_stream(self, stream: BinaryIO, handler: object = None, container_ref: object = None) -> None:
        """Write the room."""
        self.start = stream.tell()
        stream.write(self.data)
        self.end = stream.tell()


class OffsetBuffer(io.BytesIO):
    """A buffer that is written as if it stood at ``base`` in the file: the writer takes positions from ``tell``."""

    def __init__(self, base: int) -> None:
        super().__init__()
        self._base = base

    def tell(self) -> int:
        """Position in the file the buffer is a part of."""
        return self._base + super().tell()


def pdf_stream(entries: bytes, data: bytes, *, is_compressed: bool = True) -> RawObject:
    """A stream object from the serialised entries of its dictionary and its (deflated) data."""
    kind = b" /Filter /FlateDecode" if is_compressed else b""
    return RawObject(b"<< %b%b /Length %d >>\nstream\n%b\nendstream" % (entries, kind, len(data), data))


def numbers(values: Iterable[float]) -> bytes:
    """Numbers as a content stream or array wants them: no exponent, no trailing zeros."""
    return b" ".join(f"{value:.4f}".rstrip("0").rstrip(".").encode() for value in values)
