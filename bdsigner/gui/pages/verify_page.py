"""Kiểm tra: whether received files are genuine; one sentence, one colour, one reason, then the rest on demand."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from bdsigner.app import Application
from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.gui.jobs import Job, run_job
from bdsigner.gui.look.icons import set_icon
from bdsigner.gui.look.theme import UNIT, title_font
from bdsigner.gui.preferences import Preferences
from bdsigner.gui.widgets.empty_state import EmptyState
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.verify_result import VerifyResult
from bdsigner.gui.widgets.work_strip import WorkStrip
from bdsigner.messages.translate import tr
from bdsigner.model.verification import VerificationOutcome


class VerifyPage(QWidget):
    """``verify_files`` starts a check; a new one replaces the one before."""

    work_started = Signal()
    work_finished = Signal()
    sign_requested = Signal(object)
    """A ``list[Path]`` to sign as well."""

    def __init__(
        self, application: Application | None, preferences: Preferences, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._application = application
        self._preferences = preferences
        self._job: Job | None = None
        self._round = 0
        """What belongs to an earlier round comes too late to be shown."""
        self._waiting: list[Path] = []
        self.empty = EmptyState(
            icon_name="shield-check",
            title=tr("Kiểm tra văn bản đã ký"),
            text=tr("Thả tập tin PDF vào đây để biết chữ ký có thật và văn bản có còn nguyên vẹn hay không."),
            button=tr("C&họn tập tin…"),
        )
        self.empty.asked.connect(self.choose_files)
        self.result = VerifyResult()
        self.notice = Notice()
        self.strip = WorkStrip()
        self.strip.cancelled.connect(self.cancel)
        self.stack = QStackedWidget()
        self._blank = QWidget()
        for page in (self.empty, self._blank, self.result):
            self.stack.addWidget(page)
        self.head = self._head()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 2 * UNIT)
        layout.setSpacing(2 * UNIT)
        layout.addWidget(self.head)
        layout.addWidget(self.notice)
        layout.addWidget(self.strip)
        layout.addWidget(self.stack, stretch=1)
        for keys, action in (("Ctrl+O", self.choose_files), ("Esc", self.strip.cancel_button.click)):
            QShortcut(QKeySequence(keys), self).activated.connect(action)
        self._show(self.empty)

    def set_application(self, application: Application) -> None:
        """The parts are ready; files that came before are checked now."""
        self._application = application
        if self._waiting:
            self.verify_files(self._waiting)

    def verify_files(self, paths: Sequence[Path]) -> None:
        """Judge these files and show the outcome."""
        if self._application is None:
            self._waiting = list(paths)
            return
        self.cancel()
        self._waiting = []
        self.notice.clear()
        self._show(self._blank)
        self.strip.start(tr("Đang kiểm tra…"))
        application, wanted = self._application, tuple(paths)
        if self._job is None:
            self.work_started.emit()
        self._round += 1
        this_round = self._round
        self._job = run_job(
            self,
            lambda progress: application.verify(wanted, progress=progress),
            done=lambda outcomes: self._show_outcomes(this_round, application, outcomes),
            failed=lambda error: self._show_error(this_round, error),
            progressed=self.strip.show_progress,
        )

    def choose_files(self) -> None:
        """Ask for files."""
        dialog = QFileDialog(self, tr("Chọn tập tin để kiểm tra"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([tr("Tập tin PDF (*.pdf *.PDF)"), tr("Mọi tập tin (*)")])
        if self._preferences.settings.last_folder is not None:
            dialog.setDirectory(str(self._preferences.settings.last_folder))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._files_chosen)
        dialog.open()

    def _files_chosen(self, names: list[str]) -> None:
        paths = [Path(name) for name in names]
        self._preferences.change(last_folder=paths[0].parent)
        self.verify_files(paths)

    def cancel(self) -> None:
        """Stop what goes on."""
        if self._job is not None:
            self._job.cancel()

    def _head(self) -> QWidget:
        head = QWidget()
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(UNIT)
        title = QLabel(tr("Kiểm tra"))
        title.setFont(title_font())
        row.addWidget(title)
        row.addStretch(1)
        self.sign_button = QPushButton(tr("Ký thêm tập tin &này"))
        set_icon(self.sign_button, "file-pen-line")
        self.sign_button.clicked.connect(self._ask_to_sign)
        self.open_button = QPushButton(tr("&Mở tập tin khác…"))
        set_icon(self.open_button, "folder-open")
        self.open_button.clicked.connect(self.choose_files)
        row.addWidget(self.sign_button)
        row.addWidget(self.open_button)
        self.result.outcome_shown.connect(self._offer_signing)
        return head

    def _offer_signing(self, outcome: VerificationOutcome) -> None:
        self.sign_button.setEnabled(outcome.report is not None)

    def _ask_to_sign(self) -> None:
        outcome = self.result.shown
        if outcome is not None:
            self.sign_requested.emit([outcome.path])

    def _show_outcomes(
        self, this_round: int, application: Application, outcomes: tuple[VerificationOutcome, ...]
    ) -> None:
        if this_round != self._round:
            return
        self._finish()
        self.result.show_outcomes(application, outcomes)
        self._show(self.result)

    def _show_error(self, this_round: int, error: BdsignerError) -> None:
        if this_round != self._round:
            return
        self._finish()
        if not isinstance(error, UserCancelled):
            self.notice.say_error(error)
        self._show(self.result if self.result.shown is not None else self.empty)

    def _finish(self) -> None:
        self._job = None
        self.strip.finish()
        self.work_finished.emit()

    def _show(self, page: QWidget) -> None:
        self.stack.setCurrentWidget(page)
        self.head.setVisible(page is not self.empty)
        if page is self.empty:
            self.empty.button.setFocus(Qt.FocusReason.OtherFocusReason)
