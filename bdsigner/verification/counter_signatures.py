"""Signatures over a signature value (RFC 5652 §11.4).  Anyone can add or spoil one: it never breaks the first."""

from bdsigner.errors import CertificateError
from bdsigner.model.certificate import Usage
from bdsigner.model.verification import Finding, FindingCode, Severity
from bdsigner.trust.certificates import parse_certificate
from bdsigner.verification.algorithms import DigestOf, UnsupportedSignature
from bdsigner.verification.cms import CmsError, SignedValue, certificate_binding, check_signature
from bdsigner.verification.cms_reading import read_signer
from bdsigner.verification.findings import note, unknown
from bdsigner.verification.standing import TrustSource, standing_findings

MAX_COUNTER_SIGNATURES = 16
MAX_JUDGED = 4
"""Counter-signers whose certificates are judged: each may have the network asked."""


def counter_signatures(signed: SignedValue) -> list[Finding]:
    """Name who counter-signed, and whether the value holds; certificates are not looked at."""
    findings = []
    for untrusted in _values(signed):
        try:
            counter = _read(signed, untrusted)
            holds, name = _holds(signed, counter), _name(counter)
        except _UNREADABLE:
            holds, name = False, ""
        code = FindingCode.COUNTER_SIGNED if holds else FindingCode.COUNTER_SIGNATURE_INVALID
        findings.append((note if holds else unknown)(code, name=name or "?"))
    return findings


def counter_signers(signed: SignedValue, trust: TrustSource) -> list[Finding]:
    """Say of those whose counter-signature holds whether their certificates can be trusted now.

    Notes only: what somebody else added to a signature is no reason to doubt it.  Raises ``UserCancelled``.
    """
    findings = []
    for untrusted in _values(signed)[:MAX_JUDGED]:
        try:
            counter = _read(signed, untrusted)
            if counter.signer is None or not _holds(signed, counter) or certificate_binding(counter) is False:
                continue
            standing = trust.assess(counter.signer, counter.certificates, at=trust.now, usage=Usage.SIGNING)
            _, judged = standing_findings(standing, at=trust.now, is_proven=False)
            name = _name(counter) or "?"
        except _UNREADABLE:
            continue
        against = next((one for one in judged if one.severity in (Severity.UNKNOWN, Severity.FAIL)), None)
        if against is None:
            findings.append(note(FindingCode.COUNTER_SIGNER_TRUSTED, name=name))
        else:
            findings.append(note(FindingCode.COUNTER_SIGNER_UNTRUSTED, name=name, cause=against.code.value))
    return findings


_UNREADABLE = (CmsError, CertificateError, UnsupportedSignature, ValueError, TypeError, KeyError)


def _values(signed: SignedValue) -> list[bytes]:
    return [value.dump() for value in signed.unsigned("counter_signature")[:MAX_COUNTER_SIGNATURES]]


def _read(signed: SignedValue, untrusted: bytes) -> SignedValue:
    return read_signer(untrusted, signed.certificates, "data")


def _name(counter: SignedValue) -> str:
    if counter.signer is None:
        return ""
    certificate = parse_certificate(counter.signer)
    return certificate.common_name or certificate.subject


def _holds(signed: SignedValue, counter: SignedValue) -> bool:
    content = DigestOf(signed.value)
    holds = check_signature(counter, content).holds
    if counter.attributes is not None:
        holds = holds and counter.signed_digest == content(counter.digest_algorithm)
    return holds
