"""Which PKCS#11 modules this machine has: named by the caller, registered with p11-kit, or found by the catalogue."""

import os
import sys
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

P11_KIT_FOLDERS = (
    Path("/etc/pkcs11/modules"),
    Path("/usr/share/p11-kit/modules"),
)
"""Where packages and administrators register modules (pkcs11.conf(5))."""
MAX_CONFIGURATION_BYTES = 64 * 1024
"""A module file of p11-kit is a dozen lines."""


class Module(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One product: its library's file names by system."""

    name: str
    linux: tuple[str, ...] = ()
    windows: tuple[str, ...] = ()
    macos: tuple[str, ...] = ()


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``pkcs11_modules.toml``: folders to look in by system, and the products."""

    folders: dict[str, tuple[str, ...]]
    module: tuple[Module, ...]


def find_modules(
    extra: Sequence[Path] = (), *, catalogue: Path, p11_kit_folders: Sequence[Path] = P11_KIT_FOLDERS
) -> tuple[Path, ...]:
    """Return libraries to load, each file once, in this order: ``extra``, p11-kit's, the catalogue's.

    ``extra`` was chosen by a person and is kept even when missing, so that its absence gets reported; of the others
    only existing files are returned.  Whether a file is a PKCS#11 module shows when its child loads it.
    """
    registered = _registered(p11_kit_folders) if sys.platform == "linux" else iter(())
    found: dict[Path, Path] = {}
    for path in extra:
        found.setdefault(path.resolve(), path)
    for path in (*registered, *_catalogued(catalogue)):
        if path.is_file():
            found.setdefault(path.resolve(), path)
    return tuple(found.values())


def _catalogued(catalogue: Path) -> Iterator[Path]:
    content = msgspec.convert(tomllib.loads(catalogue.read_text("utf-8")), Catalogue)
    system = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
    folders = [Path(os.path.expandvars(folder)) for folder in content.folders.get(system, ())]
    for module in content.module:
        for name in getattr(module, system):
            yield from (folder / name for folder in folders if folder.is_absolute())


def _registered(folders: Sequence[Path]) -> Iterator[Path]:
    """Absolute paths that p11-kit's module files name, without trust stores: those hold no keys."""
    for folder in folders:
        for file in sorted(folder.glob("*.module")):
            settings = _module_file(file)
            path = Path(settings.get("module", ""))
            if path.is_absolute() and settings.get("trust-policy") != "yes":
                yield path


def _module_file(file: Path) -> dict[str, str]:
    """Read ``name: value`` lines; an unreadable file is as good as none."""
    try:
        with file.open("rb") as stream:
            text = stream.read(MAX_CONFIGURATION_BYTES).decode("utf-8", "replace")
    except OSError:
        return {}
    lines = (line.partition(":") for line in text.splitlines() if not line.lstrip().startswith("#"))
    return {name.strip(): value.strip() for name, _, value in lines}
