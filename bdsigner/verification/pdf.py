"""Verification of a PDF: what a person is told of every signature in it (ETSI EN 319 102-1, EN 319 142-1; Đ11, Đ18)."""

import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from bdsigner.errors import DocumentError, ErrorCode, UserCancelled
from bdsigner.model.verification import FileReport, Finding, FindingCode, SignatureReport, Verdict
from bdsigner.ports import Fetcher, TellIntegrity, not_told
from bdsigner.trust.fetching import BoundedFetches
from bdsigner.verification.changes.later import LaterChanges
from bdsigner.verification.evidence import read_dss
from bdsigner.verification.findings import fail, note, ok, unknown, verdict_of, worst
from bdsigner.verification.integrity.coverage import Coverage, judge_coverage
from bdsigner.verification.integrity.digests import Digests, digest_file
from bdsigner.verification.integrity.fields import MAX_SIGNATURES, FoundSignature, find_signatures, has_few_pages
from bdsigner.verification.integrity.second_reader import disagreement
from bdsigner.verification.integrity.structure import Opened, check_kind, earlier_revisions, open_document
from bdsigner.verification.signature import (
    Judgement,
    begin,
    judge_document_timestamp,
    judge_integrity,
    judge_signer,
)
from bdsigner.verification.standing import TrustSource

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """What ``verify_pdf`` was asked."""

    path: Path
    size: int
    checked_at: datetime
    is_training: bool
    trust: TrustSource
    tell: TellIntegrity


def verify_pdf(
    path: Path,
    *,
    anchors: tuple[bytes, ...],
    fetcher: Fetcher | None,
    checked_at: datetime,
    is_training: bool,
    tell: TellIntegrity = not_told,
) -> FileReport:
    """Judge every signature in a file, as of ``checked_at`` (aware).

    Nothing in the file makes this raise: what cannot be judged becomes a finding, and "could not check" is neither
    valid nor invalid.  ``fetcher`` ``None`` means offline.  ``tell``: see ``ports.DocumentGateway.verify``.  Not
    checked here: titles, legal value (regulation.md §9).

    Raises ``DocumentError`` only when there is nothing to judge: unreadable, empty, no PDF, wants a password, over
    the limits, or damaged without a trace of a signature; ``UserCancelled`` when ``fetcher`` or ``tell`` does.
    """
    trust = TrustSource(anchors=anchors, fetches=BoundedFetches(fetcher), now=checked_at)
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            case = _Case(path=path, size=size, checked_at=checked_at, is_training=is_training, trust=trust, tell=tell)
            check_kind(file, size)
            return _verify(case, file)
    except OSError as error:
        code = ErrorCode.DOCUMENT_NOT_FOUND if isinstance(error, FileNotFoundError) else ErrorCode.DOCUMENT_UNREADABLE
        raise DocumentError(code, path=str(path), reason=error.strerror or "") from error


_SIGNED = (FindingCode.ANALYSIS_FAILED, FindingCode.SIGNATURE_UNREADABLE)
"""On the file as a whole: there is, or may be, a signature that could not be read."""


def _verify(case: _Case, file: BinaryIO) -> FileReport:
    # 1. The longest part of the file that parses; without one there may still be traces of a signature.
    try:
        opened = open_document(file, case.size)
    except DocumentError as error:
        digests = digest_file(file, ())
        was_signed = bool(digests.traces) or digests.last_hint is not None
        if error.code is not ErrorCode.DOCUMENT_DAMAGED or not was_signed:
            raise
        return _report(case, digests, [unknown(FindingCode.SIGNATURE_UNREADABLE, reason="damaged file")], [], 0)
    # 2. Every signature, what it covers, and the digests of all in one pass.
    opened, judgements, digests, findings = _locate(case, file, opened)
    # 3. Integrity, which is told at once; then what came later, then trust.
    for judgement in judgements:
        judgement.digest = digests.by_range.get(judgement.range) if judgement.range is not None else None
        _guarded(judgement, judge_integrity)
        _guarded(judgement, _state_coverage)
    if judgements:
        case.tell(_report(case, digests, list(findings), _early_reports(judgements), opened.judged_bytes))
    findings += _judge_changes(case.path, opened, judgements)
    _judge_trust(opened, judgements, case.trust)
    return _report(case, digests, findings, _reports(judgements), opened.judged_bytes)


