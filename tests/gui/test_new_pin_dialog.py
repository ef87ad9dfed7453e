"""Changing and unblocking: what must hold before the token is touched, and the last try."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bdsigner.gui.dialogs.new_pin_dialog import NewPinDialog
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.widgets.pin_row import PinRow
from bdsigner.model.token import PinState
from bdsigner.ports import NewPinRequest, PinPurpose

OLD, NEW = "73916482", "80254713"


def dialog(qtbot: QtBot, purpose: PinPurpose, pin: PinState) -> NewPinDialog:
    request = NewPinRequest(
        purpose=purpose,
        token_label="GCA-01",
        token_serial="0123456789",
        holder="Nguyễn Văn Ánh",
        pin=pin,
        misses_here=2,
        personal_numbers=("280123456",),
    )
    dialog = NewPinDialog(request)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def fill(row: PinRow, text: str) -> None:
    row.field.setFocus()
    QTest.keyClicks(row.field, text)


def fill_all(dialog: NewPinDialog, new: str = NEW) -> None:
    fill(dialog.secret, OLD)
    fill(dialog.new, new)
    fill(dialog.repeated, new)


@pytest.mark.parametrize("new", ["12345678", "11111111", "280123456", OLD, "123"])
def test_a_weak_pin_cannot_be_set(themed: QApplication, qtbot: QtBot, new: str) -> None:
    shown = dialog(qtbot, PinPurpose.CHANGE, PinState(min_length=6, max_length=16))
    fill_all(shown, new)
    assert not shown.set_button.isEnabled()


def test_a_good_pin_is_handed_over_once(themed: QApplication, qtbot: QtBot) -> None:
    shown = dialog(qtbot, PinPurpose.CHANGE, PinState(min_length=6, max_length=16))
    fill_all(shown)
    QTest.keyClick(shown.repeated.field, Qt.Key.Key_Return)
    assert shown.result() == NewPinDialog.DialogCode.Accepted
    typed = shown.take_pins()
    assert (bytes(typed.secret), bytes(typed.new)) == (OLD.encode(), NEW.encode())
    assert bytes(shown.take_pins().new) == b""


@pytest.mark.parametrize(
    ("purpose", "pin"),
    [
        (PinPurpose.CHANGE, PinState(final_try=True, min_length=6, max_length=16)),
        (PinPurpose.UNBLOCK, PinState(locked=True, puk_final_try=True, min_length=6, max_length=16)),
    ],
)
def test_the_last_try_is_asked_twice(themed: QApplication, qtbot: QtBot, purpose: PinPurpose, pin: PinState) -> None:
    shown = dialog(qtbot, purpose, pin)
    fill_all(shown)
    shown.set_button.click()
    assert shown.isVisible()
    assert "cuối cùng" in shown.notice.title
    QTest.keyClick(shown.repeated.field, Qt.Key.Key_Return)
    assert shown.isVisible()  # a second Enter alone does not answer
    fill(shown.secret, "9")
    assert "cuối cùng" not in shown.notice.title  # what is typed anew is asked anew
    shown.set_button.click()
    assert shown.isVisible()
    shown.set_button.click()
    assert shown.result() == NewPinDialog.DialogCode.Accepted


@pytest.mark.parametrize(
    ("pin", "tone", "told"),
    [
        (PinState(locked=True), Tone.UNKNOWN, "không có cảnh báo về mã PUK"),
        (PinState(locked=True, puk_count_low=True), Tone.CAUTION, "đã có lần nhập sai mã PUK"),
        (PinState(locked=True, puk_final_try=True), Tone.BROKEN, "mã PUK chỉ còn MỘT lần thử"),
    ],
)
def test_what_is_known_of_the_puk_is_told_before_it_is_typed(
    themed: QApplication, qtbot: QtBot, pin: PinState, tone: Tone, told: str
) -> None:
    shown = dialog(qtbot, PinPurpose.UNBLOCK, pin)
    assert told in shown.tries.first.text()
    assert "mã PIN đã bị khóa" in shown.tries.second.text()
    assert told in shown.tries.accessibleName()
    assert shown.tries.tone is tone
    assert ("MỘT lần thử mã PUK" in shown.notice.title) is pin.puk_final_try
