"""The shape and the colour of a statement."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from bdsigner.gui.look.colours import ICONS, Tone
from bdsigner.gui.look.icons import draw_icon
from bdsigner.gui.look.theme import colours


class ToneIcon(QWidget):
    """Paints with the colours in force, so it follows a change of theme by itself."""

    def __init__(self, tone: Tone, size: int, parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__(parent)
        self._tone = tone
        self._name = name
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def tone(self) -> Tone:
        """What the colour says."""
        return self._tone

    @property
    def shape_name(self) -> str:
        """The icon drawn."""
        return self._name or ICONS[self._tone]

    def show_tone(self, tone: Tone, name: str = "") -> None:
        """Say something else; ``name`` replaces the tone's own shape."""
        self._tone = tone
        self._name = name
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._size, self._size)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_icon(painter, QRectF(self.rect()), self.shape_name, QColor(colours().tones[self._tone].text))
        painter.end()
