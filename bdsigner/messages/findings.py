"""Findings and verdicts of a verification as sentences; the verdict comes first, in one sentence."""

from dataclasses import dataclass
from datetime import datetime

from bdsigner.messages.text import fill
from bdsigner.messages.times import show_time
from bdsigner.messages.translate import tr
from bdsigner.messages.translate import tr_noop as _
from bdsigner.model.verification import (
    ChangedThing,
    FileReport,
    Finding,
    FindingCode,
    Severity,
    SignatureReport,
    SignedContent,
    Verdict,
)

FINDING_TEXTS: dict[FindingCode, str] = {
    FindingCode.KEY_MATCHES: _("Chữ ký được tạo bằng khóa bí mật tương ứng với chứng thư số."),
    FindingCode.KEY_MISMATCH: _("Chữ ký không được tạo bằng khóa bí mật tương ứng với chứng thư số."),
    FindingCode.CONTENT_INTACT: _("Phần được ký còn nguyên vẹn."),
    FindingCode.CONTENT_CHANGED: _("Nội dung được ký không còn như lúc ký: đã bị sửa hoặc bị hỏng."),
    FindingCode.COVERS_WHOLE_FILE: _("Chữ ký bao trùm toàn bộ tập tin."),
    FindingCode.COVERS_REVISION: _("Chữ ký bao trùm toàn bộ tập tin tại thời điểm ký; sau đó có phần thêm vào."),
    FindingCode.COVERAGE_UNCLEAR: _("Chữ ký không bao trùm trọn vẹn tập tin tại thời điểm ký."),
    FindingCode.TRAILING_BYTES: _("Cuối tập tin có dữ liệu lạ không được chữ ký nào bao trùm."),
    FindingCode.CONTENTS_PADDED: _("Sau dữ liệu chữ ký có byte thừa; chúng không thuộc chữ ký và không được hiển thị."),
    FindingCode.UNREFERENCED_CONTENT: _(
        "Phần đã ký có sẵn nội dung mà văn bản không dùng đến (số đối tượng: {count}). Nội dung ấy đang không hiển thị;"
        " nếu về sau ai sửa tập tin để đưa nó ra thì kiểm tra lại sẽ thấy."
    ),
    FindingCode.FILE_REPAIRED: _("Cấu trúc tập tin bị sai: mỗi phần mềm có thể hiển thị một nội dung khác nhau."),
    FindingCode.SIGNATURE_REMOVED: _(
        "Phần thêm vào sau khi ký đã gỡ chữ ký khỏi văn bản; dưới đây xét phiên bản còn chữ ký."
    ),
    FindingCode.CHANGED_SIGNATURES_ADDED: _("Sau đó có thêm chữ ký khác; chữ ký này không bị ảnh hưởng."),
    FindingCode.CHANGED_FORM_FILLED: _("Sau khi ký, có ô biểu mẫu được điền hoặc sửa."),
    FindingCode.CHANGED_ANNOTATED: _("Sau khi ký, có ghi chú được thêm hoặc sửa."),
    FindingCode.CHANGED_OTHER: _("Sau khi ký, nội dung tập tin đã bị thay đổi."),
    FindingCode.CHANGED_LTV_ADDED: _("Sau đó có thêm dữ liệu kiểm tra lâu dài; nội dung không đổi."),
    FindingCode.CHANGES_NOT_ANALYSED: _("Chưa phân tích được các thay đổi sau khi ký."),
    FindingCode.CHANGES_FORBIDDEN: _("Có thay đổi mà chữ ký chứng nhận không cho phép."),
    FindingCode.CHAIN_TRUSTED: _("Chứng thư số thuộc hệ thống chứng thực được cấu hình tin cậy."),
    FindingCode.CHAIN_OUT_OF_SCOPE: _(
        "Chứng thư số không do hệ thống chứng thực chuyên dùng cấp nên ngoài phạm vi Quy chế (Điều 1)."
    ),
    FindingCode.CHAIN_UNKNOWN: _("Chưa lấy được chứng thư của nơi cấp nên chưa xác định được chuỗi chứng thư số."),
    FindingCode.CHAIN_BROKEN: _("Chuỗi chứng thư số không hợp lệ."),
    FindingCode.NO_ANCHORS: _("Cấu hình chưa có chứng thư gốc tin cậy nên chưa xác định được nơi cấp."),
    FindingCode.CERTIFICATE_IN_FORCE: _("Chứng thư số còn thời hạn tại thời điểm ký."),
    FindingCode.CERTIFICATE_EXPIRED: _("Chứng thư số đã hết hạn tại thời điểm xét."),
    FindingCode.CERTIFICATE_NOT_YET_VALID: _("Chứng thư số chưa có hiệu lực tại thời điểm xét."),
    FindingCode.CERTIFICATE_NOT_REVOKED: _("Chứng thư số không bị thu hồi."),
    FindingCode.CERTIFICATE_REVOKED: _(
        "Chứng thư số đã bị thu hồi từ {since}; không có dấu thời gian nào chứng minh chữ ký có trước lúc đó."
    ),
    FindingCode.CERTIFICATE_REVOKED_LATER: _(
        "Chứng thư số bị thu hồi từ {since}, sau thời điểm ký: chữ ký này không bị ảnh hưởng."
    ),
    FindingCode.CERTIFICATE_SUSPENDED: _("Chứng thư số đang bị tạm dừng, từ {since}."),
    FindingCode.CERTIFICATE_USAGE: _("Chứng thư số không có mục đích sử dụng là ký số."),
    FindingCode.CERTIFICATE_UNREADABLE: _("Không đọc được chứng thư số của người ký."),
    FindingCode.REVOCATION_UNKNOWN: _("Chưa hỏi được nơi cấp xem chứng thư số có bị thu hồi hay không."),
    FindingCode.SIGNING_CERTIFICATE_UNBOUND: _(
        "Chữ ký không gắn với chứng thư số của người ký như chuẩn PAdES yêu cầu."
    ),
    FindingCode.TIMESTAMP_VALID: _("Dấu thời gian khớp và còn nguyên vẹn."),
    FindingCode.TIMESTAMP_MISSING: _("Chưa có dấu thời gian; giờ ký là giờ do máy người ký khai."),
    FindingCode.TIMESTAMP_INVALID: _("Dấu thời gian không hợp lệ."),
    FindingCode.TIMESTAMP_UNTRUSTED: _("Dấu thời gian không do cơ quan được tin cậy cấp."),
    FindingCode.WEAK_DIGEST: _("Chữ ký dùng thuật toán đã lỗi thời ({algorithm})."),
    FindingCode.WEAK_KEY: _("Khóa của người ký quá ngắn ({bits} bit), có thể bị phá."),
    FindingCode.UNSUPPORTED_SUBFILTER: _("Loại chữ ký “{subfilter}” chưa được hỗ trợ nên chưa kiểm tra được."),
    FindingCode.UNSUPPORTED_ALGORITHM: _("Thuật toán “{algorithm}” chưa được hỗ trợ nên chưa kiểm tra được."),
    FindingCode.SIGNATURE_UNREADABLE: _("Dữ liệu chữ ký bị hỏng, không đọc được."),
    FindingCode.CERTIFICATE_MISSING: _(
        "Chưa kiểm tra được: chứng thư số của người ký không nằm trong tập tin; đề nghị nơi gửi gửi kèm."
    ),
    FindingCode.ALGORITHMS_DISAGREE: _("Các thuật toán ghi trong chữ ký không khớp nhau."),
    FindingCode.ATTRIBUTES_NOT_DER: _("Thuộc tính được ký không ghi đúng quy cách DER; chữ ký khớp sau khi ghi lại."),
    FindingCode.COUNTER_SIGNED: _("{name} đã ký xác nhận lên chữ ký này."),
    FindingCode.COUNTER_SIGNER_TRUSTED: _("Chứng thư số của người ký xác nhận {name} được tin cậy."),
    FindingCode.COUNTER_SIGNER_UNTRUSTED: _("Chưa thể tin cậy chứng thư số của người ký xác nhận {name}."),
    FindingCode.COUNTER_SIGNATURE_INVALID: _("Chữ ký xác nhận của {name} lên chữ ký này không đúng."),
    FindingCode.LONG_TERM_NOT_CHECKED: _("Có dữ liệu lưu trữ lâu dài chưa được xét: {kinds}."),
    FindingCode.CONTENT_MISSING: _("Chữ ký rời: chưa có tập tin mà nó ký nên chưa kiểm tra được; hãy chọn tập tin ấy."),
    FindingCode.CONTENT_AS_TEXT: _("Nội dung được ký như văn bản thuần: ký tự xuống dòng được quy về một dạng khi ký."),
    FindingCode.CONTENT_ENCRYPTED: _("Nội dung đã mã hóa cho người nhận; hãy giải mã rồi kiểm tra nội dung bên trong."),
    FindingCode.CONTENT_COMPRESSED: _("Tập tin chứa nội dung nén."),
    FindingCode.CONTENT_UNREADABLE: _("Không đọc được nội dung trong tập tin: dữ liệu hỏng hoặc quá giới hạn."),
    FindingCode.CONTENT_WITHOUT_SIGNER: _("Tập tin có cấu trúc CMS nhưng không mang chữ ký của ai ({type})."),
    FindingCode.INNER_VALID: _("Nội dung bên trong ({name}) cũng có chữ ký, hợp lệ."),
    FindingCode.INNER_UNCLEAR: _("Nội dung bên trong ({name}) cũng có chữ ký, chưa xác định được có hợp lệ hay không."),
    FindingCode.INNER_INVALID: _("Nội dung bên trong ({name}) cũng có chữ ký, không hợp lệ."),
    FindingCode.INNER_NOT_CHECKED: _("Chưa xét được nội dung bên trong ({name}) có chữ ký nào khác hay không."),
    FindingCode.MAIL_HEADERS_UNSIGNED: _("Chữ ký không bao trùm người gửi, người nhận, ngày và tiêu đề của thư."),
    FindingCode.MAIL_PARTLY_SIGNED: _("Chỉ một phần của thư được ký; phần còn lại có thể do người khác thêm vào."),
    FindingCode.MAIL_SENDER_DIFFERS: _("Địa chỉ gửi ({sender}) khác với thư điện tử trong chứng thư số ({signer})."),
    FindingCode.TRAINING_CERTIFICATE: _("BẢN THỬ: chứng thư số của chế độ tập huấn, không có giá trị pháp lý."),
    FindingCode.ANALYSIS_FAILED: _("Không phân tích được chữ ký này ({reason})."),
    FindingCode.JUDGING: _("Đang phân tích thay đổi sau khi ký và kiểm tra chứng thư số."),
    FindingCode.OVER_LIMITS: _(
        "Không phân tích được (quá giới hạn): mới xét tính nguyên vẹn, chưa xét thay đổi sau khi ký và chứng thư số."
    ),
}

