"""CMS ``SignedData`` of a PAdES baseline signature, put together as DER from parts encoded once per certificate.

Signed attributes are those of ETSI EN 319 142-1 §6.3: content-type, message-digest and signing-certificate-v2
(RFC 5035), and cmsAlgorithmProtection (RFC 6211).  No signing-time: PAdES keeps the claimed time in ``/M``; S/MIME asks for it.
Why not pyHanko's CMS: docs/decisions/003-own-cms-and-placeholder.md.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from bdsigner.errors import CertificateError, ErrorCode
from bdsigner.formats import der
from bdsigner.formats.der import CONTEXT_0, CONTEXT_1, CONTEXT_2, INTEGER, NULL, OCTET_STRING, SEQUENCE, SET, oid, tlv
from bdsigner.model.token import SignatureMechanism

_ID_DATA = oid("1.2.840.113549.1.7.1")
_ID_SIGNED_DATA = oid("1.2.840.113549.1.7.2")
_ID_CONTENT_TYPE = oid("1.2.840.113549.1.9.3")
_ID_MESSAGE_DIGEST = oid("1.2.840.113549.1.9.4")
_ID_ALGORITHM_PROTECTION = oid("1.2.840.113549.1.9.52")
_ID_SIGNING_CERTIFICATE_V2 = oid("1.2.840.113549.1.9.16.2.47")
_ID_SIGNING_TIME = oid("1.2.840.113549.1.9.5")
_ID_TIMESTAMP_TOKEN = oid("1.2.840.113549.1.9.16.2.14")
_ID_SHA256 = oid("2.16.840.1.101.3.4.2.1")

_SHA256 = tlv(SEQUENCE, _ID_SHA256)
"""Parameters absent in CMS (RFC 5754 §2) …"""
_SHA256_NULL = tlv(SEQUENCE, _ID_SHA256, NULL)
"""… but NULL inside RSASSA-PSS-params (RFC 4055 §2.1)."""
_VERSION_1 = der.integer(1)
_PSS_SALT_BYTES = 32
"""As long as the digest, which is what tokens and verifiers expect."""

_SIGNATURE_ALGORITHMS = {
    SignatureMechanism.RSA_PKCS1: tlv(SEQUENCE, oid("1.2.840.113549.1.1.11"), NULL),
    SignatureMechanism.RSA_PSS: tlv(
        SEQUENCE,
        oid("1.2.840.113549.1.1.10"),
        tlv(
            SEQUENCE,
            tlv(CONTEXT_0, _SHA256_NULL),
            tlv(CONTEXT_1, tlv(SEQUENCE, oid("1.2.840.113549.1.1.8"), _SHA256_NULL)),
            tlv(CONTEXT_2, der.integer(_PSS_SALT_BYTES)),
        ),
    ),
    SignatureMechanism.ECDSA: tlv(SEQUENCE, oid("1.2.840.10045.4.3.2")),
}


@dataclass(frozen=True, slots=True)
class CmsTemplate:
    """Everything of the signatures of one certificate that does not change from document to document."""

    certificates: bytes
    """The ``certificates`` field of ``SignedData``, encoded."""
    signer_id: bytes
    fixed_attributes: tuple[bytes, ...]
    algorithm: bytes
    signature_bytes_max: int

    def signed_attributes(self, document_digest: bytes, *, signing_time: datetime | None = None) -> bytes:
        """DER ``SET OF Attribute``: what is hashed and signed (RFC 5652 §5.4).

        ``signing_time``: what the signer claims, of a mail (RFC 8551 §2.5.1); ``None`` in a PDF.
        """
        attributes = [*self.fixed_attributes, _attribute(_ID_MESSAGE_DIGEST, tlv(OCTET_STRING, document_digest))]
        if signing_time is not None:
            attributes.append(_attribute(_ID_SIGNING_TIME, der.time(signing_time)))
        return der.set_of(attributes)

    def signed_data(
        self,
        signed_attributes: bytes,
        signature: bytes,
        timestamp_token: bytes | None = None,
        *,
        content: bytes | None = None,
    ) -> bytes:
        """Put the ``ContentInfo`` together; a timestamp token goes into the unsigned attributes (RFC 3161 App. A).

        ``content``: what is signed, to be carried inside; ``None``: it stands apart.
        """
        unsigned = b""
        if timestamp_token is not None:
            unsigned = tlv(CONTEXT_1, _attribute(_ID_TIMESTAMP_TOKEN, timestamp_token))
        signer_info = tlv(
            SEQUENCE,
            _VERSION_1,
            self.signer_id,
            _SHA256,
            bytes((CONTEXT_0,)) + signed_attributes[1:],
            self.algorithm,
            tlv(OCTET_STRING, signature),
            unsigned,
        )
        signed = tlv(
            SEQUENCE,
            _VERSION_1,
            tlv(SET, _SHA256),
            tlv(SEQUENCE, _ID_DATA, b"" if content is None else tlv(CONTEXT_0, tlv(OCTET_STRING, content))),
            self.certificates,
            tlv(SET, signer_info),
        )
        return tlv(SEQUENCE, _ID_SIGNED_DATA, tlv(CONTEXT_0, signed))

    def size_bytes(self, *, timestamp_token_bytes: int) -> int:
        """Largest size of the ``ContentInfo`` with a token of at most that many bytes; 0 for none."""
        attributes = self.signed_attributes(bytes(hashlib.sha256().digest_size))
        token = bytes(timestamp_token_bytes) if timestamp_token_bytes else None
        return len(self.signed_data(attributes, bytes(self.signature_bytes_max), token))


@lru_cache(maxsize=8)  # a batch has one signer; a few more for a window that stays open
def cms_template(certificate: bytes, chain: tuple[bytes, ...], mechanism: SignatureMechanism) -> CmsTemplate:
    """Encode what is constant for this signer.  Raises ``CertificateError`` ``CERTIFICATE_UNREADABLE``."""
    try:
        signer_id, signature_bytes_max = _read_certificate(certificate, mechanism)
    except (ValueError, IndexError) as error:
        raise CertificateError(ErrorCode.CERTIFICATE_UNREADABLE, reason=str(error)) from error
    algorithm = _SIGNATURE_ALGORITHMS[mechanism]
    certificate_id = tlv(SEQUENCE, tlv(OCTET_STRING, hashlib.sha256(certificate).digest()))
    return CmsTemplate(
        certificates=der.set_of(list({certificate, *chain}), tag=CONTEXT_0),
        signer_id=signer_id,
        fixed_attributes=(
            _attribute(_ID_CONTENT_TYPE, _ID_DATA),
            _attribute(_ID_SIGNING_CERTIFICATE_V2, tlv(SEQUENCE, tlv(SEQUENCE, certificate_id))),
            # RFC 6211 §2: digestAlgorithm, signatureAlgorithm [1] IMPLICIT
            _attribute(_ID_ALGORITHM_PROTECTION, tlv(SEQUENCE, _SHA256, bytes((CONTEXT_1,)) + algorithm[1:])),
        ),
        algorithm=algorithm,
        signature_bytes_max=signature_bytes_max,
    )


def with_timestamp(signed_data: bytes, token: bytes) -> bytes:
    """Add a timestamp token to the unsigned attributes of a DER ``ContentInfo``; what was signed stays byte for byte.

    ``signed_data`` may have zero padding behind it.  Raises ``ValueError`` for what is no DER ``SignedData`` of one
    signer.
    """
    whole = next(der.elements(signed_data), None)
    if whole is None:
        raise ValueError("empty")
    content_type, explicit = der.elements(whole.content)
    (data,) = der.elements(explicit.content)
    *before, signer_infos = der.elements(data.content)
    (signer_info,) = der.elements(signer_infos.content)
    if content_type.encoded != _ID_SIGNED_DATA or signer_infos.tag != SET:
        raise ValueError("not a signed data")
    parts = list(der.elements(signer_info.content))
    attributes = [_attribute(_ID_TIMESTAMP_TOKEN, token)]
    if parts[-1].tag == CONTEXT_1:
        attributes += [attribute.encoded for attribute in der.elements(parts.pop().content)]
    signer = tlv(SEQUENCE, *(part.encoded for part in parts), der.set_of(attributes, tag=CONTEXT_1))
    content = tlv(SEQUENCE, *(part.encoded for part in before), tlv(SET, signer))
    return tlv(SEQUENCE, _ID_SIGNED_DATA, tlv(CONTEXT_0, content))


def _attribute(kind: bytes, value: bytes) -> bytes:
    return tlv(SEQUENCE, kind, tlv(SET, value))


def _read_certificate(certificate: bytes, mechanism: SignatureMechanism) -> tuple[bytes, int]:
    """IssuerAndSerialNumber as it stands in the certificate, and the longest signature of its key."""
    key_info = der.tbs_fields(certificate)[5]
    _, key = der.elements(key_info.content)
    key_bits = key.content[1:]  # without the count of unused bits
    return der.issuer_and_serial(certificate), _SIGNATURE_BYTES_MAX[mechanism](key_bits)


def _rsa_signature_bytes(key_bits: bytes) -> int:
    (key,) = der.elements(key_bits)
    modulus, _ = der.elements(key.content)
    return len(modulus.content.lstrip(b"\x00"))


def _ecdsa_signature_bytes(key_bits: bytes) -> int:
    """Longest ``Ecdsa-Sig-Value`` of the curve this point (SEC 1 §2.3.3) lies on."""
    coordinates = 1 if key_bits[0] in (2, 3) else 2
    number = tlv(INTEGER, bytes((len(key_bits) - 1) // coordinates + 1))
    return len(tlv(SEQUENCE, number, number))


_SIGNATURE_BYTES_MAX: dict[SignatureMechanism, Callable[[bytes], int]] = {
    SignatureMechanism.RSA_PKCS1: _rsa_signature_bytes,
    SignatureMechanism.RSA_PSS: _rsa_signature_bytes,
    SignatureMechanism.ECDSA: _ecdsa_signature_bytes,
}
