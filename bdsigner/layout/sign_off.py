"""The sign-off: powers and title lines, the room for the signature, the signer's name (regulation.md §14, steps 4 and 5).

What is read is always a guess about a page someone laid out by hand: whenever a rule had to be bent, or two places look
alike, the result is ``UNSURE``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bdsigner.layout.lines import Segment
from bdsigner.model.geometry import PT_PER_MM, Box
from bdsigner.model.layout import Certainty, SignOff
from bdsigner.model.person_names import same_person, without_honours
from bdsigner.model.vietnamese import fold, fold_tightly, is_capitals

RECIPIENTS = "nơinhận"
_BEGINNING = 24
"""Characters of a line looked at: the words, torn apart at worst."""
_RECIPIENTS_LINE = re.compile(r"^nơinhận\s*[:;.]?")
ABOVE_RECIPIENTS_PT = 6.0
TITLE_GAP_PT = 14.0
"""Title lines follow one another with less room than this between them."""
TITLE_LINES_MAX = 6
NAME_GAP_MIN_PT = 18.0
"""Less room between the last title line and the name is no room for a signature."""
SLOT_WIDTH_MAX_MM = 90.0
SLOT_HEIGHT_MAX_MM = 60.0
_CLEAR_MM = 1.0
_PAGE_FOOT_MM = 18.0
_SIDE_MM = 8.0
_PREFIX = re.compile(r"^(TM|Q|KT|TL|TUQ)\s*\.", re.IGNORECASE)
_TITLE_WORDS = re.compile(
    r"\b(chủ tịch|giám đốc|chánh|trưởng|phó|cục|vụ trưởng|bí thư|bộ trưởng|thứ trưởng|hiệu trưởng|viện trưởng|"
    r"tổng|chủ nhiệm|chỉ huy|người đứng đầu|ủy ban|hội đồng|ban)\b"
)
_NAME_WORDS = range(2, 8)
_NOT_A_NAME = re.compile(r"[\d:;/,()\[\]]")
_HINT = re.compile(r"^[(\[].*[)\]]$")
"""``(Đã ký)``, ``(Ký, ghi rõ họ tên)``: stands where the signature goes."""


@dataclass(frozen=True, slots=True)
class PageText:
    """The segments of one page, from top to bottom."""

    number: int
    width: float
    height: float
    segments: tuple[Segment, ...]


def may_have_recipients(plain_text: str) -> bool:
    """Whether a line begins with “Nơi nhận”; a quick look before a page is read in full."""
    return any(
        fold_tightly(line[:_BEGINNING]).startswith(RECIPIENTS)
        for line in map(str.lstrip, plain_text.splitlines())
        if line[:1] in "Nn"
    )


def recipients_lines(page: PageText) -> list[Segment]:
    """Lines that begin with “Nơi nhận”, in the left part of the page."""
    return [
        segment
        for segment in page.segments
        if segment.x0 < 0.45 * page.width
        and _RECIPIENTS_LINE.match(fold_tightly(segment.text))
        and len(fold_tightly(segment.text)) <= len(RECIPIENTS) + 3
    ]


def sign_off_at(page: PageText, recipients: Segment, following: PageText | None) -> SignOff | None:
    """The sign-off beside a “Nơi nhận” line; ``following`` is the next page, for a name that slipped onto it."""
    right = _right_of(page, recipients)
    start = _first_title(right, recipients.baseline - ABOVE_RECIPIENTS_PT)
    if start is None:
        return None
    titles = _title_stack(right, start)
    return _complete(page, titles, right, following, is_anchored=True)


def sign_off_by_name(page: PageText, signer_name: str) -> SignOff | None:
    """Without “Nơi nhận”: the signer's name in the right half with capitals above; without a name, titles and a name."""
    right = [segment for segment in page.segments if segment.centre > page.width / 2]
    for index in range(len(right) - 1, -1, -1):
        name = right[index]
        is_him = bool(signer_name) and same_person(name.text, signer_name)
        if not (is_him or (not signer_name and looks_like_name(name.text))):
            continue
        above = [
            segment for segment in right[:index] if segment.y1 < name.y0 - NAME_GAP_MIN_PT and _overlaps(segment, name)
        ]
        last = next((segment for segment in reversed(above) if not _HINT.match(segment.text.strip())), None)
        if last is None or not is_title(last.text):
            continue
        found = _complete(page, _stack_upwards(right, last), right, None, is_anchored=is_him)
        if found is not None and found.name is not None and found.name.box == name.box:
            return found
    return None


def has_second_block(page: PageText, found: SignOff) -> bool:
    """Whether another title stack stands beside this one: a joint document, two signers."""
    first = found.title_lines[0]
    left = [
        segment
        for segment in page.segments
        if segment.x1 < first.box.x_pt and first.box.y_pt - 4 <= segment.y0 <= first.box.y_pt + 60
    ]
    return any(is_title(segment.text) and _looks_like_power(segment.text) for segment in left)


def is_title(text: str) -> bool:
    """Capitals that can be a power or a title line."""
    stripped = text.strip()
    return is_capitals(stripped) and len(stripped) <= 90 and not stripped.endswith((":", ";"))


