"""One verified file in layers: verdict, legal value, clause table, what is inside, all the data; and handing it on."""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from bdsigner.app import Application
from bdsigner.errors import DocumentError, ErrorCode, StorageError
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.pages.verify_page import VerifyPage
from bdsigner.gui.preferences import Preferences
from bdsigner.gui.verdicts import standing_tone
from bdsigner.gui.verification.clause_table import WHY, ClauseTable
from bdsigner.gui.verification.legal_panel import LegalPanel
from bdsigner.messages.errors import describe
from bdsigner.messages.legal_value import describe_clause_outcome
from bdsigner.model.legal_value import CITATIONS, LegalStanding, LegalValue
from bdsigner.model.profile import Mode
from bdsigner.model.register import Received, Reported
from bdsigner.model.signing_rules import KindGroup
from bdsigner.model.verification import FileKind, SignedContent, Verdict
from bdsigner.regulation.legal_value import judge_signature
from bdsigner.storage.register import FileDocumentRegister
from bdsigner.storage.settings import load_settings
from tests.fakes.documents import FakeDocumentGateway
from tests.gui.verify_scene import CHANGED, OUT_OF_SCOPE, text_of, verify, write_pdfs
from tests.regulation.test_clauses_legal_value import facts
from tests.support.reports import report, signature


@pytest.fixture
def register(tmp_path: Path) -> FileDocumentRegister:
    return FileDocumentRegister(tmp_path / "signed-documents.sqlite")


@pytest.fixture
def page(
    themed: QApplication,
    training_application: Application,
    register: FileDocumentRegister,
    preferences: Preferences,
    qtbot: QtBot,
) -> VerifyPage:
    page = VerifyPage(Application(replace(training_application.services, register=register)), preferences)
    page.resize(1200, 800)
    qtbot.addWidget(page)
    page.show()
    return page


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (path,) = write_pdfs(tmp_path, ["quyết định.pdf"])
    return path


def panel(page: VerifyPage) -> LegalPanel:
    assert page.result.layers is not None
    assert page.result.layers.legal is not None
    return page.result.layers.legal


def choose_kind(page: VerifyPage, kind: KindGroup, qtbot: QtBot) -> None:
    combo = panel(page).kind
    with qtbot.waitSignal(page.work_finished):
        index = next(i for i in range(combo.count()) if combo.itemData(i)[0] is kind)
        combo.setCurrentIndex(index)
        combo.activated.emit(index)


def save_as(page: VerifyPage, target: Path, qtbot: QtBot, *, name_filter: str = "") -> None:
    qtbot.waitUntil(lambda: page.findChild(QFileDialog) is not None)
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    if name_filter:
        dialog.selectNameFilter(next(one for one in dialog.nameFilters() if name_filter in one))
    with qtbot.waitSignal(page.work_finished):
        dialog.fileSelected.emit(str(target))
    dialog.close()
    qtbot.waitUntil(lambda: page.findChild(QFileDialog) is None)


def test_the_legal_value_stands_beside_the_verdict(
    page: VerifyPage, documents: FakeDocumentGateway, file: Path, qtbot: QtBot
) -> None:
    documents.reports[file] = report(file, Verdict.INVALID, signature(Verdict.INVALID, CHANGED))
    verify(page, qtbot, file)
    card = page.result.verdict

    assert card.legal.isVisible()
    assert card.legal.sentence.text() == "Văn bản không đủ điều kiện có giá trị pháp lý theo Điều 12."
    assert card.legal.icon.tone is Tone.BROKEN
    assert card.accessibleDescription() == card.legal.sentence.text()


@pytest.mark.parametrize(
    ("standing", "tone"),
    [
        (LegalStanding.BINDING, Tone.VALID),
        (LegalStanding.AS_FAR_AS_CHECKABLE, Tone.CAUTION),
        (LegalStanding.TRAINING, Tone.UNKNOWN),
        (LegalStanding.UNDETERMINED, Tone.UNKNOWN),
        (LegalStanding.NOT_BINDING, Tone.BROKEN),
        (LegalStanding.OUT_OF_SCOPE, Tone.UNKNOWN),
    ],
)
def test_only_what_binds_is_green(standing: LegalStanding, tone: Tone) -> None:
    value = judge_signature(facts())
    assert value.kind is KindGroup.OFFICIAL
    assert standing_tone(LegalValue(standing=standing, signatures=(value,), decided_by="")) is tone


def test_training_never_looks_binding(
    page: VerifyPage, documents: FakeDocumentGateway, training_application: Application, file: Path, qtbot: QtBot
) -> None:
    assert training_application.profile.mode is Mode.TRAINING
    documents.reports[file] = replace(report(file, Verdict.VALID, signature()), is_training=True)
    verify(page, qtbot, file)
    strip = page.result.verdict.legal

    assert strip.icon.tone is not Tone.VALID
    assert "Văn bản có giá trị" not in strip.sentence.text()


