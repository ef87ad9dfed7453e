"""How long an exchange may take altogether, and whether the person still wants it."""

import time
from collections.abc import Callable

from bdsigner.errors import ErrorCode, NetworkError, UserCancelled

ShouldStop = Callable[[], bool]
"""Asked several times a second; true ends the work."""

SLICE_SECONDS = 0.2
"""Longest wait between two looks at the clock and at ``should_stop``."""


class Patience:
    """A deadline for one exchange, name look-up and redirects included, that a person can cut short."""

    def __init__(self, seconds: float, *, url: str, should_stop: ShouldStop = lambda: False) -> None:
        self._end = time.monotonic() + seconds
        self._url = url
        self._should_stop = should_stop

    def remaining_seconds(self) -> float:
        """Time left, above zero.  Raises ``NetworkError`` ``NETWORK_TIMEOUT`` or ``UserCancelled``."""
        if self._should_stop():
            raise UserCancelled
        remaining = self._end - time.monotonic()
        if remaining <= 0:
            raise NetworkError(ErrorCode.NETWORK_TIMEOUT, url=self._url)
        return remaining

    def slice_seconds(self) -> float:
        """Time to wait before asking again; raises as ``remaining_seconds``."""
        return min(self.remaining_seconds(), SLICE_SECONDS)

    def allow(self, seconds: float) -> None:
        """Begin a step with a time limit of its own: so much from now, whatever was left."""
        self._end = time.monotonic() + seconds
