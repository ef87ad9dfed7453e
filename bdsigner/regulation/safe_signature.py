"""Chữ ký điện tử an toàn: Đ11.1a–d and Đ11.2, from the findings of a verification (regulation.md §9).

"Could not check" is never met and never not met.
"""

from bdsigner.model.legal_value import Clause, ClauseOutcome, ClauseResult, LegalFacts, LegalReason
from bdsigner.model.verification import Finding, FindingCode, Severity
from bdsigner.regulation.effect import effective_from

_CHANGES = frozenset(
    {
        FindingCode.CONTENT_CHANGED,
        FindingCode.COVERAGE_UNCLEAR,
        FindingCode.TRAILING_BYTES,
        FindingCode.CHANGED_FORM_FILLED,
        FindingCode.CHANGED_ANNOTATED,
        FindingCode.CHANGED_OTHER,
        FindingCode.CHANGES_FORBIDDEN,
        FindingCode.SIGNING_CERTIFICATE_UNBOUND,
    }
)
"""Each alone breaks the bond of content and signature (Đ11.1d)."""
_COVERED = frozenset({FindingCode.COVERS_WHOLE_FILE, FindingCode.COVERS_REVISION})
_UNCHECKED_CHAIN = frozenset({FindingCode.NO_ANCHORS, FindingCode.CHAIN_UNKNOWN, FindingCode.CERTIFICATE_UNREADABLE})
_OUT_OF_DATE = frozenset({FindingCode.CERTIFICATE_EXPIRED, FindingCode.CERTIFICATE_NOT_YET_VALID})
_GOOD = frozenset({FindingCode.CERTIFICATE_NOT_REVOKED, FindingCode.CERTIFICATE_REVOKED_LATER})


def safe_signature(facts: LegalFacts) -> tuple[ClauseResult, ...]:
    """The five lines of Điều 11."""
    found = {finding.code: finding for finding in facts.signature.findings}
    return (
        _key(found),
        _in_force(facts, found),
        _sole_control(facts),
        _bound(facts, found),
        _status(found),
    )


def is_out_of_scope(facts: LegalFacts) -> bool:
    """Đ1: the certificate does not come from a special-purpose CA."""
    return facts.signature.is_out_of_scope


def _key(found: dict[FindingCode, Finding]) -> ClauseResult:
    clause = Clause.KEY_MATCHES
    if FindingCode.KEY_MATCHES in found:
        return met(clause, LegalReason.KEY_MATCHES, FindingCode.KEY_MATCHES)
    if FindingCode.KEY_MISMATCH in found:
        return not_met(clause, LegalReason.KEY_MISMATCH, FindingCode.KEY_MISMATCH)
    if FindingCode.SIGNATURE_UNREADABLE in found:
        return not_met(clause, LegalReason.SIGNATURE_UNREADABLE, FindingCode.SIGNATURE_UNREADABLE)
    return unclear(clause, LegalReason.ALGORITHM_UNKNOWN)


def _in_force(facts: LegalFacts, found: dict[FindingCode, Finding]) -> ClauseResult:
    """Đ11.1b: the certificate was in force at the time of the timestamp inside the signature, Đ6.3a included."""
    clause = Clause.IN_FORCE
    stops = (
        (FindingCode.TIMESTAMP_MISSING, LegalReason.TIMESTAMP_MISSING),
        (FindingCode.TIMESTAMP_INVALID, LegalReason.TIMESTAMP_INVALID),
        (FindingCode.CHAIN_BROKEN, LegalReason.CHAIN_BROKEN),
        (FindingCode.CERTIFICATE_USAGE, LegalReason.CERTIFICATE_USAGE),
        (FindingCode.CERTIFICATE_REVOKED, LegalReason.CERTIFICATE_REVOKED),
    )
    for code, reason in stops:
        if code in found:
            return not_met(clause, reason, code)
    for code in _OUT_OF_DATE & found.keys():
        if found[code].severity is Severity.FAIL:
            return not_met(clause, LegalReason.CERTIFICATE_OUT_OF_DATE, code)
    suspended = found.get(FindingCode.CERTIFICATE_SUSPENDED)
    if suspended is not None and suspended.severity is not Severity.NOTE:
        return not_met(clause, LegalReason.CERTIFICATE_SUSPENDED, FindingCode.CERTIFICATE_SUSPENDED)
    for code in _UNCHECKED_CHAIN & found.keys():
        return unclear(clause, LegalReason.CHAIN_UNCHECKED, code)
    timestamp = facts.signature.timestamp
    is_trusted = FindingCode.TIMESTAMP_VALID in found and FindingCode.TIMESTAMP_UNTRUSTED not in found
    if not is_trusted or timestamp is None:
        return unclear(clause, LegalReason.TIMESTAMP_UNTRUSTED, FindingCode.TIMESTAMP_UNTRUSTED)
    if FindingCode.CERTIFICATE_IN_FORCE not in found or facts.signature.signer is None:
        return unclear(clause, LegalReason.CHAIN_UNCHECKED)
    time = {"time": timestamp.time.isoformat(), "authority": timestamp.authority}
    proofs = (FindingCode.TIMESTAMP_VALID, FindingCode.CERTIFICATE_IN_FORCE)
    if not facts.publication.has_list:
        return met(clause, LegalReason.IN_FORCE_UNPUBLISHED, *proofs, **time)
    start = effective_from(facts.signature.signer, facts.publication)
    if start is None:
        return not_met(clause, LegalReason.CERTIFICATE_NOT_PUBLISHED, **time)
    if start > timestamp.time:
        return not_met(clause, LegalReason.CERTIFICATE_PUBLISHED_LATER, since=start.isoformat(), **time)
    return met(clause, LegalReason.IN_FORCE_AT_TIMESTAMP, *proofs, **time)


