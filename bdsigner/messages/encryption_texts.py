"""Sentences on envelopes."""

from bdsigner.errors import ErrorCode
from bdsigner.messages.text import Text
from bdsigner.messages.translate import tr_noop as _

ENCRYPTION_TEXTS: dict[ErrorCode, Text] = {
    ErrorCode.ENCRYPTION_SWITCHED_OFF: Text(
        _("Chức năng mã hóa đã tắt"),
        _("Cấu hình của đơn vị không bật công cụ mã hóa nào mà chương trình này dùng được."),
        _("Dùng phần mềm mã hóa đơn vị quy định, hoặc đề nghị người quản trị bật công cụ mã hóa."),
    ),
    ErrorCode.ENCRYPTION_RECIPIENTS: Text(
        _("Số người nhận không phù hợp"),
        _("Mỗi tập tin mã hóa có từ 1 đến {most} người nhận; đã chọn {count}."),
        _("Chọn lại người nhận, hoặc chia thành nhiều lần gửi."),
    ),
    ErrorCode.ENCRYPTION_RECIPIENT_REFUSED: Text(
        _("Người nhận không dùng được chứng thư số này"),
        _("Chứng thư số {serial} của {name} không dùng để nhận văn bản mã hóa được ({status})."),
        _("Bỏ người nhận này, hoặc tìm chứng thư số đang có hiệu lực của họ trong danh bạ."),
    ),
    ErrorCode.ENCRYPTION_RECIPIENT_KEY: Text(
        _("Không mã hóa được cho một người nhận"),
        _("Khóa trong chứng thư số của người nhận thứ {number} quá yếu hoặc thuộc loại không dùng để mã hóa được."),
        _("Bỏ người nhận này, hoặc đề nghị họ dùng chứng thư số khác."),
    ),
    ErrorCode.ENCRYPTION_PROGRAM_FAILED: Text(
        _("Phần mềm mã hóa không hoàn thành"),
        _("“{name}” không mã hóa được {file} ({reason}). Không có tập tin nào được ghi ra."),
        _("Mở phần mềm đó để xem lý do, hoặc đề nghị người quản trị kiểm tra lệnh chạy trong cấu hình."),
        may_retry=True,
    ),
    ErrorCode.ENCRYPTION_PROGRAM_ARCHIVE: Text(
        _("Phần mềm mã hóa chỉ nhận từng tập tin"),
        _("“{name}” mã hóa từng tập tin, không gộp thành tệp nén."),
        _("Chọn mỗi tập tin một kết quả, hoặc tự nén trước khi mã hóa."),
    ),
    ErrorCode.ENCRYPTION_TOO_LARGE: Text(
        _("Tập tin quá lớn để mã hóa một lần"),
        _("Nội dung cần mã hóa có {size} byte, vượt quá giới hạn {most} byte của một lần mã hóa AES-GCM."),
        _("Chia nội dung thành nhiều tập tin nhỏ hơn."),
    ),
    ErrorCode.ENCRYPTION_NOT_ENVELOPE: Text(
        _("Không phải tập tin mã hóa"),
        _("{file} không phải là tập tin mã hóa cho người nhận (CMS), dù tên có thể ghi như vậy."),
        _("Kiểm tra lại tập tin; nếu là văn bản đã ký, mở nó ở trang Kiểm tra."),
    ),
    ErrorCode.ENCRYPTION_UNSUPPORTED: Text(
        _("Thuật toán mã hóa chưa được hỗ trợ"),
        _("{file} được mã hóa bằng thuật toán chương trình này chưa đọc được ({algorithm})."),
        _("Đề nghị người gửi mã hóa lại bằng AES-256, hoặc mở bằng phần mềm họ đã dùng."),
    ),
    ErrorCode.ENCRYPTION_NO_HOLDER: Text(
        _("Chưa có thiết bị mở được tập tin này"),
        _("{file} mã hóa cho {count} người nhận; không thiết bị nào đang cắm mở được. Cần: {wanted}."),
        _("Cắm thiết bị của người nhận rồi thử lại; nếu đã đổi thiết bị, đề nghị người gửi mã hóa lại."),
        may_retry=True,
    ),
    ErrorCode.ENCRYPTION_NOT_RECIPIENT: Text(
        _("Tập tin không mã hóa cho thiết bị này"),
        _("{file} không được mã hóa cho chứng thư số của {name} trên thiết bị đã chọn."),
        _("Cắm thiết bị khác của bạn nếu có, hoặc đề nghị người gửi mã hóa lại cho chứng thư số hiện nay."),
    ),
    ErrorCode.ENCRYPTION_NOT_DECRYPTED: Text(
        _("Không giải mã được"),
        _(
            "{file} không giải mã được: tập tin đã bị thay đổi, bị hỏng, hoặc khóa không khớp. Không có nội dung nào được ghi ra."
        ),
        _("Đề nghị người gửi gửi lại tập tin."),
    ),
}
