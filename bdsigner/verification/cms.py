"""CMS SignedData (RFC 5652, ETSI EN 319 122-1): of PDF signatures, of timestamps, of files.

Reads an untrusted value into plain facts and checks the signer's signature.  Two things are kept apart (Đ3.3): does
the value match the signer's public key, and does the signed digest match the content.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from asn1crypto import cms, core, tsp

from bdsigner.errors import CertificateError
from bdsigner.formats import ber
from bdsigner.formats.ber import BerError
from bdsigner.trust.keys import public_key_of
from bdsigner.trust.revocation import NO_EVIDENCE, Evidence
from bdsigner.verification.algorithms import Checked, DigestOf, check_value


class CmsError(Exception):
    """The value is no SignedData that can be judged; the text says why."""


class NoSignerCertificate(CmsError):
    """The certificate that a SignerInfo names is not inside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedValue:
    """One signature of a SignedData.  Everything is untrusted until ``check`` says otherwise."""

    signer_info: cms.SignerInfo
    digest_algorithm: str
    certificates: tuple[bytes, ...]
    """DER of all certificates inside."""
    signer: bytes | None
    """DER of the certificate that the SignerInfo names; ``None`` when it is not inside."""
    content_type: str
    content: bytes | None
    """The encapsulated content; ``None`` when detached, or left where it lies in a file."""
    attributes: cms.CMSAttributes | None
    """Signed attributes; ``None``: the value signs the content directly."""
    evidence: Evidence = NO_EVIDENCE
    """Revocation data beside the certificates (RFC 5652 §10.2.1)."""

    @property
    def value(self) -> bytes:
        """The signature value."""
        return bytes(self.signer_info["signature"].native)

    def attribute(self, name: str) -> core.Asn1Value | None:
        """The single value of a signed attribute.  Raises ``CmsError`` when it occurs or is filled more than once."""
        values = [one["values"] for one in self.attributes or () if one["type"].native == name]
        if not values:
            return None
        if len(values) > 1 or len(values[0]) != 1:
            raise CmsError(f"{name} is not single")
        return values[0][0]

    def unsigned(self, name: str) -> list[core.Asn1Value]:
        """All values of an unsigned attribute, by asn1crypto's name or in dotted notation."""
        attributes = self.signer_info["unsigned_attrs"]
        if isinstance(attributes, core.Void):
            return []
        return [v for one in attributes if name in (one["type"].native, one["type"].dotted) for v in one["values"]]

    @property
    def signing_time(self) -> datetime | None:
        """What the signer's machine claimed."""
        value = self.attribute("signing_time")
        return value.native if value is not None else None

    @property
    def signed_digest(self) -> bytes | None:
        """The messageDigest attribute; ``None`` when the content is signed directly."""
        value = self.attribute("message_digest")
        return bytes(value.native) if value is not None else None


def check_signature(signed: SignedValue, content: DigestOf) -> Checked:
    """Check the signature value with the signer's key: over the signed attributes, else over ``content``.

    Raises ``NoSignerCertificate``, ``CmsError`` (unreadable key), ``algorithms.UnsupportedSignature``.
    """
    if signed.signer is None:
        raise NoSignerCertificate("the signer's certificate is not inside")
    try:
        key = public_key_of(signed.signer)
    except CertificateError as error:
        raise CmsError("the signer's key cannot be read") from error
    algorithm = signed.signer_info["signature_algorithm"]
    if signed.attributes is None:
        return check_value(key, signed.value, content, algorithm, signed.digest_algorithm)
    # RFC 5652 §5.4: signed is the DER of a SET OF, not the implicitly tagged field
    received = b"\x31" + signed.attributes.dump()[1:]
    checked = check_value(key, signed.value, DigestOf(received), algorithm, signed.digest_algorithm)
    if not checked.holds:
        for other in _reencoded(received):
            again = check_value(key, signed.value, DigestOf(other), algorithm, signed.digest_algorithm)
            if again.holds:
                return replace(again, is_reencoded=True)
    return checked


def _reencoded(received: bytes) -> Iterator[bytes]:
    """Attributes travel in BER and are signed in DER; some writers sort, some keep their order and mend lengths only."""
    try:
        candidates = dict.fromkeys(ber.in_der(received, is_sorted=is_sorted) for is_sorted in (False, True))
    except BerError:
        return
    candidates.pop(received, None)
    yield from candidates


def content_type_matches(signed: SignedValue) -> bool:
    """RFC 5652 §11.1: with signed attributes the content type is one of them and names the content."""
    if signed.attributes is None:
        return signed.content_type == "data"
    value = signed.attribute("content_type")
    return value is not None and value.native == signed.content_type


def algorithms_disagree(signed: SignedValue, checked: Checked) -> bool:
    """Whether one SignerInfo speaks of two digest algorithms (RFC 8933 §3), or not of those it protects (RFC 6211 §3).

    Raises ``CmsError``.
    """
    info = signed.signer_info
    if signed.attributes is not None and checked.digest != signed.digest_algorithm:
        return True
    protection = signed.attribute("cms_algorithm_protection")
    if protection is None:
        return False
    named, used = protection["signature_algorithm"], info["signature_algorithm"]
    return bool(
        protection["digest_algorithm"]["algorithm"].dotted != info["digest_algorithm"]["algorithm"].dotted
        or isinstance(named, core.Void)
        or named["algorithm"].dotted != used["algorithm"].dotted
        or (named["parameters"].native or None) != (used["parameters"].native or None)
    )


def certificate_binding(signed: SignedValue) -> bool | None:
    """Whether a signing-certificate attribute names the signer's certificate; ``None`` when there is none.

    RFC 5035 §3–4 (ESSCertIDv2), RFC 2634 §5.4 (ESSCertID).  Raises ``CmsError``.
    """
    second, first = signed.attribute("signing_certificate_v2"), signed.attribute("signing_certificate")
    found: list[bool] = []
    for value, default in ((second, "sha256"), (first, "sha1")):
        if value is not None:
            identifier = value["certs"][0]
            name = identifier["hash_algorithm"]["algorithm"].native if default == "sha256" else default
            found.append(_names(identifier["cert_hash"].native, name, signed.signer))
    return all(found) if found else None


def _names(digest: bytes, algorithm: str, certificate: bytes | None) -> bool:
    if certificate is None or algorithm not in hashlib.algorithms_available:
        return False
    return hashlib.new(algorithm, certificate, usedforsecurity=False).digest() == digest


def timestamp_info(signed: SignedValue) -> tsp.TSTInfo:
    """The TSTInfo of a timestamp token (RFC 3161 §2.4.2).  Raises ``CmsError``."""
    if signed.content_type != "tst_info" or signed.content is None:
        raise CmsError("no timestamp token")
    try:
        info = tsp.TSTInfo.load(signed.content, strict=True)
        _ = info["gen_time"].native, info["message_imprint"].native
    except (ValueError, TypeError, KeyError) as error:
        raise CmsError("TSTInfo cannot be read") from error
    return info
