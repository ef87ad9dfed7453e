"""How much a page or a look would have to draw, before anything draws it: forms that draw forms multiply."""

import re
from collections.abc import Iterable

from bdsigner.verification.changes.history import History
from bdsigner.verification.changes.values import Name, Ref, Stream, Value, entries_of, inflated, items_of

MAX_COST = 20_000_000
"""Bytes of drawing commands; a dense map has some two million."""
MAX_LEVELS = 12
"""Forms within forms; real ones have three or four."""
_DRAWN = re.compile(rb"/([^\x00\t\n\x0c\r ()<>\[\]{}/%]+)[\x00\t\n\x0c\r ]+Do(?![A-Za-z])")
_PACKED_RATIO = 20
"""Taken for streams that are compressed in an unusual way."""


def drawing_cost(history: History, revision: int, streams: Iterable[Value], resources: Value = None) -> int:
    """Bytes of commands that drawing ``streams`` takes, all forms counted as often as they are drawn.

    Stops counting above ``MAX_COST`` or below ``MAX_LEVELS`` levels; the answer is above ``MAX_COST`` then.
    """
    known: dict[Ref, int] = {}

    def cost(value: Value, inherited: Value, level: int) -> int:
        history.spend()
        stream = history.read(value, revision)
        if not isinstance(stream, Stream) or stream.entries.get("/Subtype") == Name("/Image"):
            return 0
        if level > MAX_LEVELS:
            return MAX_COST + 1
        if isinstance(value, Ref) and value in known:
            return known[value]
        open_stream = inflated(stream)
        is_packed = "/Filter" in open_stream.entries
        total = len(open_stream.data) * (_PACKED_RATIO if is_packed else 1)
        own = history.read(stream.entries.get("/Resources"), revision) or inherited
        forms = entries_of(history.entry(own, "/XObject", revision))
        for name in _DRAWN.findall(open_stream.data):
            if total > MAX_COST:
                break
            total += cost(forms.get("/" + name.decode("latin-1")), own, level + 1)
        if isinstance(value, Ref):
            known[value] = total
        return total

    return sum(cost(one, history.read(resources, revision), 0) for one in streams)


def cost_of_page(history: History, revision: int, page: int) -> int:
    """What the page's own content takes, and the looks of its annotations."""
    place = history.place(page, revision)
    entries = entries_of(history.read(Ref(page, place.generation), revision)) if place is not None else {}
    contents = history.read(entries.get("/Contents"), revision)
    streams = items_of(contents) if isinstance(contents, list) else [entries.get("/Contents")]
    total = drawing_cost(history, revision, streams, entries.get("/Resources"))
    for annotation in history.items(entries.get("/Annots"), revision):
        look = entries_of(history.entry(annotation, "/AP", revision)).get("/N")
        total += drawing_cost(history, revision, [look])
        if total > MAX_COST:
            break
    return total
