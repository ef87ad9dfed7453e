"""hardening S1 for the PIN dialogs alone: typed through a real X server, so that the process never holds a PIN as text."""

from collections.abc import Iterator

import pytest

from tests.support.display import private_display
from tests.support.memory import find_in_memory
from tests.window.screen import DIALOG, Screen, open_process

pytestmark = pytest.mark.timeout(60)
# Each has what JSON and Python write differently, and no half of one is a part of another.
SIGNED, CANCELLED, TAKEN_BACK = 'k"7\\Vq2zLp4"\\x8W', 'w"4\\Hx9eYs6"\\u3C', 'd"1\\Rm6uQv5"\\t7Z'
OLD, NEW = 'j"3\\Tb8yFn2"\\r0G', 'f"5\\Ng0aXi9"\\k1S'


@pytest.fixture(scope="module")
def screen() -> Iterator[Screen]:
    with private_display("1280x900x24") as display, open_process(display, "tests.window.pin_dialogs") as screen:
        yield screen


def left_of(screen: Screen, *secrets: str) -> list[str]:
    """The later half is enough: memory given back has its first bytes written over, and the rest stays."""
    return [place for secret in secrets for place in find_in_memory(screen.process.pid, secret[len(secret) // 2 :])]


def answer(screen: Screen, key: str, field: str = "field") -> list[int]:
    before = screen.ask("len(asker.received)")
    screen.key(f"{DIALOG}.{field}", key)
    screen.until(f"len(asker.received) > {before}")
    screen.until_closed()
    return list(screen.ask("asker.received[-1]"))


def test_a_pin_that_signs_is_there_once_while_typed_and_nowhere_after(screen: Screen) -> None:
    screen.ask("asker.sign()")
    screen.until_dialog("PinDialog")
    screen.type(f"{DIALOG}.field", SIGNED)
    screen.until(f"{DIALOG}.field.byte_count == {len(SIGNED)}")
    while_open = left_of(screen, SIGNED)
    assert len(while_open) == 1, "in the buffer of the field, and the search finds it there"
    assert while_open[0].startswith("UTF-8")
    assert answer(screen, "Return") == [len(SIGNED)]
    assert left_of(screen, SIGNED) == []


def test_nothing_is_left_of_a_pin_when_the_person_cancels(screen: Screen) -> None:
    screen.ask("asker.sign()")
    screen.until_dialog("PinDialog")
    screen.type(f"{DIALOG}.field", CANCELLED)
    screen.until(f"{DIALOG}.field.byte_count == {len(CANCELLED)}")
    assert answer(screen, "Escape") == []
    assert left_of(screen, CANCELLED) == []


def test_nothing_is_left_of_what_was_taken_back(screen: Screen) -> None:
    screen.ask("asker.sign()")
    screen.until_dialog("PinDialog")
    field = f"{DIALOG}.field"
    screen.type(field, TAKEN_BACK)
    screen.until(f"{field}.byte_count == {len(TAKEN_BACK)}")
    screen.key(field, "ctrl+a", "BackSpace")
    screen.until(f"{field}.byte_count == 0")
    assert left_of(screen, TAKEN_BACK) == []
    assert answer(screen, "Escape") == []


def test_rules_looked_at_while_typing_leave_no_copy(screen: Screen) -> None:
    screen.ask("asker.change()")
    screen.until_dialog("NewPinDialog")
    for row, secret in (("secret", OLD), ("new", NEW), ("repeated", NEW)):
        screen.type(f"{DIALOG}.{row}.field", secret)
        screen.until(f"{DIALOG}.{row}.field.byte_count == {len(secret)}")
    screen.until(f"{DIALOG}.set_button.isEnabled()")
    assert answer(screen, "Return", "repeated.field") == [len(OLD), len(NEW)]
    assert left_of(screen, OLD, NEW) == []


def test_caps_lock_is_told_by_the_x_server(screen: Screen) -> None:
    """Switched on before the dialog opens, and shown with the first key, a digit."""
    screen.xdotool("key", "Caps_Lock")
    try:
        screen.ask("asker.sign()")
        screen.until_dialog("PinDialog")
        notice = f"{DIALOG}.row.keyboard_notice"
        screen.key(f"{DIALOG}.field", "1")
        screen.until(f"{notice}.isVisible()")
        assert "Caps Lock" in screen.ask(f"{notice}.title")
        screen.key(f"{DIALOG}.field", "Caps_Lock")
        screen.until(f"not {notice}.isVisible()")
    finally:
        if screen.ask(f"{DIALOG} is not None and {DIALOG}.field.caps_lock"):
            screen.xdotool("key", "Caps_Lock")
    answer(screen, "Escape")
