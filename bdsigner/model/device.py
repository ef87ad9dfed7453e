"""What is remembered of tokens once seen: public data, so that a lost one can be reported."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class DeviceEventKind(StrEnum):
    """What happened to a device (Đ14.2)."""

    INSERTED = "inserted"
    REMOVED = "removed"
    LOGIN = "login"
    LOGIN_REFUSED = "login_refused"
    LOGOUT = "logout"
    USED = "used"
    """Signatures were made; the detail says how many."""
    DECRYPTED = "decrypted"
    """Files were decrypted; the detail says how many."""
    LOCKED = "locked"
    PIN_CHANGED = "pin_changed"
    PIN_UNBLOCKED = "pin_unblocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceEvent:
    """One entry of a device's history."""

    at: datetime
    serial: str
    kind: DeviceEventKind
    detail: str = ""
    """A number or a code, never words, names of files or secrets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDevice:
    """A token that was seen on this machine."""

    serial: str
    label: str
    model: str
    manufacturer: str
    first_seen: datetime
    last_seen: datetime
    certificates: tuple[bytes, ...] = ()
    """DER of every certificate ever seen on it; untrusted."""


class RequestCase(StrEnum):
    """Why something is asked of the department: the cases of Điều 6, 7 and 8 by their clause."""

    ENROLMENT = "6.1"
    """First certificate, or renewal."""
    EXPIRED = "7.1a"
    LEFT = "7.1b"
    """Retired, left, or moved to a post outside the regulation."""
    TITLE_LOST = "7.1c"
    """Authorised person whose new title is no longer one of Đ5.1a."""
    LOST = "7.1d"
    """Lost or copied device, exposed key."""
    DEMANDED = "7.1đ"
    """By the department's director, procedural or security bodies."""
    VIOLATION = "7.1g"
    """Of the rules on keys and devices (Đ14)."""
    PIN_LOCKED = "8.1a"
    """Forgotten PIN, or locked after wrong ones."""
    DETAILS_CHANGED = "8.1b"
    """Personal information is declared anew."""
    TITLE_CHANGED = "8.1c"
    """Authorised person with another title of Đ5.1a."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDraft:
    """What is known at the moment a request becomes needed; the form is filled from it later."""

    case: RequestCase
    serial: str
    """Of the device."""
    created_at: datetime
    facts: dict[str, str] = field(default_factory=dict)
    """By the keys of regulation.md §13 where there is one (``full_name``, ``cert_serial``, ``email`` …)."""
