"""``Timestamper``s that give no timestamp; the person then decides whether to go on."""

from collections.abc import Callable

from bdsigner.errors import ErrorCode, NetworkError


class NoTimestamper:
    """No authority answers."""

    def request(self, request_der: bytes, *, should_stop: Callable[[], bool] = lambda: False) -> bytes:
        raise NetworkError(ErrorCode.NETWORK_UNREACHABLE, url="http://tsa.example")


class GarbageTimestamper:
    """Answers, but not with a timestamp."""

    def request(self, request_der: bytes, *, should_stop: Callable[[], bool] = lambda: False) -> bytes:
        return b"<html>Login</html>"