def test_a_file_without_signature_says_nothing_of_legal_value(
    page: VerifyPage, documents: FakeDocumentGateway, file: Path, qtbot: QtBot
) -> None:
    documents.reports[file] = report(file, None)
    verify(page, qtbot, file)

    assert not page.result.verdict.legal.isVisible()
    assert page.result.layers is not None
    assert page.result.layers.legal is None
    assert page.result.layers.letter.isHidden()


def test_d12_every_clause_has_a_line_with_its_answer_and_why(
    page: VerifyPage, documents: FakeDocumentGateway, file: Path, qtbot: QtBot
) -> None:
    documents.reports[file] = report(file, Verdict.VALID, signature())
    verify(page, qtbot, file)
    table = panel(page).table
    shown = page.result.shown
    assert shown is not None
    assert shown.legal is not None
    results = shown.legal.signatures[0].clauses

    assert [(line[0], line[2]) for line in table.lines] == [
        (CITATIONS[one.clause], describe_clause_outcome(one.outcome)) for one in results
    ]
    assert all(all(line) for line in table.lines)
    counts = {one.outcome for one in results}
    assert all(describe_clause_outcome(one) in panel(page).summary.text() for one in counts)


def clauses(table: ClauseTable) -> list[str]:
    model = table.model()
    return [str(model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole)) for row in range(model.rowCount())]


def test_the_clause_table_is_read_line_by_line_with_the_keyboard(
    page: VerifyPage, documents: FakeDocumentGateway, file: Path, qtbot: QtBot
) -> None:
    documents.reports[file] = report(file, Verdict.VALID, signature())
    verify(page, qtbot, file)
    table = panel(page).table
    table.setFocus()
    table.setCurrentIndex(table.model().index(0, 0))
    QTest.keyClick(table, Qt.Key.Key_Down)

    assert table.currentIndex().row() == 1
    assert clauses(table)[1].startswith("Đ11.1b: Ký trong thời gian chứng thư số có hiệu lực")
    assert ": đạt. " in clauses(table)[1]
    interface = QAccessible.queryAccessibleInterface(table)
    assert interface is not None
    assert interface.text(QAccessible.Text.Name) == "Từng điều khoản"


@pytest.mark.parametrize("width", [340, 900])
def test_nothing_of_the_clause_table_is_cut_off_and_nothing_scrolls_in_it(
    themed: QApplication, qtbot: QtBot, width: int
) -> None:
    table = ClauseTable()
    qtbot.addWidget(table)
    table.resize(width, 100)
    table.show()
    results = judge_signature(facts()).clauses
    table.show_clauses(results)
    qtbot.waitUntil(lambda: table.width() == width)
    QApplication.processEvents()
    rows = range(len(results))

    assert table.isColumnHidden(WHY) == (width < 500)
    assert sum(table.rowHeight(row) for row in rows) <= table.viewport().height()
    for row in rows:
        wanted = [table.sizeHintForIndex(table.model().index(row, c)).height() for c in range(4 - (width < 500))]
        assert table.rowHeight(row) >= max(wanted)
    if width < 500:
        assert "Giá trị chữ ký khớp" in str(table.model().index(0, 1).data()), "what it rests on is still told"


def test_saying_what_kind_of_document_it_is_judges_again_and_does_not_verify_again(
    page: VerifyPage, documents: FakeDocumentGateway, file: Path, qtbot: QtBot
) -> None:
    exact = replace(report(file, Verdict.VALID, signature()), sha256=sha256(file.read_bytes()).hexdigest())
    documents.reports[file] = exact
    verify(page, qtbot, file)
    layers = page.result.layers
    assert panel(page).kind.currentText().startswith("Nhận biết tự động: ")
    choose_kind(page, KindGroup.OFFICIAL, qtbot)

    assert documents.verified == [file]
    assert page.result.layers is layers, "scroll position and focus stay"
    assert page.result.shown is not None
    assert page.result.shown.legal is not None
    value = page.result.shown.legal.signatures[0]
    assert (value.kind, value.is_kind_declared) == (KindGroup.OFFICIAL, True)
    assert "Đ12.1c" in [line[0] for line in panel(page).table.lines]
    choose_kind(page, KindGroup.INTERNAL, qtbot)
    assert "Đ12.2" in [line[0] for line in panel(page).table.lines]


