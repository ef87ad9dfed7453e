"""What is to be signed, how it looks, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from msgspec import Struct

from bdsigner.errors import BdsignerError
from bdsigner.model.geometry import Box
from bdsigner.model.layout import TextStyle
from bdsigner.model.signing_rules import Declaration, Objection
from bdsigner.model.token import SignatureMechanism

APPEARANCE_DEFAULT_MM = (80.0, 30.0)
"""Width and height of a visible signature unless the person chooses: six items at 9 to 10 pt, one or two of them on two lines."""
APPEARANCE_MIN_MM = (60.0, 27.0)
"""Below this the six items of an ordinary signer do not fit at 8 pt (§8)."""


APPEARANCE_FLAT_MM = (150.0, 14.0)
"""Laid out in columns, for the head of a digitised copy."""
APPEARANCE_FLAT_MIN_MM = (110.0, 13.0)
"""Below this the columns of an ordinary signer do not fit at 8 pt."""
SEAL_MM = (36.0, 36.0)
"""Width and height of a seal whose picture states no resolution."""
HAND_MM = (45.0, 25.0)
"""Room for a hand signature unless the person chooses."""
COPY_LINES_MM = (75.0, 14.0)
"""Room for name of the agency and time at 10 pt: three lines."""
COPY_LINES_MIN_MM = (60.0, 13.0)
"""Below this they do not fit where the name of the agency takes two lines."""


class SignatureLevel(StrEnum):
    """PAdES baseline levels (ETSI EN 319 142-1)."""

    B_B = "B-B"
    B_T = "B-T"
    B_LT = "B-LT"
    B_LTA = "B-LTA"

    @property
    def has_timestamp(self) -> bool:
        """Whether a time-stamping authority is needed."""
        return self is not SignatureLevel.B_B

    @property
    def has_proofs(self) -> bool:
        """Whether certificates and revocation data go into the file."""
        return self in (SignatureLevel.B_LT, SignatureLevel.B_LTA)

    def reaches(self, wanted: "SignatureLevel") -> bool:
        """Whether this level is at least the wanted one."""
        order = list(SignatureLevel)
        return order.index(self) >= order.index(wanted)


class Shortfall(StrEnum):
    """Why a file stayed below the level that was wanted."""

    TIMESTAMP = "timestamp"
    """No usable timestamp could be had."""
    CHAIN = "chain"
    """A certificate does not lead to the trusted anchors."""
    EXPIRED = "expired"
    """A certificate was not in force when it would have to be."""
    REVOCATION = "revocation"
    """No usable OCSP response or CRL could be had for a certificate."""
    REVOKED = "revoked"
    """A certificate was revoked or suspended before the signature is proven to have existed."""
    UNREADABLE = "unreadable"
    """A signature in the file cannot be read."""
    DOCUMENT = "document"
    """The file's own structure does not take proofs."""


@dataclass(frozen=True, slots=True)
class AppearanceLine:
    """One line of the visible signature: ``Ký bởi:`` and the value."""

    label: str
    value: str


class VisibleSignature(Struct, frozen=True, kw_only=True, tag=True):
    """Content of the visible signature (Đ10.1b): five text items and the emblem."""

    lines: tuple[AppearanceLine, ...]
    emblem: Path
    """SVG file of the province's emblem."""
    font: Path
    """TrueType file the text is set in."""
    mark: str = ""
    """A word printed across it, ``BẢN THỬ`` in training mode; empty otherwise."""


class HandAndSeal(Struct, frozen=True, kw_only=True, tag=True):
    """What is seen on an original under the profile "NĐ 30/2020" (§8): pictures, no text."""

    hand: Path
    """PNG file of the signer's hand signature."""
    seal: Path | None
    """PNG file of the agency's seal, drawn in its real size; ``None``: the clerk adds it as the agency's signature."""
    font: Path
    """TrueType file the mark is set in."""
    mark: str = ""


class CopyLines(Struct, frozen=True, kw_only=True, tag=True):
    """What is seen on a copy under the profile "NĐ 30/2020" (§8, §14 box 14): text only, 10 pt, black."""

    lines: tuple[str, ...]
    font: Path
    """TrueType file with the metrics of Times New Roman."""
    mark: str = ""


Appearance = VisibleSignature | HandAndSeal | CopyLines
"""The looks of a visible signature; tagged, so that a document child knows which one it was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignaturePictures:
    """The person's own files for ``HandAndSeal``; other profiles do not look at them."""

    hand: Path | None = None
    seal: Path | None = None


NO_PICTURES = SignaturePictures()


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureSize:
    """What a PNG file says of its own size."""

    width_px: int
    height_px: int
    width_mm: float | None = None
    height_mm: float | None = None
    """``None`` for a picture that states no resolution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """Text typed into a slot of the page before it is signed: number, day, month, year (Đ10.3b)."""

    text: str
    box: Box
    """The slot; the text stands in its middle and must fit its width."""
    baseline_pt: float
    """y of the baseline on the displayed page."""
    style: TextStyle
    font: Path
    """TrueType file the text is set in."""


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
    appearance: Appearance | None = None
    fillings: tuple[Filling, ...] = ()
    """Drawn in the same incremental update; refused on a file that carries a signature already."""
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
    """The level reached: B-B when no timestamp could be had and the person agreed; B-T when the proofs of B-LT could not."""
    missing: Shortfall | None = None
    """Why it is not the level wanted; ``None`` when it is."""
    missing_of: str = ""
    """Whose certificate, or which signature field, that concerns; empty when it is not one."""
    timestamp_time: datetime | None = None
    """Of the signature's own timestamp: the time that counts (Đ11.1b), to be held against the time printed (§8)."""
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionRequest:
    """A signed file to be brought to a higher level (ETSI EN 319 142-1), as handed to the document child."""

    source: Path
    partial: Path
    """An empty file of ours in the target's folder; the child writes the result into it."""
    level: SignatureLevel
    """B-T, B-LT or B-LTA."""
    expected_size_bytes: int | None = None
    expected_modified_ns: int | None = None
    """Size and time of the file when it was chosen; another value stops the work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionResult:
    """What the document child made of it."""

    level: SignatureLevel
    """The level reached: at least one above the file's own, else an error is raised."""
    missing: Shortfall | None = None
    """Why it is not the level wanted; ``None`` when it is."""
    missing_of: str = ""
    """Whose certificate, or which signature field, that concerns; empty when it is not one."""
    timestamp_time: datetime | None = None
    """Of the timestamp added last; ``None`` when none was added."""
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FilePlan:
    """One file a person wants signed."""

    source: Path
    target: Path
    box: Box | None = None
    field: str = ""
    declaration: Declaration | None = None
    """What the person says of the document; ``None``: only the rules for all documents apply."""
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
    pictures: SignaturePictures = NO_PICTURES


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedFile:
    """A finished output."""

    source: Path
    target: Path
    level: SignatureLevel
    signing_time: datetime
    timestamp_time: datetime | None
    is_waiting: bool = False
    """Kept in the queue of files that wait for their timestamp."""
    missing: Shortfall | None = None
    """Why it is not the level wanted; ``None`` when it is."""
    missing_of: str = ""
    notes: tuple[Objection, ...] = ()
    """What the person was told of it and not asked."""
    is_registered: bool = True
    """False: it is signed, but could not be entered into the register of signed documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningOutcome:
    """What became of one file: exactly one of ``signed`` and ``error`` is set."""

    source: Path
    signed: SignedFile | None = None
    error: BdsignerError | None = None
