"""Two page views that scroll and zoom in step."""

from PySide6.QtCore import QObject, QPointF

from bdsigner.gui.widgets.page_view import PageView
from bdsigner.model.geometry import Box


class PairedViews(QObject):
    """Whichever of the two is moved, the other shows the same place of its page of the same number.

    The first leads where the zoom follows the size of the view; the other takes its zoom.
    """

    def __init__(self, first: PageView, second: PageView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._views = (first, second)
        self._is_following = False
        second.set_zoom(first.zoom)
        first.zoom_changed.connect(lambda: self._zoomed(first, second))
        second.zoom_changed.connect(lambda: self._zoomed(second, first))
        first.pages_moved.connect(lambda: self._moved(first, second))
        second.pages_moved.connect(lambda: self._moved(second, first))

    def reveal(self, box: Box) -> None:
        """Show a place in both."""
        for view in self._views:
            if box.page < view.page_count:
                view.reveal_page_of(box)
                return

    def _zoomed(self, moved: PageView, other: PageView) -> None:
        if self._is_following or moved.zoom == other.zoom:
            return
        self._is_following = True
        other.set_zoom(moved.zoom)
        self._is_following = False

    def _moved(self, moved: PageView, other: PageView) -> None:
        """Bring the paper at the upper left corner of one view to that of the other."""
        if self._is_following or not moved.page_count or not other.page_count:
            return
        corner = QPointF(0, 0)
        page = moved.page_under(corner)
        x_pt, y_pt = moved.point_on_page(page, corner)
        if page >= other.page_count:
            return
        self._is_following = True
        now = other.box_in_viewport(Box(page, x_pt, y_pt, 0, 0)).topLeft()
        for bar, distance in ((other.horizontalScrollBar(), now.x()), (other.verticalScrollBar(), now.y())):
            bar.setValue(bar.value() + round(distance))
        self._is_following = False
