"""Whether every signature of a file holds, before anything is added to it; who signed is not asked."""

from datetime import UTC, datetime
from pathlib import Path

from bdsigner.errors import ErrorCode, SigningError
from bdsigner.model.verification import FindingCode, Severity, SignatureReport
from bdsigner.verification.pdf import verify_pdf

_AGAINST = frozenset(
    {
        FindingCode.TIMESTAMP_INVALID,
        FindingCode.SIGNATURE_UNREADABLE,
        FindingCode.UNSUPPORTED_SUBFILTER,
        FindingCode.UNSUPPORTED_ALGORITHM,
        FindingCode.ANALYSIS_FAILED,
    }
)
"""What speaks against a signature without making it invalid; what makes it invalid always does."""


def check_intact(path: Path) -> None:
    """Raise ``SigningError`` SIGNING_UNSIGNED or SIGNING_BROKEN, with ``field`` and ``reason``; ``DocumentError``.

    Asks nothing of the network and nothing about trust: what is proven later of a broken signature is worthless, what
    is proven of a foreign one is not.
    """
    report = verify_pdf(path, anchors=(), fetcher=None, checked_at=datetime.now(UTC), is_training=False)
    if report.verdict is None:
        raise SigningError(ErrorCode.SIGNING_UNSIGNED)
    for finding in report.findings:
        if finding.severity in (Severity.UNKNOWN, Severity.FAIL):
            raise SigningError(ErrorCode.SIGNING_BROKEN, field="", reason=finding.code.value)
    for signature in report.signatures:
        reason = _reason_against(signature)
        if reason is not None:
            raise SigningError(ErrorCode.SIGNING_BROKEN, field=signature.field_name, reason=reason.value)


def _reason_against(signature: SignatureReport) -> FindingCode | None:
    for finding in signature.findings:
        if finding.severity is Severity.FAIL or finding.code in _AGAINST:
            return finding.code
    holds = FindingCode.TIMESTAMP_VALID if signature.is_document_timestamp else FindingCode.KEY_MATCHES
    is_proven = {finding.code for finding in signature.findings} >= {FindingCode.CONTENT_INTACT, holds}
    return None if is_proven else FindingCode.ANALYSIS_FAILED
