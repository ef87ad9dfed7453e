"""“Xem bản đã ký”: the revision a signer signed, and what looks different today."""

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bdsigner.app import Application
from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.errors import DocumentError, ErrorCode
from bdsigner.gui.dialogs.comparison_window import ComparisonWindow
from bdsigner.gui.jobs import stop_jobs
from bdsigner.gui.widgets.difference_list import DifferenceList
from bdsigner.gui.widgets.judged_pages import JudgedPages
from bdsigner.messages.comparison import describe_comparison
from bdsigner.model.comparison import Difference, PageAlignment, PageComparison, PagePair, PageState, RevisionComparison
from bdsigner.model.document import Page
from bdsigner.model.geometry import Box
from bdsigner.model.verification import FileReport, Finding, FindingCode, Severity, SignatureReport, Verdict
from tests.assets.attacks import ALL
from tests.assets.attacks.attack import Scene
from tests.documents.parts import NoNetwork
from tests.fakes.documents import A4, SIGNED_MARK, FakeDocumentGateway, document_info
from tests.support.reports import certificate, report, signature
from tests.support.small_pki import SmallPki

COVERED, SIZE = 30_000, 48_213
FIRST = replace(signature(number=1), covered_bytes=COVERED)
SECOND = replace(signature(number=2, signer=certificate("Trần Văn Bình")), covered_bytes=SIZE)
ADDED = FIRST, SECOND
CHANGED_PLACE = Difference(Box(1, 72, 100, 200, 20))
SIGNATURE_PLACE = Difference(Box(1, 300, 770, 150, 50), is_at_later_signature=True)


@pytest.fixture
def file(tmp_path: Path, documents: FakeDocumentGateway) -> Path:
    path = tmp_path / "quyết định.pdf"
    path.write_bytes(b"%PDF-1.7" + SIGNED_MARK)
    documents.infos[path] = document_info(path, pages=(A4,) * 3, is_signed=True)
    return path


@pytest.fixture
def pages(themed: QApplication, qtbot: QtBot) -> JudgedPages:
    pages = JudgedPages()
    pages.resize(500, 700)
    qtbot.addWidget(pages)
    pages.show()
    return pages


def judged(path: Path, *signatures: SignatureReport, judged_bytes: int = SIZE) -> FileReport:
    return report(path, Verdict.VALID, *signatures, judged_bytes=judged_bytes)


def show(pages: JudgedPages, application: Application, what: FileReport, qtbot: QtBot) -> None:
    pages.show_report(application, what)
    qtbot.waitUntil(lambda: pages.view.isVisible() and not pages.view.is_loading)


def page(number: int, state: PageState, *places: Difference) -> PageComparison:
    return PageComparison(
        page=number, earlier_page=number, state=state, differences=places, earlier_page_count=3, later_page_count=3
    )


@pytest.fixture
def compared(
    pages: JudgedPages, training_application: Application, documents: FakeDocumentGateway, file: Path, qtbot: QtBot
) -> Iterator[ComparisonWindow]:
    """The window over three pages of which the second differs in two places and the third is of another size."""
    documents.comparisons = {
        1: page(1, PageState.DIFFERENT, CHANGED_PLACE, SIGNATURE_PLACE),
        2: page(2, PageState.RESIZED),
    }
    window = opened(pages, training_application, judged(file, *ADDED), qtbot)
    yield window
    window.close()


def opened(pages: JudgedPages, application: Application, what: FileReport, qtbot: QtBot) -> ComparisonWindow:
    show(pages, application, what, qtbot)
    pages.revisions.compare_button.click()
    window = pages.findChild(ComparisonWindow)
    assert window is not None
    window.resize(1440, 900)
    qtbot.waitUntil(window.summary.isVisible)
    qtbot.waitUntil(lambda: not window.signed.is_loading and not window.today.is_loading)
    return window


def test_nothing_is_offered_where_nothing_was_added(
    pages: JudgedPages, training_application: Application, file: Path, qtbot: QtBot
) -> None:
    for covered in (SIZE, SIZE - 2, 0):
        show(pages, training_application, judged(file, replace(FIRST, covered_bytes=covered)), qtbot)
        assert not pages.revisions.isVisible()
    pages.show_signed(FIRST)
    assert not pages.notice.isVisible()


