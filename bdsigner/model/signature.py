"""What is to be signed, how it looks, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from bdsigner.errors import BdsignerError
from bdsigner.model.geometry import Box
from bdsigner.model.token import SignatureMechanism

APPEARANCE_DEFAULT_MM = (80.0, 30.0)
"""Width and height of a visible signature unless the person chooses: six items at 9 to 10 pt, one or two of them on two lines."""
APPEARANCE_MIN_MM = (60.0, 27.0)
"""Below this the six items of an ordinary signer do not fit at 8 pt (§8)."""


class SignatureLevel(StrEnum):
    """PAdES baseline levels (ETSI EN 319 142-1)."""

    B_B = "B-B"
    B_T = "B-T"


@dataclass(frozen=True, slots=True)
class AppearanceLine:
    """One line of the visible signature: ``Ký bởi:`` and the value."""

    label: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VisibleSignature:
    """Content of the visible signature (Đ10.1b): five text items and the emblem."""

    lines: tuple[AppearanceLine, ...]
    emblem: Path
    """SVG file of the province's emblem."""
    font: Path
    """TrueType file the text is set in."""
    mark: str = ""
    """A word printed across it, ``BẢN THỬ`` in training mode; empty otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureRequest:
    """One signature on one file, as handed to the document child."""

    source: Path
    partial: Path
    """An empty file of ours in the target's folder; the child writes the result into it."""
    certificate: bytes
    chain: tuple[bytes, ...]
    mechanism: SignatureMechanism
    level: SignatureLevel
    signing_time: datetime
    box: Box | None = None
    """Where the visible signature stands; ``None`` for an invisible one or when ``field`` names a place."""
    field: str = ""
    """Name of an existing empty signature field to use; empty to make a new one."""
    appearance: VisibleSignature | None = None
    reason: str = ""
    """``/Reason``; training mode writes ``BẢN THỬ`` here."""
    expected_size_bytes: int | None = None
    expected_modified_ns: int | None = None
    """Size and time of the file when the person looked at it; another value stops the signing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureResult:
    """What the document child made."""

    field: str
    level: SignatureLevel
    """The level reached: B-B when no timestamp could be had and the person agreed."""
    timestamp_time: datetime | None = None
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePlan:
    """One file a person wants signed."""

    source: Path
    target: Path
    box: Box | None = None
    field: str = ""
    expected_size_bytes: int | None = None
    expected_modified_ns: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningPlan:
    """All that a person confirmed with one PIN."""

    files: tuple[FilePlan, ...]
    token_serial: str
    key_id: str
    level: SignatureLevel = SignatureLevel.B_T
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedFile:
    """A finished output."""

    source: Path
    target: Path
    level: SignatureLevel
    signing_time: datetime
    timestamp_time: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningOutcome:
    """What became of one file: exactly one of ``signed`` and ``error`` is set."""

    source: Path
    signed: SignedFile | None = None
    error: BdsignerError | None = None
