"""Signing and sending a request: the work off the window's thread, and the mailbox's password in between."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from bdsigner.errors import BdsignerError, ErrorCode, UserCancelled
from bdsigner.gui.jobs import Job, run_job
from bdsigner.model.request import Request, RequestState
from bdsigner.model.token import SignerIdentity

if TYPE_CHECKING:
    from bdsigner.app import Application
    from bdsigner.ports import Interaction, Progress

_PASSWORDS = (ErrorCode.REQUEST_NO_PASSWORD.value, ErrorCode.REQUEST_PASSWORD_REFUSED.value)


class SendControl(QObject):
    """One thing at a time; ``ended`` or ``failed`` comes once for each."""

    work_started = Signal()
    work_finished = Signal()
    ended = Signal(object)
    """The ``Request`` as it is now, sent or not."""
    failed = Signal(object, str)
    """The ``BdsignerError``, and the id of the request."""
    password_not_kept = Signal()
    """There is no keyring that takes it."""

    def __init__(self, application: "Application", interaction: "Interaction", window: QWidget) -> None:
        super().__init__(window)
        self._application = application
        self._interaction = interaction
        self._window = window
        self._job: Job | None = None
        self.serial = ""
        """Of the device that was used last; empty: none was."""

    def sign_and_send(self, request_id: str, signer: SignerIdentity, *, is_manager: bool, mailbox: str) -> None:
        """Sign it, make it ready and send it at once; it stays signed when there is no way to send it."""
        requests, interaction = self._application.requests, self._interaction

        def work(progress: "Progress") -> Request:
            request = requests.sign(
                request_id,
                serial=signer.token.serial,
                key_id=signer.key_id,
                is_manager=is_manager,
                send_from=mailbox,
                interaction=interaction,
                progress=progress,
            )
            return self._send(request, signer, mailbox, progress)

        self._run(request_id, work, signer)

    def sign_only(self, request_id: str, signer: SignerIdentity, *, is_manager: bool) -> None:
        """Another signature, or one without a way to send."""
        requests, interaction = self._application.requests, self._interaction
        self._run(
            request_id,
            lambda progress: requests.sign(
                request_id,
                serial=signer.token.serial,
                key_id=signer.key_id,
                is_manager=is_manager,
                interaction=interaction,
                progress=progress,
            ),
            signer,
        )

    def send(self, request_id: str, signer: SignerIdentity | None = None, *, mailbox: str = "") -> None:
        """Make it ready unless it is, and send it now."""
        requests = self._application.requests
        self._run(
            request_id,
            lambda progress: self._send(requests.view(request_id).request, signer, mailbox, progress),
            signer,
        )

    def cancel(self) -> None:
        """Stop at the next step."""
        if self._job is not None:
            self._job.cancel()

    def _send(self, request: Request, signer: SignerIdentity | None, mailbox: str, progress: "Progress") -> Request:
        requests = self._application.requests
        if request.state is RequestState.SIGNED:
            request = requests.queue(request.id, send_from=mailbox)
        if not request.state.waits_for_sending:
            return request
        return requests.send_now(
            request.id,
            serial=signer.token.serial if signer is not None else "",
            key_id=signer.key_id if signer is not None else "",
            interaction=self._interaction if signer is not None else None,
            progress=progress,
        )

    def _run(self, request_id: str, work: "Callable[[Progress], Request]", signer: SignerIdentity | None) -> None:
        if self._job is not None:
            return
        self.serial = signer.token.serial if signer is not None else ""
        self.work_started.emit()

        def done(request: Request) -> None:
            self._end()
            if request.state.waits_for_sending and request.problem in _PASSWORDS:
                self._ask_password(request, signer)
            else:
                self.ended.emit(request)

        def failed(error: BdsignerError) -> None:
            self._end()
            self.failed.emit(error, request_id)

        self._job = run_job(self, work, done=done, failed=failed)

    def _end(self) -> None:
        self._job = None
        self.work_finished.emit()

    # The mailbox's password

    def _ask_password(self, request: Request, signer: SignerIdentity | None) -> None:
        from bdsigner.gui.dialogs.password_dialog import PasswordDialog

        user, server = (str(request.problem_facts.get(name, "")) for name in ("user", "server"))
        is_refused = request.problem == ErrorCode.REQUEST_PASSWORD_REFUSED.value
        dialog = PasswordDialog(user, server, is_refused=is_refused, parent=self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._keep_password(request, signer, user, dialog.take_password()))
        dialog.rejected.connect(lambda: self.ended.emit(request))
        dialog.open()

    def _keep_password(self, request: Request, signer: SignerIdentity | None, user: str, password: str) -> None:
        requests = self._application.requests

        def kept(is_kept: bool) -> None:  # a result, not a switch
            if is_kept:
                self.send(request.id, signer)
            else:
                self.password_not_kept.emit()
                self.ended.emit(request)

        def failed(error: BdsignerError) -> None:
            if not isinstance(error, UserCancelled):
                self.failed.emit(error, request.id)

        run_job(self, lambda _: requests.keep_password(request.channel, user, password), done=kept, failed=failed)
