"""A failure as the person reads it: what happened, what to do, and a report to copy for support."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from bdsigner.errors import BdsignerError
from bdsigner.gui.error_report import error_report
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.icons import set_icon
from bdsigner.gui.look.theme import UNIT, make_muted, make_primary, text_width, title_font
from bdsigner.gui.widgets.tone_icon import ToneIcon
from bdsigner.messages.errors import Message, describe
from bdsigner.messages.translate import tr

_WIDTH_CHARACTERS = 64


class MessageDialog(QDialog):
    """Shows one failure."""

    def __init__(self, error: BdsignerError, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._error = error
        self._message = describe(error)
        self.setWindowTitle(tr("bdsigner"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * UNIT, 3 * UNIT, 3 * UNIT, 2 * UNIT)
        layout.setSpacing(2 * UNIT)
        layout.addLayout(self._text(self._message))
        layout.addLayout(self._buttons())
        self.close_button.setFocus()

    def _text(self, message: Message) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(2 * UNIT)
        row.addWidget(ToneIcon(Tone.BROKEN, 4 * UNIT), alignment=Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(UNIT)
        title = QLabel(message.title)
        title.setFont(title_font())
        code = make_muted(QLabel(tr("Mã lỗi: {code}").format(code=message.code)))
        for label in (title, QLabel(message.sentence), QLabel(message.remedy), code):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.setMinimumWidth(text_width(_WIDTH_CHARACTERS))
            column.addWidget(label)
        row.addLayout(column, stretch=1)
        return row

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        self.copy_button = QPushButton(tr("&Chép chi tiết"))
        set_icon(self.copy_button, "copy")
        self.copy_button.clicked.connect(self._copy)
        row.addWidget(self.copy_button)
        row.addStretch(1)
        self.close_button = make_primary(QPushButton(tr("Đó&ng")))
        self.close_button.clicked.connect(self.reject)
        self.close_button.setDefault(True)
        row.addWidget(self.close_button)
        return row

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(error_report(self._error))
        self.copy_button.setText(tr("Đã chép"))


def show_error(parent: QWidget, error: BdsignerError) -> MessageDialog:
    """Open the message over ``parent`` without blocking; deleted when closed."""
    dialog = MessageDialog(error, parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog
