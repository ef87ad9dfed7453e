"""The rooms of the program, one below the other; settings stand apart."""

from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from bdsigner.gui.look.icons import set_icon
from bdsigner.gui.look.theme import UNIT, make_muted, strong_font
from bdsigner.messages.translate import tr

_EMBLEM_SIZE = 5 * UNIT


class Navigation(QFrame):
    """``chosen`` carries the number of the room, counted in the order they were added."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "navigation")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.emblem = Emblem()
        self.owner = make_muted(QLabel())
        self.owner.setTextFormat(Qt.TextFormat.PlainText)
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self.chosen)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(UNIT, 2 * UNIT, UNIT, 2 * UNIT)
        self._column.setSpacing(UNIT // 2)
        self._column.addLayout(self._brand())
        self._column.addSpacing(2 * UNIT)

    def add_room(self, text: str, icon_name: str) -> QPushButton:
        """Add a room below the others."""
        button = QPushButton(text)
        button.setProperty("role", "room")
        button.setCheckable(True)
        set_icon(button, icon_name)
        self._group.addButton(button, len(self._group.buttons()))
        self._column.addWidget(button)
        return button

    def add_gap(self) -> None:
        """What follows stands at the bottom."""
        self._column.addStretch(1)

    def show_room(self, number: int) -> None:
        """Mark where the person is."""
        self._group.button(number).setChecked(True)

    def show_owner(self, name: str, emblem: Path) -> None:
        """Say whose configuration is in force."""
        self.owner.setText(name)
        self.emblem.load(emblem)

    def _brand(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(UNIT // 2, 0, UNIT, 0)
        row.setSpacing(UNIT)
        row.addWidget(self.emblem)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        name = QLabel(tr("bdsigner"))
        name.setFont(strong_font())
        texts.addWidget(name)
        texts.addWidget(self.owner)
        row.addLayout(texts, stretch=1)
        return row


class Emblem(QWidget):
    """The emblem of the profile; keeps its place free until it is known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._renderer: QSvgRenderer | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def load(self, emblem: Path) -> None:
        """Show an SVG file of the profile."""
        self._renderer = QSvgRenderer(str(emblem), self)
        self._renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_EMBLEM_SIZE, _EMBLEM_SIZE)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._renderer is not None and self._renderer.isValid():
            painter = QPainter(self)
            self._renderer.render(painter, QRectF(self.rect()))
            painter.end()
