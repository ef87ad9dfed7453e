"""What failures of the network mean for a request on its way; shared by the channels."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from bdsigner.errors import BdsignerError, ErrorCode, NetworkError, RequestError
from bdsigner.model.request import Arrival, Attempt

if TYPE_CHECKING:
    from bdsigner.net.exchange import Answer

MAX_REASON = 200
"""Characters of a server's own words that a person is shown."""
_CODES: Mapping[ErrorCode, ErrorCode] = {
    ErrorCode.NETWORK_TIMEOUT: ErrorCode.REQUEST_SERVER_TIMEOUT,
    ErrorCode.NETWORK_TLS: ErrorCode.REQUEST_SERVER_TLS,
    ErrorCode.NETWORK_BAD_ANSWER: ErrorCode.REQUEST_SERVER_ANSWER,
}
PASSING = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_EARLY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    }
)
"""Refusals that may pass; nothing was taken."""
_NOT_LOGGED_IN = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


class _Problem(msgspec.Struct):
    """As much of RFC 9457 as is shown."""

    detail: str = ""


def server_name(url: str) -> str:
    """How the department's server is called before a person: host, and port where it is not the usual one."""
    return urlsplit(url).netloc


def server_error(error: NetworkError, server: str) -> RequestError:
    """A failure before anything could arrive.

    A certificate that is wrong today may be right tomorrow: whether to come back is a matter of the pauses.
    """
    reason = str(error.facts.get("reason", error.code.value))
    code = _CODES.get(error.code, ErrorCode.REQUEST_SERVER_UNREACHABLE)
    return RequestError(code, server=server, reason=reason)


def not_arrived(error: BdsignerError, *, may_retry: bool = True) -> Attempt:
    """An attempt of which nothing arrived, for certain."""
    return Attempt(arrival=Arrival.NOT_ARRIVED, error=error, may_retry=may_retry)


def arrival_unknown(server: str, *, reason: str) -> Attempt:
    """An attempt that ended between the content and the answer."""
    error = RequestError(ErrorCode.REQUEST_ARRIVAL_UNKNOWN, server=server, reason=reason)
    return Attempt(arrival=Arrival.UNCERTAIN, error=error)


def is_certain_refusal(status: int) -> bool:
    """Whether nothing was taken, for certain.

    Other 5xx come from servers that broke down on the way, and from what stands before them and lost the answer.
    """
    return 300 <= status < 500 or status in PASSING


def department_error(answer: "Answer", server: str, *, has_login: bool) -> RequestError:
    """What an answer that is none of those hoped for means."""
    status = answer.status
    if status in PASSING or status >= 500:
        return RequestError(ErrorCode.REQUEST_SERVER_BUSY, server=server, status=status)
    if status < 300:
        return RequestError(ErrorCode.REQUEST_SERVER_ANSWER, server=server, reason=f"status {status}")
    if has_login and status in _NOT_LOGGED_IN:
        return RequestError(ErrorCode.REQUEST_LOGIN_REFUSED, server=server, reason=stated_reason(answer))
    return RequestError(ErrorCode.REQUEST_SERVER_REFUSED, server=server, status=status, reason=stated_reason(answer))


def stated_reason(answer: "Answer") -> str:
    """The server's own words, cleaned, or the name of the status."""
    try:
        detail = cleaned(msgspec.json.decode(answer.untrusted_body, type=_Problem).detail)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        detail = ""
    if detail:
        return detail
    try:
        return HTTPStatus(answer.status).phrase
    except ValueError:
        return str(answer.status)


def cleaned(untrusted_text: str) -> str:
    """A server's words on one line, printable and short."""
    words = "".join(one if one.isprintable() else " " for one in untrusted_text[: 10 * MAX_REASON]).split()
    return " ".join(words)[:MAX_REASON]
