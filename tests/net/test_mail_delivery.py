"""Requests by mail: what is certain after each end, and servers that lie, hang, drip or fall over."""

import contextlib
import dataclasses
import socket
import ssl
import struct
import subprocess
import sys
import threading
import time
import uuid
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st

from bdsigner.errors import ErrorCode, UserCancelled
from bdsigner.model.profile import ChannelKind, MailSecurity, MailServer, RequestChannel, RequestPolicy
from bdsigner.model.request import Arrival, Attempt
from bdsigner.net.connection import PacedSocket
from bdsigner.net.mail_delivery import MAX_MAIL_BYTES, MailDelivery
from bdsigner.net.smtp import MAX_REPLY_LINE, MAX_REPLY_LINES, Wire, _stuffed, is_clean
from bdsigner.ports import Consignment
from tests.net.tls import TestCa
from tests.rigs.effects import Effects
from tests.rigs.smtp_server import MailFault, SmtpRig, smtp_server

SENDER, DEPARTMENT = "van.an@binhduong.gov.vn", "tiepnhan@binhduong.gov.vn"
PASSWORD = "mật khẩu"
END = b"\r\n.\r\n"


def policy(ca: TestCa) -> RequestPolicy:
    return RequestPolicy(mail_roots=(ca.certificate.public_bytes(Encoding.DER),))


def mail_of(request: str, body: bytes = b"text\r\n") -> bytes:
    return f"Message-ID: <{request}@bdsigner>\r\nSubject: a\r\n\r\n".encode() + body


def consignment(folder: Path, mail: bytes | None = None, *, sender: str = SENDER) -> Consignment:
    request = str(uuid.uuid4())
    message = folder / f"{request}.eml"
    message.write_bytes(mail_of(request) if mail is None else mail)
    return Consignment(
        request_id=request, sender=sender, message=message, document=message, machine_copy=message, attachments={}
    )


def channel(server: MailServer) -> RequestChannel:
    return RequestChannel(id="mail", name="Thư", kind=ChannelKind.MAIL, to=DEPARTMENT, server=server)


def delivery(ca: TestCa, *, password: str | None = PASSWORD, **seconds: float) -> MailDelivery:
    return MailDelivery(policy(ca), password=lambda _server, _user: password, **seconds)


def code(attempt: Attempt) -> ErrorCode:
    assert attempt.error is not None
    return attempt.error.code


@contextmanager
def rig_of(effects: Effects, tls: ssl.SSLContext, *faults: MailFault, **options: object) -> Iterator[SmtpRig]:
    accounts = {SENDER: PASSWORD, "chung": PASSWORD}
    with smtp_server(effects, tls, accounts=accounts, faults=faults, **options) as rig:  # type: ignore[arg-type]
        yield rig


# What arrives


@pytest.mark.parametrize("security", MailSecurity)
def test_the_mail_arrives_byte_for_byte(
    ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path, security: MailSecurity
) -> None:
    body = b".\r\n..\r\n.a\r\n\r\n.\r\nb." + b"\r\n" + b"x" * 900 + b"\r\n"
    sent = consignment(tmp_path, mail_of("1", body) + body * 300)
    with rig_of(effects, tls, security=security) as rig:
        attempt = delivery(ca).send(sent, channel(rig.server()))
        assert attempt == Attempt(arrival=Arrival.ARRIVED)
        assert delivery(ca).status(sent.request_id, channel(rig.server())) is None
    assert effects.contents() == {"<1@bdsigner>": sent.message.read_bytes() if sent.message else b""}
    assert rig.envelopes == [(SENDER, [DEPARTMENT])]
    assert set(rig.greetings) == {"[127.0.0.1]"}
    assert socket.gethostname() not in " ".join(rig.greetings)


def test_the_profile_may_name_another_user(ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path) -> None:
    with rig_of(effects, tls) as rig:
        assert delivery(ca).send(consignment(tmp_path), channel(rig.server(user="chung"))).error is None
    assert rig.logins == [("PLAIN", "chung", True)]


