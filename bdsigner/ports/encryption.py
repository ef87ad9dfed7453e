"""Envelopes: written and opened; who else may do it (Đ13.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bdsigner.errors import EncryptionError, ErrorCode

if TYPE_CHECKING:
    from bdsigner.model.encryption import Envelope, EnvelopeRequest, OpenedContent
    from bdsigner.model.token import WrappedKey

UnwrapKey = Callable[["WrappedKey"], bytes]
"""What the recipient's private key makes of it: RSA: the content's key; ECDH: the shared secret Z (the x coordinate).

Raises ``TokenError``, ``UserCancelled``; ``TOKEN_DECRYPTION_FAILED`` for whatever padding or key does not fit.
"""

TellBytes = Callable[[int, int], None]
"""Told how many bytes of how many are done.  Raises ``UserCancelled`` when the person asked to stop."""


class Envelopes(Protocol):
    """CMS envelopes are written and read in sandboxed children with constant memory; may be called from any thread."""

    def write(self, request: EnvelopeRequest, *, tell: TellBytes) -> int:
        """Write an envelope: DER, an archive's content in BER pieces as its size is not known; returns its size in bytes.

        Raises ``DocumentError`` for members that cannot be read, ``EncryptionError`` for recipients' keys.
        """

    def read(self, path: Path, *, certificates: Sequence[bytes] = ()) -> Envelope:
        """Look at an envelope without a key; ``certificates`` (DER) are those at hand.  Raises ``DocumentError``, ``EncryptionError``."""

    def open(
        self, path: Path, partial: Path, *, recipient: int, certificate: bytes, unwrap: UnwrapKey, tell: TellBytes
    ) -> OpenedContent:
        """Decrypt to ``partial``, an empty file of ours, for the recipient of that index in ``Envelope.recipients``.

        ``certificate`` is that recipient's.  ``unwrap`` is called once, in the caller's thread; what it raises comes
        out of here.  Raises ``DocumentError``; ``EncryptionError`` with one code for whatever does not decrypt: keys,
        padding, tag; the caller removes ``partial``, whose bytes are not to be shown.
        """


class NoEnvelopes:
    """``Envelopes`` for where nothing is encrypted."""

    def write(self, request: EnvelopeRequest, *, tell: TellBytes) -> int:
        """There is nothing that could."""
        raise EncryptionError(ErrorCode.ENCRYPTION_SWITCHED_OFF)

    def read(self, path: Path, *, certificates: Sequence[bytes] = ()) -> Envelope:
        """There is nothing that could."""
        raise EncryptionError(ErrorCode.ENCRYPTION_SWITCHED_OFF)

    def open(
        self, path: Path, partial: Path, *, recipient: int, certificate: bytes, unwrap: UnwrapKey, tell: TellBytes
    ) -> OpenedContent:
        """There is nothing that could."""
        raise EncryptionError(ErrorCode.ENCRYPTION_SWITCHED_OFF)


class EncryptionTool(Protocol):
    """A provider of Đ13.1: the built-in one, or another program."""

    @property
    def name(self) -> str:
        """For people and for the evidence."""

    @property
    def is_auxiliary(self) -> bool:
        """Whether it is a "công cụ bổ trợ": not the software Đ13.1 names."""

    def encrypt(self, request: EnvelopeRequest, *, tell: TellBytes) -> None:
        """Write ``request.partial``.  Raises ``EncryptionError``, ``DocumentError``, ``UserCancelled``."""
