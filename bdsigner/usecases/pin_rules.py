"""Guard rails for a new PIN, looked at before the card is touched.

The PIN stays in its buffers: nothing here makes a string of it.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum

SHORTEST = 6
"""Our own floor; three tries against a million is what a PIN of six digits stands for."""
SHORTEST_PERSONAL = 6
"""Digits of an ID number or a serial that a PIN must not hold."""
_OLDEST_BIRTH_YEAR = 1920
_LONGEST_STEP = 2
"""1357 is as easy to guess as 1234."""
_LONGEST_PATTERN = 3
"""123123 and 112112 repeat a pattern of this many characters at most."""
_FACTORY_PINS = (
    *(b"%d" % digit * length for digit in range(10) for length in range(4, 11)),
    b"1234",
    b"12345",
    b"123456",
    b"1234567",
    b"12345678",
    b"123456789",
    b"1234567890",
    b"0123456789",
    b"87654321",
    b"654321",
    b"76543210",
    b"123123",
    b"password",
    b"Password",
    b"passw0rd",
    b"PASSWORD",
    b"admin",
    b"changeit",
)
"""What manufacturers and issuers deliver tokens with."""
_KEYBOARD_LINES = (
    b"qwertyuiop",
    b"asdfghjkl",
    b"zxcvbnm",
    b"qazwsxedcrfvtgbyhnujmikolp",
    b"1qaz2wsx3edc4rfv5tgb6yhn",
    b"147258369",
    b"159753",
    b"159357",
    b"741852963",
)


class PinFlaw(StrEnum):
    """Why a new PIN is not taken."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NOT_ASCII = "not_ascii"
    """Composed letters or blanks at the ends: an input method was on."""
    SEQUENCE = "sequence"
    REPEATED = "repeated"
    KEYBOARD = "keyboard"
    FACTORY = "factory"
    DATE = "date"
    PERSONAL = "personal"
    SAME_AS_OLD = "same_as_old"
    MISMATCH = "mismatch"
    """Not the same both times."""


def shortest_allowed(min_length: int, max_length: int) -> int:
    """Our floor and the token's; a token that takes fewer characters than our floor has its way."""
    floor = max(SHORTEST, min_length)
    return min(floor, max_length) if max_length else floor


def find_flaws(
    new: bytearray,
    repeated: bytearray,
    *,
    old: bytearray,
    min_length: int,
    max_length: int,
    personal_numbers: Sequence[str] = (),
) -> frozenset[PinFlaw]:
    """Everything that speaks against a PIN in UTF-8; empty: it may be set.

    Lengths are the token's, in bytes, 0 when it does not say.  ``personal_numbers`` are digits that a PIN must not
    hold: ID numbers, the device's serial number, a birth date in any writing.  An empty ``old`` is not compared.
    """
    rules = {
        PinFlaw.TOO_SHORT: len(new) < shortest_allowed(min_length, max_length),
        PinFlaw.TOO_LONG: bool(max_length) and len(new) > max_length,
        PinFlaw.NOT_ASCII: not all(0x20 < byte < 0x7F for byte in new),
        PinFlaw.SEQUENCE: _is_sequence(new),
        PinFlaw.REPEATED: _repeats(new),
        PinFlaw.KEYBOARD: _is_on_keyboard_line(new),
        PinFlaw.FACTORY: is_factory_pin(new),
        PinFlaw.DATE: _is_date(new),
        PinFlaw.PERSONAL: _holds_any(new, personal_numbers),
        PinFlaw.SAME_AS_OLD: bool(old) and new == old,
        PinFlaw.MISMATCH: new != repeated,
    }
    return frozenset(flaw for flaw, is_found in rules.items() if is_found)


def is_factory_pin(pin: bytearray) -> bool:
    """Whether tokens are delivered with it: to be changed at once."""
    return any(pin == known for known in _FACTORY_PINS)


def _is_sequence(pin: bytearray) -> bool:
    """The same small step from each character to the next, wrapping at 9 and 0: 456789, 987654, 135790, 890123."""
    steps = {(after - before) % 10 for before, after in _pairs(pin)} if _is_digits(pin) else set()
    plain = {after - before for before, after in _pairs(pin)}
    small = {step % 10 for step in range(-_LONGEST_STEP, _LONGEST_STEP + 1) if step}
    is_small_step = len(plain) == 1 and 0 < abs(next(iter(plain))) <= _LONGEST_STEP
    return is_small_step or (len(steps) == 1 and steps <= small)


def _repeats(pin: bytearray) -> bool:
    """One pattern over and over (111111, 121212, 123123), or each character doubled or tripled (112233, 111222)."""
    length = len(pin)
    if any(
        length >= 2 * period and all(pin[place] == pin[place % period] for place in range(length))
        for period in range(1, _LONGEST_PATTERN + 1)
    ):
        return True
    return any(
        length >= 2 * times
        and length % times == 0
        and all(pin[place] == pin[place - place % times] for place in range(length))
        for times in (2, 3)
    )


def _is_on_keyboard_line(pin: bytearray) -> bool:
    lowered = bytearray(byte | 0x20 if 0x41 <= byte <= 0x5A else byte for byte in pin)
    backwards = lowered[::-1]
    try:
        return len(pin) > _LONGEST_PATTERN and any(lowered in line or backwards in line for line in _KEYBOARD_LINES)
    finally:
        for copy in (lowered, backwards):
            copy[:] = bytes(len(copy))


def _is_date(pin: bytearray) -> bool:
    """A date of birth as people write it: DDMMYY, YYMMDD, DDMMYYYY, YYYYMMDD."""
    if not _is_digits(pin) or len(pin) not in (6, 8):
        return False
    digits = [byte - 0x30 for byte in pin]
    head, middle, tail = _number(digits[:2]), _number(digits[2:4]), _number(digits[4:])
    if len(digits) == 6:
        return _is_day(2000 + tail, middle, head) or _is_day(2000 + head, middle, tail)
    return _is_birthday(_number(digits[4:]), middle, head) or _is_birthday(
        _number(digits[:4]), _number(digits[4:6]), _number(digits[6:])
    )


def _is_birthday(year: int, month: int, day: int) -> bool:
    return _OLDEST_BIRTH_YEAR <= year <= date.today().year and _is_day(year, month, day)  # noqa: DTZ011  # years only


def _is_day(year: int, month: int, day: int) -> bool:
    """29 February counts in every year: which one was meant is not known of two digits."""
    try:
        date(2000 if (month, day) == (2, 29) else year, month, day)
    except ValueError:
        return False
    return True


def _holds_any(pin: bytearray, numbers: Iterable[str]) -> bool:
    """Whether the PIN is part of one of them, or holds it."""
    for number in numbers:
        digits = number.encode()
        if len(digits) >= SHORTEST_PERSONAL and digits in pin:
            return True
        if len(pin) >= SHORTEST_PERSONAL and pin in digits:
            return True
    return False


def _pairs(pin: bytearray) -> Iterable[tuple[int, int]]:
    return ((pin[place], pin[place + 1]) for place in range(len(pin) - 1))


def _is_digits(pin: bytearray) -> bool:
    return bool(pin) and all(0x30 <= byte <= 0x39 for byte in pin)


def _number(digits: Sequence[int]) -> int:
    value = 0
    for digit in digits:
        value = value * 10 + digit
    return value
