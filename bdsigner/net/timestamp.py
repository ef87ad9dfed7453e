"""Ask the profile's time-stamping authorities for a timestamp (RFC 3161)."""

import logging
import time
from collections.abc import Callable

from bdsigner.errors import ErrorCode, NetworkError, UserCancelled
from bdsigner.model.profile import NetworkPolicy, TimestampPolicy

log = logging.getLogger(__name__)

ANSWER_BYTES = 5 << 20
"""hardening.md N1; a timestamp token with its chain takes some kilobytes."""
_GRANTED = frozenset({0, 1})
"""PKIStatus granted and grantedWithMods (RFC 3161 §2.4.2)."""
_SEQUENCE, _INTEGER = 16, 2
_NO_RESPONSE = "not a timestamp response"
_WAIT_SECONDS = 0.1
"""Between two looks at ``should_stop`` during a pause."""


class HttpTimestamper:
    """Implements ``ports.Timestamper`` over HTTP (RFC 3161 §3.4); may be called from any thread."""

    def __init__(self, policy: TimestampPolicy, network: NetworkPolicy) -> None:
        self._policy = policy
        self._network = network

    def request(self, request_der: bytes, *, should_stop: Callable[[], bool] = lambda: False) -> bytes:
        """Try the authorities in order, ``attempts`` rounds with doubling pauses; return the first that grants.

        ``should_stop`` is asked several times a second, also while waiting for an answer.  Imprint, nonce and
        signature of the answer are for the caller to check.

        Raises ``UserCancelled``, or ``NetworkError``: ``NETWORK_NO_TSA`` without addresses, else the last failure
        with the facts ``url`` and ``tried`` (number of requests made).
        """
        if not self._policy.urls:
            raise NetworkError(ErrorCode.NETWORK_NO_TSA)
        pause, tried = self._policy.pause_seconds, 0
        failure: NetworkError | None = None
        for attempt in range(self._policy.attempts):
            if attempt:
                _wait(pause, should_stop)
                pause *= 2
            for url in self._policy.urls:
                tried += 1
                try:
                    return self._ask(url, request_der, should_stop)
                except NetworkError as error:
                    log.warning("timestamp refused: %s", error)
                    failure = error
        if failure is None:
            raise NetworkError(ErrorCode.NETWORK_NO_TSA)
        raise NetworkError(failure.code, **{**failure.facts, "tried": tried}) from failure

    def _ask(self, url: str, request_der: bytes, should_stop: Callable[[], bool]) -> bytes:
        from bdsigner.net.exchange import Ask, exchange  # here: http.client and ssl cost a start without network
        from bdsigner.net.patience import Patience

        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        ask = Ask(url=url, limit_bytes=ANSWER_BYTES, headers=headers, body=request_der)
        patience = Patience(self._policy.timeout_seconds, url=url, should_stop=should_stop)
        answer = exchange(ask, self._network, patience)
        _check_granted(answer, url)
        return answer


def _check_granted(answer: bytes, url: str) -> None:
    """Raise ``NETWORK_BAD_ANSWER`` unless it is a ``TimeStampResp`` that grants and holds a token (§2.4.2)."""
    from asn1crypto import parser  # two levels of DER: asn1crypto.tsp would load the whole of X.509 and CMS for it

    try:
        _, _, response_tag, _, response, _ = parser.parse(answer, strict=True)
        _, _, info_tag, info_header, info, _ = parser.parse(response)
        _, _, status_tag, _, status, _ = parser.parse(info)
    except ValueError as error:
        raise NetworkError(ErrorCode.NETWORK_BAD_ANSWER, url=url, reason=_NO_RESPONSE) from error
    if (response_tag, info_tag, status_tag) != (_SEQUENCE, _SEQUENCE, _INTEGER):
        raise NetworkError(ErrorCode.NETWORK_BAD_ANSWER, url=url, reason=_NO_RESPONSE)
    granted = int.from_bytes(status, "big", signed=True)
    if granted not in _GRANTED:
        raise NetworkError(ErrorCode.NETWORK_BAD_ANSWER, url=url, reason=f"PKIStatus {granted}")
    if len(response) == len(info_header) + len(info):
        raise NetworkError(ErrorCode.NETWORK_BAD_ANSWER, url=url, reason="granted without a token")


def _wait(seconds: float, should_stop: Callable[[], bool]) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        if should_stop():
            raise UserCancelled
        time.sleep(min(left, _WAIT_SECONDS))
