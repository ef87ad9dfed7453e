"""Files without a name (Linux ``O_TMPFILE``): for content that must not be left behind, whatever ends this process."""

import os
import sys
from pathlib import Path


def create_nameless(folder: Path) -> int | None:
    """Open an empty file on the folder's file system, readable by its owner only; the caller closes the descriptor.

    ``None`` where there is no such thing: other systems, FAT, some network shares.
    """
    if sys.platform != "linux":
        return None
    try:
        return os.open(folder, os.O_TMPFILE | os.O_RDWR, 0o600)
    except OSError:
        return None  # whoever makes a file with a name then says what is wrong with the folder


def path_of(descriptor: int) -> Path:
    """A path that other processes of this user can open it by, as long as it is open here."""
    return Path(f"/proc/{os.getpid()}/fd/{descriptor}")


def give_name(descriptor: int, target: Path) -> None:
    """Let the file have a name; never replaces another.  Raises ``OSError`` (``FileExistsError`` …)."""
    # Only with a descriptor of a folder, which an absolute path does not need, does Python follow the link in /proc.
    os.link(f"/proc/self/fd/{descriptor}", target, src_dir_fd=descriptor, follow_symlinks=True)
