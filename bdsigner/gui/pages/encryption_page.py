"""Mã hóa: files for colleagues, and what colleagues sent (Đ13, Đ18.1)."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from bdsigner.app import Application
from bdsigner.gui.encryption.decrypt_panel import DecryptPanel
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
            title=tr("Giải mã văn bản nhận được"),
            text=tr("Thả vào đây tập tin đã mã hóa cho bạn (.p7m) để mở bằng thiết bị của bạn."),
            button=tr("Chọn tậ&p tin mã hóa…"),
        )
        self.empty.asked.connect(self.choose_envelopes)
        self.open_button = QPushButton(tr("Chọn tậ&p tin mã hóa…"))
        set_icon(self.open_button, "folder-open", size=2 * UNIT)
        self.open_button.clicked.connect(self.choose_envelopes)
        self.decrypting = DecryptPanel(application, interaction)
        self.decrypting.work_started.connect(self.work_started)
        self.decrypting.work_finished.connect(self.work_finished)
        self.decrypting.verify_wanted.connect(self.verify_wanted)
        area, column = scrolled_column(tr("Giải mã"))
        column.addWidget(self.decrypting)
        self._decrypting_area = area
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(area)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 2 * UNIT)
        layout.setSpacing(2 * UNIT)
        layout.addLayout(self._head())
        layout.addWidget(self.stack, stretch=1)
        self.open_button.hide()

    def open_envelopes(self, paths: Sequence[Path]) -> None:
        """Show received files that are encrypted."""
        if paths:
            self.open_button.show()
            self.stack.setCurrentWidget(self._decrypting_area)
            self.decrypting.show_files(paths)

    def choose_envelopes(self) -> None:
        """Ask for received files."""
        dialog = QFileDialog(self, tr("Chọn tập tin mã hóa"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([tr("Tập tin mã hóa (*.p7m *.P7M *.p7 *.cms *.eml)"), tr("Mọi tập tin (*)")])
        if self._preferences.settings.last_folder is not None:
            dialog.setDirectory(str(self._preferences.settings.last_folder))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda names: self.open_envelopes([Path(name) for name in names]))
        dialog.open()

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        title = QLabel(tr("Mã hóa"))
        title.setFont(title_font())
        row.addWidget(title)
        row.addStretch(1)
        row.addWidget(self.open_button)
        return row
