"""Kinds of change that a later revision can make to a signed file."""

from enum import Enum

from bdsigner.model.verification import FindingCode


class Change(Enum):
    """What one revision did, from harmless to unexplained."""

    VALIDATION_DATA = FindingCode.CHANGED_LTV_ADDED
    SIGNATURES = FindingCode.CHANGED_SIGNATURES_ADDED
    FORM = FindingCode.CHANGED_FORM_FILLED
    ANNOTATIONS = FindingCode.CHANGED_ANNOTATED
    OTHER = FindingCode.CHANGED_OTHER
    NOT_ANALYSED = FindingCode.CHANGES_NOT_ANALYSED
    FORBIDDEN = FindingCode.CHANGES_FORBIDDEN
