"""Checks signature values with a public key, by the algorithm identifiers of CMS.

RFC 3370, RFC 4055, RFC 5754, RFC 5758, RFC 8419 (EdDSA), RFC 8702, NIST CSOR (SHA-3), BSI TR-03111 §5.2.1 (plain ECDSA).
"""

from dataclasses import dataclass
from enum import Enum

from asn1crypto import algos
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa, utils

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


class _Scheme(Enum):
    RSA = "RSASSA-PKCS1-v1_5"
    PSS = "RSASSA-PSS"
    ECDSA = "ECDSA"
    PLAIN_ECDSA = "ECDSA, r and s side by side"
    DSA = "DSA"
    EDDSA = "EdDSA"


_KEYS: dict[_Scheme, tuple[type, ...]] = {
    _Scheme.RSA: (rsa.RSAPublicKey,),
    _Scheme.PSS: (rsa.RSAPublicKey,),
    _Scheme.ECDSA: (ec.EllipticCurvePublicKey,),
    _Scheme.PLAIN_ECDSA: (ec.EllipticCurvePublicKey,),
    _Scheme.DSA: (dsa.DSAPublicKey,),
    _Scheme.EDDSA: (ed25519.Ed25519PublicKey, ed448.Ed448PublicKey),
}

_NIST = "2.16.840.1.101.3.4.3"
_BSI = "0.4.0.127.0.7.1.1.4.1"
_SHA2, _SHA3 = ("sha224", "sha256", "sha384", "sha512"), ("sha3_224", "sha3_256", "sha3_384", "sha3_512")


def _numbered(arc: str, first: int, scheme: _Scheme, digests: tuple[str, ...]) -> dict[str, tuple[_Scheme, str | None]]:
    return {f"{arc}.{number}": (scheme, digest) for number, digest in enumerate(digests, start=first)}


_ALGORITHMS: dict[str, tuple[_Scheme, str | None]] = {
    "1.2.840.113549.1.1.1": (_Scheme.RSA, None),
    "1.2.840.113549.1.1.4": (_Scheme.RSA, "md5"),
    "1.2.840.113549.1.1.5": (_Scheme.RSA, "sha1"),
    "1.3.14.3.2.29": (_Scheme.RSA, "sha1"),
    **_numbered("1.2.840.113549.1.1", 11, _Scheme.RSA, ("sha256", "sha384", "sha512", "sha224")),
    **_numbered(_NIST, 13, _Scheme.RSA, _SHA3),
    "1.2.840.113549.1.1.10": (_Scheme.PSS, None),
    "1.2.840.10045.2.1": (_Scheme.ECDSA, None),
    "1.2.840.10045.4.1": (_Scheme.ECDSA, "sha1"),
    **_numbered("1.2.840.10045.4.3", 1, _Scheme.ECDSA, _SHA2),
    **_numbered(_NIST, 9, _Scheme.ECDSA, _SHA3),
    **_numbered(_BSI, 1, _Scheme.PLAIN_ECDSA, ("sha1", *_SHA2)),
    **_numbered(_BSI, 8, _Scheme.PLAIN_ECDSA, _SHA3),
    "1.2.840.10040.4.1": (_Scheme.DSA, None),
    "1.2.840.10040.4.3": (_Scheme.DSA, "sha1"),
    "1.3.14.3.2.27": (_Scheme.DSA, "sha1"),
    **_numbered(_NIST, 1, _Scheme.DSA, (*_SHA2, *_SHA3)),
    "1.3.101.112": (_Scheme.EDDSA, None),
    "1.3.101.113": (_Scheme.EDDSA, None),
}
"""What an identifier stands for; ``None``: it names no digest, so SignerInfo's applies (RFC 3370 §3.2)."""


class UnsupportedSignature(Exception):
    """The algorithm is unknown here, or does not fit the key: the signature can be judged neither way."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A signature value was checked."""

    holds: bool
    digest: str
    is_reencoded: bool = False
    """It holds over the DER of signed attributes that were not in DER."""


