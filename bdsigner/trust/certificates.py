"""Reads one X.509 certificate into our own value."""

import hashlib
import warnings
from collections.abc import Callable, Iterable

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.x509.oid import ExtensionOID, NameOID

from bdsigner.errors import CertificateError, ErrorCode
from bdsigner.model.certificate import Certificate, KeyType, KeyUsage
from bdsigner.trust.keys import UNREADABLE, load_x509, public_key_of

MAX_CERTIFICATE_BYTES = 64 * 1024
"""Real certificates have 1–4 KiB; a PKCS#11 object or a CMS may claim any size."""

_USAGES: tuple[tuple[KeyUsage, Callable[[x509.KeyUsage], bool]], ...] = (
    (KeyUsage.DIGITAL_SIGNATURE, lambda usage: usage.digital_signature),
    (KeyUsage.NON_REPUDIATION, lambda usage: usage.content_commitment),
    (KeyUsage.KEY_ENCIPHERMENT, lambda usage: usage.key_encipherment),
    (KeyUsage.DATA_ENCIPHERMENT, lambda usage: usage.data_encipherment),
    (KeyUsage.KEY_AGREEMENT, lambda usage: usage.key_agreement),
    (KeyUsage.KEY_CERT_SIGN, lambda usage: usage.key_cert_sign),
    (KeyUsage.CRL_SIGN, lambda usage: usage.crl_sign),
    # The library refuses to tell of these two without key agreement, where they mean nothing (RFC 5280 §4.2.1.3).
    (KeyUsage.ENCIPHER_ONLY, lambda usage: usage.key_agreement and usage.encipher_only),
    (KeyUsage.DECIPHER_ONLY, lambda usage: usage.key_agreement and usage.decipher_only),
)


def parse_certificate(der: bytes) -> Certificate:
    """Read a certificate (RFC 5280 §4.1); reading says nothing of trust.

    Odd but harmless contents (string types, negative numbers, doubled or unreadable extensions) are read around:
    an extension that cannot be read counts as missing.

    Raises ``CertificateError`` CERTIFICATE_UNREADABLE.
    """
    if len(der) > MAX_CERTIFICATE_BYTES:
        raise CertificateError(ErrorCode.CERTIFICATE_UNREADABLE, reason="too large", size=len(der))
    key_type, key_bits = _key(der)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # as in load_x509: names are read once more here
            return _read(load_x509(der), der, key_type, key_bits)
    except UNREADABLE as error:
        raise CertificateError(ErrorCode.CERTIFICATE_UNREADABLE, reason=str(error)[:200]) from error


def _key(der: bytes) -> tuple[KeyType, int]:
    key = public_key_of(der)
    if isinstance(key, rsa.RSAPublicKey):
        return KeyType.RSA, key.key_size
    if isinstance(key, ec.EllipticCurvePublicKey):
        return KeyType.EC, key.key_size
    if isinstance(key, dsa.DSAPublicKey):
        return KeyType.DSA, key.key_size
    return KeyType.EDDSA, 256 if isinstance(key, ed25519.Ed25519PublicKey) else 456


def _read(certificate: x509.Certificate, der: bytes, key_type: KeyType, key_bits: int) -> Certificate:
    extensions = _extensions(certificate)
    return Certificate(
        der=der,
        sha256=hashlib.sha256(der).hexdigest(),
        serial_number=f"{certificate.serial_number:X}",
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        issuer_name=_first(certificate.issuer, NameOID.COMMON_NAME)
        or _first(certificate.issuer, NameOID.ORGANIZATION_NAME),
        common_name=_first(certificate.subject, NameOID.COMMON_NAME),
        title=_first(certificate.subject, NameOID.TITLE),
        email=_mail(extensions) or _first(certificate.subject, NameOID.EMAIL_ADDRESS),
        organization=_first(certificate.subject, NameOID.ORGANIZATION_NAME),
        unit=(_values(certificate.subject, NameOID.ORGANIZATIONAL_UNIT_NAME) or [""])[-1],
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        key_type=key_type,
        key_bits=key_bits,
        key_usage=_key_usage(extensions),
    )


def _values(name: x509.Name, oid: x509.ObjectIdentifier) -> list[str]:
    values = (attribute.value for attribute in name.get_attributes_for_oid(oid))
    return [value if isinstance(value, str) else value.hex() for value in values]


def _first(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    return next(iter(_values(name, oid)), "")


def _extensions(certificate: x509.Certificate) -> Iterable[x509.Extension[x509.ExtensionType]]:
    try:
        return certificate.extensions
    except (ValueError, TypeError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return ()


def _mail(extensions: Iterable[x509.Extension[x509.ExtensionType]]) -> str:
    for extension in extensions:
        if extension.oid == ExtensionOID.SUBJECT_ALTERNATIVE_NAME:
            names = extension.value
            if isinstance(names, x509.SubjectAlternativeName):
                return next(iter(names.get_values_for_type(x509.RFC822Name)), "")
    return ""


def _key_usage(extensions: Iterable[x509.Extension[x509.ExtensionType]]) -> frozenset[KeyUsage]:
    for extension in extensions:
        value = extension.value
        if isinstance(value, x509.KeyUsage):
            return frozenset(usage for usage, is_set in _USAGES if is_set(value))
    return frozenset()
