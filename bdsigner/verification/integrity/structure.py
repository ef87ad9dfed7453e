"""The file as bytes: where its last whole revision ends, what stands behind it, and the parser on top.

pyHanko looks for the last ``%%EOF`` and ignores what follows; drawing programs do not (incremental-saving attack,
hardening.md).  So only the bytes up to the end of the last readable revision are judged, exactly these are drawn,
and anything but white space behind them is a finding.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

from pyhanko.pdf_utils.crypt import AuthStatus
from pyhanko.pdf_utils.decode_limits import (
    DEFAULT_PURPOSE_LIMITS,
    DecodeLimits,
    DecodePurpose,
    StreamDecodeLimits,
)
from pyhanko.pdf_utils.reader import PdfFileReader

from bdsigner.errors import DocumentError, ErrorCode
from bdsigner.formats.views import FileSlice

BLOCK_BYTES = 1 << 20
"""Files are read in such blocks, never whole."""
MAX_ENDS = 16
"""Ends of revisions tried from the back until one can be read."""
MAX_OBJECTS = 500_000
"""Cross-reference entries; the largest real documents have about 200,000."""

XREF_STREAM_BYTES = 8 << 20
"""One decoded cross-reference stream: 7 bytes an entry; pyHanko would take 256 MiB of zeros and 20 s for them."""
_LIMITS = DecodeLimits(
    per_purpose={
        **DEFAULT_PURPOSE_LIMITS,
        DecodePurpose.XREF_STREAM: StreamDecodeLimits(max_ratio=100, max_output_size=XREF_STREAM_BYTES),
    }
)

_SPACE = b"\x00\t\n\x0c\r "
_END = re.compile(rb"startxref[\x00\t\n\x0c\r ]{1,64}(\d{1,12})[\x00\t\n\x0c\r ]{1,64}%%EOF(?:\r\n|\n|\r)?")
_END_BYTES = 256
"""No match of ``_END`` is longer."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file whose structure could be read."""

    reader: PdfFileReader
    stream: BinaryIO
    judged_bytes: int
    revision_end: int
    """Offset behind the last ``%%EOF`` and its line end; up to ``judged_bytes`` only white space follows."""
    trailing_bytes: int
    """Bytes behind the judged part, when they are more than white space; else 0."""
    leniency: str
    """Why the strict reading failed; empty when it did not."""


def check_kind(file: BinaryIO, size: int) -> None:
    """Refuse what is no PDF at all.  Raises ``DocumentError`` DOCUMENT_EMPTY or DOCUMENT_NOT_PDF."""
    if size == 0:
        raise DocumentError(ErrorCode.DOCUMENT_EMPTY)
    file.seek(0)
    if b"%PDF-" not in file.read(1024):
        raise DocumentError(ErrorCode.DOCUMENT_NOT_PDF)


def open_document(file: BinaryIO, size: int) -> Opened:
    """Read the structure of the longest part of the file that has one.

    Raises ``DocumentError``: DOCUMENT_ENCRYPTED when a password is wanted, DOCUMENT_DAMAGED when no part is
    readable, DOCUMENT_LIMITS.
    """
    problem = "no end of a revision found"
    for end in islice(_revision_ends(file, size), MAX_ENDS):
        opened = _open_until(file, end, size)
        if isinstance(opened, Opened):
            return opened
        problem = opened
    raise DocumentError(ErrorCode.DOCUMENT_DAMAGED, reason=problem)


def earlier_revisions(file: BinaryIO, size: int, opened: Opened) -> Iterator[Opened]:
    """Read the structure of shorter parts of the file, the longest first, at most ``MAX_ENDS``.

    Raises ``DocumentError`` as ``open_document`` does, but DOCUMENT_DAMAGED.
    """
    shorter = (end for end in _revision_ends(file, size) if end < opened.revision_end)
    for end in islice(shorter, MAX_ENDS):
        earlier = _open_until(file, end, size)
        if isinstance(earlier, Opened):
            yield earlier


def _open_until(file: BinaryIO, end: int, size: int) -> Opened | str:
    """Read the file up to ``end``; a text says why that is not possible."""
    problem = ""
    trailing = _count_trailing(file, end, size)
    judged = end if trailing else size
    stream = io.BufferedReader(FileSlice(file, 0, judged), 1 << 16)
    for strict in (True, False):
        try:
            reader = PdfFileReader(stream, strict=strict, decode_limits=_LIMITS)
            _check_usable(reader)
        except DocumentError:
            raise
        except Exception as error:  # noqa: BLE001  # damaged files raise anything inside the parser
            if strict:
                problem = f"{type(error).__name__}: {error}"[:300]
            continue
        return Opened(reader, stream, judged, end, trailing, "" if strict else problem)
    return problem


def _check_usable(reader: PdfFileReader) -> None:
    """Touch what everything else builds on."""
    xrefs = reader.xrefs
    entries = sum(
        len(xrefs.get_xref_data(revision).explicit_refs_in_revision) for revision in range(xrefs.total_revisions)
    )
    if entries > MAX_OBJECTS:
        raise DocumentError(ErrorCode.DOCUMENT_LIMITS, objects=entries)
    if reader.encrypted and reader.decrypt(b"").status is AuthStatus.FAILED:
        raise DocumentError(ErrorCode.DOCUMENT_ENCRYPTED)
    _ = reader.root["/Pages"]["/Kids"]


def _revision_ends(file: BinaryIO, size: int) -> Iterator[int]:
    """Offsets just behind each ``startxref … %%EOF``, last first."""
    stop = size
    found_below = size + 1
    while stop > 0:
        start = max(0, stop - BLOCK_BYTES)
        file.seek(start)
        block = file.read(stop - start + _END_BYTES)
        for match in reversed(list(_END.finditer(block))):
            if start + match.start() < found_below:
                found_below = start + match.start()
                yield start + match.end()
        stop = start


def _count_trailing(file: BinaryIO, end: int, size: int) -> int:
    file.seek(end)
    while block := file.read(BLOCK_BYTES):
        if block.strip(_SPACE):
            return size - end
    return 0
