from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from bdsigner.gui.dialogs.pin_dialog import PinDialog
from bdsigner.model.token import PinState
from bdsigner.ports import PinPurpose, PinRequest
from tests.support.reports import certificate

REQUEST = PinRequest(
    purpose=PinPurpose.SIGN,
    token_label="GCA-01",
    token_serial="0123456789",
    pin=PinState(min_length=4, max_length=8),
    signer=certificate(),
    files=(Path("cong-van.pdf"),),
    pages=3,
)


def make(qtbot: QtBot, request: PinRequest = REQUEST, pin: PinState | None = None) -> PinDialog:
    dialog = PinDialog(replace(request, pin=pin) if pin is not None else request)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def text_of(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


@pytest.fixture(autouse=True)
def _theme(themed: QApplication) -> None:
    pass


def test_it_says_what_is_signed_by_whom_and_with_what(qtbot: QtBot) -> None:
    text = text_of(make(qtbot))

    for part in ("cong-van.pdf", "3 trang", "Nguyễn Thị Phương Ánh, Chủ tịch", "Ủy ban nhân dân tỉnh", "GCA-01"):
        assert part in text
    assert "0123456789" in text
    assert "CA tập huấn" in text


def test_it_names_every_file_of_a_batch(qtbot: QtBot) -> None:
    names = [f"ban-so-hoa-{number}.pdf" for number in range(12)]
    text = text_of(make(qtbot, replace(REQUEST, files=tuple(map(Path, names)), pages=40)))

    assert "Ký 12 tập tin (40 trang)" in text
    assert all(name in text for name in names)


def test_what_is_used_first_has_the_focus(qtbot: QtBot) -> None:
    typed, padded, locked = make(qtbot), make(qtbot, pin=PinState(pin_pad=True)), make(qtbot, pin=PinState(locked=True))

    assert typed.focusWidget() is typed.field
    assert padded.focusWidget() is padded.sign_button
    assert locked.focusWidget() is locked.request_button


def test_signing_waits_for_a_length_the_token_can_accept(qtbot: QtBot) -> None:
    dialog = make(qtbot)

    enabled = []
    for _ in range(9):
        QTest.keyClicks(dialog.field, "1")
        enabled.append(dialog.sign_button.isEnabled())

    assert enabled == [False, False, False, True, True, True, True, True, False]


def test_the_last_try_is_asked_twice_and_enter_alone_does_not_answer(qtbot: QtBot) -> None:
    dialog = make(qtbot, pin=PinState(final_try=True))
    assert "MỘT lần thử" in text_of(dialog)
    QTest.keyClicks(dialog.field, "123456")
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    assert dialog.isVisible()
    assert "Bạn có chắc" in text_of(dialog)
    assert not dialog.sign_button.isDefault()

    dialog.sign_button.click()

    assert dialog.result() == PinDialog.DialogCode.Accepted
    assert dialog.take_pin() == bytearray(b"123456")
    assert dialog.take_pin() == bytearray(), "handed over once"


def test_a_pin_changed_after_the_second_question_is_asked_again(qtbot: QtBot) -> None:
    dialog = make(qtbot, pin=PinState(final_try=True))
    QTest.keyClicks(dialog.field, "123456")
    dialog.sign_button.click()
    QTest.keyClicks(dialog.field, "7")
    dialog.sign_button.click()

    assert dialog.isVisible()
    assert "Bạn có chắc" in text_of(dialog)


def test_a_locked_token_gets_no_field(qtbot: QtBot) -> None:
    dialog = make(qtbot, pin=PinState(locked=True))

    assert not dialog.field.isVisible()
    assert not dialog.sign_button.isVisible()
    assert "đã bị khóa" in text_of(dialog)


def test_a_locked_token_leads_to_the_request(qtbot: QtBot) -> None:
    dialog = make(qtbot, pin=PinState(locked=True))
    dialog.request_button.click()

    assert dialog.wants_request
    assert dialog.result() == PinDialog.DialogCode.Rejected


@pytest.mark.parametrize(
    ("pin", "misses", "reported", "counted"),
    [
        (PinState(), 0, "Thiết bị báo: không có cảnh báo", "Đếm tại máy này: chưa có lần nhập sai"),
        (PinState(count_low=True), 2, "Thiết bị báo: đã có lần nhập sai", "Đếm tại máy này: 2 lần nhập sai"),
        (PinState(final_try=True), None, "Thiết bị báo: chỉ còn MỘT lần thử", "Đếm tại máy này: không rõ"),
        (PinState(locked=True), 3, "Thiết bị báo: mã PIN đã bị khóa", "Đếm tại máy này: 3 lần"),
    ],
)
def test_what_the_device_reports_and_what_was_counted_here_are_told_apart(
    qtbot: QtBot, pin: PinState, misses: int | None, reported: str, counted: str
) -> None:
    text = text_of(make(qtbot, replace(REQUEST, misses_here=misses), pin))
    assert reported in text
    assert counted in text


def test_a_key_that_wants_each_pin_says_how_many(qtbot: QtBot) -> None:
    text = text_of(make(qtbot, replace(REQUEST, number=2, total=5)))
    assert "Mã PIN thứ 2 trong 5" in text


def test_a_pin_pad_is_used_without_field(qtbot: QtBot) -> None:
    dialog = make(qtbot, pin=PinState(pin_pad=True))
    assert not dialog.field.isVisible()
    assert "trên thiết bị" in text_of(dialog)

    dialog.sign_button.click()

    assert dialog.take_pin() == bytearray()


def test_input_methods_are_off(qtbot: QtBot) -> None:
    dialog = make(qtbot)
    field = dialog.field
    field.setFocus()

    assert not field.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    assert field.inputMethodHints() & Qt.InputMethodHint.ImhHiddenText
    assert field.inputMethodHints() & Qt.InputMethodHint.ImhNoPredictiveText


def test_a_letter_composed_by_telex_is_warned_of(qtbot: QtBot) -> None:
    dialog = make(qtbot)
    for letter in "mậtmã":
        QTest.sendKeyEvent(
            QTest.KeyAction.Click, dialog.field, Qt.Key.Key_unknown, letter, Qt.KeyboardModifier.NoModifier
        )
    assert "Telex" in text_of(dialog)

    for _ in range(4):
        QTest.keyClick(dialog.field, Qt.Key.Key_Backspace)
    assert "Telex" not in text_of(dialog)


def test_caps_lock_is_warned_of_as_soon_as_it_shows(qtbot: QtBot) -> None:
    dialog = make(qtbot)
    QTest.keyClick(dialog.field, Qt.Key.Key_A, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(dialog.field, "a1")
    assert "Caps Lock" not in text_of(dialog)

    QTest.keyClick(dialog.field, Qt.Key.Key_CapsLock)
    assert "Caps Lock" in text_of(dialog)
    QTest.keyClick(dialog.field, Qt.Key.Key_CapsLock)
    assert "Caps Lock" not in text_of(dialog)
