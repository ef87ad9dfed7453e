"""Hands a verification on: the slip of one file or many, and the report to the head of the agency (Đ18)."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from bdsigner.app import Application
from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.gui.jobs import run_job
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.preferences import Preferences
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.work_strip import SHOWN_AFTER_MS
from bdsigner.messages.register import unreported_text
from bdsigner.messages.translate import tr
from bdsigner.model.verification import VerificationOutcome

if TYPE_CHECKING:  # start-up makes the page, and reports are written later if at all
    from bdsigner.gui.dialogs.letter_dialog import LetterDialog
    from bdsigner.reports.export import ReportFormat
    from bdsigner.reports.letter import Reporter


class ReportControl(QObject):
    """Asks where to, writes off the window's thread, says what became of it on the page's notice."""

    work_started = Signal()
    work_finished = Signal()

    def __init__(self, page: QWidget, preferences: Preferences, notice: Notice) -> None:
        super().__init__(page)
        self._page = page
        self._preferences = preferences
        self._notice = notice
        self.dialog: LetterDialog | None = None
        """The last one asked with."""

    def save(self, application: Application, outcomes: Sequence[VerificationOutcome]) -> None:
        """Ask where the slip goes, and in which format, and write it."""
        from bdsigner.reports.export import ReportFormat, write_report

        if not outcomes:
            return
        first = outcomes[0].path
        name = tr("phiếu kiểm tra") if len(outcomes) > 1 else tr("{name} – phiếu kiểm tra").format(name=first.stem)
        kinds = {
            tr("Phiếu để in (*.pdf)"): ReportFormat.PDF,
            tr("Văn bản thuần (*.txt)"): ReportFormat.TEXT,
            tr("Dữ liệu cho chương trình khác (*.json)"): ReportFormat.JSON,
        }
        wanted = tuple(outcomes)

        def write(target: Path) -> str:
            kind = ReportFormat.of(target)
            write_report(wanted, target, kind, application, made_at=application.services.clock.now())
            return ""

        self._ask_target(tr("Lưu phiếu kiểm tra"), _free(first.with_name(f"{name}.pdf")), kinds, write)

    def report(self, application: Application, outcome: VerificationOutcome) -> None:
        """Ask who reports, and where the letter goes, and write it."""
        from bdsigner.gui.dialogs.letter_dialog import LetterDialog
        from bdsigner.reports.letter import Reporter

        settings = self._preferences.settings
        known = Reporter(
            name=settings.reporter,
            title=settings.reporter_title,
            agency=settings.reporter_agency,
            place=settings.reporter_place,
        )
        dialog = self.dialog = LetterDialog(outcome.path.name, known, self._page)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._save_letter(application, outcome, dialog.reporter))
        dialog.open()

    def _save_letter(self, application: Application, outcome: VerificationOutcome, reporter: "Reporter") -> None:
        from bdsigner.reports.export import ReportFormat, write_letter

        self._preferences.change(
            reporter=reporter.name,
            reporter_title=reporter.title,
            reporter_agency=reporter.agency,
            reporter_place=reporter.place,
        )

        def write(target: Path) -> str:
            now = application.services.clock.now()
            return "" if write_letter(outcome, reporter, target, application, made_at=now) else unreported_text()

        name = tr("{name} – báo cáo").format(name=outcome.path.stem)
        kinds = {tr("Báo cáo để in (*.pdf)"): ReportFormat.PDF}
        self._ask_target(tr("Lưu báo cáo"), _free(outcome.path.with_name(f"{name}.pdf")), kinds, write)

    def _ask_target(
        self, title: str, target: Path, kinds: "dict[str, ReportFormat]", write: Callable[[Path], str]
    ) -> None:
        dialog = QFileDialog(self._page, title, str(target.parent))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        # Nothing is ever replaced: asking whether to would promise it.
        dialog.setOption(QFileDialog.Option.DontConfirmOverwrite)
        dialog.setNameFilters(list(kinds))
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(kinds[chosen].value))
        dialog.setDefaultSuffix(next(iter(kinds.values())).value)
        dialog.selectFile(target.name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(
            lambda name: self._write(_in_format(Path(name), kinds[dialog.selectedNameFilter()], kinds), write)
        )
        dialog.open()

    def _write(self, target: Path, write: Callable[[Path], str]) -> None:
        """``write`` returns what else is to be said."""
        self.work_started.emit()
        self._notice.clear()
        slow = QTimer(self, singleShot=True, interval=SHOWN_AFTER_MS)
        slow.timeout.connect(lambda: self._notice.say(Tone.UNKNOWN, tr("Đang ghi {file}…").format(file=target.name)))
        slow.start()

        def end() -> None:
            slow.stop()
            slow.deleteLater()
            self.work_finished.emit()

        def done(lacking: str) -> None:
            end()
            open_it = (tr("Mở"), lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(target))))
            tone = Tone.CAUTION if lacking else Tone.VALID
            title = tr("Đã lưu {file}.").format(file=target.name)
            self._notice.say(tone, title, lacking or str(target.parent), action=open_it)

        def failed(error: BdsignerError) -> None:
            end()
            if isinstance(error, UserCancelled):
                self._notice.clear()
            else:
                self._notice.say_error(error)

        run_job(self, lambda _: write(target), done=done, failed=failed)


def _in_format(target: Path, chosen: "ReportFormat", kinds: "dict[str, ReportFormat]") -> Path:
    """The format that the person picked in the list, even where the suggested name still has another suffix."""
    if target.suffix.lower() == chosen.value:
        return target
    is_other_format = target.suffix.lower() in {kind.value for kind in kinds.values()}
    return target.with_suffix(chosen.value) if is_other_format else target.with_name(f"{target.name}{chosen.value}")


def _free(target: Path) -> Path:
    """A name beside the file that nothing has yet."""
    number, free = 2, target
    while free.exists():
        free = target.with_stem(f"{target.stem} ({number})")
        number += 1
    return free
