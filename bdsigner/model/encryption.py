"""CMS envelopes: what is encrypted, for whom, with what; and what is seen of one that was received."""

from dataclasses import dataclass, field
from pathlib import Path

from bdsigner.errors import BdsignerError
from bdsigner.model.certificate import Certificate
from bdsigner.model.profile import ContentCipher, EncryptionProvider
from bdsigner.model.token import KeyScheme, SignerIdentity
from bdsigner.model.verification import VerificationOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file of what is encrypted."""

    path: Path
    name: str
    """With ``/`` between folders; how it is called in an archive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeRequest:
    """One envelope to write."""

    members: tuple[Member, ...]
    is_archive: bool
    """Whether a ZIP archive of ``members`` is encrypted; else the bytes of the only member."""
    partial: Path
    """Empty file of ours the envelope is written to."""
    recipients: tuple[bytes, ...]
    """DER certificates, 1 to 500; each is somebody who can read it."""
    cipher: ContentCipher
    rsa: KeyScheme


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeRecipient:
    """One for whom an envelope can be opened (RFC 5652 §6.2)."""

    scheme: KeyScheme | None
    """``None``: a way that is not known here."""
    issuer: str = ""
    """RFC 4514 string of the certificate's issuer, for people; empty where a key identifier names the certificate."""
    serial_number: str = ""
    """Of the certificate, upper-case hex; empty as above."""
    key_identifier: str = ""
    """subjectKeyIdentifier, lower-case hex; empty where issuer and serial number name the certificate."""
    candidate: int | None = None
    """Which of the certificates at hand it names; ``None``: none of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What is seen of a received envelope without any key."""

    is_authenticated: bool
    """AuthEnvelopedData; else changes may go unnoticed unless the content is signed."""
    cipher: str
    """Name for people (``AES-256-GCM``), or the dotted OID of an algorithm that is not known here."""
    is_readable: bool
    """Whether the content's algorithm is one that can be decrypted here."""
    size_bytes: int
    """Of the envelope."""
    recipients: tuple[EnvelopeRecipient, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedContent:
    """What came out of an envelope, whole and authenticated as far as its kind allows."""

    size_bytes: int
    suffix: str = ""
    """What its first bytes say it is (``.pdf``, ``.zip``, ``.p7m`` …); empty when they do not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionOutcome:
    """What became of one envelope."""

    sources: tuple[Path, ...]
    output: Path | None = None
    """``None`` unless it is there, whole."""
    error: BdsignerError | None = None
    recipients: tuple[Certificate, ...] = ()
    """Who can read it."""
    provider: EncryptionProvider | None = None
    """Who did it (Đ13.1), for the evidence."""
    sha256: str = ""
    """Of the output, lower-case hex."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecryptionOutcome:
    """What became of one received envelope."""

    path: Path
    output: Path | None = None
    """The decrypted file; ``None`` unless it is there, whole."""
    error: BdsignerError | None = None
    envelope: Envelope | None = None
    holder: SignerIdentity | None = None
    """Whose key opened it."""
    inner: tuple[VerificationOutcome, ...] = field(default=())
    """The verdict on what came out, if it is signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncryptionPlan:
    """What the person confirmed: what is encrypted, for whom."""

    files: tuple[Path, ...]
    """Files, and folders with all they hold."""
    as_archive: bool = False
    """One envelope around a ZIP archive of all; else one for each file."""
    recipients: tuple[Certificate, ...]
    """Without the sender, who is added when a ``sender`` is given."""
    sender: Certificate | None = None
    """Whose certificate is among the recipients, so that the sender can read what was sent."""
    folder: Path | None = None
    """Where outputs go; ``None``: beside their sources."""
    provider: str = ""
    """Id of the profile's provider (Đ13.1); empty: the first that is on."""
