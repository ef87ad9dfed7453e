"""What a CMS file or a mail signs: found beside the signature, or inside and judged as a file of its own."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.model.verification import SIGNATURE_SUFFIXES, FileReport, FindingCode, Verdict
from bdsigner.ports import DocumentGateway, TellIntegrity, not_told
from bdsigner.verification.findings import fail, note, ok, unknown, worst

MAX_CANDIDATES = 8
"""Files of the same name tried for a detached signature."""
MAX_DEPTH = 3
"""Files within files."""
MAX_INNER_BYTES = 512 << 20
"""Written to the temporary folder to be judged."""


def find_content(report: FileReport, documents: DocumentGateway, tell: TellIntegrity = not_told) -> FileReport | None:
    """Judge a detached signature with the file it names: ``a.pdf`` for ``a.pdf.p7s``, changed or not; else with one
    of ``a.*`` for ``a.p7s``, but only if it is the one signed.  ``None``: not found; the person has to say.
    ``tell`` learns early of the file that is named, not of those that are tried.

    Raises what ``documents.verify`` does.
    """
    path = report.path
    named = path.with_suffix("")
    if path.suffix.lower() in SIGNATURE_SUFFIXES and named.is_file():
        return documents.verify(path, content=named, tell=tell)
    for candidate in islice(_namesakes(path), MAX_CANDIDATES):
        tried = documents.verify(path, content=candidate)
        codes = {finding.code for finding in tried.all_findings}
        if FindingCode.CONTENT_INTACT in codes and FindingCode.CONTENT_CHANGED not in codes:
            return tried
    return None


def _namesakes(path: Path) -> Iterator[Path]:
    try:
        names = sorted(one for one in path.parent.iterdir() if one.stem == path.stem and one != path)
    except OSError:
        return
    yield from (one for one in names if one.suffix.lower() not in SIGNATURE_SUFFIXES and one.is_file())


def judge_inner(report: FileReport, documents: DocumentGateway, depth: int = 1) -> FileReport:
    """Judge what a signed file carries, when that may be signed too; the worse verdict is the file's.

    Raises ``UserCancelled``.
    """
    content = report.content
    if content is None or content.kind is None or not content.is_enclosed:
        return report
    unjudged = _unjudged(report, content.name)
    if depth > MAX_DEPTH or content.size_bytes > MAX_INNER_BYTES:
        return unjudged
    try:
        with tempfile.TemporaryDirectory(prefix="bdsigner-", ignore_cleanup_errors=True) as folder:
            partial = Path(folder) / "content"
            partial.touch(mode=0o600)
            documents.extract_content(report.path, partial)
            inner = judge_inner(documents.verify(partial), documents, depth + 1)
    except UserCancelled:
        raise
    except (BdsignerError, OSError):
        return unjudged
    if inner.lacks_content or any(finding.code is FindingCode.CONTENT_ENCRYPTED for finding in inner.findings):
        return unjudged
    return _joined(report, replace(inner, path=Path(content.name)))


def _unjudged(report: FileReport, name: str) -> FileReport:
    """A signature around it holds without it; a mere envelope must not look unsigned."""
    if report.verdict is not None:
        return replace(report, findings=(*report.findings, note(FindingCode.INNER_NOT_CHECKED, name=name)))
    finding = unknown(FindingCode.INNER_NOT_CHECKED, name=name)
    return replace(report, findings=(*report.findings, finding), verdict=Verdict.INDETERMINATE)


def _joined(report: FileReport, inner: FileReport) -> FileReport:
    if inner.verdict is None:
        return replace(report, inner=inner)
    name = str(inner.path)
    finding = {
        Verdict.VALID: ok(FindingCode.INNER_VALID, name=name),
        Verdict.INDETERMINATE: unknown(FindingCode.INNER_UNCLEAR, name=name),
        Verdict.INVALID: fail(FindingCode.INNER_INVALID, name=name),
    }[inner.verdict]
    verdict = worst(one for one in (report.verdict, inner.verdict) if one is not None)
    return replace(report, inner=inner, verdict=verdict, findings=(*report.findings, finding))
