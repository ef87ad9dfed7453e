"""The shipped files: fonts, icons, profiles, catalogues."""

import sys
from pathlib import Path

import bdsigner


def resource_path(*parts: str) -> Path:
    """Path of a shipped file or folder under ``resources/``; whether it exists is not checked."""
    return _resource_root().joinpath(*parts)


def default_profile_folder() -> Path:
    """The profile the program is shipped with (regulation.md §15)."""
    return resource_path("profiles", "binh-duong")


def _resource_root() -> Path:
    bundle = getattr(sys, "_MEIPASS", None)  # set by PyInstaller's start-up code in the installed program
    return Path(bundle or Path(bdsigner.__file__).resolve().parent.parent) / "resources"
