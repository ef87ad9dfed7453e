"""What can go wrong before a file is a PDF."""

from bdsigner.errors import ErrorCode
from bdsigner.messages.text import Text
from bdsigner.messages.translate import tr_noop as _

CONVERSION_TEXTS: dict[ErrorCode, Text] = {
    ErrorCode.CONVERSION_NO_OFFICE: Text(
        _("Chưa cài LibreOffice"),
        _("Máy chưa có LibreOffice nên không chuyển được {file} sang PDF (Điều 10 khoản 3 điểm b)."),
        _("Cài LibreOffice, hoặc mở tập tin trong phần mềm soạn thảo rồi lưu thành PDF."),
    ),
    ErrorCode.CONVERSION_UNSUPPORTED: Text(
        _("Không chuyển được loại tập tin này"),
        _("{file} không phải là PDF, văn bản Office hay hình ảnh mà chương trình chuyển được sang PDF."),
        _("Mở tập tin trong phần mềm đã tạo ra nó rồi lưu thành PDF."),
    ),
    ErrorCode.CONVERSION_MISNAMED: Text(
        _("Tên và nội dung không khớp"),
        _("Nội dung của {file} không đúng với phần mở rộng của tên."),
        _("Kiểm tra nguồn gốc của tập tin; mở trong phần mềm soạn thảo rồi lưu thành PDF."),
    ),
    ErrorCode.CONVERSION_PASSWORD: Text(
        _("Tập tin có mật khẩu"),
        _("{file} được bảo vệ bằng mật khẩu."),
        _("Mở bằng mật khẩu trong phần mềm soạn thảo rồi lưu thành PDF."),
    ),
    ErrorCode.CONVERSION_EMPTY: Text(_("Tập tin rỗng"), _("{file} không có nội dung."), _("Chọn tập tin khác.")),
    ErrorCode.CONVERSION_UNREADABLE: Text(
        _("Không đọc được tập tin"), _("Không mở được {file}: {reason}."), _("Kiểm tra tập tin và quyền truy cập.")
    ),
    ErrorCode.CONVERSION_BOMB: Text(
        _("Tập tin nén bất thường"),
        _("{file} phình ra quá lớn khi giải nén; có thể là tập tin tấn công."),
        _("Không mở tập tin này; báo cho người gửi và bộ phận hỗ trợ."),
    ),
    ErrorCode.CONVERSION_TOO_LARGE: Text(
        _("Tập tin quá lớn"),
        _("{file} lớn hơn {limit_mb} MB nên không được chuyển sang PDF."),
        _("Lưu thành PDF trong phần mềm soạn thảo."),
    ),
    ErrorCode.CONVERSION_TIMEOUT: Text(
        _("Chuyển sang PDF quá lâu"),
        _("LibreOffice chưa chuyển xong {file} sau {seconds} giây và đã bị dừng."),
        _("Thử lại, hoặc lưu thành PDF trong phần mềm soạn thảo."),
        may_retry=True,
    ),
    ErrorCode.CONVERSION_FAILED: Text(
        _("Không chuyển được sang PDF"),
        _("LibreOffice không đọc được {file} hoặc không tạo được PDF từ nó."),
        _("Mở tập tin trong phần mềm soạn thảo xem có hỏng không, rồi lưu thành PDF."),
    ),
}
