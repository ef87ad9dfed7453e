"""Requests to the department's own server over HTTPS (docs/department-api.md; Đ13.2, Đ13.3)."""

import hashlib
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from bdsigner.errors import ErrorCode, NetworkError, RequestError, StorageError, UserCancelled
from bdsigner.model.profile import NetworkPolicy, RequestChannel, RequestPolicy
from bdsigner.model.request import Arrival, Attempt
from bdsigner.net.request_errors import (
    PASSING,
    arrival_unknown,
    department_error,
    is_certain_refusal,
    not_arrived,
    server_error,
    server_name,
)
from bdsigner.net.request_login import log_in
from bdsigner.ports import Consignment, SignChallenge

if TYPE_CHECKING:
    from bdsigner.net.exchange import Answer, Ask
    from bdsigner.net.patience import Patience

SEND_SECONDS = 60.0
"""For one exchange; sending gets ``LEAST_RATE`` for what is sent on top."""
LEAST_RATE = 32 << 10
"""Bytes a second that the slowest line is trusted with."""
MAX_REQUEST_BYTES = 50 << 20
"""Of all files together; a server may take less."""
ANSWER_BYTES = 256 << 10
"""A signed receipt with its certificates has some ten kilobytes."""
_MB = 1 << 20
_RECEIPT_TYPES = frozenset({"application/json", "application/pkcs7-mime"})
_FINAL = frozenset(
    {
        ErrorCode.REQUEST_LOGIN_NEEDED,
        ErrorCode.REQUEST_LOGIN_REFUSED,
        ErrorCode.REQUEST_SERVER_REFUSED,
        ErrorCode.REQUEST_TOO_LARGE,
    }
)
"""What ends a login or a request for good, until a person does something."""
_MEDIA_TYPES: Mapping[str, str] = {
    ".pdf": "application/pdf",
    ".json": "application/json",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}


