"""The content's key, wrapped for each recipient (RFC 5652 §6.2): how it is written."""

from collections import defaultdict
from collections.abc import Sequence

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bdsigner.encryption import algorithms as oids
from bdsigner.errors import EncryptionError, ErrorCode
from bdsigner.formats.der import (
    BIT_STRING,
    CONTEXT_0,
    CONTEXT_1,
    CONTEXT_2,
    NULL,
    OCTET_STRING,
    SEQUENCE,
    integer,
    issuer_and_serial,
    oid,
    set_of,
    tlv,
)
from bdsigner.model.token import KeyScheme
from bdsigner.trust.keys import public_key_of

MIN_RSA_BITS = 2048
"""A smaller key protects nothing any more (NIST SP 800-131A)."""
MAX_RECIPIENTS = 500
_CURVES: dict[str, tuple[str, type[hashes.HashAlgorithm]]] = {
    "secp256r1": (oids.ECDH_SHA256, hashes.SHA256),
    "secp384r1": (oids.ECDH_SHA384, hashes.SHA384),
}
"""Named curve: key derivation (RFC 5753 §7.1.4)."""

_SHA256 = tlv(SEQUENCE, oid(oids.SHA256), NULL)
_OAEP = tlv(
    SEQUENCE,
    oid(oids.RSA_OAEP),
    tlv(SEQUENCE, tlv(CONTEXT_0, _SHA256), tlv(CONTEXT_1, tlv(SEQUENCE, oid(oids.MGF1), _SHA256))),
)
"""RSAES-OAEP with SHA-256 for both (RFC 4055 §4.1, RFC 3560)."""
_PKCS1 = tlv(SEQUENCE, oid(oids.RSA), NULL)
_WRAP = tlv(SEQUENCE, oid(oids.AES256_WRAP))

_EcKey = tuple[bytes, ec.EllipticCurvePublicKey]


def recipient_infos(certificates: Sequence[bytes], key: bytes, rsa_scheme: KeyScheme) -> tuple[bytes, bool]:
    """Wrap a content key for all of them: the SET OF RecipientInfo, and whether any is by key agreement.

    Recipients on one curve share the ephemeral key (RFC 5753 §3.1.1).  Raises ``EncryptionError``
    ENCRYPTION_RECIPIENT_KEY for a certificate whose key cannot be encrypted to.
    """
    if not 0 < len(certificates) <= MAX_RECIPIENTS:
        raise EncryptionError(ErrorCode.ENCRYPTION_RECIPIENTS, count=len(certificates), most=MAX_RECIPIENTS)
    infos: list[bytes] = []
    agreed: dict[str, list[_EcKey]] = defaultdict(list)
    for number, certificate in enumerate(dict.fromkeys(certificates)):
        public = public_key_of(certificate)
        if isinstance(public, rsa.RSAPublicKey) and public.key_size >= MIN_RSA_BITS:
            infos.append(_transported(certificate, public, key, rsa_scheme))
        elif isinstance(public, ec.EllipticCurvePublicKey) and public.curve.name in _CURVES:
            agreed[public.curve.name].append((certificate, public))
        else:
            raise EncryptionError(ErrorCode.ENCRYPTION_RECIPIENT_KEY, number=number + 1)
    infos += [_agreed(curve, holders, key) for curve, holders in agreed.items()]
    return set_of(infos), bool(agreed)


def _transported(certificate: bytes, public: rsa.RSAPublicKey, key: bytes, scheme: KeyScheme) -> bytes:
    """KeyTransRecipientInfo (RFC 5652 §6.2.1)."""
    if scheme is KeyScheme.RSA_OAEP:
        digest = hashes.SHA256()
        algorithm, wrapped = _OAEP, public.encrypt(key, padding.OAEP(padding.MGF1(digest), digest, None))
    else:
        algorithm, wrapped = _PKCS1, public.encrypt(key, padding.PKCS1v15())
    return tlv(SEQUENCE, integer(0), issuer_and_serial(certificate), algorithm, tlv(OCTET_STRING, wrapped))


def _agreed(curve: str, holders: Sequence[_EcKey], key: bytes) -> bytes:
    """KeyAgreeRecipientInfo (RFC 5652 §6.2.2, RFC 5753 §3.1) for all holders of keys on one curve."""
    scheme, digest = _CURVES[curve]
    ephemeral = ec.generate_private_key(holders[0][1].curve)
    point = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    originator = tlv(CONTEXT_1, tlv(SEQUENCE, oid(oids.EC_PUBLIC_KEY)), tlv(BIT_STRING, b"\x00", point))
    keys: list[bytes] = []
    for certificate, public in holders:
        kdf = X963KDF(digest(), 32, shared_info(_WRAP, None, 32))
        wrapped = aes_key_wrap(kdf.derive(ephemeral.exchange(ec.ECDH(), public)), key)
        keys.append(tlv(SEQUENCE, issuer_and_serial(certificate), tlv(OCTET_STRING, wrapped)))
    algorithm = tlv(SEQUENCE, oid(scheme), _WRAP)
    return tlv(CONTEXT_1, integer(3), tlv(CONTEXT_0, originator), algorithm, tlv(SEQUENCE, *keys))


def shared_info(wrap: bytes, user_material: bytes | None, key_bytes: int) -> bytes:
    """DER ECC-CMS-SharedInfo (RFC 5753 §7.2): the wrap algorithm as it stands, ``ukm``, and the key's length."""
    material = b"" if user_material is None else tlv(CONTEXT_0, tlv(OCTET_STRING, user_material))
    return tlv(SEQUENCE, wrap, material, tlv(CONTEXT_2, tlv(OCTET_STRING, (8 * key_bytes).to_bytes(4, "big"))))
