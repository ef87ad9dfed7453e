"""Sentences on the directory of certificates and on recipients (Đ9, Đ13.1)."""

from bdsigner.errors import ErrorCode
from bdsigner.messages.text import Text
from bdsigner.messages.translate import tr
from bdsigner.messages.translate import tr_noop as _
from bdsigner.model.certificate import CertificateStatus
from bdsigner.model.directory import BundleImport, CheckedRecipient, DirectorySource

DIRECTORY_TEXTS: dict[ErrorCode, Text] = {
    ErrorCode.DIRECTORY_UNREACHABLE: Text(
        _("Không kết nối được danh bạ"),
        _("Máy chủ danh bạ {server} không trả lời ({reason})."),
        _("Danh bạ đã lưu trên máy vẫn dùng được; kiểm tra mạng rồi tìm lại."),
        may_retry=True,
    ),
    ErrorCode.DIRECTORY_TIMEOUT: Text(
        _("Danh bạ trả lời quá chậm"),
        _("Máy chủ danh bạ {server} không trả lời xong trong thời gian cho phép."),
        _("Danh bạ đã lưu trên máy vẫn dùng được; tìm lại sau, hoặc gõ đầy đủ hơn."),
        may_retry=True,
    ),
    ErrorCode.DIRECTORY_TLS: Text(
        _("Máy chủ danh bạ không đáng tin"),
        _("Máy chủ danh bạ {server} không chứng minh được danh tính ({reason}); chưa gửi gì cho máy chủ này."),
        _("Không dùng danh bạ này cho đến khi bộ phận quản trị kiểm tra chứng thư của máy chủ."),
    ),
    ErrorCode.DIRECTORY_REFUSED: Text(
        _("Danh bạ từ chối"),
        _("Máy chủ danh bạ {server} từ chối yêu cầu ({reason})."),
        _("Kiểm tra tên đăng nhập trong cấu hình và mật khẩu đã lưu (bdsigner recipients password)."),
    ),
    ErrorCode.DIRECTORY_NO_PASSWORD: Text(
        _("Chưa có mật khẩu danh bạ"),
        _("Kho khóa của hệ điều hành không có mật khẩu của {user} cho máy chủ danh bạ {server}."),
        _("Lưu mật khẩu bằng lệnh bdsigner recipients password."),
    ),
    ErrorCode.DIRECTORY_BAD_ANSWER: Text(
        _("Danh bạ trả lời sai"),
        _("Câu trả lời của máy chủ danh bạ {server} không đọc được ({reason})."),
        _("Tìm lại; nếu vẫn vậy, báo cho bộ phận quản trị danh bạ."),
        may_retry=True,
    ),
    ErrorCode.DIRECTORY_BUNDLE_NOT_EXPECTED: Text(
        _("Không nhận tệp danh bạ"),
        _("Cấu hình chưa nêu chứng thư của đơn vị ký tệp danh bạ, nên không nhận tệp nào."),
        _("Đề nghị đơn vị triển khai khai báo directory.bundle_signer trong cấu hình."),
    ),
    ErrorCode.DIRECTORY_BUNDLE_SIGNATURE: Text(
        _("Tệp danh bạ không hợp lệ"),
        _("Chữ ký trên tệp danh bạ {file} không đúng, hoặc tệp đã bị sửa; chưa nhập gì."),
        _("Lấy lại tệp từ đơn vị phát hành."),
    ),
    ErrorCode.DIRECTORY_BUNDLE_SIGNER: Text(
        _("Tệp danh bạ do người khác ký"),
        _("Tệp danh bạ {file} do {signer} ký, không phải đơn vị nêu trong cấu hình; chưa nhập gì."),
        _("Lấy tệp từ đơn vị phát hành; nếu đơn vị đã đổi chứng thư, cập nhật cấu hình."),
    ),
    ErrorCode.DIRECTORY_BUNDLE_CONTENT: Text(
        _("Tệp danh bạ không đọc được"),
        _("Nội dung tệp danh bạ {file} không đúng dạng ({reason}); chưa nhập gì."),
        _("Báo cho đơn vị phát hành tệp."),
    ),
}
_STATUSES = {
    CertificateStatus.GOOD: (_("mã hóa được"), ""),
    CertificateStatus.EXPIRED: (_("chứng thư đã hết hạn"), _("Hỏi người nhận đã được gia hạn chưa, rồi tìm lại trong danh bạ.")),
    CertificateStatus.NOT_YET_VALID: (_("chứng thư chưa có hiệu lực"), _("Chờ đến ngày bắt đầu hiệu lực, hoặc dùng chứng thư cũ còn hạn.")),
    CertificateStatus.REVOKED: (_("chứng thư đã bị thu hồi"), _("Không gửi cho chứng thư này; tìm chứng thư mới của người nhận trong danh bạ.")),
    CertificateStatus.SUSPENDED: (_("chứng thư đang tạm dừng"), _("Chờ chứng thư được khôi phục, hoặc hỏi đơn vị quản lý chứng thư.")),
    CertificateStatus.UNPUBLISHED: (_("chứng thư chưa được công bố"), _("Chờ Sở công bố chứng thư trên Cổng Thông tin điện tử (Điều 6 khoản 3 điểm a).")),
    CertificateStatus.OUT_OF_SCOPE: (_("chứng thư ngoài phạm vi Quy chế"), _("Chỉ mã hóa cho chứng thư của Tổ chức chứng thực số chuyên dùng (Điều 1).")),
    CertificateStatus.WRONG_USAGE: (_("chứng thư không dùng để mã hóa"), _("Chọn chứng thư mã hóa của người nhận; chứng thư này chỉ để ký.")),
    CertificateStatus.UNKNOWN: (_("chưa kiểm tra được chứng thư"), _("Kết nối mạng rồi kiểm tra lại, hoặc tự quyết định gửi.")),
}  # fmt: skip
_SOURCES = {
    DirectorySource.LDAP: _("danh bạ LDAP"),
    DirectorySource.HTTPS: _("danh bạ của Sở"),
    DirectorySource.BUNDLE: _("tệp danh bạ"),
    DirectorySource.LEARNED: _("văn bản đã kiểm tra"),
    DirectorySource.FILE: _("tệp chứng thư"),
    DirectorySource.OWN: _("thiết bị trên máy này"),
}


def describe_recipient(checked: CheckedRecipient) -> tuple[str, str]:
    """What the check found, in a few words, and what to do; the latter is empty where nothing needs doing."""
    status, remedy = (tr(text) if text else "" for text in _STATUSES[checked.assessment.status])
    if checked.newer is not None:
        newer = tr("người nhận đã đổi thiết bị: chứng thư mới là {serial}, chọn chứng thư đó").format(
            serial=checked.newer.certificate.serial_number
        )
        return status, f"{remedy} {newer[0].upper()}{newer[1:]}.".strip()
    return status, remedy


def describe_source(source: DirectorySource) -> str:
    """Where an entry comes from, in a few words."""
    return tr(_SOURCES[source])


def describe_import(done: BundleImport) -> str:
    """What an import came to, in a few sentences."""
    sentences = [tr("Đã nhập {count} chứng thư.").format(count=done.entries)]
    if done.unreadable:
        sentences.append(tr("Bỏ qua {count} chứng thư không đọc được.").format(count=done.unreadable))
    if done.newer_known is not None:
        sentences.append(tr("Tệp này cũ hơn tệp danh bạ đã nhập trước đây."))
    if not done.is_signer_checked:
        sentences.append(tr("Chưa hỏi được chứng thư của đơn vị ký tệp có bị thu hồi không."))
    return " ".join(sentences)
