"""Mã hóa: what is sent, for whom, as one file or many; the sender reads along unless told otherwise."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.gui.encryption.bytes_told import BytesTold
from bdsigner.gui.encryption.recipient_picker import RecipientPicker
from bdsigner.gui.jobs import Job, run_job
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.icons import set_icon
from bdsigner.gui.look.theme import UNIT, make_muted, make_primary, strong_font
from bdsigner.gui.widgets.button_row import ButtonRow
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.work_strip import WorkStrip
from bdsigner.messages.sizes import describe_size
from bdsigner.messages.translate import tr
from bdsigner.model.directory import DirectoryEntry
from bdsigner.model.encryption import EncryptionOutcome, EncryptionPlan

if TYPE_CHECKING:
    from bdsigner.app import Application
    from bdsigner.ports import Interaction, Progress

_FILES_SHOWN = 5
_PATH = Qt.ItemDataRole.UserRole


class EncryptPanel(QWidget):
    work_started = Signal()
    work_finished = Signal()
    files_wanted = Signal()
    """The person wants to choose more."""

    def __init__(self, application: "Application", interaction: "Interaction", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._interaction = interaction
        self._own: DirectoryEntry | None = None
        self._job: Job | None = None
        self._outputs: tuple[Path, ...] = ()
        self.files = QListWidget()
        self.files.setAccessibleName(tr("Tập tin sẽ mã hóa"))
        self.add_button = QPushButton(tr("T&hêm tập tin…"))
        set_icon(self.add_button, "plus", size=2 * UNIT)
        self.add_button.clicked.connect(self.files_wanted)
        self.remove_button = QPushButton(tr("Bỏ tậ&p tin đang chọn"))
        self.remove_button.clicked.connect(self._remove_file)
        self.each = QRadioButton(tr("Mỗi tập tin một kết &quả"))
        self.archive = QRadioButton(tr("Gộp tất cả thành một tệp nén (.&zip)"))
        self.each.setChecked(True)
        self.picker = RecipientPicker(application.directory)
        self.picker.changed.connect(self._update)
        self.with_me = QCheckBox(tr("Cả tôi cũn&g đọc được"))
        self.with_me.setChecked(application.profile.encryption.includes_sender)
        self.provider = make_muted(QLabel())
        self.provider.setWordWrap(True)
        self.notice = Notice()
        self.button = make_primary(QPushButton())
        self.button.clicked.connect(self._encrypt)
        self.reason = make_muted(QLabel())
        self.reason.setWordWrap(True)
        self.strip = WorkStrip()
        self.strip.cancelled.connect(self._cancel)
        self.result = Notice()
        self.folder_button = QPushButton(tr("Mở thư mục"))
        self.folder_button.clicked.connect(self._open_folder)
        self.folder_button.hide()
        self.files.currentRowChanged.connect(lambda _: self._update())
        self._lay_out()
        self._show_provider()
        self._update()

    @property
    def paths(self) -> tuple[Path, ...]:
        """Files and folders to encrypt."""
        return tuple(self.files.item(row).data(_PATH) for row in range(self.files.count()))

    def add_files(self, paths: Sequence[Path]) -> None:
        """Put files and folders on the list, each once."""
        known = set(self.paths)
        for path in paths:
            if path not in known:
                item = QListWidgetItem(_described(path))
                item.setData(_PATH, path)
                item.setToolTip(str(path))
                self.files.addItem(item)
        self.result.clear()
        self.folder_button.hide()
        self._fit_list()
        self._update()

    def look_for_sender(self) -> None:
        """Whose certificate "cả tôi" means: that of the token plugged in."""
        directory = self._application.directory
        run_job(self, lambda _: directory.own(), done=self._show_sender, failed=self._say)

    def _show_sender(self, own: tuple[DirectoryEntry, ...]) -> None:
        usable = [entry for entry in own if entry.certificate.may_encrypt]
        self._own = usable[0] if usable else None
        self.with_me.setEnabled(self._own is not None)
        text = tr("Cả tôi cũn&g đọc được")
        if self._own is None:
            text = tr("Cả tôi cũn&g đọc được (cần cắm thiết bị có chứng thư số dùng để mã hóa)")
        self.with_me.setText(f"{text} – {self._own.name}" if self._own is not None else text)
        self._update()

    def _show_provider(self) -> None:
        providers = self._application.encryption.providers
        if not providers:
            self.provider.setText(tr("Chức năng mã hóa đã tắt trong cấu hình của đơn vị."))
            return
        name = providers[0].name
        text = tr("Công cụ bổ trợ: {name}") if providers[0].is_auxiliary else tr("Công cụ mã hóa: {name}")
        self.provider.setText(text.format(name=name))

    def _remove_file(self) -> None:
        self.files.takeItem(self.files.currentRow())
        self._fit_list()
        self._update()

    def _fit_list(self) -> None:
        rows = max(1, min(self.files.count(), _FILES_SHOWN))
        self.files.setFixedHeight(rows * max(3 * UNIT, self.files.sizeHintForRow(0)) + UNIT)

    def _update(self) -> None:
        count = len(self.picker.rows)
        self.button.setText(
            tr("&Mã hóa cho {count} người").format(count=count) if count else tr("&Mã hóa cho người nhận")
        )
        self.remove_button.setEnabled(self.files.currentRow() >= 0)
        is_several = self.files.count() > 1 or any(path.is_dir() for path in self.paths)
        for choice in (self.each, self.archive):
            choice.setVisible(is_several)
        reason = self._why_not()
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
        self.button.setEnabled(not reason)

    def _why_not(self) -> str:
        if self._job is not None:
            return tr("Đang mã hóa…")
        if not self._application.encryption.providers:
            return tr("Chức năng mã hóa đã tắt trong cấu hình của đơn vị.")
        if not self.files.count():
            return tr("Chưa có tập tin nào để mã hóa.")
        if not self.picker.rows:
            return tr("Chưa chọn người nhận nào.")
        if self.picker.refused:
            return tr("Không được mã hóa cho {names}; bỏ ra hoặc thay chứng thư số khác.").format(
                names=", ".join(self.picker.refused)
            )
        return tr("Đang kiểm tra chứng thư số của người nhận…") if self.picker.is_checking else ""

    def _encrypt(self) -> None:
        checked = self.picker.checked
        plan = EncryptionPlan(
            files=self.paths,
            as_archive=self.archive.isChecked() and not self.archive.isHidden(),
            recipients=self.picker.certificates(),
            sender=self._own.certificate if self._own is not None and self.with_me.isChecked() else None,
        )
        told = BytesTold(self.strip)
        application, entries = self._application, [one.entry for one in checked]
        self.notice.clear()
        self.result.clear()
        self.strip.start(tr("Đang mã hóa {file}").format(file=plan.files[0].name))
        self.work_started.emit()

        def work(progress: "Progress") -> tuple[EncryptionOutcome, ...]:
            outcomes = application.encryption.encrypt(
                plan, checked=checked, interaction=self._interaction, progress=progress, tell=told.watched_by(progress)
            )
            application.directory.remember_used(entries)
            return outcomes

        self._job = run_job(
            self,
            work,
            done=self._done,
            failed=self._failed,
            progressed=self.strip.show_progress,
        )
        self._update()

    def _done(self, outcomes: tuple[EncryptionOutcome, ...]) -> None:
        self._end()
        failed = [outcome.error for outcome in outcomes if outcome.error is not None]
        if failed:
            self.notice.say_error(failed[0])
        written = [outcome for outcome in outcomes if outcome.output is not None]
        self._outputs = tuple(outcome.output for outcome in written if outcome.output is not None)
        if not written:
            return
        names = ", ".join(one.common_name or one.subject for one in written[0].recipients)
        title = (
            tr("Đã mã hóa thành {file}").format(file=self._outputs[0].name)
            if len(written) == 1
            else tr("Đã mã hóa {count} tập tin").format(count=len(written))
        )
        text = tr("Đọc được: {names}. Lưu tại {folder}.").format(names=names, folder=self._outputs[0].parent)
        self.result.say(Tone.VALID, title, text)
        self.folder_button.show()

    def _failed(self, error: BdsignerError) -> None:
        self._end()
        self._say(error)

    def _end(self) -> None:
        self._job = None
        self.strip.finish()
        self.work_finished.emit()
        self._update()

    def _say(self, error: BdsignerError) -> None:
        if not isinstance(error, UserCancelled):
            self.notice.say_error(error)

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    def _open_folder(self) -> None:
        if self._outputs:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._outputs[0].parent)))

    def _lay_out(self) -> None:
        parts: list[QWidget] = [self.files, ButtonRow([self.add_button, self.remove_button]), self.each, self.archive]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * UNIT)
        layout.addWidget(_card(tr("Tập tin"), parts))
        layout.addWidget(_card("", [self.picker, self.with_me]))
        below: list[QWidget] = [self.notice, self.strip, self.result, self.folder_button, self.provider, self.reason]
        for widget in below:
            layout.addWidget(widget)
        layout.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignLeft)
        layout.setAlignment(self.folder_button, Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(1)
        self._fit_list()


def _card(title: str, parts: Sequence[QWidget]) -> QFrame:
    card = QFrame()
    card.setProperty("role", "card")
    column = QVBoxLayout(card)
    column.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 2 * UNIT)
    column.setSpacing(UNIT)
    if title:
        label = QLabel(title)
        label.setFont(strong_font())
        column.addWidget(label)
    for part in parts:
        column.addWidget(part)
    return card


def _described(path: Path) -> str:
    try:
        return path.name if path.is_dir() else f"{path.name} · {describe_size(path.stat().st_size)}"
    except OSError:
        return path.name