def test_exactly_the_signed_bytes_are_drawn_and_the_banner_says_whose(
    pages: JudgedPages, training_application: Application, documents: FakeDocumentGateway, file: Path, qtbot: QtBot
) -> None:
    show(pages, training_application, judged(file, *ADDED), qtbot)
    assert pages.revisions.isVisible()
    assert [pages.revisions.choice.itemText(n) for n in range(pages.revisions.choice.count())] == [
        "Chữ ký 1 · Nguyễn Thị Phương Ánh"
    ]
    qtbot.waitUntil(lambda: len(documents.drawings) == 3)  # the neighbours ahead as well
    documents.drawings.clear()
    with qtbot.waitSignal(pages.signed_shown) as told:
        pages.revisions.show_button.click()
    assert told.args == [FIRST]
    qtbot.waitUntil(lambda: pages.view.isVisible() and not pages.view.is_loading)

    assert {drawing.length_bytes for drawing in documents.drawings} == {COVERED}
    assert pages.notice.title == (
        "Bản mà Nguyễn Thị Phương Ánh đã ký lúc 12.03.2026 08:30:00 +07:00 (dấu thời gian của TSA tập huấn)"
    )
    assert pages.view.accessibleName() == pages.notice.title
    assert pages.revisions.show_button.text() == "Xem bản hiện nay"

    qtbot.waitUntil(lambda: len(documents.drawings) == 3)  # the neighbours ahead as well
    documents.drawings.clear()
    with qtbot.waitSignal(pages.signed_shown) as told:
        pages.revisions.show_button.click()
    assert told.args == [None]
    qtbot.waitUntil(lambda: pages.view.isVisible() and not pages.view.is_loading)
    assert {drawing.length_bytes for drawing in documents.drawings} == {SIZE}
    assert not pages.notice.isVisible()


def test_pages_are_those_of_the_revision_not_of_the_whole_file(
    pages: JudgedPages, training_application: Application, documents: FakeDocumentGateway, file: Path, qtbot: QtBot
) -> None:
    documents.revisions[file, COVERED] = document_info(file, pages=(Page(842, 595),))
    show(pages, training_application, judged(file, *ADDED), qtbot)
    pages.view.go_to_page(2)
    pages.show_signed(FIRST)
    qtbot.waitUntil(lambda: pages.view.isVisible() and pages.view.page_count == 1)


def test_the_page_that_was_looked_at_stays(
    pages: JudgedPages, training_application: Application, file: Path, qtbot: QtBot
) -> None:
    show(pages, training_application, judged(file, *ADDED), qtbot)
    pages.view.go_to_page(1)
    pages.show_signed(FIRST)
    qtbot.waitUntil(pages.view.isVisible)
    assert pages.view.current_page == 1


def test_of_several_signatures_one_is_chosen(
    pages: JudgedPages, training_application: Application, documents: FakeDocumentGateway, file: Path, qtbot: QtBot
) -> None:
    middle = replace(SECOND, covered_bytes=COVERED + 5_000)
    show(pages, training_application, judged(file, FIRST, middle, replace(SECOND, revision=3)), qtbot)
    assert pages.revisions.signature == middle
    pages.show_signed(middle)
    pages.revisions.choice.setCurrentIndex(0)
    with qtbot.waitSignal(pages.signed_shown) as told:
        pages.revisions.choice.activated.emit(0)
    assert told.args == [FIRST]


@pytest.mark.parametrize(
    "findings",
    [
        (Finding(FindingCode.CONTENT_CHANGED, Severity.FAIL),),
        (
            Finding(FindingCode.KEY_MATCHES, Severity.OK),
            Finding(FindingCode.CONTENT_INTACT, Severity.OK),
            Finding(FindingCode.COVERAGE_UNCLEAR, Severity.FAIL),
        ),
    ],
)
def test_nobody_is_said_to_have_signed_what_the_signature_does_not_hold_for(
    pages: JudgedPages,
    training_application: Application,
    file: Path,
    qtbot: QtBot,
    findings: tuple[Finding, ...],
) -> None:
    broken = replace(FIRST, verdict=Verdict.INVALID, findings=findings)
    show(pages, training_application, judged(file, broken), qtbot)
    pages.show_signed(broken)
    assert pages.notice.title == "Phần tập tin mà chữ ký của Nguyễn Thị Phương Ánh nói đến"


