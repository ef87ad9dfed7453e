"""Say what a verified file is worth as another kind of document (Đ12)."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from bdsigner.model.signing_rules import KindGroup, SigningMode
from bdsigner.model.verification import FileReport, VerificationOutcome
from bdsigner.ports import Progress, Services
from bdsigner.usecases.file_hash import sha256_of
from bdsigner.usecases.judge_legal_value import judge_legal_value
from bdsigner.usecases.verify_files import verify_files


def judge_as(
    outcome: VerificationOutcome,
    services: Services,
    *,
    progress: Progress,
    contents: Mapping[Path, Path] | None = None,
    kind: KindGroup | None,
    mode: SigningMode | None,
) -> VerificationOutcome:
    """Judge a verified file as another kind of document: only its legal value, unless it has changed since.

    Raises ``UserCancelled``.
    """
    report = outcome.report
    if report is None or not _is_same(report):
        return verify_files([outcome.path], services, progress=progress, contents=contents, kind=kind, mode=mode)[0]
    return replace(outcome, legal=judge_legal_value(report, services, kind=kind, mode=mode))


def _is_same(report: FileReport) -> bool:
    try:
        return sha256_of(report.path) == report.sha256
    except OSError:
        return False
