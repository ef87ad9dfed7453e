"""What a certificate's standing means for a signature made at, or before, one moment."""

from dataclasses import dataclass
from datetime import datetime

from bdsigner.model.certificate import CertificateStatus, Usage
from bdsigner.model.verification import Finding, FindingCode
from bdsigner.trust.assessment import Standing, assess
from bdsigner.trust.fetching import BoundedFetches
from bdsigner.trust.paths import PathProblem
from bdsigner.trust.revocation import NO_EVIDENCE, Evidence
from bdsigner.verification.findings import fail, note, ok, unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustSource:
    """All that certificates of one file are judged with."""

    anchors: tuple[bytes, ...]
    fetches: BoundedFetches
    now: datetime
    others: tuple[bytes, ...] = ()
    evidence: Evidence = NO_EVIDENCE

    def assess(self, certificate: bytes, others: tuple[bytes, ...], *, at: datetime, usage: Usage) -> Standing:
        """Judge one certificate for the moment ``at``."""
        return assess(
            certificate,
            (*others, *self.others),
            anchors=self.anchors,
            fetches=self.fetches,
            at=at,
            now=self.now,
            usage=usage,
            evidence=self.evidence,
        )


def standing_findings(
    standing: Standing, *, at: datetime, is_proven: bool, is_when_signed: bool = False
) -> tuple[CertificateStatus, list[Finding]]:
    """Say what the standing means; ``is_proven``: a trusted timestamp shows that the signature existed at ``at``.

    ``is_when_signed``: it is the signature's own timestamp, which stands for the time of signing.  A later one over
    the document says only that the signature is no younger: it may have been made before the certificate expired.

    Without such proof ``at`` is now, and an expired certificate leaves open when the signature was made (EN 319
    102-1: OUT_OF_BOUNDS_NO_POE, indeterminate).  A revoked one does not: whoever holds a lost key could have
    signed, so without proof of an earlier time the signature is not accepted.
    """
    if standing.problem in _CHAIN:
        findings = [unknown(_CHAIN[standing.problem], reason=standing.reason)]
        if standing.problem is PathProblem.NO_ANCHORS and standing.status in _OUT_OF_DATE:
            findings.append(unknown(_OUT_OF_DATE[standing.status]))
        return standing.status, findings
    findings = [ok(FindingCode.CHAIN_TRUSTED)]
    if standing.status in _OUT_OF_DATE:
        is_known = is_when_signed or (is_proven and standing.status is CertificateStatus.NOT_YET_VALID)
        out_of_date = fail if is_known else unknown
        return standing.status, [*findings, out_of_date(_OUT_OF_DATE[standing.status])]
    if standing.status is CertificateStatus.WRONG_USAGE:
        return standing.status, [*findings, fail(FindingCode.CERTIFICATE_USAGE)]
    findings.append(ok(FindingCode.CERTIFICATE_IN_FORCE, at=at.isoformat()))
    status, finding = _revocation_finding(standing, at, is_proven=is_proven)
    return status, [*findings, finding]


_CHAIN = {
    PathProblem.NO_ANCHORS: FindingCode.NO_ANCHORS,
    PathProblem.NOT_FOUND: FindingCode.CHAIN_OUT_OF_SCOPE,
    PathProblem.ISSUER_UNREACHABLE: FindingCode.CHAIN_UNKNOWN,
    PathProblem.BROKEN: FindingCode.CHAIN_BROKEN,
    PathProblem.UNREADABLE: FindingCode.CERTIFICATE_UNREADABLE,
}
_OUT_OF_DATE = {
    CertificateStatus.EXPIRED: FindingCode.CERTIFICATE_EXPIRED,
    CertificateStatus.NOT_YET_VALID: FindingCode.CERTIFICATE_NOT_YET_VALID,
}


def _revocation_finding(standing: Standing, at: datetime, *, is_proven: bool) -> tuple[CertificateStatus, Finding]:
    revocation = standing.revocation
    times = {"since": revocation.revoked_at, "stated_at": revocation.stated_at}
    facts = {"source": revocation.source, "authority": standing.decided_by}
    if revocation.age is not None:
        facts["origin"] = "file" if revocation.is_from_file else "network"
        facts["age_minutes"] = str(int(revocation.age.total_seconds() // 60))
    facts |= {name: time.isoformat() for name, time in times.items() if time is not None}
    facts = {name: value for name, value in facts.items() if value}
    later = is_proven and revocation.revoked_at is not None and revocation.revoked_at > at
    if standing.status is CertificateStatus.REVOKED:
        if later:
            return CertificateStatus.GOOD, note(FindingCode.CERTIFICATE_REVOKED_LATER, **facts)
        return standing.status, fail(FindingCode.CERTIFICATE_REVOKED, **facts)
    if standing.status is CertificateStatus.SUSPENDED:
        if later:
            return CertificateStatus.GOOD, note(FindingCode.CERTIFICATE_SUSPENDED, **facts)
        return standing.status, unknown(FindingCode.CERTIFICATE_SUSPENDED, **facts)
    if standing.status is CertificateStatus.GOOD:
        return standing.status, ok(FindingCode.CERTIFICATE_NOT_REVOKED, **facts)
    return CertificateStatus.UNKNOWN, unknown(FindingCode.REVOCATION_UNKNOWN, **facts)
