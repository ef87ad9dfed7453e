import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

import bdsigner
from bdsigner.errors import BdsignerError, ErrorCode, TokenError
from bdsigner.gui.dialogs.message_dialog import MessageDialog

CRASHED = TokenError(ErrorCode.TOKEN_WORKER_DIED, module="hong.so")


def make(qtbot: QtBot, error: BdsignerError) -> MessageDialog:
    dialog = MessageDialog(error)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


@pytest.fixture(autouse=True)
def _theme(themed: QApplication) -> None:
    pass


def test_it_says_what_happened_what_to_do_and_the_code(qtbot: QtBot) -> None:
    dialog = make(qtbot, CRASHED)
    text = "\n".join(label.text() for label in dialog.findChildren(QLabel))

    assert "Trình điều khiển thiết bị gặp sự cố" in text
    assert "hong.so" in text
    assert "Rút thiết bị ra" in text
    assert "token.worker_died" in text


def test_details_go_to_the_clipboard(qtbot: QtBot) -> None:
    dialog = make(qtbot, CRASHED)
    dialog.copy_button.click()
    copied = QGuiApplication.clipboard().text()

    assert "code: token.worker_died" in copied
    assert "module: hong.so" in copied
    assert f"bdsigner {bdsigner.__version__}" in copied


def test_the_keyboard_closes_it(qtbot: QtBot) -> None:
    dialog = make(qtbot, CRASHED)
    assert dialog.focusWidget() is dialog.close_button
    QTest.keyClick(dialog.close_button, Qt.Key.Key_Return)

    assert not dialog.isVisible()
