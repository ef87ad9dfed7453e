"""Yêu cầu: from what happened to what became of it, over a scripted facade."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from bdsigner.app import Application
from bdsigner.errors import ErrorCode, RequestError, StorageError, TokenError
from bdsigner.gui.dialogs.password_dialog import PasswordDialog
from bdsigner.gui.dialogs.question_dialog import QuestionDialog
from bdsigner.gui.main_window import MainWindow
from bdsigner.gui.pages.requests_page import RequestsPage
from bdsigner.gui.preferences import Preferences
from bdsigner.gui.requests.paper_files import PaperFiles
from bdsigner.gui.requests.request_list import STATE
from bdsigner.gui.shell import Room
from bdsigner.model.device import KnownDevice, RequestCase
from bdsigner.model.request import Alarm, Happening, RaisedAlarm, Recovery, Request, RequestState
from tests.fakes.memory import SEEN
from tests.fakes.requests_desk import HAND, FakeRequests
from tests.fakes.token import FakeToken, FakeTokenGateway
from tests.gui.requests_scene import DeskApplication, desk_application, know, texts
from tests.support.people import certificate_of

HOLDER = "Người mẫu"
PERSON = {
    "full_name": "Trần Văn Bình",
    "id_number": "280712345",
    "workplace": "Văn phòng UBND tỉnh",
    "position": "Chuyên viên",
    "email": "binhtv@binhduong.gov.vn",
    "cert_serial": "5A000001",
}


def device(number: int, label: str) -> KnownDevice:
    return KnownDevice(
        serial=f"SN{number:04}",
        label=label,
        model="PKCS#15",
        manufacturer="Bkav",
        first_seen=SEEN,
        last_seen=SEEN,
        certificates=(certificate_of(number),),
    )


@pytest.fixture
def application(training_application: Application, tmp_path: Path) -> DeskApplication:
    return desk_application(training_application, tmp_path)


@pytest.fixture
def facade(application: DeskApplication) -> FakeRequests:
    return application.requests


@pytest.fixture
def shown_files(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """What the system's viewer was asked to show."""
    shown: list[Path] = []
    monkeypatch.setattr(PaperFiles, "show", staticmethod(shown.append))
    return shown


@pytest.fixture
def window(
    preferences: Preferences, application: DeskApplication, shown_files: list[Path], qtbot: QtBot
) -> Iterator[MainWindow]:
    window = MainWindow(preferences)
    qtbot.addWidget(window)
    window.resize(1280, 820)
    window.show()
    window.set_application(application)
    qtbot.waitUntil(lambda: window.watch.listing is not None)
    yield window
    window.watch.stop()
    application.close()


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> RequestsPage:
    window.show_room(Room.REQUESTS)
    page = window.requests_page
    assert page is not None
    qtbot.waitUntil(lambda: page.start.isVisible() or page.overview.isVisible())
    return page


def at_desk(page: RequestsPage, qtbot: QtBot) -> Request:
    qtbot.waitUntil(lambda: page.desk.isVisible() and page.desk.request is not None)
    assert page.desk.request is not None
    return page.desk.request


def begin(page: RequestsPage, happening: Happening, qtbot: QtBot) -> Request:
    page.start.cards[happening].click()
    return at_desk(page, qtbot)


def answer(page: RequestsPage, number: int, qtbot: QtBot) -> None:
    before = page.start.question
    assert before is not None
    before.answers[number].click()
    qtbot.waitUntil(lambda: page.start.question is not before or page.desk.isVisible())


def type_into(page: RequestsPage, key: str, text: str) -> None:
    editor = page.desk.form.rows[key].editor
    editor.control.setFocus()
    assert isinstance(editor.control, QLineEdit)
    editor.control.selectAll()
    editor.control.insert(text)  # as an input method does: QTest knows no Vietnamese keys


def fill(page: RequestsPage, values: dict[str, str] = PERSON) -> None:
    for key, text in values.items():
        if key in page.desk.form.rows:
            type_into(page, key, text)


