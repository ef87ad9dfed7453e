"""Requests to the department's server: what is certain after each answer, logins, and servers that are not what they say."""

import http.client
import json
import re
import socket
import ssl
import subprocess
import sys
import threading
import time
import uuid
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from openapi_spec_validator.readers import read_from_filename

from bdsigner.errors import ErrorCode, RequestError, TokenError, UserCancelled
from bdsigner.model.profile import ChannelKind, NetworkPolicy, RequestChannel, RequestPolicy
from bdsigner.model.request import Arrival, Attempt
from bdsigner.net.request_https import ANSWER_BYTES, MAX_REQUEST_BYTES, HttpsDelivery
from bdsigner.net.request_login import login_text, origin
from bdsigner.ports import Consignment
from tests.net.tls import TestCa
from tests.rigs.department_server import DepartmentFault, DepartmentRig, department_server
from tests.rigs.effects import Effects
from tests.support.raw_server import Answer, raw_reply, raw_server, reply
from tests.support.signed_cms import signed_cms
from tests.support.signed_pdf import simple_signer
from tests.support.small_pki import Holder, make_certificate, rsa_key

INTRANET = NetworkPolicy(allow_private_addresses=True)
SPEC = Path(__file__).parents[2] / "docs" / "department-api.yaml"
UNSENT, UNKNOWN, SENT = Arrival.NOT_ARRIVED, Arrival.UNCERTAIN, Arrival.ARRIVED


@pytest.fixture(scope="module")
def person() -> Holder:
    return make_certificate("Nguyễn Văn An", None, key=rsa_key(1))


def delivery(ca: TestCa, *, seconds: float = 10.0) -> HttpsDelivery:
    return HttpsDelivery(RequestPolicy(roots=(ca.certificate.public_bytes(Encoding.DER),)), INTRANET, seconds=seconds)


def consignment(folder: Path, *, document: bytes = b"%PDF-1.7\r\n--\x00\xff\r\n") -> Consignment:
    request = str(uuid.uuid4())
    (folder / f"{request}.pdf").write_bytes(document)
    (folder / f"{request}.json").write_bytes(b"{}")
    (folder / "Con dấu.JPG").write_bytes(b"\xff\xd8\r\n\r\n")
    (folder / "khac.zip").write_bytes(b"")
    return Consignment(
        request_id=request,
        sender="",
        message=None,
        document=folder / f"{request}.pdf",
        machine_copy=folder / f"{request}.json",
        attachments={"seal": folder / "Con dấu.JPG", "appointment": folder / "khac.zip"},
    )


def channel(url: str, *, has_login: bool = False) -> RequestChannel:
    return RequestChannel(id="https", name="Máy chủ", kind=ChannelKind.HTTPS, url=url, has_login=has_login)


def code(attempt: Attempt) -> ErrorCode:
    assert attempt.error is not None
    return attempt.error.code


@contextmanager
def rig_of(
    effects: Effects, tls: ssl.SSLContext, *faults: DepartmentFault, **options: object
) -> Iterator[DepartmentRig]:
    with department_server(effects, tls, faults=faults, **options) as rig:  # type: ignore[arg-type]
        yield rig


@dataclass
class Key:
    """Signs challenges, and remembers them."""

    holder: Holder
    texts: list[bytes] = field(default_factory=list)

    def __call__(self, challenge: bytes) -> bytes:
        self.texts.append(challenge)
        return signed_cms(simple_signer(self.holder), challenge).dump()


# Sending


def test_it_arrives_once_and_is_answered_each_time(
    ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path
) -> None:
    sent = consignment(tmp_path)
    with rig_of(effects, tls) as rig:
        attempts = [delivery(ca).send(sent, channel(f"{rig.url}/")) for _ in range(3)]
        rig.states[sent.request_id] = "xong", ""
        status = delivery(ca).status(sent.request_id, channel(rig.url))
    assert [one[2] for one in rig.seen] == [201, 200, 200, 200]
    for attempt in attempts:
        assert (attempt.arrival, attempt.error) == (SENT, None)
        assert json.loads(attempt.answer)["request"] == sent.request_id
    assert status is not None
    assert json.loads(status)["state"] == "xong"
    assert effects.arrivals() == [sent.request_id] * 3
    parts = json.loads(effects.contents()[sent.request_id])
    assert [part[:2] for part in parts] == [
        ["document", "document.pdf"],
        ["request", "request.json"],
        ["attachments", "appointment"],
        ["attachments", "seal.jpg"],
    ]
    assert [part[3] for part in parts] == [16, 2, 0, 6]


