"""The pages of a document below each other: zoom, keyboard, and pictures as they come."""

from enum import Enum

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from bdsigner.errors import BdsignerError
from bdsigner.gui.look.colours import LIGHT
from bdsigner.gui.look.theme import colours
from bdsigner.gui.widgets.page_geometry import PX_PER_PT
from bdsigner.gui.widgets.page_layout import GAP, PageLayout
from bdsigner.gui.widgets.page_source import PageSource
from bdsigner.messages.errors import describe
from bdsigner.messages.translate import tr
from bdsigner.model.geometry import Box

MIN_ZOOM, MAX_ZOOM = 0.1, 5.0
ZOOM_STEP = 1.2
LINE_PX = 48
"""One step of an arrow key."""
NEIGHBOURS = 2
"""Pages drawn ahead below the visible ones; one above."""
PAPER = Qt.GlobalColor.white
ZONE_TINT = QColor(LIGHT.accent)
ZONE_TINT.setAlphaF(0.07)


class Fit(Enum):
    """How the zoom follows the size of the view."""

    WIDTH = "width"
    PAGE = "page"
    FREE = "free"


class PageView(QAbstractScrollArea):
    current_page_changed = Signal(int)
    zoom_changed = Signal()
    pages_moved = Signal()
    """Pages stand elsewhere in the viewport now; what lies on them must follow."""
    page_clicked = Signal(int, float, float)
    """Page and points from its top left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source: PageSource | None = None
        self._fit = Fit.WIDTH
        self._zoom = 1.0
        self._current = 0
        self._outlines: tuple[Box, ...] = ()
        self._zone: tuple[Box, ...] = ()
        self._pictures: tuple[tuple[Box, QImage], ...] = ()
        self._kept_in_sight: Box | None = None
        self._is_settling = False
        self._layout = PageLayout((), px_per_pt=PX_PER_PT, viewport_width=0)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Các trang của văn bản"))
        self.verticalScrollBar().setSingleStep(LINE_PX)
        self.verticalScrollBar().actionTriggered.connect(self._scrolled_by_hand)
        self.horizontalScrollBar().setSingleStep(LINE_PX)

    # What is shown

    def show_document(self, source: PageSource, place: Box | None = None) -> None:
        """Start over with the document that ``source`` has open, at its beginning or where ``place`` is in sight."""
        if self._source is not source:
            if self._source is not None:
                self._source.page_ready.disconnect(self._picture_arrived)
            source.page_ready.connect(self._picture_arrived)
        # Nothing is asked for before the view stands where it will stay: a page drawn in vain is one drawn later.
        self._outlines = self._zone = ()
        self._current = place.page if place is not None else 0
        self._source = source
        self._is_settling = True
        self._arrange()
        self.go_to_page(self._current)
        if place is not None:
            self.reveal_page_of(place)
        self._is_settling = False
        self._look()
        self.current_page_changed.emit(self._current)

    def clear(self) -> None:
        """Show no document."""
        if self._source is not None:
            self._source.page_ready.disconnect(self._picture_arrived)
        self._source = None
        self._outlines = self._zone = ()
        self._pictures = ()
        self._current = 0
        self._arrange()

    def set_pictures(self, pictures: tuple[tuple[Box, QImage], ...]) -> None:
        """Lay pictures over the pages: what will be typed into them."""
        self._pictures = pictures
        self.viewport().update()

    def set_outlines(self, boxes: tuple[Box, ...]) -> None:
        """Mark places on the pages, such as empty signature fields."""
        self._outlines = boxes
        self.viewport().update()

    def set_zone(self, boxes: tuple[Box, ...]) -> None:
        """Tint where the signature may stand."""
        if boxes != self._zone:
            self._zone = boxes
            self.viewport().update()

    @property
    def page_count(self) -> int:
        return len(self._layout)

    @property
    def current_page(self) -> int:
        return self._current

    @property
    def is_loading(self) -> bool:
        """Whether a page in sight has not been drawn for this size yet."""
        source = self._source
        return source is None or any(
            not source.has(page, self.device_scale) and source.error(page, self.device_scale) is None
            for page in self._visible()
        )

    @property
    def px_per_pt(self) -> float:
        """Logical pixels a point."""
        return self._layout.px_per_pt

    @property
    def device_scale(self) -> float:
        """Device pixels a point."""
        return self._layout.px_per_pt * self.devicePixelRatioF()

    # Coordinates

    def box_in_viewport(self, box: Box) -> QRectF:
        return self._layout.box_rect(box).translated(-QPointF(self._offset()))

    def page_under(self, point: QPointF) -> int:
        """The page at a height of the viewport."""
        return self._layout.page_at(point.y() + self._offset().y())

    def point_on_page(self, page: int, point: QPointF) -> tuple[float, float]:
        """Viewport coordinates → points from the top left of that page."""
        return self._layout.point_on_page(page, point + QPointF(self._offset()))

    # Zoom

    @property
    def zoom(self) -> float:
        """1.0 is the size on paper."""
        return self._zoom

    @property
    def fit(self) -> Fit:
        return self._fit

    def set_fit(self, fit: Fit) -> None:
        self._fit = fit
        self._rearrange(self._centre())

    def set_zoom(self, zoom: float, anchor: QPointF | None = None) -> None:
        """Zoom freely; the paper under ``anchor`` (viewport coordinates) stays where it is."""
        self._fit = Fit.FREE
        self._zoom = min(max(zoom, MIN_ZOOM), MAX_ZOOM)
        self._rearrange(anchor if anchor is not None else self._centre())

    def zoom_in(self) -> None:
        self.set_zoom(self._zoom * ZOOM_STEP)

    def zoom_out(self) -> None:
        self.set_zoom(self._zoom / ZOOM_STEP)

    # Going places

    def go_to_page(self, page: int) -> None:
        self._kept_in_sight = None
        if self.page_count:
            self.verticalScrollBar().setValue(self._layout.rect(page).top() - GAP)

    def reveal(self, box: Box) -> None:
        """Scroll as little as needed to show a box, with the page that carries it."""
        rect = self._layout.box_rect(box).toAlignedRect().adjusted(-GAP, -GAP, GAP, GAP)
        offset, port = self._offset(), self.viewport().size()
        self.verticalScrollBar().setValue(_nearest(offset.y(), port.height(), rect.top(), rect.bottom()))
        self.horizontalScrollBar().setValue(_nearest(offset.x(), port.width(), rect.left(), rect.right()))

    def reveal_page_of(self, box: Box) -> None:
        """Show a box with as much of its page as there is room for, also when the view is sized anew meanwhile."""
        self.go_to_page(box.page)
        self.reveal(box)
        self._kept_in_sight = box

    # Qt

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()
        self._look()

    def resizeEvent(self, event: QResizeEvent) -> None:
        kept = self._kept_in_sight
        self._rearrange(QPointF(0, 0))
        if kept is not None and kept.page < self.page_count:
            self.reveal_page_of(kept)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._kept_in_sight = None
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            steps = event.angleDelta().y() / 120
            self.set_zoom(self._zoom * ZOOM_STEP**steps, event.position())
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._kept_in_sight = None
        bar = self.verticalScrollBar()
        match event.key():
            case Qt.Key.Key_Home:
                bar.setValue(bar.minimum())
            case Qt.Key.Key_End:
                bar.setValue(bar.maximum())
            case Qt.Key.Key_PageDown | Qt.Key.Key_Space:
                bar.setValue(bar.value() + bar.pageStep())
            case Qt.Key.Key_PageUp:
                bar.setValue(bar.value() - bar.pageStep())
            case _:
                super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self.page_count:
            page = self.page_under(event.position())
            self.page_clicked.emit(page, *self.point_on_page(page, event.position()))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), QColor(colours().sunken))
        offset = self._offset()
        for page in self._visible():
            rect = self._layout.rect(page).translated(-offset)
            if rect.intersects(event.rect()):
                self._paint_page(painter, page, rect)
        for box, picture in self._pictures:
            painter.drawImage(self.box_in_viewport(box), picture)
        self._paint_outlines(painter)
        painter.end()

    # Inside

    def _paint_page(self, painter: QPainter, page: int, rect: QRect) -> None:
        painter.fillRect(rect, PAPER)
        source = self._source
        if source is None:
            return
        picture = source.picture(page, self.device_scale)
        error = source.error(page, self.device_scale)
        if picture is not None:
            self._paint_picture(painter, picture, rect)
        elif error is not None:
            self._paint_text(painter, rect, _sentence(error))
        else:
            self._paint_text(painter, rect, tr("Đang tải trang {page}…").format(page=page + 1))

    def _paint_picture(self, painter: QPainter, picture: QImage, rect: QRect) -> None:
        ratio = self.devicePixelRatioF()
        if abs(picture.width() - rect.width() * ratio) <= 2 and abs(picture.height() - rect.height() * ratio) <= 2:
            # Drawn for this very size: pixel for pixel, without any smoothing.
            picture.setDevicePixelRatio(ratio)
            painter.drawImage(rect.topLeft(), picture)
        else:
            painter.drawImage(rect, picture)

    def _paint_text(self, painter: QPainter, rect: QRect, text: str) -> None:
        painter.setPen(Qt.GlobalColor.darkGray)
        shown = rect.intersected(self.viewport().rect()).adjusted(GAP, GAP, -GAP, -GAP)
        painter.drawText(shown, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap), text)

    def _paint_outlines(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(LIGHT.accent), 1))
        for box in self._zone:
            painter.fillRect(self.box_in_viewport(box), ZONE_TINT)
            painter.drawRect(self.box_in_viewport(box))
        painter.setPen(QPen(QColor(LIGHT.accent), 1.5, Qt.PenStyle.DashLine))
        for box in self._outlines:
            painter.drawRect(self.box_in_viewport(box))

    def _picture_arrived(self, page: int) -> None:
        if page < self.page_count:
            self.viewport().update(self._layout.rect(page).translated(-self._offset()))

    def _scrolled_by_hand(self) -> None:
        self._kept_in_sight = None

    def _offset(self) -> QPoint:
        return QPoint(self.horizontalScrollBar().value(), self.verticalScrollBar().value())

    def _centre(self) -> QPointF:
        return QPointF(self.viewport().rect().center())

    def _visible(self) -> range:
        top = self._offset().y()
        return self._layout.visible(top, top + self.viewport().height())

    def _rearrange(self, anchor: QPointF) -> None:
        """Lay out anew while the paper under ``anchor`` stays there."""
        if not self.page_count:
            self._arrange()
            return
        page = self.page_under(anchor)
        x_pt, y_pt = self.point_on_page(page, anchor)
        was_settling, self._is_settling = self._is_settling, True
        self._arrange()
        origin = self._layout.rect(page).topLeft()
        self.horizontalScrollBar().setValue(round(origin.x() + x_pt * self.px_per_pt - anchor.x()))
        self.verticalScrollBar().setValue(round(origin.y() + y_pt * self.px_per_pt - anchor.y()))
        self._is_settling = was_settling
        self._look()

    def _arrange(self) -> None:
        pages = self._source.pages if self._source is not None else ()
        port = self.viewport().size()
        self._zoom = self._fitting_zoom()
        self._layout = PageLayout(pages, px_per_pt=self._zoom * PX_PER_PT, viewport_width=port.width())
        vertical, horizontal = self.verticalScrollBar(), self.horizontalScrollBar()
        vertical.setRange(0, max(0, self._layout.height - port.height()))
        vertical.setPageStep(max(LINE_PX, port.height() - LINE_PX))
        horizontal.setRange(0, max(0, self._layout.width - port.width()))
        horizontal.setPageStep(port.width())
        self.viewport().update()
        self._look()
        self.zoom_changed.emit()

    def _fitting_zoom(self) -> float:
        pages = self._source.pages if self._source is not None else ()
        if self._fit is Fit.FREE or not pages:
            return self._zoom
        page = pages[min(self._current, len(pages) - 1)]
        # The bar is always counted in, so that its coming and going never changes the zoom back and forth.
        bar = self.verticalScrollBar().sizeHint().width()
        zoom = (self.width() - bar - 2 * GAP) / (page.width_pt * PX_PER_PT)
        if self._fit is Fit.PAGE:
            zoom = min(zoom, (self.height() - 2 * GAP) / (page.height_pt * PX_PER_PT))
        return min(max(zoom, MIN_ZOOM), MAX_ZOOM)

    def _look(self) -> None:
        """Tell everybody what is in sight now."""
        if self._is_settling:
            return
        self.pages_moved.emit()
        if self._source is None or not self.page_count:
            return
        visible = self._visible()
        middle = self._offset().y() + self.viewport().height() // 2
        current = self._layout.page_at(middle)
        nearest_first = sorted(visible, key=lambda page: abs(page - current))
        ahead = range(visible.stop, min(visible.stop + NEIGHBOURS, self.page_count))
        behind = range(max(0, visible.start - 1), visible.start)
        self._source.want(nearest_first, [*ahead, *behind], self.device_scale)
        if current != self._current:
            self._current = current
            self.current_page_changed.emit(current)


def _nearest(value: int, length: int, start: int, end: int) -> int:
    """The scroll position closest to ``value`` that shows ``start`` to ``end``; its start when both do not fit."""
    return min(max(value, end - length), start)


def _sentence(error: BdsignerError) -> str:
    message = describe(error)
    return f"{message.title}\n\n{message.sentence} {message.remedy}"
