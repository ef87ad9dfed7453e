"""What the application and a token child say to each other: the calls, their answers, and limits on both.

Heads are JSON.  A PIN travels only as the body of a frame, never in a head: JSON decoding would leave copies that
cannot be X
"""

from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from bdsigner.childproc import Frame, FrameKind, FrameLimits
from bdsigner.errors import BdsignerError, ErrorCode, Fact, TokenError, error_from
from bdsigner.model.token import SignatureMechanism, WrappedKey

SHA256_BYTES = 32
MAX_PIN_BYTES = 255
"""More than any token takes (CK_TOKEN_INFO ulMaxPinLen is 4 to 64 in practice); bounds what a child reads."""
MAX_SIGNATURES = 100_000
"""Signatures that one login may be opened for; a batch is hundreds."""

PIN_SEPARATOR = 0
"""Between the two PINs in a body; no PIN contains it."""
TO_CHILD = FrameLimits(head_bytes=4096, body_bytes=2 * MAX_PIN_BYTES + 1)
TO_PARENT = FrameLimits(head_bytes=16 * 1024 * 1024, body_bytes=0)
"""The largest head is a listing: a few tokens with their certificates in base64."""


class TokenIdentity(msgspec.Struct, frozen=True):
    """Tells one token from all others of a module; slot numbers and handles change, these do not."""

    serial: str
    label: str
    manufacturer: str


class ListTokens(msgspec.Struct, frozen=True, tag="list_tokens"):
    """Look at every slot afresh; answered by a ``TokenListing``."""


class LookForChanges(msgspec.Struct, frozen=True, tag="look_for_changes"):
    """A cheap look, so that hot-plug is noticed; answered by a ``Presence``."""


class OpenSession(msgspec.Struct, frozen=True, tag="open_session"):
    """Log in for a number of signatures; the frame's body is the PIN, empty for a PIN pad.  Answer: ``Opened``."""

    token: TokenIdentity
    signatures: Annotated[int, Meta(ge=1, le=MAX_SIGNATURES)]


class Sign(msgspec.Struct, frozen=True, tag="sign"):
    """Sign one digest in the open session; answered by ``Signed``.

    The frame's body is the PIN where the key wants it for each signature, else empty.
    """

    key_id: str
    digest: Annotated[bytes, Meta(min_length=SHA256_BYTES, max_length=SHA256_BYTES)]
    mechanism: SignatureMechanism


class Unwrap(msgspec.Struct, frozen=True, tag="unwrap"):
    """Use a private key on one wrapped key in the open session; answered by ``Unwrapped``.

    The frame's body is the PIN where the key wants it each time, else empty.
    """

    key_id: str
    wrapped: WrappedKey


class ConfirmMore(msgspec.Struct, frozen=True, tag="confirm_more"):
    """Set how many signatures the open session may still make."""

    signatures: Annotated[int, Meta(ge=1, le=MAX_SIGNATURES)]


class CheckSession(msgspec.Struct, frozen=True, tag="check_session"):
    """Ask the token whether the login still holds; answered by ``Checked``."""


class CloseSession(msgspec.Struct, frozen=True, tag="close_session"):
    """Log out; without an open session nothing happens."""


class ChangePin(msgspec.Struct, frozen=True, tag="change_pin"):
    """Change the user PIN; the frame's body is the old one, ``PIN_SEPARATOR``, the new one."""

    token: TokenIdentity


class UnblockPin(msgspec.Struct, frozen=True, tag="unblock_pin"):
    """Set a new user PIN; the frame's body is the PUK, ``PIN_SEPARATOR``, the new PIN."""

    token: TokenIdentity


Call = (
    ListTokens
    | LookForChanges
    | OpenSession
    | Sign
    | Unwrap
    | ConfirmMore
    | CheckSession
    | CloseSession
    | ChangePin
    | UnblockPin
)


class Opened(msgspec.Struct, frozen=True):
    """The login stands."""

    always_authenticate: tuple[str, ...]
    """Ids of the keys that want the PIN for each signature."""


class Checked(msgspec.Struct, frozen=True):
    """Whether the login still holds."""

    is_alive: bool


class Presence(msgspec.Struct, frozen=True):
    """What a cheap look shows; two looks that show the same need no listing in between."""

    readers: tuple[str, ...] = ()
    """Descriptions of all slots, with a token in them or not."""
    tokens: tuple[str, ...] = ()
    """Slot, serial number and label of each token."""


class Signed(msgspec.Struct, frozen=True):
    """The signature value: PKCS#1 block, or DER ``Ecdsa-Sig-Value`` (RFC 3279 §2.2.3)."""

    value: bytes


class Unwrapped(msgspec.Struct, frozen=True):
    """What came out: the content's key (RSA), or the shared secret (ECDH)."""

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


def join_pins(secret: bytearray, new: bytearray) -> bytearray:
    """The body of ``ChangePin`` and ``UnblockPin``; the caller wipes all three.  Raises TOKEN_PIN_LENGTH."""
    for pin in (secret, new):
        if not pin or len(pin) > MAX_PIN_BYTES or PIN_SEPARATOR in pin:
            raise TokenError(ErrorCode.TOKEN_PIN_LENGTH, max_length=MAX_PIN_BYTES)
    body = bytearray(len(secret) + 1 + len(new))
    body[: len(secret)] = secret
    body[len(secret) + 1 :] = new
    return body


def split_pins(body: bytearray | bytes) -> tuple[bytearray, bytearray]:
    """The two PINs of a body; the caller wipes all three."""
    end = body.index(PIN_SEPARATOR)
    return bytearray(memoryview(body)[:end]), bytearray(memoryview(body)[end + 1 :])
