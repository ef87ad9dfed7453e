"""All that is known of a document before it is signed: read, declared, judged, placed."""

from dataclasses import dataclass

from bdsigner.model.document import DocumentInfo
from bdsigner.model.geometry import Box
from bdsigner.model.layout import Certainty, DocumentLayout
from bdsigner.model.signature import Filling
from bdsigner.model.signing_rules import Declaration, Objection


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """Where Đ10.3b lets the signature stand; it may be moved inside of it."""

    boxes: tuple[Box, ...]
    """On one page; empty: anywhere."""
    certainty: Certainty = Certainty.SURE
    """``UNSURE``: a place outside is asked about, not refused."""

    @property
    def is_binding(self) -> bool:
        """Whether a signature outside is refused: then the box is held inside."""
        return bool(self.boxes) and self.certainty is Certainty.SURE


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where the visible signature goes unless the person moves it."""

    box: Box
    zone: Zone
    certainty: Certainty
    """``UNSURE``: the person is asked to look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickLook:
    """What Đ10.1a asks of every document, read in one go."""

    info: DocumentInfo
    layout: DocumentLayout
    """With title and secrecy mark only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """The state of one document with what the person has said so far; made anew after each change."""

    info: DocumentInfo
    layout: DocumentLayout
    declaration: Declaration
    """What the person said, or what the layout suggests."""
    objections: tuple[Objection, ...]
    """What the rules say against it as it stands; STOP first."""
    placement: Placement | None
    """``None`` for a document without pages."""
    fillings: tuple[Filling, ...] = ()
    """Number and date as they will be typed into the page."""
