import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from bdsigner.app import Application
from bdsigner.errors import ErrorCode, ProfileError
from bdsigner.gui.dialogs.question_dialog import QuestionDialog
from bdsigner.gui.main_window import MainWindow
from bdsigner.gui.preferences import Preferences
from bdsigner.gui.shell import Room
from bdsigner.model.limits import VERIFIED_AT_ONCE
from bdsigner.model.token import TokenProblem
from bdsigner.storage.settings import load_settings
from tests.fakes.documents import SIGNED_MARK, FakeDocumentGateway
from tests.fakes.token import FakeToken, FakeTokenGateway


@pytest.fixture
def window(themed: QApplication, preferences: Preferences, qtbot: QtBot) -> MainWindow:
    window = MainWindow(preferences)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.painted):
        window.show()
    return window


@pytest.fixture
def ready(window: MainWindow, training_application: Application, qtbot: QtBot) -> MainWindow:
    with qtbot.waitSignal(window.watch.changed):
        window.set_application(training_application)
    return window


@pytest.fixture
def unsigned(tmp_path: Path) -> Path:
    path = tmp_path / "giấy mời.pdf"
    path.write_bytes(b"%PDF-1.7")
    return path


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    path = tmp_path / "quyết định.signed.pdf"
    path.write_bytes(b"%PDF-1.7" + SIGNED_MARK)
    return path


def drop(window: MainWindow, *paths: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys)
    QApplication.sendEvent(window, entering)
    assert entering.isAccepted()
    assert window.overlay.isVisible()
    QApplication.sendEvent(window, QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, mime, buttons, keys))
    assert not window.overlay.isVisible()


def room(window: MainWindow) -> Room:
    return Room(window.rooms.currentIndex())


def test_the_window_is_there_before_any_part(window: MainWindow) -> None:
    assert window.isVisible()
    assert room(window) is Room.SIGN
    assert window.token_bar.label.text() == "Đang tìm thiết bị ký số…"
    assert not window.banner.isVisible()


def test_an_unsigned_file_goes_to_signing(ready: MainWindow, unsigned: Path, qtbot: QtBot) -> None:
    ready.show_room(Room.SETTINGS)
    drop(ready, unsigned)
    qtbot.waitUntil(lambda: room(ready) is Room.SIGN)
    qtbot.waitUntil(lambda: unsigned.name in [label.text() for label in ready.sign_page.findChildren(QLabel)])


