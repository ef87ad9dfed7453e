"""Logging in to the department's server with the token, for one exchange (Đ13.3; docs/department-api.md).

What is signed names the server it is meant for and the one request it serves: a signature that somebody in between
obtains is of no use elsewhere, and none of it serves twice, which the server sees to.
"""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlsplit

import msgspec

from bdsigner.errors import ErrorCode, RequestError
from bdsigner.net.request_errors import cleaned, department_error, server_name, stated_reason
from bdsigner.ports import SignChallenge

if TYPE_CHECKING:
    from bdsigner.net.exchange import Answer

LEAST_CHALLENGE_BYTES, MOST_CHALLENGE_BYTES = 32, 256
"""Fewer could be met again; more has no purpose in a challenge."""
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]{1,4096}=*")
"""b64token (RFC 6750 §2.1): nothing that could end a header."""
_REFUSALS = frozenset(
    {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.UNPROCESSABLE_ENTITY}
)
_HTTPS_PORT = 443

_T = TypeVar("_T")

Post = Callable[[str, bytes], "Answer"]
"""Path and JSON body → answer.  Raises ``RequestError``."""


class _Challenge(msgspec.Struct):
    challenge: str
    audience: str


class _Session(msgspec.Struct):
    token: str


def log_in(request_id: str, url: str, login: SignChallenge, post: Post) -> str:
    """A token for the exchanges about this request; it is kept nowhere.

    Raises ``RequestError``, and what ``login`` and ``post`` raise.
    """
    server = server_name(url)
    asked = _ask(post, "/v1/challenges", {"request": request_id}, server)
    offered = _decoded(asked, _Challenge, server)
    text = login_text(origin(url), request_id, _checked(offered, url, server))
    signature = b64encode(login(text)).decode("ascii")
    answer = _ask(
        post,
        "/v1/sessions",
        {"request": request_id, "challenge": offered.challenge, "signature": signature},
        server,
    )
    token = _decoded(answer, _Session, server).token
    if not _TOKEN.fullmatch(token):
        raise RequestError(ErrorCode.REQUEST_SERVER_ANSWER, server=server, reason="no session token")
    return token


def origin(url: str) -> str:
    """Whom we talk to, as the certificate of the connection proves it: ``https://host[:port]`` (RFC 6454 §6.2)."""
    parts = urlsplit(url)
    port = "" if parts.port in (None, _HTTPS_PORT) else f":{parts.port}"
    host = parts.hostname or ""
    return f"https://[{host}]{port}" if ":" in host else f"https://{host}{port}"


def login_text(audience: str, request_id: str, challenge: str) -> bytes:
    """What is signed; four lines that no document has."""
    return f"bdsigner login 1\n{audience}\n{request_id}\n{challenge}\n".encode("ascii")


def _checked(offered: _Challenge, url: str, server: str) -> str:
    """The challenge.  Raises REQUEST_LOGIN_REFUSED when it is meant for another server, or can be foreseen."""
    if offered.audience != origin(url):
        reason = cleaned(f"challenge of {offered.audience}")
        raise RequestError(ErrorCode.REQUEST_LOGIN_REFUSED, server=server, reason=reason)
    try:
        length = len(b64decode(offered.challenge, validate=True))
    except (binascii.Error, ValueError):
        length = 0
    if not LEAST_CHALLENGE_BYTES <= length <= MOST_CHALLENGE_BYTES:
        raise RequestError(ErrorCode.REQUEST_LOGIN_REFUSED, server=server, reason="bad challenge")
    return offered.challenge


def _ask(post: Post, path: str, body: dict[str, str], server: str) -> "Answer":
    answer = post(path, msgspec.json.encode(body))
    if answer.status in (HTTPStatus.OK, HTTPStatus.CREATED):
        return answer
    if answer.status in _REFUSALS:
        raise RequestError(ErrorCode.REQUEST_LOGIN_REFUSED, server=server, reason=stated_reason(answer))
    raise department_error(answer, server, has_login=True)


def _decoded(answer: "Answer", kind: type[_T], server: str) -> _T:
    try:
        return msgspec.json.decode(answer.untrusted_body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        reason = type(error).__name__
        raise RequestError(ErrorCode.REQUEST_SERVER_ANSWER, server=server, reason=reason) from error