def looks_like_name(text: str) -> bool:
    """Two to seven words, each with a capital, nothing else."""
    plain = without_honours(text)
    words = plain.split()
    return (
        len(words) in _NAME_WORDS
        and _NOT_A_NAME.search(text) is None
        and all(word[0].isupper() for word in words if word[0].isalpha())
        and all(word[0].isalpha() for word in words)
    )


def _right_of(page: PageText, recipients: Segment) -> list[Segment]:
    edge = max(recipients.x1, 0.36 * page.width)
    return [segment for segment in page.segments if segment.x0 > edge and segment.centre > 0.45 * page.width]


def _first_title(right: Sequence[Segment], top: float) -> Segment | None:
    """The topmost title line at the height of the anchor; lines of it that stand higher are taken along."""
    start = next((segment for segment in right if segment.baseline >= top and segment.y0 < top + 60), None)
    if start is None or not is_title(start.text):
        return None
    return _stack_upwards(right, start)[0]


def _stack_upwards(right: Sequence[Segment], last: Segment) -> list[Segment]:
    stack = [last]
    for segment in reversed([segment for segment in right if segment.baseline < last.baseline]):
        if len(stack) == TITLE_LINES_MAX or not is_title(segment.text) or stack[0].y0 - segment.y1 > TITLE_GAP_PT:
            break
        stack.insert(0, segment)
    return stack


def _title_stack(right: Sequence[Segment], first: Segment) -> list[Segment]:
    stack = [first]
    for segment in right:
        if segment.baseline <= stack[-1].baseline:
            continue
        if len(stack) == TITLE_LINES_MAX or not is_title(segment.text) or segment.y0 - stack[-1].y1 > TITLE_GAP_PT:
            break
        stack.append(segment)
    return stack


def _complete(
    page: PageText, titles: list[Segment], right: Sequence[Segment], following: PageText | None, *, is_anchored: bool
) -> SignOff | None:
    last = titles[-1]
    below = [segment for segment in right if segment.y0 >= last.y1 - 2 and segment not in titles]
    hints = [segment for segment in below if _HINT.match(segment.text.strip())]
    name = next((segment for segment in below if segment not in hints), None)
    is_name = name is not None and looks_like_name(name.text) and name.y0 - last.y1 >= NAME_GAP_MIN_PT
    if name is not None and not is_name and name.y0 - last.y1 < NAME_GAP_MIN_PT:
        return None  # text goes on right under the capitals: no sign-off
    bottom = name.y0 if name is not None else page.height - _PAGE_FOOT_MM * PT_PER_MM
    far_name = None if name is not None else _name_on_top(following)
    slot = _slot(page, titles, bottom)
    is_sure = (
        is_anchored
        and is_name
        and not hints
        and _reads_like_titles(titles)
        and not has_gap_text(page, slot)
        and slot.height_pt < SLOT_HEIGHT_MAX_MM * PT_PER_MM
    )
    written = name if is_name else far_name
    return SignOff(
        title_lines=tuple(segment.as_line() for segment in titles),
        name=written.as_line() if written is not None else None,
        slot=slot,
        certainty=Certainty.SURE if is_sure else Certainty.UNSURE,
    )


def _reads_like_titles(titles: Sequence[Segment]) -> bool:
    return any(_looks_like_power(segment.text) for segment in titles)


def _looks_like_power(text: str) -> bool:
    return _PREFIX.match(text.strip()) is not None or _TITLE_WORDS.search(fold(text)) is not None


def _name_on_top(page: PageText | None) -> Segment | None:
    """A name alone at the head of the next page, in its right half."""
    if page is None:
        return None
    right = [segment for segment in page.segments if segment.centre > page.width / 2]
    first = next((segment for segment in right if not segment.text.strip().isdigit()), None)
    return first if first is not None and looks_like_name(first.text) else None


def _slot(page: PageText, titles: Sequence[Segment], bottom: float) -> Box:
    """Between the titles and ``bottom``, centred on the titles, clear of what stands beside it."""
    clear = _CLEAR_MM * PT_PER_MM
    top = titles[-1].y1 + clear
    height = min(max(0.0, bottom - clear - top), SLOT_HEIGHT_MAX_MM * PT_PER_MM)
    centre = sum(segment.centre for segment in titles) / len(titles)
    beside = [
        s.x1 for s in page.segments if s.y1 > top and s.y0 < top + height and s.centre < centre and s not in titles
    ]
    left = max([_SIDE_MM * PT_PER_MM, *(x + 2 * clear for x in beside if x < centre)])
    right = page.width - _SIDE_MM * PT_PER_MM
    half = max(0.0, min(SLOT_WIDTH_MAX_MM * PT_PER_MM / 2, centre - left, right - centre))
    return Box(page.number, centre - half, top, 2 * half, height)


def has_gap_text(page: PageText, slot: Box) -> bool:
    """Whether something is written in the room for the signature."""
    return any(
        segment.x1 > slot.x_pt
        and segment.x0 < slot.x_pt + slot.width_pt
        and segment.y1 > slot.y_pt + 1
        and segment.y0 < slot.y_pt + slot.height_pt - 1
        for segment in page.segments
    )


def _overlaps(one: Segment, other: Segment) -> bool:
    return one.x0 < other.x1 and one.x1 > other.x0
