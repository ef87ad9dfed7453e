"""Paints one file of the sheet: its page with the signature's box, its name, its state."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPen
from PySide6.QtWidgets import QApplication, QListView, QStyle, QStyledItemDelegate

from bdsigner.gui.look.colours import LIGHT, Tone
from bdsigner.gui.look.icons import draw_icon
from bdsigner.gui.look.theme import UNIT, colours, text_width
from bdsigner.gui.signing.file_state import StateWords
from bdsigner.model.document import Page
from bdsigner.model.geometry import Box

PAPER_LEAST, PAPER_CHARACTERS = 160, 18
"""Width of a page that stands upright, in pixels; wider where the text below it is larger."""
UPRIGHT = 2**0.5
"""A4."""
ROUND = 6
PAPER_OVER_TEXT = QColor(255, 255, 255, 200)
TINT_ALPHA = 56
SHAPE_SLACK = 0.12
"""A box may differ that much in shape from the picture of the signature drawn into it."""


@dataclass(frozen=True, slots=True)
class SheetItem:
    """What is seen of one file."""

    name: str
    state: StateWords
    page: Page | None
    """``None`` before it was read, or when it cannot be."""
    picture: QImage | None
    box: Box | None
    """Where the signature will be seen; ``None``: nowhere."""
    is_odd: bool
    """It is to be looked at."""


class SheetCell(QStyledItemDelegate):
    def __init__(self, parent: QListView) -> None:
        super().__init__(parent)
        self._view = parent
        self.appearance: QImage | None = None

    def size(self) -> QSize:
        """The least of every cell."""
        room, line = self._paper_room(), QFontMetrics(QApplication.font()).height()
        return QSize(room.width() + 2 * UNIT, room.height() + 2 * line + 3 * UNIT)

    def columns(self) -> int:
        """Cells in a line; they share its width."""
        return max(1, self._room() // self.size().width())

    def scale(self, page: Page) -> float:
        """Logical pixels a point for a page that fills its room."""
        room = self._paper_room()
        return min(room.width() / max(1.0, page.width_pt), room.height() / max(1.0, page.height_pt))

    def sizeHint(self, option: Any, index: Any) -> QSize:
        return QSize(max(self.size().width(), self._room() // self.columns()), self.size().height())

    def paint(self, painter: QPainter, option: Any, index: Any) -> None:
        item: SheetItem = index.data(Qt.ItemDataRole.UserRole)
        cell: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, cell, state, item)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        paper = self._paper(item.page, cell)
        self._paint_page(painter, paper, item)
        self._paint_words(painter, cell, item)
        painter.restore()

    # Inside

    def _room(self) -> int:
        """Qt begins a new line where cells fill the width to its last pixel."""
        return self._view.viewport().width() - 1

    def _paper_room(self) -> QSize:
        width = max(PAPER_LEAST, text_width(PAPER_CHARACTERS))
        return QSize(width, round(width * UPRIGHT))

    def _paper(self, page: Page | None, cell: QRect) -> QRect:
        room = self._paper_room()
        size = room
        if page is not None:
            scale = self.scale(page)
            size = QSize(max(1, round(page.width_pt * scale)), max(1, round(page.height_pt * scale)))
        left = cell.left() + (cell.width() - size.width()) // 2
        return QRect(left, cell.top() + UNIT + (room.height() - size.height()) // 2, size.width(), size.height())

    def _paint_ground(self, painter: QPainter, cell: QRect, state: QStyle.StateFlag, item: SheetItem) -> None:
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        inside = QRectF(cell).adjusted(2, 2, -2, -2)
        if is_chosen:
            has_keyboard = self._view.hasFocus()
            painter.setBrush(QColor(colours().selected))
            painter.setPen(QPen(QColor(colours().link), 2) if has_keyboard else Qt.PenStyle.NoPen)
            painter.drawRoundedRect(inside, ROUND, ROUND)
        elif item.is_odd and item.state.tone is not None:
            painter.setBrush(QColor(colours().tones[item.state.tone].ground))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawRoundedRect(inside, ROUND, ROUND)

    def _paint_page(self, painter: QPainter, paper: QRect, item: SheetItem) -> None:
        painter.fillRect(paper, Qt.GlobalColor.white)
        if item.picture is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(paper, item.picture)
        painter.setPen(QPen(QColor(colours().field_line), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(paper.adjusted(0, 0, -1, -1))
        if item.box is not None and item.page is not None:
            scale = self.scale(item.page)
            box = item.box
            place = QRectF(box.x_pt * scale, box.y_pt * scale, box.width_pt * scale, box.height_pt * scale)
            self._paint_box(painter, place.translated(paper.topLeft()), is_odd=item.is_odd)

    def _paint_box(self, painter: QPainter, place: QRectF, *, is_odd: bool) -> None:
        """On paper, which is white in both themes."""
        colour = QColor(LIGHT.tones[Tone.CAUTION].text if is_odd else LIGHT.accent)
        picture = self.appearance
        if picture is not None and _is_of_shape(picture, place):
            painter.fillRect(place, PAPER_OVER_TEXT)
            painter.drawImage(place, picture)
        else:
            tint = QColor(colour)
            tint.setAlpha(TINT_ALPHA)
            painter.fillRect(place, tint)
        painter.setPen(QPen(colour, 2 if is_odd else 1))
        painter.drawRect(place)

    def _paint_words(self, painter: QPainter, cell: QRect, item: SheetItem) -> None:
        metrics = painter.fontMetrics()
        line = metrics.height()
        top = cell.top() + self._paper_room().height() + UNIT + UNIT // 2
        name = QRect(cell.left() + UNIT, top, cell.width() - 2 * UNIT, line)
        painter.setPen(QColor(colours().text))
        shown = metrics.elidedText(item.name, Qt.TextElideMode.ElideMiddle, name.width())
        painter.drawText(name, int(Qt.AlignmentFlag.AlignCenter), shown)
        tone = item.state.tone
        colour = QColor(colours().tones[tone].text if tone is not None else colours().muted)
        side, gap = line - 2, UNIT // 2
        words = metrics.elidedText(item.state.words, Qt.TextElideMode.ElideRight, name.width() - side - gap)
        width = side + gap + metrics.horizontalAdvance(words)
        left = name.left() + max(0, (name.width() - width) // 2)
        top = name.bottom() + 1 + UNIT // 4
        draw_icon(painter, QRectF(left, top + 1, side, side), item.state.icon, colour)
        painter.setPen(colour)
        text = QRect(left + side + gap, top, name.right() - left - side - gap + 1, line)
        painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter), words)


def _is_of_shape(picture: QImage, place: QRectF) -> bool:
    """Whether the picture of one signature may stand for another."""
    ours, theirs = picture.width() / max(1, picture.height()), place.width() / max(1.0, place.height())
    return abs(ours - theirs) <= SHAPE_SLACK * theirs
