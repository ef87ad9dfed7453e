"""CMS SignedData as it stands in PDF signatures and timestamps (RFC 5652, ETSI EN 319 122-1).

Reads an untrusted value into plain facts and checks the signer's signature.  Two things are kept apart (Đ3.3): does
the value match the signer's public key, and does the signed digest match the content.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import cms, core, parser, tsp, x509

from bdsigner.errors import CertificateError
from bdsigner.trust.keys import public_key_of
from bdsigner.verification.algorithms import Checked, DigestOf, check_value

MAX_CMS_BYTES = 8 << 20
"""One SignedData; with large CRLs inside real ones reach 1–2 MiB."""
MAX_CERTIFICATES = 64


class CmsError(Exception):
    """The value is no SignedData that can be judged; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedValue:
    """The one signature of a SignedData.  Everything is untrusted until ``check`` says otherwise."""

    signer_info: cms.SignerInfo
    digest_algorithm: str
    certificates: tuple[bytes, ...]
    """DER of all certificates inside."""
    signer: bytes | None
    """DER of the certificate that the SignerInfo names; ``None`` when it is not inside."""
    content_type: str
    content: bytes | None
    """The encapsulated content; ``None`` when detached."""
    attributes: cms.CMSAttributes | None
    """Signed attributes; ``None``: the value signs the content directly."""

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
        """All values of an unsigned attribute."""
        attributes = self.signer_info["unsigned_attrs"]
        if isinstance(attributes, core.Void):
            return []
        return [value for one in attributes if one["type"].native == name for value in one["values"]]

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


def read_signed_data(untrusted: bytes) -> SignedValue:
    """Read a DER or BER ContentInfo, zero padding behind it allowed.  Raises ``CmsError``."""
    if len(untrusted) > MAX_CMS_BYTES:
        raise CmsError("too large")
    try:
        return _read(untrusted)
    except CmsError:
        raise
    except Exception as error:  # asn1crypto raises whatever a hostile structure leads to
        raise CmsError(f"{type(error).__name__}: {error}"[:200]) from error


def _read(untrusted: bytes) -> SignedValue:
    length = parser.peek(untrusted)
    if untrusted[length:].strip(b"\0"):
        raise CmsError("bytes behind the structure")
    info = cms.ContentInfo.load(untrusted[:length], strict=True)
    if info["content_type"].native != "signed_data":
        raise CmsError(f"content type {info['content_type'].native}")
    data = info["content"]
    if len(data["signer_infos"]) != 1:
        raise CmsError(f"{len(data['signer_infos'])} signers")
    signer_info = data["signer_infos"][0]
    certificates = _certificates(data)
    encapsulated = data["encap_content_info"]
    attributes = signer_info["signed_attrs"]
    return SignedValue(
        signer_info=signer_info,
        digest_algorithm=str(signer_info["digest_algorithm"]["algorithm"].native),
        certificates=tuple(certificates),
        signer=_named_signer(signer_info["sid"], certificates),
        content_type=str(encapsulated["content_type"].native),
        content=_content(encapsulated["content"]),
        attributes=None if isinstance(attributes, core.Void) else attributes,
    )


def _certificates(data: cms.SignedData) -> list[bytes]:
    if isinstance(data["certificates"], core.Void):
        return []
    return [one.chosen.dump() for one in data["certificates"] if one.name == "certificate"][:MAX_CERTIFICATES]


def _content(content: core.Asn1Value) -> bytes | None:
    if isinstance(content, core.OctetString | core.ParsableOctetString):
        return bytes(content) or None  # empty means the same as none: seen in valid detached signatures
    return None if isinstance(content, core.Void) else content.contents or None


def _named_signer(sid: cms.SignerIdentifier, certificates: list[bytes]) -> bytes | None:
    for der in certificates:
        try:
            certificate = x509.Certificate.load(der)
            if sid.name == "issuer_and_serial_number":
                wanted = sid.chosen
                matches = certificate.serial_number == wanted["serial_number"].native and (
                    certificate["tbs_certificate"]["issuer"].dump() == wanted["issuer"].dump()
                    or certificate.issuer == wanted["issuer"]
                )
            else:
                matches = certificate.key_identifier == sid.chosen.native
        except (ValueError, TypeError, KeyError):
            continue
        if matches:
            return der
    return None


def check_signature(signed: SignedValue, content: DigestOf) -> Checked:
    """Check the signature value with the signer's key: over the signed attributes, else over ``content``.

    Raises ``CmsError`` (no signer, unreadable key), ``algorithms.UnsupportedSignature``.
    """
    if signed.signer is None:
        raise CmsError("the signer's certificate is not inside")
    try:
        key = public_key_of(signed.signer)
    except CertificateError as error:
        raise CmsError("the signer's key cannot be read") from error
    covered = content
    if signed.attributes is not None:
        # RFC 5652 §5.4: signed is the DER of a SET OF, not the implicitly tagged field
        covered = DigestOf(b"\x31" + signed.attributes.dump()[1:])
    algorithm = signed.signer_info["signature_algorithm"]
    return check_value(key, signed.value, covered, algorithm, signed.digest_algorithm)


def content_type_matches(signed: SignedValue) -> bool:
    """RFC 5652 §11.1: with signed attributes the content type is one of them and names the content."""
    if signed.attributes is None:
        return signed.content_type == "data"
    value = signed.attribute("content_type")
    return value is not None and value.native == signed.content_type


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
