"""Pages of two revisions held against each other, through the real child."""

from pathlib import Path

import pytest

from bdsigner.documents.compare import NOISE, changed_cells
from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.documents.opening import Documents
from bdsigner.errors import DocumentError, ErrorCode
from bdsigner.model.comparison import PageComparison, PageState
from bdsigner.model.geometry import Box
from tests.assets.attacks import ALL
from tests.assets.attacks.attack import Scene, page_of, show, simple, update
from tests.documents.conftest import MakeFile
from tests.support import pdfs
from tests.support.raw_pdf import stream
from tests.support.signed_pdf import make_pdf
from tests.support.small_pki import SmallPki

TEXT_PT = (72, 130, 200, 142)
"""Where ``make_pdf`` and ``show`` write, from the top left."""


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(SmallPki())


def signed_length(data: bytes) -> int:
    """End of the first signature's byte range."""
    start = data.index(b"/ByteRange") + 10
    numbers = data[data.index(b"[", start) + 1 : data.index(b"]", start)].split()
    return int(numbers[2]) + int(numbers[3])


def compare(
    gateway: ChildDocumentGateway, path: Path, earlier: int, page: int = 0, *, later: int | None = None
) -> PageComparison:
    size = path.stat().st_size if later is None else later
    return gateway.compare_pages(path, page, earlier_page=page, earlier_bytes=earlier, later_bytes=size, scale=1.5)


def holds(box: Box, x: float, y: float) -> bool:
    return box.x_pt <= x <= box.x_pt + box.width_pt and box.y_pt <= y <= box.y_pt + box.height_pt


