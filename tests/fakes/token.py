"""A scripted ``TokenGateway``: wrong PIN, last attempt, locked, removed in mid-sign, slow; signatures are real."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from bdsigner.errors import ErrorCode, TokenError
from bdsigner.model.token import (
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
        self._turn = threading.Lock()

    def list_tokens(self) -> TokenListing:
        present = tuple(token.describe() for token in self.tokens if token.is_present)
        return TokenListing(tokens=present, problems=self.problems)

    def session(self, serial: str, pin: bytearray, *, signatures: int) -> "FakeTokenSession":
        try:
            found = [token for token in self.tokens if token.is_present and token.serial == serial]
            if len(found) != 1:
                code = ErrorCode.TOKEN_SEVERAL if found else ErrorCode.TOKEN_NOT_FOUND
                raise TokenError(code, serial=serial, count=len(found))
            with self._turn:
                found[0].log_in(pin)
        finally:
            pin[:] = bytes(len(pin))
        return FakeTokenSession(found[0], signatures)

    def close(self) -> None:
        self.is_closed = True


class FakeTokenSession:
    """Implements ``ports.TokenSession``; ends itself at the first error of the token."""

    def __init__(self, token: FakeToken, signatures: int) -> None:
        self._token = token
        self._signatures_left = signatures
        self._calls = 0
        self._is_open = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._is_open = False

    def sign(self, key_id: str, digest: bytes, mechanism: SignatureMechanism) -> bytes:
        if len(digest) != 32:
            raise ValueError("not a SHA-256 digest")
        if not self._is_open:
            raise TokenError(ErrorCode.TOKEN_LOGIN_LOST, serial=self._token.serial)
        if self._signatures_left == 0:
            raise TokenError(ErrorCode.TOKEN_SESSION_SPENT, serial=self._token.serial)
        self._signatures_left -= 1
        self._calls += 1
        code = self._token.sign_errors.pop(self._calls, None)
        if code is ErrorCode.TOKEN_REMOVED:
            self._token.is_present = False
        if code is not None:
            self._is_open = False
            raise TokenError(code, serial=self._token.serial)
        return self._token.sign(key_id, digest, mechanism)
