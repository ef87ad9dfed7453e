"""Fetches of one judgement: few, each address once, never an exception."""

import logging
import time

from bdsigner.errors import NetworkError
from bdsigner.ports import Fetcher, FetchRequest

log = logging.getLogger(__name__)

MAX_FETCHES = 30
"""hardening.md N1: one verification; pyHanko would follow up to 1,000 addresses of a hostile certificate."""
MAX_SECONDS = 20.0
"""hardening.md N1: no fetch is started after this much of one verification was spent fetching."""


class BoundedFetches:
    """All fetches of one judgement; answers, also failures, are remembered by request.  Not thread-safe."""

    def __init__(self, fetcher: Fetcher | None) -> None:
        self._fetcher = fetcher
        self._answers: dict[FetchRequest, bytes | None] = {}
        self._spent_seconds = 0.0

    def get(self, request: FetchRequest) -> bytes | None:
        """Return the body; ``None`` when it cannot be had: offline, refused, failed, or past the limits."""
        if self._fetcher is None:
            return None
        if request not in self._answers:
            if len(self._answers) >= MAX_FETCHES or self._spent_seconds >= MAX_SECONDS:
                log.warning("fetch limit reached, not asking further")
                return None
            self._answers[request] = self._fetch(self._fetcher, request)
        return self._answers[request]

    def _fetch(self, fetcher: Fetcher, request: FetchRequest) -> bytes | None:
        started = time.monotonic()
        try:
            return fetcher.fetch(request)
        except NetworkError as error:
            log.info("%s not fetched: %s", request.kind.value, error.code.value)
            return None
        finally:
            self._spent_seconds += time.monotonic() - started