def test_a_signed_receipt_is_handed_on_unread(
    ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path, person: Holder
) -> None:
    with rig_of(effects, tls, sign=Key(person)) as rig:
        attempt = delivery(ca).send(consignment(tmp_path), channel(rig.url))
    assert attempt.answer == rig.answers[0][4]
    assert attempt.answer[:1] == b"\x30"


FAULTS = {
    DepartmentFault.BEFORE: (UNKNOWN, ErrorCode.REQUEST_ARRIVAL_UNKNOWN, True),
    DepartmentFault.AFTER: (UNKNOWN, ErrorCode.REQUEST_ARRIVAL_UNKNOWN, True),
    DepartmentFault.WHILE: (UNKNOWN, ErrorCode.REQUEST_ARRIVAL_UNKNOWN, True),
    DepartmentFault.LATE: (UNKNOWN, ErrorCode.REQUEST_ARRIVAL_UNKNOWN, True),
    DepartmentFault.ERROR_BEFORE: (UNKNOWN, ErrorCode.REQUEST_SERVER_BUSY, True),
    DepartmentFault.ERROR_AFTER: (UNKNOWN, ErrorCode.REQUEST_SERVER_BUSY, True),
    DepartmentFault.BUSY: (UNSENT, ErrorCode.REQUEST_SERVER_BUSY, True),
    DepartmentFault.MANY: (UNSENT, ErrorCode.REQUEST_SERVER_BUSY, True),
    DepartmentFault.ACCEPTED: (SENT, None, True),
    DepartmentFault.TWICE: (SENT, None, True),
    DepartmentFault.HTML: (UNKNOWN, ErrorCode.REQUEST_SERVER_ANSWER, True),
    DepartmentFault.EMPTY: (UNKNOWN, ErrorCode.REQUEST_SERVER_ANSWER, True),
    DepartmentFault.HUGE: (UNKNOWN, ErrorCode.REQUEST_SERVER_ANSWER, True),
    DepartmentFault.CUT: (UNKNOWN, ErrorCode.REQUEST_SERVER_ANSWER, True),
    DepartmentFault.REDIRECT: (UNSENT, ErrorCode.REQUEST_SERVER_REFUSED, False),
    DepartmentFault.TOO_LARGE: (UNSENT, ErrorCode.REQUEST_SERVER_REFUSED, False),
    DepartmentFault.REFUSED: (UNSENT, ErrorCode.REQUEST_SERVER_REFUSED, False),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_end_says_what_is_certain_and_the_next_attempt_mends_it(
    ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path, fault: DepartmentFault
) -> None:
    arrival, expected, may_retry = FAULTS[fault]
    sent = consignment(tmp_path)
    with rig_of(effects, tls, fault, late_seconds=1.5) as rig:
        attempt = delivery(ca, seconds=0.5).send(sent, channel(rig.url))
        has_it = bool(effects.arrivals())
        again = delivery(ca).send(sent, channel(rig.url))
    assert (attempt.arrival, attempt.may_retry) == (arrival, may_retry)
    assert (attempt.error.code if attempt.error else None) is expected
    assert has_it or arrival is not SENT
    assert not has_it or arrival is not UNSENT
    assert again.arrival is SENT
    assert list(effects.contents()) == [sent.request_id]


def test_a_servers_words_are_shown_clean(ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path) -> None:
    with rig_of(effects, tls, DepartmentFault.REFUSED) as rig:
        error = delivery(ca).send(consignment(tmp_path), channel(rig.url)).error
    assert error is not None
    assert error.facts == {
        "server": f"127.0.0.1:{rig.port}",
        "status": 422,
        "reason": "Thiếu chữ ký đóng dấu",
    }


def test_other_content_under_a_known_id_is_refused(
    ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path
) -> None:
    sent = consignment(tmp_path)
    with rig_of(effects, tls) as rig:
        delivery(ca).send(sent, channel(rig.url))
        sent.document.write_bytes(b"%PDF other")
        attempt = delivery(ca).send(sent, channel(rig.url))
    assert (attempt.arrival, code(attempt), attempt.may_retry) == (UNSENT, ErrorCode.REQUEST_SERVER_REFUSED, False)
    assert attempt.error is not None
    assert attempt.error.facts["status"] == 409


@pytest.mark.parametrize("fault", [DepartmentFault.BUSY, DepartmentFault.TOO_LARGE, DepartmentFault.WHILE])
def test_a_server_that_ends_a_long_request_early(
    ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path, fault: DepartmentFault
) -> None:
    """Its answer may be lost when it closes without reading on; never is it taken for an arrival."""
    sent = consignment(tmp_path, document=bytes(8 << 20))
    with rig_of(effects, tls, fault) as rig:
        attempt = delivery(ca).send(sent, channel(rig.url))
    assert attempt.arrival is UNKNOWN or (attempt.arrival is UNSENT and fault is not DepartmentFault.WHILE)
    assert effects.arrivals() == []


def test_an_early_answer_is_heard_though_sending_fails(ca: TestCa, tls: ssl.SSLContext, tmp_path: Path) -> None:
    """As proxies do it: answer, stop writing, and let what still comes run into nothing for a while."""

    def serve(listener: socket.socket) -> None:
        with tls.wrap_socket(listener.accept()[0], server_side=True) as connection:
            connection.recv(100)
            connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
            while connection.recv(1 << 20):
                pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        attempt = delivery(ca).send(consignment(tmp_path, document=bytes(2 << 20)), channel(url))
        thread.join()
    assert (attempt.arrival, code(attempt)) == (UNSENT, ErrorCode.REQUEST_SERVER_REFUSED)


@pytest.mark.parametrize(
    ("answer", "arrival", "expected"),
    [
        (reply(b"x", status="204 None"), UNKNOWN, ErrorCode.REQUEST_SERVER_ANSWER),
        (reply(b"x", status="302 Found"), UNSENT, ErrorCode.REQUEST_SERVER_REFUSED),
        (reply(b"x", status="401 Who"), UNSENT, ErrorCode.REQUEST_SERVER_REFUSED),
        (reply(b"x", status="408 Slow"), UNSENT, ErrorCode.REQUEST_SERVER_BUSY),
        (reply(b"x", status="451 Law"), UNSENT, ErrorCode.REQUEST_SERVER_REFUSED),
        (reply(b'{"detail": ' + b"[" * 100_000, status="499 Odd"), UNSENT, ErrorCode.REQUEST_SERVER_REFUSED),
        (reply(b"x", status="502 Proxy"), UNKNOWN, ErrorCode.REQUEST_SERVER_BUSY),
        (reply(b"x", status="799 Odd"), UNKNOWN, ErrorCode.REQUEST_SERVER_BUSY),
        (raw_reply(b"\0\xff" * 500), UNKNOWN, ErrorCode.REQUEST_ARRIVAL_UNKNOWN),
        (raw_reply(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000), UNKNOWN, ErrorCode.REQUEST_ARRIVAL_UNKNOWN),
        (raw_reply(b"HTTP/1.1 503 x\r\nContent-Length: 9\r\n\r\nx"), UNSENT, ErrorCode.REQUEST_SERVER_BUSY),
        (
            reply(b"{}", headers={"Content-Type": "application/json", "Content-Encoding": "gzip"}),
            UNKNOWN,
            ErrorCode.REQUEST_SERVER_ANSWER,
        ),
    ],
)
def test_odd_answers(
    ca: TestCa, tls: ssl.SSLContext, tmp_path: Path, answer: Answer, arrival: Arrival, expected: ErrorCode
) -> None:
    with raw_server(answer, tls=tls) as server:
        attempt = delivery(ca).send(consignment(tmp_path), channel(server.url("", scheme="https")))
    assert (attempt.arrival, code(attempt)) == (arrival, expected)
    assert attempt.answer == b""


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 201 Made\r\nContent-Type: application/json\r\n\r\n"])
def test_slow_answers_end_at_the_deadline(ca: TestCa, tls: ssl.SSLContext, tmp_path: Path, start: bytes) -> None:
    def drip(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(start)
        while start and not server.stopping.wait(0.05):
            connection.sendall(b" ")
        server.stopping.wait(20)

    started = time.monotonic()
    with raw_server(drip, tls=tls) as server:
        attempt = delivery(ca, seconds=0.6).send(consignment(tmp_path), channel(server.url("", scheme="https")))
    assert attempt.arrival is UNKNOWN
    assert 0.5 < time.monotonic() - started < 10


def test_papers_beyond_the_limit_are_not_sent(ca: TestCa, tmp_path: Path) -> None:
    sent = consignment(tmp_path)
    with sent.document.open("ab") as file:
        file.truncate(MAX_REQUEST_BYTES)
    attempt = delivery(ca).send(sent, channel("https://127.0.0.1:9"))
    assert attempt.error is not None
    assert (attempt.error.code, dict(attempt.error.facts)) == (ErrorCode.REQUEST_TOO_LARGE, {"limit": 50})
    assert (attempt.arrival, attempt.may_retry) == (UNSENT, False)
    sent.document.unlink()
    attempt = delivery(ca).send(sent, channel("https://127.0.0.1:9"))
    assert (code(attempt), attempt.may_retry) == (ErrorCode.STORAGE_OUTBOX, False)


def test_nobody_there(ca: TestCa, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        silent = delivery(ca, seconds=0.5).send(consignment(tmp_path), channel(url))  # it shakes no hand
        assert (silent.arrival, code(silent)) == (UNSENT, ErrorCode.REQUEST_SERVER_TIMEOUT)
    gone = delivery(ca).send(consignment(tmp_path), channel(url))
    assert (gone.arrival, code(gone), gone.may_retry) == (UNSENT, ErrorCode.REQUEST_SERVER_UNREACHABLE, True)
    public_only = HttpsDelivery(RequestPolicy(roots=(b"x",)), NetworkPolicy())
    refused = public_only.send(consignment(tmp_path), channel(url))
    assert (refused.arrival, code(refused)) == (UNSENT, ErrorCode.REQUEST_SERVER_UNREACHABLE)


def test_stopping(ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path) -> None:
    with rig_of(effects, tls, DepartmentFault.LATE, late_seconds=1.5) as rig:
        with pytest.raises(UserCancelled):
            delivery(ca).send(consignment(tmp_path), channel(rig.url), should_stop=lambda: True)
        assert effects.arrivals() == []
        attempt = delivery(ca).send(
            consignment(tmp_path), channel(rig.url), should_stop=lambda: bool(effects.arrivals())
        )
    assert (attempt.arrival, code(attempt)) == (UNKNOWN, ErrorCode.REQUEST_ARRIVAL_UNKNOWN)


# Certificates (Đ13.2)

FLAWS: dict[str, Callable[[TestCa, Path], ssl.SSLContext]] = {
    "expired": lambda ca, folder: ca.context(folder, expired=True),
    "other host": lambda ca, folder: ca.context(folder, host="other.example"),
    "self-signed": lambda ca, folder: ca.context(folder, self_signed=True),
    "other CA": lambda _ca, folder: TestCa.make("Root").context(folder),
}


@pytest.mark.parametrize("flaw", FLAWS.values(), ids=FLAWS)
def test_a_server_without_a_good_certificate_learns_nothing(
    ca: TestCa, effects: Effects, tmp_path: Path, person: Holder, flaw: Callable[[TestCa, Path], ssl.SSLContext]
) -> None:
    key = Key(person)
    with rig_of(effects, flaw(ca, tmp_path)) as rig:
        attempt = delivery(ca).send(consignment(tmp_path), channel(rig.url))
        with_login = delivery(ca).send(consignment(tmp_path), channel(rig.url, has_login=True), login=key)
    for one in (attempt, with_login):
        assert (one.arrival, code(one), one.may_retry) == (UNSENT, ErrorCode.REQUEST_SERVER_TLS, True)
    assert (rig.seen, key.texts) == ([], [])


def test_the_systems_roots_are_never_asked(
    ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "roots.pem").write_bytes(ca.pem())
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "roots.pem"))
    other = TestCa.make("Other").certificate.public_bytes(Encoding.DER)
    with rig_of(effects, tls) as rig:
        for roots, may_retry in (((), False), ((other,), True)):
            sending = HttpsDelivery(RequestPolicy(roots=roots), INTRANET)
            attempt = sending.send(consignment(tmp_path), channel(rig.url))
            assert (attempt.arrival, code(attempt)) == (UNSENT, ErrorCode.REQUEST_SERVER_TLS)
            assert attempt.may_retry is may_retry
            with pytest.raises(RequestError) as caught:
                sending.status(str(uuid.uuid4()), channel(rig.url))
            assert caught.value.code is ErrorCode.REQUEST_SERVER_TLS
    assert rig.seen == []


# Asking


def test_what_the_server_does_not_know(ca: TestCa, tls: ssl.SSLContext, effects: Effects) -> None:
    with rig_of(effects, tls) as rig:
        assert delivery(ca).status(str(uuid.uuid4()), channel(rig.url)) is None


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (reply(b"x", status="503 Busy"), ErrorCode.REQUEST_SERVER_BUSY),
        (reply(b"x", status="500 Oops"), ErrorCode.REQUEST_SERVER_BUSY),
        (reply(b"x", status="403 No"), ErrorCode.REQUEST_SERVER_REFUSED),
        (reply(b"", status="302 Found", headers={"Location": "/"}), ErrorCode.REQUEST_SERVER_REFUSED),
        (reply(b"<html>", headers={"Content-Type": "text/html"}), ErrorCode.REQUEST_SERVER_ANSWER),
        (
            reply(b"x" * (ANSWER_BYTES + 1), headers={"Content-Type": "application/json"}),
            ErrorCode.REQUEST_SERVER_ANSWER,
        ),
        (raw_reply(b""), ErrorCode.REQUEST_SERVER_UNREACHABLE),
        (raw_reply(b"x\r\n\r\n"), ErrorCode.REQUEST_SERVER_ANSWER),
    ],
)
def test_asking_in_vain_is_a_coded_error(ca: TestCa, tls: ssl.SSLContext, answer: Answer, expected: ErrorCode) -> None:
    with raw_server(answer, tls=tls) as server, pytest.raises(RequestError) as caught:
        delivery(ca).status(str(uuid.uuid4()), channel(server.url("", scheme="https")))
    assert caught.value.code is expected


