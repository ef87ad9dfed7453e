from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF

from bdsigner.gui.widgets.page_geometry import (
    HANDLES,
    MIN_SIDE_PT,
    Handle,
    kept_on_page,
    mm_from_pt,
    moved,
    pt_from_mm,
    resized,
)
from bdsigner.gui.widgets.page_layout import GAP, PageLayout
from bdsigner.model.document import Page
from bdsigner.model.geometry import Box

SLACK_PT = 1e-6

lengths = st.floats(-20_000, 20_000)
sides = st.floats(1, 15_000)
pages = st.builds(Page, st.floats(72, 14_400), st.floats(72, 14_400))
boxes = st.builds(Box, st.just(0), lengths, lengths, sides, sides)
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
    end = moved(start, page, dx_pt=dx, dy_pt=dy)
    assert_on_page(end, page)
    assert (end.width_pt, end.height_pt) == (start.width_pt, start.height_pt)


@given(boxes, pages, st.sampled_from(HANDLES), lengths, lengths)
def test_pulling_a_handle_leaves_the_opposite_sides_alone(
    box: Box, page: Page, handle: Handle, dx: float, dy: float
) -> None:
    start = kept_on_page(box, page)
    end = resized(start, page, handle, dx_pt=dx, dy_pt=dy)
    assert_on_page(end, page)
    if handle.horizontal >= 0:
        assert end.x_pt == start.x_pt
    if handle.horizontal <= 0:
        assert abs(end.x_pt + end.width_pt - start.x_pt - start.width_pt) < SLACK_PT
    if handle.vertical >= 0:
        assert end.y_pt == start.y_pt
    if handle.vertical <= 0:
        assert abs(end.y_pt + end.height_pt - start.y_pt - start.height_pt) < SLACK_PT


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
