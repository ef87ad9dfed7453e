"""Thiết bị over scripted tokens: what a person reads and can do when things are not as they should be."""

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from bdsigner.app import Application
from bdsigner.gui.main_window import MainWindow
from bdsigner.gui.pages.devices_page import DevicesPage
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


def test_a_lost_token_is_reported_from_those_remembered(window: MainWindow, token: FakeToken, qtbot: QtBot) -> None:
    page = devices(window, qtbot)
    token.is_present = False
    window.watch.refresh()
    qtbot.waitUntil(lambda: bool(page.known.buttons))
    assert token.label in page.known.buttons[0].accessibleName()
    with qtbot.waitSignal(page.request_wanted) as wanted:
        page.known.buttons[0].click()
    assert wanted.args == [token.serial, True]


def test_a_certificate_that_ends_leads_to_its_renewal(window: MainWindow, token: FakeToken, qtbot: QtBot) -> None:
    qtbot.waitUntil(window.notice.action_button.isVisible)
    assert window.notice.action_button.text() == "Đề nghị gia hạn"
    with qtbot.waitSignal(window.device_policy.renewal_wanted) as wanted:
        window.notice.action_button.click()
    assert wanted.args == [token.serial]
    assert window.rooms.currentIndex() == Room.REQUESTS
