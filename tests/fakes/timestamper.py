"""A ``Timestamper`` without any authority."""

from collections.abc import Callable

from bdsigner.errors import ErrorCode, NetworkError


class NoTimestamper:
    """Implements ``ports.Timestamper``; the person then decides whether to go on."""

    def request(self, request_der: bytes, *, should_stop: Callable[[], bool] = lambda: False) -> bytes:
        raise NetworkError(ErrorCode.NETWORK_NO_TSA, profile="thử")
