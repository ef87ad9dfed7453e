"""Findings and verdicts of a verification as sentences; the verdict comes first, in one sentence."""

from dataclasses import dataclass

from bdsigner.messages.text import fill
from bdsigner.messages.times import show_time
from bdsigner.messages.translate import tr
from bdsigner.messages.translate import tr_noop as _
from bdsigner.model.verification import (
    FileReport,
    Finding,
    FindingCode,
    Severity,
    SignatureReport,
    Verdict,
)

FINDING_TEXTS: dict[FindingCode, str] = {
    FindingCode.KEY_MATCHES: _("Chữ ký được tạo bằng khóa bí mật tương ứng với chứng thư số."),
    FindingCode.KEY_MISMATCH: _("Chữ ký không được tạo bằng khóa bí mật tương ứng với chứng thư số."),
    FindingCode.CONTENT_INTACT: _("Nội dung được ký còn nguyên vẹn."),
    FindingCode.CONTENT_CHANGED: _("Nội dung được ký đã bị thay đổi."),
    FindingCode.COVERS_WHOLE_FILE: _("Chữ ký bao trùm toàn bộ tập tin."),
    FindingCode.COVERS_REVISION: _("Chữ ký bao trùm toàn bộ tập tin tại thời điểm ký; sau đó có phần thêm vào."),
    FindingCode.COVERAGE_UNCLEAR: _("Chữ ký không bao trùm trọn vẹn tập tin tại thời điểm ký."),
    FindingCode.TRAILING_BYTES: _("Cuối tập tin có dữ liệu lạ không được chữ ký nào bao trùm."),
    FindingCode.FILE_REPAIRED: _("Cấu trúc tập tin bị sai: mỗi phần mềm có thể hiển thị một nội dung khác nhau."),
    FindingCode.CHANGED_SIGNATURES_ADDED: _("Sau đó có thêm chữ ký khác; chữ ký này không bị ảnh hưởng."),
    FindingCode.CHANGED_FORM_FILLED: _("Sau khi ký, có ô biểu mẫu được điền hoặc sửa."),
    FindingCode.CHANGED_ANNOTATED: _("Sau khi ký, có ghi chú được thêm hoặc sửa."),
    FindingCode.CHANGED_OTHER: _("Sau khi ký, nội dung tập tin đã bị thay đổi."),
    FindingCode.CHANGED_LTV_ADDED: _("Sau đó có thêm dữ liệu kiểm tra lâu dài; nội dung không đổi."),
    FindingCode.CHANGES_NOT_ANALYSED: _("Chưa phân tích được các thay đổi sau khi ký."),
    FindingCode.CHANGES_FORBIDDEN: _("Có thay đổi mà chữ ký chứng nhận không cho phép."),
    FindingCode.CHAIN_TRUSTED: _("Chứng thư số thuộc hệ thống chứng thực được cấu hình tin cậy."),
    FindingCode.CHAIN_OUT_OF_SCOPE: _("Chứng thư số ngoài phạm vi Quy chế (Điều 1)."),
    FindingCode.CHAIN_UNKNOWN: _("Chưa lấy được chứng thư của nơi cấp nên chưa xác định được chuỗi chứng thư số."),
    FindingCode.CHAIN_BROKEN: _("Chuỗi chứng thư số không hợp lệ."),
    FindingCode.NO_ANCHORS: _("Cấu hình chưa có chứng thư gốc tin cậy nên chưa xác định được nơi cấp."),
    FindingCode.CERTIFICATE_IN_FORCE: _("Chứng thư số còn thời hạn tại thời điểm ký."),
    FindingCode.CERTIFICATE_EXPIRED: _("Chứng thư số đã hết hạn tại thời điểm xét."),
    FindingCode.CERTIFICATE_NOT_YET_VALID: _("Chứng thư số chưa có hiệu lực tại thời điểm xét."),
    FindingCode.CERTIFICATE_NOT_REVOKED: _("Chứng thư số không bị thu hồi (nguồn: {source})."),
    FindingCode.CERTIFICATE_REVOKED: _("Chứng thư số đã bị thu hồi trước thời điểm ký ({since})."),
    FindingCode.CERTIFICATE_REVOKED_LATER: _("Chứng thư số bị thu hồi sau thời điểm ký ({since})."),
    FindingCode.CERTIFICATE_SUSPENDED: _("Chứng thư số đang bị tạm dừng ({since})."),
    FindingCode.CERTIFICATE_USAGE: _("Chứng thư số không có mục đích sử dụng là ký số."),
    FindingCode.CERTIFICATE_UNREADABLE: _("Không đọc được chứng thư số của người ký."),
    FindingCode.REVOCATION_UNKNOWN: _("Chưa kiểm tra được chứng thư số có bị thu hồi hay không."),
    FindingCode.SIGNING_CERTIFICATE_UNBOUND: _(
        "Chữ ký không gắn với chứng thư số của người ký như chuẩn PAdES yêu cầu."
    ),
    FindingCode.TIMESTAMP_VALID: _("Dấu thời gian hợp lệ."),
    FindingCode.TIMESTAMP_MISSING: _("Chưa có dấu thời gian; giờ ký là giờ do máy người ký khai."),
    FindingCode.TIMESTAMP_INVALID: _("Dấu thời gian không hợp lệ."),
    FindingCode.TIMESTAMP_UNTRUSTED: _(
        "Dấu thời gian không do cơ quan được tin cậy cấp, hoặc chưa kiểm tra được nơi cấp."
    ),
    FindingCode.WEAK_DIGEST: _("Chữ ký dùng thuật toán đã lỗi thời ({algorithm})."),
    FindingCode.UNSUPPORTED_SUBFILTER: _("Loại chữ ký “{subfilter}” chưa được hỗ trợ nên chưa kiểm tra được."),
    FindingCode.UNSUPPORTED_ALGORITHM: _("Thuật toán “{algorithm}” chưa được hỗ trợ nên chưa kiểm tra được."),
    FindingCode.SIGNATURE_UNREADABLE: _("Dữ liệu chữ ký bị hỏng, không đọc được."),
    FindingCode.TRAINING_CERTIFICATE: _("BẢN THỬ: chứng thư số của chế độ tập huấn, không có giá trị pháp lý."),
    FindingCode.ANALYSIS_FAILED: _("Không phân tích được chữ ký này ({reason})."),
}