def sign_by_hand(page: RequestsPage, folder: Path, qtbot: QtBot) -> None:
    scan = folder / "bản ký tay.pdf"
    scan.write_bytes(b"%PDF-1.7")
    page.control.attach_signed(scan)
    qtbot.waitUntil(page.desk.steps.send_button.isVisible)


def until_state(page: RequestsPage, state: RequestState, qtbot: QtBot) -> None:
    def is_there() -> bool:
        shown = page.overview.details.request
        return page.overview.isVisible() and shown is not None and shown.state is state

    qtbot.waitUntil(is_there)


# The guided start


def test_without_requests_the_page_asks_what_happened(page: RequestsPage) -> None:
    assert page.start.isVisible()
    assert next(card.accessibleName() for card in page.start.cards.values()) == "Mất thiết bị, hoặc có thể đã bị lộ"
    assert len(page.start.cards) == len(Happening)
    assert "ngừng ký trên máy này ngay" in texts(page.start)
    assert not page.list_button.isVisible()


def test_with_one_device_no_question_is_asked(page: RequestsPage, application: DeskApplication, qtbot: QtBot) -> None:
    know(application, [device(1, "GCA-01")])
    request = begin(page, Happening.LOST_OR_EXPOSED, qtbot)
    assert (request.case, request.serial) == (RequestCase.LOST, "SN0001")
    assert "Thiết bị số SN0001 đã ngừng ký trên máy này" in texts(page.desk)
    assert page.desk.form.rows["full_name"].value == HOLDER.upper()
    assert page.desk.form.rows["full_name"].mark.isVisible()


def test_without_a_device_none_is_named(page: RequestsPage, qtbot: QtBot) -> None:
    request = begin(page, Happening.LEAVING, qtbot)
    assert (request.case, request.serial) == (RequestCase.LEFT, "")
    assert not page.desk.warning.isVisible()


def test_with_several_devices_the_person_says_which(
    page: RequestsPage, application: DeskApplication, qtbot: QtBot
) -> None:
    know(application, [device(1, "GCA-01"), device(2, "GCA & 02")])
    page.start.cards[Happening.LOST_OR_EXPOSED].click()
    qtbot.waitUntil(lambda: page.start.question is not None)
    question = page.start.question
    assert question is not None
    names = [button.accessibleName() for button in question.answers]
    assert names[1] == f"GCA & 02 · {HOLDER}"
    assert names[2] == "Thiết bị khác, hoặc không có ở đây"
    question.answers[1].click()
    assert at_desk(page, qtbot).serial == "SN0002"


def test_another_device_is_none_of_those_known(page: RequestsPage, application: DeskApplication, qtbot: QtBot) -> None:
    know(application, [device(1, "GCA-01"), device(2, "GCA-02")])
    page.start.cards[Happening.LOST_OR_EXPOSED].click()
    qtbot.waitUntil(lambda: page.start.question is not None)
    answer(page, 2, qtbot)
    request = at_desk(page, qtbot)
    assert request.serial == ""
    assert "không chặn được việc ký" in texts(page.desk)


def test_the_gate_has_no_answer_of_its_own(page: RequestsPage, window: MainWindow, qtbot: QtBot) -> None:
    page.start.cards[Happening.PIN_FORGOTTEN_OR_LOCKED].click()
    qtbot.waitUntil(lambda: page.start.question is not None)
    question = page.start.question
    assert question is not None
    assert "chưa bị thất lạc" in question.question.text()
    focused = window.focusWidget()
    assert focused is not None
    assert page.isAncestorOf(focused)
    assert focused not in question.answers
    assert not any(button.isDefault() or button.property("role") == "primary" for button in question.answers)
    answer(page, 0, qtbot)
    assert at_desk(page, qtbot).case is RequestCase.PIN_LOCKED
    assert "new_details" not in page.desk.form.rows, "of other cases"


def test_a_device_that_may_be_lost_is_revoked_instead(page: RequestsPage, qtbot: QtBot) -> None:
    page.start.cards[Happening.DETAILS_CHANGED].click()
    qtbot.waitUntil(lambda: page.start.question is not None)
    answer(page, 1, qtbot)
    assert at_desk(page, qtbot).case is RequestCase.LOST


