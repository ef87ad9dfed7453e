"""What a person does with the one request at the desk: fill in, print, sign, attach, send."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from bdsigner.errors import BdsignerError, ErrorCode, RequestError, UserCancelled
from bdsigner.gui.jobs import run_job
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.preferences import Preferences
from bdsigner.gui.requests.paper_files import PaperFiles
from bdsigner.gui.requests.request_desk import RequestDesk
from bdsigner.gui.requests.send_control import SendControl
from bdsigner.gui.widgets.notice import Notice
from bdsigner.messages.translate import tr
from bdsigner.model.request import Decision, Request, RequestState, RequestView

if TYPE_CHECKING:
    from collections.abc import Callable

    from bdsigner.app import Application

T = TypeVar("T")
AT_THE_DESK = (RequestState.DRAFT, RequestState.SIGNED)
"""States in which something is left to do there."""


class DeskControl(QObject):
    """Whatever needs the form as it is waits until what was typed is kept."""

    opened = Signal()
    """The desk has another request, or the same further on."""

    def __init__(
        self,
        application: "Application",
        desk: RequestDesk,
        sending: SendControl,
        files: PaperFiles,
        notice: Notice,
        preferences: Preferences,
    ) -> None:
        super().__init__(desk)
        self._application = application
        self._desk = desk
        self._sending = sending
        self._files = files
        self._notice = notice
        self._preferences = preferences
        desk.failed.connect(self._say)
        desk.changed.connect(lambda view: desk.steps.show_request(view.request, mailbox=self._mailbox(view)))
        steps = desk.steps
        steps.sign_asked.connect(self.sign)
        steps.sign_more_asked.connect(self.sign_more)
        steps.send_asked.connect(self.send)
        steps.print_asked.connect(self.print)
        steps.attach_asked.connect(lambda: files.ask_signed(self.attach_signed))
        steps.look_asked.connect(lambda: self.look(desk.request))

    def begin(self, decision: Decision, serial: str) -> None:
        """A new one, unless the same was begun before; a lost device signs no more from here on."""
        requests = self._application.requests

        def work() -> RequestView:
            begun = (
                one.id
                for one in requests.all()
                if serial and (one.serial, one.case) == (serial, decision.case) and one.state in AT_THE_DESK
            )
            request_id = next(begun, "")
            if request_id:
                return requests.view(request_id)
            return requests.begin(decision.case, serial=serial, form=decision.form)

        self._run(work, self.show)

    def open(self, request_id: str) -> None:
        """One that was begun before."""
        requests = self._application.requests
        self._run(lambda: requests.view(request_id), self.show)

    def show(self, view: RequestView) -> None:
        """Work on it from here on."""
        self._desk.show_view(view, mailbox=self._mailbox(view))
        self.opened.emit()

    def print(self) -> None:
        """Ask where to save the form, for signing by hand."""
        self._desk.form.saver.after_saving(self._ask_where_to_print)

    def save_form(self, target: Path) -> None:
        """Save the form, and show it so that it can be printed."""
        request = self._desk.request
        if request is None:
            return
        requests = self._application.requests

        def saved(_pages: int) -> None:
            self._desk.steps.set_printed()
            self._files.show(target)
            self._notice.say(
                Tone.VALID,
                tr("Đã lưu {file}").format(file=target.name),
                tr("In ra, ký tay, chụp hoặc quét lại, rồi đính kèm bản đã ký."),
            )

        self._after_saving(lambda: requests.print(request.id, target), saved)

    def look(self, request: Request | None) -> None:
        """Show the form as it is, or what was signed of it."""
        if request is not None:
            requests, target = self._application.requests, self._files.look_path()
            self._after_saving(lambda: requests.print(request.id, target), lambda _: self._files.show(target))

    def attach_signed(self, path: Path) -> None:
        """The paper that was signed by hand, or with another program."""
        request = self._desk.request
        if request is None:
            return
        requests = self._application.requests

        def attach() -> RequestView:
            requests.attach_signed(request.id, path)
            return requests.view(request.id)

        def attached(view: RequestView) -> None:
            self.show(view)
            self._notice.say(Tone.VALID, tr("Đã nhận bản đã ký"), tr("Bây giờ gửi đi, hoặc lưu để nộp trực tiếp."))

        self._after_saving(attach, attached)

    def sign(self) -> None:
        """With the device, and send at once where the program can."""
        request, steps = self._desk.request, self._desk.steps
        signer = steps.signer
        if request is None or signer is None:
            return
        is_manager, mailbox = steps.is_manager.isChecked(), steps.mailbox.text().strip()

        def begin() -> None:
            if not self._is_whole():
                return
            self._notice.clear()
            if steps.has_automatic_channel:
                self._sending.sign_and_send(request.id, signer, is_manager=is_manager, mailbox=mailbox)
            else:
                self._sending.sign_only(request.id, signer, is_manager=is_manager)

        self._desk.form.saver.after_saving(begin)

    def sign_more(self) -> None:
        """The other one of the two signatures."""
        request, signer = self._desk.request, self._desk.steps.signer
        if request is not None and signer is not None:
            self._notice.clear()
            self._sending.sign_only(request.id, signer, is_manager=self._desk.steps.is_manager.isChecked())

    def send(self) -> None:
        """What is signed."""
        request, steps = self._desk.request, self._desk.steps
        if request is not None:
            self._notice.clear()
            self._sending.send(request.id, steps.signer, mailbox=steps.mailbox.text().strip())

    def _ask_where_to_print(self) -> None:
        refused = self._desk.form.refused
        if refused:
            self._desk.form.tell_problems()
            self._say(refused[0])
            return
        name = tr("giay-de-nghi-{day}.pdf").format(day=today())
        self._files.ask_target(tr("Lưu giấy đề nghị để in"), name, tr("Tệp PDF (*.pdf)"), self.save_form)

    def _is_whole(self) -> bool:
        """Whether nothing is missing; otherwise the fields say what is."""
        if not self._desk.form.tell_problems():
            return True
        problems = self._desk.form.problems
        example = str(problems[0].facts.get("label") or problems[0].facts.get("name") or "…").rstrip(": ")
        self._say(RequestError(ErrorCode.REQUEST_INCOMPLETE, count=len(problems), example=example))
        return False

    def _mailbox(self, view: RequestView) -> str:
        """The one that was sent from last, else that of the form if it is an official one."""
        typed = view.filled.form.values.get("email", "")
        domains = {domain.casefold() for domain in self._application.profile.mail_domains}
        is_official = typed.rpartition("@")[2].casefold() in domains
        return self._preferences.settings.sender_mailbox or (typed if is_official else "")

    def _after_saving(self, work: "Callable[[], T]", done: "Callable[[T], None]") -> None:
        self._desk.form.saver.after_saving(lambda: self._run(work, done))

    def _run(self, work: "Callable[[], T]", done: "Callable[[T], None]") -> None:
        self._notice.clear()
        run_job(self, lambda _: work(), done=done, failed=self._say)

    def _say(self, error: BdsignerError) -> None:
        if not isinstance(error, UserCancelled):
            self._notice.say_error(error)


def today() -> str:
    """For names of files: it sorts."""
    return datetime.now().astimezone().strftime("%Y-%m-%d")
