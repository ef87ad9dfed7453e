"""Thiết bị and Yêu cầu over scripted tokens: what a person reads and can do when things are not as they should be."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from bdsigner.app import Application
from bdsigner.gui.main_window import MainWindow
from bdsigner.gui.pages.devices_page import DevicesPage
from bdsigner.gui.pages.requests_page import RequestsPage
from bdsigner.gui.preferences import Preferences
from bdsigner.gui.shell import Room
from tests.fakes.token import FakeToken, FakeTokenGateway


@pytest.fixture
def token(tokens: FakeTokenGateway) -> FakeToken:
    token = FakeToken(label="GCA-01", keys={"01": ec.generate_private_key(ec.SECP256R1())})
    tokens.tokens.append(token)
    return token


@pytest.fixture
def window(
    preferences: Preferences, training_application: Application, token: FakeToken, qtbot: QtBot
) -> Iterator[MainWindow]:
    window = MainWindow(preferences)
    qtbot.addWidget(window)
    window.resize(1280, 820)
    window.show()
    window.set_application(training_application)
    qtbot.waitUntil(lambda: window.watch.listing is not None)
    yield window
    window.watch.stop()
    training_application.close()


def devices(window: MainWindow, qtbot: QtBot) -> DevicesPage:
    window.show_room(Room.DEVICES)
    page = window.devices_page
    assert page is not None
    qtbot.waitUntil(lambda: bool(page.cards) and all(card.isVisible() for card in page.cards.values()))
    return page


def requests(window: MainWindow, qtbot: QtBot, serial: str) -> RequestsPage:
    window.open_request(serial)
    page = window.requests_page
    assert page is not None
    qtbot.waitUntil(lambda: page.case is not None)
    return page


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def test_a_locked_token_offers_unblocking_and_the_request_but_no_change(
    window: MainWindow, token: FakeToken, qtbot: QtBot
) -> None:
    token.tries_left = 0
    window.watch.refresh()
    page = devices(window, qtbot)
    qtbot.waitUntil(lambda: any(card.token.pin.locked and card.isVisible() for card in page.cards.values()))
    card = next(iter(page.cards.values()))
    assert not card.change_button.isEnabled()
    assert card.unblock_button.isEnabled()
    assert "đã bị khóa" in texts(card)


def test_a_token_pulled_out_leaves_the_page_and_is_still_known(
    window: MainWindow, token: FakeToken, qtbot: QtBot
) -> None:
    page = devices(window, qtbot)
    token.is_present = False
    window.watch.refresh()
    qtbot.waitUntil(lambda: not page.cards)
    qtbot.waitUntil(lambda: token.serial in texts(page))


def test_a_locked_pin_leads_to_a_request_only_when_the_token_is_safe(
    window: MainWindow, token: FakeToken, qtbot: QtBot
) -> None:
    page = requests(window, qtbot, token.serial)
    assert "chưa bị thất lạc" in texts(page)
    assert token.serial not in texts(page.case or page)
    gate = page.case
    page.safe_button.click()
    assert page.case is not gate
    assert gate is not None
    assert not gate.isVisible()
    assert "Điều 8 khoản 1 điểm a" in texts(page)
    assert window.focusWidget() is not None
    assert page.isAncestorOf(window.focusWidget())
    assert page.save_button.isVisible()
    assert token.serial in texts(page)


def test_one_that_may_be_lost_leads_to_revocation(window: MainWindow, token: FakeToken, qtbot: QtBot) -> None:
    page = requests(window, qtbot, token.serial)
    page.lost_button.click()
    qtbot.waitUntil(lambda: "Mẫu số 04" in texts(page))
    assert "Điều 7" in texts(page)


def test_what_is_saved_replaces_no_file(
    window: MainWindow, token: FakeToken, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "đề nghị.pdf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, **_options: (str(target), ""))
    page = requests(window, qtbot, token.serial)
    page.safe_button.click()
    page.save_button.click()
    qtbot.waitUntil(target.exists)
    qtbot.waitUntil(page.notice.isVisible)
    before = target.read_bytes()
    assert token.serial in before.decode()
    page.save_button.click()
    qtbot.waitUntil(lambda: "storage." in texts(page.notice))
    assert target.read_bytes() == before


def test_no_answer_of_the_gate_is_chosen_beforehand(window: MainWindow, token: FakeToken, qtbot: QtBot) -> None:
    page = requests(window, qtbot, token.serial)
    focused = window.focusWidget()
    assert page.isAncestorOf(focused)
    assert focused not in (page.safe_button, page.lost_button)


def test_a_request_that_was_begun_is_shown_again_by_a_later_window(
    window: MainWindow, token: FakeToken, training_application: Application, qtbot: QtBot
) -> None:
    requests(window, qtbot, token.serial)
    later = RequestsPage(training_application)
    qtbot.addWidget(later)
    later.show()
    later.refresh()
    qtbot.waitUntil(lambda: later.case is not None)
    later.safe_button.click()
    assert token.serial in texts(later)


def test_a_lost_token_is_reported_from_those_remembered(window: MainWindow, token: FakeToken, qtbot: QtBot) -> None:
    window.show_room(Room.REQUESTS)
    page = window.requests_page
    assert page is not None
    qtbot.waitUntil(lambda: bool(page.known.buttons))
    assert token.label in page.known.buttons[0].accessibleName()
    page.known.buttons[0].click()
    qtbot.waitUntil(lambda: page.case is not None)
    assert "Điều 7 khoản 1 điểm d" in texts(page)
    assert token.serial in texts(page.case or page)
    assert not page.known.isVisible(), "the device being reported is not offered again"


def test_without_any_device_the_page_says_where_requests_begin(
    preferences: Preferences, training_application: Application, qtbot: QtBot
) -> None:
    page = RequestsPage(training_application)
    qtbot.addWidget(page)
    page.show()
    page.refresh()
    qtbot.waitUntil(page.empty.isVisible)
    assert page.stack.currentWidget() is page.empty
    with qtbot.waitSignal(page.devices_wanted):
        page.empty.button.click()