@pytest.mark.parametrize(("number", "case"), [(0, RequestCase.TITLE_CHANGED), (1, RequestCase.TITLE_LOST)])
def test_another_title_asks_whether_it_still_signs(
    page: RequestsPage, qtbot: QtBot, number: int, case: RequestCase
) -> None:
    page.start.cards[Happening.TITLE_CHANGED].click()
    qtbot.waitUntil(lambda: page.start.question is not None)
    answer(page, 0, qtbot)
    assert not page.desk.isVisible()
    answer(page, number, qtbot)
    assert at_desk(page, qtbot).case is case


def test_back_leads_to_the_first_question(page: RequestsPage, qtbot: QtBot) -> None:
    page.start.cards[Happening.PIN_FORGOTTEN_OR_LOCKED].click()
    qtbot.waitUntil(lambda: page.start.question is not None)
    assert page.start.question is not None
    back = [one for one in page.start.question.findChildren(QPushButton) if one.property("role") == "flat"]
    back[0].click()
    assert page.start.cards[Happening.LEAVING].isVisible()


def test_a_locked_token_leads_to_the_gate_with_its_device(
    window: MainWindow, application: DeskApplication, qtbot: QtBot
) -> None:
    know(application, [device(1, "GCA-01"), device(2, "GCA-02")])
    window.open_request("SN0002")
    page = window.requests_page
    assert page is not None
    qtbot.waitUntil(lambda: page.start.question is not None and page.start.question.isVisible())
    answer(page, 0, qtbot)
    request = at_desk(page, qtbot)
    assert (request.case, request.serial) == (RequestCase.PIN_LOCKED, "SN0002")


def test_a_lost_one_that_was_named_needs_no_question(
    window: MainWindow, application: DeskApplication, qtbot: QtBot
) -> None:
    know(application, [device(1, "GCA-01"), device(2, "GCA-02")])
    window.open_request("SN0002", True)
    assert window.requests_page is not None
    assert at_desk(window.requests_page, qtbot).case is RequestCase.LOST


def test_a_renewal_begins_with_what_the_certificate_says(
    window: MainWindow, application: DeskApplication, qtbot: QtBot
) -> None:
    know(application, [device(1, "GCA-01"), device(2, "GCA-02")])
    window.open_enrolment("SN0002")
    assert window.requests_page is not None
    request = at_desk(window.requests_page, qtbot)
    assert (request.case, request.serial) == (RequestCase.ENROLMENT, "SN0002")
    assert window.requests_page.desk.form.rows["old_serial"].value


# The form


def test_what_is_typed_is_kept_while_it_is_typed(page: RequestsPage, facade: FakeRequests, qtbot: QtBot) -> None:
    request = begin(page, Happening.LEAVING, qtbot)
    type_into(page, "full_name", "Trần Văn Bình")
    assert page.desk.form.saved_mark.text() == "đang lưu…"
    qtbot.waitUntil(lambda: page.desk.form.saved_mark.text() == "đã lưu")
    kept = facade.view(request.id).request
    assert kept.values["full_name"] == "TRẦN VĂN BÌNH"
    assert kept.subject == "TRẦN VĂN BÌNH"


def test_closing_the_window_loses_nothing(
    window: MainWindow, page: RequestsPage, facade: FakeRequests, qtbot: QtBot
) -> None:
    request = begin(page, Happening.LEAVING, qtbot)
    type_into(page, "workplace", "Sở Nội vụ")
    window.close()
    assert facade.view(request.id).request.values["workplace"] == "Sở Nội vụ"


def test_going_elsewhere_keeps_what_was_typed(page: RequestsPage, facade: FakeRequests, qtbot: QtBot) -> None:
    request = begin(page, Happening.LEAVING, qtbot)
    type_into(page, "position", "Chuyên viên")
    page.show_list()
    assert facade.view(request.id).request.values["position"] == "Chuyên viên"