# Logging in (Đ13.3)


def test_a_login_is_for_one_exchange(
    ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path, person: Holder
) -> None:
    key, sent = Key(person), consignment(tmp_path)
    with rig_of(effects, tls, needs_login=True) as rig:
        way = channel(f"{rig.url}/", has_login=True)
        assert delivery(ca).send(sent, way, login=key).arrival is SENT
        assert delivery(ca).status(sent.request_id, way, login=key)
    assert len(rig.logins) == 2
    assert rig.sessions == {}
    assert key.texts[0] == login_text(rig.url, sent.request_id, rig.logins[0][1])


def test_without_a_key_nothing_is_asked(ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path) -> None:
    with rig_of(effects, tls, needs_login=True) as rig:
        way = channel(rig.url, has_login=True)
        attempt = delivery(ca).send(consignment(tmp_path), way)
        assert (attempt.arrival, code(attempt), attempt.may_retry) == (UNSENT, ErrorCode.REQUEST_LOGIN_NEEDED, False)
        with pytest.raises(RequestError) as caught:
            delivery(ca).status(str(uuid.uuid4()), way)
        assert caught.value.code is ErrorCode.REQUEST_LOGIN_NEEDED
    assert rig.seen == []


def test_what_stops_the_signing_comes_out(ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path) -> None:
    def no_token(_challenge: bytes) -> bytes:
        raise TokenError(ErrorCode.TOKEN_REMOVED)

    with rig_of(effects, tls, needs_login=True) as rig, pytest.raises(TokenError):
        delivery(ca).send(consignment(tmp_path), channel(rig.url, has_login=True), login=no_token)
    assert [one[0] for one in rig.seen] == ["POST"]