def test_a_revision_that_cannot_be_read_says_so(
    pages: JudgedPages, training_application: Application, documents: FakeDocumentGateway, file: Path, qtbot: QtBot
) -> None:
    show(pages, training_application, judged(file, *ADDED), qtbot)
    documents.errors[file] = DocumentError(ErrorCode.DOCUMENT_DAMAGED, path=str(file))
    pages.show_signed(FIRST)
    qtbot.waitUntil(lambda: pages.notice.title == "Tập tin bị hỏng")
    assert not pages.view.isVisible()


def test_both_are_drawn_and_differences_are_listed_by_page(
    compared: ComparisonWindow, documents: FakeDocumentGateway, file: Path
) -> None:
    assert {drawing.length_bytes for drawing in documents.drawings} == {COVERED, SIZE}
    assert documents.compared == [(file, number, COVERED, SIZE) for number in range(3)]
    rows = [compared.places.item(row).text().strip() for row in range(compared.places.count())]
    assert rows == [
        "Trang 2: 2 chỗ khác",
        "Chỗ 1: hình trang khác",
        "Chỗ 2: ô của chữ ký thêm sau",
        "Trang 3: khổ trang khác",
    ]
    assert compared.summary.title == "Hai bản trông khác nhau ở 2 trang"
    for view in (compared.signed, compared.today):
        assert [mark.difference for mark in view.marks] == [CHANGED_PLACE, SIGNATURE_PLACE]
        assert [mark.number for mark in view.marks] == [1, 2]


