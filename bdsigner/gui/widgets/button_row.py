"""Buttons side by side, one below the other where there is no room."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QWidget

from bdsigner.gui.look.theme import UNIT


class ButtonRow(QWidget):
    """Its least width is that of the widest of its parts."""

    def __init__(self, parts: Sequence[QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._parts = tuple(parts)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(UNIT)
        for part in self._parts:
            self._row.addWidget(part)
        self._row.addStretch(1)

    def minimumSizeHint(self) -> QSize:
        width = max((part.minimumSizeHint().width() for part in self._shown()), default=0)
        return QSize(width, self._row.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self._arrange()
        return super().event(event)

    def _arrange(self) -> None:
        wanted = sum(part.sizeHint().width() + UNIT for part in self._shown())
        direction = QBoxLayout.Direction
        self._row.setDirection(direction.TopToBottom if wanted > self.width() else direction.LeftToRight)

    def _shown(self) -> list[QWidget]:
        return [part for part in self._parts if not part.isHidden()]


def below(button: QWidget) -> QPoint:
    """Where its menu opens, on the screen."""
    return button.mapToGlobal(button.rect().bottomLeft())
