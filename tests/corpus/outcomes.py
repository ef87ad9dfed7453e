"""What a person is told about integrity, in one word.  Trust does not count: the authorities are unknown here."""

from enum import StrEnum

from bdsigner.errors import ErrorCode
from bdsigner.model.verification import (
    FileReport,
    Finding,
    FindingCode,
    Severity,
    SignatureReport,
    VerificationOutcome,
)


class Outcome(StrEnum):
    """From good to bad; the first that applies from the bad end is told."""

    OK = "OK"
    """Every signature is intact, and nothing changed after it but what may change."""
    NO_SIGNATURE = "NOSIG"
    ENCRYPTED = "ENCRYPTED"
    UNSUPPORTED = "UNSUPPORTED"
    """There is a signature, and it or part of the file could not be judged."""
    CHANGED = "CHANGED"
    BROKEN = "BROKEN"
    ERROR = "ERROR"
    """A clear message and no verdict."""
    CRASH = "CRASH"


_BROKEN = {
    FindingCode.KEY_MISMATCH,
    FindingCode.CONTENT_CHANGED,
}
_CHANGED = {
    FindingCode.COVERAGE_UNCLEAR,
    FindingCode.TRAILING_BYTES,
    FindingCode.SIGNATURE_REMOVED,
    FindingCode.SIGNING_CERTIFICATE_UNBOUND,
    FindingCode.MAIL_PARTLY_SIGNED,
    FindingCode.CHANGED_FORM_FILLED,
    FindingCode.CHANGED_ANNOTATED,
    FindingCode.CHANGED_OTHER,
    FindingCode.CHANGES_NOT_ANALYSED,
    FindingCode.CHANGES_FORBIDDEN,
}
_NOT_JUDGED = {
    FindingCode.ANALYSIS_FAILED,
    FindingCode.FILE_REPAIRED,
    FindingCode.SIGNATURE_UNREADABLE,
    FindingCode.UNSUPPORTED_ALGORITHM,
    FindingCode.UNSUPPORTED_SUBFILTER,
    FindingCode.CONTENT_MISSING,
    FindingCode.TIMESTAMP_INVALID,
    FindingCode.ALGORITHMS_DISAGREE,
}
_PROOFS = ({FindingCode.CONTENT_INTACT}, {FindingCode.KEY_MATCHES, FindingCode.TIMESTAMP_VALID})
_ERRORS = {
    ErrorCode.DOCUMENT_ENCRYPTED: Outcome.ENCRYPTED,
    ErrorCode.DOCUMENT_NOT_PDF: Outcome.UNSUPPORTED,
    ErrorCode.DOCUMENT_WORKER_DIED: Outcome.CRASH,
    ErrorCode.UNEXPECTED: Outcome.CRASH,
}


def outcome_of(answer: VerificationOutcome) -> tuple[Outcome, str]:
    """The word and the findings it rests on."""
    if answer.report is None:
        assert answer.error is not None
        return _ERRORS.get(answer.error.code, Outcome.ERROR), answer.error.code.value
    return _outcome_of_report(answer.report)


def _outcome_of_report(report: FileReport) -> tuple[Outcome, str]:
    findings = [one for one in report.all_findings if one.severity in (Severity.UNKNOWN, Severity.FAIL)]
    if any(one.code is FindingCode.CONTENT_ENCRYPTED for one in report.findings):
        return Outcome.ENCRYPTED, _text(report.findings)
    if report.verdict is None:
        return Outcome.NO_SIGNATURE, ""
    if any(one.is_document_timestamp and _fails(one, FindingCode.TIMESTAMP_INVALID) for one in report.signatures):
        return Outcome.BROKEN, _text(findings)
    for outcome, codes in (
        (Outcome.BROKEN, _BROKEN),
        (Outcome.CHANGED, _CHANGED),
        (Outcome.UNSUPPORTED, _NOT_JUDGED),
    ):
        told = [one for one in findings if one.code in codes]
        if outcome is Outcome.CHANGED:
            told += [one for one in findings if _is_exchanged(one)]
        if told:
            return outcome, _text(told)
    for signature in report.signatures:
        stated = {one.code for one in signature.findings}
        if not all(alternatives & stated for alternatives in _PROOFS):
            return Outcome.UNSUPPORTED, f"incomplete: {_text(signature.findings)}"
    return Outcome.OK, _text(findings)


def _is_exchanged(finding: Finding) -> bool:
    """The signature's timestamp is another's or was changed: the person is told that it was put there after signing."""
    return finding.code is FindingCode.TIMESTAMP_INVALID and finding.facts.get("reason") in ("imprint", "signature")


def _fails(signature: SignatureReport, code: FindingCode) -> bool:
    return any(one.code is code and one.severity is Severity.FAIL for one in signature.findings)


def _text(findings: tuple[Finding, ...] | list[Finding]) -> str:
    shown = [f"{one.code.value}({', '.join(f'{key}={value}' for key, value in one.facts.items())})" for one in findings]
    return "; ".join(dict.fromkeys(shown))[:400]
