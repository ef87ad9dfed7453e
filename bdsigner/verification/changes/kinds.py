"""Kinds of change that a later revision can make to a signed file."""

from dataclasses import dataclass
from enum import Enum

from bdsigner.model.verification import ChangedThing, FindingCode


class Change(Enum):
    """What one revision did, from harmless to unexplained."""

    VALIDATION_DATA = FindingCode.CHANGED_LTV_ADDED
    """Document timestamps, DSS, metadata, and what nobody sees."""
    SIGNATURES = FindingCode.CHANGED_SIGNATURES_ADDED
    FORM = FindingCode.CHANGED_FORM_FILLED
    ANNOTATIONS = FindingCode.CHANGED_ANNOTATED
    OTHER = FindingCode.CHANGED_OTHER
    NOT_ANALYSED = FindingCode.CHANGES_NOT_ANALYSED
    FORBIDDEN = FindingCode.CHANGES_FORBIDDEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One change in one revision."""

    change: Change
    thing: ChangedThing | None = None
    """What was changed, in people's words; ``None`` where the kind says enough."""
    field: str = ""
    """Fully qualified name of the form field concerned."""
    is_new_field: bool = False
    pages: frozenset[int] = frozenset()
    """Pages that show it, counted from 1."""
    detail: str = ""
    """For the log and the raw report."""
