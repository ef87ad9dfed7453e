"""See what of a document looks different since it was signed, page by page."""

from collections.abc import Callable
from time import monotonic

from bdsigner.errors import DocumentError, ErrorCode
from bdsigner.model.comparison import PageComparison, PageState, RevisionComparison, Revisions
from bdsigner.ports import Phase, Progress, Services

MAX_PAGES = 500
"""Some half a minute of scanned pages; beyond it the answer is "not all compared"."""
MAX_SECONDS = 60.0
"""The same for pages that take long to draw; a page under way is not broken off."""
SCALE = 1.5
"""Pixels a point (108 dpi): a changed full stop in 8-point type still takes more than one pixel."""
_FAULTS_OF_A_PAGE = frozenset({ErrorCode.DOCUMENT_LIMITS, ErrorCode.DOCUMENT_DAMAGED, ErrorCode.DOCUMENT_WORKER_DIED})


def compare_revisions(
    revisions: Revisions,
    services: Services,
    *,
    progress: Progress,
    seen: Callable[[PageComparison], object],
    seconds: float = MAX_SECONDS,
) -> RevisionComparison:
    """Compare the pages of two revisions in order, up to ``MAX_PAGES`` and for at most ``seconds``.

    ``seen`` is told each page as soon as it is compared, before ``progress``.  A page that cannot be drawn is
    ``NOT_COMPARED`` and does not stop the others.  Raises ``UserCancelled``; ``DocumentError``, when the file cannot be
    read any more.
    """
    end = monotonic() + seconds
    result = RevisionComparison(pages=(), page_count=revisions.page_count)
    for number in range(min(revisions.page_count, MAX_PAGES)):
        progress.report(revisions.path, Phase.COMPARING, done=number, total=revisions.page_count)
        if monotonic() > end:
            break
        page = _compare(revisions, number, services)
        seen(page)
        result = result.with_page(page)
    progress.report(revisions.path, Phase.DONE, done=len(result.pages), total=revisions.page_count)
    return result


def _compare(revisions: Revisions, number: int, services: Services) -> PageComparison:
    try:
        return services.documents.compare_pages(
            revisions.path,
            number,
            earlier_bytes=revisions.earlier_bytes,
            later_bytes=revisions.later_bytes,
            scale=SCALE,
        )
    except DocumentError as error:
        if error.code not in _FAULTS_OF_A_PAGE:
            raise
        return PageComparison(
            page=number,
            state=PageState.NOT_COMPARED,
            earlier_page_count=revisions.earlier_page_count,
            later_page_count=revisions.later_page_count,
        )