CHANGED_THINGS = {
    ChangedThing.PAGE_CONTENT: _("nội dung trang"),
    ChangedThing.PAGES: _("thứ tự hoặc số trang"),
    ChangedThing.HIDDEN_CONTENT: _("nội dung giấu sẵn trong văn bản lúc ký, nay được đưa ra hoặc thay thế"),
    ChangedThing.ANNOTATION: _("ghi chú trên trang"),
    ChangedThing.FIELD: _("ô biểu mẫu"),
    ChangedThing.EMPTY_FIELD: _("ô chữ ký trống, có thể che nội dung"),
    ChangedThing.FORM: _("biểu mẫu"),
    ChangedThing.SIGNATURE_FIELD: _("ô chữ ký"),
    ChangedThing.SIGNATURE_LOOK: _("hình ảnh hoặc vị trí của chữ ký"),
    ChangedThing.COVERING_SIGNATURE: _("hình ảnh chữ ký ký sau che nội dung trang"),
    ChangedThing.SCRIPT: _("lệnh tự chạy (JavaScript hoặc hành động)"),
    ChangedThing.LAYERS: _("lớp hiển thị"),
    ChangedThing.NAMES: _("danh mục tên (tập tin kèm, lệnh, liên kết)"),
    ChangedThing.ATTACHMENT: _("tập tin kèm"),
    ChangedThing.OUTLINE: _("mục lục hoặc số trang"),
    ChangedThing.CERTIFICATION: _("quyền do chữ ký chứng nhận đặt ra"),
    ChangedThing.ENCRYPTION: _("mã hóa của tập tin"),
    ChangedThing.CATALOG: _("cấu trúc chung của văn bản"),
}
"""What a later revision touched, after a colon."""

