"""Messages between the application and a document child: JSON heads, decoded into strict types on both sides.

A CALL head is an ``Envelope``; its RESULT head is the value named beside each call below, its FAILURE head a
``Failure``.  A page picture travels as ``RasterHead`` and a body.  While ``Sign``, ``Extend``, ``Verify``
and ``AssessCertificate`` run, the child may send the ASKs at the end; the ANSWER is an ``Answered`` and a body.
"""

from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from bdsigner.documents.children import Lane
from bdsigner.errors import BdsignerError, ErrorCode, Fact, error_from
from bdsigner.model.certificate import Usage
from bdsigner.model.encryption import EnvelopeRequest
from bdsigner.model.form import FilledForm
from bdsigner.model.profile import TextFonts
from bdsigner.model.sheet import Sheet
from bdsigner.model.signature import Appearance, ExtensionRequest, Filling, SignatureRequest
from bdsigner.model.token import WrappedKey
from bdsigner.model.verification import FileReport
from bdsigner.model.wire import decode_path, encode_path
from bdsigner.ports import FetchRequest

MAX_PAGES = 20_000
"""A longer document is refused: page sizes alone would fill the head of a frame."""


class Inspect(msgspec.Struct, frozen=True, tag=True):
    """→ ``DocumentInfo``."""

    path: Path
    length_bytes: int | None = None


class ReadLayout(msgspec.Struct, frozen=True, tag=True):
    """→ ``DocumentLayout``."""

    path: Path
    signer_name: str
    is_as_written: bool = False


class Look(msgspec.Struct, frozen=True, tag=True):
    """→ ``QuickLook``."""

    path: Path


class RenderPage(msgspec.Struct, frozen=True, tag=True):
    """→ ``RasterHead`` and RGB pixels."""

    path: Path
    page: int
    scale: float
    length_bytes: int | None


class ComparePages(msgspec.Struct, frozen=True, tag=True):
    """→ ``PageComparison``."""

    path: Path
    page: int
    earlier_page: int
    earlier_bytes: int
    later_bytes: int
    scale: float


class AlignPages(msgspec.Struct, frozen=True, tag=True):
    """→ ``PageAlignment``."""

    path: Path
    earlier_bytes: int
    later_bytes: int


class RenderAppearance(msgspec.Struct, frozen=True, tag=True):
    """→ ``RasterHead`` and RGBA pixels."""

    appearance: Appearance
    width_pt: float
    height_pt: float
    scale: float


class ReadPicture(msgspec.Struct, frozen=True, tag=True):
    """→ ``PictureSize``."""

    path: Path


class RenderFilling(msgspec.Struct, frozen=True, tag=True):
    """→ ``RasterHead`` and RGBA pixels, as large as the slot."""

    filling: Filling
    scale: float


class AssessCertificate(msgspec.Struct, frozen=True, tag=True):
    """→ ``CertificateAssessment``."""

    certificate: bytes
    others: tuple[bytes, ...]
    anchors: tuple[bytes, ...]
    at: datetime
    usage: Usage = Usage.SIGNING


class ReadCertificate(msgspec.Struct, frozen=True, tag=True):
    """→ ``Certificate``."""

    path: Path


class CheckSignable(msgspec.Struct, frozen=True, tag=True):
    """→ number of pages."""

    path: Path
    field: str


class ImagesToPdf(msgspec.Struct, frozen=True, tag=True):
    """→ number of pages; the PDF is written to ``partial``."""

    source: Path
    partial: Path


class PrintSheet(msgspec.Struct, frozen=True, tag=True):
    """→ number of pages; the PDF is written to ``partial``."""

    sheet: Sheet
    fonts: TextFonts
    partial: Path


class PrintForm(msgspec.Struct, frozen=True, tag=True):
    """→ number of pages; the PDF is written to ``partial``."""

    form: FilledForm
    copy: bytes
    """Embedded as it is."""
    mail_domain: str
    fonts: TextFonts
    partial: Path


class Sign(msgspec.Struct, frozen=True, tag=True):
    """→ ``SignatureResult``."""

    request: SignatureRequest
    anchors: tuple[bytes, ...] = ()
    issuers: tuple[bytes, ...] = ()
    """Needed from B-LT on."""


class Extend(msgspec.Struct, frozen=True, tag=True):
    """→ ``ExtensionResult``."""

    request: ExtensionRequest
    anchors: tuple[bytes, ...]
    issuers: tuple[bytes, ...]


class Verify(msgspec.Struct, frozen=True, tag=True):
    """→ ``FileReport``."""

    path: Path
    content: Path | None
    """What a detached signature signs."""
    anchors: tuple[bytes, ...]
    checked_at: datetime
    is_training: bool


