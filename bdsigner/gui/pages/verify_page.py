"""Kiểm tra: whether received files are genuine; one sentence, one colour, one reason, then the rest on demand."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from bdsigner.app import Application
from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.gui.jobs import Job, run_job
from bdsigner.gui.look.icons import set_icon
from bdsigner.gui.look.theme import UNIT, title_font
from bdsigner.gui.preferences import Preferences
from bdsigner.gui.verification.register_control import RegisterControl
from bdsigner.gui.verification.report_control import ReportControl
from bdsigner.gui.widgets.empty_state import EmptyState
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.verify_result import VerifyResult
from bdsigner.gui.widgets.work_strip import WorkStrip
from bdsigner.messages.translate import tr
from bdsigner.model.signing_rules import KindGroup, SigningMode
from bdsigner.model.verification import SIGNATURE_SUFFIXES, FileKind, FileReport, VerificationOutcome


class VerifyPage(QWidget):
    """``verify_files`` starts a check; a new one replaces the one before."""

    work_started = Signal()
    work_finished = Signal()
    _told_early = Signal(int, object)
    """The round and, from its thread, the ``FileReport`` of what the bytes alone say."""
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
        self._judging = 0
        """Likewise for what a document is judged as."""
        self._waiting: list[Path] = []
        self._all_paths: list[Path] = []
        """Of the files whose outcomes are shown."""
        self._contents: dict[Path, Path] = {}
        """What detached signatures of this round sign, as far as the person has said."""
        self.empty = EmptyState(
            icon_name="shield-check",
            title=tr("Kiểm tra văn bản đã ký"),
            text=tr(
                "Thả tập tin PDF, .p7s, .p7m hoặc thư .eml vào đây để biết chữ ký có thật và văn bản có còn nguyên vẹn hay không."
            ),
            button=tr("C&họn tập tin…"),
        )
        self.empty.asked.connect(self.choose_files)
        self.result = VerifyResult()
        self.notice = Notice()
        self.reports = ReportControl(self, preferences, self.notice)
        self.reports.work_started.connect(self.work_started)
        self.reports.work_finished.connect(self.work_finished)
        self.register = RegisterControl(self, self.notice)
        self.register.work_started.connect(self.work_started)
        self.register.work_finished.connect(self.work_finished)
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
        self.result.outcome_shown.connect(self._offer_signing)
        self.result.kind_chosen.connect(self._judge_as)
        self._told_early.connect(self._show_early, Qt.ConnectionType.QueuedConnection)
        self.result.content_asked.connect(self._ask_for_content)
        self.result.stop_asked.connect(self.strip.cancel_button.click)
        self.result.save_asked.connect(lambda outcomes: self._hand_on(self.reports.save, outcomes))
        self.result.register_asked.connect(self._ask_to_enter)
        self.result.letter_asked.connect(lambda outcome: self._hand_on(self.reports.report, outcome))
        self._show(self.empty)

    def set_application(self, application: Application) -> None:
        """The parts are ready; files that came before are checked now."""
        self._application = application
        if self._waiting:
            self.verify_files(self._waiting)

    def verify_files(self, paths: Sequence[Path], contents: Mapping[Path, Path] | None = None) -> None:
        """Judge these files and show the outcome; ``contents`` says what detached signatures sign."""
        if self._application is None:
            self._waiting = list(paths)
            return
        self.cancel()
        self._waiting = []
        self.notice.clear()
        self._show(self._blank)
        self.strip.start(tr("Đang kiểm tra…"))
        application, wanted = self._application, tuple(paths)
        said = self._contents = dict(contents or {})
        if self._job is None:
            self.work_started.emit()
        self._round += 1
        this_round = self._round

        def tell(early: FileReport) -> None:
            if len(wanted) == 1:
                self._told_early.emit(this_round, early)

        self._job = run_job(
            self,
            lambda progress: application.verify(wanted, progress=progress, contents=said, tell=tell),
            done=lambda outcomes: self._show_outcomes(this_round, application, outcomes),
            failed=lambda error: self._show_error(this_round, error),
            progressed=self.strip.show_progress,
        )

    def choose_files(self) -> None:
        """Ask for files."""
        dialog = QFileDialog(self, tr("Chọn tập tin để kiểm tra"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        signed = " ".join(f"*{suffix}" for suffix in (".pdf", ".PDF", *sorted(SIGNATURE_SUFFIXES)))
        dialog.setNameFilters([tr("Tập tin có chữ ký ({patterns})").format(patterns=signed), tr("Mọi tập tin (*)")])
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
        return head

    def _offer_signing(self, outcome: VerificationOutcome) -> None:
        report = outcome.report
        self.sign_button.setEnabled(report is not None and report.kind is FileKind.PDF)

    def _ask_to_sign(self) -> None:
        outcome = self.result.shown
        if outcome is not None:
            self.sign_requested.emit([outcome.path])

    def _hand_on(self, how: Callable[[Application, Any], None], what: object) -> None:
        if self._application is not None:
            how(self._application, what)

    def _ask_to_enter(self, outcomes: tuple[VerificationOutcome, ...], at: QPoint) -> None:
        if self._application is not None:
            self.register.ask(self._application, outcomes, at)

    def _judge_as(self, outcome: VerificationOutcome, kind: KindGroup | None, mode: SigningMode | None) -> None:
        """The person says what kind of document it is; the last word said counts."""
        application, contents, this_round = self._application, self._contents, self._round
        if application is None:
            return
        self._judging += 1
        this_judging = self._judging
        self.notice.clear()
        self.work_started.emit()

        def done(judged: VerificationOutcome) -> None:
            self.work_finished.emit()
            if (this_round, this_judging) == (self._round, self._judging):
                self.result.replace(outcome, judged, (kind, mode))

        def failed(error: BdsignerError) -> None:
            self.work_finished.emit()
            if this_round == self._round and not isinstance(error, UserCancelled):
                self.notice.say_error(error)

        run_job(
            self,
            lambda progress: application.judge_as(outcome, progress=progress, contents=contents, kind=kind, mode=mode),
            done=done,
            failed=failed,
        )

    def _show_early(self, this_round: int, early: FileReport) -> None:
        """The bytes have been read; the strip goes, so that what is said stays where it is until the end."""
        if this_round != self._round or self._job is None or self._application is None:
            return
        self.result.show_early(self._application, early)
        self.sign_button.setEnabled(False)
        self._show(self.result)
        self.strip.finish()

    def _show_outcomes(
        self, this_round: int, application: Application, outcomes: tuple[VerificationOutcome, ...]
    ) -> None:
        if this_round != self._round:
            return
        self._finish()
        self.result.show_outcomes(application, outcomes)
        self._show(self.result)
        self._all_paths = [one.path for one in outcomes]
        lacking = [one for one in outcomes if one.report is not None and one.report.lacks_content]
        if lacking:
            self._ask_for_content(lacking[0])

    def _ask_for_content(self, lacking: VerificationOutcome) -> None:
        """A detached signature says nothing without the file it signs."""
        dialog = QFileDialog(self, tr("Chọn tập tin gốc của chữ ký rời {name}").format(name=lacking.path.name))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setDirectory(str(lacking.path.parent))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def chosen(name: str) -> None:
            self.verify_files(self._all_paths, self._contents | {lacking.path: Path(name)})

        dialog.fileSelected.connect(chosen)
        dialog.open()

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
