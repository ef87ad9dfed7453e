"""The only module that imports ``pkcs11``; runs in the token child, in its one thread.

python-pkcs11 promises drivers a single thread (``C_Initialize(NULL)``), raises errors without text and leaks the
session of a failed login (PKCS#11 knows no login without one).  So after every failure the driver is finalized and
initialized again: that closes and logs out whatever was left, and reads slots and flags afresh.
"""

import contextlib
from collections.abc import Iterator
from typing import cast

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass, SlotFlag, TokenFlag
from pkcs11.attributes import AttributeMapper
from pkcs11.types import PROTECTED_AUTH, PrivateKey, Session, SignMixin, Slot
from pkcs11.types import Token as DriverToken
from pkcs11.util.ec import encode_ecdsa_signature

from bdsigner.errors import BdsignerError, ErrorCode, Fact, TokenError, UserCancelled
from bdsigner.model.token import PinState, SignatureMechanism, Token, TokenCertificate, TokenListing, TokenProblem
from bdsigner.token.hardening import wipe
from bdsigner.token.kind import is_hardware_token
from bdsigner.token.mechanisms import digest_info, emsa_pkcs1_v1_5
from bdsigner.token.protocol import TokenIdentity

MAX_SLOTS = 64
"""Readers and virtual slots looked at; more is nonsense from the driver."""
MAX_OBJECTS = 64
"""Certificates or keys read from one token; a token holds a handful, each costs several calls over USB."""
MAX_CERTIFICATE_BYTES = 64 * 1024
"""The largest certificates seen are under 10 KiB."""
MAX_ECDSA_BYTES = 132
"""Two halves of a P-521 signature, the longest (PKCS#11 v2.40 §2.3.1)."""
MAX_DETAIL_CHARACTERS = 500
"""Text that came from a driver or loader is cut here."""

_RSA = (SignatureMechanism.RSA_PKCS1, SignatureMechanism.RSA_PSS)
_LOGIN_ERRORS: dict[type[Exception], ErrorCode] = {
    pkcs11.PinIncorrect: ErrorCode.TOKEN_PIN_INCORRECT,
    pkcs11.PinInvalid: ErrorCode.TOKEN_PIN_INCORRECT,
    pkcs11.PinLenRange: ErrorCode.TOKEN_PIN_LENGTH,
    pkcs11.PinLocked: ErrorCode.TOKEN_PIN_LOCKED,
    pkcs11.UserPinNotInitialized: ErrorCode.TOKEN_PIN_NOT_SET,
}
_LOST_LOGIN = (
    pkcs11.DeviceRemoved,
    pkcs11.SessionHandleInvalid,
    pkcs11.SessionClosed,
    pkcs11.UserNotLoggedIn,
    pkcs11.TokenNotPresent,
)
"""What a token answers that was pulled and put back: the token is there, the login is gone."""


class _WipeablePin:
    """A PIN that python-pkcs11 takes for a ``str``: of a PIN it only asks ``encode`` and passes the buffer to C.

    So no immutable copy is made here; a driver's own copies are beyond us.
    """

    def __init__(self, pin: bytearray | bytes) -> None:
        self._pin = pin

    def encode(self, _encoding: str) -> bytearray | bytes:
        return self._pin


class _Login:
    """An open session: its keys by CKA_ID and type, and what is left of what the person confirmed."""

    def __init__(self, session: Session, token: TokenIdentity, signatures: int) -> None:
        self.session = session
        self.token = token
        self.signatures_left = signatures
        self.mechanisms: set[Mechanism] = set()
        self.keys: dict[tuple[str, KeyType], PrivateKey] = {}
        self.always_authenticate: set[tuple[str, KeyType]] = set()
        self.had_wrong_pin = False
        """The flags told of wrong PINs before this login; OpenSC goes on telling so until it is initialized anew."""
        self.pin = bytearray()
        """Kept only when a key has CKA_ALWAYS_AUTHENTICATE: such a key wants the PIN for each signature."""


