"""Algorithms of envelopes by their object identifiers: what is written, and all that is read."""

from dataclasses import dataclass

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import algorithms

DATA = "1.2.840.113549.1.7.1"
ENVELOPED_DATA = "1.2.840.113549.1.7.3"
AUTH_ENVELOPED_DATA = "1.2.840.113549.1.9.16.1.23"

RSA = "1.2.840.113549.1.1.1"
RSA_OAEP = "1.2.840.113549.1.1.7"
MGF1 = "1.2.840.113549.1.1.8"
P_SPECIFIED = "1.2.840.113549.1.1.9"
EC_PUBLIC_KEY = "1.2.840.10045.2.1"
AES256_CBC = "2.16.840.1.101.3.4.1.42"
AES256_GCM = "2.16.840.1.101.3.4.1.46"
AES256_WRAP = "2.16.840.1.101.3.4.1.45"
SHA256 = "2.16.840.1.101.3.4.2.1"
ECDH_SHA256 = "1.3.132.1.11.1"
"""dhSinglePass-stdDH-sha256kdf-scheme (RFC 5753 §7.1.4)."""
ECDH_SHA384 = "1.3.132.1.11.2"


@dataclass(frozen=True, slots=True)
class CipherKind:
    """A content encryption algorithm that can be decrypted."""

    name: str
    """For people."""
    algorithm: type[algorithms.AES] | type[TripleDES]
    key_bytes: int
    block_bytes: int
    is_gcm: bool


CIPHERS = {
    "2.16.840.1.101.3.4.1.2": CipherKind("AES-128-CBC", algorithms.AES, 16, 16, False),
    "2.16.840.1.101.3.4.1.22": CipherKind("AES-192-CBC", algorithms.AES, 24, 16, False),
    AES256_CBC: CipherKind("AES-256-CBC", algorithms.AES, 32, 16, False),
    "2.16.840.1.101.3.4.1.6": CipherKind("AES-128-GCM", algorithms.AES, 16, 16, True),
    "2.16.840.1.101.3.4.1.26": CipherKind("AES-192-GCM", algorithms.AES, 24, 16, True),
    AES256_GCM: CipherKind("AES-256-GCM", algorithms.AES, 32, 16, True),
    "1.2.840.113549.3.7": CipherKind("3DES-CBC", TripleDES, 24, 8, False),
}

HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "1.3.14.3.2.26": hashes.SHA1,
    "2.16.840.1.101.3.4.2.4": hashes.SHA224,
    SHA256: hashes.SHA256,
    "2.16.840.1.101.3.4.2.2": hashes.SHA384,
    "2.16.840.1.101.3.4.2.3": hashes.SHA512,
}

ECDH_KDF: dict[str, type[hashes.HashAlgorithm]] = {
    "1.3.133.16.840.63.0.2": hashes.SHA1,
    "1.3.132.1.11.0": hashes.SHA224,
    ECDH_SHA256: hashes.SHA256,
    ECDH_SHA384: hashes.SHA384,
    "1.3.132.1.11.3": hashes.SHA512,
    # With cofactor; that of the curves of certificates is 1, which makes them the same.
    "1.3.133.16.840.63.0.3": hashes.SHA1,
    "1.3.132.1.14.0": hashes.SHA224,
    "1.3.132.1.14.1": hashes.SHA256,
    "1.3.132.1.14.2": hashes.SHA384,
    "1.3.132.1.14.3": hashes.SHA512,
}
"""Digest of the X9.63 key derivation (RFC 5753 §7.1)."""

KEY_WRAPS = {"2.16.840.1.101.3.4.1.5": 16, "2.16.840.1.101.3.4.1.25": 24, AES256_WRAP: 32}
"""AES key wrap (RFC 3394): bytes of the wrapping key."""
