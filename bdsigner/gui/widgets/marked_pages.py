"""Pages with numbered frames on them: where something differs, told by shape and number, not by colour alone."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from bdsigner.gui.look.colours import LIGHT, Tone
from bdsigner.gui.look.theme import UNIT, strong_font
from bdsigner.gui.widgets.page_view import PageView
from bdsigner.model.comparison import Difference

_LINE_PX, _CHOSEN_LINE_PX = 2.0, 3.0
_ROOM_PX = 4
"""Between what differs and its frame."""
_TINT = 0.12


@dataclass(frozen=True, slots=True)
class Mark:
    """A frame with the number that the list beside it shows."""

    number: int
    difference: Difference


class MarkedPages(PageView):
    """Solid frames for what differs, dashed ones at the boxes of later signatures."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._marks: dict[int, tuple[Mark, ...]] = {}
        """By page: there may be thousands, of which few are in sight."""
        self._chosen: Mark | None = None

    @property
    def marks(self) -> tuple[Mark, ...]:
        """All frames, page by page."""
        return tuple(mark for marks in self._marks.values() for mark in marks)

    @property
    def chosen(self) -> Mark | None:
        return self._chosen

    def add_marks(self, page: int, marks: tuple[Mark, ...]) -> None:
        """Put frames on a page.  A page that this revision does not have carries none."""
        self._marks[page] = marks
        if page in self._visible():
            self.viewport().update()

    def choose(self, mark: Mark | None) -> None:
        """Make one frame stand out."""
        self._chosen = mark
        self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(strong_font())
        for page in self._visible():
            for mark in self._marks.get(page, ()):
                self._paint_mark(painter, mark)
        painter.end()

    def _paint_mark(self, painter: QPainter, mark: Mark) -> None:
        frame = self.box_in_viewport(mark.difference.box).adjusted(-_ROOM_PX, -_ROOM_PX, _ROOM_PX, _ROOM_PX)
        tag = self._tag(painter, mark, frame)
        if not frame.united(tag).intersects(QRectF(self.viewport().rect())):
            return
        # Paper is white in every theme, so the colours are those of the light one.
        colour = QColor(LIGHT.accent if mark.difference.is_at_later_signature else LIGHT.tones[Tone.CAUTION].text)
        line = Qt.PenStyle.DashLine if mark.difference.is_at_later_signature else Qt.PenStyle.SolidLine
        is_chosen = mark == self._chosen
        if is_chosen:
            tint = QColor(colour)
            tint.setAlphaF(_TINT)
            painter.fillRect(frame, tint)
        painter.setPen(QPen(colour, _CHOSEN_LINE_PX if is_chosen else _LINE_PX, line, Qt.PenCapStyle.FlatCap))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(frame)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRoundedRect(tag, 3, 3)
        painter.setPen(QColor(LIGHT.on_accent))
        painter.drawText(tag, int(Qt.AlignmentFlag.AlignCenter), str(mark.number))

    def _tag(self, painter: QPainter, mark: Mark, frame: QRectF) -> QRectF:
        """Where the number stands: on the upper left corner of the frame, outside of what it frames."""
        metrics = painter.fontMetrics()
        width, height = metrics.horizontalAdvance(str(mark.number)) + UNIT, metrics.height()
        return QRectF(frame.left() - _LINE_PX / 2, frame.top() - height, width, height)