def test_an_error_is_told_when_the_field_is_left_and_stays_until_it_is_put_right(
    page: RequestsPage, qtbot: QtBot
) -> None:
    begin(page, Happening.LEAVING, qtbot)
    form = page.desk.form
    type_into(page, "cert_issued_on", "5/2/80")
    qtbot.waitUntil(lambda: form.saved_mark.text() == "đã lưu")
    assert form.rows["cert_issued_on"].error_text == ""
    type_into(page, "position", "Chuyên viên")
    qtbot.waitUntil(lambda: bool(form.rows["cert_issued_on"].error_text))
    assert form.rows["id_issued_on"].error_text == "", "its label is the same"
    qtbot.waitUntil(lambda: form.saved_mark.text() == "đã lưu")
    assert "Ngày cấp" in form.rows["cert_issued_on"].error_text
    assert form.rows["cert_issued_on"].value == "5/2/80"
    type_into(page, "cert_issued_on", "05/02/2026")
    form.rows["position"].editor.setFocus()
    qtbot.waitUntil(lambda: form.saved_mark.text() == "đã lưu")
    assert form.rows["cert_issued_on"].error_text == ""


def test_signing_what_is_not_whole_leads_to_the_first_gap(
    page: RequestsPage, facade: FakeRequests, tokens: FakeTokenGateway, window: MainWindow, qtbot: QtBot
) -> None:
    tokens.tokens.append(FakeToken(label="GCA-01", keys={"01": ec.generate_private_key(ec.SECP256R1())}))
    window.watch.refresh()
    page.ask_anew()
    begin(page, Happening.LEAVING, qtbot)
    qtbot.waitUntil(page.desk.steps.sign_button.isEnabled)
    type_into(page, "full_name", "")
    qtbot.waitUntil(
        lambda: page.desk.form.saved_mark.text() == "đã lưu" or not page.desk.form.rows["full_name"].is_touched
    )
    page.desk.steps.sign_button.click()
    qtbot.waitUntil(page.notice.isVisible)
    assert "chưa đủ" in page.notice.title
    assert not any(asked.startswith("sign") for asked in facade.asked)
    told = [row for row in page.desk.form.rows.values() if row.error_text]
    assert told
    assert window.focusWidget() is told[0].editor.control


def test_papers_come_and_go_with_the_group(
    page: RequestsPage, facade: FakeRequests, tmp_path: Path, qtbot: QtBot
) -> None:
    request = begin(page, Happening.CERTIFICATE_WANTED, qtbot)
    form = page.desk.form
    assert form.papers == {}
    group = form.rows["group"].editor
    group.show_value("5.1a-1")
    group.edited.emit()
    qtbot.waitUntil(lambda: "appointment" in form.papers)
    paper = tmp_path / "quyết định bổ nhiệm.pdf"
    paper.write_bytes(b"%PDF-1.7 x")
    place = form.papers["appointment"].mapToGlobal(form.papers["appointment"].rect().center())
    page.desk.area.ensureWidgetVisible(form.papers["appointment"])
    place = form.papers["appointment"].mapToGlobal(form.papers["appointment"].rect().center())
    assert page.take_drop([paper], place)
    qtbot.waitUntil(lambda: "appointment" in facade.view(request.id).request.attachments)
    qtbot.waitUntil(lambda: "quyết định bổ nhiệm.pdf" in texts(form.papers["appointment"]))
    form.papers["appointment"].remove_button.click()
    qtbot.waitUntil(lambda: "appointment" not in facade.view(request.id).request.attachments)


# Signing and sending