_WORST_FIRST = (Severity.FAIL, Severity.UNKNOWN, Severity.NOTE)


@dataclass(frozen=True, slots=True)
class Headline:
    """What is said first of a file: one sentence and one reason."""

    sentence: str
    reason: str


def describe_finding(finding: Finding) -> str:
    """One finding as a sentence."""
    return fill(FINDING_TEXTS[finding.code], finding.facts)


def describe_verdict(verdict: Verdict | None) -> str:
    """The verdict on a file as one sentence; ``None``: no signature."""
    match verdict:
        case None:
            return tr("Tập tin không có chữ ký số")
        case Verdict.VALID:
            return tr("Chữ ký hợp lệ, văn bản nguyên vẹn")
        case Verdict.INDETERMINATE:
            return tr("Chưa xác định được chữ ký có hợp lệ hay không")
        case Verdict.INVALID:
            return tr("Chữ ký không hợp lệ hoặc văn bản đã bị thay đổi")


def describe_report(report: FileReport) -> Headline:
    """The verdict sentence and the one finding that weighs most."""
    if report.verdict is None:
        return Headline(describe_verdict(None), tr("Không có gì để kiểm tra; nội dung chưa được ai ký."))
    for severity in _WORST_FIRST:
        if severity is Severity.NOTE and report.verdict is Verdict.VALID:
            break
        for finding in report.all_findings:
            if finding.severity is severity:
                return Headline(describe_verdict(report.verdict), describe_finding(finding))
    return Headline(describe_verdict(report.verdict), _signed_by(report.signatures))


def describe_signing_time(signature: SignatureReport) -> str:
    """The signing time with what it rests on (regulation.md §8, §9)."""
    if signature.timestamp is not None and signature.timestamp.verdict is Verdict.VALID:
        return tr("{time} (dấu thời gian của {authority})").format(
            time=show_time(signature.timestamp.time), authority=signature.timestamp.authority
        )
    if signature.claimed_time is not None:
        return tr("{time} (do máy người ký khai)").format(time=show_time(signature.claimed_time))
    return tr("không rõ")


def _signed_by(signatures: tuple[SignatureReport, ...]) -> str:
    names = [s.signer.common_name or s.signer.subject for s in signatures if s.signer and not s.is_document_timestamp]
    return tr("Ký bởi: {names}.").format(names="; ".join(names))
