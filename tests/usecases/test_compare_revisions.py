"""The pages of two revisions one after another, within limits."""

from pathlib import Path

import pytest

from bdsigner.errors import DocumentError, ErrorCode, UserCancelled
from bdsigner.model.comparison import PageAlignment, PageComparison, PagePair, PageState, Revisions
from bdsigner.model.document import Page
from bdsigner.ports import Phase, Services
from bdsigner.usecases import compare_revisions as module
from bdsigner.usecases.compare_revisions import compare_revisions
from tests.fakes.documents import FakeDocumentGateway, document_info
from tests.fakes.services import reading_services


class Watcher:
    """Keeps what was reported; asks to stop after so many pages."""

    def __init__(self, stop_after: int = 10**9) -> None:
        self.steps: list[tuple[Phase, int, int]] = []
        self._stop_after = stop_after

    def report(self, path: Path, phase: Phase, *, done: int, total: int) -> None:
        if done >= self._stop_after:
            raise UserCancelled
        self.steps.append((phase, done, total))

    def is_cancelled(self) -> bool:
        return False


@pytest.fixture
def documents() -> FakeDocumentGateway:
    return FakeDocumentGateway()


@pytest.fixture
def services(documents: FakeDocumentGateway) -> Services:
    return reading_services(documents)


@pytest.fixture
def file(tmp_path: Path, documents: FakeDocumentGateway) -> Path:
    path = tmp_path / "quyết định.pdf"
    path.write_bytes(b"%PDF-1.7")
    documents.infos[path] = document_info(path, pages=(Page(595, 842),) * 3)
    return path


def of(path: Path, pages: int = 3) -> Revisions:
    return Revisions(path=path, earlier_bytes=4, later_bytes=8, earlier_page_count=pages, later_page_count=pages)


def page(number: int, state: PageState) -> PageComparison:
    return PageComparison(page=number, earlier_page=number, state=state, earlier_page_count=3, later_page_count=3)


def test_every_page_is_told_as_it_comes(services: Services, documents: FakeDocumentGateway, file: Path) -> None:
    documents.comparisons[1] = page(1, PageState.DIFFERENT)
    watcher, seen = Watcher(), list[PageComparison]()
    result = compare_revisions(of(file), services, progress=watcher, seen=seen.append)

    assert [one.state for one in result.pages] == [PageState.ALIKE, PageState.DIFFERENT, PageState.ALIKE]
    assert tuple(seen) == result.pages
    assert result.is_complete
    assert not result.looks_alike
    assert documents.compared == [(file, number, 4, 8) for number in range(3)]
    assert watcher.steps[-1] == (Phase.DONE, 3, 3)


def test_all_alike(services: Services, file: Path) -> None:
    assert compare_revisions(of(file), services, progress=Watcher(), seen=id).looks_alike


def test_a_page_that_cannot_be_drawn_leaves_the_whole_open(
    services: Services, documents: FakeDocumentGateway, file: Path
) -> None:
    documents.page_errors[0] = DocumentError(ErrorCode.DOCUMENT_LIMITS)
    result = compare_revisions(of(file), services, progress=Watcher(), seen=id)
    assert [one.state for one in result.pages] == [PageState.NOT_COMPARED, PageState.ALIKE, PageState.ALIKE]
    assert not result.is_complete
    assert not result.looks_alike


def test_a_file_that_is_gone_is_an_error(services: Services, documents: FakeDocumentGateway, file: Path) -> None:
    documents.errors[file] = DocumentError(ErrorCode.DOCUMENT_NOT_FOUND)
    with pytest.raises(DocumentError):
        compare_revisions(of(file), services, progress=Watcher(), seen=id)


def test_beyond_the_limits_it_says_so(services: Services, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out_of_time = compare_revisions(of(file), services, progress=Watcher(), seen=id, seconds=-1)
    assert (out_of_time.pages, out_of_time.is_complete, out_of_time.looks_alike) == ((), False, False)
    monkeypatch.setattr(module, "MAX_PAGES", 2)
    assert len(compare_revisions(of(file), services, progress=Watcher(), seen=id).pages) == 2


def test_it_stops_when_asked(services: Services, documents: FakeDocumentGateway, file: Path) -> None:
    with pytest.raises(UserCancelled):
        compare_revisions(of(file), services, progress=Watcher(stop_after=1), seen=id)
    assert len(documents.compared) == 1


def test_pages_are_compared_with_those_they_were_paired_with(
    services: Services, documents: FakeDocumentGateway, file: Path
) -> None:
    documents.alignment = PageAlignment(pairs=(PagePair(None, 0), PagePair(0, 1), PagePair(1, None), PagePair(2, 2)))
    result = compare_revisions(of(file), services, progress=Watcher(), seen=id)
    assert [(one.state, one.earlier_page, one.page) for one in result.pages] == [
        (PageState.ADDED, None, 0),
        (PageState.ALIKE, 0, 1),
        (PageState.REMOVED, 1, 1),
        (PageState.ALIKE, 2, 2),
    ]
    assert [number for _, number, _, _ in documents.compared] == [1, 2]
    assert result.is_complete