def test_without_a_token_it_is_printed_signed_by_hand_attached_and_sent(
    page: RequestsPage,
    facade: FakeRequests,
    preferences: Preferences,
    shown_files: list[Path],
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    begin(page, Happening.LOST_OR_EXPOSED, qtbot)
    fill(page)
    steps = page.desk.steps
    assert not steps.sign_button.isVisible()
    assert steps.print_button.property("role") == "primary"
    target = tmp_path / "giấy đề nghị.pdf"
    page.control.save_form(target)
    qtbot.waitUntil(lambda: shown_files == [target])
    assert target.exists()
    assert steps.attach_button.property("role") == "primary"
    scan = tmp_path / "scan.jpg"
    scan.write_bytes(b"\xff\xd8")
    assert page.take_drop([scan], QPoint(0, 0))
    qtbot.waitUntil(steps.send_button.isVisible)
    assert steps.send_button.property("role") == "primary"
    assert steps.mailbox.text() == PERSON["email"]
    steps.send_button.click()
    until_state(page, RequestState.SENT, qtbot)
    asked = [one for one in facade.asked if one not in ("due", "follow")]
    assert asked == ["attach scan.jpg", "queue binhtv@binhduong.gov.vn", "send"]
    assert "Yêu cầu đã gửi" in page.notice.title
    assert preferences.settings.sender_mailbox == PERSON["email"]


def test_with_a_token_it_is_signed_and_sent_in_one_go(
    window: MainWindow,
    page: RequestsPage,
    facade: FakeRequests,
    tokens: FakeTokenGateway,
    qtbot: QtBot,
) -> None:
    token = FakeToken(label="GCA-01", keys={"01": ec.generate_private_key(ec.SECP256R1())})
    tokens.tokens.append(token)
    window.watch.refresh()
    begin(page, Happening.LEAVING, qtbot)
    fill(page)
    steps = page.desk.steps
    qtbot.waitUntil(steps.sign_button.isEnabled)
    assert steps.sign_button.property("role") == "primary"
    steps.is_manager.setChecked(True)
    steps.mailbox.selectAll()
    steps.mailbox.insert("vp@binhduong.gov.vn")
    steps.sign_button.click()
    until_state(page, RequestState.SENT, qtbot)
    assert f"sign {token.serial} True vp@binhduong.gov.vn" in facade.asked
    assert f"send {token.serial}" in facade.asked


def test_a_lost_device_does_not_sign_its_own_revocation(
    window: MainWindow, page: RequestsPage, tokens: FakeTokenGateway, qtbot: QtBot
) -> None:
    token = FakeToken(label="GCA-01", keys={"01": ec.generate_private_key(ec.SECP256R1())})
    tokens.tokens.append(token)
    window.watch.refresh()
    qtbot.waitUntil(lambda: page.desk.steps.signers.combo.count() == 1)
    window.open_request(token.serial, True)
    at_desk(page, qtbot)
    assert page.desk.steps.signers.combo.count() == 0
    assert page.desk.steps.print_button.isVisible()


def test_without_an_automatic_channel_it_is_saved_to_hand_over(
    window: MainWindow, application: DeskApplication, tmp_path: Path, qtbot: QtBot
) -> None:
    application.requests.offered = (HAND,)
    window.show_room(Room.REQUESTS)
    page = window.requests_page
    assert page is not None
    qtbot.waitUntil(page.start.isVisible)
    begin(page, Happening.LEAVING, qtbot)
    fill(page)
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF-1.7")
    page.control.attach_signed(scan)
    steps = page.desk.steps
    qtbot.waitUntil(steps.hand_button.isVisible)
    assert not steps.send_button.isVisible()
    assert not steps.mailbox.isVisible()
    assert steps.hand_button.property("role") == "primary"
    assert page.desk.request is not None
    page.save_for_hand(page.desk.request.id, tmp_path / "yêu cầu.zip")
    until_state(page, RequestState.SENT, qtbot)
    assert (tmp_path / "yêu cầu.zip").exists()


def password_dialog() -> PasswordDialog:
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, PasswordDialog)
    return dialog


def ask_for_password(page: RequestsPage, facade: FakeRequests, folder: Path, qtbot: QtBot) -> PasswordDialog:
    facts = {"user": "binhtv@binhduong.gov.vn", "server": "mail.binhduong.gov.vn"}
    missing = RequestError(ErrorCode.REQUEST_NO_PASSWORD, **facts)
    facade.outcomes = [facade.failed(missing, is_retried=False), facade.arrived]
    begin(page, Happening.LEAVING, qtbot)
    fill(page)
    sign_by_hand(page, folder, qtbot)
    page.desk.steps.send_button.click()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), PasswordDialog))
    return password_dialog()


