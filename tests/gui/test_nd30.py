"""The window under the profile "NĐ 30/2020" (§8): what is told beside the box, what is drawn, what can be chosen."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bdsigner.app import Application
from bdsigner.errors import ErrorCode
from bdsigner.gui.pages.settings_page import SettingsPage
from bdsigner.gui.preferences import Preferences
from bdsigner.model.profile import AppearanceProfile, Profile
from bdsigner.model.signature import CopyLines, HandAndSeal, SignaturePictures
from bdsigner.model.signing_rules import Declaration, KindGroup, SigningMode
from bdsigner.storage.settings import Settings, load_settings
from tests.gui.signing_scene import Scene, signing_scene
from tests.gui.test_sign_rules import cards, show
from tests.regulation.documents import SLOT, layout
from tests.support import signature_pictures

NOTE = "Chữ ký hiển thị khác Quy chế"


@pytest.fixture
def nd30(shipped_profile: Profile) -> Profile:
    return replace(shipped_profile, appearance_profile=AppearanceProfile.ND_30_2020)


@pytest.fixture
def chosen(tmp_path: Path) -> Settings:
    return Settings(hand_signature=signature_pictures.hand(tmp_path), seal=signature_pictures.seal(tmp_path))


@pytest.fixture
def scene(qtbot: QtBot, tmp_path: Path, nd30: Profile) -> Iterator[Scene]:
    with signing_scene(qtbot, tmp_path, profile=nd30) as scene:
        yield scene


def test_without_a_hand_signature_nothing_can_be_signed_and_the_way_on_is_said(scene: Scene) -> None:
    show(scene, layout(occupied=()))
    scene.qtbot.waitUntil(lambda: scene.page._boxes.problem is not None)
    problem = scene.page._boxes.problem
    assert problem is not None
    assert problem.code is ErrorCode.SIGNING_HAND_SIGNATURE_MISSING
    assert "Cài đặt" in scene.page.desk.footer.reason.text()


def test_10_1b_that_it_contradicts_is_told_beside_the_box(scene: Scene) -> None:
    show(scene, layout(occupied=()))
    assert NOTE in cards(scene)


def test_pictures_chosen_meanwhile_are_drawn_and_make_room_for_the_seal(scene: Scene, chosen: Settings) -> None:
    show(scene, layout(occupied=()))
    scene.qtbot.waitUntil(lambda: scene.page._boxes.problem is not None)
    scene.page.set_settings(chosen)
    scene.qtbot.waitUntil(lambda: scene.is_ready() and not scene.page._rules.is_due)
    shown = scene.documents.appearances[-1]
    assert isinstance(shown, HandAndSeal)
    assert (shown.hand, shown.seal) == (chosen.hand_signature, chosen.seal)
    assert scene.box.height_pt > SLOT.height_pt, "the seal has its real size"
    scene.sign()
    scene.qtbot.waitUntil(lambda: scene.page._files.files[0].signed is not None)


def test_a_copy_is_drawn_as_text(scene: Scene) -> None:
    show(scene, layout(occupied=(), head_strips=(replace(SLOT, y_pt=10, height_pt=60),)))
    declaration = Declaration(kind=KindGroup.OFFICIAL, mode=SigningMode.COPY, is_paper_signed=True)
    scene.page._rules._declared(declaration)
    scene.qtbot.waitUntil(lambda: bool(scene.documents.appearances) and not scene.page._rules.is_due)
    assert isinstance(scene.documents.appearances[-1], CopyLines)
    assert scene.page._boxes.problem is None


@pytest.fixture
def page(themed: QApplication, preferences: Preferences, qtbot: QtBot) -> SettingsPage:
    page = SettingsPage(preferences)
    qtbot.addWidget(page)
    page.show()
    return page


def with_profile(application: Application, profile: Profile) -> Application:
    return Application(replace(application.services, profile=profile))


def test_15_under_the_shipped_profile_there_is_nothing_to_choose(
    page: SettingsPage, training_application: Application
) -> None:
    assert not page.pictures.isVisible()
    page.set_application(training_application)
    assert not page.pictures.isVisible()


def test_pictures_are_chosen_kept_and_given_up(
    page: SettingsPage, training_application: Application, nd30: Profile, qtbot: QtBot, tmp_path: Path
) -> None:
    page.set_application(with_profile(training_application, nd30))
    assert page.pictures.isVisible()
    hand, seal = signature_pictures.hand(tmp_path), signature_pictures.seal(tmp_path)
    page.hand.choose(hand)
    page.seal.choose(seal)
    assert load_settings().pictures == SignaturePictures(hand=hand, seal=seal)
    qtbot.waitUntil(lambda: "36.0 × 36.0 mm" in page.seal.state.text())
    page.seal.remove_button.click()
    assert load_settings().pictures == SignaturePictures(hand=hand, seal=None)
    assert not page.seal.remove_button.isVisible()


def test_a_file_that_cannot_be_used_is_said_where_it_was_chosen(
    page: SettingsPage, training_application: Application, nd30: Profile, qtbot: QtBot, tmp_path: Path
) -> None:
    page.set_application(with_profile(training_application, nd30))
    page.hand.choose(tmp_path / "không có.png")
    qtbot.waitUntil(page.hand.notice.isVisible)
    assert page.hand.notice.title == "Không dùng được hình chữ ký hoặc con dấu"
    assert "không có.png" in page.hand.notice.text
