"""What a document child may ask of the application while a call runs: a signature, a timestamp, a fetch."""

from bdsigner.childproc import ChildChannel, FrameKind
from bdsigner.documents import protocol
from bdsigner.documents.protocol import Answered, Ask, AskFetch, AskSignature, AskTimestamp, Failure, TellReport
from bdsigner.model.verification import FileReport
from bdsigner.ports import FetchRequest


class Asking:
    """The child's side of the questions; implements ``ports.Fetcher``.

    All methods raise what the application failed with, as the error its code belongs to.
    """

    def __init__(self, channel: ChildChannel) -> None:
        self._channel = channel

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

    def _ask(self, ask: Ask) -> tuple[Answered, bytes]:
        frame = self._channel.ask(protocol.encode(ask))
        if frame.kind is FrameKind.FAILURE:
            raise protocol.decode(frame.head, Failure).as_error()
        return protocol.decode(frame.head, Answered), bytes(frame.body)