def test_what_was_painted_later_is_framed_where_it_stands(gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    judged = pdfs.coloured_pdf((100, 100, 200, 200))
    path = make_file(pdfs.with_later_content(judged, b"q 1 0 0 rg 100 100 100 100 re f 300 300 52 48 re f Q"))
    answer = compare(gateway, path, len(judged))

    assert (answer.state, answer.earlier_page_count, answer.later_page_count) == (PageState.DIFFERENT, 1, 1)
    (difference,) = answer.differences
    box = difference.box
    assert (box.x_pt, box.y_pt) == pytest.approx((300, 494), abs=4)
    assert (box.width_pt, box.height_pt) == pytest.approx((52, 48), abs=8)
    assert not difference.is_at_later_signature


@pytest.mark.parametrize("rotation", [90, 180, 270])
def test_places_are_those_of_the_page_as_displayed(
    gateway: ChildDocumentGateway, make_file: MakeFile, rotation: int
) -> None:
    judged = pdfs.coloured_pdf((60, 400, 160, 450), rotation=rotation, crop=(10, 20, 300, 500))
    path = make_file(pdfs.with_later_content(judged, b""))
    (difference,) = compare(gateway, path, len(judged)).differences
    raster = gateway.render_page(path, 0, scale=1, length_bytes=len(judged))
    red = {
        (number % raster.width, number // raster.width)
        for number in range(raster.width * raster.height)
        if raster.pixels[3 * number : 3 * number + 3] == b"\xff\0\0"
    }
    assert red
    assert all(holds(difference.box, x, y) for x, y in red)


def test_a_revision_is_like_itself(gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    data = pdfs.text_pdf(lines=40)
    answer = compare(gateway, make_file(data), len(data))
    assert (answer.state, answer.differences) == (PageState.ALIKE, ())


def test_of_a_plain_second_signature_only_its_own_box_differs(
    gateway: ChildDocumentGateway, make_file: MakeFile, scene: Scene
) -> None:
    first = scene.sign(make_pdf(), field="First")
    path = make_file(scene.sign(first, field="Second", visible=True))
    answer = compare(gateway, path, len(first))

    assert [one.is_at_later_signature for one in answer.differences] == [True]
    box = answer.differences[0].box
    assert box.x_pt >= 300 - 4
    assert box.x_pt + box.width_pt <= 450 + 4
    assert box.y_pt >= 842 - 150 - 4
    assert box.y_pt + box.height_pt <= 842 - 100 + 4


def test_a_change_beside_a_second_signature_is_told_apart(
    gateway: ChildDocumentGateway, make_file: MakeFile, scene: Scene
) -> None:
    first = scene.sign(simple(), field="First")
    path = make_file(scene.sign(update(first, {4: show(b"Pay 900000")}), field="Second", visible=True))
    differences = compare(gateway, path, len(first)).differences
    assert [one.is_at_later_signature for one in differences] == [False, True]


SEEN = {
    ("shadow hide", "overlay freed"),
    ("shadow hide", "overlay emptied"),
    ("shadow hide", "overlay shrunk"),
    ("shadow hide", "overlay null"),
    ("shadow hide", "layer switched on"),
    ("shadow hide and replace", "root switched"),
    ("shadow hide and replace", "page tree switched"),
    ("shadow hide and replace", "table redirected into signed bytes"),
    ("shadow hide and replace", "missing content written later"),
    ("shadow hide and replace", "missing content as validation data"),
    ("shadow hide and replace", "metadata that is page content"),
    ("shadow replace", "look overwritten"),
    ("shadow replace", "value and look"),
    ("incremental", "page content replaced"),
    ("incremental", "page overwritten"),
    ("incremental", "update without %%EOF"),
    ("incremental", "second document without Prev"),
    ("incremental", "change signed by the attacker"),
    ("incremental", "change signed by the victim"),
    ("evil annotation", "FreeText"),
    ("sneaky signature", "signature moved over the text"),
}
"""Attacks that a person sees on the page."""


@pytest.mark.parametrize(
    "attack", [one for one in ALL if (one.family, one.name) in SEEN], ids=lambda one: f"{one.family}: {one.name}"
)
def test_an_attack_shows_where_a_person_sees_it(
    gateway: ChildDocumentGateway, make_file: MakeFile, scene: Scene, attack: object
) -> None:
    data = attack.make(scene)  # type: ignore[attr-defined]
    answer = compare(gateway, make_file(data), signed_length(data))
    assert answer.state is PageState.DIFFERENT
    assert any(not one.is_at_later_signature for one in answer.differences)


def test_every_attack_that_is_to_be_seen_is_among_the_fixtures() -> None:
    assert {(one.family, one.name) for one in ALL} >= SEEN


def test_every_attack_ends_in_a_comparison_or_a_coded_error(
    gateway: ChildDocumentGateway, make_file: MakeFile, scene: Scene
) -> None:
    for attack in ALL:
        data = attack.make(scene)
        try:
            compare(gateway, make_file(data), data.index(b"%%EOF") + 6)
        except DocumentError as error:
            assert error.code in (ErrorCode.DOCUMENT_DAMAGED, ErrorCode.DOCUMENT_ENCRYPTED), attack  # noqa: PT017


def test_pages_added_removed_and_of_another_size(gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    one = simple(page_of(), b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>")
    two = update(one, {2: b"<</Type/Pages/Kids[3 0 R 6 0 R]/Count 2>>"})
    wide = update(two, {3: page_of().replace(b"595 842", b"842 595")})
    path = make_file(wide)

    added = compare(gateway, path, len(one), 1, later=len(two))
    assert (added.state, added.earlier_page_count, added.later_page_count) == (PageState.ADDED, 1, 2)
    assert compare(gateway, path, len(two), 1, later=len(one)).state is PageState.REMOVED
    assert compare(gateway, path, len(two), 0).state is PageState.RESIZED
    with pytest.raises(DocumentError) as caught:
        compare(gateway, path, len(one), 2)
    assert caught.value.code is ErrorCode.DOCUMENT_NO_SUCH_PAGE


def test_a_revision_that_is_no_document_is_a_coded_error(gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    path = make_file(pdfs.text_pdf())
    with pytest.raises(DocumentError) as caught:
        compare(gateway, path, 0)
    assert caught.value.code is ErrorCode.DOCUMENT_EMPTY


def test_a_huge_page_is_compared_smaller(gateway: ChildDocumentGateway, make_file: MakeFile) -> None:
    page = page_of().replace(b"595 842", b"14000 14000")
    one = simple(page=page)
    path = make_file(update(one, {4: stream(b"0 g 0 0 7000 7000 re f")}))
    assert compare(gateway, path, len(one)).state is PageState.DIFFERENT


def test_two_revisions_of_a_file_stay_open_and_no_third(make_file: MakeFile) -> None:
    """Beside each other they are drawn in turns; opening a large file each time would be felt."""
    first = pdfs.coloured_pdf((100, 100, 200, 200))
    second = pdfs.with_later_content(first, b"q 1 0 0 rg 1 1 1 1 re f Q")
    path = make_file(pdfs.with_later_content(second, b""))
    documents = Documents()
    signed, today = documents.open(path, len(first)), documents.open(path)
    assert documents.open(path, len(first)) is signed
    assert documents.open(path) is today

    documents.open(path, len(second))
    assert signed.document.is_closed
    assert not today.document.is_closed
    documents.open(make_file(first, "khác.pdf"))
    assert today.document.is_closed
    documents.close()


def test_noise_is_no_change() -> None:
    white = bytes([255]) * (8 * 8 * 3)
    faint, ink = bytearray(white), bytearray(white)
    faint[10] -= NOISE
    ink[3 * (8 * 5 + 6)] -= NOISE + 1
    assert changed_cells(white, bytes(faint), width=8, side=4) == set()
    assert changed_cells(white, bytes(ink), width=8, side=4) == {(1, 1)}
