"""What is said first of a file: never more than was checked, and which of two things failed (Đ3.3)."""

from pathlib import Path

import pytest

from bdsigner.messages.findings import Headline, describe_finding, describe_report
from bdsigner.model.verification import Finding, FindingCode, Severity, Verdict
from tests.support.reports import report, signature

REVOKED, CHANGED = FindingCode.CERTIFICATE_REVOKED, FindingCode.CHANGED_OTHER


def headline(verdict: Verdict | None, *findings: Finding) -> Headline:
    return describe_report(report(Path("a.pdf"), verdict, signature(verdict or Verdict.VALID, *findings)))


@pytest.mark.parametrize(
    ("failed", "sentence"),
    [
        ((CHANGED,), "Văn bản đã bị thay đổi sau khi ký"),
        ((FindingCode.CONTENT_CHANGED, CHANGED), "Văn bản đã bị thay đổi sau khi ký"),
        ((REVOKED,), "Chữ ký không hợp lệ"),
        ((REVOKED, CHANGED), "Chữ ký không hợp lệ hoặc văn bản đã bị thay đổi"),
        ((FindingCode.COVERAGE_UNCLEAR,), "Chữ ký không hợp lệ hoặc văn bản đã bị thay đổi"),
    ],
)
def test_only_what_failed_is_named(failed: tuple[FindingCode, ...], sentence: str) -> None:
    said = headline(Verdict.INVALID, *(Finding(code, Severity.FAIL) for code in failed))
    assert said.sentence == sentence
    assert "Không dùng văn bản này" in said.advice


@pytest.mark.parametrize("code", FindingCode)
def test_what_could_not_be_checked_is_called_neither_valid_nor_invalid(code: FindingCode) -> None:
    said = headline(Verdict.INDETERMINATE, Finding(code, Severity.UNKNOWN))
    assert "chưa" in said.sentence.lower()
    assert "Không dùng" not in said.advice


def test_what_was_added_after_an_intact_signature_is_named_as_that() -> None:
    intact = (Finding(FindingCode.CONTENT_INTACT, Severity.OK), Finding(FindingCode.KEY_MATCHES, Severity.OK))
    filled = Finding(FindingCode.CHANGED_FORM_FILLED, Severity.UNKNOWN, {"fields": "Họ tên"})
    said = headline(Verdict.INDETERMINATE, *intact, filled)
    assert said.sentence == "Chữ ký còn nguyên, nhưng chưa bao trùm phần được điền hoặc ghi thêm sau đó"
    assert "Họ tên" in said.reason
    assert "bản đã ký" in said.advice
    general = "Chưa xác định được chữ ký có hợp lệ hay không"
    assert headline(Verdict.INDETERMINATE, filled).sentence == general
    revocation = Finding(FindingCode.REVOCATION_UNKNOWN, Severity.UNKNOWN)
    assert headline(Verdict.INDETERMINATE, *intact, filled, revocation).sentence == general


def test_advice_belongs_to_the_reason_that_is_given() -> None:
    """Connecting to the network does not bring the file that a detached signature signs."""
    missing = Finding(FindingCode.CONTENT_MISSING, Severity.UNKNOWN)
    said = headline(Verdict.INDETERMINATE, missing, Finding(FindingCode.REVOCATION_UNKNOWN, Severity.UNKNOWN))
    assert (said.reason, said.advice) == (describe_finding(missing), "")


def test_an_unsigned_file_is_only_called_that_when_it_is_whole() -> None:
    assert describe_report(report(Path("a.pdf"), None)).sentence == "Tập tin không có chữ ký số"
    damaged = headline(None, Finding(FindingCode.TRAILING_BYTES, Severity.FAIL))
    assert damaged.sentence == "Không thấy chữ ký số nào, và tập tin có thể đã hỏng"
    assert "chưa được ai ký" not in damaged.reason


@pytest.mark.parametrize(
    ("cause", "sentence"),
    [
        (FindingCode.REVOCATION_UNKNOWN, "Chưa kiểm tra được nơi cấp dấu thời gian."),
        (FindingCode.CHAIN_UNKNOWN, "Chưa kiểm tra được nơi cấp dấu thời gian."),
        (FindingCode.CHAIN_OUT_OF_SCOPE, "Dấu thời gian không do cơ quan được tin cậy cấp."),
        (FindingCode.CERTIFICATE_REVOKED, "Dấu thời gian không do cơ quan được tin cậy cấp."),
    ],
)
def test_an_authority_that_was_not_asked_about_is_not_called_untrusted(cause: FindingCode, sentence: str) -> None:
    finding = Finding(FindingCode.TIMESTAMP_UNTRUSTED, Severity.UNKNOWN, {"cause": cause.value})
    assert describe_finding(finding) == sentence