_ON_CONTENT = frozenset(FindingCode) - {
    FindingCode.CHAIN_OUT_OF_SCOPE,
    FindingCode.REVOCATION_UNKNOWN,
    FindingCode.TIMESTAMP_UNTRUSTED,
}
"""What bears on more than who issued the certificates."""
_LIMITING = frozenset(
    {
        FindingCode.TIMESTAMP_MISSING,
        FindingCode.TIMESTAMP_INVALID,
        FindingCode.TIMESTAMP_UNTRUSTED,
        FindingCode.CERTIFICATE_REVOKED_LATER,
        FindingCode.CERTIFICATE_EXPIRED,
        FindingCode.CHANGED_FORM_FILLED,
        FindingCode.CHANGED_ANNOTATED,
        FindingCode.CHANGES_NOT_ANALYSED,
        FindingCode.UNREFERENCED_CONTENT,
        FindingCode.WEAK_DIGEST,
        FindingCode.WEAK_KEY,
        FindingCode.SIGNING_CERTIFICATE_UNBOUND,
    }
)
"""Notes that make a valid signature "valid, but …"; the others only tell what else is in the file."""
_WORST_FIRST = (Severity.FAIL, Severity.UNKNOWN, Severity.NOTE)

_NOT_ASKED = frozenset({FindingCode.REVOCATION_UNKNOWN, FindingCode.CHAIN_UNKNOWN, FindingCode.NO_ANCHORS})
"""Causes that leave open whether a timestamp's authority is to be trusted."""

