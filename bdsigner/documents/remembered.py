"""Answers from the network kept for the next file: a folder signed by one agency asks the same few questions."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from bdsigner.errors import NetworkError
from bdsigner.ports import Fetcher, FetchRequest

KEEP_SECONDS = 300.0
"""As long as the clocks of two machines may differ (``trust.revocation.CLOCK_SKEW``): no answer gets stale meanwhile."""
KEEP_FAILURE_SECONDS = 60.0
"""While many files are judged a server that cannot be reached is not waited for anew with each."""
MAX_BYTES = 64 << 20
MAX_ANSWERS = 1024


class RememberedFetches:
    """Implements ``ports.Fetcher`` for verification; may be called from any thread.

    Signing asks anew: a certificate is looked at right before its key is used.  Answers are untrusted; how fresh they
    are is read from them, and told, wherever they are used.
    """

    def __init__(self, fetcher: Fetcher, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetcher = fetcher
        self._clock = clock
        self._lock = threading.Lock()
        self._answers: OrderedDict[FetchRequest, tuple[float, bytes | NetworkError]] = OrderedDict()
        self._bytes = 0
        self._keeps_failures = False

    def expect_many(self) -> None:
        """Many files come: remember what cannot be reached, too."""
        self._keeps_failures = True

    def forget_failures(self) -> None:
        """They have been judged: whoever asks again has perhaps put the network right."""
        with self._lock:
            self._keeps_failures = False
            for request in [one for one, (_, answer) in self._answers.items() if isinstance(answer, NetworkError)]:
                self._drop(request)

    def fetch(self, request: FetchRequest) -> bytes:
        """Return the body.  Raises ``NetworkError``; of many files again for a while where it was raised before."""
        known = self.known(request)
        if known is None:
            try:
                known = self._fetcher.fetch(request)
            except NetworkError as error:
                if self._keeps_failures:
                    self._keep(request, error, KEEP_FAILURE_SECONDS)
                raise
            self._keep(request, known, KEEP_SECONDS)
        return known

    def known(self, request: FetchRequest) -> bytes | None:
        """The body, without asking; ``None``: it has to be fetched.  Raises ``NetworkError``."""
        with self._lock:
            until, answer = self._answers.get(request, (0.0, b""))
            if until <= self._clock():
                return None
        if isinstance(answer, NetworkError):
            raise NetworkError(answer.code, **answer.facts)
        return answer

    def _keep(self, request: FetchRequest, answer: bytes | NetworkError, seconds: float) -> None:
        with self._lock:
            self._drop(request)
            self._answers[request] = self._clock() + seconds, answer
            self._bytes += _size(answer)
            while self._bytes > MAX_BYTES or len(self._answers) > MAX_ANSWERS:
                self._drop(next(iter(self._answers)))

    def _drop(self, request: FetchRequest) -> None:
        if request in self._answers:
            self._bytes -= _size(self._answers.pop(request)[1])


def _size(answer: bytes | NetworkError) -> int:
    return len(answer) if isinstance(answer, bytes) else 0
