"""Free room at the head of page 1 for the signature on a digitised copy (Đ10.3b; regulation.md §14, step 6 and box 14)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from bdsigner.model.geometry import PT_PER_MM, Box
from bdsigner.model.layout import COPY_HEAD_MM

EDGE_MM = 5.0
"""Printers and scanners lose what is nearer to the edge."""
STRIP_MIN_MM = (60.0, 12.0)
"""The lowest visible signature is laid out in columns."""
STRIPS_MAX = 6
CELL_PT = PT_PER_MM
_INK_CONTRAST = 48
"""Of 255, below the paper's own grey: print and pencil are darker, noise and a scanner's shadow are not."""
_INK_SHARE = 0.04
"""A cell with more dark pixels than this holds ink, not dust."""


@dataclass(frozen=True, slots=True)
class GreyPicture:
    """The head of the page, drawn small; one byte a pixel, rows from top to bottom."""

    width: int
    height: int
    pixels: bytes
    scale: float
    """Pixels a point."""


class Grid:
    """Which cells of about a millimetre hold text or ink."""

    def __init__(self, width_pt: float, height_pt: float) -> None:
        self.columns = max(1, int(width_pt / CELL_PT))
        self.rows = max(1, int(min(height_pt, COPY_HEAD_MM * PT_PER_MM) / CELL_PT))
        self.taken = [bytearray(self.columns) for _ in range(self.rows)]

    def take(self, box: Box) -> None:
        """Mark what a box touches."""
        first, last = self._span(box.x_pt, box.x_pt + box.width_pt, self.columns)
        top, bottom = self._span(box.y_pt, box.y_pt + box.height_pt, self.rows)
        for row in range(top, bottom):
            self.taken[row][first:last] = b"\x01" * (last - first)

    def take_ink(self, picture: GreyPicture) -> None:
        """Mark the cells that are darker than the paper."""
        paper = _paper(picture)
        dark = max(0, paper - _INK_CONTRAST)
        table = bytes(1 if value < dark else 0 for value in range(256))
        mask = picture.pixels.translate(table)
        step, width = CELL_PT * picture.scale, picture.width
        spans = [(ceil(column * step), ceil((column + 1) * step)) for column in range(self.columns)]
        for row, taken in enumerate(self.taken):
            # Pixel rows are added up as numbers of many digits, a byte a pixel: a cell is a few pixels high.
            lines = range(ceil(row * step), min(picture.height, ceil((row + 1) * step)))
            total = sum(int.from_bytes(mask[y * width : (y + 1) * width], "big") for y in lines)
            if total:
                counts = total.to_bytes(width, "big")
                for column, (start, end) in enumerate(spans):
                    if not taken[column] and sum(counts[start:end]) > _INK_SHARE * step * step:
                        taken[column] = 1

    def boxes(self) -> Iterator[Box]:
        """What is taken, as few boxes; neighbouring rows that are alike become one."""
        runs: dict[tuple[int, int], tuple[int, int]] = {}
        for row in range(self.rows + 1):
            now = set(_runs(self.taken[row])) if row < self.rows else set()
            for span in [span for span in runs if span not in now]:
                top, bottom = runs.pop(span)
                yield self._box(span[0], top, span[1], bottom + 1)
            for span in now:
                runs[span] = (runs.get(span, (row, row))[0], row)

    def strips(self) -> list[Box]:
        """Free rectangles, the best first: at the right edge, then higher, then larger."""
        edge = int(EDGE_MM * PT_PER_MM / CELL_PT)
        least = (int(STRIP_MIN_MM[0] * PT_PER_MM / CELL_PT), int(STRIP_MIN_MM[1] * PT_PER_MM / CELL_PT))
        right = self.columns - edge
        whole = _maximal(self.taken, edge, right, self.rows, least)
        found = [self._clear(rectangle, edge, right) for rectangle in whole]
        found = [one for one in found if one[2] - one[0] >= least[0] and one[3] - one[1] >= least[1]]
        found.sort(
            key=lambda r: (r[1] > 2 * edge, r[2] < self.columns - edge - 2, r[1], -(r[2] - r[0]) * (r[3] - r[1]))
        )
        return [self._box(*rectangle) for rectangle in found[:STRIPS_MAX]]

    @staticmethod
    def _clear(rectangle: tuple[int, int, int, int], edge: int, right: int) -> tuple[int, int, int, int]:
        """A cell away from what stands beside and below: the marks over letters may be too thin to count as ink."""
        x0, y0, x1, y1 = rectangle
        return x0 + (x0 > edge), y0, x1 - (x1 < right), y1 - 1

    def _box(self, x0: int, y0: int, x1: int, y1: int) -> Box:
        return Box(0, x0 * CELL_PT, y0 * CELL_PT, (x1 - x0) * CELL_PT, (y1 - y0) * CELL_PT)

    @staticmethod
    def _span(start: float, end: float, count: int) -> tuple[int, int]:
        return max(0, min(count, int(start / CELL_PT))), max(0, min(count, int(end / CELL_PT) + 1))


def head_grid(width_pt: float, height_pt: float, texts: Sequence[Box], picture: GreyPicture | None) -> Grid:
    """The grid of page 1's head."""
    grid = Grid(width_pt, height_pt)
    for box in texts:
        grid.take(box)
    if picture is not None:
        grid.take_ink(picture)
    return grid


def _paper(picture: GreyPicture) -> int:
    """The commonest bright grey."""
    sample = picture.pixels[:: max(1, len(picture.pixels) // 20_000)]
    return max(range(128, 256), key=sample.count)


def _runs(row: bytes | bytearray) -> Iterator[tuple[int, int]]:
    start = row.find(1)
    while start >= 0:
        end = row.find(0, start)
        end = len(row) if end < 0 else end
        yield start, end
        start = row.find(1, end)


def _maximal(
    taken: Sequence[bytearray], left: int, right: int, bottom: int, least: tuple[int, int]
) -> Iterator[tuple[int, int, int, int]]:
    """Free rectangles that cannot grow, at least that wide and high, between the edges: columns ``[left, right)``."""
    top_edge = left
    seen: set[tuple[int, int, int, int]] = set()
    lines = [int.from_bytes(row[:right], "big") for row in taken]
    for top in range(top_edge, bottom):
        merged = 0
        for row in range(top, bottom):
            merged |= lines[row]
            if row - top + 1 < least[1]:
                continue
            for x0, x1 in _free(merged.to_bytes(right, "big"), left, right):
                if x1 - x0 < least[0]:
                    continue
                grows_up = top > top_edge and not any(taken[top - 1][x0:x1])
                grows_down = row + 1 < bottom and not any(taken[row + 1][x0:x1])
                rectangle = (x0, top, x1, row + 1)
                if not grows_up and not grows_down and rectangle not in seen:
                    seen.add(rectangle)
                    yield rectangle


def _free(row: bytes, left: int, right: int) -> Iterator[tuple[int, int]]:
    start = row.find(0, left, right)
    while start >= 0:
        end = row.find(1, start, right)
        end = right if end < 0 else end
        yield start, end
        start = row.find(0, end, right)
