"""Signed files on their way to a higher level: by a person's wish, or because they wait for a timestamp."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from bdsigner.errors import BdsignerError
from bdsigner.model.signature import Shortfall, SignatureLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionPlan:
    """One signed file and where the extended one is to be written."""

    source: Path
    target: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendedFile:
    """A finished output."""

    source: Path
    target: Path
    level: SignatureLevel
    missing: Shortfall | None = None
    """Why it is not the level wanted; ``None`` when it is."""
    missing_of: str = ""
    timestamp_time: datetime | None = None
    """Of the timestamp added last; ``None`` when none was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionOutcome:
    """What became of one file: exactly one of ``extended`` and ``error`` is set."""

    source: Path
    extended: ExtendedFile | None = None
    error: BdsignerError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Successor:
    """What a waiting file was about to be replaced by."""

    sha256: str
    level: SignatureLevel


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingFile:
    """A result of ours that is below the level that was wanted, because an authority could not be reached."""

    path: Path
    sha256: str
    """Hex; another value means that the file is no longer ours to replace."""
    level: SignatureLevel
    """The level wanted."""
    since: datetime
    attempts: int = 0
    last_error: str = ""
    """Code of the last failure; empty before the first attempt."""
    next_attempt: datetime | None = None
    """Not before this time, unless a person asks; ``None``: at once."""
    successors: tuple[Successor, ...] = ()
    """Kept before each replacement: how one that was made is known after a crash."""


class WaitingFate(StrEnum):
    """What an attempt came to."""

    EXTENDED = "extended"
    """It has the level wanted and waits no longer."""
    IMPROVED = "improved"
    """It has a higher level than before, and waits for the rest."""
    KEPT = "kept"
    """It goes on waiting."""
    MISSING = "missing"
    """It is no longer there, and waits no longer."""
    CHANGED = "changed"
    """It is no longer what was signed here, and waits no longer."""
    REFUSED = "refused"
    """It cannot be extended, and waits no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingOutcome:
    """What became of one waiting file."""

    file: WaitingFile
    fate: WaitingFate
    level: SignatureLevel | None = None
    """The level it has now, when it was extended or improved; ``None`` when that is not known."""
    timestamp_time: datetime | None = None
    error: BdsignerError | None = None
    """Why it was kept or refused."""
