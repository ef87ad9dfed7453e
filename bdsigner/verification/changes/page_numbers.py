"""Which page an object is, counted from 1."""

from collections.abc import Iterable

from bdsigner.verification.changes.history import History
from bdsigner.verification.changes.values import Ref, entries_of

MAX_NODES = 20_000
"""Nodes of the page tree; further pages are not named."""


class PageNumbers:
    """The page tree of one revision, walked when a page is first asked for (ISO 32000-2 §7.7.3)."""

    def __init__(self, history: History, revision: int) -> None:
        self._history = history
        self._revision = revision
        self._numbers: dict[int, int] | None = None

    def of(self, objects: Iterable[int]) -> frozenset[int]:
        """Page numbers of these objects; those outside the page tree are left out."""
        if self._numbers is None:
            self._numbers = self._walk()
        return frozenset(self._numbers[one] for one in objects if one in self._numbers)

    def _walk(self) -> dict[int, int]:
        catalog = self._history.entry(self._history.trailer(self._revision), "/Root", self._revision)
        pending = [entries_of(catalog).get("/Pages")]
        numbers: dict[int, int] = {}
        seen: set[int] = set()
        while pending and len(seen) < MAX_NODES:
            node = pending.pop()
            if not isinstance(node, Ref) or node.number in seen:
                continue
            seen.add(node.number)
            entries = entries_of(self._history.read(node, self._revision))
            if "/Kids" in entries:
                pending += reversed(self._history.items(entries["/Kids"], self._revision))
            else:
                numbers[node.number] = len(numbers) + 1
        return numbers


def as_ranges(pages: Iterable[int]) -> str:
    """``1, 3–5``; at most ten ranges, then an ellipsis."""
    ranges: list[list[int]] = []
    for page in sorted(pages):
        if ranges and page == ranges[-1][1] + 1:
            ranges[-1][1] = page
        else:
            ranges.append([page, page])
    shown = [str(first) if first == last else f"{first}–{last}" for first, last in ranges]
    return ", ".join(shown[:10]) + ("…" if len(shown) > 10 else "")
