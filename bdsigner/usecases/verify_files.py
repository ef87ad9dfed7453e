"""Tell whether files are genuine."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock

from bdsigner.errors import BdsignerError, DocumentError, ErrorCode, UserCancelled
from bdsigner.model.limits import READERS_AT_ONCE, VERIFIED_AT_ONCE
from bdsigner.model.signing_rules import KindGroup, SigningMode
from bdsigner.model.verification import FileReport, FindingCode, SignatureReport, Verdict, VerificationOutcome
from bdsigner.ports import DocumentGateway, Phase, Progress, Services, TellIntegrity, not_told
from bdsigner.usecases.judge_legal_value import judge_legal_value
from bdsigner.usecases.signed_content import find_content, judge_inner
from bdsigner.verification.findings import unknown, verdict_of, worst


def verify_files(
    paths: Sequence[Path],
    services: Services,
    *,
    progress: Progress,
    contents: Mapping[Path, Path] | None = None,
    kind: KindGroup | None = None,
    mode: SigningMode | None = None,
    evidence: Mapping[Path, Path] | None = None,
    tell: TellIntegrity = not_told,
) -> tuple[VerificationOutcome, ...]:
    """Judge each file, and what it is worth as a document of that ``kind`` and ``mode``, read where not said.

    ``contents`` says which file a detached signature signs; for others it is looked for beside the signature, else
    ``FileReport.lacks_content``.  ``evidence`` of a release may come with a file: see ``supplied_evidence``.  What a
    signed file carries is judged as well.  Several files are judged at the same time, in children of their own; one
    that cannot be read, or ends its child, does not touch the others.  Outcomes come in the order of ``paths``,
    ``progress`` is told from several threads, one at a time.  ``tell`` gets what the bytes of a signed file say before
    the rest is judged, see ``DocumentGateway.verify``, from the thread of that file.

    Raises ``UserCancelled``: files under way are given up at their next step.
    """
    counter = _Counter(progress, total=len(paths))

    def judge(path: Path) -> VerificationOutcome:
        counter.tell(path, Phase.VERIFYING)
        try:
            report = _verify(path, services.documents, (contents or {}).get(path), counter, tell)
            legal = judge_legal_value(report, services, kind=kind, mode=mode, evidence=(evidence or {}).get(path))
            outcome = VerificationOutcome(path=path, report=report, legal=legal)
        except UserCancelled:
            raise
        except BdsignerError as error:
            outcome = VerificationOutcome(path=path, error=error)
        counter.finish(path)
        return outcome

    if len(paths) < 2:
        return tuple(judge(path) for path in paths)
    at_once = min(len(paths), VERIFIED_AT_ONCE)
    services.documents.expect_batch(readers=min(at_once, READERS_AT_ONCE), is_verifying=True)
    pool = ThreadPoolExecutor(at_once, thread_name_prefix="verify")
    try:
        return tuple(pool.map(judge, paths))
    finally:
        pool.shutdown(cancel_futures=True)
        services.documents.rest()


@dataclass(slots=True)
class _Counter:
    """Counts finished files for whoever watches; may be used from any thread."""

    progress: Progress
    total: int
    done: int = 0
    lock: Lock = field(default_factory=Lock)

    def tell(self, path: Path, phase: Phase) -> None:
        """Raises ``UserCancelled``."""
        with self.lock:
            self.progress.report(path, phase, done=self.done, total=self.total)

    def finish(self, path: Path) -> None:
        """Raises ``UserCancelled``."""
        with self.lock:
            self.done += 1
            self.progress.report(path, Phase.DONE, done=self.done, total=self.total)


def _verify(
    path: Path, documents: DocumentGateway, content: Path | None, counter: _Counter, tell: TellIntegrity
) -> FileReport:
    early: list[FileReport] = []

    def keep(told: FileReport) -> None:
        early.append(told)
        tell(told)
        counter.tell(path, Phase.INTACT if _is_intact(told) else Phase.ANALYSING)

    try:
        report = documents.verify(path, content=content, tell=keep)
        if report.lacks_content and content is None:
            report = find_content(report, documents, keep) or report
    except DocumentError as error:
        if error.code is not ErrorCode.DOCUMENT_LIMITS or not early:
            raise
        report = over_limits(early[0])  # what was told before, and that it is not all
    return judge_inner(report, documents)


def _is_intact(early: FileReport) -> bool:
    findings = (finding for finding in early.all_findings if finding.code is not FindingCode.JUDGING)
    return verdict_of(findings) is Verdict.VALID


def over_limits(early: FileReport) -> FileReport:
    """Make a report that was told early the last word: neither valid nor unchanged, whatever the bytes say."""
    signatures = tuple(_cut_short(signature) for signature in early.signatures)
    verdict = worst([verdict_of(early.findings), *(one.verdict for one in signatures)])
    return replace(early, signatures=signatures, verdict=verdict)


def _cut_short(signature: SignatureReport) -> SignatureReport:
    known = [finding for finding in signature.findings if finding.code is not FindingCode.JUDGING]
    findings = [*known, unknown(FindingCode.OVER_LIMITS)]
    if any(finding.code is FindingCode.COVERS_REVISION for finding in known):
        findings.append(unknown(FindingCode.CHANGES_NOT_ANALYSED, detail="limits"))
    return replace(signature, findings=tuple(findings), verdict=verdict_of(findings))
