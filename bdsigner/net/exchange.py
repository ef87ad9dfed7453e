"""One HTTP exchange under limits: addresses, redirects, size, time (hardening.md N1, N3)."""

import http.client
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from bdsigner import __version__
from bdsigner.errors import BdsignerError, ErrorCode, Fact, NetworkError
from bdsigner.model.profile import NetworkPolicy
from bdsigner.net.addresses import check_for_proxy, find_addresses, look_up
from bdsigner.net.connection import Connection, tls_reason
from bdsigner.net.patience import Patience

MAX_REDIRECTS = 3
"""Enough for http → https → a mirror; certvalidator's unbounded following is what N1 forbids."""
_DEFAULT_PORTS = {"http": http.client.HTTP_PORT, "https": http.client.HTTPS_PORT}
_URL_SAFE = "%/:=&?~#+!$,;'@()*[]"
"""Left as it stands in an address (RFC 3986 reserved characters and escapes); blanks and the like are escaped."""
_KEEPING_METHOD = frozenset({HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT})
_CHANGING_METHOD = frozenset({HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND, HTTPStatus.SEE_OTHER})
_PIECE_BYTES = 1 << 16
"""Of a body: between two of them the deadline and the person are asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What to send."""

    url: str
    limit_bytes: int
    headers: Mapping[str, str]
    body: bytes = b""
    method: str = ""
    """Empty: POST with a body, else GET."""
    roots: tuple[bytes, ...] = ()
    """DER of the CAs that the server must be certified by; empty: the system's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said, whatever its status; ``exchange_once``."""

    status: int
    content_type: str
    """Lower case, without parameters."""
    untrusted_body: bytes
    """Empty unless it came whole, within the limit and uncompressed."""


def exchange(ask: Ask, policy: NetworkPolicy, patience: Patience) -> bytes:
    """Send it and return the body of a 200 answer, after at most three redirects.

    Raises ``NetworkError`` with the facts ``url`` and, where there was an answer, ``http_status``; ``UserCancelled``.
    """
    for _ in range(MAX_REDIRECTS + 1):
        answer = _one_exchange(ask, policy, patience)
        if isinstance(answer, bytes):
            return answer
        ask = replace(ask, url=answer.url)
    raise _error(ErrorCode.NETWORK_BAD_ANSWER, ask.url, reason="too many redirects")


@dataclass(frozen=True, slots=True)
class _Redirect:
    url: str


def exchange_once(
    ask: Ask, policy: NetworkPolicy, patience: Patience, *, leaves: Callable[[], None] = lambda: None
) -> Answer:
    """Send it once, follow nothing, and return whatever is answered.

    ``leaves`` is called before the first byte of the body: what fails earlier cannot have reached the server's ears.
    Raises as ``exchange``, but never for a status or a body: once the status line has been read it stands.
    """
    has_left = False

    def pieces() -> Iterator[bytes]:
        nonlocal has_left
        leaves()
        has_left = True
        for start in range(0, len(ask.body), _PIECE_BYTES):
            patience.remaining_seconds()
            yield ask.body[start : start + _PIECE_BYTES]

    with _opened(ask, policy, patience) as (connection, target):
        headers = _headers(ask) | ({"Content-Length": str(len(ask.body))} if ask.body else {})
        try:
            connection.request(_method(ask), target, body=pieces() if ask.body else None, headers=headers)
        except OSError:
            # A server may answer early and close without reading on (RFC 9112 §9.6): what it said is still to be had.
            if not has_left:
                raise
        with connection.getresponse() as response:
            return _whole_answer(ask, response)


def _one_exchange(ask: Ask, policy: NetworkPolicy, patience: Patience) -> bytes | _Redirect:
    with _opened(ask, policy, patience) as (connection, target):
        connection.request(_method(ask), target, body=ask.body or None, headers=_headers(ask))
        with connection.getresponse() as response:
            return _read(ask, response)


def _method(ask: Ask) -> str:
    return ask.method or ("POST" if ask.body else "GET")


def _headers(ask: Ask) -> dict[str, str]:
    return {"User-Agent": f"bdsigner/{__version__}", "Connection": "close", **ask.headers}


@contextmanager
def _opened(ask: Ask, policy: NetworkPolicy, patience: Patience) -> Iterator[tuple[Connection, str]]:
    """A connection, opened by the first request over it, and the request target.  Raises ``NetworkError``."""
    connection, target = _prepare(_split(ask.url), policy, patience, ask.roots)
    try:
        yield connection, target
    except ssl.SSLError as error:
        raise _error(ErrorCode.NETWORK_TLS, ask.url, reason=tls_reason(error)) from error
    except TimeoutError as error:
        raise _error(ErrorCode.NETWORK_TIMEOUT, ask.url) from error
    except OSError as error:
        raise _error(ErrorCode.NETWORK_UNREACHABLE, ask.url, reason=error.strerror or type(error).__name__) from error
    except (http.client.HTTPException, ValueError) as error:
        raise _error(ErrorCode.NETWORK_BAD_ANSWER, ask.url, reason=type(error).__name__) from error
    finally:
        connection.close()


