"""Yêu cầu: what happened, the form, signing and sending it, and what became of it (Điều 6–8)."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.gui.drops import is_envelope
from bdsigner.gui.error_actions import way_out_of_lock
from bdsigner.gui.jobs import run_job
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.icons import set_icon
from bdsigner.gui.look.theme import UNIT, title_font
from bdsigner.gui.preferences import Preferences
from bdsigner.gui.requests.alarm_notice import AlarmNotice
from bdsigner.gui.requests.desk_control import AT_THE_DESK, DeskControl, today
from bdsigner.gui.requests.give_up_question import ask_to_give_up
from bdsigner.gui.requests.overview import Overview
from bdsigner.gui.requests.paper_files import PAPER_SUFFIXES, RECEIPT_SUFFIXES, PaperFiles
from bdsigner.gui.requests.recovery_notice import RecoveryNotice
from bdsigner.gui.requests.request_desk import RequestDesk
from bdsigner.gui.requests.send_control import SendControl
from bdsigner.gui.requests.start_panel import StartPanel
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.work_strip import WorkStrip
from bdsigner.messages.requests import describe_problem, next_step, state_name
from bdsigner.messages.translate import tr
from bdsigner.model.request import (
    Happening,
    RaisedAlarm,
    Recovery,
    Request,
    RequestState,
    RequestView,
)
from bdsigner.model.token import SignerListing

if TYPE_CHECKING:
    from bdsigner.app import Application
    from bdsigner.ports import Interaction

_Found = tuple[tuple[Request, ...], tuple[RaisedAlarm, ...], Recovery | None]


class RequestsPage(QWidget):
    """Shows the guided start, the desk of one request, or the list of all."""

    work_started = Signal()
    work_finished = Signal()

    def __init__(
        self,
        application: "Application",
        interaction: "Interaction",
        preferences: Preferences,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._application = application
        self._preferences = preferences
        self._requests: tuple[Request, ...] = ()
        self._is_first_look = True
        self._chosen = ""
        self.files = PaperFiles(self, preferences)
        self.sending = SendControl(application, interaction, self)
        self.recovery = RecoveryNotice()
        self.alarm = AlarmNotice(application.profile.requests.phone)
        self.notice = Notice()
        self.start = StartPanel(application)
        self.desk = RequestDesk(application)
        self.desk.steps.signers.remember(preferences.settings.last_signer)
        self.control = DeskControl(application, self.desk, self.sending, self.files, self.notice, preferences)
        self.overview = Overview(application.requests.channels)
        self.strip = WorkStrip()
        self.stack = QStackedWidget()
        for place in (QWidget(), self.start, self.desk, self.overview):
            self.stack.addWidget(place)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 2 * UNIT)
        layout.setSpacing(UNIT)
        layout.addLayout(self._head())
        for widget in (self.recovery, self.alarm, self.notice):
            layout.addWidget(widget)
        layout.addWidget(self.stack, stretch=1)
        layout.addWidget(self.strip)
        self._connect()
        self._update_head()

    # What the window asks for

    def refresh(self, chosen: str = "") -> None:
        """Read all requests again; ``chosen`` is the id of the one to show in the list."""
        self._chosen = chosen or self._chosen
        requests = self._application.requests

        def read() -> _Found:
            return requests.all(), requests.alarms(), requests.recovery()

        run_job(self, lambda _: read(), done=lambda found: self._show_found(*found), failed=self._say_unread)

    def open_request(self, serial: str, *, is_lost: bool) -> None:
        """Begin a request for a device, present or not: it is locked, or it was lost."""
        happening = Happening.LOST_OR_EXPOSED if is_lost else Happening.PIN_FORGOTTEN_OR_LOCKED
        self._begin_start(happening, serial)

    def open_enrolment(self, serial: str) -> None:
        """Begin the renewal of what is on a device."""
        self._begin_start(Happening.CERTIFICATE_WANTED, serial)

    def set_listing(self, listing: SignerListing) -> None:
        """Who could sign now."""
        self.desk.steps.set_listing(listing)

    def take_drop(self, paths: Sequence[Path], place: QPoint) -> bool:
        """Take a file dropped here, at that place of the screen; false: it is for another page."""
        if len(paths) != 1:
            return False
        path, is_at_desk = paths[0], self.stack.currentWidget() is self.desk
        request = self.desk.request
        if path.suffix.lower() in RECEIPT_SUFFIXES and not is_envelope(path):
            self.take_receipt(path)
            return True
        if not is_at_desk or request is None or request.state is not RequestState.DRAFT:
            return False
        paper = self.desk.paper_at(place)
        if paper:
            self.desk.take_paper(paper, path)
            return True
        if path.suffix.lower() in PAPER_SUFFIXES:
            self.control.attach_signed(path)
            return True
        return False

    def finish(self) -> None:
        """The window closes: keep what was typed."""
        self.desk.form.saver.finish()
        self.files.forget()

    # What a person does

    def ask_anew(self) -> None:
        """“Chuyện gì đã xảy ra?”"""
        self._leave_desk()
        self.start.start_over()
        self._show(self.start)

    def show_list(self, chosen: str = "") -> None:
        """“Yêu cầu của tôi”; ``chosen`` is the id of the one to show."""
        self._is_first_look = False
        self._leave_desk()
        self._show(self.overview)
        self.refresh(chosen)

    def take_receipt(self, path: Path) -> None:
        """What the department sent."""
        requests = self._application.requests
        self.notice.clear()
        run_job(self, lambda _: requests.take_receipt(path), done=self._received, failed=self._say)

    def save_for_hand(self, request_id: str, target: Path) -> None:
        """Everything in one file, to hand over."""
        requests = self._application.requests

        def saved(request: Request) -> None:
            self._leave_desk()
            self._show(self.overview)
            self.notice.say(
                Tone.VALID, tr("Đã lưu {file}").format(file=target.name), tr("Nộp tập tin này cho cơ quan quản lý.")
            )
            self.refresh(request.id)

        run_job(self, lambda _: requests.save_for_hand(request_id, target), done=saved, failed=self._say)

    # The way there

    def _begin_start(self, happening: Happening, serial: str) -> None:
        self._leave_desk()
        self._is_first_look = False
        self._show(self.start)
        self.start.begin(happening, serial)

    def _open(self, request: Request) -> None:
        """From the list to the desk, if there is something to do."""
        if request.state in AT_THE_DESK:
            self.control.open(request.id)

    def _show_desk(self) -> None:
        if self.desk.request is not None:
            self._chosen = self.desk.request.id
        self._is_first_look = False
        self._show(self.desk)

    def _send_chosen(self) -> None:
        request = self.overview.details.request
        if request is not None:
            self.notice.clear()
            self.sending.send(request.id, self.desk.steps.signer)

    @property
    def _shown_request(self) -> Request | None:
        return self.desk.request if self.stack.currentWidget() is self.desk else self.overview.details.request

    def _hand_over(self) -> None:
        request = self._shown_request
        if request is None:
            return
        name = tr("yeu-cau-{day}.zip").format(day=today())
        self.files.ask_target(
            tr("Lưu để nộp trực tiếp"),
            name,
            tr("Tệp ZIP (*.zip)"),
            lambda target: self.save_for_hand(request.id, target),
        )

    def _give_up(self) -> None:
        request = self._shown_request
        if request is None:
            return
        requests = self._application.requests

        def give_up() -> None:
            self.desk.leave()
            run_job(self, lambda _: requests.withdraw(request.id), done=lambda _: self.show_list(), failed=self._say)

        ask_to_give_up(request, self, give_up)

    # What came of it

    def _show_found(
        self, requests: tuple[Request, ...], alarms: tuple[RaisedAlarm, ...], recovery: Recovery | None
    ) -> None:
        self._requests = requests
        self.overview.show_requests(requests, chosen=self._chosen)
        self.alarm.show_alarms(alarms)
        self.recovery.show_recovery(recovery if not alarms else None)  # one at a time: they are long
        is_list = self.stack.currentWidget() is self.overview
        if self._is_first_look or (is_list and not requests):
            self._show(self.overview if requests else self.start)
        self._is_first_look = False
        self._update_head()

    def _acknowledge_recovery(self) -> None:
        requests = self._application.requests
        run_job(self, lambda _: requests.acknowledge_recovery(), done=lambda _: self.refresh(), failed=self._say)

    def _acknowledge_alarm(self, request_id: str) -> None:
        requests = self._application.requests
        run_job(self, lambda _: requests.acknowledge_alarm(request_id), done=lambda _: self.refresh(), failed=self._say)

    def _received(self, request: Request) -> None:
        self._leave_desk()
        self._show(self.overview)
        self.notice.say(
            Tone.BROKEN if request.state is RequestState.REFUSED else Tone.VALID,
            tr("Đã nhận phiếu trả lời: {state}").format(state=state_name(request.state)),
            request.reason or next_step(request),
        )
        self.refresh(request.id)

    def _sent(self, request: Request) -> None:
        if request.sender:
            self._preferences.change(sender_mailbox=request.sender)
        if request.state is RequestState.SIGNED:
            self._open(request)
            self.notice.say(Tone.VALID, tr("Đã ký"), next_step(request))
            return
        self._leave_desk()
        self._show(self.overview)
        problem = describe_problem(request)
        if request.state.waits_for_sending:
            title = problem.title if problem is not None else tr("Yêu cầu đang chờ gửi")
            self.notice.say(Tone.CAUTION, title, next_step(request))
        else:
            title = tr("Yêu cầu {state}").format(state=state_name(request.state))
            self.notice.say(Tone.VALID, title, next_step(request))
        self.refresh(request.id)

    def _not_sent(self, error: BdsignerError, request_id: str) -> None:
        """It may be further on all the same: signed, and refused only on its way out, or just being sent by itself."""
        if error.facts.get("state") != RequestState.SENDING.value and not isinstance(error, UserCancelled):
            serial = self.sending.serial
            action = way_out_of_lock(error, lambda: self.open_request(serial, is_lost=False))
            self.notice.say_error(error, action=action)
        at_work = self.desk.request
        if self.stack.currentWidget() is self.desk and at_work is not None and at_work.id == request_id:
            requests = self._application.requests
            run_job(self, lambda _: requests.view(request_id), done=self._show_as_it_is, failed=self._say)
        else:
            self.refresh()

    def _show_as_it_is(self, view: RequestView) -> None:
        if view.request.state in AT_THE_DESK:
            if self.desk.request is None or self.desk.request.state is not view.request.state:
                self.control.show(view)
        else:
            self._leave_desk()
            self._show(self.overview)
            self.refresh(view.request.id)

    def _say_unread(self, error: BdsignerError) -> None:
        """What is kept cannot be read: the questions are still there."""
        if self._is_first_look:
            self._show(self.start)
        self._say(error)

    def _say(self, error: BdsignerError) -> None:
        if not isinstance(error, UserCancelled):
            self.notice.say_error(error)

    # Making

    def _show(self, place: QWidget) -> None:
        self.stack.setCurrentWidget(place)
        self._update_head()

    def _leave_desk(self) -> None:
        self.notice.clear()
        self.desk.leave()

    def _update_head(self) -> None:
        is_list = self.stack.currentWidget() is self.overview
        self.new_button.setVisible(is_list)
        self.list_button.setVisible(not is_list and (bool(self._requests) or self.desk.request is not None))
        self.receipt_button.setVisible(is_list)

    def _set_working(self, *, is_working: bool) -> None:
        self.desk.steps.set_working(is_working=is_working)
        self.desk.form.setEnabled(not is_working)
        self.overview.details.setEnabled(not is_working)
        for button in (self.new_button, self.list_button):
            button.setEnabled(not is_working)
        if is_working:
            self.strip.start(tr("Đang ký và gửi…"))
            self.work_started.emit()
        else:
            self.strip.finish()
            self.work_finished.emit()

    def _connect(self) -> None:
        self.start.decided.connect(self.control.begin)
        self.control.opened.connect(self._show_desk)
        self.strip.cancelled.connect(self.sending.cancel)
        self.desk.steps.hand_asked.connect(self._hand_over)
        self.desk.steps.give_up_asked.connect(self._give_up)
        self.recovery.acknowledged.connect(self._acknowledge_recovery)
        self.alarm.acknowledged.connect(self._acknowledge_alarm)
        details = self.overview.details
        self.overview.list.opened.connect(self._open)
        details.continue_asked.connect(self._open_chosen)
        details.send_asked.connect(self._send_chosen)
        details.hand_asked.connect(self._hand_over)
        details.look_asked.connect(lambda: self.control.look(details.request))
        details.receipt_asked.connect(lambda: self.files.ask_receipt(self.take_receipt))
        details.give_up_asked.connect(self._give_up)
        self.sending.work_started.connect(lambda: self._set_working(is_working=True))
        self.sending.work_finished.connect(lambda: self._set_working(is_working=False))
        self.sending.ended.connect(self._sent)
        self.sending.failed.connect(self._not_sent)
        self.sending.password_not_kept.connect(self._say_no_keyring)

    def _open_chosen(self) -> None:
        if self.overview.details.request is not None:
            self._open(self.overview.details.request)

    def _say_no_keyring(self) -> None:
        self.notice.say(
            Tone.CAUTION,
            tr("Kho khóa của hệ điều hành không nhận mật khẩu"),
            tr("Chương trình không giữ mật khẩu ở nơi khác. Hãy lưu yêu cầu thành tập tin để nộp trực tiếp."),
        )

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        title = QLabel(tr("Yêu cầu"))
        title.setFont(title_font())
        self.new_button = QPushButton(tr("Lập yêu cầu &mới…"))
        set_icon(self.new_button, "plus", size=2 * UNIT)
        self.new_button.clicked.connect(self.ask_anew)
        self.receipt_button = QPushButton(tr("Nhận &phiếu trả lời…"))
        set_icon(self.receipt_button, "inbox", size=2 * UNIT)
        self.receipt_button.clicked.connect(lambda: self.files.ask_receipt(self.take_receipt))
        self.list_button = QPushButton(tr("Danh sách yê&u cầu"))
        set_icon(self.list_button, "list", size=2 * UNIT)
        self.list_button.clicked.connect(lambda _: self.show_list())
        row.addWidget(title)
        row.addStretch(1)
        for button in (self.new_button, self.receipt_button, self.list_button):
            row.addWidget(button)
        return row
