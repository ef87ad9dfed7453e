"""What goes into an envelope: the bytes of a file, or several files as one ZIP archive made on the way."""

import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from io import RawIOBase

from bdsigner.errors import DocumentError, ErrorCode
from bdsigner.formats.ber import BLOCK_BYTES
from bdsigner.model.encryption import Member
from bdsigner.ports import TellBytes

_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""A ZIP archive knows no time before (APPNOTE 4.4.6)."""


def size_of(member: Member) -> int:
    """Size in bytes.  Raises ``DocumentError``."""
    try:
        return member.path.stat().st_size
    except OSError as error:
        raise _unreadable(member, error) from error


def file_blocks(member: Member, size: int, tell: Callable[[int], None]) -> Iterator[memoryview]:
    """The bytes of a file, each block in the same buffer; the file must have and keep that size.

    ``tell`` is told how many bytes are done.  Raises ``DocumentError``; what ``tell`` raises.
    """
    done = 0
    buffer = memoryview(bytearray(BLOCK_BYTES))
    try:
        with member.path.open("rb", buffering=0) as file:
            while done <= size and (length := file.readinto(buffer)):
                done += length
                if done <= size:
                    yield buffer[:length]
                    tell(done)
    except OSError as error:
        raise _unreadable(member, error) from error
    if done != size:
        raise DocumentError(ErrorCode.DOCUMENT_CHANGED_MEANWHILE, path=str(member.path))


def archived(members: Sequence[Member], sizes: Sequence[int], tell: TellBytes) -> Iterator[memoryview]:
    """A ZIP archive of the files, not compressed: most of what is sent is compressed already.

    Raises as ``file_blocks``.
    """
    sink, total, done = _Sink(), sum(sizes), 0
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED, strict_timestamps=False) as archive:
        for member, size in zip(members, sizes, strict=True):
            before = done

            def told(part: int, before: int = before) -> None:
                tell(before + part, total)

            with archive.open(_described(member), "w", force_zip64=True) as entry:
                for block in file_blocks(member, size, told):
                    entry.write(block)
                    yield from sink.blocks()
            done += size
    yield from sink.blocks()


class _Sink(RawIOBase):
    """Keeps what is written until it is taken; cannot go back, so that the archive is written front to end."""

    def __init__(self) -> None:
        self._kept: list[bytes] = []

    def writable(self) -> bool:
        """Writing is all it can do."""
        return True

    def write(self, data: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]  # collections.abc.Buffer is 3.12
        """Keep a copy."""
        self._kept.append(bytes(data))
        return len(data)

    def blocks(self) -> Iterator[memoryview]:
        """Take all."""
        kept, self._kept = memoryview(b"".join(self._kept)), []
        for at in range(0, len(kept), BLOCK_BYTES):
            yield kept[at : at + BLOCK_BYTES]


def _described(member: Member) -> zipfile.ZipInfo:
    changed = time.localtime(member.path.stat().st_mtime)[:6]
    return zipfile.ZipInfo(member.name, max(changed, _EARLIEST))


def _unreadable(member: Member, error: OSError) -> DocumentError:
    code = ErrorCode.DOCUMENT_NOT_FOUND if isinstance(error, FileNotFoundError) else ErrorCode.DOCUMENT_UNREADABLE
    return DocumentError(code, path=str(member.path), reason=error.strerror or "")
