"""A scripted ``TokenGateway``: wrong PIN, last attempt, locked, removed in mid-sign, slow; signatures are real."""

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from bdsigner.errors import ErrorCode, TokenError
from bdsigner.model.token import (
    ModulePresence,
    PinState,
    SignatureMechanism,
    Token,
    TokenCertificate,
    TokenListing,
    TokenProblem,
)
from tests.support.softhsm import PrivateKey, self_signed

_PREHASHED = utils.Prehashed(hashes.SHA256())


@dataclass
class FakeToken:
    """One token; change its fields between calls to script what happens next."""

    serial: str = "0123456789"
    label: str = "Token giả"
    pin: str = "123456"
    puk: str = "87654321"
    puk_tries_left: int = 3
    can_unblock: bool = True
    min_length: int = 4
    max_length: int = 16
    always_authenticate: set[str] = field(default_factory=set)
    """Ids of keys that want the PIN for each signature."""
    tries: int = 3
    tries_left: int = 3
    keys: dict[str, PrivateKey] = field(default_factory=dict)
    certificates: dict[str, bytes] = field(default_factory=dict)
    """DER by key id; keys without one get a self-signed certificate."""
    is_hardware: bool = True
    is_present: bool = True
    pin_pad: bool = False
    login_error: ErrorCode | None = None
    """Raised by the next login instead of looking at the PIN."""
    sign_errors: dict[int, ErrorCode] = field(default_factory=dict)
    """Error of the n-th signature of a session, counted from 1; TOKEN_REMOVED also takes the token away."""
    before_sign: Callable[[], object] = lambda: None
    """Called in each signature: wait for an event to be slow, pull the token …"""
    logins: int = 0
    signatures: int = 0

    def __post_init__(self) -> None:
        for key_id, key in self.keys.items():
            self.certificates.setdefault(key_id, self_signed(key, f"{self.label} {key_id}"))

    @property
    def pin_state(self) -> PinState:
        return PinState(
            count_low=self.tries_left < self.tries,
            final_try=self.tries_left == 1,
            locked=self.tries_left == 0,
            pin_pad=self.pin_pad,
            min_length=self.min_length,
            max_length=self.max_length,
            puk_locked=self.puk_tries_left == 0,
        )

    def describe(self) -> Token:
        return Token(
            serial=self.serial,
            label=self.label,
            model="Giả",
            manufacturer="bdsigner",
            module_path=str(Path("gia.so")),
            is_hardware=self.is_hardware,
            pin=self.pin_state,
            mechanisms=frozenset(SignatureMechanism),
            certificates=tuple(
                TokenCertificate(key_id=key_id, label=key_id, der=der) for key_id, der in self.certificates.items()
            ),
        )

    def change_pin(self, old: bytearray, new: bytearray) -> None:
        if self.pin_pad:
            raise TokenError(ErrorCode.TOKEN_PIN_PAD_ONLY, serial=self.serial)
        self.log_in(old)
        self._set_pin(new)

    def unblock_pin(self, puk: bytearray, new: bytearray) -> None:
        if not self.can_unblock:
            raise TokenError(ErrorCode.TOKEN_UNBLOCK_UNSUPPORTED, serial=self.serial)
        if self.puk_tries_left == 0:
            raise TokenError(ErrorCode.TOKEN_PUK_LOCKED, serial=self.serial)
        if bytes(puk) != self.puk.encode():
            self.puk_tries_left -= 1
            raise TokenError(ErrorCode.TOKEN_PUK_INCORRECT, serial=self.serial)
        self.puk_tries_left = 3
        self._set_pin(new)
        self.tries_left = self.tries

    def _set_pin(self, new: bytearray) -> None:
        if not self.min_length <= len(new) <= self.max_length:
            raise TokenError(ErrorCode.TOKEN_NEW_PIN_REFUSED, reason="PinLenRange")
        self.pin = new.decode()

    def log_in(self, pin: bytearray) -> None:
        if self.login_error is not None:
            code, self.login_error = self.login_error, None
            raise TokenError(code, serial=self.serial)
        if not pin and not self.pin_pad:
            raise TokenError(ErrorCode.TOKEN_PIN_LENGTH)
        state = self.pin_state
        if state.locked:
            raise TokenError(ErrorCode.TOKEN_PIN_LOCKED, count_low=True, final_try=False, locked=True)
        if pin and bytes(pin) != self.pin.encode():
            self.tries_left -= 1
            state = self.pin_state
            raise TokenError(
                ErrorCode.TOKEN_PIN_INCORRECT,
                count_low=state.count_low,
                final_try=state.final_try,
                locked=state.locked,
            )
        self.tries_left = self.tries
        self.logins += 1

    def sign(self, key_id: str, digest: bytes, mechanism: SignatureMechanism) -> bytes:
        self.before_sign()
        if not self.is_present:
            raise TokenError(ErrorCode.TOKEN_REMOVED, serial=self.serial)
        key = self.keys.get(key_id)
        if isinstance(key, ec.EllipticCurvePrivateKey) and mechanism is SignatureMechanism.ECDSA:
            signature = key.sign(digest, ec.ECDSA(_PREHASHED))
        elif isinstance(key, rsa.RSAPrivateKey) and mechanism is SignatureMechanism.RSA_PKCS1:
            signature = key.sign(digest, padding.PKCS1v15(), _PREHASHED)
        elif isinstance(key, rsa.RSAPrivateKey) and mechanism is SignatureMechanism.RSA_PSS:
            signature = key.sign(digest, padding.PSS(padding.MGF1(hashes.SHA256()), 32), _PREHASHED)
        else:
            raise TokenError(ErrorCode.TOKEN_KEY_NOT_FOUND, key_id=key_id)
        self.signatures += 1
        return signature


