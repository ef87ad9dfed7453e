"""Báo cáo Thủ trưởng cơ quan: what a recipient reports of a document that does not hold (Đ18.2)."""

from dataclasses import dataclass
from datetime import datetime

from bdsigner.messages.findings import describe_finding, describe_signing_time
from bdsigner.messages.times import letter_date, show_time
from bdsigner.messages.translate import tr
from bdsigner.model.sheet import Section, Sheet
from bdsigner.model.verification import Severity, VerificationOutcome
from bdsigner.reports.verification_sheet import CLAUSE_WIDTHS, FACT_WIDTHS, clause_rows, conclusion_of, value_of

_OPENING = (
    "Thực hiện khoản 2 Điều 18 Quy chế quản lý và sử dụng chứng thư số, tôi báo cáo kết quả kiểm tra văn bản điện tử"
    " đã nhận như sau:"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reporter:
    """Who reports; empty values leave a dotted line to be filled in by hand."""

    name: str = ""
    title: str = ""
    agency: str = ""
    place: str = ""
    note: str = ""
    """How the document came, in the reporter's own words."""


def needs_report(outcome: VerificationOutcome) -> bool:
    """Whether there is something to report: anything short of a signature that holds."""
    report = outcome.report
    return report is None or any(
        finding.severity in (Severity.FAIL, Severity.UNKNOWN) for finding in report.all_findings
    )


def finding_letter(outcome: VerificationOutcome, reporter: Reporter, *, made_at: datetime) -> Sheet:
    """The dated report with every finding verbatim.  Its words are those of a document: Vietnamese in any language."""
    return Sheet(
        letterhead=(
            (reporter.agency.upper() or "………………………………",),
            (
                "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
                "Độc lập - Tự do - Hạnh phúc",
                "",
                letter_date(made_at, reporter.place),
            ),
        ),
        title="BÁO CÁO",
        subtitle="Về việc kiểm tra chữ ký số trên văn bản nhận được",
        sections=(
            Section(paragraphs=("Kính gửi: Thủ trưởng cơ quan",)),
            Section(paragraphs=(_OPENING,)),
            _document(outcome),
            Section(heading="Kết luận của chương trình kiểm tra", paragraphs=conclusion_of(outcome)),
            *_findings(outcome),
            Section(heading="Ghi chú của người báo cáo", paragraphs=(reporter.note or "…" * 36,)),
            Section(paragraphs=("Kính báo cáo Thủ trưởng cơ quan xem xét, chỉ đạo xử lý.",)),
        ),
        signing=((), ("NGƯỜI BÁO CÁO", reporter.title or "(Ký và ghi rõ họ tên)", reporter.name or " ")),
        foot=outcome.report.sha256 if outcome.report is not None else "",
    )


def _document(outcome: VerificationOutcome) -> Section:
    rows = [("Tên tập tin", outcome.path.name)]
    if outcome.report is not None:
        report = outcome.report
        rows += [
            ("Mã băm SHA-256", report.sha256),
            ("Kích thước", f"{report.size_bytes} byte"),
            ("Thời điểm kiểm tra", show_time(report.checked_at)),
        ]
    return Section(rows=tuple(rows), widths=FACT_WIDTHS)


def _findings(outcome: VerificationOutcome) -> list[Section]:
    report = outcome.report
    if report is None:
        return []
    sections = []
    if report.findings:
        lines = tuple(f"- {describe_finding(finding)}" for finding in report.findings)
        sections.append(Section(heading="Về tập tin", paragraphs=lines))
    for number, signature in enumerate(report.signatures, start=1):
        name = signature.signer.common_name if signature.signer is not None else tr("không rõ")
        heading = f"Chữ ký {number}: {name}, {describe_signing_time(signature)}"
        lines = tuple(f"- {describe_finding(finding)}" for finding in signature.findings)
        sections.append(Section(heading=heading, paragraphs=lines))
        value = value_of(signature, outcome.legal)
        if value is not None:
            rows = clause_rows(value)
            columns = ("Điều", "Nội dung", "Kết quả", "Căn cứ")
            sections.append(Section(columns=columns, rows=rows, widths=CLAUSE_WIDTHS))
    return sections
