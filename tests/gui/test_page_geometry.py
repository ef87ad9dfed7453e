from itertools import pairwise
from math import hypot

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF

from bdsigner.gui.widgets.page_geometry import (
    HANDLES,
    LEAST_HEIGHT_PT,
    LEAST_WIDTH_PT,
    MIN_SIDE_PT,
    Handle,
    kept_in_zone,
    kept_on_page,
    mm_from_pt,
    moved,
    pt_from_mm,
    resized,
    room_for,
    whole_page,
)
from bdsigner.gui.widgets.page_layout import GAP, PageLayout
from bdsigner.model.document import Page
from bdsigner.model.examination import Zone
from bdsigner.model.geometry import Box
from bdsigner.model.layout import Certainty
from bdsigner.regulation.zones import contains

SLACK_PT = 1e-6

lengths = st.floats(-20_000, 20_000)
sides = st.floats(1, 15_000)
pages = st.builds(Page, st.floats(72, 14_400), st.floats(72, 14_400))
boxes = st.builds(Box, st.just(0), lengths, lengths, sides, sides)
shares = st.floats(0, 1)
scales = st.floats(0.05, 8)


def assert_on_page(box: Box, page: Page) -> None:
    assert box.x_pt >= 0
    assert box.y_pt >= 0
    assert box.x_pt + box.width_pt <= page.width_pt + SLACK_PT
    assert box.y_pt + box.height_pt <= page.height_pt + SLACK_PT
    assert box.width_pt >= MIN_SIDE_PT - SLACK_PT
    assert box.height_pt >= MIN_SIDE_PT - SLACK_PT


@given(st.floats(-5000, 5000))
def test_millimetres_and_points_are_each_other_s_inverse(mm: float) -> None:
    assert abs(mm_from_pt(pt_from_mm(mm)) - mm) < 1e-9


def test_an_inch_is_72_points() -> None:
    assert pt_from_mm(25.4) == 72


@given(boxes, pages)
def test_a_box_is_brought_onto_the_page_and_stays_there(box: Box, page: Page) -> None:
    kept = kept_on_page(box, page)
    assert_on_page(kept, page)
    assert kept_on_page(kept, page) == kept


@given(boxes, pages, lengths, lengths)
def test_moving_keeps_the_size(box: Box, page: Page, dx: float, dy: float) -> None:
    start = kept_on_page(box, page)
    end = kept_on_page(moved(start, dx_pt=dx, dy_pt=dy), page)
    assert_on_page(end, page)
    assert (end.width_pt, end.height_pt) == (start.width_pt, start.height_pt)


@given(boxes, pages, st.sampled_from(HANDLES), lengths, lengths)
def test_pulling_a_handle_leaves_the_opposite_sides_alone(
    box: Box, page: Page, handle: Handle, dx: float, dy: float
) -> None:
    start = kept_on_page(box, page)
    end = resized(start, whole_page(0, page), handle, dx_pt=dx, dy_pt=dy)
    assert_on_page(end, page)
    if handle.horizontal >= 0:
        assert end.x_pt == start.x_pt
    if handle.horizontal <= 0:
        assert abs(end.x_pt + end.width_pt - start.x_pt - start.width_pt) < SLACK_PT
    if handle.vertical >= 0:
        assert end.y_pt == start.y_pt
    if handle.vertical <= 0:
        assert abs(end.y_pt + end.height_pt - start.y_pt - start.height_pt) < SLACK_PT


@st.composite
def zones(draw: st.DrawFn, page: Page, *, least: float = 0.0) -> Zone:
    """One to three rooms on the page; ``least`` is the smallest share of what can be drawn that they measure."""
    rooms = []
    for _ in range(draw(st.integers(1, 3))):
        width = draw(st.floats(min(least * LEAST_WIDTH_PT, page.width_pt), page.width_pt))
        height = draw(st.floats(min(least * LEAST_HEIGHT_PT, page.height_pt), page.height_pt))
        x, y = draw(shares) * (page.width_pt - width), draw(shares) * (page.height_pt - height)
        rooms.append(Box(0, x, y, width, height))
    return Zone(boxes=tuple(rooms))


def fits(room: Box) -> bool:
    return room.width_pt >= LEAST_WIDTH_PT and room.height_pt >= LEAST_HEIGHT_PT


@given(boxes, pages, st.data())
def test_a_box_is_brought_into_its_zone_and_stays_there(box: Box, page: Page, data: st.DataObject) -> None:
    zone = data.draw(zones(page))
    kept = kept_in_zone(box, zone, [page])
    assert_on_page(kept, page)
    assert kept_in_zone(kept, zone, [page]) == kept
    if any(fits(room) for room in zone.boxes):
        assert any(contains(room, kept) for room in zone.boxes)
    assert kept.width_pt >= min(box.width_pt, LEAST_WIDTH_PT, page.width_pt)
    assert kept.height_pt >= min(box.height_pt, LEAST_HEIGHT_PT, page.height_pt)


