"""Temporary files beside a target: ``.{name}.{random}.part``, made, flushed, and swept when a crash left one."""

import contextlib
import os
import re
import secrets
import stat
import sys
import time
from pathlib import Path

from bdsigner.storage.paths import ensure_folder

NAME_BYTES = 255
"""Longest file name on the file systems in use (ext4, NTFS, APFS; NTFS counts UTF-16 units, never more than bytes)."""
STALE_SECONDS = 24 * 3600
"""No signature takes a day: an older partial file belongs to a process that was killed."""
_RANDOM_BYTES = 8
_PARTIAL_NAME = re.compile(rf"\..+\.[0-9a-f]{{{2 * _RANDOM_BYTES}}}\.part", re.DOTALL)


def create_partial(target: Path) -> Path:
    """Make an empty file of our own beside ``target``, readable by its owner only.  Raises ``OSError``."""
    partial = target.with_name(_partial_name(target.name))
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    os.close(os.open(partial, flags, 0o600))
    return partial


def write_whole(file: Path, content: bytes) -> None:
    """Put a file of ours in place in one step, readable by its owner only, over what was there.  Raises ``OSError``."""
    ensure_folder(file.parent)
    partial = create_partial(file)
    try:
        with partial.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(file)
    except OSError:
        with contextlib.suppress(OSError):
            partial.unlink()
        raise
    sync_folder(file.parent)


def is_partial_of(partial: Path, target: Path) -> bool:
    """Whether a name is one that ``create_partial`` gives beside ``target``."""
    return partial.parent == target.absolute().parent and _PARTIAL_NAME.fullmatch(partial.name) is not None


def sync_folder(folder: Path) -> None:
    """Make a new name in the folder outlast a power cut; Windows journals it by itself.  Raises ``OSError``."""
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def sweep_partials(folder: Path, *, older_than_seconds: float = STALE_SECONDS) -> int:
    """Remove what killed processes of ours left in ``folder``; return how many.  Never raises for a file or folder."""
    oldest = time.time() - older_than_seconds
    removed = 0
    try:
        entries = [entry for entry in os.scandir(folder) if _PARTIAL_NAME.fullmatch(entry.name)]
    except OSError:
        return 0
    for entry in entries:
        try:
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISREG(status.st_mode) and status.st_mtime < oldest:
                Path(entry.path).unlink()
                removed += 1
        except OSError:
            continue  # gone meanwhile, open elsewhere (Windows) or someone else's: not ours to insist on
    return removed


def remove_partials_of(target: Path) -> None:
    """Remove all temporary files of ours for ``target``; only when the process that made them is gone.  Never raises."""
    start, ending_length = _start(target.name), len(_ending())
    try:
        names = [entry.name for entry in os.scandir(target.absolute().parent)]
    except OSError:
        return
    for name in names:
        if _PARTIAL_NAME.fullmatch(name) and name[:-ending_length] == start:
            with contextlib.suppress(OSError):
                target.with_name(name).unlink()


def _partial_name(name: str) -> str:
    """The random part makes it unique."""
    return f"{_start(name)}{_ending()}"


def _ending() -> str:
    return f".{secrets.token_hex(_RANDOM_BYTES)}.part"


def _start(name: str) -> str:
    """A long name is cut so that the whole stays a valid name."""
    start = os.fsencode(name)[: NAME_BYTES - len(_ending()) - 1]
    return f".{start.decode('utf-8', 'ignore')}"
