"""Which page of one revision is which of another, without drawing any.  Runs in the document child.

Pages keep their object when a file is added to; those that do not are known by their content.  Nothing is proved by it:
what is paired is still held together as pictures.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from hashlib import sha256

import pymupdf

from bdsigner.documents.opening import OpenDocument
from bdsigner.model.comparison import PageAlignment, PagePair

MAX_READ_BYTES = 64 << 20
"""Of page content in all; pages beyond are paired by their order."""

_Anchor = tuple[int, int]


def align(earlier: OpenDocument, later: OpenDocument) -> PageAlignment:
    """Pair the pages of two revisions."""
    objects = [_page_objects(opened) for opened in (earlier, later)]
    shared = set(objects[0]) & set(objects[1])
    budget = [MAX_READ_BYTES]
    keys = [
        [
            number if number in shared else _content_key(opened.document, page, budget)
            for page, number in enumerate(numbers)
        ]
        for opened, numbers in zip((earlier, later), objects, strict=True)
    ]
    return PageAlignment(pairs=pair_pages(keys[0], keys[1]))


def pair_pages(earlier: Sequence[Hashable], later: Sequence[Hashable]) -> tuple[PagePair, ...]:
    """Pair what is equal and comes in the same order; between two such pairs, by order.  Linear but for a sort.

    Only what occurs once on both sides decides: blank pages that are all alike must not.
    """
    pairs: list[PagePair] = []
    at_earlier = at_later = 0
    for page, other in [*_anchors(earlier, later), (len(earlier), len(later))]:
        gap, other_gap = range(at_earlier, page), range(at_later, other)
        both = min(len(gap), len(other_gap))
        pairs += [PagePair(one, two) for one, two in zip(gap, other_gap, strict=False)]
        pairs += [PagePair(one, None) for one in gap[both:]]
        pairs += [PagePair(None, two) for two in other_gap[both:]]
        if page < len(earlier):
            pairs.append(PagePair(page, other))
        at_earlier, at_later = page + 1, other + 1
    return tuple(pairs)


def _anchors(earlier: Sequence[Hashable], later: Sequence[Hashable]) -> list[_Anchor]:
    """The longest run of pairs that both sides have in the same order."""
    counts, other_counts = Counter(earlier), Counter(later)
    places = {key: place for place, key in enumerate(later) if other_counts[key] == 1}
    unique = [(place, places[key]) for place, key in enumerate(earlier) if counts[key] == 1 and key in places]
    tails: list[int] = []
    """By length of a run, the least place in ``later`` at which one ends."""
    ends: list[int] = []
    before: list[int] = []
    for index, (_, other) in enumerate(unique):
        length = bisect_left(tails, other)
        before.append(ends[length - 1] if length else -1)
        if length == len(tails):
            tails.append(other)
            ends.append(index)
        else:
            tails[length], ends[length] = other, index
    run: list[_Anchor] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        run.append(unique[index])
        index = before[index]
    return run[::-1]


def _page_objects(opened: OpenDocument) -> list[int]:
    return [opened.document.page_xref(page) for page in range(opened.page_count)]


def _content_key(document: pymupdf.Document, page: int, budget: list[int]) -> Hashable:
    """Equal for pages that draw the same from the same parts; of one that cannot be read, its own."""
    unlike_any = object()
    if budget[0] <= 0:
        return unlike_any
    return _guarded(lambda: _read_key(document, page, budget), unlike_any)


def _read_key(document: pymupdf.Document, page: int, budget: list[int]) -> Hashable:
    streams = [document.xref_stream_raw(number) or b"" for number in document[page].get_contents()]
    budget[0] -= sum(map(len, streams))
    return sha256(b"\n".join(streams)).digest(), tuple(document.get_page_images(page))


def _guarded(read: Callable[[], Hashable], otherwise: Hashable) -> Hashable:
    try:
        return read()
    except Exception:  # noqa: BLE001  # the edge: whatever MuPDF says of a hostile page, it is paired by its order
        return otherwise
