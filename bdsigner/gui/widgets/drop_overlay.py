"""Shown over the window while files are dragged across it."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import UNIT, title_font
from bdsigner.gui.widgets.tone_icon import ToneIcon
from bdsigner.messages.translate import tr


class DropOverlay(QFrame):
    """Covers its parent when shown; the mouse passes through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._covered = parent
        self.setProperty("role", "drop")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        text = QLabel(tr("Thả ra để ký hoặc kiểm tra"))
        text.setFont(title_font())
        column = QVBoxLayout(self)
        column.setSpacing(2 * UNIT)
        column.addStretch(1)
        column.addWidget(ToneIcon(Tone.UNKNOWN, 6 * UNIT, name="upload"), alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(text, alignment=Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.hide()

    def cover(self) -> None:
        """Show over the whole parent."""
        self.setGeometry(self._covered.rect().adjusted(UNIT, UNIT, -UNIT, -UNIT))
        self.raise_()
        self.show()
