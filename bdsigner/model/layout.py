"""What the layout reader saw in a document (regulation.md §14), for the rules, the placement and the person."""

from dataclasses import dataclass, field
from enum import StrEnum

from bdsigner.errors import Fact
from bdsigner.model.geometry import Box

COPY_HEAD_MM = 60.0
"""How far down page 1 the head reaches, where the signature of a digitised copy may stand (Đ10.3b)."""


class Certainty(StrEnum):
    """How far a finding may be relied on: what is unsure is said and left to the person, never acted on alone."""

    SURE = "sure"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextStyle:
    """How a piece of text is set."""

    size_pt: float
    is_bold: bool = False
    is_italic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine:
    """A line as a person sees it, in NFC, with where it stands."""

    text: str
    box: Box
    baseline_pt: float
    """y of the baseline on the displayed page."""
    style: TextStyle


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A place for a value within a line: filled, or a gap left for it."""

    value: str
    """Digits that stand there; empty for an unfilled slot."""
    box: Box
    """Where the value stands, or the gap between the words around it."""
    baseline_pt: float
    style: TextStyle

    @property
    def is_filled(self) -> bool:
        """Whether a value stands there."""
        return bool(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberLine:
    """Box 3: ``Số: 12/QĐ-UBND``."""

    number: Slot
    symbol: str
    """``QĐ-UBND``, ``2026/NQ-HĐND`` …: what stands after the number's slash."""
    certainty: Certainty = Certainty.SURE


@dataclass(frozen=True, slots=True, kw_only=True)
class DateLine:
    """Box 4: ``<địa danh>, ngày … tháng … năm …``."""

    place: str
    day: Slot
    month: Slot
    year: Slot
    certainty: Certainty = Certainty.SURE

    @property
    def is_filled(self) -> bool:
        """Whether day, month and year all stand there."""
        return self.day.is_filled and self.month.is_filled and self.year.is_filled


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOff:
    """Boxes 7a–7c: powers and title lines, room for the signature, the signer's name."""

    title_lines: tuple[TextLine, ...]
    """From top to bottom, as written: ``TM. ỦY BAN NHÂN DÂN``, ``KT. CHỦ TỊCH``, ``PHÓ CHỦ TỊCH``."""
    name: TextLine | None
    """``None``: no name is written under the room for the signature."""
    slot: Box
    """The room for the signature: between the last title line and the name, free of text, at most 90 mm wide."""
    certainty: Certainty = Certainty.SURE


class MarkLevel(StrEnum):
    """Secrecy marks (Đ10.1a)."""

    MAT = "MẬT"
    TOI_MAT = "TỐI MẬT"
    TUYET_MAT = "TUYỆT MẬT"


@dataclass(frozen=True, slots=True, kw_only=True)
class SecrecyMark:
    """Box 10a."""

    level: MarkLevel
    line: TextLine
    certainty: Certainty = Certainty.SURE


class ObservationCode(StrEnum):
    """What the reader can say of how it came to its answers; sentences are in ``bdsigner.messages``."""

    NO_TEXT = "no_text"
    """The pages are pictures: nothing can be read."""
    NUMBER_FOUND = "number_found"
    NUMBER_EMPTY = "number_empty"
    NUMBER_MISSING = "number_missing"
    DATE_FOUND = "date_found"
    DATE_EMPTY = "date_empty"
    DATE_MISSING = "date_missing"
    TITLE_FOUND = "title_found"
    """Facts ``text`` (the last title line) and ``page`` from 1."""
    NAME_FOUND = "name_found"
    SIGN_OFF_MISSING = "sign_off_missing"
    SIGN_OFF_SEVERAL = "sign_off_several"
    """More than one place looks like a sign-off; fact ``pages``."""
    SIGN_OFF_BY_NAME = "sign_off_by_name"
    """There is no “Nơi nhận”; the sign-off was found by its title lines and name."""
    SLOT_NARROW = "slot_narrow"
    """The room between title and name is lower than a signature needs."""
    SECRECY_MARK = "secrecy_mark"
    DOCUMENT_TITLE = "document_title"


@dataclass(frozen=True, slots=True)
class Observation:
    """One statement of the reader, with the facts its sentence needs."""

    code: ObservationCode
    facts: dict[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLayout:
    """All that was read; absent parts are ``None`` or empty, and ``observations`` say so."""

    has_text: bool
    """False for a scan."""
    is_administrative: bool
    """Whether page 1 has the head of an administrative document: Quốc hiệu, or number and date lines."""
    number: NumberLine | None = None
    date: DateLine | None = None
    agency_lines: tuple[str, ...] = ()
    """Box 2: superior and issuing agency, as written."""
    title: tuple[str, ...] = ()
    """Box 5a: kind of document and its summary; 5b for letters (``V/v …``)."""
    sign_off: SignOff | None = None
    secrecy_mark: SecrecyMark | None = None
    head_strips: tuple[Box, ...] = ()
    """Free rectangles at the head of page 1, within the top 60 mm, the best first: box 14, then the next strips."""
    occupied: tuple[Box, ...] = ()
    """Text and ink near the places above: what a signature must not cover; of page 1's head and of the sign-off page."""
    observations: tuple[Observation, ...] = ()
