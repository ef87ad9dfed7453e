"""The report of a verification in its three formats and as a letter: the same content, whole, nothing cut off."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pymupdf
import pytest

from bdsigner.documents.printing import print_sheet
from bdsigner.errors import DocumentError, ErrorCode, StorageError
from bdsigner.messages.findings import describe_finding
from bdsigner.messages.legal_value import describe_result
from bdsigner.model.legal_value import LegalValue
from bdsigner.model.sheet import Sheet
from bdsigner.model.verification import Finding, FindingCode, Severity, Verdict, VerificationOutcome
from bdsigner.regulation.legal_value import judge_file, judge_signature
from bdsigner.reports.export import ReportFormat
from bdsigner.reports.letter import Reporter, finding_letter, needs_report
from bdsigner.reports.text import sheet_text
from bdsigner.reports.verification_json import encode, schema, verification_json
from bdsigner.reports.verification_sheet import verification_sheet
from tests.regulation.documents import PROFILE
from tests.regulation.test_clauses_legal_value import facts
from tests.support.reports import report, signature

MADE_AT = datetime(2026, 3, 12, 2, 0, tzinfo=UTC)
CHANGED = Finding(FindingCode.CONTENT_CHANGED, Severity.FAIL)
NAME = "Quyết định số 12/QĐ-UBND về việc ban hành Quy chế quản lý – bản cuối cùng, đã sửa.pdf".replace("/", "-")


def legal() -> LegalValue:
    value = judge_file([replace(judge_signature(facts()), field_name="Chữ ký 1")], Verdict.VALID)
    assert value is not None
    return value


def judged(name: str = NAME, verdict: Verdict = Verdict.VALID, *findings: Finding) -> VerificationOutcome:
    path = Path("/hồ sơ") / name
    return VerificationOutcome(path=path, report=report(path, verdict, signature(verdict, *findings)), legal=legal())


def sheet_of(*outcomes: VerificationOutcome) -> Sheet:
    return verification_sheet(outcomes, regulation=PROFILE.regulation, made_at=MADE_AT)


def printed(sheet: Sheet, folder: Path) -> pymupdf.Document:
    file = folder / "phiếu.pdf"
    file.touch()
    pages = print_sheet(sheet, PROFILE.text_fonts, file)
    document = pymupdf.open(file)
    assert document.page_count == pages
    return document


def words_of(document: pymupdf.Document) -> str:
    """All text without blanks: lines may break anywhere."""
    text = "".join(page.get_text(flags=pymupdf.TEXTFLAGS_TEXT & ~pymupdf.TEXT_PRESERVE_LIGATURES) for page in document)
    return "".join(text.split())


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("kind", ["pdf", "text", "json"])
def test_every_format_says_all_that_was_found(kind: str, tmp_path: Path) -> None:
    outcome = judged(NAME, Verdict.INVALID, CHANGED)
    assert outcome.report is not None
    assert outcome.legal is not None
    sheet = sheet_of(outcome)
    text = {
        "pdf": lambda: words_of(printed(sheet, tmp_path)),
        "text": lambda: squeezed(sheet_text(sheet)),
        "json": lambda: squeezed(
            encode(verification_json([outcome], regulation=PROFILE.regulation, made_at=MADE_AT)).decode()
        ),
    }[kind]()
    wanted = [
        NAME,
        outcome.report.sha256,
        "Văn bản đã bị thay đổi sau khi ký",
        "Không dùng văn bản này; đề nghị nơi gửi cung cấp bản khác, và báo Thủ trưởng cơ quan (Điều 18 khoản 2).",
        PROFILE.regulation,
        *(describe_finding(finding) for finding in outcome.report.all_findings),
        *(describe_result(result) for result in outcome.legal.signatures[0].clauses),
    ]
    assert [one for one in wanted if squeezed(one) not in text] == []


@pytest.mark.parametrize("kind", ["text", "json"])
def test_a_valid_signature_with_a_limit_says_so_in_every_format(kind: str) -> None:
    outcome = judged(NAME, Verdict.VALID, Finding(FindingCode.TIMESTAMP_MISSING, Severity.NOTE))
    text = {
        "text": lambda: sheet_text(sheet_of(outcome)),
        "json": lambda: encode(verification_json([outcome], regulation="", made_at=MADE_AT)).decode(),
    }[kind]()
    assert "Chữ ký hợp lệ, nhưng có điểm cần lưu ý" in text
    assert squeezed("Nếu văn bản cần giá trị pháp lý, đề nghị nơi gửi bổ sung dấu thời gian.") in squeezed(text)
    assert "Chữ ký hợp lệ, văn bản nguyên vẹn" not in text


def test_the_slip_keeps_within_its_margins_and_numbers_its_pages(tmp_path: Path) -> None:
    long = "x" * 600
    document = printed(sheet_of(*(judged(f"{long}{number}.pdf") for number in range(12))), tmp_path)
    assert document.page_count > 10
    for page in document:
        for x0, y0, x1, y1, *_rest in page.get_text("words"):
            assert x0 >= 30 / 25.4 * 72 - 1
            assert x1 <= page.rect.width - 15 / 25.4 * 72 + 1
            assert y0 > 0
            assert y1 < page.rect.height
        assert f"{page.number + 1}/{document.page_count}" in page.get_text()
        assert all(font[1] == "ttf" for font in page.get_fonts()), "embedded"
    assert words_of(document).count("x") >= 24 * len(long), "in the overview and over its own part"


def test_names_of_files_are_never_markup_and_turn_no_line_around(tmp_path: Path) -> None:
    hostile = "<b>a<br>&nbsp;<para>\u202efdp.exe\x07\n<img src='x'>.pdf"
    text = words_of(printed(sheet_of(judged(hostile)), tmp_path))
    assert "<b>a<br>&nbsp;<para>fdp.exe<imgsrc='x'>.pdf" in text


def test_a_report_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bdsigner.documents.printing.PAGES_MAX", 3)
    with pytest.raises(DocumentError) as refused:
        printed(sheet_of(*(judged(f"{number}.pdf") for number in range(9))), tmp_path)
    assert refused.value.code is ErrorCode.DOCUMENT_LIMITS


def test_what_could_not_be_judged_says_why_and_carries_its_code(tmp_path: Path) -> None:
    broken = VerificationOutcome(
        path=Path("hỏng.pdf"), error=DocumentError(ErrorCode.DOCUMENT_DAMAGED, path="hỏng.pdf")
    )
    text = words_of(printed(sheet_of(broken, judged()), tmp_path))
    assert ErrorCode.DOCUMENT_DAMAGED.value in text
    (entry, _good) = json.loads(
        encode(verification_json([broken, judged()], regulation=PROFILE.regulation, made_at=MADE_AT))
    )["files"]
    assert entry["verdict"] is None
    assert entry["error"]["code"] == ErrorCode.DOCUMENT_DAMAGED.value


def test_d18_2_the_letter_is_dated_and_holds_every_finding_verbatim(tmp_path: Path) -> None:
    outcome = judged(NAME, Verdict.INVALID, CHANGED)
    assert outcome.report is not None
    reporter = Reporter(
        name="Phạm Thị Thùy Dương",
        title="Chuyên viên",
        agency="Sở Thông tin và Truyền thông",
        place="Bình Dương",
        note="Nhận qua thư điện tử ngày 11/3/2026.",
    )
    text = words_of(printed(finding_letter(outcome, reporter, made_at=MADE_AT), tmp_path))
    wanted = [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "SỞ THÔNG TIN VÀ TRUYỀN THÔNG",
        "Bình Dương, ngày 12 tháng 3 năm 2026",
        "Kính gửi: Thủ trưởng cơ quan",
        "khoản 2 Điều 18",
        NAME,
        outcome.report.sha256,
        reporter.name,
        reporter.title,
        reporter.note,
        *(describe_finding(finding) for finding in outcome.report.all_findings),
    ]
    assert [one for one in wanted if squeezed(one) not in text] == []


def test_d18_2_only_what_does_not_hold_is_reported() -> None:
    assert not needs_report(judged())
    assert needs_report(judged(NAME, Verdict.INVALID, CHANGED))
    assert needs_report(VerificationOutcome(path=Path("a"), error=DocumentError(ErrorCode.DOCUMENT_DAMAGED, path="a")))


def test_the_published_schema_is_the_one_of_the_program() -> None:
    published = Path(__file__).parents[2] / "docs" / "verification.schema.json"
    assert published.read_bytes() == schema(), "python -m tests.support.report_schema writes it anew"


@pytest.mark.parametrize(("name", "kind"), [("a.PDF", ReportFormat.PDF), ("a.txt", ReportFormat.TEXT)])
def test_the_name_says_the_format(name: str, kind: ReportFormat) -> None:
    assert ReportFormat.of(Path(name)) is kind
    with pytest.raises(StorageError) as refused:
        ReportFormat.of(Path("a.docx"))
    assert refused.value.code is ErrorCode.STORAGE_FORMAT