@given(boxes, pages, st.data())
def test_no_place_in_the_zone_is_nearer_and_no_size_is_lost_in_vain(box: Box, page: Page, data: st.DataObject) -> None:
    box = kept_on_page(box, page)
    zone = data.draw(zones(page))
    kept = kept_in_zone(box, zone, [page])
    for room in zone.boxes:
        spare = room.width_pt - box.width_pt, room.height_pt - box.height_pt
        if min(spare) < 0:
            continue
        assert (kept.width_pt, kept.height_pt) == (box.width_pt, box.height_pt)
        other = room.x_pt + data.draw(shares) * spare[0], room.y_pt + data.draw(shares) * spare[1]
        way = hypot(kept.x_pt - box.x_pt, kept.y_pt - box.y_pt)
        assert way <= hypot(other[0] - box.x_pt, other[1] - box.y_pt) + SLACK_PT


@given(boxes, pages, st.sampled_from(HANDLES), lengths, lengths, st.data())
def test_pulling_a_handle_stops_at_the_edge_of_the_zone(
    box: Box, page: Page, handle: Handle, dx: float, dy: float, data: st.DataObject
) -> None:
    page = Page(max(page.width_pt, LEAST_WIDTH_PT), max(page.height_pt, LEAST_HEIGHT_PT))
    zone = data.draw(zones(page, least=1.0))
    start = kept_in_zone(box, zone, [page])
    end = resized(start, room_for(start, zone, [page]), handle, dx_pt=dx, dy_pt=dy)
    assert any(contains(room, end) for room in zone.boxes)
    if handle.horizontal >= 0:
        assert end.x_pt == start.x_pt
    if handle.vertical >= 0:
        assert end.y_pt == start.y_pt


def test_a_zone_on_another_page_brings_the_box_there() -> None:
    a4, a5 = Page(595, 842), Page(420, 595)
    room = Box(1, 100, 300, 250, 90)
    kept = kept_in_zone(Box(0, 0, 800, 200, 80), Zone(boxes=(room,)), [a4, a5])
    assert kept == Box(1, 100, 310, 200, 80)


def test_a_zone_too_small_to_draw_in_is_covered_whole() -> None:
    room = Box(0, 100, 300, 90, 20)
    kept = kept_in_zone(Box(0, 400, 700, 300, 85), Zone(boxes=(room,)), [Page(595, 842)])
    assert (kept.width_pt, kept.height_pt) == (LEAST_WIDTH_PT, LEAST_HEIGHT_PT)
    assert contains(kept, room)


@given(boxes, pages, st.data())
def test_an_unsure_or_empty_zone_does_not_hold(box: Box, page: Page, data: st.DataObject) -> None:
    unsure = Zone(boxes=data.draw(zones(page)).boxes, certainty=Certainty.UNSURE)
    for zone in (unsure, Zone(boxes=())):
        assert kept_in_zone(box, zone, [page]) == kept_on_page(box, page)
        assert room_for(box, zone, [page]) == whole_page(0, page)


def test_there_are_eight_handles() -> None:
    assert len(set(HANDLES)) == 8


@given(st.lists(pages, min_size=1, max_size=12), scales, st.integers(50, 4000), st.data())
def test_pixels_and_points_on_a_page_are_each_other_s_inverse(
    all_pages: list[Page], scale: float, width: int, data: st.DataObject
) -> None:
    layout = PageLayout(all_pages, px_per_pt=scale, viewport_width=width)
    number = data.draw(st.integers(0, len(all_pages) - 1))
    x_pt, y_pt = data.draw(st.floats(0, 14_400)), data.draw(st.floats(0, 14_400))
    rect = layout.box_rect(Box(number, x_pt, y_pt, 10, 10))
    back = layout.point_on_page(number, rect.topLeft())
    assert abs(back[0] - x_pt) < 1e-6
    assert abs(back[1] - y_pt) < 1e-6


@given(st.lists(pages, min_size=1, max_size=12), scales, st.integers(50, 4000))
def test_pages_stand_below_each_other_inside_the_column(all_pages: list[Page], scale: float, width: int) -> None:
    layout = PageLayout(all_pages, px_per_pt=scale, viewport_width=width)
    rects = [layout.rect(number) for number in range(len(layout))]
    assert all(upper.bottom() + GAP == lower.top() - 1 for upper, lower in pairwise(rects))
    assert all(rect.left() >= GAP // 2 and rect.right() < layout.width for rect in rects)
    assert [layout.page_at(rect.center().y()) for rect in rects] == list(range(len(rects)))
    assert layout.visible(0, layout.height) == range(len(rects))


@given(st.lists(pages, min_size=1, max_size=12), scales, st.floats(0, 1), st.integers(1, 2000))
def test_visible_pages_are_those_that_meet_the_view(
    all_pages: list[Page], scale: float, part: float, height: int
) -> None:
    layout = PageLayout(all_pages, px_per_pt=scale, viewport_width=800)
    top = round(part * layout.height)
    visible = layout.visible(top, top + height)
    for number in range(len(layout)):
        rect = layout.rect(number)
        meets = rect.top() <= top + height and rect.top() + rect.height() > top
        assert (number in visible) or not meets


def test_an_empty_document_shows_nothing() -> None:
    layout = PageLayout((), px_per_pt=1.0, viewport_width=300)
    assert list(layout.visible(0, 1000)) == []
    assert layout.width == 300


def test_a_point_in_the_gap_belongs_to_the_page_above() -> None:
    layout = PageLayout((Page(100, 100), Page(100, 100)), px_per_pt=1.0, viewport_width=300)
    assert layout.page_at(layout.rect(0).bottom() + 3) == 0
    assert layout.point_on_page(1, QPointF(layout.rect(1).topLeft())) == (0, 0)
