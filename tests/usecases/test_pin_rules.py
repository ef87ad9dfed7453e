"""The guard rails: what is refused, that good PINs pass, and that nothing typed can make them fail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bdsigner.messages.pin_flaws import ORDER, describe_rule
from bdsigner.usecases.pin_rules import PinFlaw, find_flaws, is_factory_pin, shortest_allowed

CMND, BORN = "280123456", "07031978"


def flaws(
    new: str, *, old: str = "", repeated: str | None = None, longest: int = 16, shortest: int = 4
) -> set[PinFlaw]:
    return set(
        find_flaws(
            bytearray(new.encode()),
            bytearray((new if repeated is None else repeated).encode()),
            old=bytearray(old.encode()),
            min_length=shortest,
            max_length=longest,
            personal_numbers=(CMND, BORN, "5403A1FF00"),
        )
    )


@pytest.mark.parametrize("pin", ["483920", "7391826405", "Bd!5pq#9", "xoai-thanh-ca", "902715"])
def test_a_good_pin_has_no_flaw(pin: str) -> None:
    assert flaws(pin, old="118822") == set()


@pytest.mark.parametrize(
    ("pin", "flaw"),
    [
        ("48392", PinFlaw.TOO_SHORT),
        ("48392048392048395", PinFlaw.TOO_LONG),
        ("mậtkhẩu12", PinFlaw.NOT_ASCII),
        ("48 3920", PinFlaw.NOT_ASCII),
        ("345678", PinFlaw.SEQUENCE),
        ("876543", PinFlaw.SEQUENCE),
        ("135791", PinFlaw.SEQUENCE),
        ("890123", PinFlaw.SEQUENCE),
        ("abcdef", PinFlaw.SEQUENCE),
        ("777777", PinFlaw.REPEATED),
        ("474747", PinFlaw.REPEATED),
        ("583583", PinFlaw.REPEATED),
        ("448833", PinFlaw.REPEATED),
        ("444888", PinFlaw.REPEATED),
        ("qwerty", PinFlaw.KEYBOARD),
        ("REWQ", PinFlaw.KEYBOARD),
        ("147258", PinFlaw.KEYBOARD),
        ("12345678", PinFlaw.FACTORY),
        ("070378", PinFlaw.DATE),
        ("780307", PinFlaw.DATE),
        ("07031978", PinFlaw.DATE),
        ("19780307", PinFlaw.DATE),
        ("290200", PinFlaw.DATE),
        ("280123456", PinFlaw.PERSONAL),
        ("123456", PinFlaw.PERSONAL),
        ("x280123456", PinFlaw.PERSONAL),
        ("5403A1FF00", PinFlaw.PERSONAL),
        ("118822", PinFlaw.SAME_AS_OLD),
    ],
)
def test_what_is_refused(pin: str, flaw: PinFlaw) -> None:
    assert flaw in flaws(pin, old="118822")


def test_both_times_must_be_the_same() -> None:
    assert flaws("483920", repeated="483921") == {PinFlaw.MISMATCH}


def test_a_day_that_does_not_exist_is_no_date() -> None:
    assert PinFlaw.DATE not in flaws("320178") | flaws("311399") | flaws("31042077")


@pytest.mark.parametrize(("shortest", "longest", "least"), [(4, 16, 6), (8, 16, 8), (4, 5, 5), (0, 0, 6)])
def test_the_floor_is_ours_unless_the_token_says_otherwise(shortest: int, longest: int, least: int) -> None:
    assert shortest_allowed(shortest, longest) == least


@pytest.mark.parametrize("pin", [b"12345678", b"1234567890", b"000000", b"123456", b"password"])
def test_factory_pins_are_known(pin: bytes) -> None:
    assert is_factory_pin(bytearray(pin))


@pytest.mark.parametrize("flaw", list(PinFlaw))
def test_each_rule_can_be_told(flaw: PinFlaw) -> None:
    assert flaw in ORDER
    assert describe_rule(flaw, min_length=4, max_length=16)


@given(st.binary(max_size=40), st.binary(max_size=40), st.lists(st.text(max_size=12), max_size=3))
def test_whatever_is_typed_is_judged_and_the_buffers_stay(new: bytes, old: bytes, numbers: list[str]) -> None:
    typed, before = bytearray(new), bytearray(old)
    find_flaws(typed, typed, old=before, min_length=4, max_length=16, personal_numbers=numbers)
    assert (typed, before) == (new, old)


@given(st.integers(0, 9), st.sampled_from([-2, -1, 1, 2]), st.integers(6, 12))
def test_every_run_of_digits_is_a_sequence(first: int, step: int, length: int) -> None:
    run = "".join(str((first + step * place) % 10) for place in range(length))
    assert PinFlaw.SEQUENCE in flaws(run)


@given(st.dates())
def test_every_date_of_birth_is_one(day) -> None:
    for written in (f"{day:%d%m}{day.year % 100:02}", f"{day.year % 100:02}{day:%m%d}"):
        assert PinFlaw.DATE in flaws(written)


@given(st.text("0123456789abcdefXYZ", min_size=1, max_size=3), st.integers(2, 6))
def test_every_pattern_said_again_is_a_repetition(pattern: str, times: int) -> None:
    assert PinFlaw.REPEATED in flaws(pattern * times)
