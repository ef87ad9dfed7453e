"""What the self-check asks of the file system."""

import os
import shutil
import tempfile
from pathlib import Path

from bdsigner.model.self_check import FolderState
from bdsigner.storage.paths import config_folder, data_folder, log_folder


def folder_states(output: Path | None = None) -> tuple[FolderState, ...]:
    """The folders the program writes to; ``output`` is where results went last."""
    folders = {"config": config_folder(), "data": data_folder(), "logs": log_folder()}
    if output is not None:
        folders["output"] = output
    return tuple(_state(purpose, folder) for purpose, folder in folders.items())


def _state(purpose: str, folder: Path) -> FolderState:
    present = _nearest(folder)
    return FolderState(
        purpose=purpose, path=str(folder), is_writable=_can_write(present), free_bytes=_free_bytes(present)
    )


def _nearest(folder: Path) -> Path:
    """The folder itself, or the first above it that exists: where it would be made."""
    return next((one for one in (folder, *folder.parents) if one.is_dir()), folder)


def _can_write(folder: Path) -> bool:
    """Try it: access rights alone say little on network shares and on Windows."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=".bdsigner-", dir=folder)
    except OSError:
        return False
    os.close(descriptor)
    Path(name).unlink()
    return True


def _free_bytes(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0
