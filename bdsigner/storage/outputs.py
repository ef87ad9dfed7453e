"""Outputs that appear whole or not at all, and never in place of another file."""

import contextlib
import errno
import hashlib
import logging
import os
import shutil
import stat
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from bdsigner.errors import ErrorCode, Fact, StorageError
from bdsigner.ports import NewFile
from bdsigner.storage.nameless import create_nameless, give_name, path_of
from bdsigner.storage.partials import (
    NAME_BYTES,
    create_partial,
    is_partial_of,
    remove_partials_of,
    sweep_partials,
    sync_folder,
)

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
FLUSHES_AT_ONCE = 8


class FileOutputs:
    """Implements ``ports.Outputs`` on the local file system.  Thread-safe; build it before threads are started."""

    def __init__(self) -> None:
        self._final_mode = 0o666 & ~_read_umask()
        self._swept: set[Path] = set()

    @contextmanager
    def new_file(self, target: Path, *, source: Path | None) -> Iterator[NewFile]:
        """Open an empty temporary file beside ``target``; what is not committed is removed at the end.

        The first time in a folder, what processes of ours that were killed long ago left there is removed too.

        Raises ``StorageError`` with the facts ``path`` and ``folder``: ``STORAGE_IS_SOURCE`` (also through links and
        other spellings of the name), ``STORAGE_EXISTS``, ``STORAGE_NAME_TOO_LONG``, ``STORAGE_FOLDER_MISSING``,
        ``STORAGE_READ_ONLY``, ``STORAGE_FULL`` (there is less room than ``source`` takes), ``STORAGE_FAILED``.
        """
        target = target.absolute()
        _check_target(target, source)
        if source is not None:
            _check_room(target.parent, source)
        with self._partial(target) as output:
            yield output

    @contextmanager
    def new_secret(self, target: Path, *, source: Path | None) -> Iterator[NewFile]:
        """See ``ports.Outputs``; the same ``StorageError`` as ``new_file``."""
        target = target.absolute()
        _check_target(target, source)
        if source is not None:
            _check_room(target.parent, source)
        descriptor = create_nameless(target.parent)
        if descriptor is None:
            with self._partial(target) as output:
                yield output
            return
        try:
            yield _NamelessFile(descriptor, target, final_mode=self._final_mode)
        finally:
            os.close(descriptor)

    def write_new(self, target: Path, content: bytes) -> None:
        """See ``ports.Outputs``; the same ``StorageError`` as ``new_file``."""
        target = target.absolute()
        _check_target(target, None)
        with self._partial(target) as output:
            try:
                output.partial.write_bytes(content)
            except OSError as error:
                raise storage_error(error, target) from error
            output.commit()

    @contextmanager
    def replace_own(self, target: Path, *, expected_sha256: str) -> Iterator[NewFile]:
        """Open an empty temporary file beside a result of ours that ``commit`` puts in its place, in one step.

        Raises ``StorageError``: as ``new_file``, and ``STORAGE_CHANGED`` here and from ``commit`` when ``target`` is
        gone, no plain file, or has another SHA-256 (hex) than expected.
        """
        target = target.absolute()
        _hashed_identity(target, expected_sha256)
        _check_room(target.parent, target)
        with self._partial(target) as output:
            yield _Replacement(output.partial, target, expected_sha256=expected_sha256)

    def commit_all(self, files: Sequence[NewFile]) -> tuple[StorageError | None, ...]:
        """See ``ports.Outputs``."""
        ours = cast("Sequence[_PartialFile]", files)
        if len(ours) == 1:
            errors = [ours[0].flush_and_publish()]
        else:
            # Side by side: the file system brings what it is asked for meanwhile to the disk in one go.
            with ThreadPoolExecutor(min(len(ours), FLUSHES_AT_ONCE), thread_name_prefix="flush") as pool:
                errors = list(pool.map(_PartialFile.flush_and_publish, ours))
        for folder in {file.folder for file, error in zip(ours, errors, strict=True) if error is None}:
            _sync(folder)
        return tuple(errors)

    def adopt(self, partial: Path, target: Path) -> None:
        """See ``ports.Outputs``."""
        target = target.absolute()
        _check_target(target, None)
        if not is_partial_of(partial, target):
            raise _refusal(ErrorCode.STORAGE_FAILED, target, reason="not a temporary file of ours")
        try:
            _PartialFile(partial, target, final_mode=self._final_mode).commit()
        except OSError as error:
            raise storage_error(error, target) from error

    def sweep(self, target: Path) -> None:
        """See ``ports.Outputs``."""
        remove_partials_of(target)

    @contextmanager
    def _partial(self, target: Path) -> Iterator["_PartialFile"]:
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

    def rename(self, target: Path) -> None:
        """See ``ports.NewFile``."""
        target = target.absolute()
        if target.parent != self._target.parent:
            raise _refusal(ErrorCode.STORAGE_FAILED, target, reason="another folder")
        _check_target(target, None)
        self._target = target

    def commit(self) -> None:
        """Flush to disk and give the file its name; never replaces another.  Raises ``StorageError``."""
        error = self.flush_and_publish()
        if error is not None:
            raise error
        _sync(self.folder)

    @property
    def folder(self) -> Path:
        """Where it stands; to be synced once it has its name."""
        return self._target.parent

    def flush_and_publish(self) -> StorageError | None:
        """Flush the content to disk, then give the file its name; returns what went wrong."""
        try:
            self._flush()
            self._publish()
        except OSError as error:
            refusal = storage_error(error, self._target)
            refusal.__cause__ = error
            return refusal
        except StorageError as error:
            return error
        return None

    def _publish(self) -> None:
        rename_new(self._partial, self._target)

    def _flush(self) -> None:
        with self._partial.open("r+b") as stream:
            if _identity(os.fstat(stream.fileno())) != self._identity or self._partial.is_symlink():
                raise OSError(errno.EIO, "the temporary file was replaced")  # the child that writes it is not trusted
            if sys.platform != "win32":
                os.fchmod(stream.fileno(), self._final_mode)
            os.fsync(stream.fileno())


