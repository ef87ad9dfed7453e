"""Lines from words: by baseline, cut at wide gaps, with the place of every character kept (regulation.md §14, step 1)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from bdsigner.layout.words import Cell, Word
from bdsigner.model.geometry import Box
from bdsigner.model.layout import TextLine, TextStyle

SAME_LINE_PT = 4.0
"""Baselines nearer than this belong to one line: number and date are often a point apart."""
CUT_PT = 18.0
"""A wider gap separates columns …"""
_HOLDS_ON = re.compile(r"^(tháng|năm|/|\d{1,4}$|[.…]+)", re.IGNORECASE)
"""… unless one of these follows: the gap is then a slot to be filled."""
_OPENS_SLOT = re.compile(r"(ngày|tháng|năm|số\s*:?)$", re.IGNORECASE)
_GLUE_SHARE = 0.18
"""Words nearer than this share of their size were one word, torn apart by extraction."""


@dataclass(frozen=True)
class Segment:
    """A piece of a line, on one page."""

    page: int
    words: tuple[Word, ...]

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """All characters; between two words a blank that is as wide as the gap."""
        cells: list[Cell] = []
        for word in self.words:
            if cells and word.x0 - cells[-1].x1 > _GLUE_SHARE * word.style.size_pt:
                cells.append(Cell(" ", cells[-1].x1, max(word.x0, cells[-1].x1)))
            is_over = bool(cells) and word.x0 < cells[-1].x0
            cells.extend(word.cells)
            if is_over:  # typed over a dotted line
                cells.sort(key=lambda cell: cell.x0)
        return tuple(cells)

    @cached_property
    def text(self) -> str:
        """What is written."""
        return "".join(cell.text for cell in self.cells)

    @property
    def x0(self) -> float:
        """Left edge."""
        return self.words[0].x0

    @cached_property
    def x1(self) -> float:
        """Right edge."""
        return max(word.x1 for word in self.words)

    @cached_property
    def y0(self) -> float:
        """Upper edge."""
        return min(word.y0 for word in self.words)

    @cached_property
    def y1(self) -> float:
        """Lower edge."""
        return max(word.y1 for word in self.words)

    @property
    def baseline(self) -> float:
        """Of its first word."""
        return self.words[0].baseline

    @property
    def centre(self) -> float:
        """Middle between the edges."""
        return (self.x0 + self.x1) / 2

    @cached_property
    def style(self) -> TextStyle:
        """That of the longest word."""
        return max(self.words, key=lambda word: len(word.cells)).style

    @property
    def box(self) -> Box:
        """Where it stands."""
        return Box(self.page, self.x0, self.y0, self.x1 - self.x0, self.y1 - self.y0)

    def as_line(self) -> TextLine:
        """The value for the rest of the program."""
        return TextLine(text=self.text.strip(), box=self.box, baseline_pt=self.baseline, style=self.style)


def segments_of(words: Sequence[Word], page: int) -> list[Segment]:
    """Segments from top to bottom, those of one line from left to right."""
    return [Segment(page, tuple(piece)) for row in _rows(words) for piece in _pieces(row)]


def _rows(words: Sequence[Word]) -> Iterator[list[Word]]:
    row: list[Word] = []
    for word in sorted(words, key=lambda word: (word.baseline, word.x0)):
        if row and word.baseline - row[0].baseline > SAME_LINE_PT:
            yield sorted(row, key=lambda word: word.x0)
            row = []
        row.append(word)
    if row:
        yield sorted(row, key=lambda word: word.x0)


def _pieces(row: Sequence[Word]) -> Iterator[list[Word]]:
    piece: list[Word] = []
    for word in row:
        if piece and word.x0 - piece[-1].x1 > CUT_PT and not _is_slot(piece, word):
            yield piece
            piece = []
        piece.append(word)
    if piece:
        yield piece


def _is_slot(piece: Sequence[Word], word: Word) -> bool:
    # A number alone may also be a column of a table: it holds on only to a word that opens a slot.
    follows = _HOLDS_ON.match(word.text)
    if follows is None:
        return False
    opens = _OPENS_SLOT.search("".join(part.text for part in piece[-2:])) is not None
    return opens or word.text[0] in "/tnTN"
