"""Người nhận: found while typing in what this machine knows and, meanwhile, on the servers; checked when chosen."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QInputDialog,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from bdsigner.errors import BdsignerError, ErrorCode, UserCancelled
from bdsigner.gui.encryption.recipient_row import RecipientRow
from bdsigner.gui.jobs import run_job
from bdsigner.gui.look.theme import UNIT, make_muted
from bdsigner.gui.widgets.button_row import ButtonRow, below
from bdsigner.gui.widgets.notice import Notice
from bdsigner.messages.errors import describe_code
from bdsigner.messages.translate import tr
from bdsigner.model.certificate import Certificate, CertificateStatus
from bdsigner.model.directory import CheckedRecipient, DirectoryEntry, RecipientGroup, SearchResult

if TYPE_CHECKING:
    from bdsigner.app.directory import Directory

TYPING_MS = 120
"""Whoever types goes on within that time; what they look for is looked for when they stop."""
SERVER_MS = 600
_FROM_LETTERS = 3
"""Servers are not asked for less."""
_ROWS_SHOWN = 6
_ENTRY = Qt.ItemDataRole.UserRole


class RecipientPicker(QWidget):
    changed = Signal()
    """Who is chosen, or what is known of them."""

    def __init__(self, directory: "Directory", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._directory = directory
        self.rows: list[RecipientRow] = []
        self.label = QLabel(tr("Người nhậ&n"))
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Gõ tên (có dấu hoặc không dấu), cơ quan, thư điện tử hoặc số chứng thư"))
        self.label.setBuddy(self.search)
        self.results = QListWidget()
        self.results.setAccessibleName(tr("Người tìm thấy"))
        self.results.itemActivated.connect(self._take)
        self.results.itemClicked.connect(self._take)
        self.hint = make_muted(QLabel())
        self.hint.setWordWrap(True)
        self.notice = Notice()
        self.file_button = QPushButton(tr("Từ tệp chứng thư…"))
        self.file_button.clicked.connect(self._choose_file)
        self.groups_button = QPushButton(tr("Nhóm"))
        self.groups_button.clicked.connect(self._show_groups)
        self._chosen = QVBoxLayout()
        self._chosen.setSpacing(UNIT)
        self._local = _timer(self, TYPING_MS, self._search)
        self._remote = _timer(self, SERVER_MS, self._ask_servers)
        self.search.textChanged.connect(self._typed)
        self.search.installEventFilter(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(UNIT)
        for widget in (self.label, self.search, self.results, self.hint, self.notice):
            layout.addWidget(widget)
        layout.addWidget(ButtonRow([self.groups_button, self.file_button]))
        layout.addLayout(self._chosen)
        self._show(SearchResult())

    @property
    def is_checking(self) -> bool:
        """Whether a check is still under way."""
        return any(row.checked is None for row in self.rows)

    @property
    def checked(self) -> tuple[CheckedRecipient, ...]:
        """All chosen whose check has ended, in their order."""
        return tuple(row.checked for row in self.rows if row.checked is not None)

    @property
    def refused(self) -> tuple[str, ...]:
        """Names of those that may not receive anything."""
        may = (CertificateStatus.GOOD, CertificateStatus.UNKNOWN)
        return tuple(one.entry.name for one in self.checked if one.assessment.status not in may)

    def certificates(self) -> tuple[Certificate, ...]:
        """Of all chosen."""
        return tuple(row.entry.certificate for row in self.rows)

    def add(self, entries: Sequence[DirectoryEntry]) -> None:
        """Choose these, those not chosen yet, and have them checked."""
        known = {row.entry.certificate.sha256 for row in self.rows}
        new = [entry for entry in entries if entry.certificate.sha256 not in known]
        for entry in new:
            row = RecipientRow(entry)
            row.removed.connect(lambda row=row: self._remove(row))
            row.replaced.connect(lambda newer, row=row: self._replace(row, newer))
            self.rows.append(row)
            self._chosen.addWidget(row)
        if new:
            directory = self._directory
            run_job(self, lambda _: directory.check(new), done=self._show_checked, failed=self._say_unchecked)
        self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter takes the first found, Down goes to the list."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.results.count():
                self._take(self.results.item(0))
                return True
            if event.key() == Qt.Key.Key_Down and self.results.count():
                self.results.setCurrentRow(0)
                self.results.setFocus()
                return True
        return super().eventFilter(watched, event)

    # Looking

    def _typed(self) -> None:
        self._local.start()
        if self._directory.has_servers and len(self.search.text().strip()) >= _FROM_LETTERS:
            self._remote.start()
        else:
            self._remote.stop()

    def _search(self) -> None:
        query, directory = self.search.text().strip(), self._directory
        if not query:
            self._show(SearchResult())
            return
        run_job(
            self,
            lambda _: directory.search(query, limit=20),
            done=lambda found: self._show_found(query, found),
            failed=self._say,
        )

    def _ask_servers(self) -> None:
        query, directory = self.search.text().strip(), self._directory
        run_job(
            self,
            lambda progress: directory.search_servers(query, limit=20, should_stop=progress.is_cancelled),
            done=lambda found: self._take_answers(query, found),
            failed=self._say,
        )

    def _take_answers(self, query: str, found: SearchResult) -> None:
        if query != self.search.text().strip():
            return
        if found.entries:
            self._search()  # what was learned stands beside the rest, in one order
        if found.problems:
            self.hint.setText(describe_code(ErrorCode(found.problems[0]), {}).title)
            self.hint.show()

    def _show_found(self, query: str, found: SearchResult) -> None:
        if query == self.search.text().strip():
            self._show(found)
            if not found.entries:
                self.hint.setText(tr("Chưa thấy ai như vậy trong danh bạ trên máy này."))
                self.hint.show()

    def _show(self, found: SearchResult) -> None:
        self.results.clear()
        for entry in found.entries:
            facts = " · ".join(part for part in (entry.title, entry.agency, entry.email) if part)
            item = QListWidgetItem(f"{entry.name}\n{facts}" if facts else entry.name)
            item.setData(_ENTRY, entry)
            self.results.addItem(item)
        shown = min(self.results.count(), _ROWS_SHOWN)
        self.results.setVisible(bool(shown))
        if shown:
            self.results.setFixedHeight(shown * max(1, self.results.sizeHintForRow(0)) + UNIT)
        self.hint.setText("" if found.is_complete else tr("Còn nữa: gõ thêm để thu hẹp."))
        self.hint.setVisible(bool(self.hint.text()))

    def _take(self, item: QListWidgetItem) -> None:
        entry = item.data(_ENTRY)
        self.search.clear()
        self._show(SearchResult())
        self.search.setFocus()
        self.add([entry])

    # Chosen

    def _show_checked(self, found: tuple[CheckedRecipient, ...]) -> None:
        by_certificate = {one.entry.certificate.sha256: one for one in found}
        for row in self.rows:
            checked = by_certificate.get(row.entry.certificate.sha256)
            if checked is not None and row.checked is None:
                row.show_checked(checked)
        self.changed.emit()

    def _say_unchecked(self, error: BdsignerError) -> None:
        for row in self.rows:
            if row.checked is None:
                row.show_unchecked()
        self._say(error)

    def _remove(self, row: RecipientRow) -> None:
        self.rows.remove(row)
        self._chosen.removeWidget(row)
        row.hide()
        row.deleteLater()
        self.changed.emit()

    def _replace(self, row: RecipientRow, newer: DirectoryEntry) -> None:
        self._remove(row)
        self.add([newer])

    # Files and groups

    def _choose_file(self) -> None:
        dialog = QFileDialog(self, tr("Chọn tệp chứng thư của người nhận"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([tr("Chứng thư số (*.cer *.crt *.pem *.der)"), tr("Mọi tập tin (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self.add_files)
        dialog.open()

    def add_files(self, names: Sequence[str]) -> None:
        """Choose whoever certificate files name."""
        directory = self._directory
        self.notice.clear()
        run_job(
            self,
            lambda _: [directory.entry_of(Path(name)) for name in names],
            done=self.add,
            failed=self._say,
        )

    def _show_groups(self) -> None:
        directory = self._directory
        run_job(self, lambda _: directory.groups(), done=self._open_groups, failed=self._say)

    def _open_groups(self, groups: tuple[RecipientGroup, ...]) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for group in groups:
            count = len(group.certificates)
            action = menu.addAction(tr("{name} ({count} người)").format(name=group.name, count=count))
            action.triggered.connect(lambda _=False, group=group: self._take_group(group))
        if groups:
            menu.addSeparator()
        save = menu.addAction(tr("Lưu những người đang chọn thành nhóm…"))
        save.setEnabled(bool(self.rows))
        save.triggered.connect(self._name_group)
        menu.popup(below(self.groups_button))

    def _take_group(self, group: RecipientGroup) -> None:
        directory = self._directory
        run_job(self, lambda _: directory.entries(group.certificates), done=self.add, failed=self._say)

    def _name_group(self) -> None:
        dialog = QInputDialog(self)
        dialog.setWindowTitle(tr("Lưu nhóm người nhận"))
        dialog.setLabelText(tr("Tên nhóm"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.textValueSelected.connect(self._save_group)
        dialog.open()

    def _save_group(self, name: str) -> None:
        if not name.strip():
            return
        directory = self._directory
        group = RecipientGroup(name=name.strip(), certificates=tuple(one.sha256 for one in self.certificates()))
        entries = [row.entry for row in self.rows]

        def save() -> None:
            directory.remember_used(entries)
            directory.save_group(group)

        run_job(self, lambda _: save(), done=lambda _: None, failed=self._say)

    def _say(self, error: BdsignerError) -> None:
        if not isinstance(error, UserCancelled):
            self.notice.say_error(error)


def _timer(owner: QObject, milliseconds: int, act: Callable[[], object]) -> QTimer:
    timer = QTimer(owner)
    timer.setSingleShot(True)
    timer.setInterval(milliseconds)
    timer.timeout.connect(act)
    return timer
