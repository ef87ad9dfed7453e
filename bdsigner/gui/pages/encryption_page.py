"""Mã hóa: files for colleagues, and what colleagues sent (Đ13, Đ18.1)."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from bdsigner.app import Application
from bdsigner.gui.encryption.decrypt_panel import DecryptPanel
from bdsigner.gui.encryption.encrypt_panel import EncryptPanel
from bdsigner.gui.look.icons import set_icon
from bdsigner.gui.look.theme import UNIT, title_font
from bdsigner.gui.preferences import Preferences
from bdsigner.gui.widgets.empty_state import EmptyState
from bdsigner.gui.widgets.scrolled import scrolled_column
from bdsigner.messages.translate import tr
from bdsigner.ports import Interaction


class EncryptionPage(QWidget):
    work_started = Signal()
    work_finished = Signal()
    verify_wanted = Signal(list)
    """What was decrypted and is signed, as ``Path``."""

    def __init__(
        self,
        application: Application,
        interaction: Interaction,
        preferences: Preferences,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self.empty = EmptyState(
            icon_name="lock",
            title=tr("Mã hóa và giải mã văn bản"),
            text=tr(
                "Thả vào đây tập tin cần gửi để mã hóa cho người nhận, hoặc tập tin đã mã hóa cho bạn (.p7m) để mở bằng thiết bị."
            ),
            button=tr("Chọn tậ&p tin để mã hóa…"),
        )
        self.empty.asked.connect(self.choose_files)
        self.encrypt_button = _head_button(tr("Mã hóa tậ&p tin…"), "lock", self.choose_files)
        self.decrypt_button = _head_button(tr("Giải mã tập tin nhận được…"), "folder-open", self.choose_envelopes)
        self.encrypting = EncryptPanel(application, interaction)
        self.encrypting.files_wanted.connect(self.choose_files)
        self.decrypting = DecryptPanel(application, interaction)
        self.decrypting.verify_wanted.connect(self.verify_wanted)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self._areas = {}
        for panel, name in ((self.encrypting, tr("Mã hóa")), (self.decrypting, tr("Giải mã"))):
            panel.work_started.connect(self.work_started)
            panel.work_finished.connect(self.work_finished)
            area, column = scrolled_column(name)
            column.addWidget(panel)
            self._areas[panel] = area
            self.stack.addWidget(area)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 2 * UNIT)
        layout.setSpacing(2 * UNIT)
        layout.addLayout(self._head())
        layout.addWidget(self.stack, stretch=1)
        self.encrypt_button.hide()

    @property
    def takes_files(self) -> bool:
        """Whether files that arrive are meant to be encrypted: the person is at that side."""
        return self.stack.currentWidget() is not self._areas[self.decrypting]

    def add_files(self, paths: Sequence[Path]) -> None:
        """Put files and folders among those to be encrypted."""
        if paths:
            self._show(self.encrypting)
            self.encrypting.add_files(paths)
            self.encrypting.look_for_sender()

    def open_envelopes(self, paths: Sequence[Path]) -> None:
        """Show received files that are encrypted."""
        if paths:
            self._show(self.decrypting)
            self.decrypting.show_files(paths)

    def choose_files(self) -> None:
        """Ask for files to encrypt."""
        self._choose(tr("Chọn tập tin để mã hóa"), [tr("Mọi tập tin (*)")], self.add_files)

    def choose_envelopes(self) -> None:
        """Ask for received files."""
        filters = [tr("Tập tin mã hóa (*.p7m *.P7M *.p7 *.cms *.eml)"), tr("Mọi tập tin (*)")]
        self._choose(tr("Chọn tập tin mã hóa"), filters, self.open_envelopes)

    def _choose(self, title: str, filters: list[str], take: Callable[[list[Path]], object]) -> None:
        dialog = QFileDialog(self, title)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters(filters)
        if self._preferences.settings.last_folder is not None:
            dialog.setDirectory(str(self._preferences.settings.last_folder))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: take([Path(name) for name in names]))
        dialog.open()

    def _show(self, panel: EncryptPanel | DecryptPanel) -> None:
        self.encrypt_button.setVisible(panel is self.decrypting)
        self.stack.setCurrentWidget(self._areas[panel])

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        title = QLabel(tr("Mã hóa"))
        title.setFont(title_font())
        row.addWidget(title)
        row.addStretch(1)
        row.addWidget(self.encrypt_button)
        row.addWidget(self.decrypt_button)
        return row


def _head_button(text: str, icon_name: str, act: Callable[[], object]) -> QPushButton:
    button = QPushButton(text)
    set_icon(button, icon_name, size=2 * UNIT)
    button.clicked.connect(act)
    return button
