"""The clause table and the sentence on legal value (Đ11, Đ12; regulation.md §9)."""

from datetime import datetime

from bdsigner.messages.declaration import describe_kind_and_mode
from bdsigner.messages.text import fill
from bdsigner.messages.times import show_time
from bdsigner.messages.translate import tr
from bdsigner.messages.translate import tr_noop as _
from bdsigner.model.legal_value import (
    Clause,
    ClauseOutcome,
    ClauseResult,
    LegalReason,
    LegalStanding,
    LegalValue,
    SignatureValue,
)

CLAUSE_TEXTS: dict[Clause, str] = {
    Clause.KEY_MATCHES: _("Khóa bí mật tạo chữ ký tương ứng với khóa công khai trên chứng thư số"),
    Clause.IN_FORCE: _("Ký trong thời gian chứng thư số có hiệu lực, theo dấu thời gian trong chữ ký"),
    Clause.SOLE_CONTROL: _("Khóa bí mật chỉ thuộc sự kiểm soát của người ký tại thời điểm ký"),
    Clause.BOUND_TO_CONTENT: _("Khóa và nội dung chỉ gắn với người ký; nội dung không đổi từ khi ký"),
    Clause.STATUS: _("Tình trạng chứng thư số được kiểm tra qua dịch vụ của tổ chức cung cấp"),
    Clause.KIND_ALLOWED: _("Loại văn bản được ký số theo quy định"),
    Clause.SAFE: _("Chữ ký số an toàn và đã được kiểm tra"),
    Clause.SIGNER_TITLE: _("Người ký đúng thẩm quyền, đúng chức danh"),
    Clause.FORMAT: _("Văn bản ở định dạng PDF"),
    Clause.NUMBER_AND_DATE: _("Có số và ngày, tháng, năm ban hành"),
    Clause.PLACE: _("Chữ ký đặt đúng vị trí"),
    Clause.REVIEW: _("Văn thư đã rà soát thẩm quyền trước khi phát hành"),
    Clause.CHANNEL: _("Phát hành qua kênh được quy định"),
    Clause.MADE_AS_PRESCRIBED: _("Ký và phát hành đúng trình tự"),
    Clause.OTHER_DOCUMENTS: _("Văn bản nội bộ, trao đổi giữa các thuê bao"),
}