def _split(untrusted_url: str) -> SplitResult:
    """Take the address apart.  Raises ``NETWORK_REFUSED_SCHEME``, ``NETWORK_REFUSED_ADDRESS``."""
    try:
        parts = urlsplit(quote(untrusted_url.strip(), safe=_URL_SAFE))
        if parts.scheme not in _DEFAULT_PORTS:
            raise _error(ErrorCode.NETWORK_REFUSED_SCHEME, untrusted_url)
        is_usable = bool(parts.hostname) and parts.port != 0 and parts.username is None
    except ValueError as error:
        raise _error(ErrorCode.NETWORK_REFUSED_ADDRESS, untrusted_url, reason="malformed") from error
    if not is_usable:
        raise _error(ErrorCode.NETWORK_REFUSED_ADDRESS, untrusted_url, reason="malformed")
    return parts


def _prepare(
    parts: SplitResult, policy: NetworkPolicy, patience: Patience, roots: tuple[bytes, ...]
) -> tuple[Connection, str]:
    """The connection to use, not yet open, and the request target."""
    url, host = parts.geturl(), parts.hostname or ""
    port = parts.port or _DEFAULT_PORTS[parts.scheme]
    tls_name = host if parts.scheme == "https" else ""
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not policy.proxy:
        addresses = find_addresses(host, port, policy, patience, url=url)
        return Connection(host, port, addresses, patience, tls_name=tls_name, roots=roots), target
    check_for_proxy(host, port, policy, url=url)
    proxy = urlsplit(policy.proxy)
    proxy_host, proxy_port = proxy.hostname or "", proxy.port or _DEFAULT_PORTS["http"]
    addresses = look_up(proxy_host, proxy_port, patience, url=policy.proxy)
    connection = Connection(proxy_host, proxy_port, addresses, patience, tls_name=tls_name, roots=roots)
    if not tls_name:
        return connection, f"http://{parts.netloc}{target}"
    connection.set_tunnel(host, port)
    return connection, target


def _read(ask: Ask, response: http.client.HTTPResponse) -> bytes | _Redirect:
    status = response.status
    if status in _KEEPING_METHOD or (status in _CHANGING_METHOD and not ask.body):
        location = response.headers.get("Location")
        if not location:
            raise _error(ErrorCode.NETWORK_BAD_ANSWER, ask.url, http_status=status, reason="redirect to nowhere")
        return _Redirect(urljoin(ask.url, location))
    if status != HTTPStatus.OK:
        raise _error(ErrorCode.NETWORK_HTTP_STATUS, ask.url, http_status=status)
    _check_headers(ask, response)
    body = response.read(ask.limit_bytes + 1)
    if len(body) > ask.limit_bytes:
        raise _error(ErrorCode.NETWORK_TOO_LARGE, ask.url, http_status=status, limit=ask.limit_bytes)
    if response.length or not body:
        raise _error(ErrorCode.NETWORK_BAD_ANSWER, ask.url, http_status=status, reason="incomplete")
    return body


def _whole_answer(ask: Ask, response: http.client.HTTPResponse) -> Answer:
    body = b""
    try:
        if response.headers.get("Content-Encoding", "identity").strip().lower() == "identity":
            body = response.read(ask.limit_bytes + 1)
        if len(body) > ask.limit_bytes or response.length:
            body = b""
    except (OSError, http.client.HTTPException, ValueError, BdsignerError):
        body = b""  # also when time or the person's patience ended here: the status is known
    return Answer(status=response.status, content_type=response.headers.get_content_type(), untrusted_body=body)


def _check_headers(ask: Ask, response: http.client.HTTPResponse) -> None:
    status = response.status
    if (response.length or 0) > ask.limit_bytes:
        raise _error(ErrorCode.NETWORK_TOO_LARGE, ask.url, http_status=status, limit=ask.limit_bytes)
    if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise _error(ErrorCode.NETWORK_BAD_ANSWER, ask.url, http_status=status, reason="compressed")
    if response.headers.get_content_type() == "text/html":  # a log-in page of the network, not the service
        raise _error(ErrorCode.NETWORK_BAD_ANSWER, ask.url, http_status=status, reason="text/html")


def _error(code: ErrorCode, url: str, **facts: Fact) -> NetworkError:
    return NetworkError(code, url=url, **facts)
