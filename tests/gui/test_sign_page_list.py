import os
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from bdsigner.errors import DocumentError, ErrorCode
from bdsigner.gui.signing.sign_files import files_to_sign
from bdsigner.gui.widgets.sign_list import NAME, PAGES, PLACE, STATE
from bdsigner.messages.errors import describe_code
from bdsigner.storage.settings import Settings
from bdsigner.usecases.prepare_files import free_name
from tests.gui.signing_scene import Scene, signing_scene

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen plugin says so of every window
PATIENCE_SECONDS = 5


@pytest.fixture
def scene(qtbot: QtBot, tmp_path: Path) -> Iterator[Scene]:
    with signing_scene(qtbot, tmp_path, Settings(files_as="list")) as scene:
        yield scene


def rows(scene: Scene) -> list[tuple[str, str, str, str]]:
    table = scene.page.desk.files
    texts = [[table.item(row, column) for column in (NAME, PAGES, PLACE, STATE)] for row in range(table.rowCount())]
    return [tuple(item.text() if item is not None else "" for item in row) for row in texts]  # type: ignore[misc]  # four


def test_several_files_become_a_list_with_the_same_place_rule(scene: Scene) -> None:
    scene.open(scene.pdf("a.pdf", pages=2), scene.pdf("b.pdf"))
    assert scene.page.desk.files.isVisible()
    assert not scene.page.desk.thumbnails.isVisible()
    assert not scene.page.desk.options.output.isVisible()
    assert scene.page.desk.footer.sign.text() == "&Ký 2 tập tin"
    assert rows(scene) == [("a.pdf", "2", "trang 2", "chờ ký"), ("b.pdf", "1", "trang 1", "chờ ký")]


def test_a_folder_is_its_pdf_files_without_those_signed_before(scene: Scene) -> None:
    folder = scene.folder / "bản quét"
    folder.mkdir()
    for name in ("2.pdf", "1.PDF", "1.signed.pdf", "ghi-chu.txt"):
        (folder / name).write_bytes(b"%PDF")
    assert files_to_sign([folder], ".signed") == [folder / "1.PDF", folder / "2.pdf"]
    scene.open(folder)
    assert [row[0] for row in rows(scene)] == ["1.PDF", "2.pdf"]


def test_a_folder_of_scans_brings_its_pictures_but_those_converted_before(tmp_path: Path) -> None:
    for name in ("1.jpg", "2.png", "2.pdf", "thư.docx"):
        (tmp_path / name).touch()
    assert files_to_sign([tmp_path], ".signed") == [tmp_path / "1.jpg", tmp_path / "2.pdf"]


def test_an_empty_folder_says_so(scene: Scene) -> None:
    folder = scene.folder / "rong"
    folder.mkdir()
    scene.page.open_files([folder])
    scene.qtbot.waitUntil(lambda: "không có tập tin PDF" in scene.page.empty.text.text())
    assert scene.page.empty.isVisible()


def test_a_row_click_shows_that_file_and_its_box(scene: Scene) -> None:
    scene.open(scene.pdf("a.pdf"), scene.pdf("b.pdf", pages=3))
    table = scene.page.desk.files
    item = table.item(1, NAME)
    scene.qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=table.visualItemRect(item).center())
    assert scene.page.desk.options.file_name.text() == "b.pdf"
    assert scene.page.desk.view.page_count == 3
    assert scene.box.page == 2


def test_each_file_keeps_the_place_the_person_gave_it(scene: Scene) -> None:
    scene.open(scene.pdf("a.pdf"), scene.pdf("b.pdf"))
    scene.page.desk.options.box.x_mm.setValue(30)
    scene.page.desk.files.setCurrentCell(1, NAME)
    assert scene.page.desk.options.box.x_mm.value() != 30
    scene.page.desk.files.setCurrentCell(0, NAME)
    assert scene.page.desk.options.box.x_mm.value() == 30


def test_one_pin_signs_them_all_and_each_has_its_verdict(scene: Scene) -> None:
    scene.open(*(scene.pdf(f"{name}.pdf") for name in "abc"))
    with scene.qtbot.waitSignal(scene.page.work_finished):
        scene.sign()
    scene.qtbot.waitUntil(lambda: [row[3] for row in rows(scene)] == ["đã ký · hợp lệ"] * 3)
    assert len(scene.interaction.requests) == 1
    assert [path.name for path in scene.interaction.requests[0].files] == ["a.pdf", "b.pdf", "c.pdf"]
    result = scene.page.desk.result
    assert result.summary.text() == "Đã ký 3 trên 3 tập tin."
    assert not result.retry.isVisible()


