import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

import bdsigner
from bdsigner.errors import BdsignerError, DocumentError, ErrorCode, TokenError
from bdsigner.gui.dialogs.message_dialog import MessageDialog, Reply

CRASHED = TokenError(ErrorCode.TOKEN_WORKER_DIED, module="hong.so")
EMPTY = DocumentError(ErrorCode.DOCUMENT_EMPTY, path="trống.pdf")


def make(qtbot: QtBot, error: BdsignerError, *, offers_retry: bool = False) -> MessageDialog:
    dialog = MessageDialog(error, offers_retry=offers_retry)
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


@pytest.mark.parametrize(("error", "offered"), [(CRASHED, True), (EMPTY, False)])
def test_trying_again_is_offered_only_where_it_can_help(qtbot: QtBot, error: BdsignerError, *, offered: bool) -> None:
    dialog = make(qtbot, error, offers_retry=True)

    assert (dialog.retry_button is not None) is offered


def test_the_reply_tells_how_it_was_left(qtbot: QtBot) -> None:
    again, closed = make(qtbot, CRASHED, offers_retry=True), make(qtbot, CRASHED)
    assert again.retry_button is not None
    again.retry_button.click()
    closed.close_button.click()

    assert (again.reply, closed.reply) == (Reply.RETRY, Reply.CLOSED)