def test_a_missing_mailbox_password_is_asked_for_and_sending_goes_on(
    page: RequestsPage, facade: FakeRequests, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog = ask_for_password(page, facade, tmp_path, qtbot)
    assert "mail.binhduong.gov.vn" in texts(dialog).replace("\u200b", "")
    qtbot.keyClicks(dialog.field, "s3cret")
    dialog.send_button.click()
    until_state(page, RequestState.SENT, qtbot)
    assert facade.passwords == [("thu", "binhtv@binhduong.gov.vn", "s3cret")]


def test_without_a_keyring_the_person_is_told_of_the_other_way(
    page: RequestsPage, facade: FakeRequests, tmp_path: Path, qtbot: QtBot
) -> None:
    facade.has_keyring = False
    dialog = ask_for_password(page, facade, tmp_path, qtbot)
    qtbot.keyClicks(dialog.field, "s3cret")
    dialog.send_button.click()
    until_state(page, RequestState.QUEUED, qtbot)
    assert "mật khẩu" in page.notice.title.lower()
    assert page.overview.details.hand_button.isVisible()


def test_who_gives_no_password_finds_the_request_waiting(
    page: RequestsPage, facade: FakeRequests, tmp_path: Path, qtbot: QtBot
) -> None:
    ask_for_password(page, facade, tmp_path, qtbot).cancel_button.click()
    until_state(page, RequestState.QUEUED, qtbot)
    assert page.notice.title == "Chưa có mật khẩu hộp thư"
    assert page.overview.details.send_button.text().replace("&", "") == "Thử lại ngay"
    facade.outcomes = [facade.arrived]
    page.overview.details.send_button.click()
    until_state(page, RequestState.SENT, qtbot)


def test_what_is_refused_on_its_way_out_stays_signed_at_the_desk(
    page: RequestsPage, facade: FakeRequests, tmp_path: Path, qtbot: QtBot
) -> None:
    begin(page, Happening.LEAVING, qtbot)
    fill(page)
    sign_by_hand(page, tmp_path, qtbot)
    facade.refusal = RequestError(ErrorCode.REQUEST_MAILBOX, mailbox="a@gmail.com", domains="binhduong.gov.vn")
    page.desk.steps.send_button.click()
    qtbot.waitUntil(page.notice.isVisible)
    assert page.notice.title == "Không phải hộp thư công vụ"
    assert page.desk.isVisible()
    assert page.desk.steps.send_button.isEnabled()


def test_what_is_being_sent_by_itself_meanwhile_is_no_error(
    page: RequestsPage, facade: FakeRequests, tmp_path: Path, qtbot: QtBot
) -> None:
    begin(page, Happening.LEAVING, qtbot)
    fill(page)
    sign_by_hand(page, tmp_path, qtbot)
    request = page.desk.request
    assert request is not None
    facade.queue(request.id)
    facade.refusal = RequestError(ErrorCode.REQUEST_STATE, request=request.id, state=RequestState.SENDING.value)
    page.desk.steps.send_button.click()
    until_state(page, RequestState.QUEUED, qtbot)
    assert not page.notice.isVisible()


def test_a_pin_that_gets_locked_while_signing_leads_to_the_gate(
    window: MainWindow, page: RequestsPage, facade: FakeRequests, tokens: FakeTokenGateway, qtbot: QtBot
) -> None:
    token = FakeToken(label="GCA-01", keys={"01": ec.generate_private_key(ec.SECP256R1())})
    tokens.tokens.append(token)
    window.watch.refresh()
    begin(page, Happening.LEAVING, qtbot)
    fill(page)
    qtbot.waitUntil(page.desk.steps.sign_button.isEnabled)
    facade.refusal = TokenError(ErrorCode.TOKEN_PIN_LOCKED, serial=token.serial)
    page.desk.steps.sign_button.click()
    qtbot.waitUntil(page.notice.isVisible)
    assert page.notice.action_button.text() == "Lập yêu cầu mở khóa"
    page.notice.action_button.click()
    qtbot.waitUntil(lambda: page.start.question is not None and page.start.question.isVisible())


# The list


@pytest.fixture
def draft(facade: FakeRequests, application: DeskApplication) -> Request:
    know(application, [device(1, "GCA-01")])
    return facade.begin(RequestCase.LOST, serial="SN0001").request


def test_a_draft_is_found_again_and_goes_on(draft: Request, page: RequestsPage, qtbot: QtBot) -> None:
    assert page.overview.isVisible()
    assert page.overview.list.text_at(0, STATE) == "Nháp"
    details = page.overview.details
    qtbot.waitUntil(details.isVisible)
    assert "Điền đủ các mục" in texts(details)
    details.continue_button.click()
    assert at_desk(page, qtbot).id == draft.id


def test_a_draft_is_given_up_only_after_a_question(
    draft: Request, page: RequestsPage, facade: FakeRequests, qtbot: QtBot
) -> None:
    qtbot.waitUntil(page.overview.details.give_up_button.isVisible)
    for is_yes in (False, True):
        page.overview.details.give_up_button.click()
        qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), QuestionDialog))
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QuestionDialog)
        assert facade.all()
        (dialog.yes_button if is_yes else dialog.no_button).click()
    qtbot.waitUntil(lambda: facade.all() == ())
    qtbot.waitUntil(page.start.isVisible)


