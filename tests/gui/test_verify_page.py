import threading
from dataclasses import replace
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
from bdsigner.gui.widgets.work_strip import SHOWN_AFTER_MS
from bdsigner.model.verification import FileKind, Finding, FindingCode, Severity, SignatureReport, Verdict
from tests.fakes.documents import SIGNED_MARK, FakeDocumentGateway
from tests.gui.verify_scene import CHANGED, OUT_OF_SCOPE, text_of, verify
from tests.support.reports import report, signature

INTACT = Finding(FindingCode.CONTENT_INTACT, Severity.OK)
REVOCATION_UNKNOWN = Finding(FindingCode.REVOCATION_UNKNOWN, Severity.UNKNOWN)
NO_TIMESTAMP = Finding(FindingCode.TIMESTAMP_MISSING, Severity.NOTE)
COSIGNED = Finding(FindingCode.CHANGED_SIGNATURES_ADDED, Severity.NOTE)


@pytest.fixture
def page(themed: QApplication, training_application: Application, preferences: Preferences, qtbot: QtBot) -> VerifyPage:
    page = VerifyPage(training_application, preferences)
    page.resize(900, 700)
    qtbot.addWidget(page)
    page.show()
    return page


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "quyết định.pdf"
    path.write_bytes(b"%PDF-1.7" + SIGNED_MARK)
    return path


@pytest.mark.parametrize(
    ("verdict", "signatures", "tone", "shape", "sentence", "reason"),
    [
        (
            Verdict.VALID,
            (signature(),),
            Tone.VALID,
            "circle-check",
            "Chữ ký hợp lệ, văn bản nguyên vẹn",
            "Ký bởi: Nguyễn Thị Phương Ánh.",
        ),
        (
            Verdict.VALID,
            (signature(Verdict.VALID, COSIGNED), signature(number=2)),
            Tone.VALID,
            "circle-check",
            "Chữ ký hợp lệ, văn bản nguyên vẹn",
            "Ký bởi: Nguyễn Thị Phương Ánh; Nguyễn Thị Phương Ánh.",
        ),
        (
            Verdict.VALID,
            (signature(Verdict.VALID, NO_TIMESTAMP),),
            Tone.CAUTION,
            "triangle-alert",
            "Chữ ký hợp lệ, nhưng có điểm cần lưu ý",
            (
                "Ký bởi: Nguyễn Thị Phương Ánh. Chưa có dấu thời gian; giờ ký là giờ do máy người ký khai. "
                "Nếu văn bản cần giá trị pháp lý, đề nghị nơi gửi bổ sung dấu thời gian."
            ),
        ),
        (
            Verdict.INDETERMINATE,
            (signature(Verdict.INDETERMINATE, INTACT, OUT_OF_SCOPE),),
            Tone.UNKNOWN,
            "globe",
            "Chữ ký ngoài phạm vi Quy chế, chưa rõ có hợp lệ hay không",
            (
                "Chứng thư số không do hệ thống chứng thực chuyên dùng cấp nên ngoài phạm vi Quy chế (Điều 1). "
                "Phần được ký còn nguyên vẹn. "
                "Nếu văn bản cần giá trị pháp lý theo Quy chế, đề nghị nơi gửi ký bằng chứng thư số chuyên dùng."
            ),
        ),
        (
            Verdict.INDETERMINATE,
            (signature(Verdict.INDETERMINATE, REVOCATION_UNKNOWN), signature(Verdict.INDETERMINATE, OUT_OF_SCOPE)),
            Tone.UNKNOWN,
            "circle-question-mark",
            "Chưa xác định được chữ ký có hợp lệ hay không",
            "Chưa hỏi được nơi cấp xem chứng thư số có bị thu hồi hay không. Kết nối mạng rồi kiểm tra lại.",
        ),
        (
            Verdict.INVALID,
            (signature(Verdict.INVALID, OUT_OF_SCOPE, CHANGED),),
            Tone.BROKEN,
            "octagon-x",
            "Văn bản đã bị thay đổi sau khi ký",
            (
                "Sau khi ký, nội dung tập tin đã bị thay đổi. "
                "Không dùng văn bản này; đề nghị nơi gửi cung cấp bản khác, và báo Thủ trưởng cơ quan (Điều 18 khoản 2)."
            ),
        ),
        (
            Verdict.INVALID,
            (signature(Verdict.INVALID, CHANGED, has_signer=False),),
            Tone.BROKEN,
            "octagon-x",
            "Văn bản đã bị thay đổi sau khi ký",
            (
                "Sau khi ký, nội dung tập tin đã bị thay đổi. "
                "Không dùng văn bản này; đề nghị nơi gửi cung cấp bản khác, và báo Thủ trưởng cơ quan (Điều 18 khoản 2)."
            ),
        ),
        (
            None,
            (),
            Tone.UNKNOWN,
            "file-minus",
            "Tập tin không có chữ ký số",
            "Không có gì để kiểm tra; nội dung chưa được ai ký.",
        ),
    ],
)
def test_the_verdict_comes_first_in_a_sentence_a_colour_and_a_shape(
    page: VerifyPage,
    documents: FakeDocumentGateway,
    file: Path,
    qtbot: QtBot,
    verdict: Verdict | None,
    signatures: tuple[SignatureReport, ...],
    tone: Tone,
    shape: str,
    sentence: str,
    reason: str,
) -> None:
    documents.reports[file] = report(file, verdict, *signatures)
    verify(page, qtbot, file)

    card = page.result.verdict
    assert (card.icon.tone, card.icon.shape_name) == (tone, shape)
    assert (card.sentence.text(), card.reason.text()) == (sentence, reason)
    assert card.file.text() == file.name
    assert len(page.result.signatures) == len(signatures)
    assert page.sign_button.isEnabled()


