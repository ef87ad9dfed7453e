"""Nhật ký: the list, the clerk's desk and what becomes of a decision; real use cases and register over a fake reader."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from bdsigner.app import Application
from bdsigner.gui.main_window import MainWindow
from bdsigner.gui.pages.register_page import RegisterPage
from bdsigner.gui.preferences import Preferences
from bdsigner.gui.register.document_list import DOCUMENT, STATE
from bdsigner.gui.shell import Room
from bdsigner.model.layout import DocumentLayout
from bdsigner.model.register import DocumentSummary, HashedFile
from bdsigner.model.registered_document import DocumentState
from bdsigner.model.release import ReviewVerdict
from bdsigner.model.verification import Finding, FindingCode, Severity, Verdict
from bdsigner.storage.register import FileDocumentRegister
from bdsigner.usecases.file_hash import sha256_of
from tests.fakes.documents import SIGNED_MARK, FakeDocumentGateway
from tests.gui.test_main_window import drop
from tests.support.register import NOW, SUMMARY, received, released, reported, reviewed, signed
from tests.support.reports import report, signature

CLERK = "Phạm Thị Thùy Dương"


@pytest.fixture
def register(tmp_path: Path) -> FileDocumentRegister:
    return FileDocumentRegister(tmp_path / "signed-documents.sqlite")


@pytest.fixture
def application(training_application: Application, register: FileDocumentRegister) -> Application:
    return Application(replace(training_application.services, register=register))


@pytest.fixture
def window(themed: QApplication, preferences: Preferences, application: Application, qtbot: QtBot) -> MainWindow:
    window = MainWindow(preferences)
    qtbot.addWidget(window)
    window.resize(1280, 860)
    window.show()
    with qtbot.waitSignal(window.watch.changed):
        window.set_application(application)
    return window


@pytest.fixture
def enter(register: FileDocumentRegister, tmp_path: Path) -> Callable[..., Path]:
    """Enter a signed file that is really there."""

    def made(name: str = "quyết định", **changes: Any) -> Path:
        path = tmp_path / f"{name}.signed.pdf"
        path.write_bytes(f"%PDF-1.7 {name}".encode() + SIGNED_MARK)
        target = HashedFile.at(path, sha256_of(path))
        register.append(signed(name, target=target, **changes), at=NOW, path=path)
        return path

    return made


def open_page(window: MainWindow, qtbot: QtBot, *, rows: int) -> RegisterPage:
    window.show_room(Room.REGISTER)
    page = window.register_page
    assert page is not None
    qtbot.waitUntil(lambda: page.list.count == rows and page.stack.currentWidget() is not page.desk)
    return page


def open_desk(page: RegisterPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(page.details.isVisible)
    page.details.review.click()
    qtbot.waitUntil(page.desk.isVisible)


def fill_in(page: RegisterPage) -> None:
    form = page.desk.form
    form.reviewer.setText(CLERK)
    form.mailbox.setText("vanthu@binhduong.gov.vn")
    form.recipients.setText("so.tttt@binhduong.gov.vn; so.xd@binhduong.gov.vn")
    form.reviewer.textEdited.emit(CLERK)
    form.mailbox.textEdited.emit(form.mailbox.text())


def cells(page: RegisterPage, column: int) -> list[str]:
    return [page.list.text_at(row, column) for row in range(page.list.count)]


def states(application: Application) -> list[DocumentState]:
    return [one.state for one in application.register.documents()]


def test_an_empty_register_says_what_to_do(window: MainWindow, qtbot: QtBot) -> None:
    page = open_page(window, qtbot, rows=0)
    qtbot.waitUntil(page.empty.isVisible)
    assert "rà soát" in page.empty.text.text()
    assert not page.head.isVisible()


def test_documents_stand_newest_first_and_are_found_and_filtered(
    window: MainWindow, register: FileDocumentRegister, enter: Callable[..., Path], qtbot: QtBot
) -> None:
    enter("a", document=DocumentSummary(number="1/QĐ-UBND", title="QUYẾT ĐỊNH Về việc khen thưởng"))
    second = enter("b", document=replace(SUMMARY, title="CÔNG VĂN Về hạ tầng"))
    file = HashedFile.at(second, sha256_of(second))
    register.append(reviewed(file), at=NOW)
    register.append(released(file), at=NOW)
    page = open_page(window, qtbot, rows=2)
    assert cells(page, DOCUMENT) == ["CÔNG VĂN Về hạ tầng", "QUYẾT ĐỊNH Về việc khen thưởng"]
    assert cells(page, STATE) == ["Đã phát hành", "Chờ rà soát"]

    page.search.setText("khen thuong")
    assert cells(page, DOCUMENT) == ["QUYẾT ĐỊNH Về việc khen thưởng"]
    page.search.setText("zzz")
    assert cells(page, DOCUMENT) == []
    assert not page.details.isVisible(), "nothing is chosen"
    page.search.setText("sotttt@")
    assert cells(page, DOCUMENT) == ["CÔNG VĂN Về hạ tầng"], "by its recipient"
    page.search.clear()
    page.state.setCurrentIndex(page.state.findData(DocumentState.WAITING))
    assert cells(page, DOCUMENT) == ["QUYẾT ĐỊNH Về việc khen thưởng"]
    assert page.count.text() == "1 trên 2 văn bản"


def test_d10_3c_the_clerk_sees_page_verdict_and_titles_and_releases(
    window: MainWindow, application: Application, enter: Callable[..., Path], preferences: Preferences, qtbot: QtBot
) -> None:
    path = enter()
    page = open_page(window, qtbot, rows=1)
    open_desk(page, qtbot)
    desk = page.desk
    assert desk.verdict.title == "Chữ ký hợp lệ, văn bản nguyên vẹn"
    assert desk.comparison.certified.text() == "Chủ tịch"
    assert desk.comparison.written.text() == "không đọc được chức danh"
    assert desk.standing.title == "Đúng là tập tin đã ghi trong sổ."
    qtbot.waitUntil(desk.pages.view.isVisible)

    fill_in(page)
    desk.form.release.click()

    qtbot.waitUntil(lambda: states(application) == [DocumentState.RELEASED])
    qtbot.waitUntil(lambda: page.notice.title == f"Đã ghi nhận phát hành {path.name}")
    (document,) = application.register.documents()
    assert document.review is not None
    assert document.review.reviewer == CLERK
    assert document.released is not None
    assert document.released.recipients == ("so.tttt@binhduong.gov.vn", "so.xd@binhduong.gov.vn")
    qtbot.waitUntil(lambda: cells(page, STATE) == ["Đã phát hành"])
    assert preferences.settings.reviewer == CLERK
    assert preferences.settings.sender_mailbox == "vanthu@binhduong.gov.vn"


def test_d10_3c_a_wrong_mailbox_is_told_before_and_at_the_release(
    window: MainWindow, application: Application, enter: Callable[..., Path], qtbot: QtBot
) -> None:
    enter()
    page = open_page(window, qtbot, rows=1)
    open_desk(page, qtbot)
    form = page.desk.form
    fill_in(page)
    form.mailbox.setText("vanthu@gmail.com")
    form.mailbox.textEdited.emit(form.mailbox.text())
    qtbot.waitUntil(form.objections.isVisible)
    assert form.objections.notices[0].title == "Không phải hộp thư công vụ"
    assert "Điều 10 khoản 3 điểm c" in form.objections.notices[0].text

    form.release.click()
    qtbot.waitUntil(page.desk.error.isVisible)
    assert page.desk.error.title == "Không phải hộp thư công vụ"
    assert states(application) == [DocumentState.WAITING]

    form.channel.setCurrentIndex(2)
    assert not form.mailbox.isVisible(), "the portal is no mailbox"
    form.release.click()
    qtbot.waitUntil(lambda: states(application) == [DocumentState.RELEASED])


def test_d10_3c_a_document_is_returned_with_a_reason(
    window: MainWindow, application: Application, enter: Callable[..., Path], qtbot: QtBot
) -> None:
    enter()
    page = open_page(window, qtbot, rows=1)
    open_desk(page, qtbot)
    form = page.desk.form
    fill_in(page)
    assert not form.give_back.isEnabled(), "not without a reason"
    QTest.keyClicks(form.reason, "Sai tham quyen")
    assert form.give_back.isEnabled()
    form.give_back.click()
    qtbot.waitUntil(lambda: states(application) == [DocumentState.RETURNED])
    qtbot.waitUntil(lambda: cells(page, STATE) == ["Trả lại"])
    qtbot.waitUntil(lambda: "Sai tham quyen" in page.details.state.text)


def test_d10_3c_a_file_changed_while_it_lies_on_the_desk_is_not_released(
    window: MainWindow, application: Application, enter: Callable[..., Path], qtbot: QtBot
) -> None:
    path = enter()
    page = open_page(window, qtbot, rows=1)
    open_desk(page, qtbot)
    fill_in(page)
    path.write_bytes(path.read_bytes() + SIGNED_MARK)
    page.desk.form.release.click()
    qtbot.waitUntil(page.desk.error.isVisible)
    assert page.desk.error.title == "Tập tin khác với tập tin đã kiểm tra"
    assert states(application) == [DocumentState.WAITING]

    page.desk.back.click()
    open_desk(page, qtbot)
    qtbot.waitUntil(lambda: "đã khác" in page.desk.standing.title)


def test_an_invalid_signature_can_only_be_returned(
    window: MainWindow,
    application: Application,
    documents: FakeDocumentGateway,
    enter: Callable[..., Path],
    qtbot: QtBot,
) -> None:
    path = enter()
    bad = Finding(FindingCode.CHANGED_OTHER, Severity.FAIL)
    broken = report(path, Verdict.INVALID, signature(Verdict.INVALID, bad))
    documents.reports[path] = replace(broken, sha256=sha256_of(path))
    page = open_page(window, qtbot, rows=1)
    open_desk(page, qtbot)
    fill_in(page)
    page.desk.form.release.click()
    qtbot.waitUntil(page.desk.error.isVisible)
    assert page.desk.error.title == "Chữ ký không hợp lệ, không phát hành được"
    assert states(application) == [DocumentState.WAITING]


def test_signed_files_that_nobody_knows_are_dropped_for_review(
    window: MainWindow, application: Application, tmp_path: Path, qtbot: QtBot
) -> None:
    page = open_page(window, qtbot, rows=0)
    paths = [tmp_path / f"từ nơi khác {number}.pdf" for number in (1, 2)]
    for path in paths:
        path.write_bytes(b"%PDF-1.7 " + path.name.encode() + SIGNED_MARK)
    drop(window, *paths)
    qtbot.waitUntil(page.desk.isVisible)
    assert window.rooms.currentIndex() == Room.REGISTER
    assert page.desk.file_name.text() == paths[0].name
    assert "chưa có trong sổ" in page.desk.standing.title
    fill_in(page)
    page.desk.form.release.click()
    qtbot.waitUntil(lambda: page.desk.file_name.text() == paths[1].name)
    QTest.keyClicks(page.desk.form.reason, "Thieu so")
    page.desk.form.give_back.click()
    qtbot.waitUntil(lambda: sorted(states(application)) == [DocumentState.RELEASED, DocumentState.RETURNED])
    qtbot.waitUntil(lambda: page.list.count == 2 and not page.desk.isVisible())


def test_a_file_that_is_gone_is_told(window: MainWindow, enter: Callable[..., Path], qtbot: QtBot) -> None:
    path = enter()
    page = open_page(window, qtbot, rows=1)
    path.unlink()
    qtbot.waitUntil(page.details.isVisible)
    page.details.review.click()
    qtbot.waitUntil(lambda: path.name in page.notice.text)
    assert not page.desk.isVisible()


def test_everything_is_reached_by_keys(window: MainWindow, enter: Callable[..., Path], qtbot: QtBot) -> None:
    enter()
    page = open_page(window, qtbot, rows=1)
    window.activateWindow()
    QTest.keyClick(page, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(page.search.hasFocus)
    QTest.keyClicks(page.search, "zzz")
    assert page.list.count == 0
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert page.list.count == 1
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_Return)
    qtbot.waitUntil(page.desk.isVisible)
    QTest.keyClick(page.desk, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not page.desk.isVisible())


def test_evidence_and_register_are_written_and_replace_nothing(
    window: MainWindow,
    register: FileDocumentRegister,
    enter: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    qtbot: QtBot,
) -> None:
    path = enter()
    file = HashedFile.at(path, sha256_of(path))
    register.append(reviewed(file), at=NOW)
    register.append(released(file), at=NOW)
    page = open_page(window, qtbot, rows=1)
    qtbot.waitUntil(page.details.evidence.isVisible)
    chosen = {"name": tmp_path / "bằng chứng.json", "kind": "JSON (*.json)"}
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_, **__: (str(chosen["name"]), chosen["kind"]))
    page.details.evidence.click()
    qtbot.waitUntil(lambda: page.notice.title == "Đã lưu bằng chứng.json.")
    assert json.loads((tmp_path / "bằng chứng.json").read_text())["file"]["sha256"] == file.sha256
    page.details.evidence.click()
    qtbot.waitUntil(lambda: "bằng chứng.json" in page.notice.text)

    chosen |= {"name": tmp_path / "sổ"}
    page.export.click()
    qtbot.waitUntil((tmp_path / "sổ.json").is_file)
    chosen |= {"name": tmp_path / "sổ.csv"}
    page.export.click()
    qtbot.waitUntil((tmp_path / "sổ.csv").is_file)
    assert "sotttt@binhduong.gov.vn" in (tmp_path / "sổ.csv").read_text(encoding="utf-8-sig")


def test_the_folder_is_opened(
    window: MainWindow, enter: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    path = enter()
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    page = open_page(window, qtbot, rows=1)
    qtbot.waitUntil(page.details.isVisible)
    page.details.folder.click()
    qtbot.waitUntil(lambda: opened == [str(path.parent)])


def test_a_chain_that_is_broken_is_said_at_once(
    window: MainWindow, register: FileDocumentRegister, enter: Callable[..., Path], tmp_path: Path, qtbot: QtBot
) -> None:
    import sqlite3

    enter("a")
    enter("b")
    register.close()
    with sqlite3.connect(tmp_path / "signed-documents.sqlite") as database:
        database.execute("DROP TRIGGER entry_is_never_removed")
        database.execute("DELETE FROM entry WHERE number = 1")
    database.close()
    page = open_page(window, qtbot, rows=1)
    qtbot.waitUntil(page.chain.isVisible)
    assert "mục 1 đã bị sửa, bỏ hoặc đổi chỗ" in page.chain.title


def test_what_the_layout_says_against_the_signer_is_shown(
    window: MainWindow, documents: FakeDocumentGateway, enter: Callable[..., Path], qtbot: QtBot
) -> None:
    path = enter()
    documents.layouts[path] = DocumentLayout(has_text=True, is_administrative=True)
    page = open_page(window, qtbot, rows=1)
    open_desk(page, qtbot)
    assert page.desk.doubts.isVisible()
    assert "văn thư quyết định" in page.desk.doubts.title


def test_an_approval_made_elsewhere_is_shown(
    window: MainWindow, register: FileDocumentRegister, enter: Callable[..., Path], qtbot: QtBot
) -> None:
    path = enter()
    register.append(reviewed(HashedFile.at(path, sha256_of(path)), ReviewVerdict.RELEASE), at=NOW)
    page = open_page(window, qtbot, rows=1)
    assert cells(page, STATE) == ["Chờ phát hành"]


def test_a_received_document_is_shown_with_its_verdict_and_is_not_to_be_released(
    window: MainWindow, register: FileDocumentRegister, qtbot: QtBot
) -> None:
    came = received(verdict=Verdict.INVALID)
    register.append(came, at=NOW)
    register.append(reported(came.file), at=NOW)
    page = open_page(window, qtbot, rows=1)
    qtbot.waitUntil(page.details.isVisible)

    assert page.list.text_at(0, STATE) == "Văn bản đến, đã báo cáo"
    assert not page.details.review.isVisible()
    told = "\n".join(label.text() for label in page.details.findChildren(QLabel) if label.isVisible())
    assert "Hộp thư điện tử công vụ của cơ quan" in told
    assert "báo cáo lưu ở /hồ sơ/báo cáo.pdf" in told
    assert "vào sổ văn bản đến: Chữ ký không hợp lệ hoặc văn bản đã bị thay đổi" in told
    page.list.opened.emit(page.list.current)
    assert page.stack.currentWidget() is not page.desk