class Driver:
    """One PKCS#11 module.  All methods raise ``TokenError``; none may be called from a second thread."""

    def __init__(self, module_path: str) -> None:
        self._path = module_path
        self._login: _Login | None = None
        self._is_spoilt = False

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

    def open_session(self, token: TokenIdentity, pin: bytearray | bytes, *, signatures: int) -> None:
        """Log in (C_Login, CKU_USER) for a number of signatures.  The PIN is tried once; the caller wipes it."""
        self.close_session()
        found = self._find(token)
        is_pin_pad = bool(found.flags & TokenFlag.PROTECTED_AUTHENTICATION_PATH) and not pin
        if not pin and not is_pin_pad:
            raise TokenError(ErrorCode.TOKEN_PIN_LENGTH)
        try:
            session = found.open(
                user_pin=PROTECTED_AUTH if is_pin_pad else cast(str, _WipeablePin(pin)), attribute_mapper=_mapper()
            )
        except Exception as error:
            raise self._login_error(error, token) from error
        self._login = _Login(session, token, signatures)
        self._login.had_wrong_pin = bool(found.flags & (TokenFlag.USER_PIN_COUNT_LOW | TokenFlag.USER_PIN_FINAL_TRY))
        try:
            with _foreign("keys"):
                self._login.mechanisms = found.slot.get_mechanisms()
                self._read_keys(self._login)
        except TokenError:
            self._reset()
            raise
        if self._login.always_authenticate:
            self._login.pin = bytearray(pin)

    def sign(self, key_id: str, digest: bytes, mechanism: SignatureMechanism) -> bytes:
        """Sign a SHA-256 digest; every call counts, whatever came of it.

        An ECDSA value is returned as DER ``Ecdsa-Sig-Value``.  After a failure inside the driver the login is over.
        """
        login = self._login
        if login is None:
            raise TokenError(ErrorCode.TOKEN_LOGIN_LOST)
        if login.signatures_left == 0:
            raise TokenError(ErrorCode.TOKEN_SESSION_SPENT)
        login.signatures_left -= 1
        name = (key_id, KeyType.RSA if mechanism in _RSA else KeyType.EC)
        key = login.keys.get(name)
        if key is None:
            raise TokenError(ErrorCode.TOKEN_KEY_NOT_FOUND, key_id=key_id)
        try:
            data, raw, parameters = _choose(login, key, digest, mechanism)
            pin = _context_pin(login, name)
            value = cast(SignMixin, key).sign(data, mechanism=raw, mechanism_param=parameters, pin=pin)
            return _checked(value, mechanism)
        except BdsignerError:
            raise
        except Exception as error:
            raise self._sign_error(error, login.token) from error

    def close_session(self) -> None:
        """Log out and close; a token that refuses is logged out by C_Finalize."""
        login, self._login = self._login, None
        if login is None:
            return
        wipe(login.pin)
        try:
            with _foreign("C_Logout"):
                login.session.close()
        except TokenError:
            self._reset()
        else:
            if login.had_wrong_pin:
                self._reset()

    def _library(self) -> "pkcs11._pkcs11.lib":
        try:
            return pkcs11.lib(self._path)
        except Exception as error:
            # python-pkcs11 has no class of its own for this: "OS exception while loading …", then dlerror's text.
            if "exception while loading" in str(error):
                detail = str(error)[:MAX_DETAIL_CHARACTERS]
                raise TokenError(ErrorCode.TOKEN_MODULE_UNLOADABLE, path=self._path, reason=detail) from error
            raise _driver_failed("C_Initialize", error) from error

    def _slots(self) -> list[Slot]:
        library = self._library()
        with _foreign("C_GetSlotList"):
            return list(library.get_slots(token_present=True)[:MAX_SLOTS])

    def _read_token(self, slot: Slot) -> Token | None:
        """Read a token without login; ``None`` for what is not ours: no token, another vendor's, never set up."""
        with _foreign("C_GetTokenInfo", slot=slot.slot_description):
            try:
                token = slot.get_token()
            except (pkcs11.TokenNotPresent, pkcs11.TokenNotRecognised):
                return None
            flags = token.flags
        name = _identity(token)
        if not name.serial and not flags & TokenFlag.TOKEN_INITIALIZED:
            return None
        with _foreign("C_GetMechanismList", slot=slot.slot_description):
            mechanisms = _signature_mechanisms(slot.get_mechanisms())
        with _foreign("certificates", slot=slot.slot_description):
            certificates = _read_certificates(token)
        return Token(
            serial=name.serial,
            label=name.label,
            model=token.model,
            manufacturer=name.manufacturer,
            module_path=self._path,
            is_hardware=is_hardware_token(
                hardware_slot=bool(slot.flags & SlotFlag.HW_SLOT),
                removable=bool(slot.flags & SlotFlag.REMOVABLE_DEVICE),
                manufacturer=name.manufacturer,
                model=token.model,
            ),
            pin=_pin_state(flags),
            mechanisms=mechanisms,
            certificates=certificates,
        )

    def _find(self, wanted: TokenIdentity) -> DriverToken:
        found = []
        for slot in self._slots():
            with contextlib.suppress(TokenError), _foreign("C_GetTokenInfo"):
                token = slot.get_token()
                if _identity(token) == wanted:
                    found.append(token)
        if not found:
            raise TokenError(ErrorCode.TOKEN_NOT_FOUND, serial=wanted.serial)
        if len(found) > 1:
            raise TokenError(ErrorCode.TOKEN_SEVERAL, serial=wanted.serial, count=len(found))
        return found[0]

    @staticmethod
    def _read_keys(login: _Login) -> None:
        objects = login.session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})
        for key, _ in zip(objects, range(MAX_OBJECTS), strict=False):
            if not isinstance(key, SignMixin):
                continue  # a key for decryption only
            try:
                name = (key[Attribute.ID].hex(), key[Attribute.KEY_TYPE])
            except ValueError:
                continue  # a key type that python-pkcs11 does not know
            login.keys.setdefault(name, cast(PrivateKey, key))
            with contextlib.suppress(pkcs11.AttributeTypeInvalid, pkcs11.FunctionFailed):
                if key[Attribute.ALWAYS_AUTHENTICATE]:
                    login.always_authenticate.add(name)

    def _login_error(self, error: Exception, token: TokenIdentity) -> BdsignerError:
        self._reset()
        if isinstance(error, pkcs11.FunctionCancelled):
            return UserCancelled()  # on the PIN pad
        flags: dict[str, Fact] = {}
        try:
            state = _pin_state(self._find(token).flags)
            flags = {"count_low": state.count_low, "final_try": state.final_try, "locked": state.locked}
        except TokenError as missing:
            if missing.code is ErrorCode.TOKEN_NOT_FOUND:
                return TokenError(ErrorCode.TOKEN_REMOVED, serial=token.serial)
        code = _LOGIN_ERRORS.get(type(error))
        return TokenError(code, **flags) if code else _driver_failed("C_Login", error, **flags)

    def _sign_error(self, error: Exception, token: TokenIdentity) -> TokenError:
        """Tell a pulled token from a failing one by looking at the slots: the error's class does not."""
        self._reset()
        try:
            self._find(token)
        except TokenError as missing:
            if missing.code is ErrorCode.TOKEN_NOT_FOUND:
                return TokenError(ErrorCode.TOKEN_REMOVED, serial=token.serial)
        if isinstance(error, _LOST_LOGIN):
            return TokenError(ErrorCode.TOKEN_LOGIN_LOST)
        if isinstance(error, pkcs11.MechanismInvalid | pkcs11.MechanismParamInvalid | pkcs11.KeyTypeInconsistent):
            return TokenError(ErrorCode.TOKEN_MECHANISM_UNSUPPORTED, reason=type(error).__name__)
        return _driver_failed("C_Sign", error)

    def _reset(self) -> None:
        """Finalize and initialize, which ends all sessions."""
        login, self._login = self._login, None
        if login is not None:
            wipe(login.pin)
        try:
            with _foreign("C_Finalize"):
                pkcs11.lib(self._path).reinitialize()
        except TokenError:
            self._is_spoilt = True