_CHANGES = frozenset(
    {
        FindingCode.CONTENT_CHANGED,
        FindingCode.CHANGED_OTHER,
        FindingCode.CHANGED_FORM_FILLED,
        FindingCode.CHANGED_ANNOTATED,
        FindingCode.CHANGES_FORBIDDEN,
    }
)
"""The signature is its signer's, and what it signs was changed."""

_ADDITIONS = frozenset({FindingCode.CHANGED_FORM_FILLED, FindingCode.CHANGED_ANNOTATED})
"""The signed revision is as it was; what is shown is more than what was signed."""

_SIGNATURE_FAULTS = frozenset(
    {
        FindingCode.KEY_MISMATCH,
        FindingCode.CHAIN_BROKEN,
        FindingCode.CERTIFICATE_REVOKED,
        FindingCode.CERTIFICATE_SUSPENDED,
        FindingCode.CERTIFICATE_EXPIRED,
        FindingCode.CERTIFICATE_NOT_YET_VALID,
        FindingCode.CERTIFICATE_USAGE,
        FindingCode.TIMESTAMP_INVALID,
        FindingCode.WEAK_KEY,
    }
)
"""They say nothing against the content."""

_ADVICE: dict[FindingCode, str] = {
    FindingCode.REVOCATION_UNKNOWN: _("Kết nối mạng rồi kiểm tra lại."),
    FindingCode.CHAIN_UNKNOWN: _("Kết nối mạng rồi kiểm tra lại."),
    FindingCode.CHAIN_OUT_OF_SCOPE: _(
        "Nếu văn bản cần giá trị pháp lý theo Quy chế, đề nghị nơi gửi ký bằng chứng thư số chuyên dùng."
    ),
    FindingCode.NO_ANCHORS: _("Đề nghị người quản trị bổ sung chứng thư gốc vào cấu hình."),
    FindingCode.TIMESTAMP_MISSING: _("Nếu văn bản cần giá trị pháp lý, đề nghị nơi gửi bổ sung dấu thời gian."),
}
"""What to do about a finding that is not the sender's fault or can be mended."""

_ABOUT_INVALID = _(
    "Không dùng văn bản này; đề nghị nơi gửi cung cấp bản khác, và báo Thủ trưởng cơ quan (Điều 18 khoản 2)."
)


@dataclass(frozen=True, slots=True)
class Headline:
    """What is said first of a file: one sentence and one reason."""

    sentence: str
    reason: str
    advice: str = ""
    """What to do next; empty where there is nothing to do, or the reason says it."""


def describe_finding(finding: Finding, *, is_short: bool = False) -> str:
    """One finding as a sentence; ``is_short``: without where the answer comes from, as what is said first."""
    if finding.code is FindingCode.TIMESTAMP_UNTRUSTED and finding.facts.get("cause") in _NOT_ASKED:
        return tr("Chưa kiểm tra được nơi cấp dấu thời gian.")
    sentences = [fill(_text_of(finding), finding.facts)]
    if things := finding.facts.get("things"):
        names = [tr(CHANGED_THINGS[ChangedThing(one)]) for one in things.split(",")]
        sentences.append(tr("Phần liên quan: {things}.").format(things="; ".join(names)))
    if fields := finding.facts.get("fields"):
        sentences.append(tr("Ô: {fields}.").format(fields=fields))
    if "stated_at" in finding.facts and not is_short:
        sentences.append(_describe_freshness(finding))
    if pages := finding.facts.get("pages"):
        sentences.append(tr("Trang: {pages}.").format(pages=pages))
    return " ".join(sentences)