def test_a_receipt_dropped_on_the_page_is_taken(
    page: RequestsPage, facade: FakeRequests, tmp_path: Path, qtbot: QtBot
) -> None:
    begin(page, Happening.LEAVING, qtbot)
    fill(page)
    sign_by_hand(page, tmp_path, qtbot)
    page.desk.steps.send_button.click()
    until_state(page, RequestState.SENT, qtbot)
    receipt = tmp_path / "phiếu.eml"
    receipt.write_bytes(b"x")
    assert page.take_drop([receipt], QPoint(0, 0))
    until_state(page, RequestState.RECEIVED, qtbot)
    assert "đã tiếp nhận" in page.notice.title
    assert "SO-12/2026" in texts(page.overview.details)


def test_a_receipt_that_does_not_hold_is_said(
    draft: Request, page: RequestsPage, facade: FakeRequests, tmp_path: Path, qtbot: QtBot
) -> None:
    facade.refusal = RequestError(ErrorCode.REQUEST_RECEIPT_SIGNER, file="p.p7m", signer="Người lạ")
    page.take_receipt(tmp_path / "p.p7m")
    qtbot.waitUntil(page.notice.isVisible)
    assert "không do cơ quan quản lý ký" in page.notice.title


def test_an_alarm_stays_until_the_person_calls(
    draft: Request, page: RequestsPage, facade: FakeRequests, qtbot: QtBot
) -> None:
    facade.raised = [RaisedAlarm(alarm=Alarm.NOT_SENT, request=draft)]
    page.refresh()
    qtbot.waitUntil(page.alarm.isVisible)
    assert HOLDER.upper() in page.alarm.text
    page.alarm.action_button.click()
    qtbot.waitUntil(lambda: not page.alarm.isVisible())
    assert facade.view(draft.id).request.is_alarm_acknowledged


def test_what_was_recovered_is_told_until_it_is_read(
    draft: Request, page: RequestsPage, application: DeskApplication, qtbot: QtBot
) -> None:
    application.services.requests.damage = Recovery(  # type: ignore[attr-defined]  # of the fake
        reason="not a database", recovered=(draft.id,), unreadable=("0815",)
    )
    page.refresh()
    qtbot.waitUntil(page.recovery.isVisible)
    assert "0815" in page.recovery.text
    page.recovery.action_button.click()
    qtbot.waitUntil(lambda: not page.recovery.isVisible())


def test_the_list_shows_problem_remedy_and_every_step(
    draft: Request, page: RequestsPage, facade: FakeRequests, application: DeskApplication, qtbot: QtBot
) -> None:
    unreachable = RequestError(ErrorCode.REQUEST_SERVER_UNREACHABLE, server="mail.binhduong.gov.vn", reason="timeout")
    signed = replace(draft, state=RequestState.SIGNED, revision=draft.revision + 1)
    queued = facade.failed(unreachable, is_retried=True)(signed)
    store = application.services.requests
    assert store.replace(draft, signed)
    assert store.replace(signed, queued)
    page.refresh()
    until_state(page, RequestState.QUEUED, qtbot)
    shown = texts(page.overview.details)
    assert "mail.binhduong.gov.vn" in shown
    assert "Chương trình tự gửi lại lúc" in shown
    assert "Thư điện tử công vụ" in shown


