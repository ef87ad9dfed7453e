"""Two revisions of one file beside each other, as pictures: what a person sees is different.  Never a verdict."""

from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from bdsigner.model.geometry import Box
from bdsigner.model.verification import FileReport, SignatureReport

LINE_END_BYTES = 2
"""What may follow a signed revision without adding anything to it: the end of its last line."""


class PageState(StrEnum):
    """How a page of the later revision stands to the page it was paired with in the earlier one."""

    ALIKE = "alike"
    DIFFERENT = "different"
    RESIZED = "resized"
    """Of another size, so that places on it cannot be held against each other."""
    ADDED = "added"
    REMOVED = "removed"
    NOT_COMPARED = "not_compared"
    """One of the two could not be drawn."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A rectangle of a page in which the two pictures differ."""

    box: Box
    is_at_later_signature: bool = False
    """It lies in the box of a signature that the earlier revision does not carry.

    Says where it is, not what it is: a box may be drawn over anything.
    """


@dataclass(frozen=True, slots=True)
class PagePair:
    """A page as it is in both revisions, zero-based; ``None``: it is in the other one only."""

    earlier: int | None
    later: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageAlignment:
    """All pages of two revisions, each once, in their order."""

    pairs: tuple[PagePair, ...]

    @classmethod
    def by_number(cls, earlier: int, later: int) -> "PageAlignment":
        """Where nothing better is known: the first with the first; the arguments are numbers of pages."""
        return cls(
            pairs=tuple(
                PagePair(number if number < earlier else None, number if number < later else None)
                for number in range(max(earlier, later))
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PageComparison:
    """One page of both revisions."""

    page: int
    """Zero-based, in the later revision; of a page that is ``REMOVED`` in the earlier one."""
    earlier_page: int | None
    """Zero-based, in the earlier revision; ``None``: it was ``ADDED``."""
    state: PageState
    differences: tuple[Difference, ...] = ()
    """In reading order, on ``page``; empty unless ``DIFFERENT``."""
    earlier_page_count: int
    later_page_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisions:
    """Two revisions of a file, each given by its length from the start of the file."""

    path: Path
    earlier_bytes: int
    later_bytes: int
    earlier_page_count: int
    later_page_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionComparison:
    """All pages looked at, in order."""

    pages: tuple[PageComparison, ...]
    page_count: int
    """Of all pages that either revision has."""

    @property
    def is_complete(self) -> bool:
        """Whether every page was compared; without it nothing may be said of the whole."""
        return len(self.pages) == self.page_count and not any(
            page.state is PageState.NOT_COMPARED for page in self.pages
        )

    @property
    def looks_alike(self) -> bool:
        """Every page was compared and none differs.  Not a verdict: what is not drawn may have changed all the same."""
        return self.is_complete and all(page.state is PageState.ALIKE for page in self.pages)

    def with_page(self, page: PageComparison) -> "RevisionComparison":
        """The same with one more page."""
        return replace(self, pages=(*self.pages, page))


def was_added_to(signature: SignatureReport, report: FileReport) -> bool:
    """Whether the file goes on after the revision that this signature covers, so that the two may look different."""
    return signature.covered_bytes > 0 and signature.covered_bytes + LINE_END_BYTES < report.size_bytes
