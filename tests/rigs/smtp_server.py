"""An agency's mail server with TLS and AUTH that keeps what it takes, and fails where it is told to.

In a test: ``with smtp_server(effects, tls, …) as rig``.  As a process: ``python -m tests.rigs.smtp_server --help``.
"""

import argparse
import asyncio
import logging
import ssl
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from enum import StrEnum
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from bdsigner.model.profile import MailSecurity, MailServer
from tests.rigs.effects import Effects
from tests.rigs.processes import serve_until_input_ends

HOST = "127.0.0.1"
logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # it tells of its own deprecations with every login


class MailFault(StrEnum):
    """What goes wrong with one connection."""

    NONE = "none"
    NO_BANNER = "no-banner"
    """The connection ends before anything is said."""
    AT_MAIL = "at-mail"
    AT_DATA = "at-data"
    """It ends while the mail arrives."""
    LOST = "lost"
    """The whole mail came; it ends, and the mail is lost."""
    AFTER_DOT = "after-dot"
    """The mail is taken; it ends without an answer."""
    LATE = "late"
    """The mail is taken; the answer comes after ``late_seconds``."""
    BUSY = "busy"
    """451 for the mail."""
    GREYLISTED = "greylisted"
    """450 for the recipient."""
    REFUSED = "refused"
    """554 for the mail."""
    UNKNOWN_RECIPIENT = "unknown-recipient"
    """550 for the recipient."""
    TOO_LARGE = "too-large"
    """552 in the middle of the mail, and the end."""
    AT_QUIT = "at-quit"
    """The mail is taken and said to be; then it ends."""


@dataclass
class SmtpRig:
    """A running server."""

    effects: Effects
    accounts: Mapping[str, str]
    faults: deque[MailFault]
    """One a connection; without any left nothing goes wrong."""
    late_seconds: float
    security: MailSecurity
    tls: ssl.SSLContext
    offers_auth: bool = True
    size_limit: int = 40 << 20
    port: int = 0
    logins: list[tuple[str, str, bool]] = field(default_factory=list)
    """Mechanism, user, and whether it was let in."""
    greetings: list[str] = field(default_factory=list)
    """What clients called themselves."""
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    """Sender and recipients of what was taken."""
    is_repeating: bool = False
    """Whether the faults begin again after the last."""

    def server(self, *, user: str = "", host: str = HOST) -> MailServer:
        return MailServer(host=host, port=self.port, security=self.security, user=user)

    def next_fault(self) -> MailFault:
        if not self.faults:
            return MailFault.NONE
        fault = self.faults.popleft()
        if self.is_repeating:
            self.faults.append(fault)
        return fault


@contextmanager
def smtp_server(
    effects: Effects,
    tls: ssl.SSLContext,
    *,
    security: MailSecurity = MailSecurity.STARTTLS,
    accounts: Mapping[str, str],
    faults: Sequence[MailFault] = (),
    late_seconds: float = 3.0,
    offers_auth: bool = True,
    size_limit: int = 40 << 20,
    port: int = 0,
    is_repeating: bool = False,
) -> Iterator[SmtpRig]:
    """Serve on loopback, in a thread, until the block ends."""
    rig = SmtpRig(
        effects=effects,
        accounts=accounts,
        faults=deque(faults),
        late_seconds=late_seconds,
        security=security,
        tls=tls,
        offers_auth=offers_auth,
        size_limit=size_limit,
        is_repeating=is_repeating,
    )
    loop = asyncio.new_event_loop()
    ready, stop = threading.Event(), asyncio.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(_serve(rig, port, ready, stop)))
    thread.start()
    try:
        assert ready.wait(20)
        yield rig
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


async def _serve(rig: SmtpRig, port: int, ready: threading.Event, stop: asyncio.Event) -> None:
    connections: list[_Connection] = []

    def connect() -> _Connection:
        connections.append(_Connection(rig))
        return connections[-1]

    tls = rig.tls if rig.security is MailSecurity.TLS else None
    listener = await asyncio.get_running_loop().create_server(connect, HOST, port, ssl=tls)
    rig.port = listener.sockets[0].getsockname()[1]
    ready.set()
    await stop.wait()
    listener.close()
    for connection in connections:
        await connection.end()