def _locate(case: _Case, file: BinaryIO, opened: Opened) -> tuple[Opened, list[Judgement], Digests, list[Finding]]:
    """Find the signatures; where a later revision took them out, in the newest revision that has them."""
    findings = _structure_findings(case, opened)
    found = _find(opened, findings)
    judgements, digests = _read(opened, file, found)
    if (not found or _is_unlisted(digests, found)) and not has_few_pages(opened.reader):
        found = _find(opened, findings, every_page=True)
        judgements, digests = _read(opened, file, found)
    if not found and digests.traces and (earlier := _last_signed(case, file, opened)) is not None:
        findings = [fail(FindingCode.SIGNATURE_REMOVED)]
        opened, found = earlier
        judgements, digests = _read(opened, file, found)
    findings += _leniency(opened, judgements)
    findings += _traces(opened, found, digests)
    return opened, judgements, digests, findings


def _structure_findings(case: _Case, opened: Opened) -> list[Finding]:
    findings = []
    if opened.trailing_bytes:
        findings.append(fail(FindingCode.TRAILING_BYTES, bytes=str(opened.trailing_bytes)))
    elif why := disagreement(case.path, opened.reader):
        findings.append(unknown(FindingCode.FILE_REPAIRED, reason=why))
    return findings


def _leniency(opened: Opened, judgements: list[Judgement]) -> list[Finding]:
    """A structure that only lenient readers take (hybrid files, wrong sizes) is the signer's where all of it is signed."""
    if not opened.leniency:
        return []
    is_signed_whole = any(one.coverage.is_whole_file for one in judgements)
    return [(note if is_signed_whole else unknown)(FindingCode.FILE_REPAIRED, reason=opened.leniency)]


def _find(opened: Opened, findings: list[Finding], *, every_page: bool = False) -> list[FoundSignature]:
    try:
        found = find_signatures(opened.reader, every_page=every_page)
    except Exception as error:  # noqa: BLE001  # hostile form trees raise anything inside the parser
        log.info("fields not read: %r", error)
        findings.append(unknown(FindingCode.ANALYSIS_FAILED, reason=type(error).__name__))
        return []
    if len(found) > MAX_SIGNATURES:
        findings.append(unknown(FindingCode.ANALYSIS_FAILED, reason="too many signatures"))
    return found


def _last_signed(case: _Case, file: BinaryIO, opened: Opened) -> tuple[Opened, list[FoundSignature]] | None:
    """The newest of the earlier revisions that has a signature: a later one took it out of the document."""
    for earlier in earlier_revisions(file, case.size, opened):
        try:
            found = find_signatures(earlier.reader)
        except Exception as error:  # noqa: BLE001  # hostile form trees raise anything inside the parser
            log.info("fields of an earlier revision not read: %r", error)
            continue
        if found:
            return earlier, found
    return None


def _read(opened: Opened, file: BinaryIO, found: list[FoundSignature]) -> tuple[list[Judgement], Digests]:
    judgements = [_begin(opened, one) for one in found[:MAX_SIGNATURES]]
    return judgements, digest_file(file, (one.range for one in judgements if one.range is not None))


def _is_unlisted(digests: Digests, found: list[FoundSignature]) -> bool:
    """Whether something like a signature stands where the form lists none: it may be on any page."""
    return any(not any(one.start <= trace < one.end for one in found) for trace in digests.traces)


def _begin(opened: Opened, found: FoundSignature) -> Judgement:
    judgement = Judgement(found=found, coverage=Coverage(problem="not read"), subfilter="")
    try:
        contents = b""
        if found.contents is not None:
            opened.stream.seek(found.contents.start)
            contents = opened.stream.read(found.contents.end - found.contents.start)
        coverage = judge_coverage(opened, found) if not found.problem else Coverage(problem=found.problem)
        return begin(found, coverage, contents)
    except Exception as error:  # noqa: BLE001  # one hostile signature must not hide the others
        log.info("signature not read: %r", error)
        judgement.findings.append(unknown(FindingCode.ANALYSIS_FAILED, reason=type(error).__name__))
        return judgement