def test_a_signed_file_goes_to_checking(ready: MainWindow, signed: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(ready.verify_page.work_finished):
        drop(ready, signed)

    assert room(ready) is Room.VERIFY
    assert ready.verify_page.result.verdict.sentence.text() == "Chữ ký hợp lệ, văn bản nguyên vẹn"


def test_a_mixed_drop_goes_both_ways_and_says_so(ready: MainWindow, signed: Path, unsigned: Path, qtbot: QtBot) -> None:
    with qtbot.waitSignal(ready.verify_page.work_finished):
        drop(ready, signed, unsigned)

    assert room(ready) is Room.SIGN
    assert ready.notice.title == "1 tập tin đã có chữ ký, xem ở trang Kiểm tra."


def test_anything_else_gets_a_sentence(ready: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    ready.show_room(Room.SETTINGS)
    picture, empty = tmp_path / "phim.mp4", tmp_path / "trống"
    picture.write_bytes(b"\xff\xd8")
    empty.mkdir()

    drop(ready, picture)
    qtbot.waitUntil(ready.notice.isVisible)
    assert ready.notice.title == "Không phải tập tin PDF"
    assert "phim.mp4" in ready.notice.text

    drop(ready, picture, empty)
    qtbot.waitUntil(lambda: ready.notice.title == "Không mở được 2 mục")
    assert "trống" in ready.notice.text
    assert room(ready) is Room.SETTINGS


def test_text_dragged_across_is_left_alone(ready: MainWindow) -> None:
    mime = QMimeData()
    mime.setText("chữ")
    entering = QDragEnterEvent(
        QPoint(9, 9), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(ready, entering)

    assert not ready.overlay.isVisible()


def test_leaving_takes_the_hint_away(ready: MainWindow) -> None:
    ready.overlay.cover()
    QApplication.sendEvent(ready, QDragLeaveEvent())

    assert not ready.overlay.isVisible()


def test_files_given_before_the_parts_are_opened_once_there_are_any(
    window: MainWindow, training_application: Application, signed: Path, qtbot: QtBot
) -> None:
    window.open_paths([signed])
    with qtbot.waitSignal(window.verify_page.work_finished):
        window.set_application(training_application)

    assert room(window) is Room.VERIFY


def test_it_fits_a_small_screen(ready: MainWindow) -> None:
    assert ready.minimumSizeHint().width() <= 1024
    assert ready.minimumSizeHint().height() <= 700


def test_training_says_so_on_every_page(ready: MainWindow) -> None:
    for number in Room:
        ready.show_room(number)
        assert ready.banner.isVisible()
        assert ready.banner.label.text().startswith("BẢN THỬ – chế độ tập huấn")


def test_parts_that_cannot_be_built_leave_the_settings(window: MainWindow) -> None:
    window.show_start_error(ProfileError(ErrorCode.PROFILE_NOT_FOUND, path="hồ sơ"))

    assert window.notice.isVisible()
    assert room(window) is Room.SETTINGS


def test_the_keyboard_reaches_every_room(ready: MainWindow, qtbot: QtBot) -> None:
    ready.activateWindow()
    qtbot.waitUntil(ready.isActiveWindow)
    for key, wanted in ((Qt.Key.Key_I, Room.VERIFY), (Qt.Key.Key_C, Room.SETTINGS), (Qt.Key.Key_S, Room.SIGN)):
        QTest.keyClick(ready, key, Qt.KeyboardModifier.AltModifier)
        qtbot.waitUntil(lambda wanted=wanted: room(ready) is wanted)


def test_f5_looks_at_the_tokens_again(ready: MainWindow, tokens: FakeTokenGateway, qtbot: QtBot) -> None:
    assert ready.token_bar.label.text() == "Chưa cắm thiết bị ký số"
    tokens.tokens.append(FakeToken(label="GCA-01"))
    with qtbot.waitSignal(ready.watch.changed):
        QTest.keyClick(ready, Qt.Key.Key_F5)

    assert ready.token_bar.label.text() == "GCA-01 · không có chứng thư số để ký"


def test_tokens_are_left_alone_while_something_is_signed(
    ready: MainWindow, tokens: FakeTokenGateway, qtbot: QtBot
) -> None:
    ready.sign_page.work_started.emit()
    assert not ready.watch.is_looking
    assert ready.is_working
    tokens.problems = (TokenProblem(module_path="x.so", code="token.worker_died", facts={}),)

    with qtbot.waitSignal(ready.watch.changed):
        ready.sign_page.work_finished.emit()

    assert ready.watch.is_looking
    assert not ready.is_working
    assert ready.token_bar.problem_button.isVisible()


def test_the_window_closes_at_once_when_nothing_goes_on(ready: MainWindow, preferences: Preferences) -> None:
    ready.resize(1000, 640)
    assert ready.close()

    assert not ready.isVisible()
    assert preferences.settings.window_geometry
    assert load_settings().window_geometry == preferences.settings.window_geometry


def test_its_place_is_remembered(ready: MainWindow, preferences: Preferences, qtbot: QtBot) -> None:
    ready.resize(ready.width(), 555)
    ready.close()
    again = MainWindow(preferences)
    qtbot.addWidget(again)

    assert again.height() == 555


def test_closing_during_work_asks_and_stops_the_work(
    ready: MainWindow, documents: FakeDocumentGateway, signed: Path, qtbot: QtBot
) -> None:
    go_on, entered = threading.Event(), threading.Event()
    left: list[bool] = []

    def slow(call: str, path: Path) -> None:
        if call == "verify":
            entered.set()
            left.append(go_on.wait(5))

    documents.before = slow
    ready.verify_page.verify_files([signed] * 6)
    assert entered.wait(5)
    assert not ready.close()
    question = ready.findChild(QuestionDialog)
    assert question is not None
    question.no_button.click()
    assert ready.isVisible()

    assert not ready.close()
    qtbot.waitUntil(lambda: any(d.isVisible() for d in ready.findChildren(QuestionDialog)))
    next(d for d in ready.findChildren(QuestionDialog) if d.isVisible()).yes_button.click()
    assert not ready.isVisible()

    with qtbot.waitSignal(ready.verify_page.work_finished):
        go_on.set()
    assert 1 <= len(left) <= VERIFIED_AT_ONCE, "no file was begun after the answer"
