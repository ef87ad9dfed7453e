"""The sender's side of SMTP submission (RFC 5321, RFC 6409), as much as one signed mail needs.

Not ``smtplib``: it has no deadline for a whole conversation and no bound on a reply's lines, tries a refused password
again by its other mechanisms (which locks accounts), knows ASCII passwords only, and does not tell an end that came
before the mail was complete from one that came after it.
"""

import re
import socket
import ssl
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from bdsigner.errors import ErrorCode, NetworkError
from bdsigner.model.profile import MailSecurity, MailServer
from bdsigner.net.addresses import look_up
from bdsigner.net.connection import PacedSocket, open_socket, tls_reason
from bdsigner.net.patience import Patience

MAX_REPLY_LINE = 2048
"""RFC 5321 §4.5.3.1.5 wants 512; servers exceed it."""
MAX_REPLY_LINES = 100
_PIECE_BYTES = 1 << 16
_NAME = "[127.0.0.1]"
"""What we call ourselves (RFC 5321 §4.1.3): neither the machine's name nor its address in the agency is anyone's
business along the way."""
_REPLY = re.compile(rb"([2-5][0-9][0-9])(?:([ -])(.*))?", re.DOTALL)
_LINE_END = b"\r\n"
READY, DONE, GO_ON, MORE = 220, 250, 354, 334
LOGGED_IN = 235


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply of a server."""

    code: int
    untrusted_text: str

    @property
    def is_refusal(self) -> bool:
        """Whether it says no, for now (4xx) or for ever (5xx)."""
        return self.code >= 400


class Refused(Exception):  # an answer, not an error of ours
    """The server said no to a step."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.code)
        self.reply = reply


@dataclass(slots=True)
class Wire:
    """Replies over a socket.  What is no reply raises ``ValueError``, a connection that ended ``OSError``."""

    socket: PacedSocket
    rest: bytearray = field(default_factory=bytearray)

    def read_reply(self) -> Reply:
        """RFC 5321 §4.2.1: all lines of one, which bear the same code."""
        lines: list[str] = []
        code = b""
        for _ in range(MAX_REPLY_LINES):
            match = _REPLY.fullmatch(self._read_line())
            if match is None or code not in (b"", match[1]):
                raise ValueError("no reply")
            code = match[1]
            lines.append((match[3] or b"").decode("utf-8", "replace"))
            if match[2] != b"-":
                return Reply(int(code), "\n".join(lines))
        raise ValueError("reply without end")

    def _read_line(self) -> bytes:
        while (end := self.rest.find(b"\n")) < 0:
            if len(self.rest) > MAX_REPLY_LINE:
                raise ValueError("line without end")
            block = self.socket.recv(4096)
            if not block:
                raise ConnectionResetError("closed")
            self.rest += block
        line = bytes(self.rest[:end]).rstrip(b"\r")
        del self.rest[: end + 1]
        if len(line) > MAX_REPLY_LINE:
            raise ValueError("line too long")
        return line