def _guarded(judgement: Judgement, step: Callable[[Judgement], object]) -> None:
    try:
        step(judgement)
    except UserCancelled:
        raise
    except Exception as error:  # noqa: BLE001  # one hostile signature must not hide the others
        log.info("%s not judged: %r", judgement.found.name, error)
        judgement.findings.append(unknown(FindingCode.ANALYSIS_FAILED, reason=type(error).__name__))


def _traces(opened: Opened, found: list[FoundSignature], digests: Digests) -> list[Finding]:
    """A file in which something was signed must not look unsigned, whatever became of the form that listed it."""
    trace, hint = min(digests.traces, default=None), digests.last_hint
    if trace is None and opened.trailing_bytes and hint is not None and hint >= opened.judged_bytes:
        trace = hint
    if found or trace is None:
        return []
    return [unknown(FindingCode.SIGNATURE_UNREADABLE, reason="not in the form", offset=str(trace))]


def _state_coverage(judgement: Judgement) -> None:
    if not judgement.coverage.problem:
        is_whole = judgement.coverage.is_whole_file
        judgement.findings.append(ok(FindingCode.COVERS_WHOLE_FILE if is_whole else FindingCode.COVERS_REVISION))


def _judge_changes(path: Path, opened: Opened, judgements: list[Judgement]) -> list[Finding]:
    """Judge what came after each signature; returns what is to be said of the newest signed revision."""
    signatures = {one.found.reference.idnum: one.is_document_timestamp for one in judgements if one.found.reference}
    changes = LaterChanges(opened, path, signatures)

    def judge(judgement: Judgement) -> None:
        coverage = judgement.coverage
        if coverage.problem or coverage.is_whole_file:
            return
        later = changes.since(coverage.revision, judgement.found.dictionary, judgement.found.field)
        judgement.findings += later or [unknown(FindingCode.CHANGES_NOT_ANALYSED)]

    for judgement in judgements:
        _guarded(judgement, judge)
    signed = [one.coverage.revision for one in judgements if not one.coverage.problem]
    return changes.unreferenced(max(signed)) if signed else []


def _judge_trust(opened: Opened, judgements: list[Judgement], trust: TrustSource) -> None:
    certificates, evidence = read_dss(opened.reader)
    trust = replace(trust, others=certificates, evidence=evidence)
    proven: list[tuple[int, datetime]] = []

    def proven_for(judgement: Judgement) -> datetime | None:
        return min((time for end, time in proven if end > judgement.coverage.covered_bytes), default=None)

    def stamp(judgement: Judgement) -> None:
        time = judge_document_timestamp(judgement, trust, proven_for(judgement))
        if time is not None:
            proven.append((judgement.coverage.covered_bytes, time))

    def sign(judgement: Judgement) -> None:
        judge_signer(judgement, trust, proven_for(judgement))

    for judgement in sorted(judgements, key=lambda one: one.coverage.covered_bytes, reverse=True):
        if judgement.is_document_timestamp:  # the latest first: it is what the earlier ones rest on
            _guarded(judgement, stamp)
    for judgement in judgements:
        if not judgement.is_document_timestamp:
            _guarded(judgement, sign)


def _early_reports(judgements: list[Judgement]) -> list[SignatureReport]:
    """What is known so far, of copies: the judgements go on."""
    return _reports([replace(one, findings=[*one.findings, unknown(FindingCode.JUDGING)]) for one in judgements])


def _reports(judgements: list[Judgement]) -> list[SignatureReport]:
    ends = sorted({one.coverage.covered_bytes for one in judgements})
    return [one.report(ends.index(one.coverage.covered_bytes) + 1) for one in judgements]


def _report(
    case: _Case, digests: Digests, findings: list[Finding], signatures: Iterable[SignatureReport], judged_bytes: int
) -> FileReport:
    reports = tuple(signatures)
    is_signed = bool(reports) or any(one.code in _SIGNED for one in findings)
    verdict: Verdict | None = None
    if is_signed:
        verdict = worst([verdict_of(findings), *(one.verdict for one in reports)])
    if case.is_training and reports:
        findings = [*findings, note(FindingCode.TRAINING_CERTIFICATE)]
    return FileReport(
        path=case.path,
        size_bytes=case.size,
        sha256=digests.sha256,
        checked_at=case.checked_at,
        verdict=verdict,
        findings=tuple(findings),
        signatures=reports,
        judged_bytes=judged_bytes,
        is_training=case.is_training,
    )
