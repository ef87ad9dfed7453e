"""The evidence of a release as a file: what it is called, and what one that came with a document says (§16.5)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

EVIDENCE_SCHEMA = "bdsigner.release-evidence/1"
EVIDENCE_ENDING = ".phat-hanh.json"
"""``a.phat-hanh.json`` for ``a.pdf``."""


class EvidenceProblem(StrEnum):
    """Why a file of evidence says nothing of the document beside it."""

    OTHER_FILE = "other_file"
    """It speaks of other bytes."""
    UNREADABLE = "unreadable"
    """No evidence of a release, or its links do not fit their hashes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppliedEvidence:
    """What somebody else states of a release.  Nothing in it is signed: it is shown, it never proves anything."""

    name: str
    """Of the file it was read from."""
    problem: EvidenceProblem | None = None
    """``None``: it speaks of exactly this document."""
    reviewer: str = ""
    reviewed_at: datetime | None = None
    channel: str = ""
    """Its name there."""
    released_at: datetime | None = None
