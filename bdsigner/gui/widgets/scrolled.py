"""Columns that scroll when they are higher than their place."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from bdsigner.gui.look.theme import UNIT

_SCREEN_SHARE = 0.9
"""Of the screen: a title bar and a taskbar that keeps no place for itself want some of it."""


class FittedArea(QScrollArea):
    """As large as its content wherever its window may be: scrolls only on a screen that is too small."""

    content_changed = Signal()
    """Its content may need another size now."""

    def sizeHint(self) -> QSize:
        content = self.widget()
        if content is None or (layout := content.layout()) is None:
            return super().sizeHint()
        width = content.sizeHint().width()
        height = layout.totalHeightForWidth(width) if layout.hasHeightForWidth() else content.sizeHint().height()
        return QSize(width, height)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.widget() and event.type() is QEvent.Type.LayoutRequest:
            self.updateGeometry()
            self.content_changed.emit()
        return super().eventFilter(watched, event)


def scrolled_column(name: str, area: QScrollArea | None = None) -> tuple[QScrollArea, QVBoxLayout]:
    """The area, named for screen readers, and the column to fill."""
    inner = QWidget()
    inner.setProperty("role", "scrolled")
    column = QVBoxLayout(inner)
    column.setContentsMargins(0, 0, UNIT, 0)
    column.setSpacing(2 * UNIT)
    area = area or QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setAccessibleName(name)
    area.setWidget(inner)
    return area, column


def screen_room(window: QWidget) -> QSize:
    """The largest size that a window may have on its screen."""
    return window.screen().availableSize() * _SCREEN_SHARE


def fit_to_screen(window: QWidget, area: FittedArea) -> None:
    """Give a window the size that its content wants, as far as the screen has room; shown, it only grows."""
    screen, room = window.screen().availableGeometry(), screen_room(window)
    wanted = window.sizeHint()
    if wanted.height() > room.height():
        wanted += QSize(area.verticalScrollBar().sizeHint().width(), 0)
    wanted = wanted.boundedTo(room)
    if window.isVisible():
        wanted = wanted.expandedTo(window.size())
    window.resize(wanted)
    below = window.frameGeometry().bottom() - screen.bottom()
    if window.isVisible() and below > 0:
        window.move(window.x(), max(screen.top(), window.y() - below))
