"""What SQLite and the system say about the outbox, as codes; and what of it means that the file is damaged."""

import errno
import os
import shutil
import sqlite3
from pathlib import Path

from bdsigner.errors import ErrorCode, StorageError
from bdsigner.storage.outputs import storage_error
from bdsigner.storage.partials import create_partial

ROOM_BYTES = 256 << 10
"""What SQLite needs beside the file at least; with less, an error that names no cause is for want of room."""
_PRIMARY = 0xFF
"""SQLite's extended result codes keep the primary one in the lowest byte."""
_NOT_NOW = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_PROTOCOL,
    }
)
_ACCESS = frozenset({sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM})
_KEPT_CODES = frozenset({ErrorCode.STORAGE_FULL, ErrorCode.STORAGE_READ_ONLY})


def is_damage(error: sqlite3.Error, file: Path) -> bool:
    """Whether it is the file's content, and not the disk, the system or another program."""
    code = _code(error)
    if code & _PRIMARY in _NOT_NOW or isinstance(error, sqlite3.ProgrammingError):
        return False  # an error of ours must not cost a good file
    if code & _PRIMARY == sqlite3.SQLITE_IOERR:
        return code == sqlite3.SQLITE_IOERR_SHORT_READ
    # A damaged header calls a file read-only, too.
    return code & _PRIMARY not in _ACCESS or _access_error(file) is None


def outbox_error(error: OSError | sqlite3.Error, file: Path) -> StorageError:
    """STORAGE_FULL, STORAGE_READ_ONLY or STORAGE_OUTBOX."""
    cause = error if isinstance(error, OSError) else _cause(error, file)
    if cause is not None:
        found = storage_error(cause, file)
        if found.code in _KEPT_CODES:
            return found
    reason = error.strerror if isinstance(error, OSError) else _name(error)
    return StorageError(ErrorCode.STORAGE_OUTBOX, reason=reason or type(error).__name__)


def _cause(error: sqlite3.Error, file: Path) -> OSError | None:
    """What the system would say, of what SQLite does not pass on."""
    code = _code(error) & _PRIMARY
    if code == sqlite3.SQLITE_FULL:
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return _access_error(file) if code in _ACCESS or code == sqlite3.SQLITE_IOERR else None


def _access_error(file: Path) -> OSError | None:
    """Why the file or its folder cannot be written; ``None``: they can."""
    try:
        create_partial(file).unlink()
        if file.is_file():
            os.close(os.open(file, os.O_RDWR))
        room = shutil.disk_usage(file.parent)
        if room.total and room.free < ROOM_BYTES:  # some shares tell no free space
            return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError as error:
        return error
    return None


def _code(error: sqlite3.Error) -> int:
    """Errors of Python's own, such as text that is none, have no code."""
    return int(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR))


def _name(error: sqlite3.Error) -> str:
    return str(getattr(error, "sqlite_errorname", type(error).__name__))
