"""Pages of two revisions paired without drawing: what was put in or taken out does not shift the rest."""

from hypothesis import given
from hypothesis import strategies as st

from bdsigner.documents.alignment import pair_pages
from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.model.comparison import PageAlignment, PagePair, PageState
from tests.assets.attacks.attack import page_of, show, simple, update
from tests.documents.conftest import MakeFile

MANY = 2_000


def pairs(earlier: str, later: str) -> list[tuple[int | None, int | None]]:
    return [(one.earlier, one.later) for one in pair_pages(earlier, later)]


def test_a_page_put_in_or_taken_out_shifts_nothing() -> None:
    assert pairs("abc", "abc") == [(0, 0), (1, 1), (2, 2)]
    assert pairs("abc", "xabc") == [(None, 0), (0, 1), (1, 2), (2, 3)]
    assert pairs("abc", "bc") == [(0, None), (1, 0), (2, 1)]
    assert pairs("abc", "axc") == [(0, 0), (1, 1), (2, 2)], "a page replaced is compared with what stands there now"
    assert pairs("abc", "axyc") == [(0, 0), (1, 1), (None, 2), (2, 3)]
    assert pairs("abc", "cab") == [(None, 0), (0, 1), (1, 2), (2, None)], "a page moved is gone there and new here"
    assert pairs("aab", "aaab") == [(0, 0), (1, 1), (None, 2), (2, 3)], "of equal pages the order decides"
    assert pairs("", "a") == [(None, 0)]


@given(st.text("abcde", max_size=12), st.text("abcde", max_size=12))
def test_every_page_is_paired_once_and_in_order(earlier: str, later: str) -> None:
    found = pairs(earlier, later)
    assert [one for one, _ in found if one is not None] == list(range(len(earlier)))
    assert [other for _, other in found if other is not None] == list(range(len(later)))
    assert (None, None) not in found


def test_of_the_same_pages_all_pair_however_many_are_equal() -> None:
    assert pair_pages(["x"] * MANY, ["x"] * MANY) == PageAlignment.by_number(MANY, MANY).pairs
    shifted = pair_pages(range(MANY), [-1, *range(MANY)])
    assert shifted[0] == PagePair(None, 0)
    assert shifted[-1] == PagePair(MANY - 1, MANY)


def of_three_pages() -> bytes:
    """Pages 3, 6 and 8, contents 4, 7 and 9."""
    more = (page_of(b"7 0 R"), show(b"Pay 200"), page_of(b"9 0 R"), show(b"Pay 300"))
    return update(simple(*more), {2: b"<</Type/Pages/Kids[3 0 R 6 0 R 8 0 R]/Count 3>>"})


def aligned(gateway: ChildDocumentGateway, make_file: MakeFile, earlier: bytes, later: bytes) -> list[object]:
    alignment = gateway.align_pages(make_file(later), earlier_bytes=len(earlier), later_bytes=len(later))
    return [(one.earlier, one.later) for one in alignment.pairs]


def test_a_page_put_in_first_is_the_only_new_one(gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    one = of_three_pages()
    added = {
        2: b"<</Type/Pages/Kids[10 0 R 3 0 R 6 0 R 8 0 R]/Count 4>>",
        10: page_of(b"11 0 R"),
        11: show(b"New"),
    }
    two = update(one, added)
    assert aligned(gateway, make_file, one, two) == [(None, 0), (0, 1), (1, 2), (2, 3)]
    path = make_file(two)
    for number in range(3):
        answer = gateway.compare_pages(
            path, number + 1, earlier_page=number, earlier_bytes=len(one), later_bytes=len(two), scale=1.5
        )
        assert (answer.state, answer.page, answer.earlier_page) == (PageState.ALIKE, number + 1, number)


def test_pages_written_anew_are_known_by_what_they_draw(gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    """Other objects with the same content: nobody may hide a page by giving all of them new numbers."""
    one = of_three_pages()
    two = update(
        one,
        {
            2: b"<</Type/Pages/Kids[10 0 R 12 0 R 13 0 R 14 0 R]/Count 4>>",
            10: page_of(b"11 0 R"),
            11: show(b"New"),
            12: page_of(b"4 0 R"),
            13: page_of(b"7 0 R"),
            14: page_of(b"9 0 R"),
        },
    )
    assert aligned(gateway, make_file, one, two) == [(None, 0), (0, 1), (1, 2), (2, 3)]


def test_the_same_page_listed_twice_is_paired_by_order(gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    one = of_three_pages()
    two = update(one, {2: b"<</Type/Pages/Kids[3 0 R 3 0 R 3 0 R 3 0 R]/Count 4>>"})
    assert aligned(gateway, make_file, one, two) == [(0, 0), (1, 1), (2, 2), (None, 3)]
