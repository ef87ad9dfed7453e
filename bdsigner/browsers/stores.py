"""Finds the NSS databases of the person's browsers and reads which drivers they know (``pkcs11.txt``); changes nothing."""

import configparser
from collections.abc import Iterator
from pathlib import Path

from bdsigner.model.browser import BrowserStore, StoreState

LIST_FILE = "pkcs11.txt"
MAX_BYTES = 256 * 1024
"""A list of drivers is a few hundred bytes for each."""
MAX_PROFILES = 32
CHROMIUM = "Chromium, Chrome, Edge"
_CHROMIUM_STORE = Path(".pki/nssdb")
_CHROMIUM_LOCKS = tuple(
    Path(".config") / name / "SingletonLock"
    for name in ("chromium", "google-chrome", "microsoft-edge", "BraveSoftware")
)
_FIREFOX_FOLDERS = (Path(".mozilla/firefox"), Path(".config/mozilla/firefox"))
_CONFINED = (
    (Path("snap/firefox/common/.mozilla/firefox"), "Firefox (snap)"),
    (Path(".var/app/org.mozilla.firefox/.mozilla/firefox"), "Firefox (flatpak)"),
    (Path("snap/chromium/current/.pki/nssdb"), "Chromium (snap)"),
    (Path(".var/app/org.chromium.Chromium/data/pki/nssdb"), "Chromium (flatpak)"),
)


def find_stores(home: Path, module: Path, own_name: str) -> tuple[BrowserStore, ...]:
    """All stores below ``home``; ``own_name`` is what this program registers ``module`` under."""
    stores = [
        BrowserStore(
            browser=CHROMIUM,
            folder=home / _CHROMIUM_STORE,
            state=_state(home / _CHROMIUM_STORE, module, own_name),
            is_running=any(_is_held(home / lock) for lock in _CHROMIUM_LOCKS),
        )
    ]
    for folder in _FIREFOX_FOLDERS:
        for name, profile in _firefox_profiles(home / folder):
            stores.append(
                BrowserStore(
                    browser=f"Firefox ({name})",
                    folder=profile,
                    state=_state(profile, module, own_name),
                    is_running=_is_held(profile / "lock"),
                )
            )
    for path, name in _CONFINED:
        if (home / path).is_dir():
            stores.append(BrowserStore(browser=name, folder=home / path, state=StoreState.CONFINED))
    return tuple(stores)


def _firefox_profiles(folder: Path) -> Iterator[tuple[str, Path]]:
    """Name and folder of each profile in ``profiles.ini``; a broken file has none."""
    parser = configparser.RawConfigParser(strict=False)
    text = _read(folder / "profiles.ini")
    try:
        parser.read_string(text or "")
    except configparser.Error:
        return
    for section in parser.sections()[:MAX_PROFILES]:
        path = parser.get(section, "Path", fallback="")
        if not section.startswith("Profile") or not path or "\0" in path:
            continue
        is_relative = parser.get(section, "IsRelative", fallback="1") == "1"
        profile = folder / path if is_relative else Path(path)
        if (profile / "cert9.db").is_file():
            yield parser.get(section, "Name", fallback=path), profile


def _state(folder: Path, module: Path, own_name: str) -> StoreState:
    if not (folder / LIST_FILE).exists():
        return StoreState.ABSENT
    text = _read(folder / LIST_FILE)
    if text is None:
        return StoreState.UNREADABLE
    for entry in _entries(text):
        if entry.get("name") == own_name:
            return StoreState.REGISTERED
        if entry.get("library") and _is_same_file(Path(entry["library"]), module):
            return StoreState.KNOWN
    return StoreState.ABSENT


def _entries(text: str) -> Iterator[dict[str, str]]:
    """Entries are parted by empty lines; each line is ``key=value``."""
    for block in text.split("\n\n"):
        lines = (line.partition("=") for line in block.splitlines() if "=" in line)
        yield {key.strip(): value.strip() for key, _, value in lines}


def _is_same_file(one: Path, other: Path) -> bool:
    try:
        return one.resolve() == other.resolve()
    except (OSError, ValueError, RuntimeError):
        return False


def _read(file: Path) -> str | None:
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError:
        return None
    return content.decode("utf-8", "replace") if len(content) <= MAX_BYTES else None


def _is_held(lock: Path) -> bool:
    """Both browsers leave a link that ends in the number of their process: ``host-PID``, ``address:+PID``."""
    try:
        target = str(lock.readlink())
        pid = int(target.replace("+", "-").rpartition("-")[2])
    except (OSError, ValueError):
        return False
    return pid > 0 and Path(f"/proc/{pid}").exists()
