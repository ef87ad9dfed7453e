"""The application's side of a child's questions: what a call may ask, how often and for how long.

The child is untrusted.  A question its call does not allow ends call and child (``ChildError``).
"""

import time
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor

import msgspec

from bdsigner.childproc import Frame, FrameKind
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
from bdsigner.documents.remembered import RememberedFetches
from bdsigner.errors import BdsignerError, ChildError, ErrorCode, NetworkError, TokenError
from bdsigner.model.signature import SignatureLevel
from bdsigner.ports import Fetcher, FetchRequest, RequestTimestamp, SignDigest, TellIntegrity, UnwrapKey
from bdsigner.ports import TellBytes as TellPerson

MAX_FETCHES = 30
"""In one call (hardening.md N1); a chain of five with OCSP, CRL and AIA for each needs half of it."""
MAX_FETCH_SECONDS = 20.0
"""All fetches of one call together (hardening.md N1)."""
EXTENSION_TIMESTAMPS = 3
"""In one extension: into the signature, over the document because it did not fit there, and B-LTA's own."""
SHA256_BYTES = 32
_TIMESTAMPS = {SignatureLevel.B_B: 0, SignatureLevel.B_T: 1, SignatureLevel.B_LT: 1, SignatureLevel.B_LTA: 2}
"""Of one signature."""


class Answers(ABC):
    """Serves the questions of one call.

    What a callback raises is told to the child, which stays alive, and kept in ``raised`` for the caller.
    """

    def __init__(self) -> None:
        self.raised: Exception | None = None

    def __call__(self, head: bytes, body: bytearray | bytes) -> Frame:
        """Answer one question: an ANSWER or a FAILURE frame.  Raises ``ChildError``."""
        del body  # questions have none
        try:
            ask = protocol.decode_ask(head)
        except msgspec.MsgspecError as error:
            raise ChildError(ErrorCode.CHILD_PROTOCOL, detail="unreadable question") from error
        try:
            content = self._serve(ask)
        except ChildError:
            raise
        except Exception as error:  # noqa: BLE001  # kept and raised again in the caller's thread
            if not _is_for_child(ask, error):
                self.raised = error
            told = (
                error
                if isinstance(error, BdsignerError)
                else BdsignerError(ErrorCode.UNEXPECTED, kind=type(error).__name__)
            )
            return Frame(FrameKind.FAILURE, protocol.encode(Failure.of(told)))
        return Frame(FrameKind.ANSWER, protocol.encode(Answered(content is not None)), content or b"")

    @abstractmethod
    def _serve(self, ask: Ask) -> bytes | None:
        """Return the answer's bytes; ``None``: not given."""


def _is_for_child(ask: Ask, error: Exception) -> bool:
    """Whether the child knows what to make of it: a finding of its report, or one refusal among others that look alike."""
    if isinstance(ask, AskFetch):
        return isinstance(error, NetworkError)
    is_misfit = isinstance(error, TokenError) and error.code is ErrorCode.TOKEN_DECRYPTION_FAILED
    return isinstance(ask, AskUnwrap) and is_misfit


def _refused(ask: Ask) -> ChildError:
    return ChildError(ErrorCode.CHILD_PROTOCOL, detail=f"not allowed: {type(ask).__name__}")


class FetchAnswers(Answers):
    """A bounded number of fetches in a bounded time."""

    def __init__(self, fetcher: Fetcher, *, max_seconds: float = MAX_FETCH_SECONDS) -> None:
        super().__init__()
        self._fetcher = fetcher
        self._seconds_left = max_seconds
        self._fetches_left = MAX_FETCHES

    def _serve(self, ask: Ask) -> bytes | None:
        if not isinstance(ask, AskFetch):
            raise _refused(ask)
        if self._fetches_left == 0:
            raise NetworkError(ErrorCode.NETWORK_TOO_LARGE, fetches=MAX_FETCHES)
        self._fetches_left -= 1
        started_at = time.monotonic()
        try:
            return self._fetch(ask.request)
        finally:
            self._seconds_left -= time.monotonic() - started_at

    def _fetch(self, request: FetchRequest) -> bytes:
        if self._seconds_left <= 0:
            raise NetworkError(ErrorCode.NETWORK_TIMEOUT, url=request.url)
        # In a thread, so that a server that trickles cannot hold the call; it ends by the fetcher's own time limit.
        pool = ThreadPoolExecutor(1, thread_name_prefix="fetch")
        try:
            return pool.submit(self._fetcher.fetch, request).result(self._seconds_left)
        except TimeoutError as error:
            raise NetworkError(ErrorCode.NETWORK_TIMEOUT, url=request.url) from error
        finally:
            pool.shutdown(wait=False)


class VerifyAnswers(FetchAnswers):
    """The fetches of a verification, and once what is known before them."""

    def __init__(self, fetcher: RememberedFetches, tell: TellIntegrity) -> None:
        super().__init__(fetcher)
        self._remembered = fetcher
        self._tell: TellIntegrity | None = tell

    def _fetch(self, request: FetchRequest) -> bytes:
        known = self._remembered.known(request)
        return super()._fetch(request) if known is None else known

    def _serve(self, ask: Ask) -> bytes | None:
        if not isinstance(ask, TellReport):
            return super()._serve(ask)
        if self._tell is None:
            raise _refused(ask)
        tell, self._tell = self._tell, None
        tell(ask.report)
        return b""


class ExtensionAnswers(FetchAnswers):
    """A bounded number of timestamps, and the fetches of long-term levels."""

    def __init__(self, fetcher: Fetcher, request_timestamp: RequestTimestamp, *, timestamps: int) -> None:
        super().__init__(fetcher)
        self._request_timestamp = request_timestamp
        self._timestamps_left = timestamps

    def _serve(self, ask: Ask) -> bytes | None:
        if not isinstance(ask, AskTimestamp):
            return super()._serve(ask)
        if self._timestamps_left == 0:
            raise _refused(ask)
        self._timestamps_left -= 1
        return self._request_timestamp(ask.request)


class SigningAnswers(ExtensionAnswers):
    """At most one signature, the timestamps its level takes, and fetches only where the level needs them."""

    def __init__(
        self,
        sign_digest: SignDigest,
        request_timestamp: RequestTimestamp,
        fetcher: Fetcher,
        *,
        level: SignatureLevel,
    ) -> None:
        super().__init__(fetcher, request_timestamp, timestamps=_TIMESTAMPS[level])
        self._sign_digest: SignDigest | None = sign_digest
        self._may_fetch = level.has_proofs

    def _serve(self, ask: Ask) -> bytes | None:
        match ask:
            case AskSignature(digest) if self._sign_digest is not None and len(digest) == SHA256_BYTES:
                sign_digest, self._sign_digest = self._sign_digest, None
                return sign_digest(digest)
            case AskFetch() if not self._may_fetch:
                raise _refused(ask)
        return super()._serve(ask)


class EnvelopeAnswers(Answers):
    """How far an envelope is, any number of times, and at most one key."""

    def __init__(self, tell: TellPerson, unwrap: UnwrapKey | None = None) -> None:
        super().__init__()
        self._tell = tell
        self._unwrap = unwrap

    def _serve(self, ask: Ask) -> bytes | None:
        match ask:
            case TellBytes(done, total):
                self._tell(done, total)
                return b""
            case AskUnwrap(wrapped) if self._unwrap is not None:
                unwrap, self._unwrap = self._unwrap, None
                return unwrap(wrapped)
        raise _refused(ask)