def test_a_file_that_changed_since_is_verified_again(
    page: VerifyPage, documents: FakeDocumentGateway, file: Path, qtbot: QtBot
) -> None:
    documents.reports[file] = replace(
        report(file, Verdict.VALID, signature()), sha256=sha256(file.read_bytes()).hexdigest()
    )
    verify(page, qtbot, file)
    file.write_bytes(b"%PDF-1.7 something else")
    documents.reports[file] = report(file, Verdict.INVALID, signature(Verdict.INVALID, CHANGED))
    choose_kind(page, KindGroup.OFFICIAL, qtbot)

    assert documents.verified == [file, file]
    assert page.result.verdict.icon.tone is Tone.BROKEN
    assert panel(page).kind.currentData()[0] is KindGroup.OFFICIAL


def test_each_signature_has_its_clauses(
    page: VerifyPage, documents: FakeDocumentGateway, file: Path, qtbot: QtBot
) -> None:
    second = signature(Verdict.INVALID, CHANGED, number=2)
    documents.reports[file] = report(file, Verdict.INVALID, signature(), second)
    verify(page, qtbot, file)
    choice = panel(page).signature
    assert choice.isVisible()
    assert choice.currentIndex() == 1, "what speaks against the file is looked at first"
    broken = panel(page).table.lines
    assert "không đạt" in [line[2] for line in broken]
    choice.setCurrentIndex(0)

    assert panel(page).table.lines != broken
    assert "Phiên bản 2" in text_of(page.result)


def test_out_of_scope_is_its_own_outcome_and_never_red(
    page: VerifyPage, documents: FakeDocumentGateway, file: Path, qtbot: QtBot
) -> None:
    documents.reports[file] = report(file, Verdict.INDETERMINATE, signature(Verdict.INDETERMINATE, OUT_OF_SCOPE))
    verify(page, qtbot, file)

    assert page.result.verdict.sentence.text() == "Chữ ký ngoài phạm vi Quy chế, chưa rõ có hợp lệ hay không"
    assert page.result.verdict.icon.tone is Tone.UNKNOWN
    assert page.result.verdict.legal.icon.tone is Tone.UNKNOWN


def test_what_a_signed_file_carries_has_a_card_of_its_own(
    page: VerifyPage, documents: FakeDocumentGateway, file: Path, qtbot: QtBot
) -> None:
    inner = report(Path("công văn.pdf"), Verdict.INVALID, signature(Verdict.INVALID, CHANGED))
    content = SignedContent(name="công văn.pdf", size_bytes=9, sha256="cd" * 32, kind=None, is_enclosed=True)
    outer = replace(report(file, Verdict.INVALID, signature()), kind=FileKind.CMS, content=content, inner=inner)
    documents.reports[file] = outer
    verify(page, qtbot, file)
    assert page.result.layers is not None
    (card,) = page.result.layers.inner

    assert card.file.text() == "công văn.pdf"
    assert card.icon.tone is Tone.BROKEN
    assert len(page.result.signatures) == 2
    assert "Nội dung trong tập tin: công văn.pdf" in text_of(page.result)
    assert not page.result.pages.isVisible()


def test_the_last_layer_is_all_of_it_as_data(
    page: VerifyPage, documents: FakeDocumentGateway, file: Path, qtbot: QtBot
) -> None:
    documents.reports[file] = report(file, Verdict.VALID, signature())
    verify(page, qtbot, file)
    layers = page.result.layers
    assert layers is not None
    layers.raw_button.click()
    assert layers.raw is not None
    assert layers.raw.isVisible()
    data = json.loads(layers.raw.toPlainText())
    assert data["sha256"] == "ab" * 32
    assert len(data["legal_value"]["signatures"][0]["clauses"]) >= 8


@pytest.mark.parametrize("suffix", ["pdf", "txt", "json"])
def test_the_slip_is_saved_in_the_format_chosen(
    page: VerifyPage, documents: FakeDocumentGateway, file: Path, tmp_path: Path, qtbot: QtBot, suffix: str
) -> None:
    documents.reports[file] = report(file, Verdict.VALID, signature())
    verify(page, qtbot, file)
    assert page.result.layers is not None
    page.result.layers.save.click()
    save_as(page, tmp_path / "phiếu.pdf", qtbot, name_filter=f"*.{suffix}")

    target = tmp_path / f"phiếu.{suffix}"
    assert target.stat().st_size > 0
    assert page.notice.title == f"Đã lưu {target.name}."
    assert page.notice.action_button.text() == "Mở"