UNSENT, UNKNOWN, SENT = Arrival.NOT_ARRIVED, Arrival.UNCERTAIN, Arrival.ARRIVED
FAULTS = {
    MailFault.NO_BANNER: (UNSENT, ErrorCode.REQUEST_SERVER_UNREACHABLE, True),
    MailFault.AT_MAIL: (UNSENT, ErrorCode.REQUEST_SERVER_UNREACHABLE, True),
    MailFault.AT_DATA: (UNSENT, ErrorCode.REQUEST_SERVER_UNREACHABLE, True),
    MailFault.LOST: (UNKNOWN, ErrorCode.REQUEST_ARRIVAL_UNKNOWN, True),
    MailFault.AFTER_DOT: (UNKNOWN, ErrorCode.REQUEST_ARRIVAL_UNKNOWN, True),
    MailFault.LATE: (UNKNOWN, ErrorCode.REQUEST_ARRIVAL_UNKNOWN, True),
    MailFault.BUSY: (UNSENT, ErrorCode.REQUEST_SERVER_BUSY, True),
    MailFault.GREYLISTED: (UNSENT, ErrorCode.REQUEST_SERVER_BUSY, True),
    MailFault.REFUSED: (UNSENT, ErrorCode.REQUEST_MAIL_REFUSED, False),
    MailFault.UNKNOWN_RECIPIENT: (UNSENT, ErrorCode.REQUEST_MAIL_REFUSED, False),
    MailFault.AT_QUIT: (SENT, None, True),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_end_says_what_is_certain(
    ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path, fault: MailFault
) -> None:
    arrival, expected, may_retry = FAULTS[fault]
    large = mail_of("1", b"x" * 998 + b"\r\n") + (b"y" * 998 + b"\r\n") * 4000
    sent = consignment(tmp_path, large if fault is MailFault.AT_DATA else None)
    with rig_of(effects, tls, fault, late_seconds=1.5) as rig:
        attempt = delivery(ca, answer_seconds=0.5).send(sent, channel(rig.server()))
    assert (attempt.arrival, attempt.may_retry) == (arrival, may_retry)
    assert (attempt.error.code if attempt.error else None) is expected
    has_it = bool(effects.arrivals())
    assert has_it or arrival is not Arrival.ARRIVED
    assert not has_it or arrival is not Arrival.NOT_ARRIVED


def test_a_server_that_takes_each_mail_once_has_one_after_any_number_of_attempts(
    ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path
) -> None:
    sent = consignment(tmp_path)
    with rig_of(effects, tls, MailFault.LOST, MailFault.AFTER_DOT, MailFault.AFTER_DOT, MailFault.BUSY) as rig:
        attempts = [delivery(ca).send(sent, channel(rig.server())) for _ in range(5)]
    assert [one.arrival for one in attempts] == [UNKNOWN, UNKNOWN, UNKNOWN, UNSENT, SENT]
    assert len(effects.arrivals()) == 3
    assert len(effects.contents()) == 1


def test_what_a_server_says_is_shown_clean_and_short(
    ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path
) -> None:
    with rig_of(effects, tls, MailFault.UNKNOWN_RECIPIENT) as rig:
        error = delivery(ca).send(consignment(tmp_path), channel(rig.server())).error
    assert error is not None
    assert error.facts == {"server": "127.0.0.1", "status": 550, "reason": "5.1.1 Kh ông có h ộp thư"}


# Passwords


def test_without_a_password_nobody_is_asked(ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path) -> None:
    with rig_of(effects, tls) as rig:
        attempt = delivery(ca, password=None).send(consignment(tmp_path), channel(rig.server()))
    assert (attempt.arrival, code(attempt), attempt.may_retry) == (UNSENT, ErrorCode.REQUEST_NO_PASSWORD, False)
    assert rig.greetings == []


def test_a_wrong_password_is_offered_once(ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path) -> None:
    with rig_of(effects, tls) as rig:
        attempt = delivery(ca, password="sai").send(consignment(tmp_path), channel(rig.server()))
    assert (attempt.arrival, code(attempt), attempt.may_retry) == (UNSENT, ErrorCode.REQUEST_PASSWORD_REFUSED, False)
    assert rig.logins == [("PLAIN", SENDER, False)]
    assert "sai" not in str(attempt)


def test_nothing_is_sent_where_nobody_logs_in(
    ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path
) -> None:
    with rig_of(effects, tls, offers_auth=False) as rig:
        attempt = delivery(ca).send(consignment(tmp_path), channel(rig.server()))
    assert (attempt.arrival, code(attempt), attempt.may_retry) == (UNSENT, ErrorCode.REQUEST_SERVER_ANSWER, False)
    assert effects.arrivals() == []


# Certificates


FLAWS: dict[str, Callable[[TestCa, Path], ssl.SSLContext]] = {
    "expired": lambda ca, folder: ca.context(folder, expired=True),
    "other host": lambda ca, folder: ca.context(folder, host="other.example"),
    "self-signed": lambda ca, folder: ca.context(folder, self_signed=True),
    "other CA": lambda _ca, folder: TestCa.make("Root").context(folder),
}


@pytest.mark.parametrize("security", MailSecurity)
@pytest.mark.parametrize("flaw", FLAWS.values(), ids=FLAWS)
def test_a_server_without_a_good_certificate_learns_nothing(
    ca: TestCa,
    effects: Effects,
    tmp_path: Path,
    flaw: Callable[[TestCa, Path], ssl.SSLContext],
    security: MailSecurity,
) -> None:
    with rig_of(effects, flaw(ca, tmp_path), security=security) as rig:
        attempt = delivery(ca).send(consignment(tmp_path), channel(rig.server()))
    assert (attempt.arrival, code(attempt)) == (UNSENT, ErrorCode.REQUEST_SERVER_TLS)
    assert (rig.logins, effects.arrivals()) == ([], [])


def test_without_own_roots_the_systems_are_asked(
    ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_system = MailDelivery(RequestPolicy(), password=lambda *_: PASSWORD)
    with rig_of(effects, tls) as rig:
        assert code(by_system.send(consignment(tmp_path), channel(rig.server()))) is ErrorCode.REQUEST_SERVER_TLS
        (tmp_path / "roots.pem").write_bytes(ca.pem())
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "roots.pem"))
        assert by_system.send(consignment(tmp_path), channel(rig.server())).arrival is SENT