class SmtpConversation:
    """A connection to a mail server, secured before anything of the person is said.

    Everything may raise ``NetworkError`` (NETWORK_UNREACHABLE, NETWORK_TIMEOUT, NETWORK_TLS, NETWORK_BAD_ANSWER; fact
    ``reason``), ``Refused``, and ``UserCancelled`` as ``patience`` does.
    """

    def __init__(self, server: MailServer, roots: tuple[bytes, ...], patience: Patience) -> None:
        """``roots``: DER of the CAs that the server must be certified by; empty: the system's."""
        self._server = server
        self._patience = patience
        self.extensions: Mapping[str, str] = MappingProxyType({})
        """What the server offers, by upper-case keyword, with its parameters (RFC 5321 §4.1.1.1)."""
        self._wire = Wire(self._connect())
        try:
            self._begin(roots)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the connection."""
        self._wire.socket.close()

    def quit(self) -> None:
        """Say good-bye."""
        self._do(lambda: self._ask("QUIT"))

    def log_in(self, user: str, password: str) -> None:
        """AUTH (RFC 4954) by PLAIN (RFC 4616) or LOGIN: one mechanism, once.

        Raises ``LookupError`` when the server offers neither.
        """
        offered = self.extensions.get("AUTH", "").upper().split()
        if "PLAIN" in offered:
            self._expect(LOGGED_IN, f"AUTH PLAIN {_base64(f'{chr(0)}{user}{chr(0)}{password}')}")
        elif "LOGIN" in offered:
            self._expect(MORE, "AUTH LOGIN")
            self._expect(MORE, _base64(user))
            self._expect(LOGGED_IN, _base64(password))
        else:
            raise LookupError("AUTH")

    def begin_mail(self, sender: str, recipient: str, *, size_bytes: int) -> None:
        """MAIL, RCPT and DATA; when this returns the server waits for the mail."""
        size = f" SIZE={size_bytes}" if "SIZE" in self.extensions else ""
        self._expect(DONE, f"MAIL FROM:<{sender}>{size}")
        reply = self._do(lambda: self._ask(f"RCPT TO:<{recipient}>"))
        if reply.code not in (DONE, 251):  # 251: it will be forwarded
            raise Refused(reply)
        self._expect(GO_ON, "DATA")

    def send_content(self, mail: bytes) -> None:
        """Send the mail without the mark that ends it: a server must throw it away when the connection ends now."""
        stuffed = _stuffed(mail)
        try:
            for start in range(0, len(stuffed), _PIECE_BYTES):
                self._wire.socket.sendall(stuffed[start : start + _PIECE_BYTES])
        except OSError as error:
            # It may have said why before it closed: too large, for one.
            reply = self._do(self._wire.read_reply)
            if reply.is_refusal:
                raise Refused(reply) from error
            raise self._failure(error) from error

    def end_mail(self) -> Reply:
        """Send the mark, after whose arrival the mail is delivered whatever becomes of us; returns the answer to it."""

        def finish() -> Reply:
            self._wire.socket.sendall(b"." + _LINE_END)
            return self._wire.read_reply()

        return self._do(finish)

    def _connect(self) -> PacedSocket:
        server, refusal = self._server, OSError("no address")
        for address in look_up(server.host, server.port, self._patience, url=server.host):
            try:
                opened = open_socket(address, server.port, self._patience)
                # The mark that ends a mail is a small write after a large one: it must not wait for the other side.
                opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return PacedSocket(opened, self._patience)
            except OSError as error:
                refusal = error
        raise self._failure(refusal) from refusal

    def _begin(self, roots: tuple[bytes, ...]) -> None:
        if self._server.security is MailSecurity.TLS:
            self._secure(roots)
        reply = self._do(self._wire.read_reply)
        if reply.code != READY:
            raise Refused(reply)
        self._introduce()
        if self._server.security is MailSecurity.STARTTLS:
            self._start_tls(roots)
            self._introduce()  # RFC 3207 §4.2: what was said before is forgotten

    def _introduce(self) -> None:
        lines = self._expect(DONE, f"EHLO {_NAME}").untrusted_text.splitlines()[1:]
        pairs = (line.strip().partition(" ") for line in lines)
        self.extensions = MappingProxyType({keyword.upper(): parameters for keyword, _, parameters in pairs})

    def _start_tls(self, roots: tuple[bytes, ...]) -> None:
        if "STARTTLS" not in self.extensions:
            raise NetworkError(ErrorCode.NETWORK_TLS, reason="no STARTTLS")
        reply = self._do(lambda: self._ask("STARTTLS"))
        if reply.code != READY:
            raise NetworkError(ErrorCode.NETWORK_TLS, reason=f"STARTTLS: {reply.code}")
        if self._wire.rest:  # spoken into the connection before it was secure, to be believed afterwards
            raise NetworkError(ErrorCode.NETWORK_TLS, reason="text after STARTTLS")
        self._secure(roots)

    def _secure(self, roots: tuple[bytes, ...]) -> None:
        try:
            self._wire = Wire(self._wire.socket.with_tls(self._server.host, roots))
        except OSError as error:
            raise self._failure(error) from error

    def _expect(self, code: int, line: str) -> Reply:
        reply = self._do(lambda: self._ask(line))
        if reply.code != code:
            raise Refused(reply)
        return reply

    def _ask(self, line: str) -> Reply:
        if self._wire.rest:
            raise ValueError("unasked reply")
        self._wire.socket.sendall(line.encode("ascii") + _LINE_END)
        return self._wire.read_reply()

    def _do(self, work: Callable[[], Reply]) -> Reply:
        try:
            return work()
        except OSError as error:
            raise self._failure(error) from error
        except ValueError as error:
            raise NetworkError(ErrorCode.NETWORK_BAD_ANSWER, reason=str(error)) from error

    def _failure(self, error: OSError) -> NetworkError:
        if isinstance(error, ssl.SSLError):
            return NetworkError(ErrorCode.NETWORK_TLS, reason=tls_reason(error))
        if isinstance(error, TimeoutError):
            return NetworkError(ErrorCode.NETWORK_TIMEOUT)
        return NetworkError(ErrorCode.NETWORK_UNREACHABLE, reason=error.strerror or str(error) or type(error).__name__)


def is_clean(mail: bytes) -> bool:
    """Whether a mail is what SMTP carries unchanged (RFC 5321 §2.3.8, §4.5.3.1.6): 7 bits, lines of at most 998
    characters that end with CR LF, the last one too, and neither of the two alone.
    """
    lines = mail.split(_LINE_END)
    return (
        mail.isascii()
        and len(lines) > 1
        and not lines[-1]
        and all(len(line) <= 998 and b"\r" not in line and b"\n" not in line and b"\0" not in line for line in lines)
    )


def _stuffed(mail: bytes) -> bytes:
    """RFC 5321 §4.5.2: a dot at the beginning of a line is doubled, so that no line of a mail can end it."""
    stuffed = mail.replace(b"\r\n.", b"\r\n..")
    return b"." + stuffed if stuffed.startswith(b".") else stuffed


def _base64(text: str) -> str:
    return b64encode(text.encode("utf-8")).decode("ascii")
