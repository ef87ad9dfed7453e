"""The one PKCS#11 module of a token child; runs in the child's one thread.

python-pkcs11 promises drivers a single thread (``C_Initialize(NULL)``) and leaks the session of a failed login
(PKCS#11 knows no login without one).  So after every failure, and after every change of a PIN, the driver is finalized
and initialized again: that closes and logs out whatever was left, and reads slots and flags afresh.
"""

import contextlib
import os
from typing import cast

import pkcs11
from pkcs11 import TokenFlag
from pkcs11.types import PROTECTED_AUTH, Session, Slot
from pkcs11.types import Token as DriverToken

from bdsigner.errors import BdsignerError, ErrorCode, Fact, TokenError, UserCancelled
from bdsigner.model.token import SignatureMechanism, Token, TokenListing, TokenProblem, WrappedKey
from bdsigner.token.login import Login, WipeablePin
from bdsigner.token.opensc import UNBLOCK_VARIABLE
from bdsigner.token.protocol import Presence, TokenIdentity
from bdsigner.token.reading import (
    MAX_DETAIL_CHARACTERS,
    attribute_mapper,
    describe,
    driver_failed,
    error_name,
    foreign,
    identity,
    is_pin_pad,
    pin_state,
)
from bdsigner.token.token_info import PinLengths, TokenInfoReader

MAX_SLOTS = 64
"""Readers and virtual slots looked at; more is nonsense from the driver."""
_OPENSC = "OpenSC"
"""``manufacturerID`` of the module begins so."""

_LOGIN_ERRORS: dict[type[Exception], ErrorCode] = {
    pkcs11.PinIncorrect: ErrorCode.TOKEN_PIN_INCORRECT,
    pkcs11.PinInvalid: ErrorCode.TOKEN_PIN_INCORRECT,
    pkcs11.PinLenRange: ErrorCode.TOKEN_PIN_LENGTH,
    pkcs11.PinLocked: ErrorCode.TOKEN_PIN_LOCKED,
    pkcs11.UserPinNotInitialized: ErrorCode.TOKEN_PIN_NOT_SET,
}
_PUK_ERRORS: dict[type[Exception], ErrorCode] = {
    pkcs11.PinIncorrect: ErrorCode.TOKEN_PUK_INCORRECT,
    pkcs11.PinInvalid: ErrorCode.TOKEN_PUK_INCORRECT,
    pkcs11.PinLenRange: ErrorCode.TOKEN_PUK_INCORRECT,
    pkcs11.PinLocked: ErrorCode.TOKEN_PUK_LOCKED,
    pkcs11.FunctionNotSupported: ErrorCode.TOKEN_UNBLOCK_UNSUPPORTED,
    pkcs11.UserPinNotInitialized: ErrorCode.TOKEN_UNBLOCK_UNSUPPORTED,
}
_NO_SECURITY_OFFICER = "User type invalid"
"""CKR_USER_TYPE_INVALID has no class of its own in python-pkcs11."""
_NEW_PIN_ERRORS = (pkcs11.PinInvalid, pkcs11.PinLenRange, pkcs11.PinTooWeak, pkcs11.DataInvalid)
"""Said of the new PIN where the old one or the PUK was accepted before; the last is OpenSC's word for a card's 6A80."""
_LOST_LOGIN = (
    pkcs11.DeviceRemoved,
    pkcs11.SessionHandleInvalid,
    pkcs11.SessionClosed,
    pkcs11.UserNotLoggedIn,
    pkcs11.TokenNotPresent,
)
"""What a token answers that was pulled and put back: the token is there, the login is gone."""
_NO_TOKEN = (pkcs11.TokenNotPresent, pkcs11.TokenNotRecognised, pkcs11.DeviceRemoved)
_UNCLEAR = (pkcs11.FunctionFailed, pkcs11.GeneralError)
"""Some drivers say this of a wrapped key that does not fit, some of a token that was pulled."""
_MISFITS = (
    ValueError,
    pkcs11.EncryptedDataInvalid,
    pkcs11.EncryptedDataLenRange,
    pkcs11.DataInvalid,
    pkcs11.DataLenRange,
    pkcs11.ArgumentsBad,
    *_UNCLEAR,
)
"""What drivers answer to a wrapped key that is not for this private key: each another, so all are told alike."""
_UNSUPPORTED = (pkcs11.MechanismInvalid, pkcs11.MechanismParamInvalid, pkcs11.KeyTypeInconsistent)