# What is not sent at all


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"Subject: a\r\n\r\nno end",
        b"Subject: a\r\n\r\na\n.\nb\r\n",
        b"Subject: a\r\n\r\na\r.\rb\r\n",
        b"Subject: a\r\n\r\n\xc3\xa1\r\n",
        b"Subject: a\r\n\r\n" + b"x" * 999 + b"\r\n",
        b"Subject: a\r\n\r\n\0\r\n",
    ],
)
def test_a_mail_that_smtp_would_change_is_not_sent(ca: TestCa, tmp_path: Path, mail: bytes) -> None:
    attempt = delivery(ca).send(consignment(tmp_path, mail), channel(_nobody()))
    assert (attempt.arrival, code(attempt), attempt.may_retry) == (UNSENT, ErrorCode.STORAGE_OUTBOX, False)


def test_a_mail_that_is_gone_is_said_to_be(ca: TestCa, tmp_path: Path) -> None:
    sent = consignment(tmp_path)
    assert sent.message is not None
    sent.message.unlink()
    assert code(delivery(ca).send(sent, channel(_nobody()))) is ErrorCode.STORAGE_OUTBOX


def test_a_mail_beyond_our_limit_is_not_sent(ca: TestCa, tmp_path: Path) -> None:
    sent = consignment(tmp_path)
    assert sent.message is not None
    with sent.message.open("ab") as file:
        file.truncate(MAX_MAIL_BYTES + 1)
    attempt = delivery(ca).send(sent, channel(_nobody()))
    assert attempt.error is not None
    assert (attempt.error.code, dict(attempt.error.facts)) == (ErrorCode.REQUEST_TOO_LARGE, {"limit": 35})


def test_a_mail_beyond_the_servers_limit_is_not_sent(
    ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path
) -> None:
    sent = consignment(tmp_path, mail_of("1") + (b"x" * 900 + b"\r\n") * 4000)
    with rig_of(effects, tls, size_limit=3 << 20) as rig:
        attempt = delivery(ca).send(sent, channel(rig.server()))
    assert attempt.error is not None
    assert (attempt.error.code, dict(attempt.error.facts)) == (ErrorCode.REQUEST_TOO_LARGE, {"limit": 3})
    assert rig.envelopes == []