class DigestOf:
    """Hashes fixed bytes, or hands out a digest that is known already."""

    def __init__(self, data: bytes | None = None, known: dict[str, bytes] | None = None) -> None:
        self._data = data
        self._known = known or {}

    def __call__(self, name: str) -> bytes:
        """Return the digest.  Raises ``UnsupportedSignature`` when it is neither known nor can be made."""
        if name in self._known:
            return self._known[name]
        if name not in HASHES:
            raise UnsupportedSignature(name)
        state = hashes.Hash(HASHES[name])
        state.update(self.data)
        return state.finalize()

    @property
    def data(self) -> bytes:
        """The bytes themselves.  Raises ``UnsupportedSignature`` when only digests are known."""
        if self._data is None:
            raise UnsupportedSignature("content too large")
        return self._data


def digest_name(algorithm: algos.SignedDigestAlgorithm, declared: str) -> str:
    """The digest that a signature algorithm works on; ``declared`` is SignerInfo's.

    Raises ``UnsupportedSignature``.
    """
    scheme, digest = _scheme(algorithm)
    if scheme is _Scheme.PSS:
        try:
            return str(algorithm["parameters"]["hash_algorithm"]["algorithm"].native)
        except (ValueError, TypeError, KeyError) as error:
            raise UnsupportedSignature("RSASSA-PSS") from error
    return digest or declared


def check_value(
    key: PublicKey, value: bytes, digest_of: DigestOf, algorithm: algos.SignedDigestAlgorithm, declared_digest: str
) -> Checked:
    """Check ``value``; ``digest_of`` hashes the signed bytes with the algorithm that turns out to be used.

    Raises ``UnsupportedSignature``.
    """
    scheme, _ = _scheme(algorithm)
    name = digest_name(algorithm, declared_digest)
    if not isinstance(key, _KEYS[scheme]):
        return Checked(holds=False, digest=name)
    try:
        if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
            key.verify(value, digest_of.data)
        else:
            _verify(scheme, key, value, digest_of(name), HASHES[name], algorithm)
    except InvalidSignature:
        return Checked(holds=False, digest=name)
    except (UnsupportedAlgorithm, ValueError, TypeError, KeyError) as error:
        raise UnsupportedSignature(str(error)) from error
    return Checked(holds=True, digest=name)


def _scheme(algorithm: algos.SignedDigestAlgorithm) -> tuple[_Scheme, str | None]:
    dotted = algorithm["algorithm"].dotted
    if dotted not in _ALGORITHMS:
        raise UnsupportedSignature(str(dotted))
    return _ALGORITHMS[dotted]


def _verify(
    scheme: _Scheme,
    key: rsa.RSAPublicKey | ec.EllipticCurvePublicKey | dsa.DSAPublicKey,
    value: bytes,
    digest: bytes,
    hashed: hashes.HashAlgorithm,
    algorithm: algos.SignedDigestAlgorithm,
) -> None:
    prehashed = utils.Prehashed(hashed)
    if isinstance(key, ec.EllipticCurvePublicKey):
        is_plain = scheme is _Scheme.PLAIN_ECDSA or not _is_sequence(value)
        key.verify(_sequence_of(value, key) if is_plain else value, digest, ec.ECDSA(prehashed))
    elif isinstance(key, dsa.DSAPublicKey):
        key.verify(value, digest, prehashed)
    elif scheme is _Scheme.PSS:
        parameters = algorithm["parameters"]
        mask = HASHES[parameters["mask_gen_algorithm"]["parameters"]["algorithm"].native]
        key.verify(value, digest, padding.PSS(padding.MGF1(mask), parameters["salt_length"].native), prehashed)
    else:
        key.verify(value, digest, padding.PKCS1v15(), prehashed)


def _is_sequence(value: bytes) -> bool:
    """Some cards' software leaves r and s side by side under the ordinary identifiers too."""
    try:
        utils.decode_dss_signature(value)
    except ValueError:
        return False
    return True


def _sequence_of(plain: bytes, key: ec.EllipticCurvePublicKey) -> bytes:
    octets = (key.key_size + 7) // 8
    if len(plain) != 2 * octets:
        raise InvalidSignature
    return utils.encode_dss_signature(int.from_bytes(plain[:octets], "big"), int.from_bytes(plain[octets:], "big"))
