"""Objects by number and revision, straight from the cross-reference sections of the file.

The parser's own cache gives the newest state only, and reads objects of a compressed stream from that stream's newest
version, even for an older revision.
"""

import io
import itertools
import time
from bisect import bisect_right
from dataclasses import dataclass

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.decode_limits import DecodePurpose
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.xref import XRefSectionData

from bdsigner.verification.changes.values import Dictionary, Ref, Unreadable, Value, entries_of, items_of, plain
from bdsigner.verification.integrity.lexer import LexError, is_complete, value_end

MAX_SECONDS = 5.0
"""For all revisions of a file together; the child's own limit is 10 s of CPU."""
_STEPS_BETWEEN_LOOKS = 1024
"""Steps of the analysis between looks at the clock."""
MAX_REFERENCE_CHAIN = 16
"""A reference to a reference to …"""
_WHITE = b"\x00\t\n\x0c\r "


class LimitReached(Exception):
    """The analysis would take too long or too much; the text says what of."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an object stands: at a file offset, or in an object stream as that stood in ``revision``."""

    revision: int
    """From which on the object is this one."""
    generation: int
    offset: int
    """In the file; in an object stream its index."""
    container: int | None = None
    """Number of the object stream."""


class History:
    """All places of all objects of a file."""

    def __init__(self, reader: PdfFileReader) -> None:
        self._reader = reader
        self._deadline = time.monotonic() + MAX_SECONDS
        self._steps = 0
        self.revisions = int(reader.xrefs.total_revisions)
        self._places: dict[int, list[Place | None]] = {}
        self._since: dict[int, list[int]] = {}
        self._contained: dict[int, set[int]] = {}
        self._changed = [self._add(number, reader.xrefs.get_xref_data(number)) for number in range(self.revisions)]
        self._values: dict[tuple[int, int], Value] = {}
        self._streams: dict[tuple[int, int], list[tuple[int, bytes]]] = {}

    def _add(self, revision: int, section: XRefSectionData) -> set[int]:
        places = _places_in(revision, section)
        if section.hybrid is not None:  # §7.5.8.4: looked up behind the table, whose free entries hide objects
            hidden = _places_in(revision, section.hybrid.xref_data)
            places |= {number: place for number, place in hidden.items() if places.get(number) is None}
        # Objects of an object stream that was itself replaced: their entries are old, their content is not.
        for container in [number for number in places if number in self._contained]:
            for number in self._contained[container] - set(places):
                last = self._places[number][-1]
                if last is not None and last.container == container:
                    places[number] = Place(revision, 0, last.offset, container)
        for number, place in places.items():
            self._places.setdefault(number, []).append(place)
            self._since.setdefault(number, []).append(revision)
            if place is not None and place.container is not None:
                self._contained.setdefault(place.container, set()).add(number)
        return set(places)

    def spend(self) -> None:
        """Count one step of the analysis.  Raises ``LimitReached`` when the time is over."""
        self._steps += 1
        if self._steps % _STEPS_BETWEEN_LOOKS == 0:
            self.check_time()

    def check_time(self) -> None:
        """Raise ``LimitReached`` when the time is over."""
        if time.monotonic() > self._deadline:
            raise LimitReached("time")

    def changed(self, revision: int) -> set[int]:
        """Numbers of the objects that this revision wrote, freed, or replaced with their object stream."""
        return self._changed[revision]

    def place(self, number: int, revision: int) -> Place | None:
        """Where the object stood; ``None`` when it did not exist."""
        since = self._since.get(number)
        index = bisect_right(since, revision) if since else 0
        return self._places[number][index - 1] if index else None

    def numbers(self, revision: int) -> set[int]:
        """Numbers of the objects that exist as of a revision."""
        return {number for number in self._places if self.place(number, revision) is not None}

    def places(self) -> list[tuple[int, Place]]:
        """Every state of every object of the file."""
        return [(number, place) for number, states in self._places.items() for place in states if place is not None]

    def section_starts(self) -> set[int]:
        """File offsets where cross-reference sections begin, their trailers behind them."""
        xrefs = self._reader.xrefs
        return {int(xrefs.get_xref_container_info(number).start_location) for number in range(self.revisions)}

    def read(self, value: Value, revision: int) -> Value:
        """Follow a reference as of ``revision``; other values are returned as they are."""
        for _ in range(MAX_REFERENCE_CHAIN):
            if not isinstance(value, Ref):
                return value
            value = self._at(value, revision)
        return None

    def at(self, number: int, revision: int) -> Value:
        """The object of that number as of ``revision``; ``None`` when there is none."""
        place = self.place(number, revision)
        return None if place is None else self.read(Ref(number, place.generation), revision)

    def entry(self, holder: Value, key: str, revision: int) -> Value:
        """Value of a key of a dictionary, both followed."""
        return self.read(entries_of(self.read(holder, revision)).get(key), revision)

    def items(self, value: Value, revision: int) -> list[Value]:
        """Items of an array, their references kept."""
        return items_of(self.read(value, revision))

    def trailer(self, revision: int) -> Dictionary:
        """The trailer as of a revision."""
        return entries_of(plain(self._reader.trailer.flatten(revision)))

    def text_in_stream(self, number: int, place: Place) -> bytes:
        """The text of an object of an object stream (§7.5.7), by its index: a stream may hold a number twice.

        Empty when another object stands there.
        """
        container = place.container
        holder = self.place(container, place.revision) if container is not None else None
        if container is None or holder is None:
            return b""
        key = container, holder.revision
        if key not in self._streams:
            self._streams[key] = self._unpack(container, holder)
        objects = self._streams[key]
        found, text = objects[place.offset] if place.offset < len(objects) else (-1, b"")
        return text if found == number else b""

    def _at(self, reference: Ref, revision: int) -> Value:
        place = self.place(reference.number, revision)
        if place is None or place.generation != reference.generation:
            return None
        key = reference.number, place.revision
        if key not in self._values:
            self.spend()
            self._values[key] = self._read(reference.number, place)
        return self._values[key]

    def _read(self, number: int, place: Place) -> Value:
        try:
            return plain(self._parse(number, place))
        except (LimitReached, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001  # damaged objects raise anything inside the parser
            return Unreadable(type(error).__name__)

    def _parse(self, number: int, place: Place) -> object:
        reference = generic.Reference(number, place.generation, self._reader)
        if place.container is None:
            return self._reader.get_object(reference, revision=place.revision)
        text = self.text_in_stream(number, place).lstrip(_WHITE)
        return generic.read_object(io.BytesIO(text), reference) if text else generic.NullObject()

    def _unpack(self, container: int, place: Place) -> list[tuple[int, bytes]]:
        stream = self._reader.get_object(generic.Reference(container, 0, self._reader), revision=place.revision)
        if not isinstance(stream, generic.StreamObject):
            return []
        data = stream.read_data(DecodePurpose.OBJECT_STREAM)
        first = int(stream["/First"])
        numbers = [int(word) for word in data[:first].split()[: 2 * int(stream["/N"])]]
        starts = [first + offset for offset in numbers[1::2]]
        ordered = [*sorted(set(starts)), len(data)]
        ends = dict(itertools.pairwise(ordered))
        pairs = zip(numbers[::2], starts, strict=True)
        return [(number, _whole(data, start, ends[start])) for number, start in pairs]


def _whole(data: bytes, start: int, end: int) -> bytes:
    """An object of a stream; ``end`` is where the next one is said to begin, which may be a lie."""
    text = data[start:end]
    if is_complete(text):
        return text
    try:
        return data[start : value_end(data, start)]
    except LexError:
        return data[start:]


def _places_in(revision: int, section: XRefSectionData) -> dict[int, Place | None]:
    places: dict[int, Place | None] = dict.fromkeys(section.freed)
    for number, (generation, offset) in section.standard_xrefs.items():
        places[number] = Place(revision, generation, offset)
    for number, inside in section.xrefs_in_objstm.items():
        places[number] = Place(revision, 0, inside.ix_in_stream, inside.obj_stream_id)
    return places
