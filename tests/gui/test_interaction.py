import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from bdsigner.errors import UserCancelled
from bdsigner.gui.dialogs.new_pin_dialog import NewPinDialog
from bdsigner.gui.dialogs.pin_dialog import PinDialog
from bdsigner.gui.dialogs.question_dialog import QuestionDialog
from bdsigner.gui.interaction import QtInteraction
from bdsigner.model.token import PinState
from bdsigner.ports import NewPin, NewPinRequest, PinPurpose, PinRequest, Question, QuestionCode
from tests.support.reports import certificate

REQUEST = PinRequest(
    purpose=PinPurpose.SIGN,
    token_label="GCA-01",
    token_serial="0123456789",
    pin=PinState(),
    signer=certificate(),
    files=(Path("cong-van.pdf"),),
    pages=3,
)
QUESTION = Question(QuestionCode.SIGN_UNCHECKED_CERTIFICATE, {"name": "Nguyễn Văn A"})


@pytest.fixture
def window(themed: QApplication, qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def interaction(window: QWidget) -> QtInteraction:
    return QtInteraction(window)


@pytest.fixture
def ask(interaction: QtInteraction) -> Iterator[Callable[[Callable[[], object]], "Future[object]"]]:
    """Ask from another thread, as a use case does."""
    with ThreadPoolExecutor(4) as pool:
        yield pool.submit
        interaction.close()


Ask = Callable[[Callable[[], object]], "Future[object]"]


def dialog_over(window: QWidget, kind: type[QWidget]) -> QWidget | None:
    return next((found for found in window.findChildren(kind) if found.isVisible()), None)


def test_the_pin_typed_is_returned_as_bytes_and_the_field_is_empty(
    interaction: QtInteraction, window: QWidget, ask: Ask, qtbot: QtBot
) -> None:
    answer = ask(lambda: interaction.ask_pin(REQUEST))
    qtbot.waitUntil(lambda: dialog_over(window, PinDialog) is not None)
    dialog = dialog_over(window, PinDialog)
    assert isinstance(dialog, PinDialog)

    left: list[object] = []
    dialog.finished.connect(lambda: left.extend((dialog.field.text(), dialog.field.isUndoAvailable())))
    QTest.keyClicks(dialog.field, "123456")
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    qtbot.waitUntil(answer.done)

    assert answer.result() == bytearray(b"123456")
    assert left == ["", False]


def test_escape_answers_cancelled(interaction: QtInteraction, window: QWidget, ask: Ask, qtbot: QtBot) -> None:
    answer = ask(lambda: interaction.ask_pin(REQUEST))
    qtbot.waitUntil(lambda: dialog_over(window, PinDialog) is not None)
    dialog = dialog_over(window, PinDialog)
    assert isinstance(dialog, PinDialog)

    left: list[str] = []
    dialog.finished.connect(lambda: left.append(dialog.field.text()))
    QTest.keyClicks(dialog.field, "1234")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(answer.done)

    assert isinstance(answer.exception(), UserCancelled)
    assert left == [""]


@pytest.mark.parametrize(("button", "expected"), [("yes_button", True), ("no_button", False)])
def test_a_decision_is_returned(
    interaction: QtInteraction, window: QWidget, ask: Ask, qtbot: QtBot, button: str, expected: bool
) -> None:
    answer = ask(lambda: interaction.confirm(QUESTION))
    qtbot.waitUntil(lambda: dialog_over(window, QuestionDialog) is not None)
    getattr(dialog_over(window, QuestionDialog), button).click()
    qtbot.waitUntil(answer.done)

    assert answer.result() is expected


def test_leaving_a_decision_open_means_stop(
    interaction: QtInteraction, window: QWidget, ask: Ask, qtbot: QtBot
) -> None:
    answer = ask(lambda: interaction.confirm(QUESTION))
    qtbot.waitUntil(lambda: dialog_over(window, QuestionDialog) is not None)
    dialog = dialog_over(window, QuestionDialog)
    assert dialog is not None
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(answer.done)

    assert isinstance(answer.exception(), UserCancelled)


def test_closing_answers_open_and_later_questions(
    interaction: QtInteraction, window: QWidget, ask: Ask, qtbot: QtBot
) -> None:
    is_open = ask(lambda: interaction.ask_pin(REQUEST))
    qtbot.waitUntil(lambda: dialog_over(window, PinDialog) is not None)

    interaction.close()
    later = ask(lambda: interaction.confirm(QUESTION))

    assert isinstance(is_open.exception(5), UserCancelled)
    assert isinstance(later.exception(5), UserCancelled)
    assert dialog_over(window, PinDialog) is None


def test_closing_answers_a_question_that_is_not_shown_yet(interaction: QtInteraction, window: QWidget) -> None:
    """The GUI thread is not handling events here, as at the end of the program."""
    asked = threading.Event()
    raised: list[BaseException] = []

    def work() -> None:
        asked.set()
        try:
            interaction.ask_pin(REQUEST)
        except UserCancelled as error:
            raised.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    assert asked.wait(5)
    interaction.close()
    thread.join(5)

    assert not thread.is_alive()
    assert len(raised) == 1
    QApplication.processEvents()
    assert dialog_over(window, PinDialog) is None


NEW_PIN = NewPinRequest(
    purpose=PinPurpose.CHANGE, token_label="GCA-01", token_serial="0123456789", pin=PinState(), holder="Nguyễn Văn A"
)


def test_the_old_and_the_new_pin_are_returned(
    interaction: QtInteraction, window: QWidget, ask: Ask, qtbot: QtBot
) -> None:
    answer = ask(lambda: interaction.ask_new_pin(NEW_PIN))
    qtbot.waitUntil(lambda: dialog_over(window, NewPinDialog) is not None)
    dialog = dialog_over(window, NewPinDialog)
    assert isinstance(dialog, NewPinDialog)
    for row, text in ((dialog.secret, "738291"), (dialog.new, "904172"), (dialog.repeated, "904172")):
        QTest.keyClicks(row.field, text)
    QTest.keyClick(dialog.repeated.field, Qt.Key.Key_Return)
    qtbot.waitUntil(answer.done)
    typed = answer.result()
    assert isinstance(typed, NewPin)
    assert (typed.secret, typed.new) == (bytearray(b"738291"), bytearray(b"904172"))
    assert "738291" not in repr(typed)
    assert "904172" not in repr(typed)


def test_a_locked_token_leads_to_the_request_and_ends_the_signing(
    interaction: QtInteraction, window: QWidget, ask: Ask, qtbot: QtBot
) -> None:
    answer = ask(lambda: interaction.ask_pin(replace(REQUEST, pin=PinState(locked=True))))
    qtbot.waitUntil(lambda: dialog_over(window, PinDialog) is not None)
    dialog = dialog_over(window, PinDialog)
    assert isinstance(dialog, PinDialog)
    with qtbot.waitSignal(interaction.request_wanted) as wanted:
        dialog.request_button.click()
    qtbot.waitUntil(answer.done)
    assert wanted.args == ["0123456789"]
    assert isinstance(answer.exception(), UserCancelled)


def test_locking_the_screen_takes_back_questions_for_a_pin_but_no_other(
    interaction: QtInteraction, window: QWidget, ask: Ask, qtbot: QtBot
) -> None:
    answers = [
        ask(lambda: interaction.ask_pin(REQUEST)),
        ask(lambda: interaction.ask_new_pin(NEW_PIN)),
        ask(lambda: interaction.confirm(QUESTION)),
    ]
    kinds = (PinDialog, NewPinDialog, QuestionDialog)
    qtbot.waitUntil(lambda: all(dialog_over(window, kind) is not None for kind in kinds))
    interaction.cancel_pins()
    qtbot.waitUntil(lambda: answers[0].done() and answers[1].done())
    assert all(isinstance(answer.exception(), UserCancelled) for answer in answers[:2])
    assert not answers[2].done()
    assert dialog_over(window, QuestionDialog) is not None
