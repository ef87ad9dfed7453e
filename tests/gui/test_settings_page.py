from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

import bdsigner
from bdsigner.app import Application
from bdsigner.gui.pages.settings_page import SettingsPage
from bdsigner.gui.preferences import Preferences
from bdsigner.storage.settings import load_settings


@pytest.fixture
def page(themed: QApplication, preferences: Preferences, qtbot: QtBot) -> SettingsPage:
    page = SettingsPage(preferences)
    qtbot.addWidget(page)
    page.show()
    return page


def choose(page: SettingsPage, box: str, value: str) -> None:
    combo = getattr(page, box)
    combo.setCurrentIndex(combo.findData(value))
    combo.activated.emit(combo.currentIndex())


def text_of(page: SettingsPage) -> str:
    return "\n".join(label.text() for label in page.findChildren(QLabel))


def test_the_theme_is_kept_at_once(page: SettingsPage) -> None:
    choose(page, "theme", "dark")

    assert load_settings().theme == "dark"
    assert not page.reopen_button.isVisible()


def test_another_language_offers_to_open_the_window_anew(page: SettingsPage, qtbot: QtBot) -> None:
    choose(page, "language", "en")
    assert load_settings().language == "en"
    assert page.reopen_notice.isVisible()
    with qtbot.waitSignal(page.reopen_requested):
        page.reopen_button.click()

    choose(page, "language", "vi")
    assert not page.reopen_button.isVisible()


def test_the_ending_of_signed_files_is_shown_by_example_and_kept(page: SettingsPage) -> None:
    page.suffix.selectAll()
    QTest.keyClicks(page.suffix, "-da-ky")
    assert page.example.text().endswith("cong-van-da-ky.pdf")
    QTest.keyClick(page.suffix, Qt.Key.Key_Return)

    assert load_settings().output_suffix == "-da-ky"


@pytest.mark.parametrize("wrong", ["/", "a/b", "x:y", "", "*"])
def test_what_cannot_stand_in_a_file_name_is_not_kept(page: SettingsPage, preferences: Preferences, wrong: str) -> None:
    page.suffix.selectAll()
    QTest.keyClick(page.suffix, Qt.Key.Key_Delete)
    QTest.keyClicks(page.suffix, wrong)
    QTest.keyClick(page.suffix, Qt.Key.Key_Return)

    assert preferences.settings.output_suffix in (".signed", wrong.translate({ord(c): None for c in "/:*"}))
    assert load_settings() == load_settings(), "what is kept can be read again"


def test_drivers_are_added_once_and_removed(page: SettingsPage, tmp_path: Path) -> None:
    first, second = str(tmp_path / "một.so"), str(tmp_path / "hai.so")
    assert not page.modules.isVisible()
    page.add_modules([first, second])
    page.add_modules([first])
    assert load_settings().extra_module_paths == (Path(first), Path(second))
    assert page.modules.isVisible()
    assert page.reopen_button.isVisible()

    assert not page.remove_button.isEnabled()
    page.modules.setCurrentRow(0)
    page.remove_button.click()
    assert load_settings().extra_module_paths == (Path(second),)
    assert not page.remove_button.isEnabled()


def test_it_shows_the_profile_and_the_version(page: SettingsPage, training_application: Application) -> None:
    assert "Chưa nạp được hồ sơ" in text_of(page)
    page.set_application(training_application)

    assert training_application.profile.regulation in text_of(page)
    assert str(training_application.profile.folder) in text_of(page)
    assert bdsigner.__version__ in text_of(page)
    assert "AGPL-3.0-or-later" in text_of(page)
