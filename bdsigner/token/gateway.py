"""All tokens of all PKCS#11 modules: implements ``ports.TokenGateway`` with one child per module."""

import logging
import tempfile
import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self, TypeVar

from bdsigner.errors import ErrorCode, TokenError
from bdsigner.model.token import ModulePresence, SignatureMechanism, Token, TokenListing, TokenProblem, WrappedKey
from bdsigner.token import opensc
from bdsigner.token.child import Deadlines, TokenChild
from bdsigner.token.hardening import wipe
from bdsigner.token.protocol import MAX_PIN_BYTES, MAX_SIGNATURES, SHA256_BYTES

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")

_NO_NAMES: Mapping[Path, str] = MappingProxyType({})


class ChildTokenGateway:
    """Tokens through child processes; may be called from any thread.

    Each child serves one caller at a time.  A second session on a module waits for the first to end; a listing asked
    for during a session shows that module's tokens as they were before it.
    """

    def __init__(
        self,
        module_paths: Sequence[Path],
        *,
        names: Mapping[Path, str] = _NO_NAMES,
        problems: Sequence[TokenProblem] = (),
        deadlines: Deadlines | None = None,
    ) -> None:
        """``names`` are products by module; ``problems`` are of modules that cannot be loaded, told in each listing."""
        self._names = names
        self._problems = tuple(problems)
        self._private_folder: tempfile.TemporaryDirectory[str] | None = None
        self._private_folder_lock = threading.Lock()
        self._children = tuple(
            TokenChild(path, deadlines or Deadlines(), environment=self._environment_for(path)) for path in module_paths
        )
        self._holders: tuple[tuple[Token, TokenChild], ...] = ()
        """Tokens of the last listing with their children; replaced as a whole."""
        self._lock = threading.Lock()
        self._late: dict[TokenChild, Future[TokenListing]] = {}
        self._late_glances: dict[TokenChild, Future[ModulePresence]] = {}
        """Looks that somebody did not wait for."""
        self._pool = ThreadPoolExecutor(3 * max(1, len(self._children)), thread_name_prefix="tokens")

    @property
    def child_pids(self) -> tuple[int, ...]:
        """Process ids of the children that run, in the order of the modules."""
        return tuple(child.pid for child in self._children if child.pid is not None)

    def warm_up(self) -> None:
        """Start all children, so that the first listing need not wait for them.  Never raises."""
        for child in self._children:
            child.warm_up()

    def list_tokens(self, *, patience_seconds: float | None = None) -> TokenListing:
        """Look at every slot of every module, modules at the same time.  Never raises for a bad module.

        A token that two modules show is listed once, for the first of them.  See ``ports.TokenGateway`` for
        ``patience_seconds``.
        """
        if not self._children:
            problem = TokenProblem(module_path="", code=ErrorCode.TOKEN_NO_MODULE.value, facts={})
            return TokenListing(problems=self._problems or (problem,))
        looks = [self._look(child, is_patient=patience_seconds is None) for child in self._children]
        wait(looks, timeout=patience_seconds)
        listings = [
            look.result() if look.done() else _slow(child) for child, look in zip(self._children, looks, strict=True)
        ]
        holders: list[tuple[Token, TokenChild]] = []
        for child, listing in zip(self._children, listings, strict=True):
            # Two alike in one module are two tokens; one that an earlier module showed is the same again.
            earlier = [token for token, _ in holders]
            holders += [(token, child) for token in listing.tokens if not _is_shown(token, earlier)]
        self._holders = tuple(holders)
        problems = tuple(problem for listing in listings for problem in listing.problems)
        tokens = tuple(self._named(token) for token, _ in holders)
        return TokenListing(tokens=tokens, problems=(*self._problems, *problems))

    def presence(
        self, modules: Collection[int] | None = None, *, patience_seconds: float | None = None
    ) -> tuple[ModulePresence, ...]:
        """See ``ports.TokenGateway``."""
        wanted = range(len(self._children)) if modules is None else sorted(modules)
        looks = [self._glance(self._children[number]) for number in wanted]
        wait(looks, timeout=patience_seconds)
        return tuple(look.result() if look.done() else ModulePresence(is_seen=False) for look in looks)

    @property
    def module_count(self) -> int:
        """See ``ports.TokenGateway``."""
        return len(self._children)

    def try_again(self, module_path: str) -> None:
        """End a module's quarantine."""
        for child in self._children:
            if str(child.module_path) == module_path:
                child.try_again()

    def session(self, serial: str, pin: bytearray, *, signatures: int) -> "ChildTokenSession":
        """Log in at once, for exactly ``signatures`` signatures; use the result in a ``with`` statement.

        Wipes ``pin`` before returning, also on error.  Raises ``TokenError``: TOKEN_NOT_FOUND, TOKEN_SEVERAL (more
        than one token of that serial carries certificates), TOKEN_PIN_…, TOKEN_REMOVED, TOKEN_DRIVER_FAILED,
        TOKEN_PIN_UNKNOWN_STATE when the child died or hung with the PIN.  No PIN is ever tried twice.
        """
        try:
            _check_signatures(signatures)
            if len(pin) > MAX_PIN_BYTES:
                raise TokenError(ErrorCode.TOKEN_PIN_LENGTH, max_length=MAX_PIN_BYTES)
            token, child = self._holder(serial)
            always_authenticate = child.open_session(token, pin, signatures=signatures)
        finally:
            wipe(pin)
        log.info("logged in to token %s for %d signatures", serial, signatures)
        return ChildTokenSession(child, serial, signatures, always_authenticate)

    def change_pin(self, serial: str, old: bytearray, new: bytearray) -> None:
        """See ``ports.TokenGateway``."""
        self._set_pin(serial, TokenChild.change_pin, old, new)
        log.info("changed the PIN of token %s", serial)

    def unblock_pin(self, serial: str, puk: bytearray, new: bytearray) -> None:
        """See ``ports.TokenGateway``."""
        self._set_pin(serial, TokenChild.unblock_pin, puk, new)
        log.info("unblocked the PIN of token %s", serial)

    def close(self) -> None:
        """End all children; calls under way are cut off."""
        for child in self._children:
            child.close()
        self._pool.shutdown(wait=False, cancel_futures=True)
        if self._private_folder is not None:
            self._private_folder.cleanup()

    def _look(self, child: TokenChild, *, is_patient: bool) -> "Future[TokenListing]":
        """A fresh look; an impatient caller joins one that is still under way, so that looks do not pile up."""
        with self._lock:
            late = self._late.get(child)
            if not is_patient and late is not None and not late.done():
                return late
            look = self._late[child] = self._submit(child.list_tokens)
            return look

    def _glance(self, child: TokenChild) -> "Future[ModulePresence]":
        """A cheap look, or the one that is still under way."""
        with self._lock:
            late = self._late_glances.get(child)
            if late is not None and not late.done():
                return late
            glance = self._late_glances[child] = self._submit(child.look_for_changes)
            return glance

    def _submit(self, work: Callable[[], Answer]) -> "Future[Answer]":
        try:
            return self._pool.submit(work)
        except RuntimeError:  # closed meanwhile: the child says so
            done: Future[Answer] = Future()
            done.set_result(work())
            return done

    def _set_pin(
        self,
        serial: str,
        set_pin: Callable[[TokenChild, Token, bytearray, bytearray], None],
        secret: bytearray,
        new: bytearray,
    ) -> None:
        try:
            token, child = self._holder(serial)
            set_pin(child, token, secret, new)
        finally:
            wipe(secret)
            wipe(new)

    def _holder(self, serial: str) -> tuple[Token, TokenChild]:
        found = [held for held in self._holders if held[0].serial == serial]
        if not found:
            self.list_tokens()
            found = [held for held in self._holders if held[0].serial == serial]
        if len(found) > 1:
            # OpenSC shows a card with several PINs as several tokens of one serial; one of them holds the signer.
            found = [held for held in found if held[0].certificates] or found
        if not found:
            raise TokenError(ErrorCode.TOKEN_NOT_FOUND, serial=serial)
        if len(found) > 1:
            raise TokenError(ErrorCode.TOKEN_SEVERAL, serial=serial, count=len(found))
        return found[0]

    def _named(self, token: Token) -> Token:
        name = self._names.get(Path(token.module_path))
        return replace(token, module_name=name) if name else token

    def _environment_for(self, module_path: Path) -> Callable[[], Mapping[str, str]]:
        return self._opensc_environment if opensc.is_opensc(module_path) else dict

    def _opensc_environment(self) -> Mapping[str, str]:
        with self._private_folder_lock:  # two modules of OpenSC may start at the same time
            if self._private_folder is None:
                self._private_folder = tempfile.TemporaryDirectory(prefix="bdsigner-")
            return opensc.environment(Path(self._private_folder.name))