@pytest.mark.parametrize("sender", ["", "a", "a@b> SIZE=1\r\nRCPT TO:<x@y", "ánh@binhduong.gov.vn", '"a b"@c.vn'])
def test_a_mailbox_cannot_change_a_command(ca: TestCa, tmp_path: Path, sender: str) -> None:
    attempt = delivery(ca).send(consignment(tmp_path, sender=sender), channel(_nobody()))
    assert (attempt.arrival, code(attempt), attempt.may_retry) == (UNSENT, ErrorCode.REQUEST_MAIL_REFUSED, False)


def test_nobody_there(ca: TestCa, tmp_path: Path) -> None:
    attempt = delivery(ca).send(consignment(tmp_path), channel(_nobody()))
    assert (attempt.arrival, code(attempt), attempt.may_retry) == (
        UNSENT,
        ErrorCode.REQUEST_SERVER_UNREACHABLE,
        True,
    )
    unknown = dataclasses.replace(_nobody(), host="no-such-host.invalid")
    assert code(delivery(ca).send(consignment(tmp_path), channel(unknown))) is ErrorCode.REQUEST_SERVER_UNREACHABLE


def _nobody() -> MailServer:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return MailServer(host="127.0.0.1", port=port, security=MailSecurity.TLS)


# Stopping


def test_a_person_can_stop_it_until_it_leaves(
    ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path
) -> None:
    with rig_of(effects, tls) as rig, pytest.raises(UserCancelled):
        delivery(ca).send(consignment(tmp_path), channel(rig.server()), should_stop=lambda: True)
    assert effects.arrivals() == []


def test_stopping_after_it_left_leaves_it_unknown(
    ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path
) -> None:
    with rig_of(effects, tls, MailFault.LATE, late_seconds=1.5) as rig:
        attempt = delivery(ca).send(
            consignment(tmp_path), channel(rig.server()), should_stop=lambda: bool(effects.arrivals())
        )
    assert (attempt.arrival, code(attempt)) == (UNKNOWN, ErrorCode.REQUEST_ARRIVAL_UNKNOWN)


# Servers that speak as a test tells them to

Script = Callable[["Speaker"], None]


class Speaker:
    """A server's side of one connection."""

    def __init__(self, connection: socket.socket, tls: ssl.SSLContext, stopping: threading.Event) -> None:
        self.connection = connection
        self.tls = tls
        self.stopping = stopping

    def say(self, text: bytes) -> None:
        self.connection.sendall(text)

    def hear(self) -> bytes:
        line = b""
        while not line.endswith(b"\n"):
            line += self.connection.recv(1) or b"\n"
        return line.strip()

    def secure(self) -> None:
        self.connection = self.tls.wrap_socket(self.connection, server_side=True)

    def reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def until_data(self, auth: bytes = b"PLAIN") -> list[bytes]:
        """Everything up to the mail, as it should be."""
        self.say(b"220 x\r\n")
        heard = [self.hear()]
        self.say(b"250-x\r\n250 AUTH " + auth + b"\r\n")
        challenges = [b"334 x\r\n"] * 2 if auth == b"LOGIN" else []
        for answer in (*challenges, b"235 x\r\n", b"250 x\r\n", b"250 x\r\n", b"354 x\r\n"):
            heard.append(self.hear())
            self.say(answer)
        return heard


@contextmanager
def speaking(script: Script, tls: ssl.SSLContext, *, security: MailSecurity = MailSecurity.TLS) -> Iterator[MailServer]:
    stopping = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)

        def serve() -> None:
            with contextlib.suppress(OSError):
                connection, _ = listener.accept()
                connection.settimeout(20)
                speaker = Speaker(connection, tls, stopping)
                try:
                    if security is MailSecurity.TLS:
                        speaker.secure()
                    script(speaker)
                finally:
                    speaker.connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield MailServer(host="127.0.0.1", port=listener.getsockname()[1], security=security)
        finally:
            stopping.set()
            thread.join()


