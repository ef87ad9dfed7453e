"""One signer of a CMS, in a PDF or in a file of its own: integrity first, then trust.

Integrity needs the content's digests and nothing else; trust needs anchors, time and the network.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from bdsigner.errors import CertificateError
from bdsigner.model.certificate import Certificate, CertificateStatus, KeyType, Usage
from bdsigner.model.verification import Finding, FindingCode, Severity, TimestampReport
from bdsigner.trust.certificates import parse_certificate
from bdsigner.verification.algorithms import MIN_RSA_BITS, WEAK_DIGESTS, DigestOf
from bdsigner.verification.cades import evidence_of
from bdsigner.verification.cms import (
    CmsError,
    NoSignerCertificate,
    SignedValue,
    algorithms_disagree,
    certificate_binding,
    check_signature,
    content_type_matches,
)
from bdsigner.verification.cms_reading import read_signed_data
from bdsigner.verification.findings import fail, note, ok, unknown
from bdsigner.verification.standing import TrustSource, standing_findings
from bdsigner.verification.timestamps import JudgedTimestamp, judge_timestamp

MAX_TIMESTAMPS = 4
"""Over one signature; one is usual."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedSigner:
    """What trust says of one signer."""

    findings: tuple[Finding, ...]
    status: CertificateStatus = CertificateStatus.UNKNOWN
    timestamp: TimestampReport | None = None


def integrity_findings(
    signed: SignedValue, content: DigestOf, *, encloses_other_content: bool = False, needs_binding: bool = False
) -> list[Finding]:
    """Say whether the content is unchanged and the value matches the key (Đ3.3): two findings, two questions.

    ``content`` hashes what was signed.  Raises ``CmsError``, ``UnsupportedSignature``.
    """
    is_changed = encloses_other_content
    if signed.attributes is not None:
        is_changed = is_changed or signed.signed_digest != content(signed.digest_algorithm)
    try:
        checked = check_signature(signed, content)
    except NoSignerCertificate:
        # Without signed attributes nothing tells of the content but the key that is not there.
        told = [fail(FindingCode.CONTENT_CHANGED)] if is_changed else []
        return [unknown(FindingCode.CERTIFICATE_MISSING), *told]
    findings = [ok(FindingCode.KEY_MATCHES) if checked.holds else fail(FindingCode.KEY_MISMATCH)]
    # Without signed attributes the value signs the content itself: a mismatch leaves open which of the two differs.
    if is_changed or (signed.attributes is None and not checked.holds):
        findings.append(fail(FindingCode.CONTENT_CHANGED))
    else:
        findings.append(ok(FindingCode.CONTENT_INTACT))
    if checked.is_reencoded:
        findings.append(note(FindingCode.ATTRIBUTES_NOT_DER))
    if not content_type_matches(signed):
        findings.append(unknown(FindingCode.SIGNATURE_UNREADABLE, reason="content type"))
    if algorithms_disagree(signed, checked):
        findings.append(unknown(FindingCode.ALGORITHMS_DISAGREE))
    weak = sorted({checked.digest, signed.digest_algorithm} & WEAK_DIGESTS)
    findings += [unknown(FindingCode.WEAK_DIGEST, algorithm=name) for name in weak]
    return findings + _binding(signed, is_needed=needs_binding)


def _binding(signed: SignedValue, *, is_needed: bool) -> list[Finding]:
    bound = certificate_binding(signed)
    if bound is False:
        return [fail(FindingCode.SIGNING_CERTIFICATE_UNBOUND)]
    return [unknown(FindingCode.SIGNING_CERTIFICATE_UNBOUND)] if bound is None and is_needed else []


def judge_trust(signed: SignedValue, trust: TrustSource, proven: datetime | None = None) -> JudgedSigner:
    """Judge the signer's certificate at the earliest proven time, else now.

    ``proven`` is the time of a trusted timestamp over the whole document.  A signature without a
    timestamp can be valid (ETSI EN 319 102-1: B-B passes); it is not "an toàn" (Đ11.1b, regulation.md §9), which is
    a judgement of legal value, so here TIMESTAMP_MISSING is a note.
    """
    certificates, evidence = evidence_of(signed)
    trust = replace(trust, others=(*trust.others, *certificates), evidence=trust.evidence + evidence)
    judged = _own_timestamp(signed, trust, proven)
    own = judged.proven_time if judged is not None else None
    status, findings = _certificate_findings(signed, trust, own, proven)
    if judged is None:
        return JudgedSigner(findings=(*findings, note(FindingCode.TIMESTAMP_MISSING)), status=status)
    softened = (_softened(finding) for finding in judged.findings)
    return JudgedSigner(findings=(*findings, *softened), status=status, timestamp=judged.report)


def _certificate_findings(
    signed: SignedValue, trust: TrustSource, own: datetime | None, later: datetime | None
) -> tuple[CertificateStatus, list[Finding]]:
    if signed.signer is None:
        return CertificateStatus.UNKNOWN, []
    findings = []
    signer = readable(signed.signer)
    if signer is None:
        findings.append(unknown(FindingCode.CERTIFICATE_UNREADABLE))
    elif signer.key_type in (KeyType.RSA, KeyType.DSA) and signer.key_bits < MIN_RSA_BITS:
        findings.append(unknown(FindingCode.WEAK_KEY, bits=str(signer.key_bits)))
    proven = [time for time in (own, later) if time is not None]
    at = min(proven, default=trust.now)
    standing = trust.assess(signed.signer, signed.certificates, at=at, usage=Usage.SIGNING)
    status, standings = standing_findings(
        standing, at=at, is_proven=bool(proven), is_when_signed=own is not None and own == at
    )
    return status, findings + standings


def _own_timestamp(signed: SignedValue, trust: TrustSource, proven: datetime | None) -> JudgedTimestamp | None:
    judged: JudgedTimestamp | None = None
    for token in signed.unsigned("signature_time_stamp_token")[:MAX_TIMESTAMPS]:
        try:
            current = judge_timestamp(read_signed_data(token.dump()), DigestOf(signed.value), trust, proven=proven)
        except CmsError as error:
            current = JudgedTimestamp(report=None, findings=(fail(FindingCode.TIMESTAMP_INVALID, reason=str(error)),))
        if judged is None or (judged.proven_time is None and current.proven_time is not None):
            judged = current
    return judged


def _softened(finding: Finding) -> Finding:
    """A token that does not hold proves no time, and anyone can add or spoil one: it makes the signature unclear."""
    return replace(finding, severity=Severity.UNKNOWN) if finding.severity is Severity.FAIL else finding


def readable(der: bytes | None) -> Certificate | None:
    """The certificate as a value; ``None`` when it is missing or cannot be read."""
    try:
        return parse_certificate(der) if der is not None else None
    except CertificateError:
        return None