class Driver:
    """All methods raise ``TokenError``; none may be called from a second thread.  PINs are wiped by the caller."""

    def __init__(self, module_path: str) -> None:
        self._path = module_path
        self._login: Login | None = None
        self._is_spoilt = False
        self._info: TokenInfoReader | None = None

    @property
    def is_spoilt(self) -> bool:
        """The driver could not be finalized and initialized again: nothing more can be done in this process."""
        return self._is_spoilt

    def list_tokens(self) -> TokenListing:
        """Read all slots that hold a token; a slot that fails becomes a problem beside the others' tokens."""
        tokens: list[Token] = []
        problems: list[TokenProblem] = []
        for slot in self._slots():
            try:
                token = self._read_token(slot)
            except TokenError as error:
                facts = {name: str(value) for name, value in error.facts.items()}
                problems.append(TokenProblem(module_path=self._path, code=error.code.value, facts=facts))
            else:
                tokens.extend([token] if token is not None else [])
        return TokenListing(tokens=tuple(tokens), problems=tuple(problems))

    def look_for_changes(self) -> Presence:
        """Slots and who is in them, without opening a session; a slot that fails is told by its error."""
        slots = self._slots(token_present=False)
        return Presence(
            readers=tuple(slot.slot_description for slot in slots),
            tokens=tuple(name for name in map(_occupant, slots) if name),
        )

    def open_session(self, token: TokenIdentity, pin: bytearray | bytes, *, signatures: int) -> tuple[str, ...]:
        """Log in (C_Login, CKU_USER) for a number of signatures; the PIN is tried once.

        Returns the ids of the keys that want the PIN for each signature.
        """
        self.close_session()
        found = self._find(token)
        at_pin_pad = is_pin_pad(found.flags) and not pin
        if not pin and not at_pin_pad:
            raise TokenError(ErrorCode.TOKEN_PIN_LENGTH)
        session = self._log_in(found, token, PROTECTED_AUTH if at_pin_pad else WipeablePin(pin))
        login = self._login = Login(session, token, signatures, is_pin_pad=at_pin_pad)
        login.had_wrong_pin = bool(found.flags & (TokenFlag.USER_PIN_COUNT_LOW | TokenFlag.USER_PIN_FINAL_TRY))
        try:
            with foreign("keys"):
                login.read_keys(pin)
        except TokenError:
            self._reset()
            raise
        return login.always_authenticate

    def sign(self, key_id: str, digest: bytes, mechanism: SignatureMechanism, pin: bytearray | bytes = b"") -> bytes:
        """Sign a SHA-256 digest; ``pin`` is for a key that wants it again.

        An ECDSA value is returned as DER ``Ecdsa-Sig-Value``.  After a failure inside the driver the login is over.
        """
        login = self._login
        if login is None:
            raise TokenError(ErrorCode.TOKEN_LOGIN_LOST)
        try:
            return login.sign(key_id, digest, mechanism, pin)
        except BdsignerError:
            raise
        except Exception as error:
            raise self._sign_error(error, login.token) from error

    def unwrap(self, key_id: str, wrapped: WrappedKey, pin: bytearray | bytes = b"") -> bytes:
        """Use a private key on a wrapped one (C_Decrypt, C_DeriveKey); ``pin`` is for a key that wants it again.

        What does not fit is TOKEN_DECRYPTION_FAILED whatever the driver calls it; the login stays open where it is clear.
        """
        login = self._login
        if login is None:
            raise TokenError(ErrorCode.TOKEN_LOGIN_LOST)
        try:
            return login.unwrap(key_id, wrapped, pin)
        except BdsignerError:
            raise
        except Exception as error:
            if isinstance(error, _UNCLEAR):
                self._reset()
            if isinstance(error, _MISFITS) and not self._is_gone(login.token):
                raise TokenError(ErrorCode.TOKEN_DECRYPTION_FAILED) from error
            raise self._sign_error(error, login.token) from error

    def confirm_more(self, signatures: int) -> None:
        """The person confirmed so many more."""
        if self._login is None:
            raise TokenError(ErrorCode.TOKEN_LOGIN_LOST)
        self._login.signatures_left = signatures

    def check_session(self) -> bool:
        """Whether the login still holds; polls the slots first, as drivers answer from stale caches."""
        login = self._login
        if login is None:
            return False
        try:
            self._find(login.token)
            with foreign("C_FindObjects"):
                is_alive = login.is_alive()
        except TokenError:
            is_alive = False
        if not is_alive:
            self._reset()
        return is_alive

    def close_session(self) -> None:
        """Log out and close; a token that refuses is logged out by C_Finalize."""
        login, self._login = self._login, None
        if login is None:
            return
        login.forget_pin()
        try:
            with foreign("C_Logout"):
                login.session.close()
        except TokenError:
            self._reset()
        else:
            if login.had_wrong_pin:
                self._reset()

    def change_pin(self, token: TokenIdentity, old: bytearray, new: bytearray) -> None:
        """C_Login with the old PIN, then C_SetPIN (PKCS#11 v2.40 §5.6, §5.5); the old PIN is judged by the login.

        Without that login OpenSC would take the old PIN for a PUK.
        """
        found = self._find_for_new_pin(token)
        session = self._log_in(found, token, WipeablePin(old), rw=True)
        try:
            session.set_pin(cast(str, WipeablePin(old)), cast(str, WipeablePin(new)))
        except Exception as error:
            raise self._new_pin_error("C_SetPIN", error, token) from error
        self._reset()

    def unblock_pin(self, token: TokenIdentity, puk: bytearray, new: bytearray) -> None:
        """Set a new user PIN as the security officer: C_Login (CKU_SO) and C_InitPIN, or OpenSC's own way."""
        found = self._find_for_new_pin(token)
        if self._is_opensc():
            self._unblock_by_set_pin(found, token, puk, new)
        else:
            self._unblock_by_init_pin(found, token, puk, new)
        self._reset()

    def _unblock_by_init_pin(self, found: DriverToken, token: TokenIdentity, puk: bytearray, new: bytearray) -> None:
        try:
            session = found.open(rw=True, so_pin=cast(str, WipeablePin(puk)))
        except Exception as error:
            raise self._puk_error("C_Login", error, token) from error
        try:
            session.init_pin(cast(str, WipeablePin(new)))
        except Exception as error:
            if isinstance(error, pkcs11.FunctionNotSupported):
                raise self._puk_error("C_InitPIN", error, token) from error
            raise self._new_pin_error("C_InitPIN", error, token) from error

    def _unblock_by_set_pin(self, found: DriverToken, token: TokenIdentity, puk: bytearray, new: bytearray) -> None:
        """See ``bdsigner.token.opensc``: only where its configuration is in force is the first PIN taken for a PUK."""
        if UNBLOCK_VARIABLE not in os.environ:
            raise TokenError(ErrorCode.TOKEN_UNBLOCK_UNSUPPORTED, serial=token.serial)
        try:
            session = found.open(rw=True)
            session.set_pin(cast(str, WipeablePin(puk)), cast(str, WipeablePin(new)))
        except Exception as error:
            # One answer for two lengths: where the new PIN has a good one the PUK is meant.
            is_puk_meant = isinstance(error, pkcs11.PinLenRange) and self._lengths(found.slot).allow(len(new))
            if isinstance(error, _NEW_PIN_ERRORS) and not is_puk_meant:
                raise self._new_pin_error("C_SetPIN", error, token) from error
            raise self._puk_error("C_SetPIN", error, token) from error

    def _is_opensc(self) -> bool:
        with foreign("C_GetInfo"):
            return self._library().manufacturer_id.startswith(_OPENSC)

    def _log_in(self, found: DriverToken, token: TokenIdentity, pin: object, *, rw: bool = False) -> Session:
        try:
            return found.open(user_pin=cast(str, pin), rw=rw, attribute_mapper=attribute_mapper())
        except Exception as error:
            raise self._login_error("C_Login", error, token) from error

    def _library(self) -> "pkcs11._pkcs11.lib":
        try:
            return pkcs11.lib(self._path)
        except Exception as error:
            # python-pkcs11 has no class of its own for this: "OS exception while loading …", then dlerror's text.
            if "exception while loading" in str(error):
                detail = str(error)[:MAX_DETAIL_CHARACTERS]
                raise TokenError(ErrorCode.TOKEN_MODULE_UNLOADABLE, path=self._path, reason=detail) from error
            raise driver_failed("C_Initialize", error) from error

    def _slots(self, *, token_present: bool = True) -> list[Slot]:
        library = self._library()
        with foreign("C_GetSlotList"):
            return list(library.get_slots(token_present=token_present)[:MAX_SLOTS])

    def _read_token(self, slot: Slot) -> Token | None:
        """Read a token without login; ``None`` for what is not ours: no token, another vendor's, never set up."""
        with foreign("C_GetTokenInfo", slot=slot.slot_description):
            try:
                token = slot.get_token()
            except (pkcs11.TokenNotPresent, pkcs11.TokenNotRecognised):
                return None
            flags = token.flags
        if not identity(token).serial and not flags & TokenFlag.TOKEN_INITIALIZED:
            return None
        with foreign("C_GetInfo"):
            name = self._library().library_description
        return describe(slot, token, self._lengths(slot), module_path=self._path, module_name=name)

    def _lengths(self, slot: Slot) -> PinLengths:
        if self._info is None:
            self._info = TokenInfoReader(self._path)
        return self._info.pin_lengths(slot.slot_id)

    def _find(self, wanted: TokenIdentity) -> DriverToken:
        found = []
        for slot in self._slots():
            with contextlib.suppress(TokenError), foreign("C_GetTokenInfo"):
                token = slot.get_token()
                if identity(token) == wanted:
                    found.append(token)
        if not found:
            raise TokenError(ErrorCode.TOKEN_NOT_FOUND, serial=wanted.serial)
        if len(found) > 1:
            raise TokenError(ErrorCode.TOKEN_SEVERAL, serial=wanted.serial, count=len(found))
        return found[0]

    def _find_for_new_pin(self, wanted: TokenIdentity) -> DriverToken:
        """Ends an open session; python-pkcs11 has no PIN pad form of C_SetPIN and C_InitPIN."""
        self.close_session()
        found = self._find(wanted)
        if is_pin_pad(found.flags):
            raise TokenError(ErrorCode.TOKEN_PIN_PAD_ONLY, serial=wanted.serial)
        return found

    def _login_error(self, call: str, error: Exception, token: TokenIdentity) -> BdsignerError:
        self._reset()
        if isinstance(error, pkcs11.FunctionCancelled):
            return UserCancelled()  # on the PIN pad
        try:
            state = pin_state(self._find(token).flags)
            flags: dict[str, Fact] = {
                "count_low": state.count_low,
                "final_try": state.final_try,
                "locked": state.locked,
            }
        except TokenError as missing:
            if missing.code is ErrorCode.TOKEN_NOT_FOUND:
                return TokenError(ErrorCode.TOKEN_REMOVED, serial=token.serial)
            flags = {}
        code = _LOGIN_ERRORS.get(type(error))
        return TokenError(code, **flags) if code else driver_failed(call, error, **flags)

    def _sign_error(self, error: Exception, token: TokenIdentity) -> BdsignerError:
        """Tell a pulled token from a failing one by looking at the slots: the error's class does not."""
        if type(error) in _LOGIN_ERRORS:  # the PIN of a key that wants it for each signature
            return self._login_error("C_Login", error, token)
        self._reset()
        if self._is_gone(token):
            return TokenError(ErrorCode.TOKEN_REMOVED, serial=token.serial)
        if isinstance(error, _LOST_LOGIN):
            return TokenError(ErrorCode.TOKEN_LOGIN_LOST)
        if isinstance(error, _UNSUPPORTED):
            return TokenError(ErrorCode.TOKEN_MECHANISM_UNSUPPORTED, reason=type(error).__name__)
        return driver_failed("C_Sign", error)

    def _new_pin_error(self, call: str, error: Exception, token: TokenIdentity) -> TokenError:
        """The old PIN or the PUK was good; the new one was not taken."""
        self._reset()
        if self._is_gone(token):
            return TokenError(ErrorCode.TOKEN_REMOVED, serial=token.serial)
        if isinstance(error, _NEW_PIN_ERRORS):
            return TokenError(ErrorCode.TOKEN_NEW_PIN_REFUSED, reason=error_name(error))
        return driver_failed(call, error)

    def _puk_error(self, call: str, error: Exception, token: TokenIdentity) -> TokenError:
        self._reset()
        if self._is_gone(token):
            return TokenError(ErrorCode.TOKEN_REMOVED, serial=token.serial)
        code = _PUK_ERRORS.get(type(error))
        if _NO_SECURITY_OFFICER in str(error):
            code = ErrorCode.TOKEN_UNBLOCK_UNSUPPORTED
        return TokenError(code, serial=token.serial) if code else driver_failed(call, error)

    def _is_gone(self, token: TokenIdentity) -> bool:
        try:
            self._find(token)
        except TokenError as missing:
            return missing.code is ErrorCode.TOKEN_NOT_FOUND
        return False

    def _reset(self) -> None:
        """Finalize and initialize, which ends all sessions."""
        login, self._login = self._login, None
        if login is not None:
            login.forget_pin()
        try:
            with foreign("C_Finalize"):
                pkcs11.lib(self._path).reinitialize()
        except TokenError:
            self._is_spoilt = True


def _occupant(slot: Slot) -> str:
    """Slot, serial number and label of the token in a slot; empty when there is none."""
    try:
        with foreign("C_GetTokenInfo"):
            name = identity(slot.get_token())
    except TokenError as error:
        is_empty = isinstance(error.__cause__, _NO_TOKEN)
        return "" if is_empty else f"{slot.slot_id} {error.facts['reason']}"
    return f"{slot.slot_id} {name.serial} {name.label}"
