"""Public keys as found in certificates, also in those that strict parsers refuse."""

import warnings

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa

from bdsigner.errors import CertificateError, ErrorCode

PublicKey = (
    rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey | ed448.Ed448PublicKey | dsa.DSAPublicKey
)

UNREADABLE = (ValueError, TypeError, OverflowError, x509.InvalidVersion, UnsupportedAlgorithm)
"""What ``cryptography`` raises for certificates it cannot read."""


def load_x509(der: bytes) -> x509.Certificate:
    """Load a certificate; raises one of ``UNREADABLE``.

    Negative serial numbers and odd country codes make the library warn; that is no reason to refuse or to print.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        certificate = x509.load_der_x509_certificate(der)
        _ = certificate.serial_number, certificate.subject, certificate.issuer
        return certificate


def public_key_of(certificate_der: bytes) -> PublicKey:
    """Return the public key of a certificate.

    Some issued certificates carry an RSA modulus whose leading zero octet is missing, so that it reads as negative
    (seen on Estonian cards, hardening.md); its octets are then taken as the unsigned number that was meant.

    Raises ``CertificateError`` CERTIFICATE_UNREADABLE, also for kinds of keys that sign nothing we judge.
    """
    try:
        key: object = load_x509(certificate_der).public_key()
    except UNREADABLE:
        key = _lenient_public_key(certificate_der)
    if isinstance(key, PublicKey):
        return key
    raise CertificateError(ErrorCode.CERTIFICATE_UNREADABLE, reason="unsupported key type")


def _lenient_public_key(certificate_der: bytes) -> object:
    # Here: every start of a program that lists tokens would pay for what one certificate in thousands needs.
    from asn1crypto import keys as asn1_keys
    from asn1crypto import x509 as asn1_x509
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    try:
        certificate = asn1_x509.Certificate.load(certificate_der, strict=True)
        info = certificate["tbs_certificate"]["subject_public_key_info"]
        if info.algorithm != "rsa":
            return load_der_public_key(info.dump())
        numbers: asn1_keys.RSAPublicKey = info["public_key"].parsed
        modulus = int.from_bytes(numbers["modulus"].contents, "big")
        return rsa.RSAPublicNumbers(numbers["public_exponent"].native, modulus).public_key()
    except Exception as error:  # asn1crypto raises whatever a hostile structure leads to
        raise CertificateError(ErrorCode.CERTIFICATE_UNREADABLE, reason=type(error).__name__) from error