class ChildTokenSession:
    """A login for a fixed number of signatures; may be used from several threads, one signature at a time."""

    def __init__(self, child: TokenChild, serial: str, signatures: int, always_authenticate: frozenset[str]) -> None:
        self._child = child
        self._serial = serial
        self._signatures_left = signatures
        self._always_authenticate = always_authenticate
        self._is_open = True
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Log out, whatever happened."""
        self.close()

    @property
    def always_authenticate(self) -> frozenset[str]:
        """Ids of the keys that want the PIN for each signature."""
        return self._always_authenticate

    def sign(self, key_id: str, digest: bytes, mechanism: SignatureMechanism, *, pin: bytearray | None = None) -> bytes:
        """Sign a SHA-256 digest with the key of that CKA_ID; every call counts, whatever comes of it.

        ``pin`` is for a key of ``always_authenticate``, and wiped.

        Raises ``TokenError``: TOKEN_SESSION_SPENT beyond what was confirmed, TOKEN_KEY_NOT_FOUND,
        TOKEN_MECHANISM_UNSUPPORTED, TOKEN_PIN_NEEDED (which does not count); and, ending the login, TOKEN_REMOVED,
        TOKEN_DRIVER_FAILED, TOKEN_WORKER_DIED, TOKEN_WORKER_TIMEOUT, TOKEN_PIN_…, then TOKEN_LOGIN_LOST.
        ``ValueError`` when ``digest`` has another length.
        """
        if len(digest) != SHA256_BYTES:
            wipe(pin or bytearray())
            raise ValueError("not a SHA-256 digest")
        return self._use_key(lambda typed: self._child.sign(key_id, digest, mechanism, typed), pin)

    def unwrap(self, key_id: str, wrapped: WrappedKey, *, pin: bytearray | None = None) -> bytes:
        """Use the key of that CKA_ID on a wrapped one; every call counts, as for ``sign``, which see.

        Raises ``TokenError`` TOKEN_DECRYPTION_FAILED for whatever does not fit; the login may go on.
        """
        return self._use_key(lambda typed: self._child.unwrap(key_id, wrapped, typed), pin)

    def confirm_more(self, signatures: int) -> None:
        """See ``ports.TokenSession``.  Raises ``TokenError`` TOKEN_LOGIN_LOST."""
        _check_signatures(signatures)
        with self._lock:
            self._require_open()
            self._child.confirm_more(signatures)
            self._signatures_left = signatures

    def is_alive(self) -> bool:
        """See ``ports.TokenSession``."""
        with self._lock:
            return self._is_open and self._child.is_session_alive()

    def close(self) -> None:
        """Log out; may be called again."""
        with self._lock:
            if self._is_open:
                self._is_open = False
                self._child.close_session()
                log.info("logged out of token %s", self._serial)

    def _use_key(self, use: Callable[[bytearray], bytes], pin: bytearray | None) -> bytes:
        body = bytearray() if pin is None else pin
        try:
            with self._lock:
                return self._use_counted(use, body)
        finally:
            wipe(body)

    def _use_counted(self, use: Callable[[bytearray], bytes], pin: bytearray) -> bytes:
        self._require_open()
        if self._signatures_left == 0:
            raise TokenError(ErrorCode.TOKEN_SESSION_SPENT, serial=self._serial)
        self._signatures_left -= 1
        try:
            return use(pin)
        except TokenError as error:
            self._signatures_left += error.code is ErrorCode.TOKEN_PIN_NEEDED
            raise

    def _require_open(self) -> None:
        if not self._is_open:
            raise TokenError(ErrorCode.TOKEN_LOGIN_LOST, serial=self._serial)


def _check_signatures(signatures: int) -> None:
    if not 1 <= signatures <= MAX_SIGNATURES:
        raise ValueError("signatures out of range")


def _slow(child: TokenChild) -> TokenListing:
    facts = {"module": child.module_path.name}
    problem = TokenProblem(module_path=str(child.module_path), code=ErrorCode.TOKEN_MODULE_SLOW.value, facts=facts)
    return TokenListing(tokens=child.last_listing.tokens, problems=(problem,))


def _is_shown(token: Token, earlier: Sequence[Token]) -> bool:
    """Whether another module showed it: drivers may write its label and maker each in their own way."""
    return any(_name(token) == _name(other) or _shares_certificate(token, other) for other in earlier)


def _shares_certificate(token: Token, other: Token) -> bool:
    if token.serial != other.serial or token.module_path == other.module_path:
        return False
    return bool({one.der for one in token.certificates} & {one.der for one in other.certificates})


def _name(token: Token) -> tuple[str, str, str]:
    return token.serial, token.label, token.manufacturer
