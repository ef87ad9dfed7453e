"""Millimetres, points and pixels, and where a box may stand on a page and in its zone; no widgets."""

from collections.abc import Sequence
from dataclasses import replace
from math import hypot
from typing import NamedTuple

from bdsigner.model.document import Page
from bdsigner.model.examination import Zone
from bdsigner.model.geometry import PT_PER_MM, Box
from bdsigner.model.signature import APPEARANCE_FLAT_MIN_MM, APPEARANCE_MIN_MM

PX_PER_PT = 96 / 72
"""Logical pixels a point at 100 %: Qt's logical inch has 96 pixels on every platform we draw on."""
MIN_SIDE_PT = 5 * PT_PER_MM
"""Smallest side a box can be dragged to; what is really needed for the text, the core says."""
LEAST_WIDTH_PT = APPEARANCE_MIN_MM[0] * PT_PER_MM
LEAST_HEIGHT_PT = APPEARANCE_FLAT_MIN_MM[1] * PT_PER_MM
"""Narrower than the upright form, or lower than the flat one, nothing shrinks of itself: it could not be drawn."""
ROUNDING_PT = 1e-6


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


def kept_in_zone(box: Box, zone: Zone, pages: Sequence[Page]) -> Box:
    """The nearest box that lies in the zone where it binds, else the nearest on its page.

    Shrunk only where the zone is too small, and not below what can be drawn: a smaller zone is covered whole.
    """
    room = room_for(box, zone, pages)
    return _kept_in_room(box, room, pages[room.page])


def is_elsewhere(kept: Box, asked: Box, *, slack_pt: float = ROUNDING_PT) -> bool:
    """Whether a box was kept from where it was sent, by more than ``slack_pt`` at any side."""
    return kept.page != asked.page or any(
        abs(one - other) > slack_pt
        for one, other in (
            (kept.x_pt, asked.x_pt),
            (kept.y_pt, asked.y_pt),
            (kept.width_pt, asked.width_pt),
            (kept.height_pt, asked.height_pt),
        )
    )


def room_for(box: Box, zone: Zone, pages: Sequence[Page]) -> Box:
    """Where ``kept_in_zone`` keeps this box: a box of the zone, or the whole page."""
    if not zone.is_binding:
        return whole_page(box.page, pages[box.page])
    return min(zone.boxes, key=lambda room: _strain(box, room, _kept_in_room(box, room, pages[room.page])))


def whole_page(number: int, page: Page) -> Box:
    """All of a page."""
    return Box(number, 0.0, 0.0, page.width_pt, page.height_pt)


def moved(box: Box, *, dx_pt: float, dy_pt: float) -> Box:
    """The same box elsewhere, be it off the page."""
    return replace(box, x_pt=box.x_pt + dx_pt, y_pt=box.y_pt + dy_pt)


def resized(box: Box, room: Box, handle: Handle, *, dx_pt: float, dy_pt: float) -> Box:
    """Pull one handle within a room; the sides that it does not hold stay where they are."""
    x, width = _pulled(box.x_pt, box.width_pt, handle.horizontal, dx_pt, room.x_pt, room.width_pt)
    y, height = _pulled(box.y_pt, box.height_pt, handle.vertical, dy_pt, room.y_pt, room.height_pt)
    return replace(box, x_pt=x, y_pt=y, width_pt=width, height_pt=height)


def _kept_in_room(box: Box, room: Box, page: Page) -> Box:
    x, width = _kept(box.x_pt, box.width_pt, room.x_pt, room.width_pt, LEAST_WIDTH_PT)
    y, height = _kept(box.y_pt, box.height_pt, room.y_pt, room.height_pt, LEAST_HEIGHT_PT)
    return kept_on_page(Box(room.page, x, y, width, height), page)


def _kept(start: float, length: float, low: float, room: float, least: float) -> tuple[float, float]:
    wanted = max(length, MIN_SIDE_PT)
    length = max(min(wanted, room), min(wanted, least))
    first, last = sorted((low, low + room - length))
    return min(max(start, first), last), length


def _strain(box: Box, room: Box, kept: Box) -> tuple[bool, float, float]:
    """What it costs to keep a box in a room: first that it does not go in at all, then its size, then the way."""
    is_outside = kept.width_pt > room.width_pt + ROUNDING_PT or kept.height_pt > room.height_pt + ROUNDING_PT
    lost = max(0.0, box.width_pt - kept.width_pt) + max(0.0, box.height_pt - kept.height_pt)
    return is_outside, lost, hypot(kept.x_pt - box.x_pt, kept.y_pt - box.y_pt)


def _pulled(start: float, length: float, side: int, by: float, low: float, room: float) -> tuple[float, float]:
    end = start + length
    if side < 0:
        start = min(max(start + by, low), end - MIN_SIDE_PT)
    elif side > 0:
        end = max(min(end + by, low + room), start + MIN_SIDE_PT)
    else:
        return start, length
    return start, end - start