def test_one_bad_file_does_not_stop_the_others(scene: Scene) -> None:
    bad = scene.pdf("b.pdf")
    scene.documents.before = lambda call, path: refuse(scene, call, path, bad)
    scene.open(scene.pdf("a.pdf"), bad, scene.pdf("c.pdf"))
    with scene.qtbot.waitSignal(scene.page.work_finished):
        scene.sign()
    title = describe_code(ErrorCode.DOCUMENT_LIMITS, {}).title
    scene.qtbot.waitUntil(lambda: [row[3] for row in rows(scene)] == ["đã ký · hợp lệ", title, "đã ký · hợp lệ"])
    result = scene.page.desk.result
    assert result.summary.text() == "Đã ký 2 trên 3 tập tin. 1 tập tin chưa ký; bản gốc không bị thay đổi."
    scene.page.desk.files.setCurrentCell(1, NAME)
    assert result.verdict.title == title

    scene.documents.before = lambda call, path: None
    result.retry.click()
    assert scene.page.desk.footer.sign.text() == "&Ký số"
    with scene.qtbot.waitSignal(scene.page.work_finished):
        scene.sign()
    scene.qtbot.waitUntil(lambda: [row[3] for row in rows(scene)] == ["đã ký · hợp lệ"] * 3)


def refuse(scene: Scene, call: str, path: Path, bad: Path) -> None:
    if call == "sign" and path == bad:
        raise DocumentError(ErrorCode.DOCUMENT_LIMITS, path=str(path))


def test_an_unreadable_file_is_named_and_left_out(scene: Scene) -> None:
    broken = scene.folder / "anh.jpg"
    broken.write_bytes(b"JFIF")
    scene.page.open_files([scene.pdf("a.pdf"), broken])
    scene.qtbot.waitUntil(scene.is_ready)
    assert rows(scene)[1][3] == describe_code(ErrorCode.DOCUMENT_NOT_PDF, {}).title
    assert scene.page.desk.footer.sign.text() == "&Ký số"


def test_stopping_between_files_keeps_what_is_signed(scene: Scene) -> None:
    reached, go_on = Event(), Event()

    def before(call: str, path: Path) -> None:
        if call == "sign" and path.name == "b.pdf":
            reached.set()
            go_on.wait(PATIENCE_SECONDS)

    scene.documents.before = before
    scene.open(*(scene.pdf(f"{name}.pdf") for name in "abc"))
    scene.sign()
    scene.qtbot.waitUntil(lambda: reached.is_set() and scene.token.signatures == 1)
    scene.page.desk.footer.strip.cancel_button.click()
    with scene.qtbot.waitSignal(scene.page.work_finished):
        go_on.set()
    scene.qtbot.waitUntil(lambda: rows(scene)[0][3] == "đã ký · hợp lệ")
    assert [row[3] for row in rows(scene)][1:] == ["chưa ký, đã dừng"] * 2
    assert sorted(path.name for path in scene.folder.glob("*.signed.pdf")) == ["a.signed.pdf"]
    assert scene.page.desk.result.retry.isVisible()


def test_a_token_pulled_out_stops_all_that_is_left(scene: Scene) -> None:
    scene.token.sign_errors[2] = ErrorCode.TOKEN_REMOVED
    scene.open(*(scene.pdf(f"{name}.pdf") for name in "abc"))
    with scene.qtbot.waitSignal(scene.page.work_finished):
        scene.sign()
    title = describe_code(ErrorCode.TOKEN_REMOVED, {}).title
    scene.qtbot.waitUntil(lambda: [row[3] for row in rows(scene)] == ["đã ký · hợp lệ", title, title])


def test_a_token_locked_in_the_middle_leads_to_the_request(scene: Scene) -> None:
    scene.open(scene.pdf("a.pdf"), scene.pdf("b.pdf"))
    scene.token.sign_errors[2] = ErrorCode.TOKEN_PIN_LOCKED
    with scene.qtbot.waitSignal(scene.page.work_finished):
        scene.sign()
    scene.page.desk.files.selectRow(1)
    verdict = scene.page.desk.result.verdict
    scene.qtbot.waitUntil(verdict.action_button.isVisible)
    with scene.qtbot.waitSignal(scene.page.request_wanted) as wanted:
        verdict.action_button.click()
    assert wanted.args == [scene.token.serial]