_SPOILT_TIMESTAMPS = {
    "imprint": _("Dấu thời gian không phải của chữ ký này: nó bị thay vào sau khi ký."),
    "signature": _("Dấu thời gian đã bị thay đổi sau khi được cấp."),
}
"""By the reason of TIMESTAMP_INVALID."""


def _text_of(finding: Finding) -> str:
    usual = FINDING_TEXTS[finding.code]
    if finding.code is FindingCode.TIMESTAMP_INVALID:
        return _SPOILT_TIMESTAMPS.get(finding.facts.get("reason", ""), usual)
    return usual


_ORIGINS = {"file": _("có sẵn trong tập tin"), "network": _("lấy qua mạng")}
_REVOCATION_ANSWERS = {"ocsp": _("Trả lời OCSP"), "crl": _("Danh sách thu hồi (CRL)")}


def _describe_freshness(finding: Finding) -> str:
    """What a statement on revocation is and how old: a fresh one and one of last year do not weigh the same."""
    facts = finding.facts
    return tr("{answer} {origin}, lập lúc {time}, {age} trước lúc kiểm tra.").format(
        answer=tr(_REVOCATION_ANSWERS.get(facts.get("source", ""), "…")),
        origin=tr(_ORIGINS.get(facts.get("origin", ""), "…")),
        time=show_time(datetime.fromisoformat(facts["stated_at"])),
        age=_describe_age(int(facts.get("age_minutes", "0"))),
    )


