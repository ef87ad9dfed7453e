"""Millimetres, points and pixels, and where a box may stand on a page; no widgets."""

from dataclasses import replace
from typing import NamedTuple

from bdsigner.model.document import Page
from bdsigner.model.geometry import PT_PER_MM, Box

PX_PER_PT = 96 / 72
"""Logical pixels a point at 100 %: Qt's logical inch has 96 pixels on every platform we draw on."""
MIN_SIDE_PT = 5 * PT_PER_MM
"""Smallest side a box can be dragged to; what is really needed for the text, the core says."""


class Handle(NamedTuple):
    """A side or corner of a box: -1 is left or top, 1 right or bottom, 0 neither."""

    horizontal: int
    vertical: int


HANDLES = tuple(Handle(h, v) for v in (-1, 0, 1) for h in (-1, 0, 1) if h or v)


def mm_from_pt(pt: float) -> float:
    return pt / PT_PER_MM


def pt_from_mm(mm: float) -> float:
    return mm * PT_PER_MM


def kept_on_page(box: Box, page: Page) -> Box:
    """The nearest box that lies wholly on the page; shrunk only where the page is smaller than the box."""
    width = min(max(box.width_pt, MIN_SIDE_PT), page.width_pt)
    height = min(max(box.height_pt, MIN_SIDE_PT), page.height_pt)
    return replace(
        box,
        x_pt=min(max(box.x_pt, 0.0), page.width_pt - width),
        y_pt=min(max(box.y_pt, 0.0), page.height_pt - height),
        width_pt=width,
        height_pt=height,
    )


def moved(box: Box, page: Page, *, dx_pt: float, dy_pt: float) -> Box:
    return kept_on_page(replace(box, x_pt=box.x_pt + dx_pt, y_pt=box.y_pt + dy_pt), page)


def resized(box: Box, page: Page, handle: Handle, *, dx_pt: float, dy_pt: float) -> Box:
    """Pull one handle; the sides that it does not hold stay where they are."""
    x, width = _pulled(box.x_pt, box.width_pt, handle.horizontal, dx_pt, page.width_pt)
    y, height = _pulled(box.y_pt, box.height_pt, handle.vertical, dy_pt, page.height_pt)
    return replace(box, x_pt=x, y_pt=y, width_pt=width, height_pt=height)


def _pulled(start: float, length: float, side: int, by: float, limit: float) -> tuple[float, float]:
    end = start + length
    if side < 0:
        start = min(max(start + by, 0.0), end - MIN_SIDE_PT)
    elif side > 0:
        end = max(min(end + by, limit), start + MIN_SIDE_PT)
    else:
        return start, length
    return start, end - start
