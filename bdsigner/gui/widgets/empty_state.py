"""A page with nothing on it yet: one line what to drop, one button."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import UNIT, make_muted, make_primary, title_font
from bdsigner.gui.widgets.tone_icon import ToneIcon
from bdsigner.messages.translate import tr


class EmptyState(QWidget):
    asked = Signal()

    def __init__(self, *, icon_name: str, title: str, text: str, button: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = QLabel(title)
        self.title.setFont(title_font())
        self.text = make_muted(QLabel(text))
        self.button = make_primary(QPushButton(button))
        self.button.clicked.connect(self.asked)
        column = QVBoxLayout(self)
        column.setSpacing(UNIT * 2)
        column.addStretch(2)
        centre = Qt.AlignmentFlag.AlignHCenter
        column.addWidget(ToneIcon(Tone.UNKNOWN, UNIT * 7, name=icon_name), 0, centre)
        for label in (self.title, self.text):
            label.setWordWrap(True)
            label.setAlignment(centre)
            column.addWidget(label)
        column.addWidget(self.button, 0, centre)
        column.addStretch(3)


def nothing_to_sign() -> EmptyState:
    """What Ký số shows before a file is chosen; also what the window shows before that page is made."""
    return EmptyState(
        icon_name="file-pen-line",
        title=tr("Ký số văn bản"),
        text=tr("Thả vào đây một tập tin PDF để ký, hoặc cả thư mục để ký nhiều tập tin một lượt."),
        button=tr("Chọn tậ&p tin PDF…"),
    )