def test_a_challenge_for_another_server_is_not_signed(
    ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path, person: Holder
) -> None:
    """Somebody with a certificate of his own passes on the challenge of the real server."""
    key = Key(person)
    with rig_of(effects, tls, needs_login=True) as rig:
        rig.audience = "https://tiepnhan.example.gov.vn"
        attempt = delivery(ca).send(consignment(tmp_path), channel(rig.url, has_login=True), login=key)
    assert (attempt.arrival, code(attempt), attempt.may_retry) == (UNSENT, ErrorCode.REQUEST_LOGIN_REFUSED, False)
    assert key.texts == []


def test_a_signature_made_for_one_server_is_refused_by_another(
    ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path, person: Holder
) -> None:
    """The same, but whoever stands between says that the challenge is his own: it is signed with his name in it."""
    request = str(uuid.uuid4())
    with rig_of(effects, tls, needs_login=True) as real:
        challenge = post(real, ca, "/v1/challenges", {"request": request})["challenge"]
        signature = Key(person)(login_text("https://127.0.0.1:1", request, challenge))
        answer = post(
            real,
            ca,
            "/v1/sessions",
            {"request": request, "challenge": challenge, "signature": b64encode(signature).decode()},
        )
    assert answer["status"] == 403


def test_a_login_cannot_be_replayed(
    ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path, person: Holder
) -> None:
    sent = consignment(tmp_path)
    with rig_of(effects, tls, needs_login=True) as rig:
        assert delivery(ca).send(sent, channel(rig.url, has_login=True), login=Key(person)).arrival is SENT
        request, challenge, signature = rig.logins[0]
        seen = {"request": request, "challenge": challenge, "signature": signature}
        assert post(rig, ca, "/v1/sessions", seen)["status"] == 403
        anew = post(rig, ca, "/v1/challenges", {"request": request})["challenge"]
        assert post(rig, ca, "/v1/sessions", seen | {"challenge": anew})["status"] == 403
        other = str(uuid.uuid4())
        foreign = post(rig, ca, "/v1/challenges", {"request": other})["challenge"]
        made = Key(person)(login_text(rig.url, request, foreign))
        mixed = {"request": request, "challenge": foreign, "signature": b64encode(made).decode()}
        assert post(rig, ca, "/v1/sessions", mixed)["status"] == 403


