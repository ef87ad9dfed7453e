"""Two page views that scroll and zoom in step."""

from PySide6.QtCore import QObject, QPointF

from bdsigner.gui.widgets.page_view import PageView
from bdsigner.model.geometry import Box


class PairedViews(QObject):
    """Whichever of the two is moved, the other shows the same place of the page that was paired with it.

    Pages of which nothing was told yet follow the last one before them that was.

    The first leads where the zoom follows the size of the view; the other takes its zoom.
    """

    def __init__(self, first: PageView, second: PageView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._views = (first, second)
        self._is_following = False
        self._pages: tuple[dict[int, int | None], dict[int, int | None]] = ({}, {})
        """By page of the first and of the second view: the page in the other."""
        second.set_zoom(first.zoom)
        first.zoom_changed.connect(lambda: self._zoomed(first, second))
        second.zoom_changed.connect(lambda: self._zoomed(second, first))
        first.pages_moved.connect(lambda: self._moved(first, second))
        second.pages_moved.connect(lambda: self._moved(second, first))

    def pair(self, first: int | None, second: int | None) -> None:
        """These are one page; ``None``: the other view does not have it."""
        if first is not None:
            self._pages[0][first] = second
        if second is not None:
            self._pages[1][second] = first

    def reveal(self, box: Box, *, in_first: bool) -> None:
        """Show a place of one view, and in the other what is there."""
        view = self._views[0 if in_first else 1]
        if box.page < view.page_count:
            view.reveal_page_of(box)

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
        told = self._pages[0 if moved is self._views[0] else 1]
        paired = told[page] if page in told else _as_before(page, told)
        if paired is None or not 0 <= paired < other.page_count:
            return
        self._is_following = True
        now = other.box_in_viewport(Box(paired, x_pt, y_pt, 0, 0)).topLeft()
        for bar, distance in ((other.horizontalScrollBar(), now.x()), (other.verticalScrollBar(), now.y())):
            bar.setValue(bar.value() + round(distance))
        self._is_following = False


def _as_before(page: int, told: dict[int, int | None]) -> int:
    """As far from its number as the last page before it that has a counterpart."""
    known = ((one, other) for one in range(page - 1, -1, -1) if (other := told.get(one)) is not None)
    one, other = next(known, (0, 0))
    return page + other - one
