"""The timestamps of one confirmation: asked for by several threads, decided once, compared with the printed time (§8)."""

import time
from datetime import datetime, timedelta
from threading import Lock

from bdsigner.errors import ErrorCode, NetworkError, SigningError
from bdsigner.ports import Interaction, Progress, Question, QuestionCode, RequestTimestamp, Services
from bdsigner.regulation.signing_time import is_within_tolerance

STOP_GRACE_SECONDS = 5.0
"""How much longer a timestamp is waited for once the person has stopped."""


class BatchTimestamps:
    """May be used from any thread."""

    def __init__(self, services: Services, interaction: Interaction, progress: Progress) -> None:
        self._services = services
        self._interaction = interaction
        self._progress = progress
        self._deciding = Lock()
        self._goes_without: bool | None = None
        """What the person decided once no timestamp could be had; after a "no" later files still try."""
        self._stopped_at: float | None = None
        self._offset = timedelta()
        """How far this machine's clock was found behind the authority's."""

    def signing_time(self) -> datetime:
        """The time to be printed: this machine's, put right by what a timestamp showed."""
        return self._services.clock.now() + self._offset

    def of_one_file(self) -> RequestTimestamp:
        """The requests of one signature: the first matters, B-LTA's second is gone without where none can be had."""
        asked = 0

        def request(request_der: bytes) -> bytes | None:
            nonlocal asked
            asked += 1
            if asked == 1:
                return self.request(request_der)
            try:
                return self._ask(request_der)
            except NetworkError:
                return None

        return request

    def request(self, request_der: bytes) -> bytes | None:
        """Ask the authorities; ``None``: the person goes on without.

        Raises ``SigningError`` ``SIGNING_NO_TIMESTAMP``, ``UserCancelled``.
        """
        if self._goes_without:
            return None
        try:
            return self._ask(request_der)
        except NetworkError as error:
            self._decide(error)
            return None

    def _ask(self, request_der: bytes) -> bytes:
        from bdsigner.signing.timestamp import check_response  # here: signatures without a timestamp need no CMS parser

        response = self._services.timestamper.request(request_der, should_stop=self._is_over)
        check_response(request_der, response)
        return response

    def fits(self, printed: datetime, timestamp: datetime | None) -> bool:
        """Whether the printed time agrees with the timestamp (§8); where not, later times are put right."""
        tolerance = timedelta(seconds=self._services.profile.timestamp.tolerance_seconds)
        if timestamp is None or is_within_tolerance(printed, timestamp, tolerance):
            return True
        self._offset = timestamp - self._services.clock.now()
        return False

    def _is_over(self) -> bool:
        """Whether the person stopped a while ago: a signature that was made deserves its timestamp."""
        if not self._progress.is_cancelled():
            return False
        self._stopped_at = self._stopped_at or time.monotonic()
        return time.monotonic() - self._stopped_at > STOP_GRACE_SECONDS

    def _decide(self, error: NetworkError) -> None:
        with self._deciding:
            if self._goes_without is None:
                question = Question(QuestionCode.SIGN_WITHOUT_TIMESTAMP, {**error.facts, "cause": error.code.value})
                self._goes_without = self._interaction.confirm(question)
            if not self._goes_without:
                raise SigningError(ErrorCode.SIGNING_NO_TIMESTAMP, reason=error.code.value) from error
