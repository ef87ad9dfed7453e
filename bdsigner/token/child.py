"""One PKCS#11 module in its child, seen from the application: who may use it when, and what its death means."""

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bdsigner.childproc import ChildProcess, worker_argv
from bdsigner.errors import ChildError, ErrorCode, TokenError
from bdsigner.model.token import ModulePresence, SignatureMechanism, Token, TokenListing, TokenProblem, WrappedKey
from bdsigner.token import protocol
from bdsigner.token.hardening import wipe

log = logging.getLogger(__name__)

_LISTINGS = msgspec.json.Decoder(TokenListing)
_PRESENCES = msgspec.json.Decoder(protocol.Presence)
_DONE = msgspec.json.Decoder(protocol.Done)
_OPENED = msgspec.json.Decoder(protocol.Opened)
_SIGNED = msgspec.json.Decoder(protocol.Signed)
_UNWRAPPED = msgspec.json.Decoder(protocol.Unwrapped)
_CHECKED = msgspec.json.Decoder(protocol.Checked)
_LOGIN_STILL_GOOD = (
    ErrorCode.TOKEN_KEY_NOT_FOUND,
    ErrorCode.TOKEN_MECHANISM_UNSUPPORTED,
    ErrorCode.TOKEN_SESSION_SPENT,
    ErrorCode.TOKEN_PIN_NEEDED,
    ErrorCode.TOKEN_DECRYPTION_FAILED,
)
_ENDED = (ErrorCode.TOKEN_WORKER_DIED, ErrorCode.TOKEN_WORKER_TIMEOUT)
_KILLED = -9
"""Exit code of a child that somebody killed: no doing of the driver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """How long a child may take for each call before it is killed; starting it and loading the driver included."""

    list_seconds: float = 15.0
    login_seconds: float = 30.0
    """Also for a change of the PIN: a card may make the caller wait after a wrong one."""
    sign_seconds: float = 60.0
    """A card makes an RSA signature in 0.3 to 1.5 s; some readers queue behind other programs."""
    pin_pad_seconds: float = 120.0
    """For a login where a person types on the device."""
    close_seconds: float = 10.0


class TokenChild:
    """A module's child process.  One user at a time: a listing or a session; may be called from any thread.

    A listing asked for while a session is open is answered from the last one, so that polling never comes between
    a person's signatures; other callers wait.  A driver that failed is not used again: its state is unknown, so the
    child is stopped and the next call starts a fresh one.  A driver that crashed or hung while it was only looked at
    is left alone until a person asks to try again: it would do so at every look.
    """

    def __init__(
        self,
        module_path: Path,
        deadlines: Deadlines,
        *,
        environment: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        self.module_path = module_path
        self._deadlines = deadlines
        self._process = ChildProcess(
            worker_argv("token", str(module_path)),
            name=f"token {module_path.name}",
            limits=protocol.TO_PARENT,
            environment=environment,
        )
        self._turn = threading.Condition()
        self._is_busy = False
        self._is_in_session = False
        self._login_lost = False
        self._pid: int | None = None
        """The process that made the last listing: its driver is loaded and answers."""
        self._listing = TokenListing()
        self._quarantine: TokenProblem | None = None

    @property
    def pid(self) -> int | None:
        """Process id of the running child."""
        return self._process.pid

    @property
    def last_listing(self) -> TokenListing:
        """What the last look saw; empty before the first."""
        return self._listing

    def warm_up(self) -> None:
        """Start the process; the driver is loaded by the first listing.  Never raises."""
        with contextlib.suppress(ChildError):
            self._process.start()

    def try_again(self) -> None:
        """End the quarantine; the next look loads the driver."""
        self._quarantine = None

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

    def look_for_changes(self) -> ModulePresence:
        """A cheap look, unless the module is in use or in quarantine.  Never raises ``TokenError``.

        A driver that answers with an error shows no slots; it is asked again in the same process, as a new one for
        each look at a driver without its service or device would keep a core busy.
        """
        with self._turn:
            if self._is_busy or self._quarantine is not None:
                return ModulePresence(is_seen=False, is_quarantined=self._quarantine is not None)
            self._is_busy = True
        started = time.monotonic()
        try:
            presence = self._call(protocol.LookForChanges(), _PRESENCES, self._deadlines.list_seconds)
            return ModulePresence(
                is_seen=True,
                readers=presence.readers,
                tokens=presence.tokens,
                cost_seconds=time.monotonic() - started,
            )
        except TokenError as error:
            self._note_failed_look(error, is_process_kept=self._process.pid != self._pid)
            return ModulePresence(
                is_seen=error.code not in _ENDED,
                is_quarantined=self._quarantine is not None,
                cost_seconds=time.monotonic() - started,
            )
        finally:
            self._release()

    def open_session(self, token: Token, pin: bytearray, *, signatures: int) -> frozenset[str]:
        """Log in; on success the child is ours until ``close_session``.  Raises ``TokenError``.

        Returns the ids of keys that want the PIN for each signature.  The PIN is sent once, to a child that has just
        shown the token; if that child dies or hangs then, whether an attempt was used is unknown.  Wiping the PIN is
        the caller's.
        """
        self._acquire()
        try:
            self._require_shown(token)
            at_pin_pad = token.pin.pin_pad and not pin
            seconds = self._deadlines.pin_pad_seconds if at_pin_pad else self._deadlines.login_seconds
            call = protocol.OpenSession(_identity(token), signatures)
            opened = self._call_with_pin(token, call, _OPENED, pin, seconds)
        except BaseException:
            self._release()
            raise
        with self._turn:
            self._login_lost = False
            self._is_in_session = True
            self._turn.notify_all()
        return frozenset(opened.always_authenticate)

    def sign(self, key_id: str, digest: bytes, mechanism: SignatureMechanism, pin: bytearray | bytes = b"") -> bytes:
        """Sign in the open session.  Raises ``TokenError``; ``TOKEN_LOGIN_LOST`` once the login is gone."""
        return self._use_key(protocol.Sign(key_id, digest, mechanism), _SIGNED, pin).value

    def unwrap(self, key_id: str, wrapped: WrappedKey, pin: bytearray | bytes = b"") -> bytes:
        """Use a key on a wrapped one in the open session.  Raises as ``sign``, and TOKEN_DECRYPTION_FAILED."""
        return self._use_key(protocol.Unwrap(key_id, wrapped), _UNWRAPPED, pin).value

    def _use_key(
        self, call: protocol.Call, decoder: "msgspec.json.Decoder[protocol.Answer]", pin: bytearray | bytes
    ) -> protocol.Answer:
        self._require_login()
        try:
            return self._call(call, decoder, self._deadlines.sign_seconds, body=pin)
        except TokenError as error:
            self._login_lost = error.code not in _LOGIN_STILL_GOOD
            if error.code is ErrorCode.TOKEN_DRIVER_FAILED:
                self._process.restart()
            if pin and error.code in _ENDED:
                raise TokenError(ErrorCode.TOKEN_PIN_UNKNOWN_STATE, cause=error.code.value) from error
            raise

    def confirm_more(self, signatures: int) -> None:
        """Allow so many signatures in the open session.  Raises ``TokenError``."""
        self._require_login()
        try:
            self._call(protocol.ConfirmMore(signatures), _DONE, self._deadlines.close_seconds)
        except TokenError:
            self._login_lost = True
            raise

    def is_session_alive(self) -> bool:
        """Ask the token whether the open session still holds.  Never raises ``TokenError``."""
        try:
            self._require_login()
            is_alive = self._call(protocol.CheckSession(), _CHECKED, self._deadlines.list_seconds).is_alive
        except TokenError:
            is_alive = False
        self._login_lost = not is_alive
        return is_alive

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

    def change_pin(self, token: Token, old: bytearray, new: bytearray) -> None:
        """See ``ports.TokenGateway``; wiping both is the caller's."""
        self._set_pin(token, protocol.ChangePin(_identity(token)), old, new)

    def unblock_pin(self, token: Token, puk: bytearray, new: bytearray) -> None:
        """See ``ports.TokenGateway``; wiping both is the caller's."""
        self._set_pin(token, protocol.UnblockPin(_identity(token)), puk, new)

    def close(self) -> None:
        """End the child for good; a call that is under way is cut off."""
        if self._is_busy:
            self._process.kill()
        self._process.close()

    def _set_pin(self, token: Token, call: protocol.Call, secret: bytearray, new: bytearray) -> None:
        with self._turn_taken(), _joined(secret, new) as body:
            self._require_shown(token)
            self._call_with_pin(token, call, _DONE, body, self._deadlines.login_seconds)

    @contextlib.contextmanager
    def _turn_taken(self) -> Iterator[None]:
        self._acquire()
        try:
            yield
        finally:
            self._release()

    def _acquire(self) -> None:
        with self._turn:
            while self._is_busy:
                self._turn.wait()
            self._is_busy = True

    def _release(self) -> None:
        with self._turn:
            self._is_busy = False
            self._turn.notify_all()

    def _require_login(self) -> None:
        if self._login_lost or self._process.pid != self._pid:
            self._login_lost = True
            raise TokenError(ErrorCode.TOKEN_LOGIN_LOST, module=self.module_path.name)

    def _require_shown(self, token: Token) -> None:
        if self._process.pid is None or self._process.pid != self._pid:
            self._listing = self._list_now()
        if token not in self._listing.tokens and _key(token) not in map(_key, self._listing.tokens):
            raise TokenError(ErrorCode.TOKEN_NOT_FOUND, serial=token.serial)

    def _call_with_pin(
        self,
        token: Token,
        call: protocol.Call,
        decoder: "msgspec.json.Decoder[protocol.Answer]",
        body: bytearray,
        seconds: float,
    ) -> protocol.Answer:
        try:
            return self._call(call, decoder, seconds, body=body)
        except TokenError as error:
            if error.code in _ENDED:
                raise TokenError(
                    ErrorCode.TOKEN_PIN_UNKNOWN_STATE, serial=token.serial, cause=error.code.value
                ) from error
            if error.code is ErrorCode.TOKEN_DRIVER_FAILED:
                self._process.restart()
            raise

    def _list_or_problem(self) -> TokenListing:
        if self._quarantine is not None:
            return TokenListing(problems=(self._quarantine,))
        try:
            return self._list_now()
        except TokenError as error:
            self._note_failed_look(error)
            return TokenListing(problems=(self._problem(error.code, error.facts),))

    def _note_failed_look(self, error: TokenError, *, is_process_kept: bool = False) -> None:
        if error.code is ErrorCode.TOKEN_DRIVER_FAILED and not is_process_kept:
            self._process.restart()
        was_killed = error.code is ErrorCode.TOKEN_WORKER_DIED and error.facts.get("exit_code") == _KILLED
        if error.code in _ENDED and not was_killed:
            log.warning("module %s is quarantined: %s", self.module_path, error)
            self._process.restart()
            facts = {"module": self.module_path.name, "cause": error.code.value}
            self._quarantine = self._problem(ErrorCode.TOKEN_MODULE_QUARANTINED, facts, is_quarantined=True)

    def _problem(self, code: ErrorCode, facts: Mapping[str, object], *, is_quarantined: bool = False) -> TokenProblem:
        return TokenProblem(
            module_path=str(self.module_path),
            is_quarantined=is_quarantined or self._quarantine is not None,
            code=code.value,
            facts={name: str(value) for name, value in facts.items()},
        )

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


@contextlib.contextmanager
def _joined(secret: bytearray, new: bytearray) -> Iterator[bytearray]:
    body = protocol.join_pins(secret, new)
    try:
        yield body
    finally:
        wipe(body)


def _identity(token: Token) -> protocol.TokenIdentity:
    return protocol.TokenIdentity(token.serial, token.label, token.manufacturer)


def _key(token: Token) -> tuple[str, str, str]:
    return token.serial, token.label, token.manufacturer


def _facts(error: ChildError) -> dict[str, str | int | float | bool]:
    return {name: value for name, value in error.facts.items() if name in ("exit_code", "seconds", "detail")}
