"""Recipients with keys in software: what a token does with a wrapped key, done by ``cryptography``."""

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from bdsigner.encryption.reading import open_envelope, read_envelope
from bdsigner.encryption.writing import write_envelope
from bdsigner.errors import ErrorCode, TokenError
from bdsigner.model.encryption import EnvelopeRequest, Member
from bdsigner.model.profile import ContentCipher
from bdsigner.model.token import KeyScheme, WrappedKey
from tests.support.small_pki import Holder, key_usage, make_certificate, rsa_key

USAGE = key_usage("key_encipherment", "key_agreement")


@cache
def recipient(kind: str, number: int = 0) -> Holder:
    """``rsa``, ``p256`` or ``p384``."""
    key = (
        rsa_key(20 + number)
        if kind == "rsa"
        else ec.generate_private_key({"p256": ec.SECP256R1, "p384": ec.SECP384R1}[kind]())
    )
    return make_certificate(f"Người nhận {kind} {number}", None, key=key, usage=USAGE, addresses=False)


def unwrap_with(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> Callable[[WrappedKey], bytes]:
    """As ``TokenSession.unwrap`` answers."""

    def unwrap(wrapped: WrappedKey) -> bytes:
        try:
            if isinstance(key, ec.EllipticCurvePrivateKey):
                point = ec.EllipticCurvePublicKey.from_encoded_point(key.curve, wrapped.data)
                return key.exchange(ec.ECDH(), point)
            if wrapped.scheme is KeyScheme.RSA_PKCS1:
                return key.decrypt(wrapped.data, padding.PKCS1v15())
            digest = getattr(hashes, wrapped.oaep_hash.upper())()
            return key.decrypt(wrapped.data, padding.OAEP(padding.MGF1(digest), digest, None))
        except ValueError as error:
            raise TokenError(ErrorCode.TOKEN_DECRYPTION_FAILED) from error

    return unwrap


def not_watched(done: int, total: int) -> None:
    """Nobody watches."""
    assert 0 <= done <= total


def encrypt(
    source: Path,
    target: Path,
    holders: Sequence[Holder],
    *,
    cipher: ContentCipher = ContentCipher.AES256_GCM,
    rsa_scheme: KeyScheme = KeyScheme.RSA_OAEP,
    is_archive: bool = False,
) -> Path:
    """One file, or a folder as an archive."""
    files = sorted(source.rglob("*")) if is_archive else [source]
    members = tuple(Member(path=path, name=path.name) for path in files if path.is_file())
    target.touch()
    request = EnvelopeRequest(
        members=members,
        is_archive=is_archive,
        partial=target,
        recipients=tuple(holder.der for holder in holders),
        cipher=cipher,
        rsa=rsa_scheme,
    )
    assert write_envelope(request, tell=not_watched) == target.stat().st_size
    return target


def decrypt(envelope: Path, target: Path, holder: Holder) -> bytes:
    """For that holder, who must be among the recipients."""
    found = read_envelope(envelope, [holder.der])
    mine = [number for number, one in enumerate(found.recipients) if one.candidate == 0]
    assert len(mine) == 1
    target.write_bytes(b"")
    opened = open_envelope(
        envelope, target, recipient=mine[0], certificate=holder.der, unwrap=unwrap_with(holder.key), tell=not_watched
    )
    content = target.read_bytes()
    assert opened.size_bytes == len(content)
    return content
