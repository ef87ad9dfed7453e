"""Opening a copy of the person's file for an incremental update; refuses what must not be signed as it is."""

import re
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError, PdfStrictReadError
from pyhanko.pdf_utils.reader import PdfFileReader

from bdsigner.errors import DocumentError, ErrorCode
from bdsigner.signing.cross_references import BulkReader
from bdsigner.signing.objects import entry

_TAIL_BYTES = 1024
"""``%%EOF`` stands within the last KiB (ISO 32000-1 Annex H, note 18)."""
_WHITE_SPACE = b"\x00\t\n\x0c\r "
_CROSS_REFERENCES = re.compile(rb"[\x00\t\n\f\r ]*(xref|\d+[\x00\t\n\f\r ]+\d+[\x00\t\n\f\r ]+obj)")
_CROSS_REFERENCES_SEARCH_BYTES = 128

FOREIGN_ERRORS = (
    PdfError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""All that pyHanko was seen to raise on 3,000 damaged files (hardening.md)."""


@contextmanager
def damage_as_errors(path: Path) -> Iterator[None]:
    """Turn what parsing an untrusted PDF raises into ``DocumentError`` ``DOCUMENT_DAMAGED``."""
    try:
        yield
    except MemoryError as error:
        raise DocumentError(ErrorCode.DOCUMENT_LIMITS, path=str(path)) from error
    except FOREIGN_ERRORS as error:
        detail = f"{type(error).__name__}: {error}"[:200]
        raise DocumentError(ErrorCode.DOCUMENT_DAMAGED, path=str(path), reason=detail) from error


def open_for_update(file: BinaryIO, path: Path) -> IncrementalPdfFileWriter:
    """Open ``file`` (the copy); ``path`` names the original in errors.

    Raises ``DocumentError``: ``DOCUMENT_DAMAGED``, ``DOCUMENT_ENCRYPTED`` (also when only the owner password is
    set: its permissions are not ours to overrule), ``DOCUMENT_XFA``.
    """
    with damage_as_errors(path):
        _check_tail(file, path)
        reader = _read(file, path)
        if "/Encrypt" in reader.trailer:
            raise DocumentError(ErrorCode.DOCUMENT_ENCRYPTED, path=str(path))
        if entry(entry(reader.root, "/AcroForm"), "/XFA") is not None:
            raise DocumentError(ErrorCode.DOCUMENT_XFA, path=str(path))
        return IncrementalPdfFileWriter.from_reader(reader)


def _check_tail(file: BinaryIO, path: Path) -> None:
    """Nothing but white space after the last ``%%EOF``: viewers disagree on what else would mean."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _TAIL_BYTES))
    _, found, rest = file.read().rpartition(b"%%EOF")
    if not found:
        raise DocumentError(ErrorCode.DOCUMENT_DAMAGED, path=str(path), reason="no end of file marker")
    if rest.strip(_WHITE_SPACE):
        raise DocumentError(ErrorCode.DOCUMENT_DAMAGED, path=str(path), reason="bytes after the end of file marker")


def _read(file: BinaryIO, path: Path) -> PdfFileReader:
    """Strictly; else leniently (hybrid files of Word and older Acrobat), unless the structure had to be guessed.

    Objects are read leniently in any case: a reference to a missing one means null (ISO 32000-2 §7.3.10), which strict
    mode refuses.
    """
    try:
        strict = BulkReader(file)
        strict.strict = False
        return strict
    except PdfStrictReadError:
        reader = PdfFileReader(file, strict=False)
    for revision in range(reader.total_revisions):
        section = reader.xrefs.get_xref_container_info(revision)
        file.seek(section.declared_startxref)
        if not _CROSS_REFERENCES.match(file.read(_CROSS_REFERENCES_SEARCH_BYTES)):
            raise DocumentError(ErrorCode.DOCUMENT_DAMAGED, path=str(path), reason="cross-references misplaced")
    return reader
