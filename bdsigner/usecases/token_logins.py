"""Every login on a token goes through here: how far one PIN reaches, what is counted, what is written down (Đ14.2).

The PIN is asked for, handed to the token and wiped; what may stay open for a while is the login, never the PIN.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import RLock

from bdsigner.errors import ErrorCode, TokenError
from bdsigner.model.device import DeviceEvent, DeviceEventKind
from bdsigner.model.profile import TokenPolicy
from bdsigner.model.token import SignerIdentity
from bdsigner.ports import Clock, DeviceMemory, TokenGateway, TokenSession
from bdsigner.usecases.pin_rules import is_factory_pin

_REFUSED = (ErrorCode.TOKEN_PIN_INCORRECT, ErrorCode.TOKEN_PIN_UNKNOWN_STATE)
"""After a death during the login whether a try was used is unknown; it is counted, as it may have been."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLogin:
    """A login that the policy left open."""

    serial: str
    label: str
    until: datetime
    """When it ends if it is not used."""


@dataclass(slots=True)
class _Kept:
    """An open session with what it is for."""

    session: TokenSession
    login: OpenLogin


class TokenLogins:
    """One for an application; may be used from any thread."""

    def __init__(self, *, tokens: TokenGateway, memory: DeviceMemory, policy: TokenPolicy, clock: Clock) -> None:
        self._tokens = tokens
        self._memory = memory
        self.policy = policy
        self._clock = clock
        self._lock = RLock()
        self._kept: _Kept | None = None
        self._factory_pins: set[str] = set()

    @property
    def open_login(self) -> OpenLogin | None:
        """The login that stays open, if there is one and nobody signs with it now."""
        kept = self._kept
        return kept.login if kept is not None else None

    @property
    def factory_pins(self) -> frozenset[str]:
        """Serials of tokens that took a PIN they were delivered with; since this program started."""
        return frozenset(self._factory_pins)

    def release(self) -> None:
        """Log out of a login that is left open: the token was pulled, the screen locked, the program ends.

        Signatures under way were confirmed and go on; their login ends with them.
        """
        with self._lock:
            kept, self._kept = self._kept, None
        if kept is not None:
            kept.session.close()
            self.record(kept.login.serial, DeviceEventKind.LOGOUT)

    def check(self) -> None:
        """Log out of a login that is overdue, or whose token is gone; cheap when none is open."""
        kept = self._kept
        if kept is not None and (self._clock.now() >= kept.login.until or not kept.session.is_alive()):
            self.release()

    def record(self, serial: str, kind: DeviceEventKind, detail: str = "") -> None:
        """Add to the history of a device."""
        self._memory.record(DeviceEvent(at=self._clock.now(), serial=serial, kind=kind, detail=detail))

    def count(self, serial: str, work: Callable[[], None]) -> None:
        """Do something that tries a PIN once, and count what came of it."""
        try:
            work()
        except TokenError as error:
            self._count_refusal(serial, error)
            raise
        self._memory.clear_misses(serial)

    def misses(self, serial: str) -> int | None:
        """Wrong PINs counted on this machine; ``None`` when that cannot be read."""
        return self._memory.misses(serial)

    def log_in(self, serial: str, pin: bytearray, *, signatures: int) -> TokenSession:
        """Log in with a PIN that was just typed; wipes it."""
        self.release()  # a module serves one login at a time
        is_factory = is_factory_pin(pin)
        opened: list[TokenSession] = []
        self.count(serial, lambda: opened.append(self._tokens.session(serial, pin, signatures=signatures).__enter__()))
        if is_factory:
            self._factory_pins.add(serial)
        self.record(serial, DeviceEventKind.LOGIN)
        return opened[0]

    def take_kept(self, serial: str) -> TokenSession | None:
        """The open login of that token, if it still holds; the caller owns it from now on."""
        self.check()
        with self._lock:
            if self._kept is None or self._kept.login.serial != serial:
                return None
            kept, self._kept = self._kept, None
            return kept.session

    def keep(self, signer: SignerIdentity, session: TokenSession) -> None:
        """Leave a login open until it was not used for a while."""
        until = self._clock.now() + timedelta(seconds=self.policy.idle_seconds)
        login = OpenLogin(serial=signer.token.serial, label=signer.token.label, until=until)
        with self._lock:
            self._kept = _Kept(session, login)

    def known_always(self, signer: SignerIdentity) -> bool:
        """Whether the key is known to want the PIN for each signature."""
        return signer.key_id in self._memory.always_authenticate(signer.token.serial)

    def learn_always(self, signer: SignerIdentity, session: TokenSession) -> bool:
        """Remember what the login showed; whether the key wants the PIN for each signature."""
        serial = signer.token.serial
        if session.always_authenticate != self._memory.always_authenticate(serial):
            self._memory.set_always_authenticate(serial, session.always_authenticate)
        return signer.key_id in session.always_authenticate

    def _count_refusal(self, serial: str, error: TokenError) -> None:
        if error.code in _REFUSED:
            self._memory.count_miss(serial)
            self.record(serial, DeviceEventKind.LOGIN_REFUSED, error.code.value)
        if error.code is ErrorCode.TOKEN_PIN_LOCKED or error.facts.get("locked"):
            self.record(serial, DeviceEventKind.LOCKED)