def test_a_file_that_cannot_be_read_says_why_and_what_to_do(
    page: VerifyPage, documents: FakeDocumentGateway, file: Path, qtbot: QtBot
) -> None:
    documents.errors[file] = DocumentError(ErrorCode.DOCUMENT_EMPTY, path=str(file))
    verify(page, qtbot, file)

    card = page.result.verdict
    assert (card.icon.tone, card.icon.shape_name) == (Tone.UNKNOWN, "file-x")
    assert card.sentence.text() == "Tập tin rỗng"
    assert "0 byte" in card.reason.text()
    assert "document.empty" in text_of(card)
    assert not page.result.pages.isVisible()
    assert not page.sign_button.isEnabled()


def test_findings_come_in_layers(page: VerifyPage, documents: FakeDocumentGateway, file: Path, qtbot: QtBot) -> None:
    documents.reports[file] = report(file, Verdict.VALID, signature(Verdict.VALID, NO_TIMESTAMP))
    verify(page, qtbot, file)
    card = page.result.signatures[0]
    first = text_of(card)
    assert "Chưa có dấu thời gian" in first
    assert "còn nguyên vẹn" not in first
    assert "4A77B1" not in first

    card.details_button.click()
    opened = text_of(card)
    assert "Phần được ký còn nguyên vẹn." in opened
    assert "4A77B1" in opened
    assert "ETSI.CAdES.detached" in opened

    card.details_button.click()
    assert text_of(card) == first


def test_exactly_the_judged_bytes_are_drawn(
    page: VerifyPage, documents: FakeDocumentGateway, file: Path, qtbot: QtBot
) -> None:
    documents.reports[file] = report(file, Verdict.VALID, signature(), judged_bytes=4)
    verify(page, qtbot, file)
    qtbot.waitUntil(lambda: bool(documents.drawings))

    assert {(drawing.path, drawing.length_bytes) for drawing in documents.drawings} == {(file, 4)}


def test_an_empty_page_teaches_in_one_sentence_with_one_button(page: VerifyPage) -> None:
    assert page.stack.currentWidget() is page.empty
    assert "Thả tập tin PDF, .p7s, .p7m hoặc thư .eml vào đây" in page.empty.text.text()
    assert page.empty.button.isVisible()
    assert not page.head.isVisible()


