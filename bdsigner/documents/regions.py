"""Put changed cells of a page together to few rectangles; pure functions over a grid."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

MAX_REGIONS = 24
"""A person looks at these one by one; where there are more, neighbours are put together."""
GAP_CELLS = 3
"""Changed cells nearer than this belong together: the words of a line, the lines of a paragraph."""

Cell = tuple[int, int]
"""Column and row."""


class Region(NamedTuple):
    """Cells from ``left``, ``top`` up to, not including, ``right``, ``bottom``."""

    left: int
    top: int
    right: int
    bottom: int

    def meets(self, other: "Region") -> bool:
        """Whether the two overlap."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def joined(self, other: "Region") -> "Region":
        """The smallest region that holds both."""
        return Region(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


def regions(cells: Collection[Cell], *, most: int = MAX_REGIONS) -> list[Region]:
    """At most ``most`` rectangles (at least one) that hold all cells and do not overlap, in reading order."""
    gap = GAP_CELLS
    found = _disjoint(_clusters(cells, gap))
    while len(found) > most:
        gap *= 2
        found = _disjoint(_clusters(cells, gap))
    return sorted(found, key=lambda region: (region.top, region.left))


def _clusters(cells: Iterable[Cell], gap: int) -> list[Region]:
    """Cells that a chain of occupied, touching squares of ``gap`` × ``gap`` cells connects."""
    squares: dict[Cell, Region] = {}
    for column, row in cells:
        square, region = (column // gap, row // gap), Region(column, row, column + 1, row + 1)
        squares[square] = squares[square].joined(region) if square in squares else region
    found = []
    while squares:
        square, region = squares.popitem()
        waiting = [square]
        while waiting:
            column, row = waiting.pop()
            for near in [(column + dx, row + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1)]:
                if near in squares:
                    region = region.joined(squares.pop(near))
                    waiting.append(near)
        found.append(region)
    return found


def _disjoint(found: list[Region]) -> list[Region]:
    """Join what overlaps until nothing does."""
    apart: list[Region] = []
    waiting = list(found)
    while waiting:
        region = waiting.pop()
        met = next((other for other in apart if other.meets(region)), None)
        if met is None:
            apart.append(region)
        else:
            apart.remove(met)
            waiting.append(met.joined(region))
    return apart
