"""Findings and the verdict that follows from them."""

from collections.abc import Iterable

from bdsigner.model.verification import Finding, FindingCode, Severity, Verdict

_ORDER = (Verdict.VALID, Verdict.INDETERMINATE, Verdict.INVALID)
_VERDICT = {
    Severity.OK: Verdict.VALID,
    Severity.NOTE: Verdict.VALID,
    Severity.UNKNOWN: Verdict.INDETERMINATE,
    Severity.FAIL: Verdict.INVALID,
}


def ok(code: FindingCode, **facts: str) -> Finding:
    """Something that was checked and holds."""
    return Finding(code, Severity.OK, facts)


def note(code: FindingCode, **facts: str) -> Finding:
    """Worth knowing; the verdict stays."""
    return Finding(code, Severity.NOTE, facts)


def unknown(code: FindingCode, **facts: str) -> Finding:
    """Could not be checked: neither valid nor invalid."""
    return Finding(code, Severity.UNKNOWN, facts)


def fail(code: FindingCode, **facts: str) -> Finding:
    """Was checked and does not hold."""
    return Finding(code, Severity.FAIL, facts)


def verdict_of(findings: Iterable[Finding]) -> Verdict:
    """The worst finding decides (ETSI EN 319 102-1 §5.1.3)."""
    return worst(_VERDICT[finding.severity] for finding in findings)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst of several verdicts; VALID when there are none."""
    return max(verdicts, key=_ORDER.index, default=Verdict.VALID)
