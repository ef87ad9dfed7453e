"""Looks at envelopes and decrypts them (RFC 5652 §6, RFC 5083); the private key stays where it is.

Whatever does not decrypt ends in one code: which of key, padding or tag it was is nobody's business (RFC 3218).
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO, NoReturn

from asn1crypto import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import AEADDecryptionContext, Cipher, CipherContext, modes
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bdsigner.encryption.recipients import shared_info
from bdsigner.encryption.structure import ReadEnvelope, RecipientKey, read_structure
from bdsigner.errors import DocumentError, EncryptionError, ErrorCode, TokenError
from bdsigner.formats.behind import WriteBehind
from bdsigner.formats.ber import BLOCK_BYTES, BerError
from bdsigner.formats.content import kind_of
from bdsigner.formats.content_info import is_named
from bdsigner.formats.mail import MailError, find_signed
from bdsigner.formats.views import ViewError, without_armour
from bdsigner.model.encryption import Envelope, EnvelopeRecipient, OpenedContent
from bdsigner.model.token import KeyScheme, WrappedKey
from bdsigner.model.verification import FileKind
from bdsigner.ports import TellBytes, UnwrapKey
from bdsigner.trust.keys import public_key_of

HEAD_BYTES = 1024
_SUFFIXES = {FileKind.PDF: ".pdf", FileKind.CMS: ".p7m", FileKind.MAIL: ".eml"}
_MAGIC = (
    (b"PK\x03\x04", ".zip"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"II*\x00", ".tif"),
    (b"MM\x00*", ".tif"),
    (b"{\\rtf", ".rtf"),
)


def read_envelope(path: Path, certificates: Sequence[bytes]) -> Envelope:
    """Look at an envelope without a key; ``certificates`` (DER) are those at hand.

    BER, DER, PEM and mails (S/MIME) are read.  Raises ``DocumentError``; ``EncryptionError`` ENCRYPTION_NOT_ENVELOPE.
    """
    with _envelope(path) as (read, size):
        at_hand = [_loaded(certificate) for certificate in certificates]
        return Envelope(
            is_authenticated=read.is_authenticated,
            cipher=read.cipher.name if read.cipher is not None else read.algorithm,
            is_readable=read.cipher is not None,
            size_bytes=size,
            recipients=tuple(_described(recipient, at_hand) for recipient in read.recipients),
        )


def open_envelope(
    path: Path, partial: Path, *, recipient: int, certificate: bytes, unwrap: UnwrapKey, tell: TellBytes
) -> OpenedContent:
    """Decrypt to ``partial``; see ``ports.Envelopes.open``."""
    with _envelope(path) as (read, size), partial.open("r+b", buffering=0) as output:
        if read.cipher is None:
            raise EncryptionError(ErrorCode.ENCRYPTION_UNSUPPORTED, algorithm=read.algorithm)
        key = _content_key(read.recipients[recipient], certificate, unwrap, read.cipher.key_bytes)
        try:
            return _decrypted(read, key, output, size, tell)
        except (InvalidTag, _PaddingError) as error:
            output.truncate(0)
            _not_decrypted(error)
        except BaseException as error:  # whoever asked may be gone: nothing that is not whole stays
            output.truncate(0)
            if isinstance(error, BerError):
                raise DocumentError(ErrorCode.DOCUMENT_DAMAGED, reason=str(error)) from error
            raise


def _decrypted(read: ReadEnvelope, key: bytes, output: RawIOBase, size: int, tell: TellBytes) -> OpenedContent:
    decryptor = _decryptor(read, key)
    buffers = [memoryview(bytearray(BLOCK_BYTES + 32)) for _ in range(WriteBehind.DEPTH + 1)]
    hold = read.cipher.block_bytes if read.cipher is not None and not read.cipher.is_gcm else 0
    held, head, done, written = b"", b"", 0, 0
    with WriteBehind(output) as behind:
        for turn, block in enumerate(read.source.octets(read.content)):
            done += len(block)
            buffer = buffers[turn % len(buffers)]
            made = buffer[: decryptor.update_into(block, buffer)]
            if hold:  # the last block says how much of it is padding
                made = memoryview(held + made)
                made, held = made[: max(0, len(made) - hold)], bytes(made[max(0, len(made) - hold) :])
            head += bytes(made[: HEAD_BYTES - len(head)])
            written += len(made)
            if made:
                behind.write(made)
            tell(min(done, size), size)
        rest = _finished(decryptor, read, held)
        head, written = head + rest[:HEAD_BYTES], written + len(rest)
        behind.write(rest)
    tell(size, size)
    return OpenedContent(size_bytes=written, suffix=_suffix_of(head))


def _decryptor(read: ReadEnvelope, key: bytes) -> CipherContext:
    cipher = read.cipher
    if cipher is None:  # asked before
        raise EncryptionError(ErrorCode.ENCRYPTION_UNSUPPORTED, algorithm=read.algorithm)
    if not cipher.is_gcm:
        return Cipher(cipher.algorithm(key), modes.CBC(read.nonce)).decryptor()
    decryptor = Cipher(cipher.algorithm(key), modes.GCM(read.nonce, min_tag_length=read.tag_bytes)).decryptor()
    decryptor.authenticate_additional_data(read.attributes)
    return decryptor


def _finished(decryptor: CipherContext, read: ReadEnvelope, held: bytes) -> bytes:
    """The last bytes, once tag or padding hold.  Raises ``InvalidTag``, ``_PaddingError``."""
    if isinstance(decryptor, AEADDecryptionContext):
        return decryptor.finalize_with_tag(read.mac)
    try:
        decryptor.finalize()
    except ValueError as error:  # no whole number of blocks
        raise _PaddingError from error
    count = held[-1] if held else 0
    if not 0 < count <= len(held) or held[-count:] != bytes((count,)) * count:
        raise _PaddingError
    return held[:-count]


class _PaddingError(ValueError):
    """The last block does not end as RFC 5652 §6.3 wants it."""


def _content_key(recipient: RecipientKey, certificate: bytes, unwrap: UnwrapKey, key_bytes: int) -> bytes:
    """Raises ``EncryptionError``, and what ``unwrap`` does for more than a key that does not fit."""
    scheme = recipient.scheme
    if scheme is None:
        raise EncryptionError(ErrorCode.ENCRYPTION_UNSUPPORTED, algorithm="")
    try:
        if scheme is KeyScheme.ECDH:
            key = _agreed_key(recipient, certificate, unwrap)
        else:
            key = unwrap(WrappedKey(scheme=scheme, data=recipient.wrapped, oaep_hash=recipient.oaep_hash or "sha256"))
    except TokenError as error:
        if error.code is ErrorCode.TOKEN_DECRYPTION_FAILED:
            _not_decrypted(error)
        raise
    except (ValueError, InvalidUnwrap) as error:
        _not_decrypted(error)
    if len(key) != key_bytes:
        raise EncryptionError(ErrorCode.ENCRYPTION_NOT_DECRYPTED)
    return key


def _agreed_key(recipient: RecipientKey, certificate: bytes, unwrap: UnwrapKey) -> bytes:
    """ECDH, X9.63 key derivation, AES key unwrap (RFC 5753 §3.1.2).  Raises ``ValueError``, ``InvalidUnwrap``."""
    public = public_key_of(certificate)
    if not isinstance(public, ec.EllipticCurvePublicKey) or recipient.kdf is None:
        raise ValueError("not an EC key")
    # A point that is not on the recipient's curve would tell about the key: refused before the token sees it.
    point = ec.EllipticCurvePublicKey.from_encoded_point(public.curve, recipient.point)
    encoded = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    secret = unwrap(WrappedKey(scheme=KeyScheme.ECDH, data=encoded))
    info = shared_info(recipient.wrap, recipient.user_material, recipient.wrap_key_bytes)
    wrapping = X963KDF(recipient.kdf(), recipient.wrap_key_bytes, info).derive(secret)
    return aes_key_unwrap(wrapping, recipient.wrapped)


def _not_decrypted(error: Exception) -> NoReturn:
    raise EncryptionError(ErrorCode.ENCRYPTION_NOT_DECRYPTED) from error


@contextmanager
def _envelope(path: Path) -> Iterator[tuple[ReadEnvelope, int]]:
    """The envelope in a file, and the file's size.  Raises ``DocumentError``, ``EncryptionError``."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            found, length = _unwrapped(file, size)
            yield read_structure(found, length), size
    except (ViewError, MailError) as error:
        raise DocumentError(ErrorCode.DOCUMENT_DAMAGED, reason=str(error)) from error


