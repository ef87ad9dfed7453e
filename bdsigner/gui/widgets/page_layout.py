"""Where the pages of a document stand below each other at one zoom; no widgets."""

from bisect import bisect_right
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF

from bdsigner.model.document import Page
from bdsigner.model.geometry import Box

GAP = 16
"""Logical pixels around and between pages."""


class PageLayout:
    """Pages in one column, centred; content coordinates are logical pixels from the top left of the column."""

    def __init__(self, pages: Sequence[Page], *, px_per_pt: float, viewport_width: int) -> None:
        self.px_per_pt = px_per_pt
        self._sizes = [(max(1, round(p.width_pt * px_per_pt)), max(1, round(p.height_pt * px_per_pt))) for p in pages]
        self._tops: list[int] = []
        top = GAP
        for _, height in self._sizes:
            self._tops.append(top)
            top += height + GAP
        self.height = top
        self.width = max([viewport_width, *(width + 2 * GAP for width, _ in self._sizes)])

    def __len__(self) -> int:
        return len(self._sizes)

    def rect(self, page: int) -> QRect:
        width, height = self._sizes[page]
        return QRect((self.width - width) // 2, self._tops[page], width, height)

    def page_at(self, y: float) -> int:
        """The page at that height; in a gap, the one above."""
        return max(0, bisect_right(self._tops, y) - 1)

    def visible(self, top: int, bottom: int) -> range:
        """Pages that show anything between two heights."""
        if not self._sizes:
            return range(0)
        first, last = self.page_at(top), self.page_at(bottom)
        if self._tops[first] + self._sizes[first][1] < top and first < last:
            first += 1
        return range(first, last + 1)

    def box_rect(self, box: Box) -> QRectF:
        origin = self.rect(box.page).topLeft()
        scale = self.px_per_pt
        return QRectF(
            origin.x() + box.x_pt * scale, origin.y() + box.y_pt * scale, box.width_pt * scale, box.height_pt * scale
        )

    def point_on_page(self, page: int, point: QPointF) -> tuple[float, float]:
        """Content coordinates → points from the top left of that page."""
        origin = self.rect(page).topLeft()
        return (point.x() - origin.x()) / self.px_per_pt, (point.y() - origin.y()) / self.px_per_pt