def test_a_certificate_that_the_server_does_not_know(
    ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path, person: Holder
) -> None:
    with rig_of(effects, tls, needs_login=True, signers=frozenset({"00" * 32})) as rig:
        attempt = delivery(ca).send(consignment(tmp_path), channel(rig.url, has_login=True), login=Key(person))
    assert (attempt.arrival, code(attempt), attempt.may_retry) == (UNSENT, ErrorCode.REQUEST_LOGIN_REFUSED, False)
    assert attempt.error is not None
    assert attempt.error.facts["reason"] == "chữ ký không hợp lệ"


GOOD = b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    ("challenge", "token", "expected", "may_retry"),
    [
        (b64encode(bytes(31)).decode(), "t", ErrorCode.REQUEST_LOGIN_REFUSED, False),
        (b64encode(bytes(257)).decode(), "t", ErrorCode.REQUEST_LOGIN_REFUSED, False),
        ("!" * 44, "t", ErrorCode.REQUEST_LOGIN_REFUSED, False),
        ("á" * 44, "t", ErrorCode.REQUEST_LOGIN_REFUSED, False),
        (f"{GOOD}\nbdsigner", "t", ErrorCode.REQUEST_LOGIN_REFUSED, False),
        (1, "t", ErrorCode.REQUEST_SERVER_ANSWER, True),
        (GOOD, "", ErrorCode.REQUEST_SERVER_ANSWER, True),
        (GOOD, "t\r\nX-Evil: 1", ErrorCode.REQUEST_SERVER_ANSWER, True),
        (GOOD, "t" * 5000, ErrorCode.REQUEST_SERVER_ANSWER, True),
        (GOOD, None, ErrorCode.REQUEST_SERVER_ANSWER, True),
    ],
)
def test_hostile_logins(
    ca: TestCa,
    tls: ssl.SSLContext,
    tmp_path: Path,
    person: Holder,
    challenge: object,
    token: object,
    expected: ErrorCode,
    *,
    may_retry: bool,
) -> None:
    def answer(connection: socket.socket, request: bytes) -> None:
        told = {"challenge": challenge, "audience": server.url("", scheme="https")}
        body = told if request.startswith(b"POST /v1/challenges ") else {"token": token}
        reply(json.dumps(body).encode(), status="201 Made")(connection, request)

    with raw_server(answer, tls=tls) as server:
        way = channel(server.url("", scheme="https"), has_login=True)
        attempt = delivery(ca).send(consignment(tmp_path), way, login=Key(person))
    assert (attempt.arrival, code(attempt), attempt.may_retry) == (UNSENT, expected, may_retry)
    assert all(one.startswith(b"POST ") for one in server.requests)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://Tiepnhan.example/a/", "https://tiepnhan.example"),
        ("https://tiepnhan.example:443", "https://tiepnhan.example"),
        ("https://tiepnhan.example:8443", "https://tiepnhan.example:8443"),
        ("https://[::1]:8443/", "https://[::1]:8443"),
    ],
)
def test_the_origin_of_an_address(url: str, expected: str) -> None:
    assert origin(url) == expected


