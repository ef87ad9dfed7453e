"""The slip of a verification, to be printed or kept: conclusion, clause table, signatures, checks (Đ18.1)."""

from collections.abc import Sequence
from datetime import datetime

from bdsigner import __version__
from bdsigner.messages.errors import describe
from bdsigner.messages.findings import describe_finding, describe_report, describe_signing_time
from bdsigner.messages.legal_value import (
    describe_clause,
    describe_clause_outcome,
    describe_kind,
    describe_legal,
    describe_result,
)
from bdsigner.messages.times import show_date, show_time
from bdsigner.messages.translate import tr
from bdsigner.model.certificate import Certificate
from bdsigner.model.legal_value import CITATIONS, LegalValue, SignatureValue
from bdsigner.model.sheet import Section, Sheet
from bdsigner.model.verification import FileReport, Finding, Severity, SignatureReport, VerificationOutcome

_MARKS = {Severity.OK: "[+]", Severity.NOTE: "[i]", Severity.UNKNOWN: "[?]", Severity.FAIL: "[x]"}
"""Before each check; the text fonts have no ticks and crosses."""
FACT_WIDTHS = (32, 68)
CLAUSE_WIDTHS = (10, 36, 18, 36)
_HASH_SHOWN = 16


def verification_sheet(outcomes: Sequence[VerificationOutcome], *, regulation: str, made_at: datetime) -> Sheet:
    """The report on files, an overview first where there are several.

    ``regulation`` is the name of the regulation of the profile; ``made_at`` is aware.
    """
    sections = [_overview(outcomes)] if len(outcomes) > 1 else []
    for outcome in outcomes:
        sections += _of_file(outcome)
    program = ((tr("Lập phiếu lúc"), show_time(made_at)), (tr("Chương trình"), f"bdsigner {__version__}"))
    sections.append(Section(rows=program, widths=FACT_WIDTHS))
    return Sheet(
        title=tr("PHIẾU KIỂM TRA CHỮ KÝ SỐ"),
        subtitle=regulation,
        sections=tuple(sections),
        foot=_foot(outcomes),
    )


def _overview(outcomes: Sequence[VerificationOutcome]) -> Section:
    columns = (tr("STT"), tr("Tập tin"), tr("Kết luận"))
    rows = tuple(
        (str(number), outcome.path.name, conclusion_of(outcome)[0]) for number, outcome in enumerate(outcomes, start=1)
    )
    return Section(heading=tr("Tổng hợp"), columns=columns, rows=rows, widths=(8, 46, 46))


def _of_file(outcome: VerificationOutcome) -> list[Section]:
    rows = file_facts(outcome.report) if outcome.report is not None else ()
    sections = [
        Section(heading=outcome.path.name, rows=rows, widths=FACT_WIDTHS),
        Section(heading=tr("Kết luận"), paragraphs=conclusion_of(outcome)),
    ]
    report = outcome.report
    if report is not None:
        if report.findings:
            sections.append(Section(heading=tr("Về tập tin"), paragraphs=_checks(report.findings)))
        for number, signature in enumerate(report.signatures, start=1):
            sections += _signature(number, signature, outcome.legal)
    return sections


def file_facts(report: FileReport) -> tuple[tuple[str, str], ...]:
    """What identifies the file that was judged."""
    return (
        (tr("SHA-256"), report.sha256),
        (tr("Kích thước"), tr("{count} byte").format(count=report.size_bytes)),
        (tr("Kiểm tra lúc"), show_time(report.checked_at)),
    )


def conclusion_of(outcome: VerificationOutcome) -> tuple[str, ...]:
    """What is said first: the verdict, its reason, what to do, and the legal value; or why there is none."""
    if outcome.report is None:
        if outcome.error is None:
            raise ValueError("an outcome has a report or an error")
        message = describe(outcome.error)
        return message.title, f"{message.sentence} {message.remedy}", tr("Mã lỗi: {code}").format(code=message.code)
    headline = describe_report(outcome.report)
    lines = [f"{headline.sentence}.", headline.reason]
    if headline.advice:
        lines.append(headline.advice)
    if outcome.legal is not None:
        lines.append(describe_legal(outcome.legal))
    return tuple(lines)


def clause_rows(value: SignatureValue) -> tuple[tuple[str, str, str, str], ...]:
    """Clause, what it asks, the answer, why."""
    return tuple(
        (
            CITATIONS[result.clause],
            describe_clause(result.clause),
            describe_clause_outcome(result.outcome),
            describe_result(result),
        )
        for result in value.clauses
    )


def value_of(signature: SignatureReport, legal: LegalValue | None) -> SignatureValue | None:
    """The clause table of a signature; ``None`` for document timestamps."""
    values = legal.signatures if legal is not None else ()
    return next((value for value in values if value.field_name == signature.field_name), None)


def _signature(number: int, signature: SignatureReport, legal: LegalValue | None) -> list[Section]:
    kind = tr("Dấu thời gian của tập tin") if signature.is_document_timestamp else tr("Chữ ký {number}")
    sections = [
        Section(
            heading=f"{kind.format(number=number)} – {signature.field_name}",
            rows=signature_facts(signature),
            widths=FACT_WIDTHS,
        )
    ]
    value = value_of(signature, legal)
    if value is not None:
        columns = (tr("Điều"), tr("Nội dung"), tr("Kết quả"), tr("Căn cứ"))
        heading = tr("Giá trị pháp lý: {kind}").format(kind=describe_kind(value))
        sections.append(Section(heading=heading, columns=columns, rows=clause_rows(value), widths=CLAUSE_WIDTHS))
    sections.append(Section(heading=tr("Các bước kiểm tra"), paragraphs=_checks(signature.findings)))
    return sections


def signature_facts(signature: SignatureReport) -> tuple[tuple[str, str], ...]:
    """Who, when, with what."""
    signer = signature.signer
    rows: list[tuple[str, str]] = []
    if signer is not None:
        rows += _signer_facts(signer)
    rows += [
        (tr("Thời gian ký"), describe_signing_time(signature)),
        (tr("Loại chữ ký"), " · ".join(part for part in (signature.subfilter, signature.digest_algorithm) if part)),
        (
            tr("Phần được ký"),
            tr("{count} byte đầu tiên, phiên bản {revision}").format(
                count=signature.covered_bytes, revision=signature.revision
            ),
        ),
    ]
    return tuple((label, value) for label, value in rows if value)


def _signer_facts(signer: Certificate) -> list[tuple[str, str]]:
    term = tr("{start} – {end}").format(start=show_date(signer.not_before), end=show_date(signer.not_after))
    return [
        (tr("Người ký"), signer.common_name or signer.subject),
        (tr("Chức danh"), signer.title),
        (tr("Cơ quan"), signer.agency),
        (tr("Thư điện tử"), signer.email),
        (tr("Số chứng thư số"), signer.serial_number),
        (tr("Nơi cấp"), signer.issuer_name),
        (tr("Hiệu lực"), term),
    ]


def _checks(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    return tuple(f"{_MARKS[finding.severity]} {describe_finding(finding)}" for finding in findings)


def _foot(outcomes: Sequence[VerificationOutcome]) -> str:
    program = f"bdsigner {__version__}"
    report = outcomes[0].report if len(outcomes) == 1 else None
    return program if report is None else f"{program} · SHA-256 {report.sha256[:_HASH_SHOWN]}…"