def test_a_form_is_looked_at_without_a_trace(
    draft: Request, page: RequestsPage, window: MainWindow, shown_files: list[Path], qtbot: QtBot
) -> None:
    qtbot.waitUntil(page.overview.details.look_button.isVisible)
    page.overview.details.look_button.click()
    qtbot.waitUntil(lambda: bool(shown_files))
    assert shown_files[0].exists()
    window.close()
    assert not shown_files[0].exists()


def test_a_request_that_was_begun_for_a_device_is_not_begun_twice(
    draft: Request, window: MainWindow, facade: FakeRequests, qtbot: QtBot
) -> None:
    window.open_request(draft.serial, True)
    assert window.requests_page is not None
    assert at_desk(window.requests_page, qtbot).id == draft.id
    assert len(facade.all()) == 1


def test_an_encrypted_file_is_no_receipt(page: RequestsPage, facade: FakeRequests, tmp_path: Path) -> None:
    envelope = tmp_path / "quyết định.p7m"
    envelope.write_bytes(bytes.fromhex("3080") + bytes.fromhex("06092a864886f70d010703") + bytes(20))
    assert not page.take_drop([envelope], QPoint(0, 0))
    assert not any(asked.startswith("receipt") for asked in facade.asked)


def test_an_outbox_that_cannot_be_read_is_said_and_the_questions_stay(
    window: MainWindow, facade: FakeRequests, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    def fail() -> tuple[Request, ...]:
        raise StorageError(ErrorCode.STORAGE_OUTBOX, reason="disk I/O error")

    monkeypatch.setattr(facade, "all", fail)
    window.show_room(Room.REQUESTS)
    page = window.requests_page
    assert page is not None
    qtbot.waitUntil(page.notice.isVisible)
    assert page.notice.title == "Không dùng được hộp yêu cầu"
    assert page.start.isVisible()


def test_what_is_typed_while_it_is_saved_is_saved_next(
    page: RequestsPage, facade: FakeRequests, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    request = begin(page, Happening.LEAVING, qtbot)
    began, gate, change = threading.Event(), threading.Event(), facade.change

    def slow(request_id: str, **changes: object) -> object:
        began.set()
        gate.wait(5)
        return change(request_id, **changes)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(facade, "change", slow)
    type_into(page, "workplace", "Sở Nội vụ")
    qtbot.waitUntil(began.is_set)
    type_into(page, "position", "Chuyên viên")
    saver = page.desk.form.saver
    qtbot.waitUntil(lambda: not saver._timer.isActive())  # its pause ends while the first change is still under way
    gate.set()
    qtbot.waitUntil(lambda: page.desk.form.saved_mark.text() == "đã lưu")
    values = facade.view(request.id).request.values
    assert (values["workplace"], values["position"]) == ("Sở Nội vụ", "Chuyên viên")


def test_what_could_not_be_kept_is_said_and_tried_again(
    page: RequestsPage, facade: FakeRequests, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    request = begin(page, Happening.LEAVING, qtbot)
    change = facade.change

    def fail(request_id: str, **changes: object) -> None:
        raise StorageError(ErrorCode.STORAGE_OUTBOX, reason="no space")

    monkeypatch.setattr(facade, "change", fail)
    type_into(page, "workplace", "Sở Nội vụ")
    qtbot.waitUntil(page.notice.isVisible)
    assert page.desk.form.saved_mark.text() == "chưa lưu được"
    monkeypatch.setattr(facade, "change", change)
    type_into(page, "position", "Chuyên viên")
    qtbot.waitUntil(lambda: page.desk.form.saved_mark.text() == "đã lưu")
    values = facade.view(request.id).request.values
    assert (values["workplace"], values["position"]) == ("Sở Nội vụ", "Chuyên viên")
