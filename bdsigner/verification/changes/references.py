"""Who refers to whom: one index over the whole file, from the bytes of the objects, without parsing them.

It may name too many referrers (a string that looks like a reference), never too few; what follows from a referrer is
decided on parsed objects.
"""

import itertools
import re
from collections.abc import Iterator
from typing import BinaryIO

from bdsigner.verification.changes.history import History, LimitReached, Place
from bdsigner.verification.changes.values import Name, Ref, entries_of, keys_to, references
from bdsigner.verification.integrity.lexer import LexError, is_complete, object_body, value_end

_BLANK = rb"[\x00\t\n\x0c\r ]+"
_REFERENCE = re.compile(rb"(?<!\d)(\d+)" + _BLANK + rb"\d+" + _BLANK + rb"R")
_COMMENT = re.compile(rb"%[^\r\n]*")
_WHOLE_BYTES = 64 << 10
"""Objects up to this size are searched whole; of longer ones only the dictionary before their stream is."""
MAX_TEXT_BYTES = 4 << 20
"""Of an object whose end cannot be found: a list of 300,000 pages is no longer."""
_TRAILER = 0
"""The trailer as a referrer: no object has this number."""
MAX_LEVELS = 64
"""Of the page tree."""
_TRAILER_KEYS = ("/Root", "/Info", "/Encrypt")
"""Entries of the trailer that anything reads; others are leftovers of writers (§7.5.5)."""
MAX_CLIMBED = 20_000
"""Objects looked at on the way from one changed object to the pages."""


class References:
    """Referrers of each object, by revision."""

    def __init__(self, history: History, file: BinaryIO, length: int) -> None:
        self._history = history
        self._referrers: dict[int, list[tuple[int, int]]] = {}
        placed = history.places()
        starts = {place.offset for _, place in placed if place.container is None}
        offsets = sorted(starts | history.section_starts() | {length})
        following = dict(itertools.pairwise(offsets))
        in_file = sorted(((place.offset, number, place) for number, place in placed if place.container is None), key=lambda one: one[0])  # fmt: skip
        for offset, number, place in in_file:
            history.spend()
            self._note(number, place, _text(file, offset, following.get(offset, length), length))
        for number, place in placed:
            history.spend()
            if place.container is not None:
                self._note(number, place, history.text_in_stream(number, place))

    def _note(self, number: int, place: Place, text: bytes) -> None:
        for target in targets_in(text):
            self._referrers.setdefault(target, []).append((number, place.revision))

    def to(self, number: int, revision: int) -> Iterator[int]:
        """Numbers of the objects that, as of ``revision``, may refer to the object; 0 is the trailer."""
        for holder, since in self._referrers.get(number, ()):
            place = self._history.place(holder, revision)
            if place is not None and place.revision == since:
                yield holder
        trailer = self._history.trailer(revision)
        if any(number in references(trailer.get(key)) for key in _TRAILER_KEYS):
            yield _TRAILER

    def in_use(self, revision: int) -> set[int]:
        """Numbers of the objects that the trailer leads to, also by what only looks like a reference.

        Raises ``LimitReached``.
        """
        targets: dict[tuple[int, int], list[int]] = {}
        for target, holders in self._referrers.items():
            for holder in holders:
                targets.setdefault(holder, []).append(target)
        trailer = self._history.trailer(revision)
        pending = [number for key in _TRAILER_KEYS for number in references(trailer.get(key))]
        used = set(pending)
        while pending:
            self._history.spend()
            number = pending.pop()
            place = self._history.place(number, revision)
            if place is not None:
                fresh = set(targets.get((number, place.revision), ())) - used
                used |= fresh
                pending += fresh
        return used

    def climb(self, number: int, revision: int) -> tuple[set[int], set[str]]:
        """Follow referrers upwards: the pages that show the object, and the catalog's entries that lead to it.

        Nothing of both: nobody can reach the object.  Raises ``LimitReached``.
        """
        pages: set[int] = set()
        entries: set[str] = set()
        root = self._history.trailer(revision).get("/Root")
        seen, pending = {number}, [number]
        while pending:
            self._history.spend()
            if len(seen) > MAX_CLIMBED:
                raise LimitReached("objects on the way to a page")
            current = pending.pop()
            if isinstance(root, Ref) and current == root.number:
                continue
            if current == _TRAILER:
                entries.add("trailer")
                continue
            if self.is_page(current, revision):
                pages.add(current)
                continue
            for holder in self.to(current, revision):
                if isinstance(root, Ref) and holder == root.number:
                    catalog = entries_of(self._history.read(root, revision))
                    entries |= {key for key, one in catalog.items() if current in references(one)}
                if holder not in seen:
                    seen.add(holder)
                    pending.append(holder)
        return pages, entries

    def is_page(self, number: int, revision: int) -> bool:
        """Whether an object is a page by its own word, its parents' and the catalog's (§7.7.3)."""
        value = self._history.at(number, revision)
        if not isinstance(value, dict) or value.get("/Type") != Name("/Page"):
            return False
        current = number
        for _ in range(MAX_LEVELS):
            parent = entries_of(self._history.at(current, revision)).get("/Parent")
            if not isinstance(parent, Ref):
                break
            if current not in references(self._history.entry(parent, "/Kids", revision)):
                return False
            current = parent.number
        catalog = self._history.entry(self._history.trailer(revision), "/Root", revision)
        return current in references(entries_of(catalog).get("/Pages"))

    def uses(self, number: int, revision: int) -> set[str]:
        """Keys of dictionaries under which others refer to the object; empty for one in a list that is no key's value."""
        keys: set[str] = set()
        for holder in self.to(number, revision):
            if holder != _TRAILER:
                keys |= keys_to(self._history.at(holder, revision), number)
        return keys


def targets_in(text: bytes) -> set[int]:
    """Object numbers of everything that looks like a reference, also with comments between its parts."""
    found = set(_REFERENCE.findall(text))
    if b"%" in text:
        found |= set(_REFERENCE.findall(_COMMENT.sub(b" ", text)))
    return {int(digits) for target in found if len(digits := target.lstrip(b"0")) in range(1, 11)}


def _text(file: BinaryIO, start: int, end: int, length: int) -> bytes:
    """The object at ``start``, without a stream's data; ``end`` is where the next one is said to begin."""
    file.seek(start)
    text = file.read(min(end - start, _WHOLE_BYTES))
    if len(text) == end - start and is_complete(text):
        return text
    # Another entry of the table may point into the middle of this object: only its own syntax says where it ends.
    for size in (_WHOLE_BYTES, MAX_TEXT_BYTES):
        file.seek(start)
        text = file.read(min(size, length - start))
        try:
            return text[: value_end(text, object_body(text))]
        except LexError:
            continue
    return text