REASON_TEXTS: dict[LegalReason, str] = {
    LegalReason.KEY_MATCHES: _("Giá trị chữ ký khớp với khóa công khai."),
    LegalReason.KEY_MISMATCH: _("Giá trị chữ ký không khớp với khóa công khai."),
    LegalReason.SIGNATURE_UNREADABLE: _("Dữ liệu chữ ký bị hỏng."),
    LegalReason.ALGORITHM_UNKNOWN: _("Chưa kiểm tra được giá trị chữ ký."),
    LegalReason.IN_FORCE_AT_TIMESTAMP: _(
        "Dấu thời gian {time} của {authority} nằm trong thời hạn hiệu lực, sau khi công bố."
    ),
    LegalReason.IN_FORCE_UNPUBLISHED: _(
        "Dấu thời gian {time} của {authority} nằm trong thời hạn hiệu lực; chưa xác định thời điểm công bố."
    ),
    LegalReason.TIMESTAMP_MISSING: _("Chữ ký không có dấu thời gian."),
    LegalReason.TIMESTAMP_INVALID: _("Dấu thời gian không hợp lệ."),
    LegalReason.TIMESTAMP_UNTRUSTED: _("Chưa kiểm tra được nơi cấp dấu thời gian."),
    LegalReason.CERTIFICATE_OUT_OF_DATE: _("Tại thời điểm ký, chứng thư số chưa có hoặc đã hết hiệu lực."),
    LegalReason.CERTIFICATE_NOT_PUBLISHED: _("Chứng thư số chưa được công bố nên chưa có hiệu lực (Đ6.3a)."),
    LegalReason.CERTIFICATE_PUBLISHED_LATER: _(
        "Ký trước khi chứng thư số được công bố ({since}), khi chưa có hiệu lực (Đ6.3a)."
    ),
    LegalReason.CERTIFICATE_REVOKED: _("Chứng thư số đã bị thu hồi."),
    LegalReason.CERTIFICATE_SUSPENDED: _("Chứng thư số đang bị tạm dừng."),
    LegalReason.CERTIFICATE_USAGE: _("Chứng thư số không dùng để ký."),
    LegalReason.CHAIN_BROKEN: _("Chứng thư số không do nơi cấp ghi trên đó ký."),
    LegalReason.CHAIN_UNCHECKED: _("Chưa kiểm tra được nơi cấp chứng thư số."),
    LegalReason.OWN_TOKEN_USED: _("Ký bằng thiết bị {serial} trên máy này, có nhập mã PIN."),
    LegalReason.CONTROL_UNKNOWN: _("Tập tin không chứng minh được; chỉ cơ quan ký xác nhận được."),
    LegalReason.CONTENT_BOUND: _("Chữ ký gắn với chứng thư số và bao trùm nội dung."),
    LegalReason.CONTENT_CHANGED: _("Nội dung đã thay đổi, hoặc không được chữ ký bao trùm trọn vẹn."),
    LegalReason.CHANGES_UNCLEAR: _("Chưa kết luận được nội dung có thay đổi sau khi ký hay không."),
    LegalReason.STATUS_GOOD: _("Không bị thu hồi, không bị tạm dừng tại thời điểm ký."),
    LegalReason.STATUS_UNKNOWN: _("Chưa hỏi được tình trạng thu hồi."),
    LegalReason.KIND_FITS: _("Không thuộc loại không được ký số."),
    LegalReason.KIND_FORBIDDEN: _("Thuộc loại không được ký số: {kind}."),
    LegalReason.KIND_SECRET: _("Tài liệu có độ mật không được ký số."),
    LegalReason.KIND_UNREAD: _("Chưa đọc được loại văn bản; hãy chọn loại văn bản."),
    LegalReason.SAFE: _("Đạt các điều kiện của Điều 11 kiểm tra được."),
    LegalReason.NOT_SAFE: _("Có điều kiện của Điều 11 không đạt."),
    LegalReason.SAFETY_UNCLEAR: _("Có điều kiện của Điều 11 chưa kiểm tra được."),
    LegalReason.TITLE_FITS: _("Chức danh trên chứng thư số “{title}” trùng với chức danh trên văn bản."),
    LegalReason.TITLE_OTHER: _("Văn bản ghi chức danh “{written}”, chứng thư số ghi “{title}”."),
    LegalReason.TITLE_MISSING: _("Chứng thư số không ghi chức danh."),
    LegalReason.TITLE_UNREAD: _("Chưa đọc được chức danh trên văn bản; hãy xem phần ký."),
    LegalReason.POWER_UNFIT: _(
        "Hình thức ký thay, thừa lệnh hoặc thừa ủy quyền trên văn bản không phù hợp với chức danh."
    ),
    LegalReason.OTHER_SIGNER: _("Văn bản ghi tên “{written}”, chứng thư số của “{name}”."),
    LegalReason.NOT_AUTHORISED: _("“{title}” không phải người có thẩm quyền ký văn bản chính thức."),
    LegalReason.COPY_TITLE_FITS: _("“{title}” được ký bản số hóa."),
    LegalReason.COPY_TITLE_OTHER: _("“{title}” không được ký bản số hóa; người được ký: {allowed}."),
    LegalReason.IS_PDF: _("Là PDF."),
    LegalReason.IS_NO_PDF: _("Không phải PDF."),
    LegalReason.NUMBER_AND_DATE_FILLED: _("Số {number}, ngày {date}."),
    LegalReason.NUMBER_OR_DATE_EMPTY: _("Số hoặc ngày còn trống."),
    LegalReason.NUMBER_OR_DATE_UNREAD: _("Chưa đọc được số hoặc ngày; hãy xem trang 1."),
    LegalReason.PLACE_FITS: _("Ở trang {page}, đúng chỗ."),
    LegalReason.PLACE_OTHER: _("Ở trang {page}, ngoài vị trí quy định."),
    LegalReason.PLACE_UNREAD: _("Chưa đọc được vị trí quy định; hãy xem chữ ký trên trang."),
    LegalReason.INVISIBLE: _("Chữ ký không hiển thị trên văn bản."),
    LegalReason.REVIEWED: _("{reviewer} đã rà soát lúc {time}."),
    LegalReason.RETURNED: _("{reviewer} đã trả lại lúc {time}."),
    LegalReason.REVIEW_UNKNOWN: _("Tập tin không chứng minh được; chỉ cơ quan phát hành xác nhận được."),
    LegalReason.CHANNEL_FITS: _("Qua {channel}."),
    LegalReason.CHANNEL_OTHER: _("“{channel}” không phải kênh phát hành được quy định."),
    LegalReason.CHANNEL_UNKNOWN: _("Tập tin không cho biết đã đến bằng kênh nào; hãy đối chiếu nơi bạn nhận."),
    LegalReason.REVIEW_STATED: _(
        "Theo bằng chứng “{evidence}” do nơi gửi cung cấp: {reviewer} đã rà soát lúc {time}. Bằng chứng này không được ký"
        " số; hãy xác nhận với cơ quan phát hành."
    ),
    LegalReason.CHANNEL_STATED: _(
        "Theo bằng chứng “{evidence}” do nơi gửi cung cấp: phát hành lúc {time} qua {channel}. Hãy đối chiếu nơi bạn nhận."
    ),
    LegalReason.EVIDENCE_OTHER_FILE: _("Bằng chứng “{evidence}” nói về một tập tin khác: mã băm không khớp."),
    LegalReason.EVIDENCE_UNREADABLE: _("Bằng chứng “{evidence}” không đọc được hoặc đã bị sửa."),
    LegalReason.ALL_MET: _("Các điều kiện đều đạt."),
    LegalReason.SOME_NOT_MET: _("Có điều kiện không đạt."),
    LegalReason.SOME_NOT_CHECKABLE: _("Có điều kiện không kiểm tra được tự động."),
}


