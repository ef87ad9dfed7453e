"""Modules that packages and administrators registered with p11-kit: its ``*.module`` files (pkcs11.conf(5))."""

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

SYSTEM_FOLDERS = (
    Path("/etc/pkcs11/modules"),
    Path("/usr/share/p11-kit/modules"),
    Path("/usr/local/share/p11-kit/modules"),
)
"""A file in an earlier folder stands for those of its name in later ones."""
MODULE_FOLDERS = (
    Path("/usr/lib/x86_64-linux-gnu/pkcs11"),
    Path("/usr/lib/aarch64-linux-gnu/pkcs11"),
    Path("/usr/lib64/pkcs11"),
    Path("/usr/lib/pkcs11"),
    Path("/usr/local/lib/pkcs11"),
)
"""Where p11-kit looks for a module that is named without a folder."""
PROGRAM = "bdsigner"
"""Our name in ``enable-in`` and ``disable-in``."""
MAX_CONFIGURATION_BYTES = 64 * 1024
"""A module file is a dozen lines."""
_YES = ("yes", "1", "true")


def registered_modules(
    folders: Sequence[Path] | None = None, module_folders: Sequence[Path] = MODULE_FOLDERS
) -> tuple[Path, ...]:
    """Libraries in the order of their ``priority``, highest first; without trust stores, which hold no keys."""
    if folders is None:
        home = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")  # noqa: PTH111  # may have no home
        folders = (Path(home) / "pkcs11" / "modules", *SYSTEM_FOLDERS)
    settings = [_read(file) for file in _module_files(folders)]
    wanted = sorted(filter(_is_for_us, settings), key=_priority, reverse=True)
    paths = (_find(one.get("module", ""), module_folders) for one in wanted)
    return tuple(path for path in paths if path is not None)


def _module_files(folders: Iterable[Path]) -> Iterator[Path]:
    seen: set[str] = set()
    for folder in folders:
        for file in sorted(folder.glob("*.module")):
            if file.name not in seen:
                seen.add(file.name)
                yield file


def _is_for_us(settings: dict[str, str]) -> bool:
    if settings.get("trust-policy", "").lower() in _YES or "remote" in settings:
        return False
    enabled, disabled = settings.get("enable-in", ""), settings.get("disable-in", "")
    return (not enabled or PROGRAM in _names(enabled)) and PROGRAM not in _names(disabled)


def _names(value: str) -> list[str]:
    return value.replace(",", " ").split()


def _priority(settings: dict[str, str]) -> int:
    try:
        return int(settings.get("priority", "0"))
    except ValueError:
        return 0


def _find(module: str, module_folders: Sequence[Path]) -> Path | None:
    if not module or "\0" in module:
        return None
    path = Path(module)
    if path.is_absolute():
        return path if os.path.isfile(path) else None  # noqa: PTH113  # Path.is_file raises for a name that is too long
    return next((folder / path for folder in module_folders if os.path.isfile(folder / path)), None)  # noqa: PTH113


def _read(file: Path) -> dict[str, str]:
    """Read ``name: value`` lines; an unreadable file is as good as none."""
    try:
        with file.open("rb") as stream:
            text = stream.read(MAX_CONFIGURATION_BYTES).decode("utf-8", "replace")
    except OSError:
        return {}
    lines = (line.partition(":") for line in text.splitlines() if not line.lstrip().startswith("#"))
    return {name.strip(): value.strip() for name, _, value in lines}
