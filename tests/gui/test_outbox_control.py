"""What requests do without the person, and what is said of it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from bdsigner.app import Application
from bdsigner.errors import ErrorCode, StorageError
from bdsigner.gui.main_window import MainWindow
from bdsigner.gui.preferences import Preferences
from bdsigner.gui.requests.outbox_control import FOLLOWED_EVERY, OutboxControl
from bdsigner.gui.widgets.notice import Notice
from bdsigner.model.device import RequestCase
from bdsigner.model.request import Alarm, RaisedAlarm, Request, RequestState
from tests.fakes.requests_desk import FakeRequests
from tests.gui.requests_scene import DeskApplication, desk_application

SUBJECT = "TRẦN VĂN BÌNH"


@pytest.fixture
def application(training_application: Application, tmp_path: Path) -> DeskApplication:
    services = training_application.services
    policy = replace(services.profile.requests, phone="0274 3 897 777")
    training_application.services = replace(services, profile=replace(services.profile, requests=policy))
    return desk_application(training_application, tmp_path)


@pytest.fixture
def facade(application: DeskApplication) -> FakeRequests:
    return application.requests


@pytest.fixture
def request_kept(facade: FakeRequests) -> Request:
    return facade.begin(RequestCase.LEFT, typed={"full_name": SUBJECT}).request


@pytest.fixture
def place(qtbot: QtBot) -> QWidget:
    place = QWidget()
    qtbot.addWidget(place)
    place.show()
    return place


@pytest.fixture
def notice(place: QWidget) -> Notice:
    return Notice(place)


@pytest.fixture
def control(notice: Notice, place: QWidget) -> Iterator[OutboxControl]:
    control = OutboxControl(notice, place)
    yield control
    control._timer.stop()


def look(control: OutboxControl, qtbot: QtBot) -> None:
    control.look()
    qtbot.waitUntil(lambda: not control._is_busy)


def test_it_sends_at_each_look_and_asks_at_the_first_and_every_tenth(
    control: OutboxControl, application: DeskApplication, facade: FakeRequests, qtbot: QtBot
) -> None:
    control.set_application(application)
    qtbot.waitUntil(lambda: not control._is_busy)
    for _ in range(FOLLOWED_EVERY):
        look(control, qtbot)
    assert facade.asked == ["due", "follow", *["due"] * FOLLOWED_EVERY, "follow"]


def test_one_look_at_a_time(
    control: OutboxControl, application: DeskApplication, facade: FakeRequests, qtbot: QtBot
) -> None:
    control.set_application(application)
    control.look()
    control.look()
    qtbot.waitUntil(lambda: not control._is_busy)
    assert facade.asked == ["due", "follow"]


@pytest.mark.parametrize(
    ("state", "title"),
    [
        (RequestState.SENT, f"Đã gửi yêu cầu của {SUBJECT}"),
        (RequestState.RECEIVED, f"Sở đã tiếp nhận yêu cầu của {SUBJECT}"),
        (RequestState.IN_PROGRESS, f"Sở đang xử lý yêu cầu của {SUBJECT}"),
        (RequestState.DONE, f"Yêu cầu của {SUBJECT} đã xong"),
        (RequestState.REFUSED, f"Sở từ chối yêu cầu của {SUBJECT}"),
    ],
)
def test_what_changed_is_told_and_leads_to_it(
    control: OutboxControl,
    notice: Notice,
    application: DeskApplication,
    facade: FakeRequests,
    request_kept: Request,
    qtbot: QtBot,
    state: RequestState,
    title: str,
) -> None:
    facade.due = [replace(request_kept, state=state, reason="Thiếu dấu" if state is RequestState.REFUSED else "")]
    with qtbot.waitSignal(control.changed):
        control.set_application(application)
    qtbot.waitUntil(notice.isVisible)
    assert notice.title == title
    assert ("Thiếu dấu" in notice.text) == (state is RequestState.REFUSED)
    with qtbot.waitSignal(control.requests_wanted) as wanted:
        notice.action_button.click()
    assert wanted.args == [request_kept.id]


def test_an_alarm_names_the_number_to_call_and_is_told_once_a_run(
    control: OutboxControl,
    notice: Notice,
    application: DeskApplication,
    facade: FakeRequests,
    request_kept: Request,
    qtbot: QtBot,
) -> None:
    facade.raised = [RaisedAlarm(alarm=Alarm.UNCONFIRMED, request=request_kept)]
    control.set_application(application)
    qtbot.waitUntil(notice.isVisible)
    assert "0274 3 897 777" in notice.text
    notice.clear()
    look(control, qtbot)
    assert not notice.isVisible()


def test_who_calls_says_so(
    control: OutboxControl,
    notice: Notice,
    application: DeskApplication,
    facade: FakeRequests,
    request_kept: Request,
    qtbot: QtBot,
) -> None:
    facade.raised = [RaisedAlarm(alarm=Alarm.NOT_SENT, request=request_kept)]
    control.set_application(application)
    qtbot.waitUntil(notice.isVisible)
    assert notice.action_button.text() == "Tôi đã gọi"
    notice.action_button.click()
    qtbot.waitUntil(lambda: facade.view(request_kept.id).request.is_alarm_acknowledged)
    assert not notice.isVisible()


def test_trouble_is_told_once_and_again_only_after_it_was_over(
    control: OutboxControl, notice: Notice, application: DeskApplication, facade: FakeRequests, qtbot: QtBot
) -> None:
    trouble = StorageError(ErrorCode.STORAGE_OUTBOX, reason="disk I/O error")
    control.set_application(application)
    qtbot.waitUntil(lambda: not control._is_busy)
    for is_told in (True, False):
        facade.refusal = trouble
        look(control, qtbot)
        assert notice.isVisible() == is_told
        notice.clear()
    look(control, qtbot)
    facade.refusal = trouble
    look(control, qtbot)
    assert notice.title == "Không dùng được hộp yêu cầu"


def test_the_window_shows_the_request_that_was_told_of(
    preferences: Preferences,
    application: DeskApplication,
    facade: FakeRequests,
    request_kept: Request,
    qtbot: QtBot,
) -> None:
    facade.begin(RequestCase.LEFT, typed={"full_name": "Lê Thị Mỹ"})
    facade.due = [replace(request_kept, state=RequestState.RECEIVED)]
    window = MainWindow(preferences)
    qtbot.addWidget(window)
    window.show()
    window.set_application(application)
    qtbot.waitUntil(window.notice.action_button.isVisible)
    window.notice.action_button.click()
    page = window.requests_page
    assert page is not None
    qtbot.waitUntil(page.overview.isVisible)

    def is_chosen() -> bool:
        shown = page.overview.details.request
        return shown is not None and shown.id == request_kept.id

    qtbot.waitUntil(is_chosen)
    window.watch.stop()
    application.close()