class _Connection(SMTP):
    def __init__(self, rig: SmtpRig) -> None:
        self._rig = rig
        self._fault = rig.next_fault()
        starts_tls = rig.security is MailSecurity.STARTTLS
        super().__init__(
            _Handler(rig),
            hostname="mail.example",
            data_size_limit=rig.size_limit,
            tls_context=rig.tls if starts_tls else None,
            require_starttls=starts_tls,
            auth_required=True,
            authenticator=self._let_in,
            auth_exclude_mechanism=() if rig.offers_auth else ("PLAIN", "LOGIN"),
            loop=asyncio.get_running_loop(),
        )
        # With TLS from the first byte aiosmtpd does not know that there is any.
        self._auth_require_tls = starts_tls

    async def end(self) -> None:
        self.drop()
        if self._handler_coroutine is not None:
            await asyncio.wait([self._handler_coroutine])

    def drop(self) -> None:
        """End it as a server that falls over does: nothing more is sent or read."""
        if self.transport is not None:
            self.transport.abort()  # type: ignore[attr-defined]  # of both kinds of transport

    async def _handle_client(self) -> None:
        if self._fault is MailFault.NO_BANNER:
            self.drop()
        else:
            await super()._handle_client()

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802  # called by name
        if self._fault is MailFault.AT_MAIL:
            self.drop()
        else:
            await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        if self._fault is MailFault.GREYLISTED:
            await self.push("450 4.2.0 Greylisted, come back")
        elif self._fault is MailFault.UNKNOWN_RECIPIENT:
            await self.push("550 5.1.1 Kh\x07ông có h\u202eộp thư".encode())
        else:
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        if self._fault not in (MailFault.AT_DATA, MailFault.TOO_LARGE):
            await super().smtp_DATA(arg)
            return
        await self.push("354 Go on")
        await self._reader.readline()
        if self._fault is MailFault.TOO_LARGE:
            await self.push("552 5.3.4 Too large")
            await asyncio.sleep(0.2)  # until the client has it
        self.drop()

    async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802
        if self._fault is MailFault.AT_QUIT:
            self.drop()
        else:
            await super().smtp_QUIT(arg)

    async def take(self, envelope: Envelope) -> str:
        """What becomes of a mail that came whole."""
        match self._fault:
            case MailFault.BUSY:
                return "451 4.3.0 Come back"
            case MailFault.REFUSED:
                return "554 5.7.1 No"
            case MailFault.LOST:
                self.drop()
                return "451 4.3.0 Never sent"
        content = envelope.original_content or b""
        self._rig.envelopes.append((envelope.mail_from or "", list(envelope.rcpt_tos)))
        self._rig.effects.record(BytesHeaderParser().parsebytes(content)["Message-ID"] or "", content)
        if self._fault is MailFault.LATE:
            await asyncio.sleep(self._rig.late_seconds)
        if self._fault is MailFault.AFTER_DOT:
            self.drop()
        return "250 2.0.0 Taken"

    def _let_in(
        self, _server: SMTP, _session: Session, _envelope: Envelope, mechanism: str, given: object
    ) -> AuthResult:
        assert isinstance(given, LoginPassword)
        user, password = given.login.decode(), given.password.decode()
        is_right = self._rig.accounts.get(user) == password
        self._rig.logins.append((mechanism, user, is_right))
        return AuthResult(success=is_right, handled=False)


class _Handler:
    def __init__(self, rig: SmtpRig) -> None:
        self._rig = rig

    async def handle_EHLO(  # noqa: N802  # called by name
        self, _server: SMTP, session: Session, _envelope: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        self._rig.greetings.append(hostname)
        return responses

    async def handle_DATA(self, server: _Connection, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        return await server.take(envelope)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--record", type=Path, required=True, help="file of the effects")
    parser.add_argument("--certificate", type=Path, required=True, help="PEM with key and certificate")
    parser.add_argument("--security", type=MailSecurity, default=MailSecurity.STARTTLS)
    parser.add_argument("--account", required=True, help="user:password")
    parser.add_argument("--faults", default="", help="names with commas, one a connection, again and again")
    parser.add_argument("--late-seconds", type=float, default=3.0)
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(given.certificate)
    user, _, password = given.account.partition(":")
    with smtp_server(
        Effects(given.record),
        tls,
        security=given.security,
        accounts={user: password},
        faults=[MailFault(one) for one in given.faults.split(",") if one],
        late_seconds=given.late_seconds,
        port=given.port,
        is_repeating=True,
    ) as rig:
        serve_until_input_ends(rig.port)


if __name__ == "__main__":
    main()
