"""Nhật ký: what was signed here, the clerk's review, the release, and the register for others (Đ10.3c, §12)."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from bdsigner.app import Application
from bdsigner.errors import BdsignerError, DocumentError, ErrorCode, UserCancelled
from bdsigner.gui.jobs import run_job
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.icons import set_icon
from bdsigner.gui.look.theme import UNIT, title_font
from bdsigner.gui.preferences import Preferences
from bdsigner.gui.register.document_details import DocumentDetails
from bdsigner.gui.register.document_list import DocumentList
from bdsigner.gui.register.review_desk import ReviewDesk, evidence_name
from bdsigner.gui.widgets.elided_combo import ElidedCombo
from bdsigner.gui.widgets.empty_state import EmptyState
from bdsigner.gui.widgets.notice import Notice
from bdsigner.messages.register import describe_register, describe_state, register_csv
from bdsigner.messages.translate import tr
from bdsigner.model.register import Register
from bdsigner.model.registered_document import DocumentState, RegisteredDocument, documents_in
from bdsigner.model.release import ReviewVerdict
from bdsigner.model.release_candidate import ReleaseCandidate
from bdsigner.model.vietnamese import is_in

_LIST_SHARE, _DETAILS_SHARE = 3, 2


class RegisterPage(QWidget):
    work_started = Signal()
    work_finished = Signal()

    def __init__(self, application: Application, preferences: Preferences, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._preferences = preferences
        self._documents: tuple[tuple[RegisteredDocument, str], ...] = ()
        """With what each is searched by."""
        self._to_review: list[Path] = []
        self.notice = Notice()
        self.chain = Notice()
        self.empty = EmptyState(
            icon_name="book-open",
            title=tr("Nhật ký văn bản đã ký"),
            text=tr(
                "Văn bản ký trên máy này tự hiện ở đây để văn thư rà soát rồi phát hành. Văn bản ký ở máy khác: thả vào đây."
            ),
            button=tr("Chọn &văn bản đã ký…"),
        )
        self.list = DocumentList()
        self.details = DocumentDetails()
        self.desk = ReviewDesk()
        self._overview = QSplitter(Qt.Orientation.Horizontal)
        self._overview.addWidget(self.list)
        self._overview.addWidget(self.details)
        self._overview.setChildrenCollapsible(False)
        self._overview.setStretchFactor(0, _LIST_SHARE)
        self._overview.setStretchFactor(1, _DETAILS_SHARE)
        self._overview.setHandleWidth(UNIT)
        self.stack = QStackedWidget()
        for place in (QWidget(), self.empty, self._overview, self.desk):
            self.stack.addWidget(place)
        self.head = self._head()
        self.head.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 2 * UNIT)
        layout.setSpacing(UNIT)
        for widget in (self.head, self.chain, self.notice):
            layout.addWidget(widget)
        layout.addWidget(self.stack, stretch=1)
        self._connect()

    def refresh(self) -> None:
        """Read the register again."""
        register = self._application.register

        def read() -> tuple[Register, tuple[tuple[RegisteredDocument, str], ...]]:
            found = register.read()
            return found, tuple((one, one.search_text) for one in documents_in(found.entries))

        run_job(self, lambda _: read(), done=lambda found: self._show_register(*found), failed=self._say)

    def review_files(self, paths: Sequence[Path]) -> None:
        """Put signed files on the desk, known or not, one after the other."""
        self._to_review = list(paths)
        self._review_next()

    def choose_files(self) -> None:
        """Ask for signed files."""
        dialog = QFileDialog(self, tr("Chọn văn bản đã ký để rà soát"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([tr("Tập tin PDF (*.pdf *.PDF)"), tr("Mọi tập tin (*)")])
        if self._preferences.settings.last_folder is not None:
            dialog.setDirectory(str(self._preferences.settings.last_folder))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: self.review_files([Path(name) for name in names]))
        dialog.open()

    # The list

    def _show_register(self, register: Register, documents: tuple[tuple[RegisteredDocument, str], ...]) -> None:
        self._documents = documents
        is_whole = register.first_broken is None and not register.set_aside
        if is_whole:
            self.chain.clear()
        else:
            tone = Tone.CAUTION if register.first_broken is None else Tone.BROKEN
            self.chain.say(tone, describe_register(register))
        self._filter()
        if self.stack.currentWidget() is not self.desk:
            self._show_overview()

    def _show_overview(self) -> None:
        self.head.setVisible(bool(self._documents))
        self.stack.setCurrentWidget(self._overview if self._documents else self.empty)

    def _filter(self) -> None:
        state, text = self.state.currentData(), self.search.text()
        found = [one for one, known in self._documents if (state is None or one.state == state) and is_in(text, known)]
        self.list.show_documents(found)
        if not found:
            self.details.clear()
        self.count.setText(tr("{shown} trên {total} văn bản").format(shown=len(found), total=len(self._documents)))

    # Review

    def _review_chosen(self) -> None:
        document = self.details.document
        if document is not None and not document.is_incoming:
            self._with_place(document, lambda path: self.review_files([path]))

    def _review_next(self) -> None:
        self.notice.clear()
        if not self._to_review:
            self._leave_desk()
            return
        path, application = self._to_review.pop(0), self._application
        self.notice.say(Tone.UNKNOWN, tr("Đang đọc và kiểm tra {file}…").format(file=path.name))
        self._work(lambda: application.register.examine(path), self._show_candidate)

    def _show_candidate(self, candidate: ReleaseCandidate) -> None:
        self.notice.clear()
        settings = self._preferences.settings
        self.head.hide()
        self.stack.setCurrentWidget(self.desk)
        self.desk.show_candidate(
            self._application, candidate, reviewer=settings.reviewer, mailbox=settings.sender_mailbox
        )

    def _release(self) -> None:
        candidate, form, register = self.desk.candidate, self.desk.form, self._application.register
        if candidate is None:
            return
        order, reviewer = form.order, form.reviewer.text().strip()
        self._keep(reviewer, order.sender)
        self._decide(
            lambda: register.release(candidate, order, reviewer=reviewer),
            lambda document: self._released(candidate, document),
        )

    def _released(self, candidate: ReleaseCandidate, document: RegisteredDocument) -> None:
        self._review_next()
        self.notice.say(
            Tone.VALID,
            tr("Đã ghi nhận phát hành {file}").format(file=candidate.path.name),
            tr("Gửi văn bản theo đường đã chọn; chương trình không tự gửi."),
            action=(tr("Lưu bằng chứng…"), lambda: self._save_evidence(document, candidate.path)),
        )

    def _give_back(self) -> None:
        candidate, form, register = self.desk.candidate, self.desk.form, self._application.register
        if candidate is None:
            return
        reason, reviewer = form.reason.text().strip(), form.reviewer.text().strip()
        self._keep(reviewer, "")

        def returned(_: object) -> None:
            self._review_next()
            self.notice.say(Tone.CAUTION, tr("Đã trả lại {file}").format(file=candidate.path.name), reason)

        self._decide(
            lambda: register.review(candidate, verdict=ReviewVerdict.RETURN, reviewer=reviewer, reason=reason), returned
        )

    def _decide(self, work: Callable[[], object], done: Callable[..., None]) -> None:
        """Enter a decision; what speaks against it is told on the desk, which stays as it is."""
        self.desk.error.clear()
        self.desk.form.set_working(is_working=True)

        def end(result: object) -> None:
            self.desk.form.set_working(is_working=False)
            done(result)
            self.refresh()

        def failed(error: BdsignerError) -> None:
            self.desk.form.set_working(is_working=False)
            if not isinstance(error, UserCancelled):
                self.desk.error.say_error(error)

        self._work(work, end, failed)

    def _keep(self, reviewer: str, sender: str) -> None:
        self._preferences.change(reviewer=reviewer, **({"sender_mailbox": sender} if sender else {}))

    def _leave_desk(self) -> None:
        self._to_review = []
        self._show_overview()
        self.list.setFocus()

    # Files

    def _open_folder(self) -> None:
        document = self.details.document
        if document is not None:
            self._with_place(document, lambda path: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent))))

    def _save_chosen_evidence(self) -> None:
        document = self.details.document
        if document is not None:
            self._save_evidence(document, Path(document.file.name))

    def _save_evidence(self, document: RegisteredDocument, path: Path) -> None:
        target = self._ask_target(
            tr("Lưu bằng chứng phát hành"), str(path.with_name(evidence_name(path))), "JSON (*.json)"
        )
        if target is not None:
            self._save(target, lambda: self._application.register.save_evidence(document, target))

    def _export(self) -> None:
        kinds = tr("Bảng (*.csv);;JSON kèm chuỗi băm (*.json)")
        target = self._ask_target(tr("Xuất sổ văn bản đã ký"), tr("so-van-ban-da-ky.csv"), kinds)
        if target is not None:
            self._save(target, lambda: self._application.register.export(target, table=register_csv))

    def _ask_target(self, title: str, name: str, kinds: str) -> Path | None:
        chosen, kind = QFileDialog.getSaveFileName(
            self, title, name, kinds, options=QFileDialog.Option.DontConfirmOverwrite
        )
        if not chosen:
            return None
        target = Path(chosen)
        return target if target.suffix else target.with_suffix(".json" if "json" in kind else ".csv")

    def _save(self, target: Path, write: Callable[[], None]) -> None:
        def done(_: None) -> None:
            self.notice.say(Tone.VALID, tr("Đã lưu {file}.").format(file=target.name))

        self._work(write, done)

    def _with_place(self, document: RegisteredDocument, use: Callable[[Path], object]) -> None:
        """Where its file was last; a file that is no longer there is told."""
        register = self._application.register

        def look() -> Path:
            path = register.place_of(document)
            if path is None or not path.is_file():
                raise DocumentError(ErrorCode.DOCUMENT_NOT_FOUND, path=str(path or document.file.name))
            return path

        self._work(look, use)

    # Parts

    def _work(
        self,
        work: Callable[[], object],
        done: Callable[..., object],
        failed: Callable[[BdsignerError], None] | None = None,
    ) -> None:
        self.work_started.emit()

        def end(result: object) -> None:
            self.work_finished.emit()
            done(result)

        def stop(error: BdsignerError) -> None:
            self.work_finished.emit()
            (failed or self._say)(error)

        run_job(self, lambda _: work(), done=end, failed=stop)

    def _say(self, error: BdsignerError) -> None:
        if not isinstance(error, UserCancelled):
            self.notice.say_error(error)

    def _connect(self) -> None:
        self.empty.asked.connect(self.choose_files)
        self.search.textChanged.connect(self._filter)
        self.state.currentIndexChanged.connect(self._filter)
        self.list.chosen.connect(self.details.show_document)
        self.list.opened.connect(lambda _: self._review_chosen())
        self.details.review_asked.connect(self._review_chosen)
        self.details.folder_asked.connect(self._open_folder)
        self.details.evidence_asked.connect(self._save_chosen_evidence)
        self.desk.left.connect(self._leave_desk)
        self.desk.form.release_asked.connect(self._release)
        self.desk.form.return_asked.connect(self._give_back)
        for keys, action in (("Ctrl+O", self.choose_files), ("Ctrl+F", self.search.setFocus), ("Esc", self._escape)):
            QShortcut(QKeySequence(keys), self).activated.connect(action)

    def _escape(self) -> None:
        if self.stack.currentWidget() is self.desk:
            self._leave_desk()
        else:
            self.search.clear()

    def _head(self) -> QWidget:
        head = QWidget()
        title = QLabel(tr("Nhật ký"))
        title.setFont(title_font())
        self.count = QLabel()
        self.search = QLineEdit()
        self.search.setAccessibleName(tr("Tìm trong sổ"))
        self.search.setPlaceholderText(tr("Tìm số, trích yếu, người ký, nơi nhận…"))
        self.search.setClearButtonEnabled(True)
        self.state = ElidedCombo()
        self.state.setAccessibleName(tr("Lọc theo tình trạng"))
        self.state.addItem(tr("Mọi tình trạng"), None)
        for state in DocumentState:
            self.state.addItem(describe_state(state), state)
        self.choose = QPushButton(tr("Rà soát tập tin &khác…"))
        set_icon(self.choose, "folder-open", size=2 * UNIT)
        self.choose.clicked.connect(self.choose_files)
        self.export = QPushButton(tr("&Xuất sổ…"))
        set_icon(self.export, "upload", size=2 * UNIT)
        self.export.clicked.connect(self._export)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setSpacing(UNIT)
        first.addWidget(title)
        first.addStretch(1)
        first.addWidget(self.choose)
        first.addWidget(self.export)
        second.addWidget(self.search, stretch=2)
        second.addWidget(self.state, stretch=1)
        second.addWidget(self.count)
        column = QVBoxLayout(head)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(UNIT)
        column.addLayout(first)
        column.addLayout(second)
        return head
