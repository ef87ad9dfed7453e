"""Folders of the person at the machine: settings, data and logs.

``BDSIGNER_HOME`` names one folder that holds them all, for tests and training.
Nothing is created here; whoever writes makes the folder first (``ensure_folder``).
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from platformdirs.api import PlatformDirsABC

HOME_VARIABLE = "BDSIGNER_HOME"
_PROGRAM = "bdsigner"


def config_folder() -> Path:
    """Where the settings are kept."""
    return _home_part("config") or _platform_folders().user_config_path


def data_folder() -> Path:
    """Where the program keeps what it remembers."""
    return _home_part("data") or _platform_folders().user_data_path


def log_folder() -> Path:
    """Where the logs are written."""
    return _home_part("logs") or _platform_folders().user_log_path


def ensure_folder(folder: Path) -> Path:
    """Make a folder of ours, readable by its owner only.  Raises ``OSError``."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _home_part(name: str) -> Path | None:
    home = os.environ.get(HOME_VARIABLE)
    return Path(home).absolute() / name if home else None


def _platform_folders() -> "PlatformDirsABC":
    import platformdirs  # here: most runs of the command line need none of these folders, and start-up time counts

    return platformdirs.PlatformDirs(_PROGRAM, appauthor=False)
