"""How certomancer signs here: with keys loaded once.  Imports certomancer, so imported only when that is there.

Its own backend loads and proves the RSA key anew for every certificate, CRL, OCSP answer and timestamp: 30 ms each.
"""

from functools import cache

from asn1crypto.algos import SignedDigestAlgorithm
from asn1crypto.keys import PrivateKeyInfo, PublicKeyInfo
from certomancer import crypto_utils
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_pem_private_key,
)


class OwnKeysBackend(crypto_utils.PycaCryptographyBackend):
    """For keys that we made ourselves; authorities have RSA keys and sign with PKCS#1 v1.5 and SHA-256."""

    def load_private_key(self, key_bytes: bytes, _password: bytes | None) -> tuple[PrivateKeyInfo, PublicKeyInfo]:
        """Read a key file of ``pki.make_keys``, without proving the key."""
        key = load_pem_private_key(key_bytes, password=None, unsafe_skip_rsa_key_validation=True)
        private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return PrivateKeyInfo.load(private), PublicKeyInfo.load(public)

    def generic_sign(self, private_key: PrivateKeyInfo, tbs_bytes: bytes, _algorithm: SignedDigestAlgorithm) -> bytes:
        """Sign with an authority's key."""
        return _authority_key(private_key.dump()).sign(tbs_bytes, PKCS1v15(), SHA256())


@cache
def _authority_key(der: bytes) -> RSAPrivateKey:
    key = load_der_private_key(der, password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("authorities have RSA keys")
    return key


def install() -> None:
    """Let certomancer sign this way, in this process."""
    crypto_utils.CRYPTO_BACKEND = OwnKeysBackend()
