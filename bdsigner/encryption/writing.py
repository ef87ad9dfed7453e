"""Writes envelopes: AuthEnvelopedData with AES-GCM (RFC 5083, RFC 5084), EnvelopedData with AES-CBC (RFC 5652 §6).

The content goes through in blocks, encrypted while the block before is written.  Where its size is known before, all
is DER, the content one OCTET STRING; an archive's is not known and comes in pieces (X.690 §8.7.3).
"""

import secrets
from collections.abc import Iterator
from io import RawIOBase

from cryptography.hazmat.primitives.ciphers import AEADEncryptionContext, Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from bdsigner.encryption import algorithms as oids
from bdsigner.encryption.recipients import recipient_infos
from bdsigner.encryption.sources import archived, file_blocks, size_of
from bdsigner.errors import EncryptionError, ErrorCode
from bdsigner.formats.behind import WriteBehind
from bdsigner.formats.ber import BLOCK_BYTES
from bdsigner.formats.der import CONTEXT_0, OCTET_STRING, SEQUENCE, head, integer, oid, tlv
from bdsigner.model.encryption import EnvelopeRequest
from bdsigner.model.profile import ContentCipher
from bdsigner.ports import TellBytes

KEY_BYTES = 32
NONCE_BYTES = 12
"""RFC 5084 §3.2 recommends 12."""
TAG_BYTES = 16
CBC_BLOCK_BYTES = 16
GCM_MAX_BYTES = (1 << 36) - 32
"""Of one message under one key (NIST SP 800-38D §5.2.1.1)."""
_PRIMITIVE_0, _INDEFINITE, _END = 0x80, b"\x80", b"\x00\x00"


def write_envelope(request: EnvelopeRequest, *, tell: TellBytes) -> int:
    """Encrypt to ``request.partial`` and return its size in bytes; flushing it to disk is left to the caller.

    Raises ``DocumentError`` DOCUMENT_NOT_FOUND, DOCUMENT_UNREADABLE, DOCUMENT_CHANGED_MEANWHILE; ``EncryptionError``
    ENCRYPTION_RECIPIENTS, ENCRYPTION_RECIPIENT_KEY, ENCRYPTION_TOO_LARGE; ``OSError`` of the output; what ``tell`` raises.
    """
    sizes = [size_of(member) for member in request.members]
    if request.cipher is ContentCipher.AES256_GCM and sum(sizes) > GCM_MAX_BYTES:
        raise EncryptionError(ErrorCode.ENCRYPTION_TOO_LARGE, size=sum(sizes), most=GCM_MAX_BYTES)
    with request.partial.open("r+b", buffering=0) as output:
        key = secrets.token_bytes(KEY_BYTES)
        infos, is_agreed = recipient_infos(request.recipients, key, request.rsa)
        envelope = _Envelope(request.cipher, key, infos, version=2 if is_agreed else 0)
        if request.is_archive:
            envelope.write(output, archived(request.members, sizes, tell), size=None)
        else:
            size = sizes[0]
            blocks = file_blocks(request.members[0], size, lambda done: tell(done, size))
            envelope.write(output, blocks, size=size)
        return output.tell()


class _Envelope:
    """The structure around the content."""

    def __init__(self, cipher: ContentCipher, key: bytes, infos: bytes, *, version: int) -> None:
        self._is_gcm = cipher is ContentCipher.AES256_GCM
        nonce = secrets.token_bytes(NONCE_BYTES if self._is_gcm else CBC_BLOCK_BYTES)
        encoded = tlv(OCTET_STRING, nonce)
        algorithm = oid(oids.AES256_GCM if self._is_gcm else oids.AES256_CBC)
        parameters = tlv(SEQUENCE, encoded, integer(TAG_BYTES)) if self._is_gcm else encoded
        self._kind = oid(oids.AUTH_ENVELOPED_DATA if self._is_gcm else oids.ENVELOPED_DATA)
        self._before = integer(0 if self._is_gcm else version) + infos
        self._described = oid(oids.DATA) + tlv(SEQUENCE, algorithm, parameters)
        self._encryptor = Cipher(AES(key), modes.GCM(nonce) if self._is_gcm else modes.CBC(nonce)).encryptor()

    def write(self, output: RawIOBase, blocks: Iterator[memoryview], *, size: int | None) -> None:
        """``size`` of the content in bytes; ``None``: not known before."""
        with WriteBehind(output) as behind:
            behind.write(self._opening(size))
            for piece in self._encrypted(blocks):
                if size is None:
                    behind.write(head(OCTET_STRING, len(piece)))
                behind.write(piece)
            behind.write(self._closing(size))

    def _opening(self, size: int | None) -> bytes:
        """Everything in front of the content, which is in an element tagged [0]."""
        if size is None:
            sequence = bytes((SEQUENCE,)) + _INDEFINITE
            tagged = bytes((CONTEXT_0,)) + _INDEFINITE
            return sequence + self._kind + tagged + sequence + self._before + sequence + self._described + tagged
        encrypted = size if self._is_gcm else size + CBC_BLOCK_BYTES - size % CBC_BLOCK_BYTES
        tag = len(tlv(OCTET_STRING, bytes(TAG_BYTES))) if self._is_gcm else 0
        opening = self._described + head(_PRIMITIVE_0, encrypted)
        opening = self._before + head(SEQUENCE, len(opening) + encrypted) + opening
        opening = head(SEQUENCE, len(opening) + encrypted + tag) + opening
        opening = self._kind + head(CONTEXT_0, len(opening) + encrypted + tag) + opening
        return head(SEQUENCE, len(opening) + encrypted + tag) + opening

    def _closing(self, size: int | None) -> bytes:
        tag = tlv(OCTET_STRING, self._encryptor.tag) if isinstance(self._encryptor, AEADEncryptionContext) else b""
        return tag if size is not None else _END * 2 + tag + _END * 3

    def _encrypted(self, blocks: Iterator[memoryview]) -> Iterator[memoryview]:
        """The content in blocks; each is written while the next one is made, so there are three buffers."""
        buffers = [memoryview(bytearray(BLOCK_BYTES + CBC_BLOCK_BYTES)) for _ in range(WriteBehind.DEPTH + 1)]
        turn, length = 0, 0
        for turn, block in enumerate(blocks, 1):
            length += len(block)
            made = self._encryptor.update_into(block, buffers[turn % len(buffers)])
            if made:
                yield buffers[turn % len(buffers)][:made]
        if not self._is_gcm:
            rest = CBC_BLOCK_BYTES - length % CBC_BLOCK_BYTES
            yield memoryview(self._encryptor.update(bytes((rest,)) * rest))
        self._encryptor.finalize()
