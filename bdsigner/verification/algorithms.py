"""Checks signature values with a public key, by the algorithm identifiers of CMS (RFC 5652, RFC 4055, RFC 5758)."""

from dataclasses import dataclass

from asn1crypto import algos
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa, utils

from bdsigner.trust.keys import PublicKey

HASHES: dict[str, hashes.HashAlgorithm] = {
    "md5": hashes.MD5(),  # noqa: S303  # verified only to be reported as weak
    "sha1": hashes.SHA1(),  # noqa: S303  # verified only to be reported as weak
    "sha224": hashes.SHA224(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
    "sha3_224": hashes.SHA3_224(),
    "sha3_256": hashes.SHA3_256(),
    "sha3_384": hashes.SHA3_384(),
    "sha3_512": hashes.SHA3_512(),
}
"""By the names asn1crypto and hashlib share."""

WEAK_DIGESTS = frozenset({"md5", "sha1"})
"""Collisions can be made: such a signature is never valid."""

MIN_RSA_BITS = 2048
"""Smaller keys can be broken or soon will be (ETSI TS 119 312)."""

_RSA_SHA3 = {f"2.16.840.1.101.3.4.3.{number}": name for number, name in (
    (13, "sha3_224"), (14, "sha3_256"), (15, "sha3_384"), (16, "sha3_512"))}  # fmt: skip

_EC_PUBLIC_KEY = "1.2.840.10045.2.1"
_WITHOUT_DIGEST = frozenset({"1.2.840.113549.1.1.1", _EC_PUBLIC_KEY})
"""rsaEncryption and ecPublicKey name no digest: SignerInfo's applies (RFC 3370 §3.2)."""


class UnsupportedSignature(Exception):
    """The algorithm is unknown here, or does not fit the key: the signature can be judged neither way."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A signature value was checked."""

    holds: bool
    digest: str


class DigestOf:
    """Hashes fixed bytes, or hands out a digest that is known already."""

    def __init__(self, data: bytes | None = None, known: dict[str, bytes] | None = None) -> None:
        self._data = data
        self._known = known or {}

    def __call__(self, name: str) -> bytes:
        """Return the digest.  Raises ``UnsupportedSignature`` when it is neither known nor can be made."""
        if name in self._known:
            return self._known[name]
        if self._data is None or name not in HASHES:
            raise UnsupportedSignature(name)
        state = hashes.Hash(HASHES[name])
        state.update(self._data)
        return state.finalize()


def check_value(
    key: PublicKey, value: bytes, digest_of: DigestOf, algorithm: algos.SignedDigestAlgorithm, declared_digest: str
) -> Checked:
    """Check ``value``; ``digest_of`` hashes the signed bytes with the algorithm that turns out to be used.

    Raises ``UnsupportedSignature``.
    """
    if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        raise UnsupportedSignature("EdDSA")
    name = _digest_name(algorithm, declared_digest)
    digest = HASHES.get(name)
    if digest is None:
        raise UnsupportedSignature(name)
    try:
        _verify(key, value, digest_of(name), digest, algorithm)
    except InvalidSignature:
        return Checked(holds=False, digest=name)
    except (UnsupportedAlgorithm, ValueError, TypeError, KeyError) as error:
        raise UnsupportedSignature(str(error)) from error
    return Checked(holds=True, digest=name)


def _digest_name(algorithm: algos.SignedDigestAlgorithm, declared: str) -> str:
    dotted = algorithm["algorithm"].dotted
    if dotted in _RSA_SHA3:
        return _RSA_SHA3[dotted]
    if dotted in _WITHOUT_DIGEST:
        return declared
    try:
        if algorithm.signature_algo == "rsassa_pss":
            return str(algorithm["parameters"]["hash_algorithm"]["algorithm"].native)
        return str(algorithm.hash_algo)
    except ValueError as error:
        raise UnsupportedSignature(dotted) from error


def _verify(
    key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey,
    value: bytes,
    digest: bytes,
    hashed: hashes.HashAlgorithm,
    algorithm: algos.SignedDigestAlgorithm,
) -> None:
    prehashed = utils.Prehashed(hashed)
    name = algorithm["algorithm"].native
    is_curve_algorithm = "ecdsa" in name or algorithm["algorithm"].dotted == _EC_PUBLIC_KEY
    if is_curve_algorithm is not isinstance(key, ec.EllipticCurvePublicKey):
        raise InvalidSignature
    if isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(value, digest, ec.ECDSA(prehashed))
    elif name == "rsassa_pss":
        parameters = algorithm["parameters"]
        mask = HASHES[parameters["mask_gen_algorithm"]["parameters"]["algorithm"].native]
        key.verify(value, digest, padding.PSS(padding.MGF1(mask), parameters["salt_length"].native), prehashed)
    else:
        key.verify(value, digest, padding.PKCS1v15(), prehashed)