def describe_clause(clause: Clause) -> str:
    """What a line of the table asks."""
    return tr(CLAUSE_TEXTS[clause])


def describe_result(result: ClauseResult) -> str:
    """Why it is answered so."""
    facts = {name: str(value) for name, value in result.facts.items()}
    if "time" in facts:
        facts["time"] = show_time(datetime.fromisoformat(facts["time"]))
    return fill(REASON_TEXTS[result.reason], facts)


def describe_clause_outcome(outcome: ClauseOutcome) -> str:
    """The answer itself."""
    match outcome:
        case ClauseOutcome.MET:
            return tr("đạt")
        case ClauseOutcome.NOT_MET:
            return tr("không đạt")
        case ClauseOutcome.NOT_CHECKABLE:
            return tr("không kiểm tra được tự động")


def describe_standing(standing: LegalStanding, *, is_official: bool) -> str:
    """The overall sentence of §9."""
    match standing:
        case LegalStanding.BINDING:
            return tr("Văn bản có giá trị pháp lý theo Điều 12.")
        case LegalStanding.AS_FAR_AS_CHECKABLE:
            if is_official:
                return tr(
                    "Chữ ký số an toàn; các điều kiện kiểm tra được tự động đều đạt, phần còn lại cần người xác nhận."
                )
            return tr("Chữ ký số an toàn; văn bản có giá trị giữa các bên theo Điều 12 khoản 2.")
        case LegalStanding.TRAINING:
            return tr("BẢN THỬ: các điều kiện kiểm tra được tự động đều đạt, nhưng không có giá trị pháp lý.")
        case LegalStanding.UNDETERMINED:
            return tr("Chưa xác định được giá trị pháp lý: còn điều kiện chưa kiểm tra được.")
        case LegalStanding.NOT_BINDING:
            return tr("Văn bản không đủ điều kiện có giá trị pháp lý theo Điều 12.")
        case LegalStanding.OUT_OF_SCOPE:
            return tr("Ngoài phạm vi Quy chế: chữ ký không dùng chứng thư số chuyên dùng.")


def describe_legal(legal: LegalValue) -> str:
    """The overall sentence on a file."""
    return describe_standing(legal.standing, is_official=legal.is_official)


def describe_kind(value: SignatureValue) -> str:
    """What the document was taken for, and whether somebody said so."""
    kind = describe_kind_and_mode(value.kind, value.mode)
    return kind if value.is_kind_declared else tr("{kind} (nhận biết từ văn bản)").format(kind=kind)
