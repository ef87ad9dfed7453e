"""Many verified files: one line each, sorted, filtered, exported together; a thousand stay fluid."""

import json
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from bdsigner.app import Application
from bdsigner.errors import DocumentError, ErrorCode
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.pages.verify_page import VerifyPage
from bdsigner.gui.preferences import Preferences
from bdsigner.gui.verification.outcome_list import OutcomeList
from bdsigner.gui.verification.outcome_rows import FILE, VERDICT, Shown
from bdsigner.model.verification import Verdict, VerificationOutcome
from tests.fakes.documents import FakeDocumentGateway
from tests.gui.verify_scene import CHANGED, verify, write_pdfs
from tests.support.reports import certificate, report, signature

MANY = 1_000
FLUID_SECONDS = 0.5
"""Generous for a busy machine; a widget a line takes several seconds."""


@pytest.fixture
def page(themed: QApplication, training_application: Application, preferences: Preferences, qtbot: QtBot) -> VerifyPage:
    page = VerifyPage(training_application, preferences)
    page.resize(1400, 900)
    qtbot.addWidget(page)
    page.show()
    return page


@pytest.fixture
def files(documents: FakeDocumentGateway, tmp_path: Path) -> list[Path]:
    """Valid, changed, damaged, unsigned."""
    files = write_pdfs(tmp_path, ["b.pdf", "a.pdf", "d.pdf", "c.pdf"])
    documents.reports[files[0]] = report(files[0], Verdict.VALID, signature(signer=certificate("Võ Thành Nghĩa")))
    documents.reports[files[1]] = report(files[1], Verdict.INVALID, signature(Verdict.INVALID, CHANGED))
    documents.errors[files[2]] = DocumentError(ErrorCode.DOCUMENT_DAMAGED, path=str(files[2]))
    documents.reports[files[3]] = report(files[3], None)
    return files


def names(shown: OutcomeList) -> list[str]:
    return [line[FILE] for line in shown.texts]


def test_every_file_has_a_line_and_a_chosen_line_shows_its_layers(
    page: VerifyPage, files: list[Path], qtbot: QtBot
) -> None:
    verify(page, qtbot, *files)
    lines = page.result.files.texts

    assert [line[:3] for line in lines] == [
        ("b.pdf", "Chữ ký hợp lệ, văn bản nguyên vẹn", "Võ Thành Nghĩa"),
        ("a.pdf", "Văn bản đã bị thay đổi sau khi ký", "Nguyễn Thị Phương Ánh"),
        ("d.pdf", "Tập tin bị hỏng", ""),
        ("c.pdf", "Tập tin không có chữ ký số", ""),
    ]
    assert lines[1][3] == "Văn bản không đủ điều kiện có giá trị pháp lý theo Điều 12."
    assert page.result.verdict.file.text() == "b.pdf"
    table = page.result.files.table
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Down)
    assert page.result.verdict.file.text() == "a.pdf"
    assert page.result.verdict.icon.tone is Tone.BROKEN

    verify(page, qtbot, files[0])
    assert not page.result.files.isVisible()
    assert page.result.verdict.icon.tone is Tone.VALID


def test_lines_are_sorted_by_name_and_by_weight(page: VerifyPage, files: list[Path], qtbot: QtBot) -> None:
    verify(page, qtbot, *files)
    table = page.result.files.table
    table.sortByColumn(FILE, Qt.SortOrder.AscendingOrder)
    assert names(page.result.files) == ["a.pdf", "b.pdf", "c.pdf", "d.pdf"]
    table.sortByColumn(VERDICT, Qt.SortOrder.AscendingOrder)
    assert (names(page.result.files)[0], names(page.result.files)[-1]) == ("a.pdf", "b.pdf")


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (Shown.ALL, ["b.pdf", "a.pdf", "d.pdf", "c.pdf"]),
        (Shown.PROBLEMS, ["a.pdf", "d.pdf"]),
        (Shown.VALID, ["b.pdf"]),
        (Shown.UNSIGNED, ["c.pdf"]),
    ],
)
def test_the_list_is_filtered_by_verdict(
    page: VerifyPage, files: list[Path], qtbot: QtBot, shown: Shown, expected: list[str]
) -> None:
    verify(page, qtbot, *files)
    choice = page.result.files.filter
    choice.setCurrentIndex(choice.findData(shown))

    assert names(page.result.files) == expected
    assert choice.currentText().endswith(f"({len(expected)})")
    assert page.result.files.count.text() == f"{len(expected)} trên 4 tập tin"
    assert page.result.verdict.file.text() in expected, "what is shown is always one of the list"


