"""Messages between the application and a document child: JSON heads, decoded into strict types on both sides.

A CALL head is an ``Envelope``; its RESULT head is the value named beside each call below, its FAILURE head a
``Failure``.  A page picture travels as ``RasterHead`` and a body.  While ``Sign``, ``Verify`` and
``AssessCertificate`` run, the child may send the ASKs at the end; the ANSWER is an ``Answered`` and a body.
"""

import os
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from bdsigner.documents.children import Lane
from bdsigner.errors import BdsignerError, ErrorCode, Fact, error_from
from bdsigner.model.signature import SignatureRequest, VisibleSignature
from bdsigner.ports import FetchRequest

MAX_PAGES = 20_000
"""A longer document is refused: page sizes alone would fill the head of a frame."""


class Inspect(msgspec.Struct, frozen=True, tag=True):
    """→ ``DocumentInfo``."""

    path: Path


class RenderPage(msgspec.Struct, frozen=True, tag=True):
    """→ ``RasterHead`` and RGB pixels."""

    path: Path
    page: int
    scale: float
    length_bytes: int | None


class RenderAppearance(msgspec.Struct, frozen=True, tag=True):
    """→ ``RasterHead`` and RGBA pixels."""

    appearance: VisibleSignature
    width_pt: float
    height_pt: float
    scale: float


class AssessCertificate(msgspec.Struct, frozen=True, tag=True):
    """→ ``CertificateAssessment``."""

    certificate: bytes
    others: tuple[bytes, ...]
    anchors: tuple[bytes, ...]
    at: datetime


class CheckSignable(msgspec.Struct, frozen=True, tag=True):
    """→ number of pages."""

    path: Path
    field: str


class Sign(msgspec.Struct, frozen=True, tag=True):
    """→ ``SignatureResult``."""

    request: SignatureRequest


class Verify(msgspec.Struct, frozen=True, tag=True):
    """→ ``FileReport``."""

    path: Path
    anchors: tuple[bytes, ...]
    checked_at: datetime
    is_training: bool


class Ping(msgspec.Struct, frozen=True, tag=True):
    """→ ``Pong``; the first is answered when the child has imported what it was started for."""


Call = Inspect | RenderPage | RenderAppearance | AssessCertificate | CheckSignable | Sign | Verify | Ping


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


Ask = AskSignature | AskTimestamp | AskFetch


class Answered(msgspec.Struct, frozen=True):
    """Head of an ANSWER; the bytes are in the body."""

    given: bool = True


Message = TypeVar("Message")


def _printable(fact: Fact) -> Fact:
    return fact.encode("utf-8", "replace").decode() if isinstance(fact, str) else fact


def encode(value: object) -> bytes:
    """Encode a message."""
    return msgspec.json.encode(value, enc_hook=_encode_path)


def decode(head: bytes, kind: type[Message]) -> Message:
    """Decode a message strictly.  Raises ``msgspec.MsgspecError``."""
    return msgspec.json.decode(head, type=kind, dec_hook=_decode_path)


def decode_ask(head: bytes) -> Ask:
    """Decode a child's question strictly.  Raises ``msgspec.MsgspecError``."""
    ask: Ask = msgspec.json.decode(head, type=Ask)
    return ask


def _encode_path(value: object) -> str:
    # File names need not be UTF-8 on Linux; as Latin-1 of the system's bytes every name survives JSON.
    if isinstance(value, Path):
        return os.fsencode(value).decode("latin-1")
    raise NotImplementedError(type(value).__name__)


def _decode_path(kind: type[Any], value: object) -> Path:
    if kind is Path and isinstance(value, str):
        return Path(os.fsdecode(value.encode("latin-1")))
    raise NotImplementedError(kind.__name__)