def _describe_age(minutes: int) -> str:
    if not minutes:
        return tr("ngay")
    if minutes < 120:
        return tr("{count} phút").format(count=minutes)
    if minutes < 48 * 60:
        return tr("{count} giờ").format(count=minutes // 60)
    return tr("{count} ngày").format(count=minutes // (24 * 60))


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
    """The verdict sentence, the one finding that weighs most, and what to do about it."""
    if report.is_out_of_scope:
        return _out_of_scope(report)
    worst = _weightiest(report)
    reason = describe_finding(worst, is_short=True) if worst is not None else _signed_by(report.signatures)
    match report.verdict:
        case None:
            return _describe_unsigned(worst)
        case Verdict.VALID:
            return _describe_valid(report)
        case Verdict.INDETERMINATE if _is_only_added_to(report):
            sentence = tr("Chữ ký còn nguyên, nhưng chưa bao trùm phần được điền hoặc ghi thêm sau đó")
            return Headline(sentence, reason, tr("Xem bản đã ký để biết người ký đã ký những gì."))
        case Verdict.INDETERMINATE:
            return Headline(_unclear_sentence(worst), reason, _advice(worst))
        case Verdict.INVALID:
            return Headline(_invalid_sentence(report), reason, tr(_ABOUT_INVALID))


def describe_early(report: FileReport) -> Headline:
    """What the bytes alone say, while changes and certificates are still being judged: never the last word."""
    judged = [one for one in report.all_findings if one.code is not FindingCode.JUDGING]
    if any(one.severity is Severity.FAIL for one in judged):
        worst = _weightiest(report)
        reason = describe_finding(worst, is_short=True) if worst is not None else ""
        return Headline(_invalid_sentence(report), reason, tr("Đang kiểm tra tiếp…"))
    advice = tr("Kết luận hiện ở đây ngay khi kiểm tra xong.")
    intact = [one for one in judged if one.code is FindingCode.CONTENT_INTACT]
    if len(intact) < len(report.signatures) or any(one.severity is Severity.UNKNOWN for one in judged):
        return Headline(
            tr("Đang phân tích chữ ký và thay đổi…"), tr("Chưa nói được văn bản còn nguyên vẹn hay không."), advice
        )
    if any(one.code is FindingCode.COVERS_REVISION for one in judged):
        sentence = tr("Phần được ký nguyên vẹn; đang xét phần thêm vào sau khi ký và chứng thư số…")
    else:
        sentence = tr("Văn bản nguyên vẹn kể từ khi ký; đang kiểm tra chứng thư số…")
    return Headline(sentence, tr("Chưa phải kết luận về chữ ký."), advice)


def is_limiting(finding: Finding) -> bool:
    """Whether a valid signature carries this "but …"."""
    return finding.severity is Severity.NOTE and finding.code in _LIMITING


def _describe_valid(report: FileReport) -> Headline:
    """Who signed, and the "but …" where there is one."""
    signed_by, advice = _signed_by(report.signatures), _advice(*report.all_findings)
    limits = dict.fromkeys(describe_finding(one, is_short=True) for one in report.all_findings if is_limiting(one))
    if not limits:
        return Headline(describe_verdict(Verdict.VALID), signed_by, advice)
    return Headline(tr("Chữ ký hợp lệ, nhưng có điểm cần lưu ý"), " ".join((signed_by, *limits)), advice)


def _weightiest(report: FileReport) -> Finding | None:
    for severity in _WORST_FIRST:
        for finding in report.all_findings:
            if finding.severity is severity:
                return finding
    return None


def _describe_unsigned(worst: Finding | None) -> Headline:
    """A file whose end is missing or broken may have lost its signature: that nobody signed it is not known."""
    if worst is None or worst.severity is not Severity.FAIL:
        return Headline(describe_verdict(None), tr("Không có gì để kiểm tra; nội dung chưa được ai ký."))
    return Headline(
        tr("Không thấy chữ ký số nào, và tập tin có thể đã hỏng"),
        tr("Cuối hoặc cấu trúc tập tin không đúng: có thể tải dở, bị cắt hoặc bị thêm dữ liệu."),
        tr("Nếu văn bản lẽ ra đã được ký, hãy lấy lại tập tin từ nơi gửi."),
    )


def _unclear_sentence(worst: Finding | None) -> str:
    if worst is not None and worst.code is FindingCode.CONTENT_ENCRYPTED:
        return tr("Chưa đọc được: tập tin đã được mã hóa")
    if worst is not None and worst.code is FindingCode.CHAIN_OUT_OF_SCOPE:
        return tr("Chữ ký ngoài phạm vi Quy chế, chưa rõ có hợp lệ hay không")
    return describe_verdict(Verdict.INDETERMINATE)


def _is_only_added_to(report: FileReport) -> bool:
    """Nothing is open but what others filled in or noted later, without leave or ban of the signer's (§12.8.2.2)."""
    unclear = {one.code for one in report.all_findings if one.severity is Severity.UNKNOWN}
    is_intact = all(FindingCode.CONTENT_INTACT in {one.code for one in each.findings} for each in report.signatures)
    return is_intact and bool(unclear) and unclear <= _ADDITIONS


def _invalid_sentence(report: FileReport) -> str:
    """Đ3.3 tells two things apart: whose signature it is, and whether the content is as it was."""
    failed = {finding.code for finding in report.all_findings if finding.severity is Severity.FAIL}
    if failed and failed <= _CHANGES:
        return tr("Văn bản đã bị thay đổi sau khi ký")
    if failed and failed <= _SIGNATURE_FAULTS:
        return tr("Chữ ký không hợp lệ")
    return describe_verdict(Verdict.INVALID)


def _advice(*findings: Finding | None) -> str:
    """What helps against the first of them that anything helps against."""
    return next((tr(_ADVICE[one.code]) for one in findings if one is not None and one.code in _ADVICE), "")


def _out_of_scope(report: FileReport) -> Headline:
    """Other law decides on such a signature; what can be said is whether the content is as it was signed."""
    findings = report.all_findings
    unclear = [one for one in findings if one.severity is Severity.UNKNOWN and one.code in _ON_CONTENT]
    intact = [one for one in findings if one.code is FindingCode.CONTENT_INTACT]
    told = [Finding(FindingCode.CHAIN_OUT_OF_SCOPE, Severity.UNKNOWN), *(unclear or intact)[:1]]
    reason = " ".join(describe_finding(one, is_short=True) for one in told)
    return Headline(_unclear_sentence(told[0]), reason, _advice(told[0]))


def describe_content(content: SignedContent) -> str:
    """What is signed, where that is not the file itself."""
    sentence = tr("Nội dung trong tập tin: {name}") if content.is_enclosed else tr("Đối chiếu với tập tin: {name}")
    return sentence.format(name=content.name)


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
