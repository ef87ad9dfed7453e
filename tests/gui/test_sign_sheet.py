"""Several files as a sheet of small pages: what it shows, what it picks out, and how it is put right."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from pytestqt.qtbot import QtBot

from bdsigner.errors import DocumentError, ErrorCode
from bdsigner.gui.signing.oddities import OddityKind
from bdsigner.gui.signing.sign_files import SignFile
from bdsigner.gui.widgets.sheet_cell import SheetItem
from bdsigner.model.document import Page
from bdsigner.model.geometry import Box
from bdsigner.model.layout import DocumentLayout
from bdsigner.model.signing_rules import SigningMode
from bdsigner.storage.settings import Settings
from tests.fakes.documents import A4
from tests.gui.signing_scene import Scene, signing_scene

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen plugin says so of every window
LANDSCAPE = Page(842, 595)
HEAD, LEFT = Box(0, 150, 15, 430, 40), Box(0, 20, 15, 430, 40)


@pytest.fixture
def scene(qtbot: QtBot, tmp_path: Path) -> Iterator[Scene]:
    with signing_scene(qtbot, tmp_path, title="Chánh Văn phòng") as scene:
        yield scene


def scan(
    scene: Scene, name: str, *, strip: Box = HEAD, taken: tuple[Box, ...] = (), page: Page = A4, pages: int = 1
) -> Path:
    path = scene.pdf(name, page=page, pages=pages)
    scene.documents.layouts[path] = DocumentLayout(
        has_text=False, is_administrative=False, head_strips=(strip,), occupied=taken
    )
    return path


def open_scans(scene: Scene, *paths: Path) -> None:
    scene.page.open_files(list(paths))
    scene.qtbot.waitUntil(lambda: bool(files(scene)) and is_settled(scene))
    scene.page.desk.options.document.paper_signed.click()
    scene.qtbot.waitUntil(lambda: is_settled(scene) and not scene.page.desk.footer.reason.text())


def is_settled(scene: Scene) -> bool:
    page = scene.page
    return not (page._files.is_reading or page._rules.is_due or page._many._comparing.isActive())


def files(scene: Scene) -> list[SignFile]:
    return scene.page._files.files


def items(scene: Scene) -> list[SheetItem]:
    model = scene.page.desk.sheet.model()
    return [model.index(row, 0).data(Qt.ItemDataRole.UserRole) for row in range(model.rowCount())]


def names(scene: Scene) -> list[str]:
    return [item.name for item in items(scene)]


def press(scene: Scene, key: Qt.Key) -> None:
    scene.qtbot.keyClick(scene.page.desk.sheet, key)


def test_every_file_shows_the_page_that_will_carry_its_signature(scene: Scene) -> None:
    internal = scene.pdf("c.pdf", pages=4)
    scene.page.open_files([scan(scene, "a.pdf"), scan(scene, "b.pdf", pages=3), internal])
    scene.qtbot.waitUntil(lambda: is_settled(scene) and not scene.page.desk.sheet.is_loading)
    sheet = scene.page.desk.sheet
    assert sheet.isVisible()
    assert not scene.page.desk.files.isVisible()
    shown = items(scene)
    assert [item.picture is not None for item in shown] == [True] * 3
    assert [item.box for item in shown] == [file.place for file in files(scene)]
    small = {drawing.path.name: drawing.page for drawing in scene.documents.drawings if drawing.scale < 0.5}
    assert small == {"a.pdf": 0, "b.pdf": 0, "c.pdf": 3}


def test_only_pages_near_what_is_seen_are_drawn(scene: Scene) -> None:
    scene.page.open_files([scan(scene, f"{number:03}.pdf") for number in range(120)])
    scene.qtbot.waitUntil(lambda: bool(files(scene)) and is_settled(scene), timeout=20_000)
    scene.qtbot.waitUntil(lambda: not scene.page.desk.sheet.is_loading and not scene.page._source._is_drawing)
    seen = len(scene.page.desk.sheet.rows_in_sight())
    assert 4 <= seen <= 12
    drawn = {drawing.path for drawing in scene.documents.drawings if drawing.scale < 0.5}
    assert len(drawn) == 2 * seen, "one screenful, and one more below"
    bar = scene.page.desk.sheet.verticalScrollBar()
    bar.setValue(bar.maximum())
    scene.qtbot.waitUntil(lambda: items(scene)[-1].picture is not None)
    assert len({drawing.path for drawing in scene.documents.drawings if drawing.scale < 0.5}) <= 4 * seen


def test_what_is_unlike_the_rest_is_picked_out_with_word_and_shape(scene: Scene) -> None:
    paths = [scan(scene, f"{number}.pdf") for number in range(4)]
    odd = [scan(scene, "khổ ngang.pdf", page=LANDSCAPE), scan(scene, "chỗ khác.pdf", strip=LEFT)]
    open_scans(scene, *paths, *odd)
    shown = items(scene)
    assert [item.state.words for item in shown] == ["chờ ký"] * 4 + ["khổ giấy khác", "chỗ ký khác"]
    assert [item.is_odd for item in shown] == [False] * 4 + [True] * 2
    assert {item.state.icon for item in shown[4:]} == {"triangle-alert"}
    assert "cần xem lại (2)" in scene.page.desk.overview.only_odd.text()
    model = scene.page.desk.sheet.model()
    spoken = [model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in (0, 5)]
    assert spoken == ["0.pdf, ký ở trang 1, chờ ký", "chỗ khác.pdf, ký ở trang 1, chỗ ký khác"]


def test_what_stops_all_of_them_is_not_shouted_by_each(scene: Scene) -> None:
    scene.page.open_files([scan(scene, f"{number}.pdf") for number in range(4)])
    scene.qtbot.waitUntil(lambda: bool(files(scene)) and is_settled(scene))
    assert {(item.state.tone, item.is_odd) for item in items(scene)} == {(None, False)}
    assert "Chưa xác nhận" in scene.page.desk.footer.reason.text()


def test_the_odd_ones_alone_and_one_put_right_stays_in_sight(scene: Scene) -> None:
    open_scans(scene, *(scan(scene, f"{number}.pdf") for number in range(4)), scan(scene, "khác.pdf", strip=LEFT))
    overview = scene.page.desk.overview
    overview.only_odd.click()
    assert names(scene) == ["khác.pdf"]
    assert scene.page.desk.options.file_name.text() == "khác.pdf", "and its page stands beside it at once"
    scene.page.desk.options.box.x_mm.setValue(40)
    scene.qtbot.waitUntil(lambda: is_settled(scene) and items(scene)[0].state.words == "chờ ký")
    assert names(scene) == ["khác.pdf"]
    overview.only_odd.click()
    assert len(names(scene)) == 5
    assert not overview.only_odd.isVisible()


def test_a_place_that_is_right_as_it_is_can_be_called_so(scene: Scene) -> None:
    open_scans(scene, *(scan(scene, f"{number}.pdf") for number in range(4)), scan(scene, "khác.pdf", strip=LEFT))
    overview = scene.page.desk.overview
    assert not overview.keep.isVisible()
    overview.only_odd.click()
    before = files(scene)[4].box
    overview.keep.click()
    scene.qtbot.waitUntil(lambda: is_settled(scene))
    assert files(scene)[4].oddity is None
    assert files(scene)[4].box == before
    assert not overview.keep.isVisible()


def test_one_place_for_all_where_the_rules_let_it_stand(scene: Scene) -> None:
    wide = scan(scene, "ngang.pdf", page=LANDSCAPE)
    inked = scan(scene, "có dấu.pdf", taken=(Box(0, 20, 15, 60, 30),), strip=HEAD)
    open_scans(scene, *(scan(scene, f"{number}.pdf") for number in range(3)), wide, inked)
    before = [file.box for file in files(scene)]
    scene.page.desk.options.box.x_mm.setValue(10)
    scene.page.desk.overview.spread.click()
    scene.qtbot.waitUntil(lambda: is_settled(scene))
    after = [file.box for file in files(scene)]
    assert after[1] == after[2] == after[0] != before[1]
    assert after[3:] == before[3:]
    said = scene.page.desk.overview.note.text()
    assert "cho 2 tập tin" in said
    assert "2 tập tin giữ vị trí cũ" in said
    assert [file.oddity.kind if file.oddity else None for file in files(scene)][:3] == [None] * 3


def test_a_place_put_right_outlives_the_word_that_the_papers_are_signed(scene: Scene) -> None:
    paths = [scan(scene, f"{number}.pdf") for number in range(3)]
    scene.page.open_files(paths)
    scene.qtbot.waitUntil(lambda: bool(files(scene)) and is_settled(scene))
    scene.page.desk.options.box.x_mm.setValue(12)
    moved = files(scene)[0].box
    scene.page.desk.options.document.paper_signed.click()
    scene.qtbot.waitUntil(lambda: is_settled(scene) and not scene.page.desk.footer.reason.text())
    assert files(scene)[0].box == moved


def test_an_original_among_scans_stays_an_original(scene: Scene) -> None:
    original = scene.pdf("quyết định.pdf")
    scene.documents.layouts[original] = DocumentLayout(has_text=True, is_administrative=True)
    scene.page.open_files([scan(scene, "1.pdf"), original, scan(scene, "2.pdf")])
    scene.qtbot.waitUntil(lambda: bool(files(scene)) and is_settled(scene))
    scene.page.desk.options.document.paper_signed.click()
    scene.qtbot.waitUntil(lambda: is_settled(scene))
    declared = {file.source.name: file.declared for file in files(scene)}
    assert {name for name, said in declared.items() if said and said.mode is SigningMode.COPY} == {"1.pdf", "2.pdf"}
    assert {name for name, said in declared.items() if said and said.is_paper_signed} == {"1.pdf", "2.pdf"}


def test_the_keyboard_alone_walks_opens_and_takes_out(scene: Scene) -> None:
    open_scans(scene, *(scan(scene, f"{name}.pdf") for name in "abcd"))
    desk = scene.page.desk
    scene.page.activateWindow()
    desk.sheet.setFocus()
    press(scene, Qt.Key.Key_Right)
    assert desk.options.file_name.text() == "b.pdf"
    press(scene, Qt.Key.Key_Delete)
    assert names(scene) == ["a.pdf", "c.pdf", "d.pdf"]
    press(scene, Qt.Key.Key_Return)
    scene.qtbot.waitUntil(lambda: scene.page.focusWidget() is desk.box)


def test_where_there_is_room_for_one_only_the_page_takes_the_place_of_the_sheet_and_back(scene: Scene) -> None:
    scene.page.resize(desk_width(scene), 700)
    open_scans(scene, *(scan(scene, f"{name}.pdf") for name in "abc"))
    desk = scene.page.desk
    assert desk.overview.isVisible()
    assert not desk.view.isVisible()
    press(scene, Qt.Key.Key_Return)
    assert desk.view.isVisible()
    assert not desk.overview.isVisible()
    desk.back.click()
    assert desk.overview.isVisible()


def desk_width(scene: Scene) -> int:
    """Too narrow for a page beside the files."""
    return scene.page.desk.panel.width() + scene.page.desk.overview.minimumWidth() + 60


def test_sheet_or_list_is_the_persons_choice_and_kept(scene: Scene) -> None:
    open_scans(scene, *(scan(scene, f"{name}.pdf") for name in "abc"))
    overview = scene.page.desk.overview
    overview.as_list.click()
    assert overview.list.isVisible()
    assert scene.settings_changes[-1] == {"files_as": "list"}
    scene.page.set_settings(Settings(files_as="sheet"))
    assert overview.sheet.isVisible()


def test_what_is_chosen_and_left_out_in_one_form_is_so_in_the_other(scene: Scene) -> None:
    open_scans(scene, *(scan(scene, f"{name}.pdf") for name in "abc"), scan(scene, "khác.pdf", strip=LEFT))
    desk = scene.page.desk
    press(scene, Qt.Key.Key_Right)
    desk.overview.as_list.click()
    assert desk.files.currentRow() == 1
    desk.overview.only_odd.click()
    assert [desk.files.isRowHidden(row) for row in range(4)] == [True, True, True, False]
    assert desk.files.currentRow() == 3
    assert desk.options.file_name.text() == "khác.pdf"
    desk.overview.as_sheet.click()
    assert names(scene) == ["khác.pdf"]
    assert desk.sheet.currentIndex().row() == 0


def test_a_file_that_cannot_be_drawn_or_read_says_so_and_the_others_go_on(scene: Scene) -> None:
    broken = scan(scene, "hỏng.pdf")
    scene.documents.errors[broken] = DocumentError(ErrorCode.DOCUMENT_DAMAGED, path=str(broken))
    open_scans(scene, scan(scene, "a.pdf"), broken, scan(scene, "b.pdf"), scan(scene, "c.pdf"))
    scene.qtbot.waitUntil(lambda: not scene.page.desk.sheet.is_loading)
    shown = items(scene)
    assert [item.picture is not None for item in shown] == [True, False, True, True]
    assert shown[1].is_odd
    assert files(scene)[1].oddity is not None
    assert files(scene)[1].oddity.kind is OddityKind.STOPPED
    assert QAccessible.queryAccessibleInterface(scene.page.desk.sheet).text(QAccessible.Text.Name)


def test_an_invisible_signature_has_no_box_on_the_sheet(scene: Scene) -> None:
    open_scans(scene, scan(scene, "a.pdf"), scan(scene, "b.pdf"))
    assert all(item.box is not None for item in items(scene))
    scene.page.desk.options.visible.click()
    assert all(item.box is None for item in items(scene))


def test_all_are_signed_where_the_sheet_showed_them(scene: Scene) -> None:
    open_scans(scene, *(scan(scene, f"{name}.pdf") for name in "abc"))
    with scene.qtbot.waitSignal(scene.page.work_finished):
        scene.sign()
    scene.qtbot.waitUntil(lambda: {item.state.words for item in items(scene)} == {"đã ký · hợp lệ"})
    assert not scene.page.desk.overview.spread.isVisible()
