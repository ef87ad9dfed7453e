"""The standing of a certificate at one moment: path to the anchors, validity, usage, revocation."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from bdsigner.model.certificate import CertificateAssessment, CertificateStatus, Usage
from bdsigner.ports import Fetcher, FetchKind, FetchRequest
from bdsigner.trust.fetching import BoundedFetches
from bdsigner.trust.keys import UNREADABLE, load_x509
from bdsigner.trust.ocsp import access_addresses
from bdsigner.trust.paths import PathProblem, PathResult, find_path, load_certificate, load_certificates
from bdsigner.trust.revocation import NO_EVIDENCE, NOT_CHECKED, Evidence, Revocation, RevocationChecker
from bdsigner.trust.statements import RevocationStatus

MAX_ISSUER_STEPS = 4
"""How often missing issuers are fetched, one level a step."""
MAX_ISSUERS_FETCHED = 8
"""Certificates taken from one answer; a CA's bundle has one to three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """All that ``CertificateAssessment`` says, and how it came about."""

    status: CertificateStatus
    problem: PathProblem | None = None
    chain: tuple[bytes, ...] = ()
    """DER from just above the certificate up to, without, the anchor."""
    anchor: bytes = b""
    """DER of the anchor the path ends at; empty without a path."""
    proofs: Evidence = NO_EVIDENCE
    """Responses and lists on all certificates of the path."""
    revocation: Revocation = NOT_CHECKED
    """Of the certificate, or of the CA in the path that decided the status."""
    decided_by: str = ""
    """Name of the CA in the path that decided the status; empty when it is the certificate itself."""
    reason: str = ""


def assess_certificate(
    certificate: bytes,
    others: tuple[bytes, ...],
    *,
    anchors: tuple[bytes, ...],
    fetcher: Fetcher | None,
    at: datetime,
    usage: Usage = Usage.SIGNING,
) -> CertificateAssessment:
    """Check a certificate before its key is used: its own to sign, a recipient's to encrypt.

    ``others`` are certificates that may be issuers (from the token, the profile); nothing but ``anchors`` is
    trusted.  ``at`` is now.  Missing issuers, OCSP responses and CRLs are fetched; ``fetcher`` ``None`` means
    offline, which ends in UNKNOWN, never in GOOD.  Never raises for what the certificate contains.
    """
    fetches = BoundedFetches(fetcher)
    standing = assess(
        certificate, others, anchors=anchors, fetches=fetches, at=at, now=at, usage=usage, evidence=NO_EVIDENCE
    )
    return CertificateAssessment(
        status=standing.status,
        checked_at=at,
        chain=standing.chain,
        is_issuer_known=standing.status is not CertificateStatus.UNKNOWN or standing.problem is None,
        revoked_at=standing.revocation.revoked_at,
        revocation_source=standing.revocation.source,
        decided_by=standing.decided_by,
        reason=standing.reason,
    )


def assess(
    certificate: bytes,
    others: Sequence[bytes],
    *,
    anchors: Sequence[bytes],
    fetches: BoundedFetches,
    at: datetime,
    now: datetime,
    usage: Usage,
    evidence: Evidence,
) -> Standing:
    """Judge a certificate for the moment ``at`` with what is known ``now``.

    Order: readable; path to an anchor (Đ1); in force; usage; revocation of every certificate in the path.  What is
    known to be wrong comes before what is unknown.  A revocation is reported whatever its time: comparing
    ``revocation.revoked_at`` with ``at`` is left to the caller.
    """
    leaf = load_certificate(certificate)
    if leaf is None:
        return Standing(status=CertificateStatus.UNKNOWN, problem=PathProblem.UNREADABLE, reason="unreadable")
    path = _path(leaf, others, anchors, fetches, at)
    found = Standing(
        status=_status_without_revocation(leaf, path, usage, at),
        problem=path.problem,
        chain=tuple(issuer.dump() for issuer in path.certificates[1:-1]),
        anchor=path.certificates[-1].dump() if path.certificates else b"",
    )
    if found.status is not CertificateStatus.GOOD:
        return replace(found, reason=path.detail or (path.problem or found.status).value)
    checker = RevocationChecker(at=at, now=now, evidence=evidence, fetches=fetches)
    return _with_revocation(found, [one.dump() for one in path.certificates], checker)