class HttpsDelivery:
    """Implements ``ports.Delivery``; a connection for each exchange, nothing kept in between, no redirect followed.

    Without CAs in the profile nothing is connected to: the system's are never asked who the department is (Đ13.2).
    """

    def __init__(self, policy: RequestPolicy, network: NetworkPolicy, *, seconds: float = SEND_SECONDS) -> None:
        self._roots = policy.roots
        self._network = network
        self._seconds = seconds

    def send(
        self,
        consignment: Consignment,
        channel: RequestChannel,
        *,
        login: SignChallenge | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> Attempt:
        """See ``ports.Delivery``.  What ``login`` raises comes out: nothing has left then."""
        server = server_name(channel.url)
        if not self._roots:
            return not_arrived(_without_roots(server), may_retry=False)
        try:
            content_type, body = _form(consignment)
            headers = self._authorization(consignment.request_id, channel, login, should_stop)
        except StorageError as error:
            return not_arrived(error, may_retry=False)
        except RequestError as error:
            return not_arrived(error, may_retry=error.code not in _FINAL)
        headers |= {"Content-Type": content_type, "Idempotency-Key": consignment.request_id}
        ask = self._ask(consignment.request_id, channel, headers, method="PUT", body=body)
        return self._put(ask, server, channel, should_stop)

    def status(
        self,
        request_id: str,
        channel: RequestChannel,
        *,
        login: SignChallenge | None = None,
        should_stop: Callable[[], bool] = lambda: False,
    ) -> bytes | None:
        """See ``ports.Delivery``; raises ``RequestError`` of the server's codes for all that goes wrong."""
        from bdsigner.net.exchange import exchange_once  # here: http.client and ssl cost a start without network

        server = server_name(channel.url)
        if not self._roots:
            raise _without_roots(server)
        headers = self._authorization(request_id, channel, login, should_stop)
        ask = self._ask(request_id, channel, headers, method="GET")
        try:
            answer = exchange_once(ask, self._network, self._patience(channel, should_stop))
        except NetworkError as error:
            raise server_error(error, server) from error
        if answer.status == HTTPStatus.NOT_FOUND:
            return None
        if answer.status != HTTPStatus.OK:
            raise department_error(answer, server, has_login=channel.has_login)
        if not _is_receipt(answer):
            raise _no_receipt(answer, server)
        return answer.untrusted_body

    def _authorization(
        self,
        request_id: str,
        channel: RequestChannel,
        login: SignChallenge | None,
        should_stop: Callable[[], bool],
    ) -> dict[str, str]:
        """Headers that say who asks.  Raises ``RequestError``."""
        server = server_name(channel.url)
        if not channel.has_login:
            return {}
        if login is None:
            raise RequestError(ErrorCode.REQUEST_LOGIN_NEEDED, server=server)

        def post(path: str, body: bytes) -> "Answer":
            from bdsigner.net.exchange import Ask, exchange_once

            headers = {"Content-Type": "application/json", "Accept": "application/json"}
            url = _base(channel) + path
            ask = Ask(url=url, limit_bytes=ANSWER_BYTES, headers=headers, body=body, roots=self._roots)
            try:
                return exchange_once(ask, self._network, self._patience(channel, should_stop))
            except NetworkError as error:
                raise server_error(error, server) from error

        return {"Authorization": f"Bearer {log_in(request_id, channel.url, login, post)}"}

    def _ask(
        self, request_id: str, channel: RequestChannel, headers: dict[str, str], *, method: str, body: bytes = b""
    ) -> "Ask":
        from bdsigner.net.exchange import Ask

        return Ask(
            url=f"{_base(channel)}/v1/requests/{quote(request_id, safe='')}",
            limit_bytes=ANSWER_BYTES,
            headers={"Accept": ", ".join(sorted(_RECEIPT_TYPES)), **headers},
            body=body,
            roots=self._roots,
            method=method,
        )

    def _patience(self, channel: RequestChannel, should_stop: Callable[[], bool], *, size_bytes: int = 0) -> "Patience":
        from bdsigner.net.patience import Patience

        return Patience(self._seconds + size_bytes / LEAST_RATE, url=channel.url, should_stop=should_stop)

    def _put(self, ask: "Ask", server: str, channel: RequestChannel, should_stop: Callable[[], bool]) -> Attempt:
        from bdsigner.net.exchange import exchange_once

        has_left = False

        def leaves() -> None:
            nonlocal has_left
            has_left = True

        patience = self._patience(channel, should_stop, size_bytes=len(ask.body))
        try:
            answer = exchange_once(ask, self._network, patience, leaves=leaves)
        except UserCancelled:
            if not has_left:
                raise
            return arrival_unknown(server, reason="stopped")
        except NetworkError as error:
            if not has_left:
                return not_arrived(server_error(error, server))
            return arrival_unknown(server, reason=str(error.facts.get("reason", error.code.value)))
        return _judged(answer, server, has_login=channel.has_login)


def _judged(answer: "Answer", server: str, *, has_login: bool) -> Attempt:
    """What an answer to the whole request means."""
    if answer.status == HTTPStatus.ACCEPTED:
        return Attempt(arrival=Arrival.ARRIVED, answer=answer.untrusted_body if _is_receipt(answer) else b"")
    if answer.status in (HTTPStatus.OK, HTTPStatus.CREATED):
        if _is_receipt(answer):
            return Attempt(arrival=Arrival.ARRIVED, answer=answer.untrusted_body)
        # Anybody in front of the server says 200 to anything, a log-in page for one: only a receipt shows that it came.
        return Attempt(arrival=Arrival.UNCERTAIN, error=_no_receipt(answer, server))
    error = department_error(answer, server, has_login=has_login)
    if not is_certain_refusal(answer.status):
        return Attempt(arrival=Arrival.UNCERTAIN, error=error)
    return not_arrived(error, may_retry=answer.status in PASSING)


def _is_receipt(answer: "Answer") -> bool:
    """Whether it may be one: of a known type and whole."""
    return answer.content_type in _RECEIPT_TYPES and bool(answer.untrusted_body)


def _no_receipt(answer: "Answer", server: str) -> RequestError:
    reason = f"{answer.status} without a receipt"
    return RequestError(ErrorCode.REQUEST_SERVER_ANSWER, server=server, reason=reason)


def _without_roots(server: str) -> RequestError:
    return RequestError(ErrorCode.REQUEST_SERVER_TLS, server=server, reason="no CA in the profile")


def _base(channel: RequestChannel) -> str:
    return channel.url.rstrip("/")


def _form(consignment: Consignment) -> tuple[str, bytes]:
    """Media type and body of multipart/form-data (RFC 7578); the same bytes for the same files.

    Raises ``RequestError`` REQUEST_TOO_LARGE, ``StorageError``.
    """
    papers = sorted(consignment.attachments.items())
    files = [
        ("document", "document", consignment.document),
        ("request", "request", consignment.machine_copy),
        *(("attachments", quote(paper, safe=""), path) for paper, path in papers),
    ]
    parts: list[tuple[str, bytes]] = []
    left = MAX_REQUEST_BYTES
    for name, stem, path in files:
        content = _read(path, left)
        left -= len(content)
        suffix = path.suffix.lower() if path.suffix.lower() in _MEDIA_TYPES else ""
        head = f'Content-Disposition: form-data; name="{name}"; filename="{stem}{suffix}"\r\nContent-Type: '
        parts.append((head + _MEDIA_TYPES.get(suffix, "application/octet-stream"), content))
    # Of the contents, so that it cannot stand in one of them.
    digest = hashlib.sha256(b"".join(hashlib.sha256(content).digest() for _, content in parts)).hexdigest()
    boundary = f"bdsigner-{digest[:40]}"
    body = [b"--%s\r\n%s\r\n\r\n%s\r\n" % (boundary.encode(), head.encode(), content) for head, content in parts]
    return f"multipart/form-data; boundary={boundary}", b"".join([*body, f"--{boundary}--\r\n".encode()])


def _read(path: Path, limit_bytes: int) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(limit_bytes + 1)
    except OSError as error:
        raise StorageError(ErrorCode.STORAGE_OUTBOX, reason=error.strerror or type(error).__name__) from error
    if len(content) > limit_bytes:
        raise RequestError(ErrorCode.REQUEST_TOO_LARGE, limit=MAX_REQUEST_BYTES // _MB)
    return content
