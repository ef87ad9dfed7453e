"""Lines of the visible signature: broken at spaces, shrunk from 10 pt to 8 pt until they fit (§8)."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from bdsigner.model.signature import AppearanceLine
from bdsigner.signing.fonts import FontFace

SIZES_PT = (10.0, 9.5, 9.0, 8.5, 8.0)
"""From the wanted size down to the smallest the regulation allows (§8)."""
LEADING = 1.18
"""Distance of base lines in font sizes: room for stacked Vietnamese marks."""


@dataclass(frozen=True, slots=True)
class Run:
    """Words in one shade on one printed line."""

    text: str
    is_label: bool
    x_pt: float


PrintedLine = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class TextBlock:
    """The text as it will be printed."""

    size_pt: float
    lines: tuple[PrintedLine, ...]

    @property
    def height_pt(self) -> float:
        """From the top of the first line to the bottom of the last."""
        return len(self.lines) * LEADING * self.size_pt


@dataclass(frozen=True, slots=True)
class Column:
    """Items under one another, and where they begin."""

    left_pt: float
    block: TextBlock


def normalised(lines: Sequence[AppearanceLine]) -> tuple[AppearanceLine, ...]:
    """Precomposed characters (fonts have no glyphs to compose Vietnamese from) and single spaces."""
    return tuple(
        AppearanceLine(*(" ".join(unicodedata.normalize("NFC", part).split()) for part in (line.label, line.value)))
        for line in lines
    )


def fit(face: FontFace, lines: Sequence[AppearanceLine], *, width_pt: float, height_pt: float) -> TextBlock | None:
    """The size at which all fits with the fewest printed lines, else the largest; ``None`` when 8 pt do not fit.

    Fewest lines, so that a point more of size does not break the time or leave a syllable on a line of its own.

    Raises ``SigningError`` ``SIGNING_GLYPH_MISSING``.
    """
    blocks = [
        _block(face, lines, size, width_pt) for size in SIZES_PT if widest_word(face, lines, size_pt=size) <= width_pt
    ]
    fitting = [block for block in blocks if block.height_pt <= height_pt]
    return min(fitting, key=lambda block: (len(block.lines), -block.size_pt), default=None)


def fit_columns(
    face: FontFace, lines: Sequence[AppearanceLine], *, width_pt: float, height_pt: float, gap_pt: float
) -> tuple[Column, ...] | None:
    """The items side by side in two or three columns, for a wide low box; ``None`` when 8 pt do not fit.

    Raises ``SigningError`` ``SIGNING_GLYPH_MISSING``.
    """
    for size in SIZES_PT:
        for count in (2, 3):
            columns = _columns(face, lines, size, count, width_pt - (count - 1) * gap_pt, gap_pt)
            if columns and max(column.block.height_pt for column in columns) <= height_pt:
                return columns
    return None


def _columns(
    face: FontFace, lines: Sequence[AppearanceLine], size: float, count: int, width_pt: float, gap_pt: float
) -> tuple[Column, ...]:
    """Columns as wide as their longest line, or in equal shares with broken lines; empty when a word is too long."""
    rows = -(-len(lines) // count)
    parts = [lines[start : start + rows] for start in range(0, len(lines), rows)]
    natural = [max(_line_width(face, line, size) for line in part) for part in parts]
    spare = width_pt - sum(natural)
    widths = [width + max(0.0, spare) / len(parts) for width in natural]
    if spare < 0:
        widths = [width_pt / len(parts)] * len(parts)
        if any(widest_word(face, part, size_pt=size) > width for part, width in zip(parts, widths, strict=True)):
            return ()
    left, columns = 0.0, []
    for part, width in zip(parts, widths, strict=True):
        # a hair more than the width it was measured with, so that rounding breaks no line
        columns.append(Column(left, _block(face, part, size, width + 0.01)))
        left += width + gap_pt
    return tuple(columns)


def _line_width(face: FontFace, line: AppearanceLine, size: float) -> float:
    words = _words(line)
    return sum(face.width(word, size) for word, _ in words) + face.width(" ", size) * (len(words) - 1)


def wrapped(face: FontFace, lines: Sequence[AppearanceLine], *, size_pt: float, width_pt: float) -> TextBlock:
    """The lines in one size, however high they get."""
    return _block(face, lines, size_pt, width_pt)


def smallest(face: FontFace, lines: Sequence[AppearanceLine], *, width_pt: float) -> TextBlock:
    """The lines at 8 pt, however high they get."""
    return wrapped(face, lines, size_pt=SIZES_PT[-1], width_pt=width_pt)


def widest_word(face: FontFace, lines: Sequence[AppearanceLine], *, size_pt: float = SIZES_PT[-1]) -> float:
    """Width in points below which a line cannot be broken."""
    return max((face.width(word, size_pt) for line in lines for word, _ in _words(line)), default=0.0)


def _words(line: AppearanceLine) -> list[tuple[str, bool]]:
    return [(word, True) for word in line.label.split()] + [(word, False) for word in line.value.split()]


def _block(face: FontFace, lines: Sequence[AppearanceLine], size: float, width: float) -> TextBlock:
    return TextBlock(size, tuple(printed for line in lines for printed in _wrapped(face, line, size, width)))


def _wrapped(face: FontFace, line: AppearanceLine, size: float, width: float) -> list[PrintedLine]:
    space = face.width(" ", size)
    rows: list[list[tuple[str, bool]]] = [[]]
    used = 0.0
    for word, is_label in _words(line):
        advance = face.width(word, size)
        if rows[-1] and used + space + advance > width:
            rows.append([])
            used = 0.0
        used += advance + (space if rows[-1] else 0.0)
        rows[-1].append((word, is_label))
    return [_runs(face, row, size, space) for row in rows if row]


def _runs(face: FontFace, row: list[tuple[str, bool]], size: float, space: float) -> PrintedLine:
    label = " ".join(word for word, is_label in row if is_label)
    value = " ".join(word for word, is_label in row if not is_label)
    runs = []
    if label:
        runs.append(Run(label, True, 0.0))
    if value:
        runs.append(Run(value, False, face.width(label, size) + space if label else 0.0))
    return tuple(runs)
