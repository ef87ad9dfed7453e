"""The pages of exactly those bytes that were judged: never more than the verdict speaks of."""

from pathlib import Path

from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from bdsigner.app import Application
from bdsigner.errors import BdsignerError
from bdsigner.gui.jobs import run_job
from bdsigner.gui.look.theme import UNIT
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.page_source import PageSource
from bdsigner.gui.widgets.page_toolbar import PageToolbar
from bdsigner.gui.widgets.page_view import PageView
from bdsigner.messages.translate import tr
from bdsigner.model.document import DocumentInfo, Raster
from bdsigner.model.verification import FileReport


class JudgedPages(QFrame):
    """A page view over one ``FileReport``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.view = PageView()
        self.view.setAccessibleName(tr("Các trang đã được kiểm tra"))
        self.toolbar = PageToolbar(self.view, self)
        self.notice = Notice()
        self._source: PageSource | None = None
        self._report: FileReport | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addWidget(self.toolbar)
        layout.addWidget(self.notice)
        layout.addWidget(self.view, stretch=1)
        layout.setSpacing(UNIT // 2)

    def show_report(self, application: Application, report: FileReport) -> None:
        """Draw the judged bytes of that file; what was shown before goes at once."""
        self.clear()
        self._report = report
        run_job(
            self,
            lambda progress: application.inspect(report.path),
            done=lambda info: self._show_pages(application, report, info),
            failed=lambda error: self._show_error(report, error),
        )

    def clear(self) -> None:
        """Show nothing."""
        self._report = None
        self.notice.clear()
        self.toolbar.hide()
        self.view.hide()

    def _show_pages(self, application: Application, report: FileReport, info: DocumentInfo) -> None:
        if self._report is not report:
            return
        previous, self._source = self._source, PageSource(_JudgedBytes(application, report.judged_bytes), self)
        self._source.open(info)
        self.view.show_document(self._source)
        self.view.set_outlines(tuple(f.box for f in info.signature_fields if f.is_signed and f.box is not None))
        self.view.show()
        self.toolbar.show()
        if previous is not None:
            previous.deleteLater()

    def _show_error(self, report: FileReport, error: BdsignerError) -> None:
        if self._report is report:
            self.notice.say_error(error)


class _JudgedBytes(Application):
    """The same application, drawing only the first ``judged_bytes`` of a file."""

    def __init__(self, application: Application, judged_bytes: int) -> None:
        super().__init__(application.services)
        self._judged_bytes = judged_bytes

    def render_page(self, path: Path, page: int, *, scale: float, length_bytes: int | None = None) -> Raster:
        return super().render_page(path, page, scale=scale, length_bytes=length_bytes or self._judged_bytes or None)
