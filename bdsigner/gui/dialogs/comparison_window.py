"""The revision that somebody signed and today's file beside each other, with what looks different marked in both."""

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from bdsigner.app import Application
from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.gui.jobs import Job, run_job
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import UNIT, strong_font, text_width
from bdsigner.gui.widgets.difference_list import DifferenceList
from bdsigner.gui.widgets.marked_pages import Mark, MarkedPages
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.page_toolbar import PageToolbar
from bdsigner.gui.widgets.paired_views import PairedViews
from bdsigner.gui.widgets.revision_pages import revision_source
from bdsigner.gui.widgets.scrolled import screen_room
from bdsigner.gui.widgets.statement import plain_label
from bdsigner.messages.comparison import describe_comparison, describe_signed_revision
from bdsigner.messages.translate import tr
from bdsigner.model.comparison import PageComparison, PageState, RevisionComparison, Revisions
from bdsigner.model.document import DocumentInfo
from bdsigner.model.geometry import Box
from bdsigner.model.verification import FileReport, SignatureReport
from bdsigner.ports import Phase, Progress

_LIST_CHARACTERS = 34
_WIDTH, _HEIGHT = 1440, 900


class ComparisonWindow(QDialog):
    """Begins to compare as soon as it is made; may be closed at any moment.

    ``today`` shows the whole file as it lies there, also what no verification took for part of the document, because
    that is what other programs show.
    """

    def __init__(
        self, application: Application, report: FileReport, signature: SignatureReport, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._application = application
        self._report = report
        self.signature = signature
        self._job: Job | None = None
        self._found: list[PageComparison] = []
        """Filled by the worker thread; what was taken over from it is counted in ``_taken``."""
        self._taken = 0
        self._earlier_marks: dict[Mark, Mark] = {}
        """The same places on the pages of the signed revision."""
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint, True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("So sánh bản đã ký với bản hiện nay: {name}").format(name=report.path.name))
        self.signed, self.today = MarkedPages(), MarkedPages()
        self.signed.setAccessibleName(tr("Bản đã ký"))
        self.today.setAccessibleName(tr("Bản hiện nay"))
        self.signed_heading = _heading(describe_signed_revision(signature))
        self.today_heading = _heading(self._today())
        self.toolbar = PageToolbar(self.signed, self)
        self._pair = PairedViews(self.signed, self.today, self)
        self.summary = Notice()
        self.progress_text = QLabel()
        self.progress_text.setWordWrap(True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Tiến độ so sánh"))
        self.places = DifferenceList()
        self.places.place_chosen.connect(self._show_place)
        self.previous_button, self.next_button = QPushButton(tr("Chỗ &trước")), QPushButton(tr("Chỗ &sau"))
        self.previous_button.setToolTip(tr("Chỗ trước (Shift+F3)"))
        self.next_button.setToolTip(tr("Chỗ sau (F3)"))
        self.previous_button.clicked.connect(lambda: self.places.step(-1))
        self.next_button.clicked.connect(lambda: self.places.step(1))
        for button in (self.previous_button, self.next_button):
            button.setAutoDefault(False)
            button.setEnabled(False)
        QShortcut(QKeySequence("F3"), self).activated.connect(lambda: self.places.step(1))
        QShortcut(QKeySequence("Shift+F3"), self).activated.connect(lambda: self.places.step(-1))
        self._lay_out()
        self._open()

    def done(self, result: int) -> None:
        if self._job is not None:
            self._job.cancel()
        super().done(result)

    # Inside

    def _lay_out(self) -> None:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(UNIT)
        steps = QHBoxLayout()
        steps.addWidget(self.previous_button)
        steps.addWidget(self.next_button)
        for part in (self.summary, self.progress_text, self.bar):
            column.addWidget(part)
        column.addWidget(self.places, stretch=1)
        column.addLayout(steps)
        side.setMinimumWidth(text_width(_LIST_CHARACTERS))
        both = _Halves()
        grid = QGridLayout(both)
        grid.setContentsMargins(UNIT, UNIT // 2, UNIT, UNIT)
        grid.setHorizontalSpacing(UNIT)
        grid.addWidget(self.toolbar, 0, 0, 1, 2)
        grid.addWidget(self.signed_heading, 1, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.today_heading, 1, 1, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self.signed, 2, 0)
        grid.addWidget(self.today, 2, 1)
        grid.setRowStretch(2, 1)
        for number in (0, 1):
            grid.setColumnStretch(number, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(side)
        splitter.addWidget(both)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(UNIT)
        splitter.setStretchFactor(1, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * UNIT, 2 * UNIT, 2 * UNIT, 2 * UNIT)
        layout.addWidget(splitter)
        room = screen_room(self)
        self.resize(min(_WIDTH, room.width()), min(_HEIGHT, room.height()))

    def _today(self) -> str:
        if self._report.judged_bytes < self._report.size_bytes:
            return tr("Bản hiện nay, kể cả phần nằm ngoài phần đã được kiểm tra")
        return tr("Bản hiện nay")

    def _open(self) -> None:
        self.progress_text.setText(tr("Đang mở hai bản…"))
        self.bar.setRange(0, 0)
        application, path = self._application, self._report.path
        lengths = (self.signature.covered_bytes, self._report.size_bytes)
        self._job = run_job(
            self,
            lambda _progress: tuple(application.inspect(path, length_bytes=length) for length in lengths),
            done=self._compare,
            failed=self._fail,
        )

    def _compare(self, infos: tuple[DocumentInfo, ...]) -> None:
        signed, today = infos
        application, lengths = self._application, (self.signature.covered_bytes, self._report.size_bytes)
        for view, info, length in zip((self.signed, self.today), infos, lengths, strict=True):
            view.show_document(revision_source(application, info, length, self))
        revisions = Revisions(
            path=self._report.path,
            earlier_bytes=lengths[0],
            later_bytes=lengths[1],
            earlier_page_count=len(signed.pages),
            later_page_count=len(today.pages),
        )
        found = self._found

        def work(progress: Progress) -> RevisionComparison:
            return application.compare_revisions(revisions, progress=progress, seen=found.append)

        self._job = run_job(self, work, done=self._finish, failed=self._fail, progressed=self._advance)

    def _advance(self, _path: object, _phase: Phase, done: int, total: int) -> None:
        self.progress_text.setText(tr("Đã so sánh {done} trong {total} trang…").format(done=done, total=total))
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self._take_over(done)

    def _take_over(self, count: int) -> None:
        """Show what was found on the first ``count`` pages."""
        new, self._taken = self._found[self._taken : count], max(self._taken, count)
        for page in new:
            marks = self.places.add_page(page)
            self._pair.pair(page.earlier_page, None if page.state is PageState.REMOVED else page.page)
            self.today.add_marks(page.page, marks)
            if page.earlier_page is not None:
                earlier = tuple(_on_page(mark, page.earlier_page) for mark in marks)
                self._earlier_marks |= zip(marks, earlier, strict=True)
                self.signed.add_marks(page.earlier_page, earlier)
        has_places = self.places.count() > 0
        self.previous_button.setEnabled(has_places)
        self.next_button.setEnabled(has_places)
        if has_places and self.places.currentRow() < 0:
            self.places.step(1)

    def _finish(self, result: RevisionComparison) -> None:
        self._take_over(len(result.pages))
        self._end_progress()
        title, text = describe_comparison(result)
        self.summary.say(Tone.UNKNOWN, title, text, shape="info")
        self.places.setVisible(self.places.count() > 0)

    def _fail(self, error: BdsignerError) -> None:
        self._end_progress()
        if not isinstance(error, UserCancelled):
            self.summary.say_error(error)

    def _end_progress(self) -> None:
        self._job = None
        self.progress_text.hide()
        self.bar.hide()

    def _show_place(self, box: Box, mark: Mark | None, is_gone: bool) -> None:  # slot of a signal
        self.today.choose(mark)
        self.signed.choose(None if mark is None else self._earlier_marks[mark])
        self._pair.reveal(box, in_first=is_gone)


class _Halves(QFrame):
    """Keeps the width of what lies in it even: a half one pixel narrower would want a scroll bar of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.setContentsMargins(0, 0, event.size().width() % 2, 0)
        super().resizeEvent(event)


def _on_page(mark: Mark, page: int) -> Mark:
    difference = mark.difference
    return replace(mark, difference=replace(difference, box=replace(difference.box, page=page)))


def _heading(text: str) -> QLabel:
    label = plain_label(text)
    label.setFont(strong_font())
    return label
