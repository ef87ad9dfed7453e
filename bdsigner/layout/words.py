"""Words as a page shows them, with a place for each of their characters."""

from dataclasses import dataclass
from typing import NamedTuple

from bdsigner.model.layout import TextStyle


class Cell(NamedTuple):
    """One character as people count them (a letter with its marks), in NFC; a tuple, as a page has thousands."""

    text: str
    x0: float
    x1: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Characters that stand together on one baseline, upright on the displayed page; lengths in points."""

    cells: tuple[Cell, ...]
    y0: float
    y1: float
    baseline: float
    style: TextStyle

    @property
    def text(self) -> str:
        """What is written."""
        return "".join(cell.text for cell in self.cells)

    @property
    def x0(self) -> float:
        """Left edge."""
        return self.cells[0].x0

    @property
    def x1(self) -> float:
        """Right edge."""
        return self.cells[-1].x1