class FakeTokenGateway:
    """Implements ``ports.TokenGateway`` over ``FakeToken``."""

    def __init__(self, *tokens: FakeToken, problems: tuple[TokenProblem, ...] = ()) -> None:
        self.tokens = list(tokens)
        self.problems = problems
        self.is_closed = False
        self.tried_again: list[str] = []
        self._turn = threading.Lock()

    def list_tokens(self, *, patience_seconds: float | None = None) -> TokenListing:
        present = tuple(token.describe() for token in self.tokens if token.is_present)
        return TokenListing(tokens=present, problems=self.problems)

    def session(self, serial: str, pin: bytearray, *, signatures: int) -> "FakeTokenSession":
        try:
            token = self._find(serial)
            with self._turn:
                token.log_in(pin)
            return FakeTokenSession(token, signatures)
        finally:
            pin[:] = bytes(len(pin))

    def change_pin(self, serial: str, old: bytearray, new: bytearray) -> None:
        self._with_pins(old, new, lambda: self._find(serial).change_pin(old, new))

    def unblock_pin(self, serial: str, puk: bytearray, new: bytearray) -> None:
        self._with_pins(puk, new, lambda: self._find(serial).unblock_pin(puk, new))

    module_count = 1

    def presence(
        self, modules: Collection[int] | None = None, *, patience_seconds: float | None = None
    ) -> tuple[ModulePresence, ...]:
        present = tuple(token.serial for token in self.tokens if token.is_present)
        return (ModulePresence(is_seen=True, readers=("fake",), tokens=present),)

    def try_again(self, module_path: str) -> None:
        self.tried_again.append(module_path)

    def close(self) -> None:
        self.is_closed = True

    def _find(self, serial: str) -> FakeToken:
        found = [token for token in self.tokens if token.is_present and token.serial == serial]
        if len(found) != 1:
            code = ErrorCode.TOKEN_SEVERAL if found else ErrorCode.TOKEN_NOT_FOUND
            raise TokenError(code, serial=serial, count=len(found))
        return found[0]

    def _with_pins(self, secret: bytearray, new: bytearray, work: Callable[[], None]) -> None:
        try:
            if not secret or not new:
                raise TokenError(ErrorCode.TOKEN_PIN_LENGTH)
            work()
        finally:
            for pin in (secret, new):
                pin[:] = bytes(len(pin))


class FakeTokenSession:
    """Implements ``ports.TokenSession``; ends itself at the first error of the token."""

    def __init__(self, token: FakeToken, signatures: int) -> None:
        self._token = token
        self._signatures_left = signatures
        self._calls = 0
        self._is_open = True
        self._has_login_pin = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def always_authenticate(self) -> frozenset[str]:
        return frozenset(self._token.always_authenticate)

    @property
    def is_open(self) -> bool:
        return self._is_open

    def sign(self, key_id: str, digest: bytes, mechanism: SignatureMechanism, *, pin: bytearray | None = None) -> bytes:
        try:
            return self._sign(key_id, digest, mechanism, pin)
        finally:
            if pin is not None:
                pin[:] = bytes(len(pin))

    def confirm_more(self, signatures: int) -> None:
        if not self._is_open:
            raise TokenError(ErrorCode.TOKEN_LOGIN_LOST, serial=self._token.serial)
        self._signatures_left = signatures

    def is_alive(self) -> bool:
        self._is_open = self._is_open and self._token.is_present
        return self._is_open

    def close(self) -> None:
        self._is_open = False

    def _sign(self, key_id: str, digest: bytes, mechanism: SignatureMechanism, pin: bytearray | None) -> bytes:
        if len(digest) != 32:
            raise ValueError("not a SHA-256 digest")
        if not self._is_open:
            raise TokenError(ErrorCode.TOKEN_LOGIN_LOST, serial=self._token.serial)
        if self._signatures_left == 0:
            raise TokenError(ErrorCode.TOKEN_SESSION_SPENT, serial=self._token.serial)
        if key_id in self._token.always_authenticate:
            self._log_in_again(pin)
        self._signatures_left -= 1
        self._calls += 1
        code = self._token.sign_errors.pop(self._calls, None)
        if code is ErrorCode.TOKEN_REMOVED:
            self._token.is_present = False
        if code is not None:
            self._is_open = False
            raise TokenError(code, serial=self._token.serial)
        return self._token.sign(key_id, digest, mechanism)

    def _log_in_again(self, pin: bytearray | None) -> None:
        if self._has_login_pin:
            self._has_login_pin = False
        elif pin is None:
            raise TokenError(ErrorCode.TOKEN_PIN_NEEDED)
        else:
            try:
                self._token.log_in(pin)
            except TokenError:
                self._is_open = False
                raise
