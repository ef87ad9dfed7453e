"""``bdsigner`` without a command: what is wrong before there is a window is said in the window."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from bdsigner.errors import ErrorCode
from bdsigner.gui.start import main
from bdsigner.messages.errors import TEXTS
from bdsigner.storage.paths import config_folder
from tests.gui.test_run import Person


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BDSIGNER_HOME", str(tmp_path / "home"))
    return tmp_path


@pytest.fixture
def person(themed: QApplication) -> Person:
    return Person(themed)


def test_damaged_settings_are_put_aside_and_told(home: Path, person: Person) -> None:
    config_folder().mkdir(parents=True)
    (config_folder() / "settings.json").write_text("{không phải JSON")
    said: list[str] = []
    person.when(lambda window: window.notice.isVisible(), lambda w: (said.append(w.notice.title), w.close()))

    assert main([]) == 0
    assert said == [TEXTS[ErrorCode.SETTINGS_INVALID].title]


def test_profile_that_is_not_there_is_told(home: Path, person: Person) -> None:
    said: list[str] = []
    person.when(lambda window: window.notice.isVisible(), lambda w: (said.append(w.notice.title), w.close()))

    assert main(["--profile", str(home / "không có")]) == 0
    assert said == [TEXTS[ErrorCode.PROFILE_NOT_FOUND].title]
