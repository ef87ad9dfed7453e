"""The person's file: copied and hashed in one pass, with constant memory; never opened for writing."""

import errno
import hashlib
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Protocol

from bdsigner.errors import DocumentError, ErrorCode, StorageError

BLOCK_BYTES = 1 << 20
"""Large enough that Python's share vanishes, small enough to stay out of the memory figures."""
_HEADER = b"%PDF-"
_HEADER_SEARCH_BYTES = 1024
"""Readers accept a header within the first KiB; such a file has shifted offsets and would need a repair."""


class RunningHash(Protocol):
    """What ``hashlib.sha256()`` gives."""

    def update(self, data: bytes | bytearray | memoryview, /) -> None:
        """Hash more."""

    def digest(self) -> bytes:
        """The digest so far."""


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn what writing ``path`` raises into ``StorageError``."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        code = ErrorCode.STORAGE_FULL if full else ErrorCode.STORAGE_FAILED
        raise StorageError(code, path=str(path), reason=error.strerror or "") from error


@contextmanager
def opened_partial(path: Path) -> Iterator[BinaryIO]:
    """Open our empty file for reading and writing; what is left unwritten after an error is dropped silently."""
    with storage_errors(path):
        output = path.open("r+b")
    try:
        with storage_errors(path):
            if output.seek(0, os.SEEK_END):  # it ought to be empty: old bytes would pass for a part of the document
                output.seek(0)
                output.truncate()
        yield output
    except BaseException:
        with suppress(OSError):
            output.close()
        raise
    with storage_errors(path):
        output.close()


@contextmanager
def _reading_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise DocumentError(ErrorCode.DOCUMENT_NOT_FOUND, path=str(path)) from error
    except OSError as error:
        raise DocumentError(ErrorCode.DOCUMENT_UNREADABLE, path=str(path), reason=error.strerror or "") from error


@contextmanager
def open_source(path: Path) -> Iterator[BinaryIO]:
    """Open the person's file for reading only.

    Raises ``DocumentError``: not found, unreadable, empty, not a PDF.
    """
    with _reading_errors(path):
        source = path.open("rb")
        start = source.read(_HEADER_SEARCH_BYTES)
    with source:
        _check_is_pdf(start, path)
        yield source


class CopyRequest(Protocol):
    """What ``SignatureRequest`` and ``ExtensionRequest`` have in common."""

    @property
    def source(self) -> Path:
        """The person's file."""

    @property
    def partial(self) -> Path:
        """Our copy."""

    @property
    def expected_size_bytes(self) -> int | None:
        """Of the file the person looked at; ``None``: any."""

    @property
    def expected_modified_ns(self) -> int | None:
        """Of the file the person looked at; ``None``: any."""


def copy_source(request: CopyRequest, output: BinaryIO) -> RunningHash:
    """Copy the source into ``output`` and return the SHA-256 state over it.

    Raises ``DocumentError``: not found, unreadable, empty, not a PDF, changed since the person looked or while it was
    being copied; ``StorageError`` when the copy cannot be written.
    """
    running: RunningHash = hashlib.sha256()
    path = request.source
    with _reading_errors(path):
        source = path.open("rb", buffering=0)
    with source:
        before = os.fstat(source.fileno())
        _check_unchanged(request, before)
        buffer = memoryview(bytearray(min(BLOCK_BYTES, before.st_size + 1)))
        copied = 0
        while True:
            with _reading_errors(path):
                count = source.readinto(buffer) or 0
            if copied == 0:
                _check_is_pdf(bytes(buffer[: min(count, _HEADER_SEARCH_BYTES)]), path)
            if count == 0:
                break
            running.update(buffer[:count])
            with storage_errors(request.partial):
                output.write(buffer[:count])
            copied += count
        with storage_errors(request.partial):
            output.flush()
        after = os.fstat(source.fileno())
    if (after.st_size, after.st_mtime_ns) != (copied, before.st_mtime_ns):
        raise DocumentError(ErrorCode.DOCUMENT_CHANGED_MEANWHILE, path=str(path))
    return running


def parseable(output: BinaryIO) -> BinaryIO:
    """The copy to be parsed: a small one in memory, as the hundreds of seeks of a parser cost more than its work."""
    size = output.seek(0, os.SEEK_END)
    if size > BLOCK_BYTES:
        return output
    output.seek(0)
    return io.BytesIO(output.read())


def sha256_around(output: BinaryIO, gap_start: int, gap_end: int) -> bytes:
    """SHA-256 of a file without the bytes of a gap, in constant memory."""
    running = hashlib.sha256()
    size = output.seek(0, os.SEEK_END)
    for start, end in ((0, gap_start), (gap_end, size)):
        output.seek(start)
        left = end - start
        while left > 0 and (block := output.read(min(BLOCK_BYTES, left))):
            running.update(block)
            left -= len(block)
    return running.digest()


def _check_unchanged(request: CopyRequest, found: os.stat_result) -> None:
    expected = (request.expected_size_bytes, found.st_size), (request.expected_modified_ns, found.st_mtime_ns)
    if any(wanted is not None and wanted != actual for wanted, actual in expected):
        raise DocumentError(ErrorCode.DOCUMENT_CHANGED_MEANWHILE, path=str(request.source))


def _check_is_pdf(start: bytes, path: Path) -> None:
    if not start:
        raise DocumentError(ErrorCode.DOCUMENT_EMPTY, path=str(path))
    if start.startswith(_HEADER):
        return
    if _HEADER in start:
        raise DocumentError(ErrorCode.DOCUMENT_DAMAGED, path=str(path), reason="bytes before the header")
    raise DocumentError(ErrorCode.DOCUMENT_NOT_PDF, path=str(path))
