"""Cells of a page put together to rectangles; pure geometry."""

from hypothesis import given
from hypothesis import strategies as st

from bdsigner.documents.regions import Region, regions

CELLS = st.sets(st.tuples(st.integers(0, 150), st.integers(0, 210)), max_size=300)


@given(CELLS, st.integers(1, 30))
def test_every_cell_is_framed_once_in_few_rectangles(cells: set[tuple[int, int]], most: int) -> None:
    found = regions(cells, most=most)
    assert len(found) <= most
    assert all(sum(r.left <= column < r.right and r.top <= row < r.bottom for r in found) == 1 for column, row in cells)
    assert not any(one.meets(other) for number, one in enumerate(found) for other in found[:number])
    assert found == sorted(found, key=lambda region: (region.top, region.left))


@given(CELLS)
def test_no_rectangle_is_larger_than_its_cells(cells: set[tuple[int, int]]) -> None:
    for region in regions(cells):
        inside = [c for c in cells if region.left <= c[0] < region.right and region.top <= c[1] < region.bottom]
        assert region == Region(
            min(c[0] for c in inside),
            min(c[1] for c in inside),
            max(c[0] for c in inside) + 1,
            max(c[1] for c in inside) + 1,
        )


def test_words_of_a_line_belong_together_and_far_places_do_not() -> None:
    line = {(column, 10) for column in (*range(5, 12), *range(14, 20))}
    stamp = {(100, 150), (101, 151)}
    assert regions(line | stamp) == [Region(5, 10, 20, 11), Region(100, 150, 102, 152)]
