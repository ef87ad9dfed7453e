"""What a document child may ask of the application while a call runs: a signature, a timestamp, a fetch, a key."""

import time

from bdsigner.childproc import ChildChannel, FrameKind
from bdsigner.documents import protocol
from bdsigner.documents.protocol import (
    Answered,
    Ask,
    AskFetch,
    AskSignature,
    AskTimestamp,
    AskUnwrap,
    Failure,
    TellBytes,
    TellReport,
)
from bdsigner.model.token import WrappedKey
from bdsigner.model.verification import FileReport
from bdsigner.ports import FetchRequest

TELL_SECONDS = 0.1
"""Between two words on how far an envelope is; a person who stops it waits no longer."""


class Asking:
    """The child's side of the questions; implements ``ports.Fetcher``.

    All methods raise what the application failed with, as the error its code belongs to.
    """

    def __init__(self, channel: ChildChannel) -> None:
        self._channel = channel
        self._tell_again_at = 0.0

    def sign_digest(self, digest: bytes) -> bytes:
        """Have a digest signed by the person's token."""
        return self._ask(AskSignature(digest))[1]

    def request_timestamp(self, request: bytes) -> bytes | None:
        """Have a ``TimeStampReq`` answered; ``None``: go on without."""
        answered, body = self._ask(AskTimestamp(request))
        return body if answered.given else None

    def fetch(self, request: FetchRequest) -> bytes:
        """Have the application fetch within its limits."""
        return self._ask(AskFetch(request))[1]

    def tell_integrity(self, early: FileReport) -> None:
        """Have the person told what the bytes alone say."""
        self._ask(TellReport(early))

    def unwrap(self, wrapped: WrappedKey) -> bytes:
        """Have the recipient's token make something of a wrapped key."""
        return self._ask(AskUnwrap(wrapped))[1]

    def tell_bytes(self, done: int, total: int) -> None:
        """Have the person told how far it is, now and then."""
        now = time.monotonic()
        if now >= self._tell_again_at or done == total:
            self._tell_again_at = now + TELL_SECONDS
            self._ask(TellBytes(done, total))

    def _ask(self, ask: Ask) -> tuple[Answered, bytes]:
        frame = self._channel.ask(protocol.encode(ask))
        if frame.kind is FrameKind.FAILURE:
            raise protocol.decode(frame.head, Failure).as_error()
        return protocol.decode(frame.head, Answered), bytes(frame.body)
