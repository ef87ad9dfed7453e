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
        _("Tập tin {file} được bảo vệ bằng mật khẩu nên chưa đọc được."),
        _(
            "Văn bản nhận được: đề nghị nơi gửi cung cấp bản không có mật khẩu (tự bỏ mật khẩu sẽ làm mất chữ ký). Văn bản của "
            "bạn: bỏ mật khẩu trong phần mềm đã tạo ra nó."
        ),
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
    ErrorCode.SIGNING_ARCHIVAL_TAGS: Text(
        _("PDF/A mức A không giữ được trọn vẹn"),
        _(
            "Tập tin tự nhận là {claim}; phần hiện thêm trên trang (chữ ký, số, ngày) không gắn thẻ cấu trúc nên sau khi ký "
            "tập tin chỉ còn đạt {kept}."
        ),
        _("Nếu kho lưu trữ đòi đúng mức A, ghi số và ngày trong phần mềm soạn thảo rồi ký không hiện chữ ký."),
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
        _("Khung chữ ký không đủ chỗ cho những gì phải thể hiện (chữ từ 8 pt, con dấu đúng kích thước thật)."),
        _("Kéo khung lớn hơn (ít nhất khoảng {min_width_mm} × {min_height_mm} mm)."),
    ),
    ErrorCode.SIGNING_GLYPH_MISSING: Text(
        _("Phông chữ thiếu ký tự"),
        _("Phông chữ của chữ ký hiển thị không có ký tự “{character}”."),
        _("Báo cho bộ phận hỗ trợ để đổi phông chữ trong cấu hình."),
    ),
    ErrorCode.SIGNING_HAND_SIGNATURE_MISSING: Text(
        _("Chưa chọn hình chữ ký tay"),
        _("Theo hồ sơ cấu hình này, bản gốc phải có hình chữ ký tay của {name}, nhưng chưa có tệp nào được chọn."),
        _("Chọn tệp PNG chữ ký tay trong Cài đặt, hoặc thêm --hand-signature trên dòng lệnh."),
    ),
    ErrorCode.SIGNING_PICTURE_UNUSABLE: Text(
        _("Không dùng được hình chữ ký hoặc con dấu"),
        _("{file} bị hỏng, không đọc được hoặc không phải là tệp PNG ({reason})."),
        _("Quét lại rồi lưu thành PNG nền trong suốt, và chọn tệp mới trong Cài đặt."),
    ),
    ErrorCode.SIGNING_PICTURE_OPAQUE: Text(
        _("Hình không có nền trong suốt"),
        _("{file} có nền đặc nên sẽ che chữ của văn bản."),
        _("Xóa nền rồi lưu lại thành PNG nền trong suốt, và chọn tệp mới trong Cài đặt."),
    ),
    ErrorCode.SIGNING_PICTURE_LIMITS: Text(
        _("Hình chữ ký hoặc con dấu quá lớn"),
        _("{file} lớn hơn {limit_mb} MB hoặc {limit_megapixels} triệu điểm ảnh; hình này nằm trong mọi tập tin đã ký."),
        _("Lưu lại hình nhỏ hơn, ví dụ ở 300 dpi, và chọn tệp mới trong Cài đặt."),
    ),
    ErrorCode.SIGNING_SLOT_TOO_NARROW: Text(
        _("Chỗ trống quá hẹp"),
        _("Chỗ trống ở trang {page} không đủ rộng để ghi “{text}”."),
        _("Ghi số hoặc ngày trong phần mềm soạn thảo rồi xuất lại PDF."),
    ),
    ErrorCode.SIGNING_FILLING_AFTER_SIGNATURE: Text(
        _("Văn bản đã có chữ ký"),
        _("{file} đã có chữ ký số; ghi số hoặc ngày vào lúc này làm chữ ký đó mất giá trị."),
        _("Ghi số và ngày trước chữ ký đầu tiên (Điều 10 khoản 3 điểm b); bỏ trống hai ô này để ký thêm."),
    ),
    ErrorCode.SIGNING_TIME_OUT_OF_TOLERANCE: Text(
        _("Giờ ký và dấu thời gian không khớp"),
        _("Giờ in trên chữ ký của {file} lệch với dấu thời gian quá mức cho phép; đã thử ký lại một lần."),
        _("Kiểm tra đồng hồ của máy và đường mạng đến máy chủ dấu thời gian, rồi ký lại."),
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
    ErrorCode.SIGNING_UNSIGNED: Text(
        _("Tập tin chưa được ký"),
        _("{file} không có chữ ký số nào để nâng mức."),
        _("Ký văn bản trước, rồi nâng mức."),
    ),
    ErrorCode.SIGNING_BROKEN: Text(
        _("Chữ ký trong tập tin không còn nguyên vẹn"),
        _("Chữ ký trong {file} không kiểm tra được hoặc nội dung đã bị thay đổi, nên không bổ sung gì."),
        _("Kiểm tra tập tin để xem chi tiết; lấy lại bản nguyên vẹn từ nơi gửi."),
    ),
    ErrorCode.SIGNING_LEVEL_REACHED: Text(
        _("Tập tin đã ở mức này"),
        _("{file} đã đạt mức {level}; không có gì để bổ sung."),
        _("Chọn mức cao hơn, hoặc dùng tập tin như nó đang có."),
    ),
    ErrorCode.SIGNING_PROOFS_MISSING: Text(
        _("Chưa đủ dữ liệu kiểm tra lâu dài"),
        _("Chưa nâng mức được {file}: {why}."),
        _(
            "Nếu do mất kết nối với máy chủ của nơi cấp chứng thư số thì thử lại sau; nếu không, giữ tập tin như nó đang có."
        ),
        may_retry=True,
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
    ErrorCode.STORAGE_FORMAT: Text(
        _("Không biết định dạng này"),
        _("Không ghi được “{path}”: tên tập tin phải kết thúc bằng {allowed}."),
        _("Đặt tên khác cho tập tin."),
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
    ErrorCode.STORAGE_CHANGED: Text(
        _("Tập tin đã bị thay đổi"),
        _("{file} không còn là bản chương trình đã ký, nên không được thay bằng bản mới."),
        _("Giữ tập tin như nó đang có; nếu cần dấu thời gian thì nâng mức thành một tập tin khác."),
    ),
    ErrorCode.STORAGE_REGISTER: Text(
        _("Không ghi hoặc đọc được sổ văn bản đã ký"),
        _("Sổ văn bản đã ký trên máy này ({file}) không dùng được lúc này; chữ ký và tập tin không bị ảnh hưởng."),
        _("Kiểm tra ổ đĩa còn chỗ và quyền ghi, đóng cửa sổ khác đang bận, rồi thử lại."),
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
