"""The pages of exactly those bytes that were judged, or of those that a signer signed: never more than is said."""

from pathlib import Path

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QDialog, QFrame, QVBoxLayout, QWidget

from bdsigner.app import Application
from bdsigner.errors import BdsignerError
from bdsigner.gui.jobs import run_job
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import UNIT
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.page_source import PageSource
from bdsigner.gui.widgets.page_toolbar import PageToolbar
from bdsigner.gui.widgets.page_view import PageView
from bdsigner.gui.widgets.revision_bar import RevisionBar
from bdsigner.gui.widgets.revision_pages import revision_source
from bdsigner.messages.comparison import describe_signed_revision
from bdsigner.messages.translate import tr
from bdsigner.model.document import DocumentInfo
from bdsigner.model.geometry import Box
from bdsigner.model.verification import FileReport, SignatureReport


class JudgedPages(QFrame):
    """A page view over one ``FileReport``."""

    signed_shown = Signal(object)
    """The ``SignatureReport`` whose revision is shown from now on; ``None``: the judged one again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.view = PageView()
        self.toolbar = PageToolbar(self.view, self)
        self.revisions = RevisionBar()
        self.revisions.signed_wanted.connect(self._show_revision)
        self.revisions.comparison_wanted.connect(self.compare)
        self.notice = Notice()
        self.shows_signature_first = False
        """Begin at the page of the last visible signature instead of the first page."""
        self._application: Application | None = None
        self._source: PageSource | None = None
        self._report: FileReport | None = None
        self._signature: SignatureReport | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.setSpacing(0)
        layout.addWidget(self.toolbar)
        layout.addWidget(self.revisions)
        layout.addWidget(self.notice)
        layout.addWidget(self.view, stretch=1)
        layout.setSpacing(UNIT // 2)

    def minimumSizeHint(self) -> QSize:
        """What is said above the pages wraps in a narrow pane; a splitter does not ask how high that makes it."""
        hint, layout = super().minimumSizeHint(), self.layout()
        height = layout.totalMinimumHeightForWidth(self.width()) if layout is not None else 0
        return QSize(hint.width(), max(hint.height(), height))

    def show_report(self, application: Application, report: FileReport) -> None:
        """Draw the judged bytes of that file; what was shown before goes at once."""
        self.clear()
        self._application, self._report = application, report
        self.revisions.show_report(report)
        self._open(None)

    def renew(self, report: FileReport) -> bool:
        """The same bytes have been judged further: their pages stay.  Returns whether they are on show."""
        before = self._report
        if before is None or self._signature is not None or _drawn_bytes(before) != _drawn_bytes(report):
            return False
        self._report = report
        self.revisions.show_report(report)
        return True

    def show_signed(self, signature: SignatureReport) -> None:
        """Draw what that signature of the report covers.  Nothing happens where nothing was added after it."""
        if self.revisions.offers(signature):
            self._show_revision(signature)

    def compare(self, signature: SignatureReport) -> None:
        """Open a window with what that signature covers and today's file beside each other, or bring it to the front."""
        # Here: the window is rarely opened, and the first paint waits for this module.
        from bdsigner.gui.dialogs.comparison_window import ComparisonWindow

        if self._application is None or self._report is None or not self.revisions.offers(signature):
            return
        open_ones = (one for one in self.findChildren(ComparisonWindow) if one.signature is signature)
        window = next(open_ones, None) or ComparisonWindow(self._application, self._report, signature, self)
        window.show()
        window.activateWindow()

    def clear(self) -> None:
        """Show nothing, and close what was opened over what was shown."""
        for window in self.findChildren(QDialog):
            window.close()
        self._report = self._signature = None
        self.notice.clear()
        self.revisions.clear()
        self._hide_pages()

    def _hide_pages(self) -> None:
        self.toolbar.hide()
        self.view.hide()

    def _show_revision(self, signature: SignatureReport | None) -> None:
        page = self.view.current_page
        self._hide_pages()
        self._open(signature, page)
        self.signed_shown.emit(signature)

    def _open(self, signature: SignatureReport | None, page: int = 0) -> None:
        application, report = self._application, self._report
        if application is None or report is None:
            return
        self._signature = signature
        self.revisions.set_shown(signature)
        self._say_which()
        length = report.judged_bytes if signature is None else signature.covered_bytes
        run_job(
            self,
            lambda _progress: application.inspect(report.path, length_bytes=length or None),
            done=lambda info: self._show_pages(application, report, signature, info, length, page),
            failed=lambda error: self._show_error(report, signature, error),
        )

    def _say_which(self) -> None:
        if self._signature is None:
            self.notice.clear()
            self.view.setAccessibleName(tr("Các trang đã được kiểm tra"))
            return
        title = describe_signed_revision(self._signature)
        text = tr("Những gì được ghi thêm vào tập tin sau chữ ký này không có ở đây.")
        self.notice.say(Tone.UNKNOWN, title, text, shape="file-pen-line")
        self.view.setAccessibleName(title)

    def _show_pages(
        self,
        application: Application,
        report: FileReport,
        signature: SignatureReport | None,
        info: DocumentInfo,
        length_bytes: int,
        page: int,
    ) -> None:
        if not self._is_wanted(report, signature):
            return
        previous, self._source = self._source, revision_source(application, info, length_bytes, self)
        self.view.show_document(self._source, Box(min(page, len(info.pages) - 1), 0, 0, 0, 0) if page else None)
        signatures = tuple(f.box for f in info.signature_fields if f.is_signed and f.box is not None)
        self.view.set_outlines(signatures)
        self.view.show()
        self.toolbar.show()
        if self.shows_signature_first and signatures:
            self.view.reveal_page_of(signatures[-1])
        if previous is not None:
            previous.deleteLater()

    def _show_error(self, report: FileReport, signature: SignatureReport | None, error: BdsignerError) -> None:
        if self._is_wanted(report, signature):
            self.notice.say_error(error)

    def _is_wanted(self, report: FileReport, signature: SignatureReport | None) -> bool:
        now = self._report
        return now is not None and _drawn_bytes(now) == _drawn_bytes(report) and self._signature is signature


def _drawn_bytes(report: FileReport) -> tuple[Path, str, int]:
    return report.path, report.sha256, report.judged_bytes
