"""Files in the folder of a request: whole, flushed, never changed once they are there."""

import hashlib
import os
import stat
import unicodedata
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import BinaryIO

from bdsigner.errors import DocumentError, ErrorCode, StorageError
from bdsigner.model.request import KeptFile
from bdsigner.storage.outbox.record import RECORD_FILE
from bdsigner.storage.outputs import rename_new
from bdsigner.storage.partials import NAME_BYTES, create_partial, sync_folder
from bdsigner.storage.paths import ensure_folder
from bdsigner.usecases.file_hash import sha256_of

BLOCK_BYTES = 1 << 20
STEM_BYTES = NAME_BYTES - 64
"""Leaves room for a number, and for what a suffix takes."""
SUFFIX_BYTES = 32


def keep_file(place: Path, name: str, content: bytes | Path) -> KeptFile:
    """See ``ports.RequestStore.keep``.  Raises ``OSError``, ``DocumentError``."""
    if not place.is_dir():
        ensure_folder(place)
        sync_folder(place.parent)
    name = _own_name(name)
    partial = create_partial(place / name)
    try:
        digest, size = hashlib.sha256(), 0
        with partial.open("wb") as stream:
            for block in [content] if isinstance(content, bytes) else _blocks(content):
                stream.write(block)
                digest.update(block)
                size += len(block)
            stream.flush()
            os.fsync(stream.fileno())
        sha256 = digest.hexdigest()
        return KeptFile(name=_publish(partial, place / name, sha256, size), sha256=sha256, size_bytes=size)
    finally:
        partial.unlink(missing_ok=True)


def find_file(place: Path, file: KeptFile) -> Path:
    """See ``ports.RequestStore.path``.  Raises ``OSError``, ``StorageError`` STORAGE_OUTBOX."""
    path = place / file.name
    if path.parent != place or not _is(path, file.sha256, file.size_bytes):
        raise StorageError(ErrorCode.STORAGE_OUTBOX, reason=f"{file.name} is not what was kept")
    return path


def _publish(partial: Path, target: Path, sha256: str, size_bytes: int) -> str:
    """Give it the name, or the first free one with a number; the name of a file that is the same already."""
    for number in count(1):
        path = target if number == 1 else target.with_stem(f"{target.stem}-{number}")
        if not _is(path, sha256, size_bytes):
            try:
                rename_new(partial, path)
            except FileExistsError:
                if not _is(path, sha256, size_bytes):
                    continue
        sync_folder(path.parent)
        return path.name
    raise AssertionError  # there is always another number


def _is(path: Path, sha256: str, size_bytes: int) -> bool:
    """Whether a plain file of that content stands there.  Raises ``OSError``."""
    try:
        status = path.lstat()
        return stat.S_ISREG(status.st_mode) and status.st_size == size_bytes and sha256_of(path) == sha256
    except FileNotFoundError:
        return False


def _own_name(untrusted_name: str) -> str:
    """A name that every system can have, as it was as far as possible; never one that the program uses itself."""
    from bdsigner.formats.content import safe_name  # here: only where a file is kept

    path = Path(safe_name(unicodedata.normalize("NFC", untrusted_name)) or "file")
    stem, suffix = path.stem, path.suffix
    if len(suffix.encode()) > SUFFIX_BYTES:
        stem, suffix = path.name, ""
    stem = stem.encode()[:STEM_BYTES].decode("utf-8", "ignore").rstrip(" .")
    if stem.casefold().startswith(Path(RECORD_FILE).stem):
        stem = f"_{stem}"
    return stem + suffix


def _blocks(source: Path) -> Iterator[bytes]:
    """Raises ``DocumentError`` for whatever keeps it from being read."""
    try:
        with _open(source) as stream:
            while block := stream.read(BLOCK_BYTES):
                yield block
    except FileNotFoundError as error:
        raise DocumentError(ErrorCode.DOCUMENT_NOT_FOUND, path=str(source)) from error
    except OSError as error:
        raise DocumentError(
            ErrorCode.DOCUMENT_UNREADABLE, path=str(source), reason=error.strerror or type(error).__name__
        ) from error


def _open(source: Path) -> BinaryIO:
    if not source.is_file():  # a pipe would be waited for
        raise FileNotFoundError(source)
    return source.open("rb")
