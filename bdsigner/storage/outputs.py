"""Outputs that appear whole or not at all, and never in place of another file."""

import contextlib
import errno
import logging
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bdsigner.errors import ErrorCode, Fact, StorageError
from bdsigner.ports import NewFile
from bdsigner.storage.partials import NAME_BYTES, create_partial, sweep_partials, sync_folder

log = logging.getLogger(__name__)

_CODE_BY_ERRNO = {
    errno.EEXIST: ErrorCode.STORAGE_EXISTS,
    errno.EACCES: ErrorCode.STORAGE_READ_ONLY,
    errno.EPERM: ErrorCode.STORAGE_READ_ONLY,
    errno.EROFS: ErrorCode.STORAGE_READ_ONLY,
    errno.ENOSPC: ErrorCode.STORAGE_FULL,
    errno.EDQUOT: ErrorCode.STORAGE_FULL,
    errno.ENAMETOOLONG: ErrorCode.STORAGE_NAME_TOO_LONG,
    errno.ENOENT: ErrorCode.STORAGE_FOLDER_MISSING,
    errno.ENOTDIR: ErrorCode.STORAGE_FOLDER_MISSING,
}
_LOCKED_WINDOWS = frozenset({32, 33})
"""ERROR_SHARING_VIOLATION and ERROR_LOCK_VIOLATION: another program holds the file; Python calls it EACCES."""
_NO_HARD_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})
"""What ``link`` answers on FAT and on some network shares."""


class FileOutputs:
    """Implements ``ports.Outputs`` on the local file system.  Thread-safe; build it before threads are started."""

    def __init__(self) -> None:
        self._final_mode = 0o666 & ~_read_umask()
        self._swept: set[Path] = set()

    @contextmanager
    def new_file(self, target: Path, *, source: Path) -> Iterator[NewFile]:
        """Open an empty temporary file beside ``target``; what is not committed is removed at the end.

        The first time in a folder, what processes of ours that were killed long ago left there is removed too.

        Raises ``StorageError`` with the facts ``path`` and ``folder``: ``STORAGE_IS_SOURCE`` (also through links and
        other spellings of the name), ``STORAGE_EXISTS``, ``STORAGE_NAME_TOO_LONG``, ``STORAGE_FOLDER_MISSING``,
        ``STORAGE_READ_ONLY``, ``STORAGE_FULL`` (there is less room than ``source`` takes), ``STORAGE_FAILED``.
        """
        target = target.absolute()
        _check_target(target, source)
        _check_room(target, source)
        if target.parent not in self._swept:
            self._swept.add(target.parent)
            sweep_partials(target.parent)
        try:
            partial = create_partial(target)
        except OSError as error:
            raise storage_error(error, target) from error
        try:
            yield _PartialFile(partial, target, final_mode=self._final_mode)
        finally:
            with contextlib.suppress(FileNotFoundError):
                partial.unlink()


class _PartialFile:
    """Implements ``ports.NewFile``."""

    def __init__(self, partial: Path, target: Path, *, final_mode: int) -> None:
        self._partial = partial
        self._target = target
        self._final_mode = final_mode
        self._identity = _identity(partial.lstat())

    @property
    def partial(self) -> Path:
        """The temporary file beside the target."""
        return self._partial

    def commit(self) -> None:
        """Flush to disk and give the file its name; never replaces another.  Raises ``StorageError``."""
        try:
            self._flush()
            _publish(self._partial, self._target)
        except OSError as error:
            raise storage_error(error, self._target) from error
        try:
            sync_folder(self._target.parent)
        except OSError as error:
            # The file is whole and has its name; some network shares cannot sync a folder.
            log.warning("folder not synced: %s", error)

    def _flush(self) -> None:
        with self._partial.open("r+b") as stream:
            if _identity(os.fstat(stream.fileno())) != self._identity or self._partial.is_symlink():
                raise OSError(errno.EIO, "the temporary file was replaced")  # the child that writes it is not trusted
            if sys.platform != "win32":
                os.fchmod(stream.fileno(), self._final_mode)
            os.fsync(stream.fileno())


def storage_error(error: OSError, target: Path) -> StorageError:
    """The coded error for what the system said about ``target``."""
    reason = error.strerror or type(error).__name__
    if getattr(error, "winerror", None) in _LOCKED_WINDOWS:
        return _refusal(ErrorCode.STORAGE_FAILED, target, reason=reason)
    return _refusal(_CODE_BY_ERRNO.get(error.errno or 0, ErrorCode.STORAGE_FAILED), target, reason=reason)


def _refusal(code: ErrorCode, target: Path, **facts: Fact) -> StorageError:
    return StorageError(code, path=str(target), folder=str(target.parent), **facts)


def _check_target(target: Path, source: Path) -> None:
    if len(os.fsencode(target.name)) > NAME_BYTES:
        raise _refusal(ErrorCode.STORAGE_NAME_TOO_LONG, target, limit=NAME_BYTES)
    try:
        if os.path.lexists(target):
            same = target.exists() and source.exists() and target.samefile(source)
            raise _refusal(ErrorCode.STORAGE_IS_SOURCE if same else ErrorCode.STORAGE_EXISTS, target)
        if not target.parent.is_dir():
            raise _refusal(ErrorCode.STORAGE_FOLDER_MISSING, target)
    except OSError as error:
        raise storage_error(error, target) from error


def _check_room(target: Path, source: Path) -> None:
    """Say "disk full" before a PIN is asked for; a signed file is never smaller than its source."""
    try:
        needed, room = source.stat().st_size, shutil.disk_usage(target.parent)
    except OSError:
        return  # a missing source is for its reader to report; some shares tell no free space
    if room.total and room.free < needed:
        raise _refusal(ErrorCode.STORAGE_FULL, target, reason=f"{room.free} of {needed} bytes free")


def _publish(partial: Path, target: Path) -> None:
    """Rename without ever replacing: the loser of a race gets ``FileExistsError``."""
    if sys.platform == "win32":
        partial.rename(target)
    else:
        try:
            target.hardlink_to(partial)
        except OSError as error:
            has_renameat2 = sys.platform == "linux"
            if error.errno not in _NO_HARD_LINKS or not has_renameat2:
                raise
            rename_without_replacing(partial, target)
        else:
            partial.unlink()


def rename_without_replacing(partial: Path, target: Path) -> None:
    """``renameat2(RENAME_NOREPLACE)`` (Linux 3.15), for file systems without hard links.  Raises ``OSError``."""
    import ctypes  # here: rarely needed

    at_fdcwd, rename_noreplace = -100, 1
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.renameat2(at_fdcwd, os.fsencode(partial), at_fdcwd, os.fsencode(target), rename_noreplace) != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


def _identity(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_dev, status.st_ino, stat.S_IFMT(status.st_mode)


def _read_umask() -> int:
    umask = os.umask(0o077)
    os.umask(umask)
    return umask