def post(rig: DepartmentRig, ca: TestCa, path: str, body: dict[str, str]) -> Any:
    """As somebody else would, with what he has got hold of."""
    context = ssl.create_default_context(cadata=ca.pem().decode())
    connection = http.client.HTTPSConnection("127.0.0.1", rig.port, context=context, timeout=10)
    try:
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
        return json.loads(connection.getresponse().read())
    finally:
        connection.close()


# The documented form


@pytest.fixture(scope="module")
def spec() -> Any:
    return read_from_filename(str(SPEC))[0]


def test_the_documented_form_is_one(spec: Any) -> None:
    validate(spec)


def test_the_real_answers_are_as_documented(
    ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path, person: Holder, spec: Any
) -> None:
    """All that the server says to the real client, held against docs/department-api.yaml."""
    faults = (
        DepartmentFault.REFUSED,
        DepartmentFault.BUSY,
        DepartmentFault.MANY,
        DepartmentFault.ERROR_BEFORE,
        DepartmentFault.TOO_LARGE,
        DepartmentFault.NONE,
    )
    key, sent = Key(person), consignment(tmp_path)
    with rig_of(effects, tls, *faults, needs_login=True) as rig:
        way = channel(rig.url, has_login=True)
        for state in ("da-tiep-nhan", "dang-xu-ly", "xong", "tu-choi"):
            rig.states[sent.request_id] = state, "Ảnh không đọc được"
            for _ in range(3):
                delivery(ca).send(sent, way, login=key)
            delivery(ca).status(sent.request_id, way, login=key)
        delivery(ca).send(sent, channel(rig.url))
        delivery(ca).status(str(uuid.uuid4()), way, login=key)
        sent.document.write_bytes(b"%PDF other")
        delivery(ca).send(sent, way, login=key)
        rig.signers = frozenset({"00" * 32})
        delivery(ca).send(sent, way, login=key)
    for method, path, status, media_type, body in rig.answers:
        schema = _schema(spec, method, path, status, media_type)
        Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(json.loads(body))
    assert {status for _, _, status, _, _ in rig.answers} == {200, 201, 401, 403, 404, 409, 413, 422, 429, 500, 503}
    for request, challenge, signature in rig.logins:
        login = {"request": request, "challenge": challenge, "signature": signature}
        Draft202012Validator(_within(spec, {"$ref": "#/components/schemas/Login"})).validate(login)


def _schema(spec: Any, method: str, path: str, status: int, media_type: str) -> Any:
    template = re.sub("^/v1/requests/.*", "/v1/requests/{request}", path)
    answer = spec["paths"][template][method.lower()]["responses"][str(status)]
    if "$ref" in answer:
        answer = spec["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    return _within(spec, answer["content"][media_type]["schema"])


def _within(spec: Any, schema: Any) -> Any:
    return schema | {"components": spec["components"]}


def test_a_start_without_network_does_not_pay_for_it() -> None:
    script = "import sys, bdsigner.net.request_https; print([n for n in sys.modules if n in ('http.client', 'bdsigner.net.exchange', 'bdsigner.net.connection')])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
