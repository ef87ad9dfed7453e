"""The head of page 1: number, date, agency, title zone, secrecy mark (regulation.md §14, boxes 1–5 and 10a)."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bdsigner.layout.lines import Segment
from bdsigner.layout.words import Cell
from bdsigner.model.geometry import PT_PER_MM, Box
from bdsigner.model.layout import Certainty, DateLine, MarkLevel, NumberLine, SecrecyMark, Slot
from bdsigner.model.vietnamese import fold_tightly, is_capitals

HEAD_MM = 80.0
"""Number and date stand in the upper 80 mm."""
MARK_ZONE_MM = (15.0, 30.0, 80.0, 115.0)
"""Left, top, right, bottom: box 10a with its tolerance, and what a longer head pushes it down."""
MARK_PAGE_SHARE = 0.5
"""Elsewhere in the upper half of page 1 a lone mark is asked about."""
_NATION = "cộnghòaxãhộichủnghĩaviệtnam"
_NUMBER = re.compile(
    r"(?:Số|SỐ)\s*:?\s*(?P<num>[\d.…_\s]{0,60}?[a-zA-ZđĐ]?)\s*(?P<slash>/)\s*(?P<sym>(?:\d{4}\s*/\s*)?[A-ZĐ][\w&.\-–/]*)"
)
_NUMBER_COLON = re.compile(r"(?:Số|SỐ)\s*:")
_DATE = re.compile(
    r"(?P<place>[^,\n]{2,60}),\s*ngày(?P<d>[\s._…\d]*?)tháng(?P<m>[\s._…\d]*?)năm(?P<y>[\s._…\d]*)", re.IGNORECASE
)
_MARKS = {fold_tightly(level.value): level for level in MarkLevel}
_MARK_LABEL = "độmật:"
_MARK_CHARACTERS_MAX = 100
"""Of a line that may be a mark, set letter by letter with many blanks; the others need no closer look."""
_TITLE_LINES_MAX = 8
_TITLE_PAGE_SHARE = 0.6
_ABOUT = re.compile(r"^v\s*/\s*v\b", re.IGNORECASE)


@dataclass(frozen=True)
class _Text:
    """A text with the cell behind each of its characters."""

    text: str
    cells: tuple[Cell, ...]

    @classmethod
    def of(cls, segment: Segment, *, is_tight: bool) -> "_Text":
        cells = tuple(
            Cell(character, cell.x0, cell.x1)
            for cell in segment.cells
            for character in cell.text
            if not (is_tight and character.isspace())
        )
        return cls("".join(cell.text for cell in cells), cells)

    def slot(self, segment: Segment, start: int, end: int) -> Slot:
        """The characters from ``start`` to ``end``, or the gap between those around them."""
        digits = [index for index in range(start, end) if self.cells[index].text.isalnum()]
        first, last = (digits[0], digits[-1]) if digits else (start, end - 1)
        if digits:
            x0, x1 = self.cells[first].x0, self.cells[last].x1
        else:
            x0 = self.cells[start - 1].x1
            x1 = self.cells[end].x0 if end < len(self.cells) else max(x0, self.cells[-1].x1)
        value = "".join(self.cells[index].text for index in digits)
        box = Box(segment.page, x0, segment.y0, max(0.0, x1 - x0), segment.y1 - segment.y0)
        return Slot(value=value, box=box, baseline_pt=segment.baseline, style=segment.style)


def find_number(segments: Sequence[Segment]) -> NumberLine | None:
    """Box 3 among the segments of the head; read again without spaces where words were torn apart (then unsure)."""
    likely = [segment for segment in segments if "/" in segment.text]
    for is_tight in (False, True):
        for segment in likely:
            text = _Text.of(segment, is_tight=is_tight)
            match = _NUMBER.match(text.text.lstrip()) if is_tight else _NUMBER.match(text.text)
            if match is None:
                continue
            has_colon = _NUMBER_COLON.match(text.text) is not None
            return NumberLine(
                number=text.slot(segment, *match.span("num")) if match["num"] else _gap(text, segment, match),
                symbol=re.sub(r"\s+", "", match["sym"]),
                certainty=Certainty.SURE if has_colon and not is_tight else Certainty.UNSURE,
            )
    return None


def _gap(text: _Text, segment: Segment, match: re.Match[str]) -> Slot:
    """The empty slot: from the colon (or ``Số``) to the slash."""
    slash = match.start("slash")
    before = slash - 1
    while before > 0 and text.text[before].isspace():
        before -= 1
    return text.slot(segment, before + 1, slash)


def find_date(segments: Sequence[Segment]) -> DateLine | None:
    """Box 4 among the segments of the head."""
    likely = [segment for segment in segments if "," in segment.text]
    for is_tight in (False, True):
        for segment in likely:
            text = _Text.of(segment, is_tight=is_tight)
            match = _DATE.match(text.text)
            if match is None:
                continue
            day, month, year = (text.slot(segment, *match.span(name)) for name in "dmy")
            is_plain = not is_tight and text.text[match.end() :].strip(" ./") == ""
            return DateLine(
                place=match["place"].strip(),
                day=day,
                month=month,
                year=year,
                certainty=Certainty.SURE if is_plain else Certainty.UNSURE,
            )
    return None


def has_nation(segments: Sequence[Segment]) -> bool:
    """Whether the Quốc hiệu stands there."""
    return any(_NATION in fold_tightly(segment.text) for segment in segments)


def head_segments(segments: Sequence[Segment], page_height: float) -> list[Segment]:
    """Those of the zone of number and date."""
    bottom = min(HEAD_MM * PT_PER_MM, page_height / 2)
    return [segment for segment in segments if segment.y1 <= bottom]


def find_agency(segments: Sequence[Segment], number: NumberLine | None, page_width: float) -> tuple[str, ...]:
    """Box 2: capitals in the left half, above the number."""
    if number is None:
        return ()
    bottom = number.number.box.y_pt
    return tuple(
        segment.text.strip()
        for segment in segments
        if segment.centre < page_width / 2 and segment.y1 <= bottom + 2 and is_capitals(segment.text)
    )


def find_title(segments: Sequence[Segment], *, top: float, page_width: float, page_height: float) -> tuple[str, ...]:
    """Box 5a, the bold lines in the middle below the head, or 5b, ``V/v …`` under the number."""
    about = next((segment for segment in segments if _ABOUT.match(segment.text)), None)
    if about is not None:
        return _paragraph(about, segments)
    title: list[Segment] = []
    for segment in segments:
        if segment.y0 < top - 1 or segment.y0 > _TITLE_PAGE_SHARE * page_height:
            continue
        is_centred = abs(segment.centre - page_width / 2) < 0.09 * page_width
        is_near = not title or segment.y0 - title[-1].y1 < segment.style.size_pt
        if is_centred and is_near and (segment.style.is_bold or is_capitals(segment.text)):
            title.append(segment)
        elif title:
            break
        if len(title) == _TITLE_LINES_MAX:
            break
    return tuple(segment.text.strip() for segment in title)


def _paragraph(first: Segment, segments: Sequence[Segment]) -> tuple[str, ...]:
    """The lines under the first in its column, as long as they follow closely."""
    lines = [first]
    for segment in segments:
        below = segment.y0 - lines[-1].y1
        is_under = segment.x0 < first.x1 and segment.x1 > first.x0 and segment.x1 < first.x1 + 60
        if segment.baseline > lines[-1].baseline and is_under and below < 0.6 * first.style.size_pt:
            lines.append(segment)
        if len(lines) == _TITLE_LINES_MAX:
            break
    return tuple(line.text.strip() for line in lines)


def find_mark(segments: Sequence[Segment], page_height: float) -> SecrecyMark | None:
    """Box 10a: a line that is nothing but a mark, in capitals; outside its zone it is unsure.

    A mark set letter by letter or on two lines is known too.  The words within a sentence do not count (Đ10.1a).
    """
    upper = [segment for segment in segments if segment.y0 < MARK_PAGE_SHARE * page_height]
    found = [mark for segment in upper if (mark := _mark(segment)) is not None]
    two_lines = [mark for first, second in itertools.pairwise(upper) if (mark := _two_line_mark(first, second))]
    marks = [*two_lines, *found]
    return min(marks, key=lambda mark: (mark.certainty is Certainty.UNSURE, -len(mark.level.value)), default=None)


def _mark(segment: Segment) -> SecrecyMark | None:
    if len(segment.text) > _MARK_CHARACTERS_MAX:
        return None
    text = fold_tightly(segment.text)
    has_label = text.startswith(_MARK_LABEL)
    level = _MARKS.get(text.removeprefix(_MARK_LABEL).strip(".:[]()|"))
    if level is None or not (has_label or is_capitals(segment.text)):
        return None
    return SecrecyMark(level=level, line=segment.as_line(), certainty=_certainty(segment))


def _two_line_mark(first: Segment, second: Segment) -> SecrecyMark | None:
    """``TUYỆT`` over ``MẬT``."""
    if len(first.text) + len(second.text) > _MARK_CHARACTERS_MAX:
        return None
    level = _MARKS.get(fold_tightly(first.text) + fold_tightly(second.text))
    is_stack = second.y0 - first.y1 < first.style.size_pt and second.x0 < first.x1 and second.x1 > first.x0
    if level is None or level is MarkLevel.MAT or not is_stack or not is_capitals(first.text + second.text):
        return None
    return SecrecyMark(level=level, line=first.as_line(), certainty=_certainty(first))


def _certainty(segment: Segment) -> Certainty:
    left, top, right, bottom = (edge * PT_PER_MM for edge in MARK_ZONE_MM)
    is_inside = left <= segment.x0 and segment.x1 <= right and top <= segment.y0 and segment.y1 <= bottom
    return Certainty.SURE if is_inside else Certainty.UNSURE
