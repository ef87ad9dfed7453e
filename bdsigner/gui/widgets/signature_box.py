"""The visible signature on the page: seen as it will be, moved and sized with mouse or keyboard."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from bdsigner.gui.look.colours import LIGHT, Tone
from bdsigner.gui.widgets.page_geometry import (
    HANDLES,
    ROUNDING_PT,
    Handle,
    is_elsewhere,
    kept_in_zone,
    kept_on_page,
    mm_from_pt,
    moved,
    pt_from_mm,
    resized,
    room_for,
    whole_page,
)
from bdsigner.gui.widgets.page_view import PageView
from bdsigner.gui.widgets.zone_hint import ZoneHint
from bdsigner.messages.translate import tr
from bdsigner.model.document import Page
from bdsigner.model.examination import Zone
from bdsigner.model.geometry import Box

HANDLE_PX = 9
EDGE_PX = 6
"""Room around the box for its handles."""
SCROLL_ZONE_PX = 24
"""A drag this near to the edge of the view scrolls it."""
SCROLL_MILLISECONDS = 30
TREMBLE_PX = 6
"""A hand that leads the box along the edge of its zone leaves it by so much without meaning to."""
HINT_CLEAR_MM = 7.0
"""From the zone to what is said of it: the name and the last title line, which it speaks of, stay in sight."""
STEP_MM, FINE_STEP_MM, WIDE_STEP_MM = 1.0, 0.2, 10.0
ACCENT, WARNING = QColor(LIGHT.accent), QColor(LIGHT.tones[Tone.BROKEN].text)
"""Drawn on white paper whatever the theme."""

_DIRECTIONS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_CURSORS = {
    Handle(-1, -1): Qt.CursorShape.SizeFDiagCursor,
    Handle(1, 1): Qt.CursorShape.SizeFDiagCursor,
    Handle(1, -1): Qt.CursorShape.SizeBDiagCursor,
    Handle(-1, 1): Qt.CursorShape.SizeBDiagCursor,
    Handle(-1, 0): Qt.CursorShape.SizeHorCursor,
    Handle(1, 0): Qt.CursorShape.SizeHorCursor,
    Handle(0, -1): Qt.CursorShape.SizeVerCursor,
    Handle(0, 1): Qt.CursorShape.SizeVerCursor,
}


class SignatureBox(QWidget):
    """Lies on the viewport of a page view and follows it."""

    box_changed = Signal(object)
    """The ``Box`` that the person made with mouse or keyboard."""
    stopped = Signal(bool)
    """Whether its zone stopped the last move, also when it did not move at all."""

    def __init__(self, view: PageView) -> None:
        super().__init__(view.viewport())
        self._view = view
        self._pages: Sequence[Page] = ()
        self._box: Box | None = None
        self._picture: QImage | None = None
        self._problem = ""
        self._is_fixed = False
        self._zone = Zone(boxes=())
        self._zone_reason = ""
        self._is_stopped = False
        self._hint = ZoneHint(view.viewport())
        self._held: Handle | None = None
        self._grip = QPointF()
        self._is_dragging = False
        self._scroller = QTimer(self, interval=SCROLL_MILLISECONDS)
        self._scroller.timeout.connect(self._scroll_on)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.hide()
        view.pages_moved.connect(self._follow)

    @property
    def box(self) -> Box | None:
        return self._box

    @property
    def has_picture(self) -> bool:
        """Whether it is drawn as it will be."""
        return self._picture is not None

    @property
    def problem(self) -> str:
        """Why it cannot be drawn; empty when it can."""
        return self._problem

    def set_pages(self, pages: Sequence[Page]) -> None:
        self._pages = pages
        self.set_stopped(False)

    def set_box(self, box: Box | None, *, is_fixed: bool = False) -> None:
        """Stand elsewhere, or nowhere; ``is_fixed`` for a place that the document itself lays down."""
        self._box = box
        self._is_fixed = is_fixed
        self.setVisible(box is not None)
        if box is not None:
            self._follow()
            self.setAccessibleName(describe_place(box))
        self._show_zone()

    def set_zone(self, zone: Zone, reason: str) -> None:
        """Stay inside where the zone binds; ``reason`` says why in one sentence."""
        if (zone, reason) == (self._zone, self._zone_reason):
            return
        self._zone, self._zone_reason = zone, reason
        self.setAccessibleDescription(reason if zone.is_binding else "")
        self.set_stopped(False)

    @property
    def zone_reason(self) -> str:
        """Why it stays in its zone; empty without one that binds."""
        return self.accessibleDescription()

    @property
    def hint(self) -> str:
        """What is said beside the zone at the moment."""
        return self._hint.text if self._hint.isVisible() else ""

    def set_stopped(self, is_stopped: bool) -> None:
        """Say beside the zone why the box goes no further, or no longer."""
        self._is_stopped = is_stopped
        self._show_zone()
        self.stopped.emit(is_stopped)

    def set_picture(self, picture: QImage | None) -> None:
        self._picture = picture
        self._problem = ""
        self.update()

    def set_problem(self, sentence: str) -> None:
        """Say in the box why the signature cannot be drawn."""
        self._problem = sentence
        self._picture = None
        self.update()

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        direction = _DIRECTIONS.get(Qt.Key(event.key()))
        if direction is None or self._box is None or self._is_fixed:
            super().keyPressEvent(event)
            return
        step = pt_from_mm(_step_mm(event.modifiers()))
        self._move(moved(self._box, dx_pt=direction[0] * step, dy_pt=direction[1] * step))
        self._view.reveal(self._box)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or self._is_fixed:
            return
        self._held = self._handle_at(event.position())
        self._grip = event.position() - QPointF(EDGE_PX, EDGE_PX)
        self._is_dragging = True

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._is_dragging:
            self._show_cursor(event.position())
            return
        self._drag_to(QPointF(self.mapTo(self._view.viewport(), event.position())))
        self._scroller.start()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._is_dragging = False
        self._held = None
        self._scroller.stop()
        self._show_zone()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._show_zone()

    def leaveEvent(self, event: QEvent) -> None:
        self._show_zone()

    def focusInEvent(self, event: QFocusEvent) -> None:
        if self._box is not None and event.reason() is not Qt.FocusReason.MouseFocusReason:
            self._view.reveal(self._box)
        self._show_zone()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._show_zone()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        frame = self._frame()
        self._paint_content(painter, frame)
        colour = WARNING if self._problem else ACCENT
        is_active = self._is_active
        line = Qt.PenStyle.SolidLine if is_active else Qt.PenStyle.DashLine
        painter.setPen(QPen(colour, 2 if is_active else 1, line))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(frame)
        if is_active and not self._is_fixed:
            painter.setPen(QPen(colour, 1))
            painter.setBrush(Qt.GlobalColor.white)
            painter.drawRects([self._handle_rect(handle) for handle in HANDLES])
        painter.end()

    # Inside

    @property
    def _is_active(self) -> bool:
        return self.isVisible() and (self.hasFocus() or self.underMouse() or self._is_dragging)

    def _show_zone(self) -> None:
        """Outline the zone while the box is at hand, and say why it stops where it does."""
        is_shown = self._zone.is_binding and self._is_active
        self._view.set_zone(self._zone.boxes if is_shown else ())
        if is_shown and self._is_stopped and self._box is not None:
            room = room_for(self._box, self._zone, self._pages)
            clear = pt_from_mm(HINT_CLEAR_MM) * self._view.px_per_pt
            place = self._view.box_in_viewport(room).adjusted(0, -clear, 0, clear)
            self._hint.say(self._zone_reason, place.toAlignedRect())
        else:
            self._hint.hide()
        self.update()

    def _paint_content(self, painter: QPainter, frame: QRectF) -> None:
        if self._problem:
            painter.fillRect(frame, QColor(LIGHT.tones[Tone.BROKEN].ground))
            painter.setPen(WARNING)
            flags = int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap)
            room = frame.adjusted(4, 4, -4, -4)
            fits = room.contains(painter.boundingRect(room, flags, self._problem))
            painter.drawText(room, flags, self._problem if fits else "!")
        elif self._picture is not None:
            ratio = self.devicePixelRatioF()
            if abs(self._picture.width() - frame.width() * ratio) <= 2:
                self._picture.setDevicePixelRatio(ratio)
                painter.drawImage(frame.topLeft(), self._picture)
            else:
                painter.drawImage(frame, self._picture)
        else:
            painter.fillRect(frame, QColor(255, 255, 255, 160))

    def _frame(self) -> QRectF:
        return QRectF(self.rect()).adjusted(EDGE_PX, EDGE_PX, -EDGE_PX, -EDGE_PX)

    def _handle_rect(self, handle: Handle) -> QRectF:
        frame = self._frame()
        x = frame.center().x() + handle.horizontal * frame.width() / 2
        y = frame.center().y() + handle.vertical * frame.height() / 2
        return QRectF(x - HANDLE_PX / 2, y - HANDLE_PX / 2, HANDLE_PX, HANDLE_PX)

    def _handle_at(self, point: QPointF) -> Handle | None:
        return next((handle for handle in HANDLES if self._handle_rect(handle).contains(point)), None)

    def _show_cursor(self, point: QPointF) -> None:
        if self._is_fixed:
            self.unsetCursor()
            return
        handle = self._handle_at(point)
        self.setCursor(_CURSORS[handle] if handle is not None else Qt.CursorShape.SizeAllCursor)

    def _drag_to(self, point: QPointF) -> None:
        """The pointer is at ``point`` of the viewport."""
        box = self._box
        if box is None:
            return
        if self._held is not None:
            self._pull(box, self._held, point)
            return
        # Seen from the zone's own page a pointer on another page is above or below it.
        number = self._zone.boxes[0].page if self._zone.is_binding else self._view.page_under(point)
        x_pt, y_pt = self._view.point_on_page(number, point - self._grip)
        self._move(Box(number, x_pt, y_pt, box.width_pt, box.height_pt), tremble_px=TREMBLE_PX)

    def _move(self, asked: Box, *, tremble_px: float = 0.0) -> None:
        kept = kept_in_zone(asked, self._zone, self._pages)
        self._change(kept, asked=kept_on_page(asked, self._pages[asked.page]), tremble_px=tremble_px)

    def _pull(self, box: Box, handle: Handle, point: QPointF) -> None:
        """A handle is at ``point`` of the viewport."""
        box = kept_in_zone(box, self._zone, self._pages)
        x_pt, y_pt = self._view.point_on_page(box.page, point)
        dx = x_pt - box.x_pt - (box.width_pt if handle.horizontal > 0 else 0)
        dy = y_pt - box.y_pt - (box.height_pt if handle.vertical > 0 else 0)
        kept = resized(box, room_for(box, self._zone, self._pages), handle, dx_pt=dx, dy_pt=dy)
        on_page = resized(box, whole_page(box.page, self._pages[box.page]), handle, dx_pt=dx, dy_pt=dy)
        self._change(kept, asked=on_page, tremble_px=TREMBLE_PX)

    def _scroll_on(self) -> None:
        """While a drag rests at the edge of the view, go on scrolling."""
        viewport = self._view.viewport()
        point = QPointF(viewport.mapFromGlobal(self.cursor().pos()))
        if self._is_stopped:
            return  # the box would stay behind
        bar = self._view.verticalScrollBar()
        before = bar.value()
        if point.y() < SCROLL_ZONE_PX:
            bar.setValue(before - bar.singleStep() // 2)
        elif point.y() > viewport.height() - SCROLL_ZONE_PX:
            bar.setValue(before + bar.singleStep() // 2)
        if bar.value() != before:
            self._drag_to(point)

    def _change(self, box: Box, *, asked: Box, tremble_px: float) -> None:
        self.set_stopped(is_elsewhere(box, asked, slack_pt=max(tremble_px / self._view.px_per_pt, ROUNDING_PT)))
        if box != self._box:
            self.set_box(box)
            self.box_changed.emit(box)

    def _follow(self) -> None:
        if self._box is None or self._box.page >= self._view.page_count:
            return
        frame = self._view.box_in_viewport(self._box).toRect()
        self.setGeometry(frame.adjusted(-EDGE_PX, -EDGE_PX, EDGE_PX, EDGE_PX))
        self._show_zone()


def describe_place(box: Box) -> str:
    """What a screen reader says of the box."""
    return tr(
        "Khung chữ ký, trang {page}, cách mép trái {x} mm, cách mép trên {y} mm, rộng {width} mm, cao {height} mm"
    ).format(
        page=box.page + 1,
        x=round(mm_from_pt(box.x_pt), 1),
        y=round(mm_from_pt(box.y_pt), 1),
        width=round(mm_from_pt(box.width_pt), 1),
        height=round(mm_from_pt(box.height_pt), 1),
    )


def _step_mm(modifiers: Qt.KeyboardModifier) -> float:
    if modifiers & Qt.KeyboardModifier.ShiftModifier:
        return FINE_STEP_MM
    if modifiers & Qt.KeyboardModifier.ControlModifier:
        return WIDE_STEP_MM
    return STEP_MM
