from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bdsigner.errors import TokenError
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.widgets.token_bar import TokenBar, token_status
from bdsigner.model.token import PinState, SignatureMechanism, SignerIdentity, SignerListing, Token, TokenProblem
from bdsigner.usecases.token_logins import OpenLogin
from tests.support.reports import certificate

NOW = datetime(2026, 3, 12, 8, 0, tzinfo=UTC)
CRASHED = TokenProblem(module_path="hong.so", code="token.worker_died", facts={"exit_code": "-11"})


def listing(
    *, pin: PinState | None = None, days_left: int = 212, count: int = 1, problems: tuple[TokenProblem, ...] = ()
) -> SignerListing:
    tokens = tuple(
        Token(
            serial=f"00{number}",
            label=f"GCA-0{number + 1}",
            model="",
            manufacturer="",
            module_path="tot.so",
            is_hardware=True,
            pin=pin or PinState(),
            mechanisms=frozenset({SignatureMechanism.RSA_PKCS1}),
        )
        for number in range(count)
    )
    signers = tuple(
        SignerIdentity(token=token, key_id="01", certificate=certificate(days_left=days_left, now=NOW))
        for token in tokens
    )
    return SignerListing(signers=signers, tokens=tokens, problems=problems)


@pytest.mark.parametrize(
    ("seen", "tone", "text"),
    [
        (listing(), Tone.VALID, "GCA-01 · Nguyễn Thị Phương Ánh · còn hạn 212 ngày"),
        (listing(days_left=29), Tone.CAUTION, "GCA-01 · Nguyễn Thị Phương Ánh · còn hạn 29 ngày"),
        (listing(days_left=-2), Tone.BROKEN, "GCA-01 · Nguyễn Thị Phương Ánh · đã hết hạn"),
        (listing(days_left=600), Tone.VALID, "GCA-01 · Nguyễn Thị Phương Ánh · còn hạn 600 ngày"),
        (listing(pin=PinState(locked=True)), Tone.BROKEN, "GCA-01 · đã bị khóa mã PIN"),
        (
            listing(pin=PinState(final_try=True, count_low=True)),
            Tone.BROKEN,
            "GCA-01 · Nguyễn Thị Phương Ánh · còn hạn 212 ngày · mã PIN chỉ còn một lần thử",
        ),
        (
            listing(pin=PinState(count_low=True)),
            Tone.CAUTION,
            "GCA-01 · Nguyễn Thị Phương Ánh · còn hạn 212 ngày · mã PIN đã bị nhập sai",
        ),
        (listing(count=2), Tone.VALID, "2 thiết bị đang cắm · 2 chứng thư số để ký"),
        (SignerListing(tokens=listing().tokens), Tone.CAUTION, "GCA-01 · không có chứng thư số để ký"),
        (SignerListing(), Tone.UNKNOWN, "Chưa cắm thiết bị ký số"),
        (SignerListing(problems=(CRASHED,)), Tone.CAUTION, "Trình điều khiển thiết bị gặp sự cố"),
    ],
)
def test_one_line_sums_up_what_is_plugged_in(seen: SignerListing, tone: Tone, text: str) -> None:
    status = token_status(seen, NOW)

    assert (status.tone, status.text) == (tone, text)


def test_a_certificate_from_tomorrow_is_not_in_force_yet() -> None:
    early = token_status(listing(), NOW - timedelta(days=400))

    assert early.tone is Tone.CAUTION
    assert early.text.endswith("chưa có hiệu lực")


def test_a_bad_driver_does_not_hide_a_good_token_and_can_be_looked_into(themed: QApplication, qtbot: QtBot) -> None:
    bar = TokenBar()
    qtbot.addWidget(bar)
    bar.show()
    assert not bar.problem_button.isVisible()

    bar.show_listing(listing(problems=(CRASHED,)))
    assert "GCA-01" in bar.label.text()
    with qtbot.waitSignal(bar.problem_opened) as opened:
        bar.problem_button.click()

    assert opened.args is not None
    error = opened.args[0]
    assert isinstance(error, TokenError)
    assert dict(error.facts) == {"module": "hong.so", "exit_code": "-11"}


def test_an_open_login_is_shown_and_can_be_ended(themed: QApplication, qtbot: QtBot) -> None:
    bar = TokenBar()
    qtbot.addWidget(bar)
    bar.show()
    until = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
    bar.show_listing(listing(), OpenLogin(serial="0123456789", label="GCA-01", until=until))
    assert "phiên đang mở đến 25.11.2026 16:30:00" in bar.label.text()
    with qtbot.waitSignal(bar.logout_wanted):
        bar.logout_button.click()

    bar.show_listing(listing())
    assert not bar.logout_button.isVisible()


def test_a_click_opens_the_devices(themed: QApplication, qtbot: QtBot) -> None:
    bar = TokenBar()
    qtbot.addWidget(bar)
    bar.show()
    with qtbot.waitSignal(bar.opened):
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton)
