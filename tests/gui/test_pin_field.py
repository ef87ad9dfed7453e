"""The field alone: keys fill a buffer, everything else is kept out, and nothing of a PIN is ever text."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QInputMethodEvent, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bdsigner.gui.widgets.pin_field import MAX_PIN_BYTES, PinField

NO_KEY = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton
X11_LOCK = 0x2


@pytest.fixture
def field(themed: QApplication, qtbot: QtBot) -> PinField:
    field = PinField()
    qtbot.addWidget(field)
    field.resize(300, 30)
    field.show()
    field.setFocus()
    return field


def press(field: PinField, *characters: str) -> None:
    for character in characters:
        QTest.sendKeyEvent(QTest.KeyAction.Click, field, Qt.Key.Key_unknown, character, NO_KEY)


def test_what_is_typed_is_never_the_text_of_the_widget(field: PinField) -> None:
    press(field, *"12ộ𝟜")
    assert field.text() == "••••"
    assert not field.isUndoAvailable()
    assert field.byte_count == 9
    assert field.take() == bytearray("12ộ𝟜".encode())
    assert (field.text(), field.byte_count, field.take()) == ("", 0, bytearray())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(["1", "a", "é", "ộ", "𝟜", None])))
def test_each_character_is_taken_back_whole(field: PinField, typed: list[str | None]) -> None:
    """``None`` is the Backspace that Unikey sends before the letter it composed."""
    field.wipe()
    expected: list[str] = []
    for character in typed:
        if character is None:
            QTest.keyClick(field, Qt.Key.Key_Backspace)
            expected = expected[:-1]
        else:
            press(field, character)
            expected.append(character)
    assert len(field.text()) == len(expected)
    assert field.has_composed_letter() == any(not character.isascii() for character in expected)
    assert field.take() == bytearray("".join(expected).encode())


@pytest.mark.parametrize("key", [Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_F5])
def test_keys_without_a_letter_leave_what_is_marked(field: PinField, key: Qt.Key) -> None:
    press(field, *"123456")
    QTest.keyClick(field, Qt.Key.Key_A, CONTROL)
    QTest.keyClick(field, key)
    assert field.byte_count == 6


def test_all_is_marked_and_replaced(field: PinField) -> None:
    press(field, *"123456")
    QTest.keyClick(field, Qt.Key.Key_A, CONTROL)
    press(field, "7")
    assert field.take() == bytearray(b"7")


def test_clipboard_mouse_and_assistive_programs_bring_nothing_in(field: PinField) -> None:
    clipboard = QApplication.clipboard()
    clipboard.setText("999999")
    press(field, *"12")
    QTest.keyClick(field, Qt.Key.Key_V, CONTROL)
    QTest.keyClick(field, Qt.Key.Key_Insert, Qt.KeyboardModifier.ShiftModifier)
    QTest.mouseClick(field, Qt.MouseButton.MiddleButton)
    field.paste()
    field.setText("888888")
    field.insert("7")
    assert field.text() == "••"
    QTest.keyClick(field, Qt.Key.Key_A, CONTROL)
    QTest.keyClick(field, Qt.Key.Key_C, CONTROL)
    QTest.keyClick(field, Qt.Key.Key_X, CONTROL)
    assert clipboard.text() == "999999"
    assert field.take() == bytearray(b"12")


def test_the_mouse_marks_all_or_nothing(field: PinField) -> None:
    press(field, *"123456")
    QTest.mouseClick(field, LEFT, pos=QPoint(14, 15))
    assert field.cursorPosition() == 6
    QTest.mousePress(field, LEFT, pos=QPoint(12, 15))
    QTest.mouseMove(field, QPoint(24, 15))
    QTest.mouseRelease(field, LEFT, pos=QPoint(24, 15))
    assert field.selectedText() in ("", "••••••")


def test_a_letter_of_an_input_method_is_taken_so_that_it_is_warned_of(field: PinField) -> None:
    event = QInputMethodEvent()
    event.setCommitString("ậ")
    QApplication.sendEvent(field, event)
    assert field.has_composed_letter()
    assert field.text() == "•"


def test_what_is_longer_than_any_pin_is_left_out(field: PinField) -> None:
    press(field, *("ộ" * (MAX_PIN_BYTES // 3 + 2)))
    assert field.byte_count == MAX_PIN_BYTES // 3 * 3


def test_hiding_wipes(field: PinField) -> None:
    press(field, *"123456")
    buffer = field._buffer
    field.hide()
    assert field.byte_count == 0
    assert not any(buffer)


def test_destroying_wipes(themed: QApplication, qtbot: QtBot) -> None:
    field = PinField()
    press(field, *"123456")
    buffer = field._buffer
    assert any(buffer)
    field.deleteLater()
    qtbot.waitUntil(lambda: not any(buffer))


def x11_key(key: Qt.Key, text: str, *, lock: bool) -> QKeyEvent:
    native = X11_LOCK if lock else 0
    return QKeyEvent(QKeyEvent.Type.KeyPress, key, NO_KEY, 0, 0, native, text)


def test_on_x11_the_event_itself_tells_of_caps_lock(field: PinField, monkeypatch: pytest.MonkeyPatch) -> None:
    """A digit is enough; and the lock key that switches it off, when it was on before the dialog opened."""
    monkeypatch.setattr("bdsigner.gui.widgets.pin_field.QGuiApplication.platformName", lambda: "xcb")
    QApplication.sendEvent(field, x11_key(Qt.Key.Key_1, "1", lock=True))
    assert field.caps_lock
    QApplication.sendEvent(field, x11_key(Qt.Key.Key_CapsLock, "", lock=True))
    assert not field.caps_lock
    QApplication.sendEvent(field, x11_key(Qt.Key.Key_CapsLock, "", lock=False))
    assert field.caps_lock
