import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bdsigner.app import Application
from bdsigner.errors import ErrorCode, ProfileError
from bdsigner.gui.dialogs.message_dialog import MessageDialog
from bdsigner.gui.look.theme import apply_theme
from bdsigner.gui.main_window import MainWindow
from bdsigner.gui.run import run_window
from bdsigner.gui.shell import Room
from bdsigner.storage.settings import Settings, load_settings
from tests.fakes.documents import SIGNED_MARK, FakeDocumentGateway
from tests.fakes.token import FakeTokenGateway

STEP_MS = 10


class Person:
    """Does one thing after another, each as soon as the window is ready for it, from within ``run_window``."""

    def __init__(self, qapp: QApplication) -> None:
        self.windows: list[MainWindow] = []
        self._qapp = qapp
        self._timer = QTimer(interval=STEP_MS)

    def when(self, ready: Callable[[MainWindow], bool], act: Callable[[MainWindow], object]) -> None:
        def look() -> None:
            window = self.window()
            if window is not None and ready(window):
                self._timer.stop()
                self._timer.timeout.disconnect()
                act(window)

        self._timer.timeout.connect(look)
        self._timer.start()

    def window(self) -> MainWindow | None:
        found = [w for w in self._qapp.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]
        return found[0] if found else None


@pytest.fixture
def person(themed: QApplication) -> Iterator[Person]:
    yield Person(themed)
    apply_theme(themed, "light")


def test_files_given_are_opened_and_the_parts_are_closed_at_the_end(
    person: Person,
    training_application: Application,
    documents: FakeDocumentGateway,
    tokens: FakeTokenGateway,
    tmp_path: Path,
) -> None:
    file = tmp_path / "ký.pdf"
    file.write_bytes(b"%PDF-1.7" + SIGNED_MARK)
    sentences: list[str] = []

    def look_and_close(window: MainWindow) -> None:
        sentences.append(window.verify_page.result.verdict.sentence.text())
        window.close()

    person.when(lambda window: window.verify_page.result.shown is not None, look_and_close)
    code = run_window(Settings(), files=[file], application=training_application)

    assert code == 0
    assert sentences == ["Chữ ký hợp lệ, văn bản nguyên vẹn"]
    assert documents.is_closed
    assert tokens.is_closed


def test_the_parts_are_built_off_the_gui_thread_after_the_first_paint(
    person: Person, training_application: Application, monkeypatch: pytest.MonkeyPatch
) -> None:
    built_in: list[int] = []

    def build(settings: Settings) -> Application:
        built_in.append(threading.get_ident())
        return training_application

    monkeypatch.setattr(Application, "from_settings", build)
    person.when(lambda window: window.banner.isVisible(), lambda window: window.close())
    run_window(Settings())

    assert len(built_in) == 1
    assert built_in[0] != threading.get_ident()


def test_a_profile_that_cannot_be_read_is_said_and_the_settings_are_open(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(settings: Settings) -> Application:
        raise ProfileError(ErrorCode.PROFILE_NOT_FOUND, path="hồ sơ")

    rooms: list[int] = []

    def look_and_close(window: MainWindow) -> None:
        rooms.append(window.rooms.currentIndex())
        window.close()

    monkeypatch.setattr(Application, "from_settings", build)
    person.when(lambda window: window.notice.isVisible(), look_and_close)
    run_window(Settings())

    assert rooms == [Room.SETTINGS]


def test_another_language_opens_the_window_anew(
    person: Person, training_application: Application, documents: FakeDocumentGateway
) -> None:
    seen: list[MainWindow] = []

    def reopen(window: MainWindow) -> None:
        seen.append(window)
        assert not documents.is_closed
        person.when(lambda again: again.isVisible(), close)
        window.settings_page.reopen_requested.emit()

    def close(window: MainWindow) -> None:
        seen.append(window)
        window.close()

    person.when(lambda window: window.banner.isVisible(), reopen)
    run_window(Settings(), application=training_application)

    assert len(seen) == 2
    assert seen[0] is not seen[1]
    assert documents.is_closed


def test_a_bug_in_a_slot_is_shown_not_swallowed(
    person: Person, training_application: Application, qtbot: QtBot
) -> None:
    texts: list[str] = []
    before = sys.excepthook

    def break_something(window: MainWindow) -> None:
        sys.excepthook(ZeroDivisionError, ZeroDivisionError(), None)
        person.when(lambda window: window.findChild(MessageDialog) is not None, look_and_close)

    def look_and_close(window: MainWindow) -> None:
        dialog = window.findChild(MessageDialog)
        assert dialog is not None
        dialog.copy_button.click()
        texts.append(QApplication.clipboard().text())
        dialog.close()
        window.close()

    person.when(lambda window: window.banner.isVisible(), break_something)
    run_window(Settings(), application=training_application)

    assert "code: unexpected" in texts[0]
    assert "ZeroDivisionError" in texts[0]
    assert sys.excepthook is before


def test_a_theme_chosen_holds_in_the_next_run(person: Person, training_application: Application) -> None:
    def choose(window: MainWindow) -> None:
        box = window.settings_page.theme
        box.setCurrentIndex(box.findData("dark"))
        box.activated.emit(box.currentIndex())
        window.close()

    person.when(lambda window: window.banner.isVisible(), choose)
    run_window(Settings(theme="light"), application=training_application)

    assert load_settings().theme == "dark"
