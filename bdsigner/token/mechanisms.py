"""Between what is signed or wrapped and what raw mechanisms take and give; pure functions, no driver."""

import hashlib
import hmac

SHA256_DIGEST_INFO = bytes.fromhex("3031300d060960864801650304020105000420")
"""DER ``DigestInfo`` up to the digest (RFC 8017 §9.2, note 1)."""
_MIN_PADDING_BYTES = 8
"""RFC 8017 §9.2 step 3: at least eight octets of 0xff."""


def digest_info(digest: bytes) -> bytes:
    """DER ``DigestInfo`` of a SHA-256 digest: the input of CKM_RSA_PKCS (PKCS#11 v2.40 §2.1.6)."""
    return SHA256_DIGEST_INFO + digest


def emsa_pkcs1_v1_5(digest: bytes, modulus_bytes: int) -> bytes:
    """Encoded message of RFC 8017 §9.2: the input of CKM_RSA_X_509, for tokens without CKM_RSA_PKCS.

    Raises ``ValueError`` when the key is too short.
    """
    info = digest_info(digest)
    padding = modulus_bytes - len(info) - 3
    if padding < _MIN_PADDING_BYTES:
        raise ValueError("RSA key too short for SHA-256")
    return b"\x00\x01" + b"\xff" * padding + b"\x00" + info


def from_pkcs1_v1_5(block: bytes) -> bytes:
    """The message of an EME-PKCS1-v1_5 block (RFC 8017 §7.2.2 step 3).  Raises ``ValueError``."""
    end = block.find(0, 2)
    if block[:2] != b"\x00\x02" or end < 2 + _MIN_PADDING_BYTES:
        raise ValueError("padding")
    return block[end + 1 :]


def from_oaep(block: bytes, digest: str) -> bytes:
    """The message of an EME-OAEP block without a label (RFC 8017 §7.1.2 step 3), MGF1 with the same digest.

    One error for all that may be wrong, told when all was looked at.  Raises ``ValueError``.
    """
    size = hashlib.new(digest).digest_size
    masked_seed, masked = block[1 : 1 + size], block[1 + size :]
    if len(block) < 2 * size + 2:
        raise ValueError("padding")
    seed = _xor(masked_seed, _mgf1(masked, size, digest))
    data = _xor(masked, _mgf1(seed, len(masked), digest))
    end = data.find(1, size)
    is_right = hmac.compare_digest(data[:size], hashlib.new(digest, b"").digest())
    is_right &= hmac.compare_digest(data[size : max(end, size)], bytes(max(end, size) - size))
    is_right &= (block[0] == 0) & (end >= size)
    if not is_right:
        raise ValueError("padding")
    return data[end + 1 :]


def _mgf1(seed: bytes, length: int, digest: str) -> bytes:
    """RFC 8017 §B.2.1."""
    size = hashlib.new(digest).digest_size
    made = (hashlib.new(digest, seed + count.to_bytes(4, "big")).digest() for count in range(-(-length // size)))
    return b"".join(made)[:length]


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(left ^ right for left, right in zip(one, other, strict=True))
