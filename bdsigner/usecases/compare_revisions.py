"""See what of a document looks different since it was signed, page by page."""

from collections.abc import Callable
from time import monotonic

from bdsigner.errors import DocumentError, ErrorCode
from bdsigner.model.comparison import PageAlignment, PageComparison, PagePair, PageState, RevisionComparison, Revisions
from bdsigner.ports import Phase, Progress, Services

MAX_PAGES = 500
"""Some half a minute of scanned pages; beyond it the answer is "not all compared"."""
MAX_SECONDS = 60.0
"""The same for pages that take long to draw; a page under way is not broken off."""
SCALE = 1.5
"""Pixels a point (108 dpi): a changed full stop in 8-point type still takes more than one pixel."""
_READERS = 2
"""One compares, the other draws the pages that are looked at meanwhile."""
_FAULTS_OF_A_PAGE = frozenset({ErrorCode.DOCUMENT_LIMITS, ErrorCode.DOCUMENT_DAMAGED, ErrorCode.DOCUMENT_WORKER_DIED})


def compare_revisions(
    revisions: Revisions,
    services: Services,
    *,
    progress: Progress,
    seen: Callable[[PageComparison], object],
    seconds: float = MAX_SECONDS,
) -> RevisionComparison:
    """Pair the pages of two revisions and compare them in order, up to ``MAX_PAGES`` and for at most ``seconds``.

    ``seen`` is told each page as soon as it is compared, before ``progress``.  A page that cannot be drawn is
    ``NOT_COMPARED`` and does not stop the others.  Raises ``UserCancelled``; ``DocumentError``, when the file cannot be
    read any more.
    """
    services.documents.expect_batch(readers=_READERS)
    try:
        return _compare_all(revisions, services, progress, seen, monotonic() + seconds)
    finally:
        services.documents.rest()


def _compare_all(
    revisions: Revisions, services: Services, progress: Progress, seen: Callable[[PageComparison], object], end: float
) -> RevisionComparison:
    pairs = _align(revisions, services).pairs
    result = RevisionComparison(pages=(), page_count=len(pairs))
    for done, pair in enumerate(pairs[:MAX_PAGES]):
        progress.report(revisions.path, Phase.COMPARING, done=done, total=len(pairs))
        if monotonic() > end:
            break
        page = _compare(revisions, pair, services)
        seen(page)
        result = result.with_page(page)
    progress.report(revisions.path, Phase.DONE, done=len(result.pages), total=len(pairs))
    return result


def _align(revisions: Revisions, services: Services) -> PageAlignment:
    try:
        return services.documents.align_pages(
            revisions.path, earlier_bytes=revisions.earlier_bytes, later_bytes=revisions.later_bytes
        )
    except DocumentError as error:
        if error.code not in _FAULTS_OF_A_PAGE:
            raise
        return PageAlignment.by_number(revisions.earlier_page_count, revisions.later_page_count)


def _compare(revisions: Revisions, pair: PagePair, services: Services) -> PageComparison:
    if pair.later is None or pair.earlier is None:
        return _uncompared(revisions, pair, PageState.REMOVED if pair.later is None else PageState.ADDED)
    try:
        return services.documents.compare_pages(
            revisions.path,
            pair.later,
            earlier_page=pair.earlier,
            earlier_bytes=revisions.earlier_bytes,
            later_bytes=revisions.later_bytes,
            scale=SCALE,
        )
    except DocumentError as error:
        if error.code not in _FAULTS_OF_A_PAGE:
            raise
        return _uncompared(revisions, pair, PageState.NOT_COMPARED)


def _uncompared(revisions: Revisions, pair: PagePair, state: PageState) -> PageComparison:
    return PageComparison(
        page=pair.later if pair.later is not None else pair.earlier or 0,
        earlier_page=pair.earlier,
        state=state,
        earlier_page_count=revisions.earlier_page_count,
        later_page_count=revisions.later_page_count,
    )