class ExtractContent(msgspec.Struct, frozen=True, tag=True):
    """→ number of bytes; what a signed file carries is written to ``partial``."""

    path: Path
    partial: Path


class WriteEnvelope(msgspec.Struct, frozen=True, tag=True):
    """→ number of bytes; the envelope is written to ``request.partial``."""

    request: EnvelopeRequest


class ReadEnvelope(msgspec.Struct, frozen=True, tag=True):
    """→ ``model.encryption.Envelope``."""

    path: Path
    certificates: tuple[bytes, ...]


class OpenEnvelope(msgspec.Struct, frozen=True, tag=True):
    """→ ``OpenedContent``; what was encrypted is written to ``partial``."""

    path: Path
    partial: Path
    recipient: int
    certificate: bytes


class Ping(msgspec.Struct, frozen=True, tag=True):
    """→ ``Pong``; the first is answered when the child has imported what it was started for."""


Call = (
    Inspect
    | ReadLayout
    | Look
    | RenderPage
    | ComparePages
    | AlignPages
    | RenderAppearance
    | ReadPicture
    | RenderFilling
    | AssessCertificate
    | ReadCertificate
    | CheckSignable
    | ImagesToPdf
    | PrintSheet
    | PrintForm
    | Sign
    | Extend
    | Verify
    | ExtractContent
    | WriteEnvelope
    | ReadEnvelope
    | OpenEnvelope
    | Ping
)


class Envelope(msgspec.Struct, frozen=True):
    """A call and the processor time it may take."""

    call: Call
    cpu_seconds: int


class SandboxStatus(msgspec.Struct, frozen=True, kw_only=True):
    """Which of the limits the system granted."""

    memory: bool = False
    """The address space (Windows: committed memory) is bounded."""
    cpu: bool = False
    """Processor time is bounded a call; without it only the application's deadline bounds it."""
    privileges: bool = False
    """No way to more privileges (Linux ``no_new_privs``)."""
    system_calls: bool = False
    """No sockets, no new processes (Linux seccomp)."""


class Pong(msgspec.Struct, frozen=True):
    """The child is there."""

    lane: Lane
    pid: int
    sandbox: SandboxStatus


class RasterHead(msgspec.Struct, frozen=True):
    """Size of the picture in the body."""

    width: int
    height: int
    has_alpha: bool


class Failure(msgspec.Struct, frozen=True):
    """A ``BdsignerError`` on the wire."""

    code: ErrorCode
    facts: dict[str, Fact] = {}

    @classmethod
    def of(cls, error: BdsignerError) -> "Failure":
        """Take an error's code and facts; text that is no Unicode (file names) is made printable."""
        return cls(error.code, {name: _printable(fact) for name, fact in error.facts.items()})

    def as_error(self) -> BdsignerError:
        """Build the error again."""
        return error_from(self.code, self.facts)


class AskSignature(msgspec.Struct, frozen=True, tag=True):
    """SHA-256 digest → signature value in the body."""

    digest: bytes


class AskTimestamp(msgspec.Struct, frozen=True, tag=True):
    """DER ``TimeStampReq`` → DER ``TimeStampResp`` in the body, or ``given`` false."""

    request: bytes


class AskFetch(msgspec.Struct, frozen=True, tag=True):
    """A fetch for revocation or chain building → the content in the body."""

    request: FetchRequest


class TellReport(msgspec.Struct, frozen=True, tag=True):
    """No question: what is known of a file before changes and certificates are judged; answered when it was told."""

    report: FileReport


class AskUnwrap(msgspec.Struct, frozen=True, tag=True):
    """What the recipient's private key makes of this → the body."""

    wrapped: WrappedKey


class TellBytes(msgspec.Struct, frozen=True, tag=True):
    """No question: how far an envelope is; answered when it was told, a failure when the person asked to stop."""

    done: int
    total: int


Ask = AskSignature | AskTimestamp | AskFetch | TellReport | AskUnwrap | TellBytes


class Answered(msgspec.Struct, frozen=True):
    """Head of an ANSWER; the bytes are in the body."""

    given: bool = True


Message = TypeVar("Message")


def _printable(fact: Fact) -> Fact:
    return fact.encode("utf-8", "replace").decode() if isinstance(fact, str) else fact


def encode(value: object) -> bytes:
    """Encode a message."""
    return msgspec.json.encode(value, enc_hook=encode_path)


def decode(head: bytes, kind: type[Message]) -> Message:
    """Decode a message strictly.  Raises ``msgspec.MsgspecError``."""
    return msgspec.json.decode(head, type=kind, dec_hook=decode_path)


def decode_ask(head: bytes) -> Ask:
    """Decode a child's question strictly.  Raises ``msgspec.MsgspecError``."""
    ask: Ask = msgspec.json.decode(head, type=Ask, dec_hook=decode_path)
    return ask