def _status_without_revocation(
    leaf: asn1_x509.Certificate, path: PathResult, usage: Usage, at: datetime
) -> CertificateStatus:
    if path.problem in (PathProblem.NOT_FOUND, PathProblem.BROKEN):
        return CertificateStatus.OUT_OF_SCOPE
    if path.problem is PathProblem.EXPIRED or at > leaf.not_valid_after:
        return CertificateStatus.EXPIRED
    if path.problem is PathProblem.NOT_YET_VALID or at < leaf.not_valid_before:
        return CertificateStatus.NOT_YET_VALID
    if not _usage_allows(leaf, usage):
        return CertificateStatus.WRONG_USAGE
    return CertificateStatus.GOOD if path.problem is None else CertificateStatus.UNKNOWN


def _usage_allows(leaf: asn1_x509.Certificate, usage: Usage) -> bool:
    if usage is Usage.TIMESTAMPING:
        purposes = leaf.extended_key_usage_value
        return purposes is not None and purposes.native == ["time_stamping"]
    wanted = _encrypting(leaf) if usage is Usage.ENCRYPTING else {"digital_signature", "non_repudiation"}
    return leaf.key_usage_value is not None and bool(leaf.key_usage_value.native & wanted)


def _encrypting(leaf: asn1_x509.Certificate) -> set[str]:
    """RFC 3279 §2.3.1, RFC 5480 §3: what lets an RSA key wrap and an EC key agree on another key."""
    return {"rsa": {"key_encipherment"}, "ec": {"key_agreement"}}.get(leaf.public_key.algorithm, set())


def _path(
    leaf: asn1_x509.Certificate,
    others: Sequence[bytes],
    anchors: Sequence[bytes],
    fetches: BoundedFetches,
    at: datetime,
) -> PathResult:
    pool, roots = load_certificates(others), load_certificates(anchors)
    result = find_path(leaf, pool, roots, at)
    frontier = [leaf]
    for _ in range(MAX_ISSUER_STEPS):
        if result.problem not in (PathProblem.NOT_FOUND, PathProblem.BROKEN):
            break
        answers = [answer for one in frontier for answer in _ask_for_issuers(one.dump(), fetches)]
        frontier = load_certificates([der for answer in answers if answer for der in _certificates_in(answer)])
        if not frontier:
            if None in answers and result.problem is PathProblem.NOT_FOUND:
                return PathResult(problem=PathProblem.ISSUER_UNREACHABLE)
            break
        pool += frontier
        result = find_path(leaf, pool, roots, at)
    return result


def _ask_for_issuers(certificate: bytes, fetches: BoundedFetches) -> list[bytes | None]:
    """One answer for each address a certificate names; ``None`` where nothing could be fetched."""
    parsed = _cryptography_certificate(certificate)
    if parsed is None:
        return []
    urls = access_addresses(parsed, AuthorityInformationAccessOID.CA_ISSUERS)[:2]
    return [fetches.get(FetchRequest(kind=FetchKind.CERTIFICATES, url=url)) for url in urls]


def _certificates_in(answer: bytes) -> list[bytes]:
    """RFC 5280 §4.2.2.1: a single DER certificate or a certs-only CMS."""
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs7  # here: it loads the mail parser

    try:
        bundle = pkcs7.load_der_pkcs7_certificates(answer)
    except ValueError:
        return [answer]
    return [one.public_bytes(Encoding.DER) for one in bundle[:MAX_ISSUERS_FETCHED]]


def _with_revocation(found: Standing, path: list[bytes], checker: RevocationChecker) -> Standing:
    certificates = [_cryptography_certificate(der) for der in path]
    revoked: Standing | None = None
    unknown: Standing | None = None
    leaf: Revocation | None = None
    proofs = NO_EVIDENCE
    for certificate, issuer in pairwise(certificates):
        revocation = checker.check(certificate, issuer) if certificate and issuer else NOT_CHECKED
        name = "" if leaf is None or certificate is None else certificate.subject.rfc4514_string()
        leaf = leaf or revocation
        proofs += revocation.proofs
        status = _STATUS[revocation.status]
        judged = replace(found, status=status, revocation=revocation, decided_by=name, reason=f"revocation {status}")
        if status in (CertificateStatus.REVOKED, CertificateStatus.SUSPENDED):
            revoked = revoked or judged
        if status is CertificateStatus.UNKNOWN:
            unknown = unknown or judged
    return replace(revoked or unknown or replace(found, revocation=leaf or found.revocation), proofs=proofs)


_STATUS = {
    RevocationStatus.GOOD: CertificateStatus.GOOD,
    RevocationStatus.REVOKED: CertificateStatus.REVOKED,
    RevocationStatus.HELD: CertificateStatus.SUSPENDED,
    RevocationStatus.UNKNOWN: CertificateStatus.UNKNOWN,
}


def _cryptography_certificate(der: bytes) -> x509.Certificate | None:
    try:
        return load_x509(der)
    except UNREADABLE:
        return None
