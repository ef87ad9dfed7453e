"""Turns what python-pkcs11 hands out into our values, and its errors into ours; only for the token child.

python-pkcs11 raises errors without text, and its parsing of a driver's garbage raises whatever struct, enum and memory
raise: all of it is mapped here, at the edge.
"""

import contextlib
from collections.abc import Iterator

import pkcs11
from pkcs11 import Attribute, Mechanism, ObjectClass, SlotFlag, TokenFlag
from pkcs11.attributes import AttributeMapper
from pkcs11.types import Slot
from pkcs11.types import Token as DriverToken

from bdsigner.errors import BdsignerError, ErrorCode, Fact, TokenError
from bdsigner.model.token import PinState, SignatureMechanism, Token, TokenCertificate
from bdsigner.token.kind import is_hardware_token
from bdsigner.token.protocol import TokenIdentity
from bdsigner.token.token_info import PinLengths

MAX_OBJECTS = 64
"""Certificates or keys read from one token; a token holds a handful, each costs several calls over USB."""
MAX_CERTIFICATE_BYTES = 64 * 1024
"""The largest certificates seen are under 10 KiB."""
MAX_DETAIL_CHARACTERS = 500
"""Text that came from a driver or loader is cut here."""

_MECHANISMS = {
    SignatureMechanism.RSA_PKCS1: {Mechanism.RSA_PKCS, Mechanism.RSA_X_509},
    SignatureMechanism.RSA_PSS: {Mechanism.RSA_PKCS_PSS},
    SignatureMechanism.ECDSA: {Mechanism.ECDSA},
}


@contextlib.contextmanager
def foreign(call: str, **facts: Fact) -> Iterator[None]:
    """Map whatever a call of the driver raises to ``TokenError`` TOKEN_DRIVER_FAILED."""
    try:
        yield
    except BdsignerError:
        raise
    except Exception as error:
        raise driver_failed(call, error, **facts) from error


def driver_failed(call: str, error: Exception, **facts: Fact) -> TokenError:
    """The error for a driver that failed in ``call``."""
    return TokenError(ErrorCode.TOKEN_DRIVER_FAILED, call=call, reason=error_name(error), **facts)


def error_name(error: Exception) -> str:
    """Which CKR_ value it was; only unknown values carry a text."""
    return type(error).__name__ if type(error) is not pkcs11.PKCS11Error else str(error)[:MAX_DETAIL_CHARACTERS]


def identity(token: DriverToken) -> TokenIdentity:
    """What tells a token from all others of its module."""
    serial = token.serial.decode("utf-8", "replace").rstrip("\0 ")
    return TokenIdentity(serial=serial, label=token.label, manufacturer=token.manufacturer_id)


def pin_state(flags: TokenFlag, lengths: PinLengths | None = None) -> PinState:
    """The flags of CK_TOKEN_INFO (PKCS#11 v2.40 §3.2)."""
    lengths = lengths or PinLengths()
    return PinState(
        is_set=bool(flags & TokenFlag.USER_PIN_INITIALIZED),
        count_low=bool(flags & TokenFlag.USER_PIN_COUNT_LOW),
        final_try=bool(flags & TokenFlag.USER_PIN_FINAL_TRY),
        locked=bool(flags & TokenFlag.USER_PIN_LOCKED),
        pin_pad=is_pin_pad(flags),
        must_change=bool(flags & TokenFlag.USER_PIN_TO_BE_CHANGED),
        min_length=lengths.minimum,
        max_length=lengths.maximum,
        puk_count_low=bool(flags & TokenFlag.SO_PIN_COUNT_LOW),
        puk_final_try=bool(flags & TokenFlag.SO_PIN_FINAL_TRY),
        puk_locked=bool(flags & TokenFlag.SO_PIN_LOCKED),
    )


def is_pin_pad(flags: TokenFlag) -> bool:
    """Whether PINs are typed on the device."""
    return bool(flags & TokenFlag.PROTECTED_AUTHENTICATION_PATH)


def describe(slot: Slot, token: DriverToken, lengths: PinLengths, *, module_path: str, module_name: str) -> Token:
    """Read a token without login.  Raises ``TokenError`` TOKEN_DRIVER_FAILED naming the call."""
    name = identity(token)
    reader = slot.slot_description
    with foreign("C_GetMechanismList", slot=reader):
        mechanisms = _signature_mechanisms(slot.get_mechanisms())
    with foreign("certificates", slot=reader):
        certificates = _read_certificates(token)
    return Token(
        serial=name.serial,
        label=name.label,
        model=token.model,
        manufacturer=name.manufacturer,
        module_path=module_path,
        module_name=module_name,
        reader=reader,
        is_hardware=is_hardware_token(
            hardware_slot=bool(slot.flags & SlotFlag.HW_SLOT),
            removable=bool(slot.flags & SlotFlag.REMOVABLE_DEVICE),
            manufacturer=name.manufacturer,
            model=token.model,
        ),
        pin=pin_state(token.flags, lengths),
        mechanisms=mechanisms,
        certificates=certificates,
    )


def attribute_mapper() -> AttributeMapper:
    """Labels that are not UTF-8 are read all the same."""
    mapper = AttributeMapper()
    mapper.register_handler(Attribute.LABEL, str.encode, lambda raw: raw.decode("utf-8", "replace"))
    return mapper


def _signature_mechanisms(offered: set[Mechanism]) -> frozenset[SignatureMechanism]:
    return frozenset(ours for ours, theirs in _MECHANISMS.items() if theirs & offered)


def _read_certificates(token: DriverToken) -> tuple[TokenCertificate, ...]:
    """X.509 certificates that can be seen without login."""
    session = token.open(attribute_mapper=attribute_mapper())
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