def attempt_at(
    script: Script,
    ca: TestCa,
    tls: ssl.SSLContext,
    folder: Path,
    *,
    security: MailSecurity = MailSecurity.TLS,
    mail: bytes | None = None,
    seconds: float = 5.0,
) -> Attempt:
    with speaking(script, tls, security=security) as server:
        sent = consignment(folder, mail)
        return delivery(ca, seconds=seconds, answer_seconds=seconds).send(sent, channel(server))


def test_the_login_mechanism_of_old_servers(ca: TestCa, tls: ssl.SSLContext, tmp_path: Path) -> None:
    heard: list[bytes] = []

    def script(server: Speaker) -> None:
        heard.extend(server.until_data(b"LOGIN"))
        while server.hear() != b".":
            pass
        server.say(b"250 x\r\n")
        server.hear()

    assert attempt_at(script, ca, tls, tmp_path).arrival is SENT
    assert heard[1:4] == [b"AUTH LOGIN", b64encode(SENDER.encode()), b64encode(PASSWORD.encode())]
    assert heard[4].startswith(b"MAIL FROM:<" + SENDER.encode())


def _plain_only(server: Speaker) -> None:
    server.say(b"220 x\r\n")
    server.hear()
    server.say(b"250-x\r\n250 AUTH PLAIN\r\n")
    assert server.connection.recv(100) == b""  # it goes without a word


def _refuses_starttls(server: Speaker) -> None:
    server.say(b"220 x\r\n")
    server.hear()
    server.say(b"250-x\r\n250 STARTTLS\r\n")
    server.hear()
    server.say(b"454 x\r\n")
    assert server.connection.recv(100) == b""


def _speaks_for_the_secured_server(server: Speaker) -> None:
    server.say(b"220 x\r\n")
    server.hear()
    server.say(b"250-x\r\n250 STARTTLS\r\n")
    server.hear()
    server.say(b"220 x\r\n250-x\r\n250 AUTH LOGIN\r\n")
    assert server.connection.recv(100) == b""


@pytest.mark.parametrize("script", [_plain_only, _refuses_starttls, _speaks_for_the_secured_server])
def test_starttls_is_not_optional(ca: TestCa, tls: ssl.SSLContext, tmp_path: Path, script: Script) -> None:
    attempt = attempt_at(script, ca, tls, tmp_path, security=MailSecurity.STARTTLS)
    assert (attempt.arrival, code(attempt)) == (UNSENT, ErrorCode.REQUEST_SERVER_TLS)


def _endless(line: bytes) -> Script:
    def script(server: Speaker) -> None:
        while not server.stopping.is_set():
            server.say(line * 100)

    return script


def _says(text: bytes) -> Script:
    def script(server: Speaker) -> None:
        server.say(text)
        server.stopping.wait(20)

    return script


HOSTILE = {
    "endless banner": (_endless(b"220-x\r\n"), ErrorCode.REQUEST_SERVER_ANSWER),
    "endless line": (_endless(b"220 " + b"x" * 10_000), ErrorCode.REQUEST_SERVER_ANSWER),
    "garbage": (_says(bytes(range(256)) * 4), ErrorCode.REQUEST_SERVER_ANSWER),
    "another protocol": (_says(b"HTTP/1.1 200 OK\r\n\r\n"), ErrorCode.REQUEST_SERVER_ANSWER),
    "code without end": (_says(b"220\xff x\r\n"), ErrorCode.REQUEST_SERVER_ANSWER),
    "mixed codes": (_says(b"220-x\r\n554 x\r\n"), ErrorCode.REQUEST_SERVER_ANSWER),
    "answers before the question": (_says(b"220 x\r\n250 x\r\n235 x\r\n"), ErrorCode.REQUEST_SERVER_ANSWER),
    "good-bye": (_says(b"221 x\r\n"), ErrorCode.REQUEST_SERVER_ANSWER),
    "shut": (_says(b"421 4.3.2 x\r\n"), ErrorCode.REQUEST_SERVER_BUSY),
    "closed to us": (_says(b"554 5.7.1 x\r\n"), ErrorCode.REQUEST_MAIL_REFUSED),
}


