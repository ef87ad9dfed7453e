"""Write a report to a file in the format that its name asks for."""

import logging
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from bdsigner.app import Application
from bdsigner.errors import ErrorCode, StorageError
from bdsigner.model.verification import VerificationOutcome
from bdsigner.reports.letter import Reporter, finding_letter
from bdsigner.reports.text import sheet_text
from bdsigner.reports.verification_json import encode, verification_json
from bdsigner.reports.verification_sheet import verification_sheet

_log = logging.getLogger(__name__)


class ReportFormat(StrEnum):
    """By the suffix of the file."""

    PDF = ".pdf"
    TEXT = ".txt"
    JSON = ".json"

    @classmethod
    def of(cls, target: Path) -> "ReportFormat":
        """The format of a file name.  Raises ``StorageError`` STORAGE_FORMAT for any other suffix."""
        try:
            return cls(target.suffix.lower())
        except ValueError:
            allowed = ", ".join(cls)
            raise StorageError(ErrorCode.STORAGE_FORMAT, path=str(target), allowed=allowed) from None


def write_report(
    outcomes: Sequence[VerificationOutcome],
    target: Path,
    kind: ReportFormat,
    application: Application,
    *,
    made_at: datetime,
) -> None:
    """Write the report on these files; replaces no file.  Raises ``StorageError``, ``DocumentError``."""
    regulation = application.profile.regulation
    if kind is ReportFormat.JSON:
        report = verification_json(outcomes, regulation=regulation, made_at=made_at)
        application.services.outputs.write_new(target, encode(report))
        return
    sheet = verification_sheet(outcomes, regulation=regulation, made_at=made_at)
    if kind is ReportFormat.TEXT:
        application.services.outputs.write_new(target, sheet_text(sheet).encode())
    else:
        application.print_sheet(sheet, target)


def write_letter(
    outcome: VerificationOutcome, reporter: Reporter, target: Path, application: Application, *, made_at: datetime
) -> bool:
    """Write the report to the head of the agency as PDF, and enter it into the register (Đ18.2).

    Returns whether it could be entered: a letter stands without.  Raises ``StorageError``, ``DocumentError``.
    """
    application.print_sheet(finding_letter(outcome, reporter, made_at=made_at), target)
    try:
        application.register.note_reported(outcome, reporter=reporter.name, letter=target)
    except (StorageError, OSError) as error:
        _log.warning("a report to the head of the agency is not in the register: %s", error)
        return False
    return True
