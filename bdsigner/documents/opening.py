"""Open PDFs with MuPDF: only PDFs, only readable ones, the last one and another revision of it kept open.

Runs in the document child.
"""

import mmap
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pymupdf

from bdsigner.documents.failures import coded
from bdsigner.documents.protocol import MAX_PAGES
from bdsigner.errors import DocumentError, ErrorCode

KEPT_BYTES = 16 << 20
"""Of documents closed since MuPDF's store was last emptied."""
KEPT_REVISIONS = 2
"""Of one file: the one that was signed and the one of today, drawn in turns beside each other."""
HEADER_WINDOW_BYTES = 1024
"""Where ``%PDF-`` may stand (ISO 32000-1 Annex H, note 13)."""

pymupdf.TOOLS.mupdf_display_errors(False)
pymupdf.TOOLS.mupdf_display_warnings(False)


@dataclass(frozen=True, slots=True)
class _Key:
    path: Path
    size_bytes: int
    modified_ns: int
    length_bytes: int

    def is_same_file(self, other: "_Key") -> bool:
        """Whether both are revisions of the very same file."""
        return (self.path, self.size_bytes, self.modified_ns) == (other.path, other.size_bytes, other.modified_ns)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDocument:
    """A document as MuPDF sees it, and what its file was like when it was opened."""

    document: pymupdf.Document
    page_count: int
    path: Path
    size_bytes: int
    modified_ns: int


@dataclass(frozen=True, slots=True)
class _Kept:
    opened: OpenDocument
    release: Callable[[], None]
    """Gives back what the document reads from."""


class Documents:
    """Opens documents and keeps the last one, as pages are drawn one after another, with another revision of it."""

    def __init__(self) -> None:
        self._kept: dict[_Key, _Kept] = {}
        """The one used last at the end."""
        self._closed_bytes = 0

    def open(self, path: Path, length_bytes: int | None = None) -> OpenDocument:
        """Open the first ``length_bytes`` bytes of a PDF (``None``: all of it).

        Raises ``DocumentError``: not found, unreadable, empty, not a PDF, encrypted, damaged, limits.
        """
        if not stat.S_ISREG(path.stat().st_mode):  # before opening, which would wait for the writer of a pipe
            raise DocumentError(ErrorCode.DOCUMENT_UNREADABLE, reason="not a regular file")
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            length = status.st_size if length_bytes is None else min(length_bytes, status.st_size)
            key = _Key(path, status.st_size, status.st_mtime_ns, length)
            if key in self._kept:
                self._kept[key] = self._kept.pop(key)
                return self._kept[key].opened
            self._make_room(key)
            release = _nothing
            _check_header(file.read(HEADER_WINDOW_BYTES)[:length])
            if length == status.st_size and _is_unicode(path):
                document = _parse(lambda: pymupdf.open(path, filetype="pdf"))
            else:
                document, release = _parse_mapped(file.fileno(), length)
        try:
            page_count = _page_count(document)
        except BaseException:
            document.close()
            release()
            raise
        opened = OpenDocument(
            document=document,
            page_count=page_count,
            path=path,
            size_bytes=status.st_size,
            modified_ns=status.st_mtime_ns,
        )
        self._kept[key] = _Kept(opened, release)
        return opened

    def close(self) -> None:
        """Give back the memory held for the last documents; MuPDF's own store once it may hold much."""
        for key in tuple(self._kept):
            self._close(key)

    def _make_room(self, wanted: _Key) -> None:
        """Close other files, and the revision used longest ago."""
        for key in tuple(self._kept):
            if not key.is_same_file(wanted) or len(self._kept) >= KEPT_REVISIONS:
                self._close(key)

    def _close(self, key: _Key) -> None:
        kept = self._kept.pop(key)
        kept.opened.document.close()
        self._closed_bytes += kept.opened.size_bytes
        # Emptying the store takes longer than reading a small document.
        if self._closed_bytes > KEPT_BYTES:
            self._closed_bytes = 0
            pymupdf.TOOLS.store_shrink(100)
        kept.release()


def _parse_mapped(descriptor: int, length: int) -> tuple[pymupdf.Document, Callable[[], None]]:
    # Mapped, not read: 108 MB are not copied.  Not for all files: a mapping counts against the memory limit.
    mapped = mmap.mmap(descriptor, length, access=mmap.ACCESS_READ)
    view = memoryview(mapped)

    def release() -> None:
        view.release()
        mapped.close()

    try:
        document = _parse(lambda: pymupdf.open(stream=view, filetype="pdf"))
    except BaseException:
        release()
        raise
    return document, release


def _nothing() -> None:
    pass


def _is_unicode(path: Path) -> bool:
    """Whether MuPDF can open it by name: names on Linux may be any bytes, MuPDF takes UTF-8."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_header(beginning: bytes) -> None:
    if not beginning:
        raise DocumentError(ErrorCode.DOCUMENT_EMPTY)
    if b"%PDF-" not in beginning:
        raise DocumentError(ErrorCode.DOCUMENT_NOT_PDF)


def _parse(opener: Callable[[], pymupdf.Document]) -> pymupdf.Document:
    try:
        document = opener()
    except Exception as error:
        raise coded(_root(error), reading=True) from error
    if document.needs_pass:
        document.close()
        raise DocumentError(ErrorCode.DOCUMENT_ENCRYPTED)
    return document


def _root(error: Exception) -> Exception:
    """PyMuPDF hides MuPDF's reason behind a ``FileDataError``."""
    return error.__cause__ if isinstance(error.__cause__, Exception) else error


def _page_count(document: pymupdf.Document) -> int:
    count: int = document.page_count
    if count < 1:
        raise DocumentError(ErrorCode.DOCUMENT_DAMAGED)
    if count > MAX_PAGES:
        raise DocumentError(ErrorCode.DOCUMENT_LIMITS, pages=count)
    return count
