"""Change the PIN of a token, or set a new one with the PUK: checked before the card is touched, tried once."""

from collections.abc import Callable

from bdsigner.errors import CertificateError, ErrorCode, TokenError
from bdsigner.model.device import DeviceEventKind
from bdsigner.model.token import Token
from bdsigner.ports import Interaction, NewPin, NewPinRequest, PinPurpose, Services
from bdsigner.trust.certificate_details import personal_numbers, read_details
from bdsigner.trust.certificates import parse_certificate
from bdsigner.usecases.pin_rules import find_flaws
from bdsigner.usecases.token_logins import TokenLogins


def change_pin(serial: str, services: Services, *, logins: TokenLogins, interaction: Interaction) -> None:
    """Ask for the old PIN and a new one and change it.

    Raises ``UserCancelled``; ``TokenError``: TOKEN_PIN_LOCKED and TOKEN_PIN_PAD_ONLY before anything is asked,
    TOKEN_NEW_PIN_WEAK before the card is touched, then as ``TokenGateway.change_pin``.
    """
    token = find_token(serial, services)
    if token.pin.locked:
        raise TokenError(ErrorCode.TOKEN_PIN_LOCKED, label=token.label, serial=serial)

    def work(typed: NewPin) -> None:
        logins.count(serial, lambda: services.tokens.change_pin(serial, typed.secret, typed.new))

    _set_pin(token, PinPurpose.CHANGE, services, logins, interaction, work)
    logins.record(serial, DeviceEventKind.PIN_CHANGED)


def unblock_pin(serial: str, services: Services, *, logins: TokenLogins, interaction: Interaction) -> None:
    """Ask for the PUK and a new PIN and set it.

    Raises ``UserCancelled``; ``TokenError``: TOKEN_PUK_LOCKED and TOKEN_PIN_PAD_ONLY before anything is asked,
    TOKEN_NEW_PIN_WEAK before the card is touched, then as ``TokenGateway.unblock_pin``.
    """
    token = find_token(serial, services)
    if token.pin.puk_locked:
        raise TokenError(ErrorCode.TOKEN_PUK_LOCKED, serial=serial)

    def work(typed: NewPin) -> None:
        services.tokens.unblock_pin(serial, typed.secret, typed.new)
        services.memory.clear_misses(serial)

    _set_pin(token, PinPurpose.UNBLOCK, services, logins, interaction, work)
    logins.record(serial, DeviceEventKind.PIN_UNBLOCKED)


def find_token(serial: str, services: Services) -> Token:
    """The token as it is now.  Raises ``TokenError`` TOKEN_NOT_FOUND."""
    for token in services.tokens.list_tokens().tokens:
        if token.serial == serial:
            return token
    raise TokenError(ErrorCode.TOKEN_NOT_FOUND, serial=serial)


def _set_pin(
    token: Token,
    purpose: PinPurpose,
    services: Services,
    logins: TokenLogins,
    interaction: Interaction,
    work: Callable[[NewPin], None],
) -> None:
    if token.pin.pin_pad:
        raise TokenError(ErrorCode.TOKEN_PIN_PAD_ONLY, serial=token.serial)
    request = NewPinRequest(
        purpose=purpose,
        token_label=token.label,
        token_serial=token.serial,
        pin=token.pin,
        holder=_holder(token),
        personal_numbers=_personal_numbers(token),
        misses_here=services.memory.misses(token.serial),
    )
    typed = interaction.ask_new_pin(request)
    try:
        _check_new_pin(request, typed)
        logins.release()  # a module serves one login at a time
        work(typed)
    finally:
        for pin in (typed.secret, typed.new):
            pin[:] = bytes(len(pin))


def _check_new_pin(request: NewPinRequest, typed: NewPin) -> None:
    flaws = find_flaws(
        typed.new,
        typed.new,
        old=typed.secret,
        min_length=request.pin.min_length,
        max_length=request.pin.max_length,
        personal_numbers=request.personal_numbers,
    )
    if flaws:
        raise TokenError(ErrorCode.TOKEN_NEW_PIN_WEAK, reason=", ".join(sorted(flaw.value for flaw in flaws)))


def _holder(token: Token) -> str:
    for certificate in token.certificates:
        try:
            name = parse_certificate(certificate.der).common_name
        except CertificateError:
            continue
        if name:
            return name
    return ""


def _personal_numbers(token: Token) -> tuple[str, ...]:
    numbers = [token.serial]
    for certificate in token.certificates:
        try:
            numbers += personal_numbers(read_details(certificate.der))
        except CertificateError:
            continue
    return tuple(dict.fromkeys(numbers))
