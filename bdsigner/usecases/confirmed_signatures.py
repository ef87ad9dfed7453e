"""What a key does in one confirmation, once a file: asked for, signed or decrypted, logged out as the policy says (Đ14.2)."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bdsigner.errors import BdsignerError, ErrorCode, Fact, TokenError, UserCancelled
from bdsigner.model.device import DeviceEventKind
from bdsigner.model.profile import PinPolicy
from bdsigner.model.signing_rules import FileObjections
from bdsigner.model.token import SignerIdentity, WrappedKey
from bdsigner.ports import Interaction, PinPurpose, PinRequest, Question, QuestionCode, TokenSession
from bdsigner.usecases.token_logins import TokenLogins

_UseKey = Callable[[TokenSession, bytearray | None], bytes]


@contextmanager
def confirm_signatures(
    logins: TokenLogins,
    signer: SignerIdentity,
    files: Sequence[Path],
    *,
    pages: int,
    interaction: Interaction,
    notes: tuple[FileObjections, ...] = (),
    purpose: PinPurpose = PinPurpose.SIGN,
) -> Iterator["ConfirmedSignatures"]:
    """Ask the person, log in, and let the key be used exactly once a file; logs out as the policy says.

    ``notes``: what the person is to know of the files.  To decrypt the PIN is asked for even where a login is open.
    Raises ``UserCancelled``, ``TokenError``.  A PIN is tried once.
    """
    signatures = ConfirmedSignatures(logins, signer, tuple(files), pages, interaction, notes, purpose)
    signatures.open()
    try:
        yield signatures
    finally:
        signatures.close()


class ConfirmedSignatures:
    """Made by ``confirm_signatures``; used from one thread."""

    def __init__(
        self,
        logins: TokenLogins,
        signer: SignerIdentity,
        files: tuple[Path, ...],
        pages: int,
        interaction: Interaction,
        notes: tuple[FileObjections, ...],
        purpose: PinPurpose,
    ) -> None:
        self._purpose = purpose
        self.signer = signer
        self.interaction = interaction
        self._logins = logins
        self._files = files
        self._pages = pages
        self._notes = notes
        self._session: TokenSession | None = None
        self._asks_each = False
        self._always = False
        self._asked = 0
        self._made = 0
        self._is_good = True

    def open(self) -> None:
        """Ask for the PIN, or for consent where a login is open, and log in."""
        policy = self._logins.policy.pin
        kept = (
            self._logins.take_kept(self.signer.token.serial) if policy is PinPolicy.IDLE and self._is_signing else None
        )
        if kept is not None:
            self._use_kept(kept)
            return
        known_always = self._logins.known_always(self.signer)
        self._asks_each = known_always or policy is PinPolicy.SIGNATURE
        self._session = self._log_in(self._files[0])
        self._always = self._logins.learn_always(self.signer, self._session)
        if self._always and not known_always and len(self._files) > 1 and self._is_signing:
            self._announce_each()

    @property
    def _is_signing(self) -> bool:
        return self._purpose is PinPurpose.SIGN

    def sign(self, file: Path, digest: bytes) -> bytes:
        """Sign a SHA-256 digest for one of the files.  Raises ``TokenError``, ``UserCancelled``."""
        key_id, mechanism = self.signer.key_id, self.signer.mechanism
        return self._use_key(file, lambda session, pin: session.sign(key_id, digest, mechanism, pin=pin))

    def unwrap(self, file: Path, wrapped: WrappedKey) -> bytes:
        """Unwrap the key of one of the files.  Raises ``TokenError``, ``UserCancelled``."""
        key_id = self.signer.key_id
        return self._use_key(file, lambda session, pin: session.unwrap(key_id, wrapped, pin=pin))

    def allow_another(self) -> None:
        """One more signature in place of one that was given up and written nowhere.  Raises ``TokenError``."""
        if self._session is not None:
            self._session.confirm_more(max(1, len(self._files) - self._made + 1))

    def close(self) -> None:
        """Log out, or leave the login open as the policy says."""
        session, self._session = self._session, None
        serial = self.signer.token.serial
        if self._made:
            done = DeviceEventKind.USED if self._is_signing else DeviceEventKind.DECRYPTED
            self._logins.record(serial, done, str(self._made))
        if session is None:
            return
        if self._is_good and self._logins.policy.pin is PinPolicy.IDLE and not self._always:
            self._logins.keep(self.signer, session)
        else:
            session.close()
            self._logins.record(serial, DeviceEventKind.LOGOUT)

    def _use_key(self, file: Path, use: _UseKey) -> bytes:
        try:
            return self._use_confirmed(file, use)
        except BdsignerError:
            self._is_good = False
            raise

    def _use_confirmed(self, file: Path, use: _UseKey) -> bytes:
        pin: bytearray | None = None
        if self._session is not None and self._asks_each and self._made:
            if self._always:
                pin = self._ask(file)
            else:
                self._session.close()
                self._session = None
                self._session = self._log_in(file)
        session = self._session
        if session is None:
            raise TokenError(ErrorCode.TOKEN_LOGIN_LOST, serial=self.signer.token.serial)
        value = self._use_counted(session, use, pin)
        self._made += 1
        return value

    def _use_counted(self, session: TokenSession, use: _UseKey, pin: bytearray | None) -> bytes:
        if pin is None:
            return use(session, None)
        values: list[bytes] = []
        self._logins.count(self.signer.token.serial, lambda: values.append(use(session, pin)))
        return values[0]

    def _use_kept(self, kept: TokenSession) -> None:
        self._session = kept
        token = self.signer.token
        facts: dict[str, Fact] = {
            "label": token.label,
            "serial": token.serial,
            "count": len(self._files),
            "file": self._files[0].name,
        }
        try:
            is_agreed = self.interaction.confirm(Question(QuestionCode.SIGN_WITH_OPEN_LOGIN, facts))
            if not is_agreed:
                raise UserCancelled
            kept.confirm_more(len(self._files))
        except TokenError:
            self._is_good = False
            self.close()
            raise
        except UserCancelled:
            self.close()
            raise

    def _announce_each(self) -> None:
        self._asks_each = True
        facts: dict[str, Fact] = {"label": self.signer.token.label, "count": len(self._files)}
        try:
            is_agreed = self.interaction.confirm(Question(QuestionCode.SIGN_WITH_PIN_FOR_EACH, facts))
        except UserCancelled:
            is_agreed = False
        if not is_agreed:
            self._is_good = False
            self.close()
            raise UserCancelled

    def _log_in(self, file: Path) -> TokenSession:
        is_each = self._logins.policy.pin is PinPolicy.SIGNATURE
        pin = self._ask(file)
        return self._logins.log_in(self.signer.token.serial, pin, signatures=1 if is_each else len(self._files))

    def _ask(self, file: Path) -> bytearray:
        token = self.signer.token
        is_first = self._asked == 0
        self._asked += 1
        request = PinRequest(
            purpose=self._purpose,
            token_label=token.label,
            token_serial=token.serial,
            pin=token.pin if is_first else replace(token.pin, count_low=False, final_try=False),
            signer=self.signer.certificate,
            files=self._files if is_first else (file,),
            pages=self._pages if is_first else 0,
            notes=self._notes if is_first else (),
            misses_here=self._logins.misses(token.serial),
            number=self._asked,
            total=len(self._files) if self._asks_each else 1,
        )
        return self.interaction.ask_pin(request)
