"""Sentences on documents, signing, network, storage and the profile."""

from bdsigner.errors import ErrorCode
from bdsigner.messages.text import Text
from bdsigner.messages.translate import tr_noop as _

FILE_TEXTS: dict[ErrorCode, Text] = {
    ErrorCode.DOCUMENT_NOT_FOUND: Text(
        _("Không thấy tập tin"), _("Tập tin {path} không còn ở đó."), _("Chọn lại tập tin.")
    ),
    ErrorCode.DOCUMENT_UNREADABLE: Text(
        _("Không đọc được tập tin"),
        _("Không đọc được {file}: {reason}."),
        _("Kiểm tra quyền truy cập, ổ đĩa hoặc kết nối mạng rồi thử lại."),
        may_retry=True,
    ),
    ErrorCode.DOCUMENT_EMPTY: Text(
        _("Tập tin rỗng"), _("Tập tin {file} có 0 byte."), _("Lấy lại tập tin từ nơi gửi, hoặc quét lại.")
    ),
    ErrorCode.DOCUMENT_NOT_PDF: Text(
        _("Không phải tập tin PDF"),
        _("Nội dung của {file} không phải là PDF, dù tên có thể ghi như vậy."),
        _("Chuyển văn bản sang PDF rồi ký."),
    ),
    ErrorCode.DOCUMENT_ENCRYPTED: Text(
        _("Tập tin có mật khẩu"),
        _("Tập tin {file} được bảo vệ bằng mật khẩu nên không thể xử lý."),
        _("Bỏ mật khẩu bằng phần mềm đã tạo ra nó rồi thử lại."),
    ),
    ErrorCode.DOCUMENT_DAMAGED: Text(
        _("Tập tin bị hỏng"),
        _("Cấu trúc của {file} bị hỏng hoặc bị cắt cụt."),
        _("Lấy lại tập tin từ nơi gửi, hoặc xuất lại PDF từ văn bản gốc."),
    ),
    ErrorCode.DOCUMENT_XFA: Text(
        _("Biểu mẫu XFA không ký được"),
        _("Tập tin {file} là biểu mẫu XFA; nội dung hiển thị có thể khác với nội dung được ký."),
        _("In biểu mẫu ra PDF thường rồi ký."),
    ),
    ErrorCode.DOCUMENT_LIMITS: Text(
        _("Không phân tích được (quá giới hạn)"),
        _("{file} đòi hỏi quá nhiều bộ nhớ hoặc thời gian nên đã bị dừng."),
        _("Tập tin có thể bị hỏng hoặc được làm ra để phá hoại; không mở nó bằng phần mềm khác khi chưa rõ nguồn."),
    ),
    ErrorCode.DOCUMENT_WORKER_DIED: Text(
        _("Bộ đọc tài liệu gặp sự cố"),
        _("Bộ đọc tài liệu dừng đột ngột khi xử lý {file}; chương trình vẫn hoạt động, tập tin gốc không bị thay đổi."),
        _("Thử lại; nếu vẫn vậy, tập tin có thể bị hỏng."),
        may_retry=True,
    ),
    ErrorCode.DOCUMENT_NO_SUCH_PAGE: Text(
        _("Không có trang này"), _("{file} không có trang {page}."), _("Chọn trang khác.")
    ),
    ErrorCode.DOCUMENT_CHANGED_MEANWHILE: Text(
        _("Tập tin vừa bị thay đổi"),
        _("{file} đã thay đổi từ lúc bạn mở xem nên chưa ký."),
        _("Mở lại, xem lại nội dung rồi ký."),
    ),
    ErrorCode.SIGNING_FORBIDDEN_BY_SIGNATURE: Text(
        _("Chữ ký trước không cho ký thêm"),
        _("{file} đã được chứng nhận hoặc khóa bởi chữ ký trước; ký thêm sẽ làm chữ ký đó mất giá trị."),
        _("Đề nghị nơi gửi cung cấp bản cho phép ký thêm."),
    ),
    ErrorCode.SIGNING_FIELD_MISSING: Text(
        _("Không có ô ký này"), _("{file} không có ô ký tên “{field}”."), _("Chọn ô ký khác hoặc tự đặt vị trí.")
    ),
    ErrorCode.SIGNING_FIELD_USED: Text(
        _("Ô ký đã có chữ ký"), _("Ô ký “{field}” của {file} đã được ký."), _("Chọn ô ký khác hoặc tự đặt vị trí.")
    ),
    ErrorCode.SIGNING_FIELD_CONSTRAINED: Text(
        _("Ô ký đòi hỏi điều không đáp ứng được"),
        _(
            "Người tạo {file} bắt buộc chữ ký trong ô “{field}” phải có thuộc tính mà chương trình không tạo ({constraint})."
        ),
        _("Chọn ô ký khác hoặc tự đặt vị trí."),
    ),
    ErrorCode.SIGNING_BOX_OFF_PAGE: Text(
        _("Khung chữ ký nằm ngoài trang"),
        _("Vị trí chữ ký nằm ngoài trang {page} của {file}."),
        _("Dời khung chữ ký vào trong trang."),
    ),
    ErrorCode.SIGNING_BOX_TOO_SMALL: Text(
        _("Khung chữ ký quá nhỏ"),
        _("Khung chữ ký không đủ chỗ cho đủ các mục bắt buộc với cỡ chữ từ 8 pt."),
        _("Kéo khung lớn hơn (ít nhất khoảng {min_width_mm} × {min_height_mm} mm)."),
    ),
    ErrorCode.SIGNING_GLYPH_MISSING: Text(
        _("Phông chữ thiếu ký tự"),
        _("Phông chữ của chữ ký hiển thị không có ký tự “{character}”."),
        _("Báo cho bộ phận hỗ trợ để đổi phông chữ trong cấu hình."),
    ),
    ErrorCode.SIGNING_NO_TIMESTAMP: Text(
        _("Chưa ký vì không có dấu thời gian"),
        _("Không lấy được dấu thời gian ({reason}) và bạn chọn không ký khi thiếu nó; chưa ghi tập tin nào."),
        _("Kiểm tra kết nối đến máy chủ dấu thời gian rồi ký lại."),
        may_retry=True,
    ),
    ErrorCode.SIGNING_TIMESTAMP_TOO_LARGE: Text(
        _("Dấu thời gian quá lớn"),
        _("Dấu thời gian nhận được ({size} byte) lớn hơn chỗ dành sẵn trong tập tin; chưa ghi tập tin nào."),
        _("Báo cho bộ phận hỗ trợ, hoặc dùng máy chủ dấu thời gian khác."),
    ),
    ErrorCode.NETWORK_UNREACHABLE: Text(
        _("Không kết nối được máy chủ"),
        _("Không kết nối được tới {url}."),
        _("Kiểm tra mạng, proxy và tường lửa rồi thử lại."),
        may_retry=True,
    ),
    ErrorCode.NETWORK_TIMEOUT: Text(
        _("Máy chủ trả lời quá chậm"),
        _("{url} không trả lời xong trong thời hạn."),
        _("Thử lại sau."),
        may_retry=True,
    ),
    ErrorCode.NETWORK_REFUSED_ADDRESS: Text(
        _("Địa chỉ bị từ chối"),
        _("{url} trỏ tới địa chỉ nội bộ, không được phép truy cập từ thông tin trong tập tin."),
        _("Nếu đây là máy chủ nội bộ của cơ quan, người quản trị cần cho phép trong cấu hình."),
    ),
    ErrorCode.NETWORK_REFUSED_SCHEME: Text(
        _("Kiểu địa chỉ bị từ chối"), _("Chỉ truy cập địa chỉ http hoặc https, không phải {url}."), _("Bỏ qua.")
    ),
    ErrorCode.NETWORK_TLS: Text(
        _("Kết nối không an toàn"),
        _("Chứng thư của máy chủ {url} không hợp lệ nên không kết nối."),
        _("Kiểm tra ngày giờ của máy và địa chỉ; báo cho người quản trị nếu vẫn vậy."),
    ),
    ErrorCode.NETWORK_HTTP_STATUS: Text(
        _("Máy chủ báo lỗi"), _("{url} trả lời lỗi {http_status}."), _("Thử lại sau."), may_retry=True
    ),
    ErrorCode.NETWORK_TOO_LARGE: Text(
        _("Máy chủ trả về quá nhiều dữ liệu"),
        _("Trả lời của {url} vượt quá {limit} byte."),
        _("Báo cho người quản trị."),
    ),
    ErrorCode.NETWORK_BAD_ANSWER: Text(
        _("Máy chủ trả lời sai"),
        _("Trả lời của máy chủ không dùng được ({reason})."),
        _("Thử lại sau, hoặc dùng máy chủ khác."),
        may_retry=True,
    ),
    ErrorCode.NETWORK_NO_TSA: Text(
        _("Chưa cấu hình máy chủ dấu thời gian"),
        _("Cấu hình đang dùng chưa có địa chỉ máy chủ dấu thời gian."),
        _("Người quản trị bổ sung địa chỉ trong cấu hình."),
    ),
    ErrorCode.STORAGE_EXISTS: Text(
        _("Tập tin kết quả đã có"),
        _("{file} đã tồn tại; chương trình không ghi đè."),
        _("Đổi tên hoặc chuyển tập tin cũ đi, hoặc chọn nơi lưu khác."),
    ),
    ErrorCode.STORAGE_READ_ONLY: Text(
        _("Không được ghi vào thư mục"),
        _("Không có quyền ghi vào thư mục {folder}."),
        _("Chọn thư mục lưu khác."),
    ),
    ErrorCode.STORAGE_FULL: Text(
        _("Hết chỗ trên ổ đĩa"),
        _("Ổ đĩa chứa {file} đã đầy; không để lại tập tin dở dang."),
        _("Giải phóng dung lượng rồi ký lại."),
        may_retry=True,
    ),
    ErrorCode.STORAGE_NAME_TOO_LONG: Text(
        _("Tên tập tin quá dài"), _("Tên {file} dài hơn hệ thống cho phép."), _("Đặt tên ngắn hơn.")
    ),
    ErrorCode.STORAGE_FAILED: Text(
        _("Không ghi được tập tin"),
        _("Không ghi được {file}: {reason}."),
        _("Kiểm tra ổ đĩa hoặc chọn nơi lưu khác."),
        may_retry=True,
    ),
    ErrorCode.STORAGE_IS_SOURCE: Text(
        _("Trùng với tập tin gốc"),
        _("Kết quả sẽ ghi đè lên chính {file}; bản gốc không bao giờ bị ghi đè."),
        _("Chọn tên khác cho kết quả."),
    ),
    ErrorCode.STORAGE_FOLDER_MISSING: Text(
        _("Không thấy thư mục lưu"),
        _("Thư mục {folder} không tồn tại hoặc ổ đĩa mạng đã mất kết nối."),
        _("Kiểm tra kết nối hoặc chọn thư mục lưu khác."),
        may_retry=True,
    ),
    ErrorCode.PROFILE_NOT_FOUND: Text(
        _("Không thấy cấu hình"),
        _("Không thấy cấu hình tại {path}."),
        _("Cài lại chương trình hoặc chọn lại thư mục cấu hình."),
    ),
    ErrorCode.PROFILE_INVALID: Text(
        _("Cấu hình sai"),
        _("Cấu hình {path} sai ở mục {key}: {reason}."),
        _("Người quản trị sửa lại mục này."),
    ),
    ErrorCode.SETTINGS_INVALID: Text(
        _("Tệp cài đặt bị hỏng"),
        _("Tệp cài đặt {path} bị hỏng nên được cất riêng; chương trình dùng cài đặt mặc định."),
        _("Đặt lại các lựa chọn trong Cài đặt."),
    ),
    ErrorCode.TRAINING_EXTRA_MISSING: Text(
        _("Thiếu gói tập huấn"),
        _("Chế độ tập huấn cần gói {package} chưa được cài."),
        _("Cài chương trình cùng phần tập huấn (bdsigner[training])."),
    ),
    ErrorCode.TRAINING_SOFTHSM_MISSING: Text(
        _("Thiếu SoftHSM2"),
        _("Chế độ tập huấn cần SoftHSM2 làm thiết bị mềm, nhưng máy này chưa cài."),
        _("Cài SoftHSM2 (trên Debian: apt-get install softhsm2) rồi thử lại."),
    ),
    ErrorCode.TRAINING_FOLDER_IN_USE: Text(
        _("Thư mục đang chứa thứ khác"),
        _("Thư mục {path} không trống và không phải thư mục tập huấn."),
        _("Chọn một thư mục trống."),
    ),
    ErrorCode.TRAINING_PORT_BUSY: Text(
        _("Cổng mạng đang bận"),
        _("Cổng {port} của máy chủ tập huấn đang bị chương trình khác dùng."),
        _("Đóng chương trình đó, hoặc tạo thư mục tập huấn mới."),
        may_retry=True,
    ),
    ErrorCode.TRAINING_FAILED: Text(
        _("Không dựng được chế độ tập huấn"),
        _("Bước “{step}” của chế độ tập huấn không thành công."),
        _("Tạo lại thư mục tập huấn; nếu vẫn vậy, chép chi tiết và gửi cho bộ phận hỗ trợ."),
        may_retry=True,
    ),
}
