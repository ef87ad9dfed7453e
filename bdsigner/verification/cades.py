"""What CAdES adds beside a signature (ETSI EN 319 122-1 §5): proofs, counter-signatures, stamps over all of it."""

from collections.abc import Callable, Iterator

from asn1crypto import core, ocsp

from bdsigner.model.verification import Finding, FindingCode
from bdsigner.trust.revocation import Evidence
from bdsigner.verification.cms import SignedValue
from bdsigner.verification.cms_reading import MAX_CERTIFICATES, MAX_REVOCATIONS
from bdsigner.verification.counter_signatures import counter_signatures
from bdsigner.verification.findings import note

ADOBE_REVOCATION = "1.2.840.113583.1.1.8"
"""Signed attribute revocationInfoArchival of PDF signatures (ISO 32000-2 §12.8.3.3.2)."""
CERTIFICATE_VALUES, REVOCATION_VALUES = "1.2.840.113549.1.9.16.2.23", "1.2.840.113549.1.9.16.2.24"
LONG_TERM = {
    "1.2.840.113549.1.9.16.2.25": "CAdES-C timestamp",
    "1.2.840.113549.1.9.16.2.26": "timestamp over references",
    "1.2.840.113549.1.9.16.2.27": "archive timestamp v1",
    "1.2.840.113549.1.9.16.2.48": "archive timestamp v2",
    "0.4.0.1733.2.4": "archive timestamp v3",
    "0.4.0.1733.2.2": "long-term validation",
    "1.2.840.113549.1.9.16.2.49": "evidence record",
    "1.2.840.113549.1.9.16.2.50": "evidence record",
}
"""Unsigned attributes that renew proof for decades; they are named, not judged, and never count against a signature."""


class _Values(core.SequenceOf):  # type: ignore[misc]  # asn1crypto is untyped
    _child_spec = core.Any


class _RevocationValues(core.Sequence):  # type: ignore[misc]  # asn1crypto is untyped
    _fields = [  # noqa: RUF012  # asn1crypto's way to say it
        ("crls", _Values, {"explicit": 0, "optional": True}),
        ("ocsps", _Values, {"explicit": 1, "optional": True}),
        ("others", core.Any, {"explicit": 2, "optional": True}),
    ]


def evidence_of(signed: SignedValue) -> tuple[tuple[bytes, ...], Evidence]:
    """Certificates and revocation data in and beside a signature; what cannot be read is left out."""
    certificates: list[bytes] = []
    evidence = signed.evidence
    try:
        for value in signed.unsigned(CERTIFICATE_VALUES):
            certificates += [one.dump() for one in _Values.load(value.dump())][:MAX_CERTIFICATES]
        for value in signed.unsigned(REVOCATION_VALUES):
            evidence += _revocations(value.dump(), as_response=_response)
        for value in _adobe_values(signed):
            evidence += _revocations(value.dump(), as_response=bytes)
    except Exception:  # noqa: BLE001  # evidence is extra: damaged evidence must not hide the signature
        return (), signed.evidence
    return tuple(certificates), evidence


def _adobe_values(signed: SignedValue) -> Iterator[core.Asn1Value]:
    for attribute in signed.attributes or ():
        if attribute["type"].dotted == ADOBE_REVOCATION:
            yield from attribute["values"]


def _revocations(untrusted: bytes, *, as_response: Callable[[bytes], bytes]) -> Evidence:
    """Both attributes have the same form; CAdES keeps of an OCSP response what is signed, Adobe all of it."""
    values = _RevocationValues.load(untrusted)
    crls = () if isinstance(values["crls"], core.Void) else tuple(one.dump() for one in values["crls"])
    ocsps = () if isinstance(values["ocsps"], core.Void) else tuple(one.dump() for one in values["ocsps"])
    return Evidence(tuple(map(as_response, ocsps[:MAX_REVOCATIONS])), crls[:MAX_REVOCATIONS])


def _response(basic: bytes) -> bytes:
    """A BasicOCSPResponse as the whole response it came in (RFC 6960 §4.2.1)."""
    inside = {"response_type": "basic_ocsp_response", "response": core.ParsableOctetString(basic)}
    return bytes(ocsp.OCSPResponse({"response_status": "successful", "response_bytes": inside}).dump())


def beside(signed: SignedValue) -> list[Finding]:
    """Name what stands beside a signature: counter-signatures, stamps for the long term."""
    findings = counter_signatures(signed)
    names = dict.fromkeys(name for oid, name in LONG_TERM.items() if signed.unsigned(oid))
    if names:
        findings.append(note(FindingCode.LONG_TERM_NOT_CHECKED, kinds=", ".join(names)))
    return findings