def test_a_refusal_of_the_whole_job_is_said_once(scene: Scene) -> None:
    scene.open(scene.pdf("a.pdf"), scene.pdf("b.pdf"))
    scene.interaction.pin = "000000"
    with scene.qtbot.waitSignal(scene.page.work_finished):
        scene.sign()
    assert scene.page.desk.options.error.title == describe_code(ErrorCode.TOKEN_PIN_INCORRECT, {}).title
    assert [row[3] for row in rows(scene)] == ["chờ ký", "chờ ký"]
    assert scene.page.desk.footer.sign.isEnabled()


def test_a_file_can_be_taken_off_the_list(scene: Scene) -> None:
    scene.open(*(scene.pdf(f"{name}.pdf") for name in "abc"))
    scene.page.desk.files.setCurrentCell(1, NAME)
    scene.qtbot.keyClick(scene.page.desk.files, Qt.Key.Key_Delete)
    assert [row[0] for row in rows(scene)] == ["a.pdf", "c.pdf"]
    assert scene.page.desk.options.file_name.text() == "c.pdf"
    assert scene.page.desk.footer.sign.text() == "&Ký 2 tập tin"


def test_a_failed_check_of_the_result_is_told_with_it(scene: Scene) -> None:
    scene.documents.before = lambda call, path: cannot_verify(call)
    scene.open(scene.pdf("a.pdf"), scene.pdf("b.pdf"))
    with scene.qtbot.waitSignal(scene.page.work_finished):
        scene.sign()
    title = describe_code(ErrorCode.DOCUMENT_WORKER_DIED, {}).title
    scene.qtbot.waitUntil(lambda: scene.page.desk.result.verdict.title == title)
    assert rows(scene)[0][3].startswith("đã ký")


def cannot_verify(call: str) -> None:
    if call == "verify":
        raise DocumentError(ErrorCode.DOCUMENT_WORKER_DIED)


class Opener(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.opened: list[Path] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.opened.append(Path(url.toLocalFile()))


def test_file_and_folder_can_be_opened(scene: Scene) -> None:
    opener = Opener()
    QDesktopServices.setUrlHandler("file", opener, "open")
    scene.open(scene.pdf("a.pdf"))
    with scene.qtbot.waitSignal(scene.page.work_finished):
        scene.sign()
    scene.page.desk.result.open_file.click()
    scene.page.desk.result.open_folder.click()
    QDesktopServices.unsetUrlHandler("file")
    assert opener.opened == [scene.folder / "a.signed.pdf", scene.folder]


def test_names_are_counted_up_until_one_is_free(tmp_path: Path) -> None:
    target = tmp_path / "a.signed.pdf"
    assert free_name(target) == target
    target.touch()
    (tmp_path / "a.signed-2.pdf").touch()
    assert free_name(target) == tmp_path / "a.signed-3.pdf"


def test_new_scans_appear_in_the_list_while_the_folder_is_watched(scene: Scene) -> None:
    folder = scene.folder / "máy quét"
    folder.mkdir()
    (folder / "1.pdf").write_bytes(b"%PDF 1")
    scene.open(folder)
    watch = scene.page.desk.options.watch
    assert watch.isVisible()
    watch.click()
    scene.qtbot.waitUntil(lambda: not scene.page._watching._is_looking)
    late = folder / "2.pdf"
    late.write_bytes(b"%PDF 2")
    os.utime(late, (1_700_000_000, 1_700_000_000))
    for _ in range(2):
        scene.page._watching.look()
        scene.qtbot.waitUntil(lambda: not scene.page._watching._is_looking)
    scene.qtbot.waitUntil(lambda: [row[0] for row in rows(scene)] == ["1.pdf", "2.pdf"])
    scene.qtbot.waitUntil(lambda: rows(scene)[1][3] == "chờ ký")
    scene.open(folder / "1.pdf")
    assert not watch.isVisible(), "a file alone has no folder to watch"
    assert not scene.page._watching._timer.isActive()