@pytest.mark.parametrize("suffix", ["pdf", "txt", "json"])
def test_nothing_is_replaced_by_a_slip(
    page: VerifyPage, documents: FakeDocumentGateway, file: Path, tmp_path: Path, qtbot: QtBot, suffix: str
) -> None:
    documents.reports[file] = report(file, Verdict.VALID, signature())
    verify(page, qtbot, file)
    taken = tmp_path / f"phiếu.{suffix}"
    taken.write_text("của người khác", encoding="utf-8")
    assert page.result.layers is not None
    page.result.layers.save.click()
    save_as(page, taken, qtbot, name_filter=f"*.{suffix}")

    assert taken.read_text(encoding="utf-8") == "của người khác"
    assert page.notice.title == describe(StorageError(ErrorCode.STORAGE_EXISTS, path=str(taken))).title


def test_d18_2_what_does_not_hold_is_reported_by_whom_and_remembered_but_for_the_note(
    page: VerifyPage,
    documents: FakeDocumentGateway,
    preferences: Preferences,
    file: Path,
    tmp_path: Path,
    qtbot: QtBot,
    register: FileDocumentRegister,
) -> None:
    documents.reports[file] = report(file, Verdict.INVALID, signature(Verdict.INVALID, CHANGED))
    verify(page, qtbot, file)
    assert page.result.layers is not None
    assert page.result.layers.letter.isVisible()
    page.result.layers.letter.click()
    dialog = page.reports.dialog
    assert dialog is not None
    dialog.name.setText(" Phạm Thị Thùy Dương ")
    dialog.title.setText("Chuyên viên")
    dialog.agency.setText("Sở Nội vụ")
    dialog.place.setText("Bình Dương")
    dialog.note.setPlainText("Nhận qua thư điện tử.")
    dialog.save_button.click()
    save_as(page, tmp_path / "báo cáo.pdf", qtbot)

    assert (tmp_path / "báo cáo.pdf").read_bytes() == b"%PDF of " + "BÁO CÁO".encode()
    (entry,) = register.read().entries
    told = entry.event
    assert isinstance(told, Reported)
    assert (told.file.name, told.reporter, told.saved_at) == (
        file.name,
        "Phạm Thị Thùy Dương",
        str(tmp_path / "báo cáo.pdf"),
    )
    kept = load_settings()
    assert (kept.reporter, kept.reporter_title, kept.reporter_agency, kept.reporter_place) == (
        "Phạm Thị Thùy Dương",
        "Chuyên viên",
        "Sở Nội vụ",
        "Bình Dương",
    )
    page.result.layers.letter.click()
    again = page.reports.dialog
    assert again is not None
    assert (again.name.text(), again.note.toPlainText()) == ("Phạm Thị Thùy Dương", "")
    again.close_button.click()


def test_d18_2_nothing_is_offered_for_what_holds(
    page: VerifyPage, documents: FakeDocumentGateway, file: Path, qtbot: QtBot
) -> None:
    documents.reports[file] = report(file, Verdict.VALID, signature())
    verify(page, qtbot, file)
    assert page.result.layers is not None
    assert page.result.layers.letter.isHidden()


def test_a_file_that_cannot_be_read_can_be_reported_all_the_same(
    page: VerifyPage, documents: FakeDocumentGateway, file: Path, qtbot: QtBot
) -> None:
    documents.errors[file] = DocumentError(ErrorCode.DOCUMENT_DAMAGED, path=str(file))
    verify(page, qtbot, file)
    assert page.result.layers is not None
    assert page.result.layers.letter.isVisible()


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # a menu, offscreen
def test_a_received_document_is_entered_when_the_person_says_how_it_came(
    page: VerifyPage, register: FileDocumentRegister, file: Path, qtbot: QtBot
) -> None:
    verify(page, qtbot, file)
    assert page.result.layers is not None
    QTest.mouseClick(page.result.layers.register, Qt.MouseButton.LeftButton)
    menu = page.register.menu
    assert menu is not None
    assert menu.isVisible()
    texts = [action.text() for action in menu.actions()]
    assert "Nhận qua Hộp thư điện tử công vụ của cơ quan" in texts
    assert texts[-1] == "Không ghi đường nhận"
    with qtbot.waitSignal(page.work_finished):
        menu.actions()[texts.index("Nhận qua Hộp thư điện tử công vụ của cơ quan")].trigger()
    menu.close()

    assert page.notice.title == "Đã vào sổ 1 văn bản đến"
    (entry,) = register.read().entries
    assert isinstance(entry.event, Received)
    assert (entry.event.file.name, entry.event.channel) == (file.name, "hop_thu_cong_vu")


def test_a_file_that_could_not_be_judged_is_not_offered_for_the_register(
    page: VerifyPage, documents: FakeDocumentGateway, file: Path, qtbot: QtBot
) -> None:
    documents.errors[file] = DocumentError(ErrorCode.DOCUMENT_DAMAGED, path=str(file))
    verify(page, qtbot, file)
    assert page.result.layers is not None
    assert not page.result.layers.register.isVisible()