@contextlib.contextmanager
def _foreign(call: str, **facts: Fact) -> Iterator[None]:
    """Map whatever python-pkcs11 raises: its errors, and its parsing of a driver's garbage (struct, enum, memory)."""
    try:
        yield
    except BdsignerError:
        raise
    except Exception as error:
        raise _driver_failed(call, error, **facts) from error


def _driver_failed(call: str, error: Exception, **facts: Fact) -> TokenError:
    name = type(error).__name__ if type(error) is not pkcs11.PKCS11Error else str(error)[:MAX_DETAIL_CHARACTERS]
    return TokenError(ErrorCode.TOKEN_DRIVER_FAILED, call=call, reason=name, **facts)


def _mapper() -> AttributeMapper:
    mapper = AttributeMapper()
    mapper.register_handler(Attribute.LABEL, str.encode, lambda raw: raw.decode("utf-8", "replace"))
    return mapper


def _identity(token: DriverToken) -> TokenIdentity:
    serial = token.serial.decode("utf-8", "replace").rstrip("\0 ")
    return TokenIdentity(serial=serial, label=token.label, manufacturer=token.manufacturer_id)


def _pin_state(flags: TokenFlag) -> PinState:
    """PIN lengths are 0: python-pkcs11 does not hand out ulMinPinLen and ulMaxPinLen."""
    return PinState(
        is_set=bool(flags & TokenFlag.USER_PIN_INITIALIZED),
        count_low=bool(flags & TokenFlag.USER_PIN_COUNT_LOW),
        final_try=bool(flags & TokenFlag.USER_PIN_FINAL_TRY),
        locked=bool(flags & TokenFlag.USER_PIN_LOCKED),
        pin_pad=bool(flags & TokenFlag.PROTECTED_AUTHENTICATION_PATH),
    )


