"""The department's server as docs/department-api.md describes it, which fails where it is told to.

In a test: ``with department_server(effects, tls, …) as rig``.  As a process: ``python -m tests.rigs.department_server``.
"""

import argparse
import hashlib
import io
import json
import re
import secrets
import socket
import ssl
import threading
from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from werkzeug.formparser import MultiPartParser
from werkzeug.http import parse_options_header

from tests.rigs.effects import Effects
from tests.rigs.processes import serve_until_input_ends
from tests.rigs.token_login import verified_content

HOST = "127.0.0.1"
_REQUEST_PATH = re.compile(r"/v1/requests/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
MAX_BODY = 64 << 20


class DepartmentFault(StrEnum):
    """What goes wrong with one exchange that sends a request."""

    NONE = "none"
    BEFORE = "before"
    """The connection ends when the request has come; nothing is kept."""
    AFTER = "after"
    """It is kept; the connection ends without an answer."""
    WHILE = "while"
    """The connection ends while the request comes."""
    LATE = "late"
    """It is kept; the answer comes after ``late_seconds``."""
    ERROR_BEFORE = "error-before"
    """500; nothing is kept."""
    ERROR_AFTER = "error-after"
    """500; it is kept."""
    BUSY = "busy"
    """503 with Retry-After, before the request was read."""
    MANY = "many"
    """429."""
    ACCEPTED = "accepted"
    """202 without a receipt; it is kept."""
    TWICE = "twice"
    """It is answered two times."""
    HTML = "html"
    """200 with a page for people; nothing is kept."""
    EMPTY = "empty"
    """201 without anything; it is kept."""
    HUGE = "huge"
    """201 with a receipt of several megabytes; it is kept."""
    CUT = "cut"
    """201 with a receipt cut off in the middle; it is kept."""
    REDIRECT = "redirect"
    """307 to somewhere else."""
    TOO_LARGE = "too-large"
    """413 before it was read."""
    REFUSED = "refused"
    """422 with a reason."""


@dataclass
class DepartmentRig:
    """A running server."""

    effects: Effects
    faults: deque[DepartmentFault]
    """One for each PUT; without any left nothing goes wrong."""
    late_seconds: float
    needs_login: bool
    signers: frozenset[str]
    """SHA-256 (hex) of the certificates that may log in; empty: any."""
    sign: Callable[[bytes], bytes] | None
    """Receipt → CMS SignedData; ``None``: receipts are plain JSON."""
    host: str
    is_repeating: bool
    audience: str = ""
    """What challenges say they are for, where that is not the server itself."""
    port: int = 0
    states: dict[str, tuple[str, str]] = field(default_factory=dict)
    """State and reason by request; ``da-tiep-nhan`` without."""
    seen: list[tuple[str, str, int]] = field(default_factory=list)
    """Method, path and status of each exchange; 0: none was sent."""
    answers: list[tuple[str, str, int, str, bytes]] = field(default_factory=list)
    """Method, path, status, media type and body of each answer that was meant well."""
    challenges: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    """Request and end of each challenge that was not used yet."""
    sessions: dict[str, str] = field(default_factory=dict)
    """Request by token."""
    logins: list[tuple[str, str, str]] = field(default_factory=list)
    """Everything that was offered as a login: request, challenge, signature."""
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"https://{self.host}:{self.port}"

    def next_fault(self) -> DepartmentFault:
        if not self.faults:
            return DepartmentFault.NONE
        fault = self.faults.popleft()
        if self.is_repeating:
            self.faults.append(fault)
        return fault

    def receipt(self, request: str) -> tuple[str, bytes]:
        """Media type and content."""
        state, reason = self.states.get(request, ("da-tiep-nhan", ""))
        number = list(self.effects.contents()).index(request) + 1
        content = json.dumps(
            {
                "schema": "bdsigner.receipt/1",
                "request": request,
                "state": state,
                "at": datetime.now(UTC).isoformat(timespec="seconds"),
                "reference": f"TTTTĐT-{number:05}",
                "reason": reason,
            },
            ensure_ascii=False,
        ).encode()
        return ("application/json", content) if self.sign is None else ("application/pkcs7-mime", self.sign(content))


@contextmanager
def department_server(
    effects: Effects,
    tls: ssl.SSLContext,
    *,
    faults: Sequence[DepartmentFault] = (),
    late_seconds: float = 3.0,
    needs_login: bool = False,
    signers: frozenset[str] = frozenset(),
    sign: Callable[[bytes], bytes] | None = None,
    host: str = HOST,
    port: int = 0,
    is_repeating: bool = False,
) -> Iterator[DepartmentRig]:
    """Serve on loopback, in threads, until the block ends; ``host`` is what its certificate names."""
    rig = DepartmentRig(
        effects=effects,
        faults=deque(faults),
        late_seconds=late_seconds,
        needs_login=needs_login,
        signers=signers,
        sign=sign,
        host=host,
        is_repeating=is_repeating,
    )
    server = _Server((HOST, port), type("Handler", (_Handler,), {"rig": rig}))
    server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    rig.port = server.server_address[1]
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.05))
    thread.start()
    try:
        yield rig
    finally:
        rig.closing.set()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away, or shook no hand, is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    rig: DepartmentRig
    protocol_version = "HTTP/1.1"
    timeout = 20

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name in the library
        """Nothing is printed: a rig's output says its port."""

    def do_PUT(self) -> None:  # called by name
        found = _REQUEST_PATH.fullmatch(self.path)
        if found is None:
            self._problem(404, "no such thing")
            return
        request, fault = found[1], self.rig.next_fault()
        match fault:
            case DepartmentFault.BUSY:
                self._problem(503, "busy", {"Retry-After": "60"})
                return
            case DepartmentFault.TOO_LARGE:
                self._problem(413, "too large")
                return
            case DepartmentFault.WHILE:
                self.rfile.read(10)
                self._drop()
                return
        body = self.rfile.read(min(int(self.headers.get("Content-Length", "0")), MAX_BODY))
        if not self._is_let_in(request):
            self._problem(401, "not logged in")
        elif not self._failed_before(fault):
            self._take(request, body, fault)

    def do_GET(self) -> None:
        found = _REQUEST_PATH.fullmatch(self.path)
        if found is None:
            self._problem(404, "no such thing")
        elif not self._is_let_in(found[1]):
            self._problem(401, "not logged in")
        elif found[1] not in self.rig.effects.contents():
            self._problem(404, "no such request")
        else:
            self._answer(200, *self.rig.receipt(found[1]))

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length", "0")), 1 << 20))
        try:
            asked = json.loads(body)
            match self.path:
                case "/v1/challenges":
                    self._challenge(str(asked["request"]))
                case "/v1/sessions":
                    self._session(str(asked["request"]), str(asked["challenge"]), str(asked["signature"]))
                case _:
                    self._problem(404, "no such thing")
        except (ValueError, KeyError, TypeError) as error:
            self._problem(400, type(error).__name__)

    def _challenge(self, request: str) -> None:
        challenge = b64encode(secrets.token_bytes(32)).decode()
        end = datetime.now(UTC) + timedelta(minutes=5)
        self.rig.challenges[challenge] = request, end
        told = {
            "challenge": challenge,
            "audience": self.rig.audience or self.rig.url,
            "expires": end.isoformat(timespec="seconds"),
        }
        self._answer(201, "application/json", json.dumps(told).encode())

    def _session(self, request: str, challenge: str, signature: str) -> None:
        self.rig.logins.append((request, challenge, signature))
        meant_for, end = self.rig.challenges.pop(challenge, ("", datetime.min.replace(tzinfo=UTC)))
        if meant_for != request or datetime.now(UTC) > end:
            self._problem(403, "challenge unknown, used or too old")
            return
        text = f"bdsigner login 1\n{self.rig.url}\n{request}\n{challenge}\n".encode()
        signer = verified_content(b64decode(signature, validate=True), text)
        if not signer or (self.rig.signers and signer not in self.rig.signers):
            self._problem(403, "chữ ký không hợp lệ")
            return
        token = secrets.token_urlsafe(32)
        self.rig.sessions[token] = request
        told = {"token": token, "expires": end.isoformat(timespec="seconds")}
        self._answer(201, "application/json", json.dumps(told).encode())

    def _is_let_in(self, request: str) -> bool:
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        return not self.rig.needs_login or self.rig.sessions.pop(token, "") == request

    def _failed_before(self, fault: DepartmentFault) -> bool:
        """Whether it ended here, with nothing kept."""
        match fault:
            case DepartmentFault.BEFORE:
                self._drop()
            case DepartmentFault.ERROR_BEFORE:
                self._problem(500, "broken")
            case DepartmentFault.MANY:
                self._problem(429, "too many", {"Retry-After": "60"})
            case DepartmentFault.HTML:
                self._answer(200, "text/html", b"<html>Log in</html>", is_meant_well=False)
            case DepartmentFault.REDIRECT:
                self._answer(307, "text/plain", b"", {"Location": f"{self.rig.url}/elsewhere"}, is_meant_well=False)
            case DepartmentFault.REFUSED:
                self._problem(422, "Thiếu\x07 chữ ký \u202eđóng dấu")
            case _:
                return False
        return True

    def _take(self, request: str, body: bytes, fault: DepartmentFault) -> None:
        content = _canonical(self.headers.get("Content-Type", ""), body)
        if content is None or self.headers.get("Idempotency-Key") != request:
            self._problem(400, "not as documented")
            return
        is_new = self.rig.effects.record(request, content)
        if not is_new and self.rig.effects.digest(request) != hashlib.sha256(content).hexdigest():
            self._problem(409, "known with other content")
            return
        media_type, receipt = self.rig.receipt(request)
        status = 201 if is_new else 200
        match fault:
            case DepartmentFault.AFTER:
                self._drop()
            case DepartmentFault.ERROR_AFTER:
                self._problem(500, "broken")
            case DepartmentFault.ACCEPTED:
                self._answer(202, "application/json", b"")
            case DepartmentFault.EMPTY:
                self._answer(status, "application/json", b"", is_meant_well=False)
            case DepartmentFault.HUGE:
                self._answer(status, "application/json", b" " * (5 << 20) + receipt, is_meant_well=False)
            case DepartmentFault.CUT:
                longer = {"Content-Length": str(len(receipt) + 10)}
                self._answer(status, media_type, receipt, longer, is_meant_well=False)
                self._drop()
            case DepartmentFault.TWICE:
                self._answer(status, media_type, receipt)
                self._answer(status, media_type, receipt)
            case _:
                if fault is DepartmentFault.LATE:
                    self.rig.closing.wait(self.rig.late_seconds)
                self._answer(status, media_type, receipt)

    def _problem(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        body = json.dumps({"title": "refused", "status": status, "detail": detail}).encode()
        self._answer(status, "application/problem+json", body, headers)

    def _answer(
        self,
        status: int,
        media_type: str,
        body: bytes,
        headers: dict[str, str] | None = None,
        *,
        is_meant_well: bool = True,
    ) -> None:
        self.rig.seen.append((self.command, self.path, status))
        if is_meant_well:
            self.rig.answers.append((self.command, self.path, status, media_type, body))
        self.close_connection = True
        self.send_response(status)
        fields = {"Content-Type": media_type, "Content-Length": str(len(body)), "Connection": "close"}
        for name, value in (fields | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _drop(self) -> None:
        self.rig.seen.append((self.command, self.path, 0))
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)


def _canonical(content_type: str, body: bytes) -> bytes | None:
    """What of a form counts as its content: names and contents, in order; ``None``: not one as documented."""
    kind, options = parse_options_header(content_type)
    if kind != "multipart/form-data" or "boundary" not in options:
        return None
    parser = MultiPartParser(stream_factory=lambda *_, **__: io.BytesIO())  # its own is left open
    _, files = parser.parse(io.BytesIO(body), options["boundary"].encode(), len(body))
    if len(files.getlist("document")) != 1 or len(files.getlist("request")) != 1:
        return None
    parts = [(name, one.filename or "", one.read()) for name, one in files.items(multi=True)]
    return json.dumps(
        [[name, filename, hashlib.sha256(content).hexdigest(), len(content)] for name, filename, content in parts]
    ).encode()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", type=Path, required=True, help="file of the effects")
    parser.add_argument("--certificate", type=Path, required=True, help="PEM with key and certificate")
    parser.add_argument("--host", default=HOST, help="name in the certificate")
    parser.add_argument("--faults", default="", help="names with commas, one for each PUT, again and again")
    parser.add_argument("--late-seconds", type=float, default=3.0)
    parser.add_argument("--login", action="store_true", help="ask for a signed challenge")
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(given.certificate)
    with department_server(
        Effects(given.record),
        tls,
        faults=[DepartmentFault(one) for one in given.faults.split(",") if one],
        late_seconds=given.late_seconds,
        needs_login=given.login,
        host=given.host,
        port=given.port,
        is_repeating=True,
    ) as rig:
        serve_until_input_ends(rig.port)


if __name__ == "__main__":
    main()