class _NamelessFile(_PartialFile):
    """Has no name until it is committed: whatever ends this process, nothing is left."""

    def __init__(self, descriptor: int, target: Path, *, final_mode: int) -> None:
        self._descriptor = descriptor
        self._partial = path_of(descriptor)
        self._target = target
        self._final_mode = final_mode

    def _publish(self) -> None:
        give_name(self._descriptor, self._target)

    def _flush(self) -> None:
        os.fchmod(self._descriptor, self._final_mode)
        os.fsync(self._descriptor)


class _Replacement(_PartialFile):
    """Takes the place of a result of ours, if that is still what it was."""

    def __init__(self, partial: Path, target: Path, *, expected_sha256: str) -> None:
        super().__init__(partial, target, final_mode=stat.S_IMODE(target.stat().st_mode))
        self._expected_sha256 = expected_sha256

    def _publish(self) -> None:
        # Hashed once more now that the new file is on the disk: what is left is the moment between two system calls.
        before = _hashed_identity(self._target, self._expected_sha256)
        if _state(self._target.lstat()) != before:
            raise _refusal(ErrorCode.STORAGE_CHANGED, self._target)
        self._partial.replace(self._target)


def storage_error(error: OSError, target: Path) -> StorageError:
    """The coded error for what the system said about ``target``."""
    reason = error.strerror or type(error).__name__
    if getattr(error, "winerror", None) in _LOCKED_WINDOWS:
        return _refusal(ErrorCode.STORAGE_FAILED, target, reason=reason)
    return _refusal(_CODE_BY_ERRNO.get(error.errno or 0, ErrorCode.STORAGE_FAILED), target, reason=reason)


def _sync(folder: Path) -> None:
    try:
        sync_folder(folder)
    except OSError as error:
        # The files are whole and have their names; some network shares cannot sync a folder.
        log.warning("folder not synced: %s", error)


def _refusal(code: ErrorCode, target: Path, **facts: Fact) -> StorageError:
    return StorageError(code, path=str(target), folder=str(target.parent), **facts)


def _check_target(target: Path, source: Path | None) -> None:
    if len(os.fsencode(target.name)) > NAME_BYTES:
        raise _refusal(ErrorCode.STORAGE_NAME_TOO_LONG, target, limit=NAME_BYTES)
    try:
        if os.path.lexists(target):
            same = source is not None and target.exists() and source.exists() and target.samefile(source)
            raise _refusal(ErrorCode.STORAGE_IS_SOURCE if same else ErrorCode.STORAGE_EXISTS, target)
        if not target.parent.is_dir():
            raise _refusal(ErrorCode.STORAGE_FOLDER_MISSING, target)
    except OSError as error:
        raise storage_error(error, target) from error


def _check_room(folder: Path, source: Path) -> None:
    """Say "disk full" before a PIN is asked for; a signed file is never smaller than its source."""
    try:
        needed, room = source.stat().st_size, shutil.disk_usage(folder)
    except OSError:
        return  # a missing source is for its reader to report; some shares tell no free space
    if room.total and room.free < needed:
        reason = f"{room.free} of {needed} bytes free"
        raise StorageError(ErrorCode.STORAGE_FULL, path=str(source), folder=str(folder), reason=reason)


def rename_new(partial: Path, target: Path) -> None:
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


def _hashed_identity(target: Path, expected_sha256: str) -> tuple[int, ...]:
    """Which file was hashed.  Raises ``StorageError`` STORAGE_CHANGED."""
    try:
        if not stat.S_ISREG(target.lstat().st_mode):
            raise _refusal(ErrorCode.STORAGE_CHANGED, target)
        with target.open("rb") as stream:
            found = hashlib.file_digest(stream, "sha256").hexdigest()
            state = _state(os.fstat(stream.fileno()))
    except FileNotFoundError as error:
        raise _refusal(ErrorCode.STORAGE_CHANGED, target) from error
    except OSError as error:
        raise storage_error(error, target) from error
    if found != expected_sha256:
        raise _refusal(ErrorCode.STORAGE_CHANGED, target)
    return state


def _state(status: os.stat_result) -> tuple[int, ...]:
    return (*_identity(status), status.st_size, status.st_mtime_ns)


def _read_umask() -> int:
    umask = os.umask(0o077)
    os.umask(umask)
    return umask
