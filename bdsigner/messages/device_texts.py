"""Sentences on children, tokens, PINs and certificates."""

from bdsigner.errors import ErrorCode
from bdsigner.messages.text import Text
from bdsigner.messages.translate import tr_noop as _

DEVICE_TEXTS: dict[ErrorCode, Text] = {
    ErrorCode.CANCELLED: Text(
        _("Đã dừng"), _("Bạn đã dừng công việc; không có gì bị thay đổi."), _("Làm lại khi cần."), may_retry=True
    ),
    ErrorCode.UNEXPECTED: Text(
        _("Lỗi ngoài dự kiến"),
        _("Chương trình gặp lỗi chưa lường trước ({kind})."),
        _("Chép chi tiết và gửi cho bộ phận hỗ trợ; tập tin gốc không bị thay đổi."),
        may_retry=True,
    ),
    ErrorCode.USAGE: Text(_("Lệnh chưa đúng"), _("{reason}"), _("Xem cách dùng bằng --help.")),
    ErrorCode.CHILD_DIED: Text(
        _("Tiến trình phụ đã dừng"),
        _("Tiến trình phụ “{child}” kết thúc bất ngờ (mã {exit_code})."),
        _("Làm lại; chương trình tự khởi động lại tiến trình này."),
        may_retry=True,
    ),
    ErrorCode.CHILD_TIMEOUT: Text(
        _("Tiến trình phụ không trả lời"),
        _("Tiến trình phụ “{child}” không trả lời trong {seconds} giây nên đã bị dừng."),
        _("Làm lại; nếu vẫn vậy, chép chi tiết và gửi cho bộ phận hỗ trợ."),
        may_retry=True,
    ),
    ErrorCode.CHILD_PROTOCOL: Text(
        _("Tiến trình phụ trả lời sai"),
        _("Tiến trình phụ “{child}” gửi dữ liệu không hợp lệ nên đã bị dừng."),
        _("Làm lại; nếu vẫn vậy, cài lại chương trình."),
        may_retry=True,
    ),
    ErrorCode.TOKEN_MODULE_NOT_FOUND: Text(
        _("Không có tệp trình điều khiển"),
        _("Không tìm thấy tệp trình điều khiển PKCS#11: {path}."),
        _("Kiểm tra đường dẫn trong Cài đặt, hoặc cài lại phần mềm đi kèm thiết bị."),
    ),
    ErrorCode.TOKEN_MODULE_UNLOADABLE: Text(
        _("Không nạp được trình điều khiển"),
        _("Tệp {file} không nạp được: {reason}."),
        _("Cài đúng bản trình điều khiển cho máy này (32/64 bit) rồi thử lại."),
    ),
    ErrorCode.TOKEN_MODULE_FORMAT: Text(
        _("Tệp này không phải trình điều khiển cho máy này"),
        _("Tệp {file} không phải thư viện dùng được trên máy này (cần loại “{wanted}”, tệp thuộc loại “{found}”)."),
        _("Tải và cài bộ cài dành cho hệ điều hành của máy này, từ nơi cấp thiết bị."),
    ),
    ErrorCode.TOKEN_MODULE_BITNESS: Text(
        _("Trình điều khiển khác số bit"),
        _("Trình điều khiển {file} là bản {found}, còn chương trình này là bản {wanted} nên không nạp được."),
        _("Cài bản {wanted} của phần mềm đi kèm thiết bị, từ nơi cấp thiết bị."),
    ),
    ErrorCode.TOKEN_MODULE_PROCESSOR: Text(
        _("Trình điều khiển dành cho bộ xử lý khác"),
        _("Trình điều khiển {file} dành cho bộ xử lý {found}, còn máy này dùng {wanted}."),
        _("Cài bản dành cho {wanted} của phần mềm đi kèm thiết bị, từ nơi cấp thiết bị."),
    ),
    ErrorCode.TOKEN_NO_MODULE: Text(
        _("Chưa có trình điều khiển thiết bị"),
        _("Máy này chưa cài trình điều khiển PKCS#11 nào."),
        _("Cài phần mềm đi kèm thiết bị, hoặc chọn tệp trình điều khiển trong Cài đặt."),
    ),
    ErrorCode.TOKEN_WORKER_DIED: Text(
        _("Trình điều khiển thiết bị gặp sự cố"),
        _("Trình điều khiển {module} dừng đột ngột; chương trình vẫn hoạt động và chưa ghi tập tin nào."),
        _("Rút thiết bị ra, cắm lại rồi thử lại; bạn sẽ phải nhập lại mã PIN."),
        may_retry=True,
    ),
    ErrorCode.TOKEN_WORKER_TIMEOUT: Text(
        _("Thiết bị không trả lời"),
        _("Trình điều khiển {module} không trả lời trong thời hạn nên đã bị dừng."),
        _("Rút thiết bị ra, cắm lại rồi thử lại; bạn sẽ phải nhập lại mã PIN."),
        may_retry=True,
    ),
    ErrorCode.TOKEN_NOT_FOUND: Text(
        _("Chưa thấy thiết bị"),
        _("Không thấy thiết bị lưu khóa bí mật nào dùng được."),
        _("Cắm thiết bị rồi thử lại."),
        may_retry=True,
    ),
    ErrorCode.TOKEN_SEVERAL: Text(
        _("Có nhiều thiết bị"),
        _("Có {count} thiết bị đang cắm; chương trình không tự chọn thay bạn."),
        _("Chọn thiết bị cần dùng: trong danh sách, hoặc bằng --token SỐ_SÊ-RI."),
    ),
    ErrorCode.TOKEN_REMOVED: Text(
        _("Thiết bị đã bị rút"),
        _("Thiết bị {serial} bị rút ra khi đang làm việc; tập tin đang ký dở không được ghi."),
        _("Cắm lại thiết bị rồi ký lại các tập tin còn lại."),
        may_retry=True,
    ),
    ErrorCode.TOKEN_PIN_INCORRECT: Text(
        _("Mã PIN không đúng"),
        _("Thiết bị báo mã PIN không đúng. Chương trình không tự thử lại."),
        _("Kiểm tra Caps Lock và bộ gõ tiếng Việt rồi nhập lại cẩn thận; nhập sai nhiều lần thiết bị sẽ bị khóa."),
        may_retry=True,
    ),
    ErrorCode.TOKEN_PIN_LOCKED: Text(
        _("Thiết bị đã bị khóa"),
        _("Mã PIN của thiết bị đã bị khóa do nhập sai nhiều lần."),
        _("Gửi yêu cầu mở khóa theo Điều 8 khoản 1 điểm a cho cơ quan quản lý chứng thư số."),
    ),
    ErrorCode.TOKEN_PIN_LENGTH: Text(
        _("Độ dài mã PIN không hợp lệ"),
        _("Mã PIN ngắn hoặc dài hơn mức thiết bị chấp nhận; chưa mất lần thử nào."),
        _("Nhập lại mã PIN."),
        may_retry=True,
    ),
    ErrorCode.TOKEN_PIN_NOT_SET: Text(
        _("Thiết bị chưa có mã PIN"),
        _("Thiết bị chưa được đặt mã PIN người dùng."),
        _("Liên hệ cơ quan cấp thiết bị để khởi tạo."),
    ),
    ErrorCode.TOKEN_PIN_UNKNOWN_STATE: Text(
        _("Không rõ mã PIN đã được kiểm tra chưa"),
        _("Trình điều khiển dừng khi đang kiểm tra mã PIN; có thể đã mất một lần thử."),
        _("Cắm lại thiết bị, xem tình trạng PIN rồi mới nhập lại."),
    ),
    ErrorCode.TOKEN_PIN_NEEDED: Text(
        _("Khóa này cần mã PIN cho từng lần ký"),
        _("Thiết bị đòi mã PIN cho mỗi chữ ký, nhưng lần này chưa có mã PIN."),
        _("Ký lại và nhập mã PIN khi được hỏi cho từng tập tin."),
        may_retry=True,
    ),
    ErrorCode.TOKEN_PIN_PAD_ONLY: Text(
        _("Chỉ đổi được mã PIN trên thiết bị"),
        _("Thiết bị này nhận mã PIN trên bàn phím riêng của nó; chương trình không đổi hay mở khóa thay được."),
        _("Dùng phần mềm đi kèm thiết bị để đổi hoặc mở khóa mã PIN."),
    ),
    ErrorCode.TOKEN_NEW_PIN_WEAK: Text(
        _("Mã PIN mới chưa dùng được"),
        _("Mã PIN mới quá dễ đoán hoặc không đúng quy định ({reason}); thiết bị chưa bị tác động."),
        _("Chọn mã PIN khác, không phải dãy số liền nhau, số lặp, ngày sinh hay số giấy tờ."),
        may_retry=True,
    ),
    ErrorCode.TOKEN_NEW_PIN_REFUSED: Text(
        _("Thiết bị không nhận mã PIN mới"),
        _("Mã PIN cũ (hoặc mã PUK) đúng nhưng thiết bị từ chối mã PIN mới ({reason}); mã PIN cũ vẫn giữ nguyên."),
        _("Chọn mã PIN mới có độ dài và ký tự mà thiết bị cho phép rồi làm lại."),
        may_retry=True,
    ),
    ErrorCode.TOKEN_PUK_INCORRECT: Text(
        _("Mã PUK không đúng"),
        _("Thiết bị báo mã PUK (mã mở khóa) không đúng. Chương trình không tự thử lại."),
        _("Xem lại mã PUK được cấp kèm thiết bị; nhập sai nhiều lần thiết bị sẽ hỏng vĩnh viễn."),
        may_retry=True,
    ),
    ErrorCode.TOKEN_PUK_LOCKED: Text(
        _("Mã PUK đã bị khóa"),
        _("Mã PUK (mã mở khóa) đã bị khóa do nhập sai nhiều lần; thiết bị không tự mở khóa được nữa."),
        _("Gửi yêu cầu theo Điều 8 khoản 1 điểm a cho cơ quan quản lý chứng thư số."),
    ),
    ErrorCode.TOKEN_UNBLOCK_UNSUPPORTED: Text(
        _("Không mở khóa được bằng chương trình này"),
        _("Trình điều khiển của thiết bị không cho phép mở khóa mã PIN qua PKCS#11; chưa mất lần thử nào."),
        _("Dùng phần mềm đi kèm thiết bị, hoặc gửi yêu cầu theo Điều 8 khoản 1 điểm a."),
    ),
    ErrorCode.TOKEN_MODULE_QUARANTINED: Text(
        _("Trình điều khiển đang được tạm ngừng"),
        _(
            "Trình điều khiển {module} đã dừng đột ngột hoặc không trả lời ({cause}) nên được tạm ngừng; các thiết bị khác vẫn dùng được."
        ),
        _("Bấm “Thử lại” ở trang Thiết bị (hoặc mở lại chương trình); nếu vẫn vậy, cài lại phần mềm đi kèm thiết bị."),
        may_retry=True,
    ),
    ErrorCode.TOKEN_MODULE_SLOW: Text(
        _("Một trình điều khiển trả lời chậm"),
        _("Trình điều khiển {module} chưa trả lời; các thiết bị khác vẫn dùng được."),
        _("Chờ thêm một lát; danh sách tự cập nhật khi trình điều khiển trả lời hoặc hết thời hạn."),
        may_retry=True,
    ),
    ErrorCode.TOKEN_LOGIN_LOST: Text(
        _("Phiên làm việc với thiết bị đã mất"),
        _("Trình điều khiển đã khởi động lại hoặc thiết bị vừa được cắm lại nên phiên đăng nhập không còn."),
        _("Ký lại các tập tin còn lại và nhập lại mã PIN."),
        may_retry=True,
    ),
    ErrorCode.TOKEN_KEY_NOT_FOUND: Text(
        _("Không thấy khóa trên thiết bị"),
        _("Thiết bị không có khóa bí mật {key_id} đi với chứng thư số đã chọn."),
        _("Chọn chứng thư số khác, hoặc liên hệ cơ quan cấp thiết bị."),
    ),
    ErrorCode.TOKEN_MECHANISM_UNSUPPORTED: Text(
        _("Thiết bị không hỗ trợ thuật toán"),
        _("Thiết bị không có cách ký phù hợp với khóa này ({reason})."),
        _("Dùng thiết bị khác, hoặc cập nhật trình điều khiển."),
    ),
    ErrorCode.TOKEN_DRIVER_FAILED: Text(
        _("Thiết bị báo lỗi"),
        _("Trình điều khiển thiết bị báo lỗi {reason} khi thực hiện {call}."),
        _("Rút thiết bị ra, cắm lại rồi thử lại."),
        may_retry=True,
    ),
    ErrorCode.TOKEN_SIGNATURE_MISMATCH: Text(
        _("Chữ ký của thiết bị không khớp chứng thư số"),
        _("Kết quả thiết bị trả về không khớp với khóa công khai trong chứng thư số; không ghi tập tin nào."),
        _("Không dùng thiết bị này nữa và liên hệ cơ quan cấp thiết bị."),
    ),
    ErrorCode.TOKEN_DECRYPTION_FAILED: Text(
        _("Thiết bị không giải mã được"),
        _("Thiết bị không mở được khóa của tập tin: khóa không khớp hoặc tập tin đã bị thay đổi."),
        _("Kiểm tra đúng thiết bị của người nhận; nếu đúng, đề nghị người gửi gửi lại tập tin."),
    ),
    ErrorCode.TOKEN_SESSION_SPENT: Text(
        _("Đã ký đủ số lần bạn xác nhận"),
        _("Phiên làm việc chỉ được ký đúng số lần bạn đã xác nhận bằng mã PIN."),
        _("Xác nhận lại cho các tập tin còn lại."),
    ),
    ErrorCode.TOKEN_SOFTWARE_REFUSED: Text(
        _("Không phải thiết bị phần cứng"),
        _("“{label}” là kho khóa phần mềm; chỉ thiết bị phần cứng được dùng để ký (Điều 3 khoản 7)."),
        _("Cắm thiết bị USB token được cấp. Kho khóa phần mềm chỉ dùng trong chế độ tập huấn."),
    ),
    ErrorCode.CERTIFICATE_NONE: Text(
        _("Không có chứng thư số để ký"),
        _("Trên thiết bị không có chứng thư số nào dùng để ký."),
        _("Cắm đúng thiết bị, hoặc liên hệ cơ quan cấp."),
    ),
    ErrorCode.CERTIFICATE_SEVERAL: Text(
        _("Có nhiều chứng thư số"),
        _("Có {count} chứng thư số có thể ký; chương trình không tự chọn thay bạn."),
        _("Chọn chứng thư số: trong danh sách, hoặc bằng --cert SỐ_HIỆU."),
    ),
    ErrorCode.CERTIFICATE_UNREADABLE: Text(
        _("Không đọc được chứng thư số"),
        _("Nội dung của một chứng thư số không đọc được ({reason})."),
        _("Liên hệ cơ quan cấp thiết bị."),
    ),
    ErrorCode.CERTIFICATE_EXPIRED: Text(
        _("Chứng thư số đã hết hạn"),
        _("Chứng thư số của {name} (số {serial}) đã hết hạn từ {since}."),
        _("Làm thủ tục gia hạn (Mẫu số 01)."),
    ),
    ErrorCode.CERTIFICATE_NOT_YET_VALID: Text(
        _("Chứng thư số chưa có hiệu lực"),
        _("Chứng thư số của {name} (số {serial}) chỉ có hiệu lực từ {since}."),
        _("Kiểm tra ngày giờ của máy, hoặc chờ đến khi chứng thư số có hiệu lực."),
    ),
    ErrorCode.CERTIFICATE_REVOKED: Text(
        _("Chứng thư số đã bị thu hồi"),
        _("Chứng thư số của {name} (số {serial}) đã bị thu hồi từ {since}."),
        _("Không thể ký bằng chứng thư số này; đề nghị cấp chứng thư số mới (Mẫu số 01)."),
    ),
    ErrorCode.CERTIFICATE_SUSPENDED: Text(
        _("Chứng thư số đang tạm dừng"),
        _("Chứng thư số của {name} (số {serial}) đang bị tạm dừng từ {since}."),
        _("Liên hệ cơ quan quản lý chứng thư số."),
    ),
    ErrorCode.CERTIFICATE_UNPUBLISHED: Text(
        _("Chứng thư số chưa được công bố"),
        _(
            "Theo danh sách công bố, chứng thư số của {name} (số {serial}) chưa được công bố; chứng thư số chỉ có hiệu "
            "lực từ khi được công bố (Điều 6 khoản 3 điểm a)."
        ),
        _("Ký lại sau khi chứng thư số được công bố; nếu đã công bố, đề nghị bộ phận hỗ trợ cập nhật danh sách."),
    ),
    ErrorCode.CERTIFICATE_OUT_OF_SCOPE: Text(
        _("Chứng thư số ngoài phạm vi Quy chế"),
        _("Chứng thư số của {name} do “{issuer}” cấp, không thuộc hệ thống chứng thực chuyên dùng (Điều 1)."),
        _("Dùng chứng thư số chuyên dùng do Ban Cơ yếu Chính phủ cấp."),
    ),
    ErrorCode.CERTIFICATE_USAGE: Text(
        _("Chứng thư số không dùng để ký"),
        _("Chứng thư số của {name} (số {serial}) không có mục đích sử dụng là ký số (Điều 3 khoản 6)."),
        _("Chọn chứng thư số khác trên thiết bị."),
    ),
    ErrorCode.CERTIFICATE_UNCHECKED: Text(
        _("Chưa kiểm tra được chứng thư số"),
        _("Chưa kiểm tra được chứng thư số của {name} có bị thu hồi hay không."),
        _("Kiểm tra kết nối mạng rồi thử lại, hoặc đồng ý ký khi chưa kiểm tra được."),
        may_retry=True,
    ),
    ErrorCode.CERTIFICATE_ITEM_MISSING: Text(
        _("Thiếu thông tin cho chữ ký hiển thị"),
        _("Không tìm thấy “{item}” của {name} trong chứng thư số; chữ ký hiển thị phải có đủ các mục ({clause})."),
        _("Liên hệ cơ quan quản lý để bổ sung, hoặc ký không hiển thị nếu được phép."),
    ),
}