def _signature_mechanisms(offered: set[Mechanism]) -> frozenset[SignatureMechanism]:
    raw = {
        SignatureMechanism.RSA_PKCS1: {Mechanism.RSA_PKCS, Mechanism.RSA_X_509},
        SignatureMechanism.RSA_PSS: {Mechanism.RSA_PKCS_PSS},
        SignatureMechanism.ECDSA: {Mechanism.ECDSA},
    }
    return frozenset(ours for ours, theirs in raw.items() if theirs & offered)


def _read_certificates(token: DriverToken) -> tuple[TokenCertificate, ...]:
    """X.509 certificates that can be seen without login."""
    session = token.open(attribute_mapper=_mapper())
    try:
        template = {Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509}
        found = []
        for item, _ in zip(session.get_objects(template), range(MAX_OBJECTS), strict=False):
            der = item[Attribute.VALUE]
            if 0 < len(der) <= MAX_CERTIFICATE_BYTES:
                found.append(TokenCertificate(key_id=item[Attribute.ID].hex(), label=item[Attribute.LABEL], der=der))
        return tuple(found)
    finally:
        session.close()


def _context_pin(login: _Login, name: tuple[str, KeyType]) -> _WipeablePin | None:
    """The PIN of a CKU_CONTEXT_SPECIFIC login, for keys that want one before each signature."""
    if name not in login.always_authenticate:
        return None
    if not login.pin:
        # python-pkcs11 has no PIN pad form of this login; an empty PIN could cost a try.
        raise TokenError(ErrorCode.TOKEN_MECHANISM_UNSUPPORTED, reason="context login on a PIN pad")
    return _WipeablePin(login.pin)


def _choose(
    login: _Login, key: PrivateKey, digest: bytes, mechanism: SignatureMechanism
) -> tuple[bytes, Mechanism, object]:
    """Data, mechanism and parameter, chosen among the token's own: raw mechanisms are all drivers' common ground."""
    offered = login.mechanisms
    if mechanism is SignatureMechanism.RSA_PKCS1 and Mechanism.RSA_PKCS in offered:
        return digest_info(digest), Mechanism.RSA_PKCS, None
    if mechanism is SignatureMechanism.RSA_PKCS1 and Mechanism.RSA_X_509 in offered:
        return emsa_pkcs1_v1_5(digest, len(key[Attribute.MODULUS])), Mechanism.RSA_X_509, None
    if mechanism is SignatureMechanism.RSA_PSS and Mechanism.RSA_PKCS_PSS in offered:
        return digest, Mechanism.RSA_PKCS_PSS, (Mechanism.SHA256, pkcs11.MGF.SHA256, len(digest))
    if mechanism is SignatureMechanism.ECDSA and Mechanism.ECDSA in offered:
        return digest, Mechanism.ECDSA, None
    raise TokenError(ErrorCode.TOKEN_MECHANISM_UNSUPPORTED, reason=mechanism.value)


def _checked(value: bytes, mechanism: SignatureMechanism) -> bytes:
    if mechanism is not SignatureMechanism.ECDSA:
        return value
    if not value or len(value) % 2 or len(value) > MAX_ECDSA_BYTES:
        raise ValueError("not an ECDSA signature value")
    return encode_ecdsa_signature(value)