def test_slow_work_shows_itself_and_can_be_stopped(
    page: VerifyPage, documents: FakeDocumentGateway, file: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    go_on = threading.Event()
    documents.before = lambda call, path: go_on.wait(5)
    page.verify_files([file, file])
    assert not page.strip.isVisible()
    qtbot.waitUntil(page.strip.isVisible, timeout=SHOWN_AFTER_MS + 2000)
    assert file.name in page.strip.label.text()

    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    QTest.keyClick(page, Qt.Key.Key_Escape)
    assert not page.strip.cancel_button.isEnabled()
    with qtbot.waitSignal(page.work_finished):
        go_on.set()

    assert not page.strip.isVisible()
    assert page.stack.currentWidget() is page.empty
    assert not page.notice.isVisible()


def test_a_new_check_replaces_the_one_before(
    page: VerifyPage, documents: FakeDocumentGateway, tmp_path: Path, qtbot: QtBot
) -> None:
    slow, fast = tmp_path / "slow.pdf", tmp_path / "fast.pdf"
    for path in (slow, fast):
        path.write_bytes(b"%PDF-1.7" + SIGNED_MARK)
    go_on = threading.Event()
    documents.before = lambda call, path: path != slow or go_on.wait(5)
    started, finished = [], []
    page.work_started.connect(lambda: started.append(1))
    page.work_finished.connect(lambda: finished.append(1))
    page.verify_files([slow])
    verify(page, qtbot, fast)
    go_on.set()
    verify(page, qtbot, fast)

    assert page.result.shown is not None
    assert page.result.shown.path == fast
    assert len(started) == len(finished) == 2


@pytest.fixture
def early_page(themed: QApplication, preferences: Preferences, qtbot: QtBot) -> VerifyPage:
    """A page without its parts; a fixture, because pages still being drawn when the test ends need it alive."""
    page = VerifyPage(None, preferences)
    qtbot.addWidget(page)
    return page


def test_files_that_come_before_the_parts_are_checked_once_there_are_any(
    early_page: VerifyPage, training_application: Application, file: Path, qtbot: QtBot
) -> None:
    early_page.verify_files([file])
    with qtbot.waitSignal(early_page.work_finished):
        early_page.set_application(training_application)

    assert early_page.result.verdict.icon.tone is Tone.VALID


def test_a_judged_file_can_be_signed_as_well(page: VerifyPage, file: Path, qtbot: QtBot) -> None:
    verify(page, qtbot, file)
    with qtbot.waitSignal(page.sign_requested) as asked:
        page.sign_button.click()

    assert asked.args == [[file]]


def test_detached_signature_asks_for_its_content(
    page: VerifyPage, documents: FakeDocumentGateway, tmp_path: Path, qtbot: QtBot
) -> None:
    detached, content = tmp_path / "ký rời.pdf", tmp_path / "bản gốc.pdf"
    for path in (detached, content):
        path.write_bytes(b"%PDF-1.7")  # the fake opens nothing else
    missing = Finding(FindingCode.CONTENT_MISSING, Severity.UNKNOWN)
    lacking = replace(report(detached, Verdict.INDETERMINATE, signature()), findings=(missing,), kind=FileKind.CMS)
    documents.reports[detached] = lacking
    documents.reports[content] = replace(report(detached, Verdict.VALID, signature()), kind=FileKind.CMS)
    verify(page, qtbot, detached)
    qtbot.waitUntil(lambda: page.findChild(QFileDialog) is not None)
    assert not page.result.pages.isVisible()
    assert not page.sign_button.isEnabled()
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    dialog.reject()
    qtbot.waitUntil(lambda: page.findChild(QFileDialog) is None)
    assert page.result.verdict.button.text() == "Chọn tập tin &gốc…"
    QTest.mouseClick(page.result.verdict.button, Qt.MouseButton.LeftButton)
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    with qtbot.waitSignal(page.work_finished):
        dialog.fileSelected.emit(str(content))
    dialog.close()
    qtbot.waitUntil(
        lambda: (
            page.result.shown is not None
            and page.result.shown.report is not None
            and page.result.shown.report.verdict is Verdict.VALID
        )
    )
    assert content in documents.verified
    assert not page.result.verdict.button.isVisible()


JUDGING = Finding(FindingCode.JUDGING, Severity.UNKNOWN)


@pytest.mark.parametrize(
    ("early", "tone", "shape", "sentence"),
    [
        (
            (INTACT, Finding(FindingCode.COVERS_WHOLE_FILE, Severity.OK)),
            Tone.UNKNOWN,
            "circle-dashed",
            "Văn bản nguyên vẹn kể từ khi ký; đang kiểm tra chứng thư số…",
        ),
        (
            (INTACT, Finding(FindingCode.COVERS_REVISION, Severity.OK)),
            Tone.UNKNOWN,
            "circle-dashed",
            "Phần được ký nguyên vẹn; đang xét phần thêm vào sau khi ký và chứng thư số…",
        ),
        (
            (Finding(FindingCode.COVERAGE_UNCLEAR, Severity.UNKNOWN),),
            Tone.UNKNOWN,
            "circle-dashed",
            "Đang phân tích chữ ký và thay đổi…",
        ),
        (
            (Finding(FindingCode.CONTENT_CHANGED, Severity.FAIL),),
            Tone.BROKEN,
            "octagon-x",
            "Văn bản đã bị thay đổi sau khi ký",
        ),
    ],
)
def test_what_the_bytes_say_stands_on_the_card_before_the_rest_is_judged(
    page: VerifyPage,
    documents: FakeDocumentGateway,
    file: Path,
    qtbot: QtBot,
    early: tuple[Finding, ...],
    tone: Tone,
    shape: str,
    sentence: str,
) -> None:
    verdict = Verdict.INVALID if tone is Tone.BROKEN else Verdict.INDETERMINATE
    go_on = threading.Event()
    documents.before = lambda call, path: call != "judge" or go_on.wait(30)
    documents.early[file] = report(file, verdict, signature(verdict, *early, JUDGING))
    documents.reports[file] = report(file, Verdict.VALID, signature())
    page.verify_files([file])
    qtbot.waitUntil(lambda: page.result.early is not None and page.result.isVisible())
    assert page.result.early is not None
    card = page.result.early.verdict
    assert (card.icon.tone, card.icon.shape_name, card.sentence.text()) == (tone, shape, sentence)
    assert "hợp lệ" not in text_of(card), "nothing is said of the certificate yet"
    assert not page.strip.isVisible()
    qtbot.waitUntil(lambda: page.result.pages.view.isVisible() and not page.result.pages.view.is_loading)
    place = card.mapToGlobal(card.rect().topLeft()), card.sentence.mapToGlobal(card.sentence.pos()), card.width()
    drawn = len(documents.drawings)
    with qtbot.waitSignal(page.work_finished):
        go_on.set()

    final = page.result.verdict
    assert final.sentence.text() == "Chữ ký hợp lệ, văn bản nguyên vẹn"
    qtbot.waitUntil(lambda: final.width() == place[2])
    assert final.mapToGlobal(final.rect().topLeft()) == place[0], "the card stays where it was"
    assert page.result.pages.view.isVisible()
    assert len(documents.drawings) == drawn, "the pages are those already drawn"


def test_what_is_told_early_can_be_stopped_on_the_card(
    page: VerifyPage, documents: FakeDocumentGateway, file: Path, qtbot: QtBot
) -> None:
    go_on = threading.Event()
    documents.before = lambda call, path: call != "judge" or go_on.wait(30)
    documents.early[file] = report(file, Verdict.INDETERMINATE, signature(Verdict.INDETERMINATE, INTACT, JUDGING))
    page.verify_files([file])
    qtbot.waitUntil(lambda: page.result.early is not None and page.result.isVisible())
    assert page.result.early is not None
    QTest.mouseClick(page.result.early.verdict.button, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(page.work_finished):
        go_on.set()

    assert page.stack.currentWidget() is page.empty
