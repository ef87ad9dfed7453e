"""Which of many files want a person's eye: those that stop, those in doubt, and those unlike the rest; no widgets."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from statistics import median_low
from typing import TYPE_CHECKING

from bdsigner.errors import ErrorCode
from bdsigner.model.document import Page
from bdsigner.model.geometry import PT_PER_MM, Box
from bdsigner.model.signing_rules import Objection, ObjectionWeight

if TYPE_CHECKING:
    from bdsigner.gui.signing.sign_files import SignFile

ALIKE_PT = 10 * PT_PER_MM
"""Sheets of one size and places of one kind differ by less: scanners cut askew, heads are of different heights."""
COMPARED_MIN = 3
"""Of two different files neither is the odd one."""


class OddityKind(Enum):
    STOPPED = "stopped"
    """Cannot be signed as it stands."""
    DOUBTFUL = "doubtful"
    """Its place is a guess."""
    PAGE_SIZE = "page-size"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class Oddity:
    """Why one file is to be looked at."""

    kind: OddityKind
    stop: Objection | None = None
    """The rule that stops this file, where not the file itself is the reason."""


def find_oddities(files: Sequence["SignFile"]) -> list[Oddity | None]:
    """The first reason to look at each file; ``None`` where there is none.

    What more than half of the files have is usual: a rule that stops them, a size of the page, a place on it.  A place
    that a person has put the box at, or that the document itself lays down, is taken as meant.
    """
    shared_stops = _shared_stops(files)
    places = {id(file): _Place(file.place, len(file.info.pages)) for file in files if file.info and file.place}
    pages = {id(file): file.info.pages[file.place.page] for file in files if file.info and file.place}
    usual_size = _usual([_size(page) for page in pages.values()])
    usual_edges = _usual([place.edges for place in places.values()])
    is_first_usual = 2 * sum(place.is_first for place in places.values()) > len(places)

    def oddity_of(file: "SignFile") -> Oddity | None:
        if file.signed is not None:
            return None
        if file.problem is not None:
            return Oddity(OddityKind.STOPPED)
        stop = next((one for one in _stops(file) if one.code not in shared_stops), None)
        if stop is not None:
            return Oddity(OddityKind.STOPPED, stop)
        if file.is_doubtful:
            return Oddity(OddityKind.DOUBTFUL)
        if file.is_placed or file.field or id(file) not in places:
            return None
        if usual_size is not None and not _is_alike(_size(pages[id(file)]), usual_size):
            return Oddity(OddityKind.PAGE_SIZE)
        place = places[id(file)]
        is_on_usual_page = place.is_first if is_first_usual else place.is_last
        if usual_edges is not None and not (is_on_usual_page and _is_alike(place.edges, usual_edges)):
            return Oddity(OddityKind.PLACE)
        return None

    return [oddity_of(file) for file in files]


class _Place:
    def __init__(self, box: Box, page_count: int) -> None:
        self.is_first = box.page == 0
        self.is_last = box.page == page_count - 1
        self.edges = (box.x_pt, box.y_pt, box.x_pt + box.width_pt, box.y_pt + box.height_pt)


def _stops(file: "SignFile") -> list[Objection]:
    objections = file.examination.objections if file.examination is not None else ()
    return [one for one in objections if one.weight is ObjectionWeight.STOP]


def _shared_stops(files: Sequence["SignFile"]) -> frozenset[ErrorCode]:
    """What stops more than half of the files is said once, beside them, not of each."""
    known = [file for file in files if file.examination is not None]
    if len(known) < COMPARED_MIN:
        return frozenset()
    counts = Counter(code for file in known for code in {stop.code for stop in _stops(file)})
    return frozenset(code for code, count in counts.items() if 2 * count > len(known))


def _size(page: Page) -> tuple[float, ...]:
    return page.width_pt, page.height_pt


def _usual(values: Sequence[tuple[float, ...]]) -> tuple[float, ...] | None:
    """What more than half are like; ``None`` when there is no such thing."""
    if len(values) < COMPARED_MIN:
        return None
    middle = tuple(median_low(column) for column in zip(*values, strict=True))
    return middle if 2 * sum(_is_alike(value, middle) for value in values) > len(values) else None


def _is_alike(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return all(abs(a - b) <= ALIKE_PT for a, b in zip(one, other, strict=True))
