"""Timestamp tokens (RFC 3161): inside a signature, or as a document timestamp of their own.

A token proves a time only if its imprint, its signature and its authority's certificate hold.  The authority is
judged as of now, or as of a later timestamp over the token: without such proof, a token of an expired authority could
have been made by anyone who found the old key (EN 319 102-1 §5.4, §5.6.3).
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from bdsigner.errors import CertificateError
from bdsigner.model.certificate import Certificate, CertificateStatus, Usage
from bdsigner.model.verification import Finding, FindingCode, Severity, TimestampReport
from bdsigner.trust.certificates import parse_certificate
from bdsigner.verification.algorithms import WEAK_DIGESTS, DigestOf, UnsupportedSignature
from bdsigner.verification.cades import evidence_of
from bdsigner.verification.cms import (
    CmsError,
    SignedValue,
    certificate_binding,
    check_signature,
    content_type_matches,
    timestamp_info,
)
from bdsigner.verification.findings import fail, ok, unknown, verdict_of
from bdsigner.verification.standing import TrustSource, standing_findings


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedTimestamp:
    """The judgement of one token."""

    report: TimestampReport | None
    """``None`` when not even its time could be read."""
    findings: tuple[Finding, ...]
    status: CertificateStatus = CertificateStatus.UNKNOWN
    authority: Certificate | None = None

    @property
    def proven_time(self) -> datetime | None:
        """The time, if everything about the token holds."""
        trusted = all(finding.severity in (Severity.OK, Severity.NOTE) for finding in self.findings)
        return self.report.time if self.report is not None and trusted else None


def judge_timestamp(
    token: SignedValue, stamped: DigestOf, trust: TrustSource, *, proven: datetime | None = None
) -> JudgedTimestamp:
    """Judge a token over the bytes that ``stamped`` hashes; ``proven``: the time of a trusted timestamp over it."""
    try:
        info = timestamp_info(token)
        time = info["gen_time"].native.astimezone(UTC)
        findings = _token_findings(token, stamped, info["message_imprint"])
    except (CmsError, UnsupportedSignature) as error:
        return JudgedTimestamp(report=None, findings=(fail(FindingCode.TIMESTAMP_INVALID, reason=str(error)),))
    authority = _readable(token.signer)
    status = CertificateStatus.UNKNOWN
    if token.signer is not None:
        at = proven or trust.now
        certificates, evidence = evidence_of(token)
        trust = replace(trust, others=(*trust.others, *certificates), evidence=trust.evidence + evidence)
        standing = trust.assess(token.signer, token.certificates, at=at, usage=Usage.TIMESTAMPING)
        status, standings = standing_findings(standing, at=at, is_proven=proven is not None)
        findings += _as_authority(standings)
    if time > trust.now:
        findings.append(fail(FindingCode.TIMESTAMP_INVALID, reason="from the future"))
    verdict = verdict_of(findings)
    name = authority.common_name or authority.subject if authority is not None else ""
    report = TimestampReport(time=time, authority=name, verdict=verdict)
    return JudgedTimestamp(report=report, findings=tuple(findings), status=status, authority=authority)


def _token_findings(token: SignedValue, stamped: DigestOf, imprint: object) -> list[Finding]:
    algorithm = str(imprint["hash_algorithm"]["algorithm"].native)  # type: ignore[index]  # asn1crypto is untyped
    if stamped(algorithm) != imprint["hashed_message"].native:  # type: ignore[index]  # asn1crypto is untyped
        return [fail(FindingCode.TIMESTAMP_INVALID, reason="imprint")]
    checked = check_signature(token, DigestOf(token.content))
    if not content_type_matches(token) or token.attributes is None:
        return [fail(FindingCode.TIMESTAMP_INVALID, reason="content type")]
    if not checked.holds or DigestOf(token.content)(token.digest_algorithm) != token.signed_digest:
        return [fail(FindingCode.TIMESTAMP_INVALID, reason="signature")]
    findings = [ok(FindingCode.TIMESTAMP_VALID)]
    if certificate_binding(token) is False:
        findings.append(fail(FindingCode.TIMESTAMP_INVALID, reason="certificate not bound"))
    weak = sorted({algorithm, checked.digest, token.digest_algorithm} & WEAK_DIGESTS)
    return findings + [unknown(FindingCode.WEAK_DIGEST, algorithm=name) for name in weak]


def _as_authority(findings: list[Finding]) -> list[Finding]:
    """Only what speaks against the authority is repeated, under one code that says whose certificate is meant."""
    return [
        unknown(FindingCode.TIMESTAMP_UNTRUSTED, cause=finding.code.value, **finding.facts)
        for finding in findings
        if finding.severity in (Severity.UNKNOWN, Severity.FAIL)
    ]


def _readable(der: bytes | None) -> Certificate | None:
    try:
        return parse_certificate(der) if der is not None else None
    except CertificateError:
        return None