def test_words_are_found_without_their_marks(page: VerifyPage, files: list[Path], qtbot: QtBot) -> None:
    verify(page, qtbot, *files)
    page.result.files.search.setText("vo thanh")
    assert names(page.result.files) == ["b.pdf"]
    page.result.files.search.setText("không ai")
    assert names(page.result.files) == []
    assert not page.result.files.save.isEnabled()
    page.result.files.search.clear()
    assert len(names(page.result.files)) == 4


def test_the_listed_files_make_one_report(page: VerifyPage, files: list[Path], tmp_path: Path, qtbot: QtBot) -> None:
    verify(page, qtbot, *files)
    choice = page.result.files.filter
    choice.setCurrentIndex(choice.findData(Shown.PROBLEMS))
    page.result.files.save.click()
    qtbot.waitUntil(lambda: page.findChild(QFileDialog) is not None)
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    dialog.selectNameFilter(next(one for one in dialog.nameFilters() if "json" in one))
    with qtbot.waitSignal(page.work_finished):
        dialog.fileSelected.emit(str(tmp_path / "tất cả.json"))
    dialog.close()

    written = json.loads((tmp_path / "tất cả.json").read_bytes())
    assert [Path(one["file"]).name for one in written["files"]] == ["a.pdf", "d.pdf"]


def test_a_thousand_lines_stay_fluid(themed: QApplication, qtbot: QtBot) -> None:
    outcomes = [
        VerificationOutcome(
            path=Path(f"/hồ sơ/công văn {number}.pdf"),
            report=report(Path(f"/hồ sơ/công văn {number}.pdf"), Verdict.VALID, signature()),
        )
        for number in range(MANY)
    ]
    shown = OutcomeList()
    qtbot.addWidget(shown)
    shown.resize(1200, 600)
    shown.show()
    steps = {
        "show": lambda: shown.show_outcomes(outcomes),
        "sort": lambda: shown.table.sortByColumn(VERDICT, Qt.SortOrder.DescendingOrder),
        "filter": lambda: shown.search.setText("công văn 99"),
        "scroll": lambda: (shown.search.clear(), shown.table.scrollToBottom()),
    }
    took = {}
    for name, step in steps.items():
        start = time.perf_counter()
        step()
        QApplication.processEvents()
        took[name] = time.perf_counter() - start

    assert {name: seconds for name, seconds in took.items() if seconds > FLUID_SECONDS} == {}
    assert len(shown.texts) == MANY


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # a menu, offscreen
def test_the_whole_list_is_entered_into_the_register_but_for_what_could_not_be_judged(
    page: VerifyPage, documents: FakeDocumentGateway, files: list[Path], qtbot: QtBot
) -> None:
    known = documents.reports
    for file in (files[0], files[1], files[3]):
        known[file] = replace(known[file], sha256=sha256(file.read_bytes()).hexdigest())
    verify(page, qtbot, *files)
    QTest.mouseClick(page.result.files.register, Qt.MouseButton.LeftButton)
    menu = page.register.menu
    assert menu is not None
    with qtbot.waitSignal(page.work_finished):
        menu.actions()[-1].trigger()
    menu.close()

    assert page.notice.title == "Đã vào sổ 3 văn bản đến"
    assert page.notice.text.endswith("d.pdf.")
