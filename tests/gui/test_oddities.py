"""Which of many files want a person's eye."""

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bdsigner.errors import DocumentError, ErrorCode
from bdsigner.gui.signing.oddities import ALIKE_PT, OddityKind, find_oddities
from bdsigner.gui.signing.sign_files import FileState, SignFile
from bdsigner.model.document import Page
from bdsigner.model.examination import Examination
from bdsigner.model.geometry import Box
from bdsigner.model.layout import DocumentLayout
from bdsigner.model.signing_rules import Objection
from bdsigner.usecases.default_place import place_for
from tests.regulation.documents import COPY, info

A4, LANDSCAPE = Page(595, 842), Page(842, 595)
HEAD = Box(0, 150, 15, 430, 40)
UNCONFIRMED = Objection.stop(ErrorCode.REGULATION_COPY_UNCONFIRMED, "Đ10.2c")
COVERS = Objection.stop(ErrorCode.REGULATION_COVERS_TEXT, "Đ10.3b", page=1)


def scan(
    *, page: Page = A4, pages: int = 1, strip: Box = HEAD, box: Box | None = None, stops: tuple[Objection, ...] = ()
) -> SignFile:
    document = info(pages=(page,) * pages)
    seen = DocumentLayout(has_text=False, is_administrative=False, head_strips=(strip,))
    placement = place_for(document, seen, COPY)
    assert placement is not None
    found = Examination(info=document, layout=seen, declaration=COPY, objections=stops, placement=placement)
    return SignFile(
        Path("a.pdf"),
        Path(),
        info=document,
        examination=found,
        state=FileState.READY,
        box=box or placement.box,
    )


def kinds(*files: SignFile) -> list[OddityKind | None]:
    return [oddity.kind if oddity is not None else None for oddity in find_oddities(files)]


def test_files_that_are_alike_want_no_look() -> None:
    assert kinds(*(scan(pages=pages) for pages in (1, 5, 2, 1))) == [None] * 4


def test_another_size_and_another_place_stand_out() -> None:
    left = replace(HEAD, x_pt=20)
    files = [scan(), scan(), scan(page=LANDSCAPE), scan(strip=left), scan(), scan()]
    assert kinds(*files) == [None, None, OddityKind.PAGE_SIZE, OddityKind.PLACE, None, None]


def test_the_same_spot_on_another_page_is_another_place() -> None:
    files = [scan(pages=3) for _ in range(4)]
    assert files[0].box is not None
    files[2].box = replace(files[0].box, page=1)
    assert kinds(*files) == [None, None, OddityKind.PLACE, None]


def test_where_a_person_has_put_it_is_meant() -> None:
    odd = scan(strip=replace(HEAD, x_pt=20))
    odd.is_placed = True
    assert kinds(scan(), scan(), odd, scan()) == [None] * 4


def test_of_two_files_neither_is_the_odd_one() -> None:
    assert kinds(scan(), scan(page=LANDSCAPE)) == [None, None]


def test_what_stops_them_all_is_no_oddity_of_any() -> None:
    files = [scan(stops=(UNCONFIRMED,)) for _ in range(3)] + [scan(stops=(UNCONFIRMED, COVERS))]
    found = find_oddities(files)
    assert found[:3] == [None] * 3
    assert found[3] is not None
    assert found[3].stop == COVERS


def test_the_first_ones_read_are_compared_with_what_is_known() -> None:
    unread = [SignFile(Path("b.pdf"), Path()) for _ in range(20)]
    assert kinds(*(scan(stops=(UNCONFIRMED,)) for _ in range(3)), *unread) == [None] * 23


def test_a_file_that_cannot_be_signed_wants_a_look_and_one_that_is_signed_does_not() -> None:
    broken = SignFile(Path("b.pdf"), Path(), problem=DocumentError(ErrorCode.DOCUMENT_DAMAGED, path="b.pdf"))
    assert kinds(scan(), broken) == [None, OddityKind.STOPPED]


@given(st.lists(st.tuples(st.floats(0, 300), st.floats(0, 700)), min_size=3, max_size=8), st.data())
def test_what_more_than_half_share_is_never_called_odd(places: list[tuple[float, float]], data: st.DataObject) -> None:
    x, y = places[0]
    near = st.floats(-ALIKE_PT / 2, ALIKE_PT / 2)
    shared = [Box(0, x + data.draw(near), y + data.draw(near), 200, 40) for _ in range(len(places) + 1)]
    files = [scan(box=Box(0, *place, 200, 40)) for place in places] + [scan(box=box) for box in shared]
    assert kinds(*files)[len(places) :] == [None] * len(shared)
