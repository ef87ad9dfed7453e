"""Versions, names to mask and the end of the log, for the support file."""

import getpass
import platform
import ssl
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import bdsigner
from bdsigner.storage.logs import last_lines
from bdsigner.usecases.support_file import Surroundings

LOG_LINES = 200
_PACKAGES = ("PySide6-Essentials", "python-pkcs11", "pyHanko", "cryptography", "PyMuPDF")


def surroundings() -> Surroundings:
    """Gather them; what cannot be told is left out."""
    versions = [
        ("bdsigner", bdsigner.__version__),
        ("Python", sys.version.split()[0]),
        ("OpenSSL", ssl.OPENSSL_VERSION),
        ("system", f"{platform.system()} {platform.release()} {platform.machine()}"),
        *((name, _version(name)) for name in _PACKAGES),
    ]
    return Surroundings(
        versions=tuple(versions), home=str(Path.home()), user=_user(), log_lines=tuple(last_lines(LOG_LINES))
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # the installed program carries no package data
        return "?"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return ""
