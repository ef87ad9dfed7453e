"""What the application and a token child say to each other: four calls, their answers, and limits on both.

Heads are JSON.  A PIN travels only as the body of an ``OpenSession`` frame, never in a head: JSON decoding would
leave copies that cannot be wiped.  Document bytes never cross: a ``Sign`` carries a SHA-256 digest.
"""

from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from bdsigner.childproc import Frame, FrameKind, FrameLimits
from bdsigner.errors import BdsignerError, ErrorCode, Fact, TokenError, error_from
from bdsigner.model.token import SignatureMechanism

SHA256_BYTES = 32
MAX_PIN_BYTES = 255
"""More than any token takes (CK_TOKEN_INFO ulMaxPinLen is 4 to 64 in practice); bounds what a child reads."""
MAX_SIGNATURES = 100_000
"""Signatures that one login may be opened for; a batch is hundreds."""

TO_CHILD = FrameLimits(head_bytes=4096, body_bytes=MAX_PIN_BYTES)
TO_PARENT = FrameLimits(head_bytes=16 * 1024 * 1024, body_bytes=0)
"""The largest head is a listing: a few tokens with their certificates in base64."""


class TokenIdentity(msgspec.Struct, frozen=True):
    """Tells one token from all others of a module; slot numbers and handles change, these do not."""

    serial: str
    label: str
    manufacturer: str


class ListTokens(msgspec.Struct, frozen=True, tag="list_tokens"):
    """Look at every slot afresh; answered by a ``TokenListing``."""


class OpenSession(msgspec.Struct, frozen=True, tag="open_session"):
    """Log in for a number of signatures; the frame's body is the PIN, empty for a PIN pad."""

    token: TokenIdentity
    signatures: Annotated[int, Meta(ge=1, le=MAX_SIGNATURES)]


class Sign(msgspec.Struct, frozen=True, tag="sign"):
    """Sign one digest in the open session; answered by ``Signed``."""

    key_id: str
    digest: Annotated[bytes, Meta(min_length=SHA256_BYTES, max_length=SHA256_BYTES)]
    mechanism: SignatureMechanism


class CloseSession(msgspec.Struct, frozen=True, tag="close_session"):
    """Log out; without an open session nothing happens."""


Call = ListTokens | OpenSession | Sign | CloseSession


class Signed(msgspec.Struct, frozen=True):
    """The signature value: PKCS#1 block, or DER ``Ecdsa-Sig-Value`` (RFC 3279 §2.2.3)."""

    value: bytes


class Done(msgspec.Struct, frozen=True):
    """The call did what it says and has nothing to tell."""


class Failure(msgspec.Struct, frozen=True):
    """An error as it crosses the pipe."""

    code: ErrorCode
    facts: dict[str, Fact]


_ENCODER = msgspec.json.Encoder()
_CALLS: msgspec.json.Decoder[Call] = msgspec.json.Decoder(Call, strict=True)
_FAILURES = msgspec.json.Decoder(Failure, strict=True)

Answer = TypeVar("Answer")


def encode(message: object) -> bytes:
    """JSON of a call, an answer or a listing."""
    return _ENCODER.encode(message)


def decode_call(head: bytes) -> Call:
    """Read a call.  Raises ``msgspec.MsgspecError``: the parent is ours, so that is the end of the child."""
    return _CALLS.decode(head)


def failure_frame(error: BdsignerError) -> Frame:
    """The FAILURE frame of an error."""
    return Frame(FrameKind.FAILURE, encode(Failure(error.code, dict(error.facts))))


def decode_answer(frame: Frame, decoder: "msgspec.json.Decoder[Answer]") -> Answer:
    """Read what a child answered.  Raises the error it reported, ``TOKEN_WORKER_DIED`` when it is nonsense."""
    try:
        if frame.kind is FrameKind.FAILURE:
            failure = _FAILURES.decode(frame.head)
            raise error_from(failure.code, failure.facts)
        return decoder.decode(frame.head)
    except msgspec.MsgspecError as error:
        raise TokenError(ErrorCode.TOKEN_WORKER_DIED, detail=str(error)) from error
