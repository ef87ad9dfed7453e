"""All tokens of all PKCS#11 modules: implements ``ports.TokenGateway`` with one child per module."""

import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from bdsigner.errors import ErrorCode, TokenError
from bdsigner.model.token import SignatureMechanism, Token, TokenListing, TokenProblem
from bdsigner.token.child import Deadlines, TokenChild
from bdsigner.token.hardening import wipe
from bdsigner.token.protocol import MAX_PIN_BYTES, MAX_SIGNATURES, SHA256_BYTES

log = logging.getLogger(__name__)


class ChildTokenGateway:
    """Tokens through child processes; may be called from any thread.

    Each child serves one caller at a time.  A second session on a module waits for the first to end; a listing asked
    for during a session shows that module's tokens as they were before it.
    """

    def __init__(self, module_paths: Sequence[Path], *, deadlines: Deadlines | None = None) -> None:
        self._children = tuple(TokenChild(path, deadlines or Deadlines()) for path in module_paths)
        self._holders: tuple[tuple[Token, TokenChild], ...] = ()
        """Tokens of the last listing with their children; replaced as a whole."""

    @property
    def child_pids(self) -> tuple[int, ...]:
        """Process ids of the children that run, in the order of the modules."""
        return tuple(child.pid for child in self._children if child.pid is not None)

    def warm_up(self) -> None:
        """Start all children, so that the first listing need not wait for them.  Never raises."""
        for child in self._children:
            child.warm_up()

    def list_tokens(self) -> TokenListing:
        """Look at every slot of every module, modules at the same time.  Never raises for a bad module.

        A token that two modules show is listed once, for the first of them.
        """
        if not self._children:
            return TokenListing(
                problems=(TokenProblem(module_path="", code=ErrorCode.TOKEN_NO_MODULE.value, facts={}),)
            )
        with ThreadPoolExecutor(len(self._children), thread_name_prefix="tokens") as pool:
            listings = list(pool.map(TokenChild.list_tokens, self._children))
        holders: list[tuple[Token, TokenChild]] = []
        for child, listing in zip(self._children, listings, strict=True):
            # Two alike in one module are two tokens; one that an earlier module showed is the same again.
            shown = {_name(token) for token, _ in holders}
            holders += [(token, child) for token in listing.tokens if _name(token) not in shown]
        self._holders = tuple(holders)
        problems = tuple(problem for listing in listings for problem in listing.problems)
        return TokenListing(tokens=tuple(token for token, _ in holders), problems=problems)

    def session(self, serial: str, pin: bytearray, *, signatures: int) -> "ChildTokenSession":
        """Log in at once, for exactly ``signatures`` signatures; use the result in a ``with`` statement.

        Wipes ``pin`` before returning, also on error.  Raises ``TokenError``: TOKEN_NOT_FOUND, TOKEN_SEVERAL (more
        than one token of that serial carries certificates), TOKEN_PIN_…, TOKEN_REMOVED, TOKEN_DRIVER_FAILED,
        TOKEN_PIN_UNKNOWN_STATE when the child died or hung with the PIN.  No PIN is ever tried twice.
        """
        try:
            if not 1 <= signatures <= MAX_SIGNATURES:
                raise ValueError("signatures out of range")
            if len(pin) > MAX_PIN_BYTES:
                raise TokenError(ErrorCode.TOKEN_PIN_LENGTH, max_length=MAX_PIN_BYTES)
            token, child = self._holder(serial)
            child.open_session(token, pin, signatures=signatures)
        finally:
            wipe(pin)
        log.info("logged in to token %s for %d signatures", serial, signatures)
        return ChildTokenSession(child, serial, signatures)

    def close(self) -> None:
        """End all children; calls under way are cut off."""
        for child in self._children:
            child.close()

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


class ChildTokenSession:
    """A login for a fixed number of signatures; may be used from several threads, one signature at a time."""

    def __init__(self, child: TokenChild, serial: str, signatures: int) -> None:
        self._child = child
        self._serial = serial
        self._signatures_left = signatures
        self._is_open = True
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Log out, whatever happened."""
        with self._lock:
            if self._is_open:
                self._is_open = False
                self._child.close_session()
                log.info("logged out of token %s", self._serial)

    def sign(self, key_id: str, digest: bytes, mechanism: SignatureMechanism) -> bytes:
        """Sign a SHA-256 digest with the key of that CKA_ID; every call counts, whatever comes of it.

        Raises ``TokenError``: TOKEN_SESSION_SPENT beyond what was confirmed, TOKEN_KEY_NOT_FOUND,
        TOKEN_MECHANISM_UNSUPPORTED; and, ending the login, TOKEN_REMOVED, TOKEN_DRIVER_FAILED, TOKEN_WORKER_DIED,
        TOKEN_WORKER_TIMEOUT, then TOKEN_LOGIN_LOST.  ``ValueError`` when ``digest`` has another length.
        """
        if len(digest) != SHA256_BYTES:
            raise ValueError("not a SHA-256 digest")
        with self._lock:
            if not self._is_open:
                raise TokenError(ErrorCode.TOKEN_LOGIN_LOST, serial=self._serial)
            if self._signatures_left == 0:
                raise TokenError(ErrorCode.TOKEN_SESSION_SPENT, serial=self._serial)
            self._signatures_left -= 1
            return self._child.sign(key_id, digest, mechanism)


def _name(token: Token) -> tuple[str, str, str]:
    return token.serial, token.label, token.manufacturer
