"""From a SHA-256 digest to what a raw signing mechanism takes; pure functions, no driver."""

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