def _unwrapped(file: BinaryIO, size: int) -> tuple[BinaryIO, int]:
    """The CMS itself.  Raises ``ViewError``, ``MailError``, ``EncryptionError``."""
    kind = kind_of(file.read(HEAD_BYTES))
    if kind is FileKind.MAIL:
        part = find_signed(file, size)
        if part is not None:
            return part.cms, part.cms_bytes
    elif kind is FileKind.CMS:
        return without_armour(file, size)
    raise EncryptionError(ErrorCode.ENCRYPTION_NOT_ENVELOPE, type=kind.value if kind is not None else "")


def _loaded(certificate: bytes) -> x509.Certificate | None:
    try:
        loaded = x509.Certificate.load(certificate, strict=True)
        _ = loaded.serial_number, loaded.key_identifier, loaded.issuer.hashable
    except (ValueError, TypeError, KeyError):
        return None
    return loaded


def _described(recipient: RecipientKey, at_hand: Sequence[x509.Certificate | None]) -> EnvelopeRecipient:
    wanted = recipient.identifier
    candidate = next(
        (
            number
            for number, one in enumerate(at_hand)
            if one is not None and wanted is not None and is_named(wanted, one)
        ),
        None,
    )
    if isinstance(wanted, bytes):
        return EnvelopeRecipient(scheme=recipient.scheme, key_identifier=wanted.hex(), candidate=candidate)
    if wanted is None:
        return EnvelopeRecipient(scheme=recipient.scheme)
    return EnvelopeRecipient(
        scheme=recipient.scheme,
        issuer=wanted["issuer"].human_friendly,
        serial_number=f"{wanted['serial_number'].native:X}",
        candidate=candidate,
    )


def _suffix_of(head: bytes) -> str:
    for magic, suffix in _MAGIC:
        if head.startswith(magic):
            return suffix
    kind = kind_of(head)
    return _SUFFIXES[kind] if kind is not None else ""
