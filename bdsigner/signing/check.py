"""Check of what a token answered, before anything is written.  Runs in the application."""

from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_der_x509_certificate

from bdsigner.errors import CertificateError, ErrorCode, TokenError
from bdsigner.model.token import SignatureMechanism

_PREHASHED = Prehashed(SHA256())


@lru_cache(maxsize=4)  # a batch has one
def _public_key(certificate: bytes) -> CertificatePublicKeyTypes:
    return load_der_x509_certificate(certificate).public_key()


def check_signature_value(certificate: bytes, digest: bytes, signature: bytes, mechanism: SignatureMechanism) -> None:
    """Verify ``signature`` over a SHA-256 ``digest`` with the certificate's key.

    Raises ``TokenError`` ``TOKEN_SIGNATURE_MISMATCH`` when it does not fit, ``CertificateError``
    ``CERTIFICATE_UNREADABLE`` when the certificate has no usable key.  Does not judge the certificate.
    """
    try:
        key = _public_key(certificate)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise CertificateError(ErrorCode.CERTIFICATE_UNREADABLE, reason=str(error)) from error
    try:
        if isinstance(key, rsa.RSAPublicKey) and mechanism is SignatureMechanism.RSA_PKCS1:
            key.verify(signature, digest, padding.PKCS1v15(), _PREHASHED)
        elif isinstance(key, rsa.RSAPublicKey) and mechanism is SignatureMechanism.RSA_PSS:
            pss = padding.PSS(padding.MGF1(SHA256()), SHA256.digest_size)
            key.verify(signature, digest, pss, _PREHASHED)
        elif isinstance(key, ec.EllipticCurvePublicKey) and mechanism is SignatureMechanism.ECDSA:
            key.verify(signature, digest, ec.ECDSA(_PREHASHED))
        else:
            raise TokenError(ErrorCode.TOKEN_SIGNATURE_MISMATCH, mechanism=mechanism.value)
    except (InvalidSignature, ValueError) as error:
        raise TokenError(ErrorCode.TOKEN_SIGNATURE_MISMATCH, mechanism=mechanism.value) from error
