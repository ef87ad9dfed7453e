"""Whether a server answers at all: for the self-check, under the same limits as every other connection."""

from urllib.parse import urlsplit

from bdsigner.errors import ErrorCode, NetworkError
from bdsigner.model.profile import NetworkPolicy, TimestampPolicy
from bdsigner.net.timestamp import HttpTimestamper

REACH_SECONDS = 6.0
"""A person waits for the self-check; a server that needs longer is as good as away."""
_ENOUGH_BYTES = 1024
_HTTP_PORT = 80
_ANSWERED = (ErrorCode.NETWORK_HTTP_STATUS, ErrorCode.NETWORK_TOO_LARGE, ErrorCode.NETWORK_BAD_ANSWER)
"""The server spoke: an OCSP responder refuses a GET, a CRL is larger than what is read here."""


def reach(untrusted_url: str, policy: NetworkPolicy) -> None:
    """Ask an OCSP or CRL address for anything.  Raises ``NetworkError`` when nobody answers or asking is refused."""
    from bdsigner.net.exchange import Ask, exchange  # here: http.client and ssl cost a start without network
    from bdsigner.net.patience import Patience

    ask = Ask(url=untrusted_url, limit_bytes=_ENOUGH_BYTES, headers={"Accept": "*/*"})
    try:
        exchange(ask, policy, Patience(REACH_SECONDS, url=untrusted_url))
    except NetworkError as error:
        if error.code not in _ANSWERED:
            raise


def reach_proxy(url: str) -> None:
    """Open a connection to the proxy and close it.  Raises ``NetworkError``."""
    import socket  # here: see above

    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "", parts.port or _HTTP_PORT), timeout=REACH_SECONDS):
            return
    except TimeoutError as error:
        raise NetworkError(ErrorCode.NETWORK_TIMEOUT, url=url) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise NetworkError(ErrorCode.NETWORK_UNREACHABLE, url=url, reason=reason) from error


def ask_timestamp(url: str, request_der: bytes, policy: NetworkPolicy) -> bytes:
    """Ask one authority once; the answer is not yet checked.  Raises ``NetworkError``."""
    once = TimestampPolicy(urls=(url,), timeout_seconds=REACH_SECONDS, attempts=1, pause_seconds=0, tolerance_seconds=0)
    return HttpTimestamper(once, policy).request(request_der)
