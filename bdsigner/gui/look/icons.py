"""Icons of one open set (Lucide), in the colours of the theme."""

from functools import cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication

from bdsigner.storage.resources import resource_path

SIZE = 20
"""Side of an icon beside text, in pixels of the screen's scale."""

_GAP = 4
"""Added to the style's own distance between an icon and the text of its button."""
_NAME, _ROLE, _SIZE = "lucideName", "lucideRole", "lucideSize"


def set_icon(
    button: QAbstractButton, name: str, role: QPalette.ColorRole = QPalette.ColorRole.ButtonText, size: int = SIZE
) -> None:
    """Give a button an icon by its Lucide name; ``recolour_icons`` keeps it in the palette's colour for ``role``."""
    button.setProperty(_NAME, name)
    button.setProperty(_ROLE, role.value)
    button.setProperty(_SIZE, size)
    _apply(button)


def recolour_icons() -> None:
    """Draw the icons of all buttons afresh, after a change of palette."""
    for widget in QApplication.allWidgets():
        if widget.property(_NAME) and isinstance(widget, QAbstractButton):
            _apply(widget)


def icon_pixmap(name: str, colour: QColor, size: int, ratio: float, *, gap: int = 0) -> QPixmap:
    """A picture of an icon, ``size`` screen pixels a side at a scale of ``ratio``, with room on its right."""
    pixmap = QPixmap(round((size + gap) * ratio), round(size * ratio))
    pixmap.fill(Qt.GlobalColor.transparent)
    pixmap.setDevicePixelRatio(ratio)
    painter = QPainter(pixmap)
    draw_icon(painter, QRectF(0, 0, size, size), name, colour)
    painter.end()
    return pixmap


def fixed_icon(name: str, colour: QColor, size: int, ratio: float) -> QIcon:
    """An icon for a list whose colour carries meaning: the style would tint it in the chosen row."""
    picture = icon_pixmap(name, colour, size, ratio)
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Selected)
    return icon


def _apply(button: QAbstractButton) -> None:
    name, size = button.property(_NAME), button.property(_SIZE)
    role = QPalette.ColorRole(button.property(_ROLE))
    gap = _GAP if button.text() else 0
    made = QIcon()
    for mode, group in (
        (QIcon.Mode.Normal, QPalette.ColorGroup.Active),
        (QIcon.Mode.Disabled, QPalette.ColorGroup.Disabled),
    ):
        colour = QGuiApplication.palette().color(group, role)
        for ratio in sorted({1.0, QApplication.primaryScreen().devicePixelRatio()}):
            made.addPixmap(icon_pixmap(name, colour, size, ratio, gap=gap), mode)
    button.setIconSize(QSize(size + gap, size))
    button.setIcon(made)


def draw_icon(painter: QPainter, rect: QRectF, name: str, colour: QColor) -> None:
    """Draw an icon in one colour, centred in ``rect``."""
    side = min(rect.width(), rect.height())
    corner = rect.center() - QPointF(side / 2, side / 2)
    _renderer(name, colour.name()).render(painter, QRectF(corner.x(), corner.y(), side, side))


@cache
def _source(name: str) -> str:
    path: Path = resource_path("icons", f"{name}.svg")
    return path.read_text(encoding="utf-8")


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))