def test_the_keyboard_goes_from_place_to_place_in_both(compared: ComparisonWindow, qtbot: QtBot) -> None:
    compared.activateWindow()
    qtbot.waitUntil(compared.isActiveWindow)
    places, views = compared.places, (compared.signed, compared.today)
    places.setFocus()
    assert places.currentRow() == 1
    QTest.keyClick(places, Qt.Key.Key_Down)
    for view in views:
        assert view.chosen is not None
        assert view.chosen.difference == SIGNATURE_PLACE
        assert view.viewport().rect().contains(view.box_in_viewport(SIGNATURE_PLACE.box).toRect())
    QTest.keyClick(places, Qt.Key.Key_F3)
    assert places.currentRow() == 3
    assert [view.current_page for view in views] == [2, 2]
    QTest.keyClick(places, Qt.Key.Key_F3)
    assert places.currentRow() == 3
    QTest.keyClick(places, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(places, Qt.Key.Key_F3, Qt.KeyboardModifier.ShiftModifier)
    assert places.currentRow() == 1


def test_a_signature_has_one_window(compared: ComparisonWindow, pages: JudgedPages) -> None:
    pages.revisions.compare_button.click()
    assert pages.findChildren(ComparisonWindow) == [compared]


def test_another_file_closes_the_comparison(
    pages: JudgedPages, training_application: Application, file: Path, qtbot: QtBot
) -> None:
    opened(pages, training_application, judged(file, *ADDED), qtbot)
    pages.show_report(training_application, judged(file, FIRST))
    qtbot.waitUntil(lambda: pages.findChild(ComparisonWindow) is None)


def test_it_may_be_closed_while_it_compares(
    pages: JudgedPages, training_application: Application, documents: FakeDocumentGateway, file: Path, qtbot: QtBot
) -> None:
    show(pages, training_application, judged(file, *ADDED), qtbot)
    go_on, begun = threading.Event(), threading.Event()

    def hold(call: str, path: Path) -> None:
        if call == "compare_pages":
            begun.set()
            go_on.wait(5)

    documents.before = hold
    pages.compare(FIRST)
    window = pages.findChild(ComparisonWindow)
    assert window is not None
    qtbot.waitUntil(begun.is_set)
    QTest.keyClick(window, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: pages.findChild(ComparisonWindow) is None)
    go_on.set()
    stop_jobs()
    assert len(documents.compared) == 1


def test_they_scroll_and_zoom_in_step(compared: ComparisonWindow) -> None:
    signed, today = compared.signed, compared.today
    assert signed.zoom == today.zoom
    for moved, other in ((signed, today), (today, signed)):
        moved.set_zoom(moved.zoom * 2)
        assert other.zoom == moved.zoom
        for bar, follows in (
            (moved.verticalScrollBar(), other.verticalScrollBar()),
            (moved.horizontalScrollBar(), other.horizontalScrollBar()),
        ):
            bar.setValue(bar.maximum() // 3)
            assert abs(follows.value() - bar.value()) <= 1
            assert bar.value() > 0


@pytest.mark.parametrize("width", [1300, 1301])
def test_neither_needs_a_scroll_bar_to_the_side_where_the_page_fits(compared: ComparisonWindow, width: int) -> None:
    compared.resize(width, 800)
    QApplication.processEvents()
    for view in (compared.signed, compared.today):
        assert view.horizontalScrollBar().maximum() == 0


def test_frames_are_told_by_shape_and_number(compared: ComparisonWindow) -> None:
    """A solid frame is drawn all along, a dashed one has gaps, and neither stands where nothing differs."""
    compared.places.setCurrentRow(0)
    view = compared.today
    picture = view.viewport().grab().toImage()
    paper = picture.pixelColor(view.box_in_viewport(Box(1, 20, 20, 0, 0)).topLeft().toPoint())

    def share(place: Difference) -> float:
        frame = view.box_in_viewport(place.box).adjusted(-4, -4, 4, 4)
        xs = range(int(frame.left()) + 6, int(frame.right()) - 6)
        drawn = [x for x in xs if 0 <= x < picture.width()]
        return sum(picture.pixelColor(x, round(frame.bottom())) != paper for x in drawn) / len(drawn)

    view.reveal(CHANGED_PLACE.box)
    picture = view.viewport().grab().toImage()
    assert share(CHANGED_PLACE) == 1.0
    view.reveal(SIGNATURE_PLACE.box)
    picture = view.viewport().grab().toImage()
    assert 0.3 < share(SIGNATURE_PLACE) < 1.0


def test_thousands_of_places_do_not_hold_the_window_up(themed: QApplication, qtbot: QtBot) -> None:
    places = DifferenceList()
    qtbot.addWidget(places)
    places.show()
    start = time.perf_counter()
    for number in range(200):
        places.add_page(page(number, PageState.DIFFERENT, *(CHANGED_PLACE,) * 20))
        QApplication.processEvents()
    assert places.count() == 200 * 21
    assert time.perf_counter() - start < 2  # 0.3 s; more than 4 s where each line is laid out for each one added


def test_alike_is_said_and_is_no_verdict(
    pages: JudgedPages, training_application: Application, file: Path, qtbot: QtBot
) -> None:
    window = opened(pages, training_application, judged(file, *ADDED), qtbot)
    assert window.summary.title == "Hai bản trông giống nhau"
    assert "không phải là kết luận về chữ ký" in window.summary.text
    assert not window.places.isVisible()
    assert not window.next_button.isEnabled()
    window.close()


def test_what_was_not_judged_is_compared_and_named(
    pages: JudgedPages, training_application: Application, documents: FakeDocumentGateway, file: Path, qtbot: QtBot
) -> None:
    """Bytes behind the end of the document: other programs may show them."""
    trailing = judged(file, FIRST, judged_bytes=COVERED)
    window = opened(pages, training_application, trailing, qtbot)
    assert documents.compared[0] == (file, 0, COVERED, SIZE)
    assert window.today_heading.text() == "Bản hiện nay, kể cả phần nằm ngoài phần đã được kiểm tra"
    window.close()


def test_a_failure_ends_in_a_sentence(
    pages: JudgedPages, training_application: Application, documents: FakeDocumentGateway, file: Path, qtbot: QtBot
) -> None:
    show(pages, training_application, judged(file, *ADDED), qtbot)
    documents.errors[file] = DocumentError(ErrorCode.DOCUMENT_NOT_FOUND, path=str(file))
    pages.compare(FIRST)
    window = pages.findChild(ComparisonWindow)
    assert window is not None
    qtbot.waitUntil(window.summary.isVisible)
    assert not window.bar.isVisible()
    window.close()


def test_only_later_signatures_and_incomplete_comparisons_are_told_apart() -> None:
    only_signature = page(0, PageState.DIFFERENT, SIGNATURE_PLACE)
    whole = RevisionComparison(pages=(only_signature,), page_count=1)
    title, text = describe_comparison(whole)
    assert title == "Chỉ khác ở ô của chữ ký thêm sau"
    assert "có thể che nội dung bên dưới" in text

    part = RevisionComparison(pages=(page(0, PageState.ALIKE),), page_count=2)
    title, text = describe_comparison(part)
    assert title == "Chưa thấy chỗ nào khác"
    assert text.startswith("Chưa so sánh hết: mới so sánh được 1 trong 2 trang.")

    failed = RevisionComparison(pages=(page(0, PageState.NOT_COMPARED),), page_count=1)
    assert describe_comparison(failed)[1].startswith("Chưa so sánh hết: mới so sánh được 0 trong 1 trang.")


def test_a_shadow_attack_is_put_before_the_person(
    pages: JudgedPages, training_application: Application, tmp_path: Path, qtbot: QtBot
) -> None:
    """All real: what the signer saw on the left, what the attacker brought forth on the right, and the frame."""
    attack = next(one for one in ALL if one.name == "page tree switched")
    path = tmp_path / "tấn công.pdf"
    path.write_bytes(attack.make(Scene(SmallPki())))
    data = path.read_bytes()
    covered = data.index(b"%%EOF", data.index(b"/ByteRange")) + 6
    gateway = ChildDocumentGateway(training_application.profile, NoNetwork())
    application = Application(replace(training_application.services, documents=gateway))
    signed = replace(FIRST, covered_bytes=covered)
    what = replace(judged(path, signed, judged_bytes=len(data)), size_bytes=len(data))
    window = opened(pages, application, what, qtbot)

    assert window.places.item(0).text() == "Trang 1: 1 chỗ khác"
    (mark,) = window.today.marks
    box = mark.difference.box
    assert box.x_pt <= 105 <= box.x_pt + box.width_pt
    assert box.y_pt <= 138 <= box.y_pt + box.height_pt
    window.close()
    stop_jobs()
    gateway.close()


def test_a_page_put_in_first_shifts_neither_frames_nor_scrolling(
    pages: JudgedPages, training_application: Application, documents: FakeDocumentGateway, file: Path, qtbot: QtBot
) -> None:
    documents.revisions[file, SIZE] = document_info(file, pages=(A4,) * 4, is_signed=True)
    documents.alignment = PageAlignment(pairs=(PagePair(None, 0), PagePair(0, 1), PagePair(1, 2), PagePair(2, 3)))
    place = replace(CHANGED_PLACE, box=replace(CHANGED_PLACE.box, page=2))
    documents.comparisons = {2: replace(page(2, PageState.DIFFERENT, place), earlier_page=1)}
    window = opened(pages, training_application, judged(file, *ADDED), qtbot)

    texts = [window.places.item(row).text().strip() for row in range(window.places.count())]
    assert texts == ["Trang 1: thêm vào sau", "Trang 3 (bản đã ký: 2): 1 chỗ khác", "Chỗ 1: hình trang khác"]
    assert [mark.difference.box.page for mark in window.signed.marks] == [1]
    assert [mark.difference.box.page for mark in window.today.marks] == [2]
    window.places.setCurrentRow(2)
    assert window.today.chosen is not None
    assert window.signed.chosen == window.signed.marks[0]
    assert (window.signed.current_page, window.today.current_page) == (1, 2)
    window.signed.go_to_page(2)
    assert window.today.current_page == 3
    window.close()
