"""A batch of signatures as the journal knows it: what was planned and how far each file came."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from bdsigner.model.signature import FilePlan, SigningPlan


class JournalStep(StrEnum):
    """How far a file came; each step is written down before it is taken."""

    PLANNED = "planned"
    SIGNING = "signing"
    """A temporary file of ours stands beside the target."""
    COMMITTING = "committing"
    """The temporary file is whole, with a known SHA-256, and about to get its name."""
    OVER = "over"
    """Signed, or its failure was told."""


@dataclass(frozen=True, slots=True)
class JournalNote:
    """A step of a file, to be written down."""

    number: int
    """Of the file in the plan."""
    step: JournalStep
    partial: Path | None = None
    """``None``: as it was."""
    sha256: str = ""
    """Of the temporary file, in lower-case hex, with COMMITTING."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalledFile:
    """One file of a batch."""

    plan: FilePlan
    step: JournalStep
    partial: Path | None = None
    sha256: str = ""
    """Of the temporary file, in lower-case hex, from COMMITTING on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnfinishedBatch:
    """A batch whose process did not live to its end."""

    id: int
    began_at: datetime
    plan: SigningPlan
    files: tuple[JournalledFile, ...]

    @property
    def left(self) -> int:
        """How many files have not come to an end."""
        return sum(file.step is not JournalStep.OVER for file in self.files)
