"""Browsers' stores of security devices, so that a token serves for logging in to web services (Đ13.2, Đ13.3)."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class StoreState(StrEnum):
    """Whether a token's driver is known to a browser."""

    REGISTERED = "registered"
    """By this program."""
    KNOWN = "known"
    """By somebody else, under another name; left alone."""
    ABSENT = "absent"
    CONFINED = "confined"
    """The browser runs in a sandbox (snap, flatpak) that cannot load the driver."""
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserStore:
    """One NSS database: of one Firefox profile, or the one that Chromium and its relatives share."""

    browser: str
    """For people: ``Firefox (tên hồ sơ)``, ``Chromium, Chrome, Edge``."""
    folder: Path
    state: StoreState
    is_running: bool = False
    """The browser is open now and would write its own list over ours when it ends."""
