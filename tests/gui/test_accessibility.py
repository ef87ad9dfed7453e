"""Walks over everything the window shows: names for screen readers, keys, and text that fits at twice the size."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QScrollBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from bdsigner.app import Application
from bdsigner.errors import ErrorCode, TokenError
from bdsigner.gui.dialogs.message_dialog import MessageDialog
from bdsigner.gui.dialogs.pin_dialog import PinDialog
from bdsigner.gui.dialogs.question_dialog import QuestionDialog
from bdsigner.gui.main_window import MainWindow, Room
from bdsigner.gui.preferences import Preferences
from bdsigner.gui.widgets.elided_label import ElidedLabel
from bdsigner.messages.questions import describe_question
from bdsigner.model.token import PinState
from bdsigner.model.verification import Finding, FindingCode, Severity, Verdict
from bdsigner.ports import PinPurpose, PinRequest, Question, QuestionCode
from bdsigner.storage.settings import Settings
from tests.fakes.documents import SIGNED_MARK, FakeDocumentGateway
from tests.support.reports import certificate, report, signature

Scene = Callable[[MainWindow, FakeDocumentGateway, Path, QtBot], QWidget]


def sign_empty(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    return window


def sign_open(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    path = folder / "giấy mời.pdf"
    path.write_bytes(b"%PDF-1.7")
    window.open_paths([path])
    qtbot.waitUntil(lambda: bool(documents.drawings))
    return window


def verify_empty(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    window.show_room(Room.VERIFY)
    return window


def verify_results(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    files = [folder / "quyết định về việc phê duyệt quy hoạch.signed.pdf", folder / "biên bản.pdf"]
    for path in files:
        path.write_bytes(b"%PDF-1.7" + SIGNED_MARK)
    bad = Finding(FindingCode.CHANGED_OTHER, Severity.FAIL)
    documents.reports[files[0]] = report(files[0], Verdict.INVALID, signature(Verdict.INVALID, bad), signature())
    with qtbot.waitSignal(window.verify_page.work_finished):
        window.open_paths(files)
    qtbot.waitUntil(lambda: bool(documents.drawings))
    window.verify_page.result.signatures[0].details_button.click()
    return window


def settings(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    window.settings_page.add_modules([str(folder / "driver.so")])
    window.show_room(Room.SETTINGS)
    return window


def refused(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    window.open_paths([folder / "mất.pdf"])
    qtbot.waitUntil(window.notice.isVisible)
    return window


def pin(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    request = PinRequest(
        purpose=PinPurpose.SIGN,
        token_label="GCA-01",
        token_serial="0123456789",
        pin=PinState(final_try=True, min_length=6, max_length=16),
        signer=certificate(),
        files=tuple(Path(f"công văn {number}.pdf") for number in range(12)),
        pages=40,
    )
    return PinDialog(request, window)


def message(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    return MessageDialog(TokenError(ErrorCode.TOKEN_WORKER_DIED, module="x.so"), window)


def question(window: MainWindow, documents: FakeDocumentGateway, folder: Path, qtbot: QtBot) -> QWidget:
    asked = Question(QuestionCode.SIGN_WITHOUT_TIMESTAMP, {"cause": ErrorCode.NETWORK_TIMEOUT.value})
    return QuestionDialog(describe_question(asked), window)


SCENES = (sign_empty, sign_open, verify_empty, verify_results, settings, refused, pin, message, question)


@pytest.fixture(params=[1.0, 2.0], ids=["100%", "200%"])
def scaled(request: pytest.FixtureRequest, themed: QApplication) -> Iterator[QApplication]:
    normal = themed.font()
    larger = themed.font()
    larger.setPointSizeF(normal.pointSizeF() * request.param)
    themed.setFont(larger)
    yield themed
    themed.setFont(normal)


@pytest.fixture(params=SCENES, ids=lambda scene: scene.__name__)
def shown(
    request: pytest.FixtureRequest,
    scaled: QApplication,
    training_application: Application,
    documents: FakeDocumentGateway,
    tmp_path: Path,
    qtbot: QtBot,
) -> QWidget:
    window = MainWindow(Preferences(Settings()))
    qtbot.addWidget(window)
    window.resize(1440, 900)
    window.show()
    with qtbot.waitSignal(window.watch.changed):
        window.set_application(training_application)
    scene: Scene = request.param
    widget = scene(window, documents, tmp_path, qtbot)
    if isinstance(widget, QDialog):
        widget.open()
    # Laid out means: nothing moves any more within two rounds of events.
    places: list[object] = []
    qtbot.waitUntil(lambda: is_still(widget, places))
    return widget


def is_still(root: QWidget, places: list[object]) -> bool:
    QApplication.processEvents()
    places.append([(part.isVisible(), part.geometry().getRect()) for part in root.findChildren(QWidget)])
    return len(places) > 2 and places[-1] == places[-2] == places[-3]


def shown_parts(root: QWidget) -> list[QWidget]:
    return [part for part in root.findChildren(QWidget) if part.isVisible() and not part.visibleRegion().isEmpty()]


def is_inner(part: QWidget) -> bool:
    """Parts that Qt itself puts into a control, which speaks for them."""
    return isinstance(part, QScrollBar) or isinstance(part.parentWidget(), (QAbstractSpinBox, QComboBox))


def named(part: QWidget) -> str:
    interface = QAccessible.queryAccessibleInterface(part)
    return interface.text(QAccessible.Text.Name) if interface is not None else ""


def about(part: QWidget) -> str:
    text = part.text() if isinstance(part, (QLabel, QAbstractButton)) else ""
    return f"{type(part).__name__} {part.objectName()} {text!r} {part.geometry().getRect()}"


def test_every_control_has_a_name_and_can_be_reached(shown: QWidget) -> None:
    controls = [
        part for part in shown_parts(shown) if part.focusPolicy() != Qt.FocusPolicy.NoFocus and not is_inner(part)
    ]
    assert controls
    assert [about(part) for part in controls if not named(part)] == []

    buttons = [part for part in shown_parts(shown) if isinstance(part, QAbstractButton) and not is_inner(part)]
    # In a group Tab leads to the chosen button and the arrow keys to the others.
    by_mouse_only = [about(b) for b in buttons if not b.focusPolicy() & Qt.FocusPolicy.TabFocus and b.group() is None]
    assert by_mouse_only == []


def test_mnemonics_can_be_typed_and_lead_to_one_control(shown: QWidget) -> None:
    texts = [
        part.text()
        for part in shown_parts(shown)
        if isinstance(part, QAbstractButton) or (isinstance(part, QLabel) and part.buddy() is not None)
    ]
    keys = {text: QKeySequence.mnemonic(text).toString() for text in texts}
    used = {text: key for text, key in keys.items() if key}

    assert [text for text, key in used.items() if not key.isascii()] == []
    shared = {key for key, count in Counter(used.values()).items() if count > 1}
    assert {text: key for text, key in used.items() if key in shared} == {}


def test_no_text_is_cut_off(shown: QWidget) -> None:
    cut = []
    for part in shown_parts(shown):
        if isinstance(part, ElidedLabel):
            continue
        if isinstance(part, QLabel):
            if part.wordWrap():
                fits = part.height() >= part.heightForWidth(part.width())
            else:
                fits = part.width() >= part.minimumSizeHint().width() and part.height() >= part.sizeHint().height()
        elif isinstance(part, (QAbstractButton, QComboBox)):
            least = part.minimumSizeHint()
            fits = part.width() >= least.width() and part.height() >= least.height()
        else:
            continue
        if not fits:
            cut.append(about(part))

    assert cut == []