def _sole_control(facts: LegalFacts) -> ClauseResult:
    """Đ11.1c: proven only where this program itself used a hardware token, with a PIN."""
    if facts.evidence.signed_on:
        return met(Clause.SOLE_CONTROL, LegalReason.OWN_TOKEN_USED, serial=facts.evidence.signed_on)
    return unclear(Clause.SOLE_CONTROL, LegalReason.CONTROL_UNKNOWN)


def _bound(facts: LegalFacts, found: dict[FindingCode, Finding]) -> ClauseResult:
    """Đ11.1d: key and content belong to this signer and this file; later changes are listed."""
    clause = Clause.BOUND_TO_CONTENT
    all_found = found | {finding.code: finding for finding in facts.file_findings}
    broken = [
        code
        for code, finding in all_found.items()
        if (finding.severity is Severity.FAIL and code in _CHANGES)
        or code in (FindingCode.CHANGED_FORM_FILLED, FindingCode.CHANGED_ANNOTATED)
    ]
    if broken:
        return not_met(clause, LegalReason.CONTENT_CHANGED, *broken)
    open_points = [
        code
        for code, finding in all_found.items()
        if finding.severity is Severity.UNKNOWN and code not in _NOT_OF_CONTENT
    ]
    if open_points or FindingCode.CONTENT_INTACT not in found or not _COVERED & found.keys():
        return unclear(clause, LegalReason.CHANGES_UNCLEAR, *open_points)
    return met(clause, LegalReason.CONTENT_BOUND, FindingCode.CONTENT_INTACT)


_NOT_OF_CONTENT = (
    _UNCHECKED_CHAIN
    | _OUT_OF_DATE
    | {
        FindingCode.CHAIN_OUT_OF_SCOPE,
        FindingCode.REVOCATION_UNKNOWN,
        FindingCode.CERTIFICATE_SUSPENDED,
        FindingCode.TIMESTAMP_INVALID,
        FindingCode.TIMESTAMP_UNTRUSTED,
    }
)
"""What is open about certificates and time says nothing of the content."""


def _status(found: dict[FindingCode, Finding]) -> ClauseResult:
    """Đ11.2: checked with the services of the CA."""
    clause = Clause.STATUS
    for code in _GOOD & found.keys():
        shown = {key: value for key, value in found[code].facts.items() if key in ("source", "authority", "stated_at")}
        return met(clause, LegalReason.STATUS_GOOD, code, **shown)
    if FindingCode.CERTIFICATE_REVOKED in found:
        since = found[FindingCode.CERTIFICATE_REVOKED].facts.get("since", "")
        shown = {"since": since} if since else {}
        return not_met(clause, LegalReason.CERTIFICATE_REVOKED, FindingCode.CERTIFICATE_REVOKED, **shown)
    suspended = found.get(FindingCode.CERTIFICATE_SUSPENDED)
    if suspended is not None:
        if suspended.severity is Severity.NOTE:
            return met(clause, LegalReason.STATUS_GOOD, FindingCode.CERTIFICATE_SUSPENDED)
        return not_met(clause, LegalReason.CERTIFICATE_SUSPENDED, FindingCode.CERTIFICATE_SUSPENDED)
    return unclear(clause, LegalReason.STATUS_UNKNOWN, FindingCode.REVOCATION_UNKNOWN)


def met(clause: Clause, reason: LegalReason, *evidence: FindingCode, **facts: str) -> ClauseResult:
    """Đạt."""
    return ClauseResult(clause=clause, outcome=ClauseOutcome.MET, reason=reason, evidence=evidence, facts=facts)


def not_met(clause: Clause, reason: LegalReason, *evidence: FindingCode, **facts: str) -> ClauseResult:
    """Không đạt."""
    return ClauseResult(clause=clause, outcome=ClauseOutcome.NOT_MET, reason=reason, evidence=evidence, facts=facts)


def unclear(clause: Clause, reason: LegalReason, *evidence: FindingCode, **facts: str) -> ClauseResult:
    """Không kiểm tra được tự động."""
    outcome = ClauseOutcome.NOT_CHECKABLE
    return ClauseResult(clause=clause, outcome=outcome, reason=reason, evidence=evidence, facts=facts)