@pytest.mark.parametrize(("script", "expected"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_servers_end_in_a_coded_error(
    ca: TestCa, tls: ssl.SSLContext, tmp_path: Path, script: Script, expected: ErrorCode
) -> None:
    started = time.monotonic()
    attempt = attempt_at(script, ca, tls, tmp_path)
    assert (attempt.arrival, code(attempt)) == (UNSENT, expected)
    assert time.monotonic() - started < 10


def _drips(text: bytes) -> Script:
    def script(server: Speaker) -> None:
        for octet in text:
            if server.stopping.wait(0.05):
                return
            server.say(bytes([octet]))
        server.stopping.wait(20)

    return script


@pytest.mark.parametrize("text", [b"", b"220-" + b"x" * 1000])
def test_slow_servers_end_at_the_deadline(ca: TestCa, tls: ssl.SSLContext, tmp_path: Path, text: bytes) -> None:
    started = time.monotonic()
    attempt = attempt_at(_drips(text), ca, tls, tmp_path, seconds=0.6)
    assert (attempt.arrival, code(attempt)) == (UNSENT, ErrorCode.REQUEST_SERVER_TIMEOUT)
    assert 0.5 < time.monotonic() - started < 10


def test_a_server_that_shakes_no_hand_ends_at_the_deadline(ca: TestCa, tls: ssl.SSLContext, tmp_path: Path) -> None:
    def silent(server: Speaker) -> None:
        server.stopping.wait(20)

    with speaking(silent, tls, security=MailSecurity.STARTTLS) as server:
        expected = dataclasses.replace(server, security=MailSecurity.TLS)
        attempt = delivery(ca, seconds=0.5).send(consignment(tmp_path), channel(expected))
    assert (attempt.arrival, code(attempt)) == (UNSENT, ErrorCode.REQUEST_SERVER_TIMEOUT)


@pytest.mark.parametrize("answer", [b"354 more\r\n", b"\xff\xff\r\n", b"250-and\r\n", b"x" * 5000])
def test_nonsense_after_the_mail_leaves_it_unknown(
    ca: TestCa, tls: ssl.SSLContext, tmp_path: Path, answer: bytes
) -> None:
    def script(server: Speaker) -> None:
        server.until_data()
        while server.hear() != b".":
            pass
        server.say(answer)

    attempt = attempt_at(script, ca, tls, tmp_path, seconds=1)
    assert (attempt.arrival, code(attempt)) == (UNKNOWN, ErrorCode.REQUEST_ARRIVAL_UNKNOWN)


def test_a_refusal_in_the_middle_of_a_mail_is_heard(ca: TestCa, tls: ssl.SSLContext, tmp_path: Path) -> None:
    """The server closes without reading on: whatever becomes of its words, nothing arrived."""

    def script(server: Speaker) -> None:
        server.until_data()
        server.hear()
        server.say(b"552 5.3.4 too large\r\n")

    attempt = attempt_at(script, ca, tls, tmp_path, mail=mail_of("1") + (b"x" * 900 + b"\r\n") * 20_000)
    assert attempt.arrival is UNSENT
    assert code(attempt) in (ErrorCode.REQUEST_MAIL_REFUSED, ErrorCode.REQUEST_SERVER_UNREACHABLE)


LONG_MAIL = mail_of("1") + (b".x" * 400 + b"\r\n") * 400
WHOLE = len(_stuffed(LONG_MAIL)) + len(b".\r\n")


@settings(max_examples=25, deadline=None)
@given(
    cut=st.one_of(st.integers(0, WHOLE), st.integers(WHOLE - 10, WHOLE)),
    answer=st.sampled_from([b"", b"2", b"250", b"250 x\r\n", b"451 x\r\n", b"554 x\r\n", b"250-x\r\n"]),
    is_reset=st.booleans(),
)
def test_what_is_said_not_to_have_arrived_was_never_whole(
    ca: TestCa,
    tls: ssl.SSLContext,
    tmp_path_factory: pytest.TempPathFactory,
    cut: int,
    answer: bytes,
    *,
    is_reset: bool,
) -> None:
    """The server stops reading after any number of bytes, may answer, and goes with or without a farewell."""
    heard = bytearray()

    def script(server: Speaker) -> None:
        server.until_data()
        while len(heard) < cut:
            heard.extend(server.connection.recv(cut - len(heard)) or b"\0" * cut)
        if heard.endswith(END):
            server.say(answer)
        if is_reset:
            server.reset()

    attempt = attempt_at(script, ca, tls, tmp_path_factory.mktemp("cut"), mail=LONG_MAIL)
    if not heard.endswith(END):
        assert attempt.arrival is not Arrival.ARRIVED
    elif attempt.arrival is Arrival.NOT_ARRIVED:
        assert answer[:1] in (b"4", b"5")
    elif attempt.arrival is Arrival.ARRIVED:
        assert answer == b"250 x\r\n"
    assert attempt.error is None or PASSWORD not in str(attempt.error)


def test_a_write_that_fails_after_the_mark_was_in_it_leaves_it_unknown(
    ca: TestCa, tls: ssl.SSLContext, effects: Effects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loopback takes any write whole, so the failure of one that got through has to be made."""
    written = bytearray()
    send = PacedSocket.sendall

    def fail_when_whole(self: PacedSocket, data: bytes) -> None:
        send(self, data)
        written.extend(data)
        if written.endswith(END):
            raise TimeoutError

    monkeypatch.setattr(PacedSocket, "sendall", fail_when_whole)
    with rig_of(effects, tls) as rig:
        attempt = delivery(ca).send(consignment(tmp_path), channel(rig.server()))
    assert (attempt.arrival, code(attempt)) == (UNKNOWN, ErrorCode.REQUEST_ARRIVAL_UNKNOWN)


# Pieces


class _Bytes:
    """A socket that has received this much, in blocks as they come."""

    def __init__(self, data: bytes, block: int) -> None:
        self.data, self.block = data, block
        self.read = 0

    def recv(self, size: int) -> bytes:
        found = self.data[self.read : self.read + min(size, self.block)]
        self.read += len(found)
        return found


REPLIES = st.one_of(
    st.binary(max_size=300),
    st.lists(st.sampled_from([b"250-a\r\n", b"250 a\r\n", b"250\r\n", b"554 a\n", b"25", b"\r", b"9"])).map(b"".join),
    st.integers(0, 9000).map(lambda count: b"250 " + b"x" * count + b"\r\n"),
    st.integers(0, 300).map(lambda count: b"250-x\r\n" * count + b"250 x\r\n"),
)


@given(data=REPLIES, block=st.integers(1, 5000))
def test_any_bytes_are_a_reply_or_refused(data: bytes, block: int) -> None:
    source = _Bytes(data, block)
    wire = Wire(source)  # type: ignore[arg-type]  # as much of a socket as it uses
    try:
        reply = wire.read_reply()
    except (ValueError, ConnectionResetError):
        pass
    else:
        assert 200 <= reply.code < 600
        assert data.startswith(str(reply.code).encode())
        assert reply.untrusted_text.count("\n") < MAX_REPLY_LINES
    assert source.read <= MAX_REPLY_LINES * (MAX_REPLY_LINE + 2) + 5000


@given(st.lists(st.sampled_from([b".", b"a", b"\r\n", b"\r\n.", b"..", b".\r\n"])).map(b"".join))
def test_no_mail_can_end_itself(body: bytes) -> None:
    mail = body + b"\r\n"
    assert is_clean(mail)
    stuffed = _stuffed(mail)
    whole = b"\r\n" + stuffed + b".\r\n"
    assert whole.index(END) == len(whole) - len(END)
    lines = stuffed.split(b"\r\n")
    assert b"\r\n".join(one[1:] if one.startswith(b".") else one for one in lines) == mail


def test_a_start_without_network_does_not_pay_for_it() -> None:
    script = "import sys, bdsigner.net.mail_delivery; print([n for n in sys.modules if n in ('smtplib', 'bdsigner.net.smtp', 'bdsigner.net.connection')])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
