"""One PKCS#11 module in its child, seen from the application: who may use it when, and what its death means."""

import contextlib
import logging
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bdsigner.childproc import ChildProcess, worker_argv
from bdsigner.errors import ChildError, ErrorCode, TokenError
from bdsigner.model.token import SignatureMechanism, Token, TokenListing, TokenProblem
from bdsigner.token import protocol

log = logging.getLogger(__name__)

HANGS_BEFORE_PAUSE = 2
HANG_PAUSE_SECONDS = 60.0
"""A module whose last two listings hung is left alone this long, else every look at the tokens waits for it."""

_LISTINGS = msgspec.json.Decoder(TokenListing)
_DONE = msgspec.json.Decoder(protocol.Done)
_SIGNED = msgspec.json.Decoder(protocol.Signed)
_LOGIN_STILL_GOOD = (
    ErrorCode.TOKEN_KEY_NOT_FOUND,
    ErrorCode.TOKEN_MECHANISM_UNSUPPORTED,
    ErrorCode.TOKEN_SESSION_SPENT,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """How long a child may take for each call before it is killed; starting it and loading the driver included."""

    list_seconds: float = 15.0
    login_seconds: float = 30.0
    sign_seconds: float = 60.0
    """A card makes an RSA signature in 0.3 to 1.5 s; some readers queue behind other programs."""
    pin_pad_seconds: float = 120.0
    """For a login where a person types on the device."""
    close_seconds: float = 10.0


class TokenChild:
    """A module's child process.  One user at a time: a listing or a session; may be called from any thread.

    A listing asked for while a session is open is answered from the last one, so that polling never comes between
    a person's signatures; other callers wait.  A driver that failed is not used again: its state is unknown, so the
    child is stopped and the next call starts a fresh one.
    """

    def __init__(self, module_path: Path, deadlines: Deadlines) -> None:
        self.module_path = module_path
        self._deadlines = deadlines
        self._process = ChildProcess(
            worker_argv("token", str(module_path)), name=f"token {module_path.name}", limits=protocol.TO_PARENT
        )
        self._turn = threading.Condition()
        self._is_busy = False
        self._is_in_session = False
        self._login_lost = False
        self._pid: int | None = None
        """The process that made the last listing: its driver is loaded and answers."""
        self._listing = TokenListing()
        self._hangs = 0
        self._hung_at = 0.0

    @property
    def pid(self) -> int | None:
        """Process id of the running child."""
        return self._process.pid

    def warm_up(self) -> None:
        """Start the process; the driver is loaded by the first listing.  Never raises."""
        with contextlib.suppress(ChildError):
            self._process.start()

    def list_tokens(self) -> TokenListing:
        """Look at the module's slots.  Never raises ``TokenError``: what went wrong is in ``problems``."""
        with self._turn:
            while self._is_busy and not self._is_in_session:
                self._turn.wait()
            if self._is_in_session:
                return self._listing
            self._is_busy = True
        try:
            self._listing = self._list_or_problem()
            return self._listing
        finally:
            self._release()

    def open_session(self, token: Token, pin: bytearray, *, signatures: int) -> None:
        """Log in; on success the child is ours until ``close_session``.  Raises ``TokenError``.

        The PIN is sent once, to a child that has just shown the token; if that child dies or hangs then, whether an
        attempt was used is unknown.  Wiping the PIN is the caller's.
        """
        with self._turn:
            while self._is_busy:
                self._turn.wait()
            self._is_busy = True
        try:
            self._require_shown(token)
            self._log_in(token, pin, signatures)
        except BaseException:
            self._release()
            raise
        with self._turn:
            self._login_lost = False
            self._is_in_session = True
            self._turn.notify_all()

    def sign(self, key_id: str, digest: bytes, mechanism: SignatureMechanism) -> bytes:
        """Sign in the open session.  Raises ``TokenError``; ``TOKEN_LOGIN_LOST`` once the login is gone."""
        if self._login_lost or self._process.pid != self._pid:
            self._login_lost = True
            raise TokenError(ErrorCode.TOKEN_LOGIN_LOST, module=self.module_path.name)
        call = protocol.Sign(key_id, digest, mechanism)
        try:
            return self._call(call, _SIGNED, self._deadlines.sign_seconds).value
        except TokenError as error:
            self._login_lost = error.code not in _LOGIN_STILL_GOOD
            if error.code is ErrorCode.TOKEN_DRIVER_FAILED:
                self._process.restart()
            raise

    def close_session(self) -> None:
        """Log out; a child that cannot is ended, which logs out as well.  Never raises ``TokenError``."""
        try:
            if not self._login_lost:
                self._call(protocol.CloseSession(), _DONE, self._deadlines.close_seconds)
        except TokenError as error:
            log.warning("log-out failed, ending the token child: %s", error)
            self._process.restart()
        finally:
            self._is_in_session = False
            self._release()

    def close(self) -> None:
        """End the child for good; a call that is under way is cut off."""
        if self._is_busy:
            self._process.kill()
        self._process.close()

    def _release(self) -> None:
        with self._turn:
            self._is_busy = False
            self._turn.notify_all()

    def _require_shown(self, token: Token) -> None:
        if self._process.pid is None or self._process.pid != self._pid:
            self._listing = self._list_now()
        if token not in self._listing.tokens and _key(token) not in map(_key, self._listing.tokens):
            raise TokenError(ErrorCode.TOKEN_NOT_FOUND, serial=token.serial)

    def _log_in(self, token: Token, pin: bytearray, signatures: int) -> None:
        identity = protocol.TokenIdentity(token.serial, token.label, token.manufacturer)
        at_pin_pad = token.pin.pin_pad and not pin
        seconds = self._deadlines.pin_pad_seconds if at_pin_pad else self._deadlines.login_seconds
        try:
            self._call(protocol.OpenSession(identity, signatures), _DONE, seconds, body=pin)
        except TokenError as error:
            if error.code in (ErrorCode.TOKEN_WORKER_DIED, ErrorCode.TOKEN_WORKER_TIMEOUT):
                raise TokenError(
                    ErrorCode.TOKEN_PIN_UNKNOWN_STATE, serial=token.serial, cause=error.code.value
                ) from error
            if error.code is ErrorCode.TOKEN_DRIVER_FAILED:
                self._process.restart()
            raise

    def _list_or_problem(self) -> TokenListing:
        if self._hangs >= HANGS_BEFORE_PAUSE and time.monotonic() - self._hung_at < HANG_PAUSE_SECONDS:
            return self._listing
        try:
            listing = self._list_now()
        except TokenError as error:
            if error.code is ErrorCode.TOKEN_DRIVER_FAILED:
                self._process.restart()
            is_hang = error.code is ErrorCode.TOKEN_WORKER_TIMEOUT
            self._hangs, self._hung_at = (self._hangs + 1, time.monotonic()) if is_hang else (0, 0.0)
            facts = {name: str(value) for name, value in error.facts.items()}
            problem = TokenProblem(module_path=str(self.module_path), code=error.code.value, facts=facts)
            return TokenListing(problems=(problem,))
        self._hangs = 0
        return listing

    def _list_now(self) -> TokenListing:
        if not self.module_path.is_file():
            raise TokenError(ErrorCode.TOKEN_MODULE_NOT_FOUND, path=str(self.module_path))
        was_running = self._process.pid is not None
        try:
            listing = self._call(protocol.ListTokens(), _LISTINGS, self._deadlines.list_seconds)
        except TokenError as error:
            if not was_running or error.code is not ErrorCode.TOKEN_WORKER_DIED:
                raise
            # It was dead or dying before it heard the question; a listing may be asked twice.
            listing = self._call(protocol.ListTokens(), _LISTINGS, self._deadlines.list_seconds)
        self._pid = self._process.pid
        return listing

    def _call(
        self,
        call: protocol.Call,
        decoder: "msgspec.json.Decoder[protocol.Answer]",
        seconds: float,
        *,
        body: bytearray | bytes = b"",
    ) -> protocol.Answer:
        try:
            frame = self._process.call(protocol.encode(call), body, timeout_seconds=seconds)
        except ChildError as error:
            is_hang = error.code is ErrorCode.CHILD_TIMEOUT
            code = ErrorCode.TOKEN_WORKER_TIMEOUT if is_hang else ErrorCode.TOKEN_WORKER_DIED
            raise TokenError(code, module=self.module_path.name, **_facts(error)) from error
        return protocol.decode_answer(frame, decoder)


def _key(token: Token) -> tuple[str, str, str]:
    return token.serial, token.label, token.manufacturer


def _facts(error: ChildError) -> dict[str, str | int | float | bool]:
    return {name: value for name, value in error.facts.items() if name in ("exit_code", "seconds", "detail")}
