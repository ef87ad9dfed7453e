"""Read the layout of an administrative document: deterministic, unsure where a rule was bent, and able to say why."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from bdsigner.layout import free_space, head, sign_off
from bdsigner.layout.free_space import GreyPicture
from bdsigner.layout.lines import Segment, segments_of
from bdsigner.layout.sign_off import PageText
from bdsigner.layout.words import Word
from bdsigner.model.geometry import PT_PER_MM, Box
from bdsigner.model.layout import (
    COPY_HEAD_MM,
    Certainty,
    DateLine,
    DocumentLayout,
    NumberLine,
    Observation,
    ObservationCode,
    SecrecyMark,
    SignOff,
)
from bdsigner.model.person_names import same_person
from bdsigner.model.vietnamese import fold_tightly

PAGES_BACK_MAX = 400
"""Pages looked through for the sign-off, from the last one backwards; longer appendices are asked about."""
OCCUPIED_MAX = 400
SLOT_LOW_MM = 13.0
"""Lower than the lowest visible signature."""


class Pages(Protocol):
    """What the reader needs of a document."""

    @property
    def count(self) -> int:
        """Number of pages."""

    def size(self, page: int) -> tuple[float, float]:
        """Width and height as displayed, in points."""

    def words(self, page: int) -> Sequence[Word]:
        """The upright words of a page."""

    def coarse_words(self, page: int) -> Sequence[Word]:
        """The words of the upper part, what stands together in a single cell; much cheaper."""

    def plain_text(self, page: int) -> str:
        """All characters of a page in any order; much cheaper than ``words``."""

    def head_picture(self, height_pt: float) -> GreyPicture | None:
        """The head of page 1, drawn small; ``None`` when it cannot be drawn."""


def read_layout(pages: Pages, *, signer_name: str = "") -> DocumentLayout:
    """Read all that §14 describes; ``signer_name`` helps where “Nơi nhận” is missing."""
    return _Reading(pages, signer_name).read()


def read_marks(pages: Pages) -> DocumentLayout:
    """Title and secrecy mark of page 1 alone, all that Đ10.1a looks at; nothing is said of places."""
    width, height = pages.size(0)
    segments = segments_of(pages.coarse_words(0), 0)
    in_head = head.head_segments(segments, height)
    number, date = head.find_number(in_head), head.find_date(in_head)
    return DocumentLayout(
        has_text=bool(segments),
        is_administrative=head.has_nation(in_head) or (number is not None and date is not None),
        title=head.find_title(segments, top=_below(number, date, in_head), page_width=width, page_height=height),
        secrecy_mark=head.find_mark(segments, height),
    )


class _Reading:
    def __init__(self, pages: Pages, signer_name: str) -> None:
        self._pages = pages
        self._signer_name = signer_name
        self._texts: dict[int, PageText] = {}
        self._observations: list[Observation] = []

    def read(self) -> DocumentLayout:
        first = self._page(0)
        in_head = head.head_segments(first.segments, first.height)
        number, date = head.find_number(in_head), head.find_date(in_head)
        has_nation = head.has_nation(in_head)
        is_administrative = has_nation or (number is not None and date is not None)
        title = head.find_title(
            first.segments, top=_below(number, date, in_head), page_width=first.width, page_height=first.height
        )
        mark = head.find_mark(first.segments, first.height)
        found = self._find_sign_off()
        self._say(number, date, title, mark)
        grid = free_space.head_grid(
            first.width,
            first.height,
            [segment.box for segment in first.segments],
            self._pages.head_picture(COPY_HEAD_MM * PT_PER_MM),
        )
        return DocumentLayout(
            has_text=any(page.segments for page in self._texts.values()),
            is_administrative=is_administrative,
            number=number,
            date=date,
            agency_lines=head.find_agency(in_head, number, first.width),
            title=title,
            sign_off=found,
            secrecy_mark=mark,
            head_strips=tuple(grid.strips()),
            occupied=self._occupied(found, list(grid.boxes())),
            observations=tuple(self._observations),
        )

    def _page(self, number: int) -> PageText:
        if number not in self._texts:
            width, height = self._pages.size(number)
            segments = segments_of(self._pages.words(number), number)
            self._texts[number] = PageText(number, width, height, tuple(segments))
        return self._texts[number]

    def _find_sign_off(self) -> SignOff | None:
        last = self._pages.count - 1
        candidates = [
            number
            for number in range(last, max(-1, last - PAGES_BACK_MAX), -1)
            if sign_off.may_have_recipients(self._pages.plain_text(number))
        ]
        found = [one for number in candidates for one in self._at_recipients(number)]
        if not found:
            found = self._by_name(last)
        if not found:
            self._observe(ObservationCode.SIGN_OFF_MISSING if self._has_text() else ObservationCode.NO_TEXT)
            return None
        return self._choose(found)

    def _at_recipients(self, number: int) -> list[SignOff]:
        page = self._page(number)
        following = self._page(number + 1) if number + 1 < self._pages.count else None
        found = (sign_off.sign_off_at(page, line, following) for line in sign_off.recipients_lines(page))
        return [one for one in found if one is not None]

    def _by_name(self, last: int) -> list[SignOff]:
        for number in range(last, max(-1, last - 2), -1):
            found = sign_off.sign_off_by_name(self._page(number), self._signer_name)
            if found is not None:
                self._observe(ObservationCode.SIGN_OFF_BY_NAME, page=number + 1)
                return [found]
        return []

    def _choose(self, found: list[SignOff]) -> SignOff:
        """The signer's own, else the first of the document; several that could be meant are unsure."""
        own = [
            one
            for one in found
            if self._signer_name and one.name is not None and same_person(one.name.text, self._signer_name)
        ]
        chosen = (own or found)[-1]  # found from the last page backwards: the first one is the document's own
        others = [one for one in found if one is not chosen]
        is_joint = sign_off.has_second_block(self._page(chosen.slot.page), chosen)
        if is_joint or (others and len(own) != 1):
            pages = sorted({one.slot.page + 1 for one in found})
            self._observe(ObservationCode.SIGN_OFF_SEVERAL, pages=", ".join(map(str, pages)))
            chosen = _unsure(chosen)
        return chosen

    def _has_text(self) -> bool:
        return any(page.segments for page in self._texts.values())

    def _say(
        self, number: NumberLine | None, date: DateLine | None, title: tuple[str, ...], mark: SecrecyMark | None
    ) -> None:
        if not self._has_text():
            return
        if number is None:
            self._observe(ObservationCode.NUMBER_MISSING)
        elif number.number.is_filled:
            self._observe(ObservationCode.NUMBER_FOUND, number=number.number.value, symbol=number.symbol)
        else:
            self._observe(ObservationCode.NUMBER_EMPTY, symbol=number.symbol)
        if date is None:
            self._observe(ObservationCode.DATE_MISSING)
        elif date.is_filled:
            written = f"{date.day.value}/{date.month.value}/{date.year.value}"
            self._observe(ObservationCode.DATE_FOUND, date=written, place=date.place)
        else:
            self._observe(ObservationCode.DATE_EMPTY, place=date.place)
        if title:
            self._observe(ObservationCode.DOCUMENT_TITLE, text=title[0])
        if mark is not None:
            self._observe(ObservationCode.SECRECY_MARK, text=mark.level.value)

    def _observe(self, code: ObservationCode, **facts: str | int) -> None:
        self._observations.append(Observation(code, dict(facts)))

    def _occupied(self, found: SignOff | None, ink: list[Box]) -> tuple[Box, ...]:
        boxes = [*ink, *(segment.box for segment in _below_head(self._page(0)))]
        if found is not None:
            self._observe(
                ObservationCode.TITLE_FOUND, text=found.title_lines[-1].text, page=found.title_lines[-1].box.page + 1
            )
            if found.name is not None:
                self._observe(ObservationCode.NAME_FOUND, text=found.name.text, page=found.name.box.page + 1)
            if found.slot.height_pt < SLOT_LOW_MM * PT_PER_MM:
                self._observe(ObservationCode.SLOT_NARROW, page=found.slot.page + 1)
            if found.slot.page > 0:
                boxes = [*(segment.box for segment in self._page(found.slot.page).segments), *boxes]
        return tuple(boxes[:OCCUPIED_MAX])


def _below_head(page: PageText) -> list[Segment]:
    return [segment for segment in page.segments if segment.y0 > COPY_HEAD_MM * PT_PER_MM]


def _below(number: NumberLine | None, date: DateLine | None, in_head: Sequence[Segment]) -> float:
    """y below the head: under number and date, else under the Quốc hiệu."""
    edges = [slot.box.y_pt + slot.box.height_pt for slot in ((number.number,) if number else ())]
    edges += [date.day.box.y_pt + date.day.box.height_pt] if date else []
    if not edges:
        edges = [segment.y1 for segment in in_head if "hạnhphúc" in fold_tightly(segment.text)]
    return max(edges, default=0.0)


def _unsure(found: SignOff) -> SignOff:
    return replace(found, certainty=Certainty.UNSURE)
