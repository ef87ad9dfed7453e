"""Sentences on requests that cannot be signed, sent or followed (Điều 6–8, 13)."""

from bdsigner.errors import ErrorCode
from bdsigner.messages.text import Text
from bdsigner.messages.translate import tr_noop as _

REQUEST_TEXTS: dict[ErrorCode, Text] = {
    ErrorCode.REQUEST_NOT_FOUND: Text(
        _("Không có yêu cầu này"),
        _("Trên máy này không có yêu cầu mang mã {request}."),
        _("Xem danh sách yêu cầu ở trang Yêu cầu hoặc bằng lệnh bdsigner request list."),
    ),
    ErrorCode.REQUEST_CHANGED: Text(
        _("Yêu cầu vừa được thay đổi ở nơi khác"),
        _("Một cửa sổ khác vừa thay đổi yêu cầu này; thao tác của bạn chưa được thực hiện."),
        _("Xem lại yêu cầu rồi làm lại."),
        may_retry=True,
    ),
    ErrorCode.REQUEST_STATE: Text(
        _("Không làm được ở bước này"),
        _("Yêu cầu đang ở trạng thái “{state}” nên không thực hiện được việc này."),
        _("Xem các bước đã qua của yêu cầu; nếu nội dung sai, hãy lập yêu cầu mới."),
    ),
    ErrorCode.REQUEST_INCOMPLETE: Text(
        _("Giấy đề nghị chưa đủ"),
        _("Còn {count} mục chưa có, ví dụ: {example}"),
        _("Điền đủ các mục được đánh dấu rồi ký."),
    ),
    ErrorCode.REQUEST_UNSIGNED: Text(
        _("Giấy đề nghị chưa ký"),
        _("Yêu cầu chỉ được gửi khi giấy đề nghị đã ký số, hoặc đã ký tay và đính kèm bản chụp."),
        _("Ký bằng thiết bị, hoặc in ra, ký tay rồi đính kèm bản chụp."),
    ),
    ErrorCode.REQUEST_SIGNER: Text(
        _("Chứng thư số này không ký được giấy đề nghị"),
        _("Chứng thư số của {name} không phải của thuê bao nêu trong giấy đề nghị."),
        _("Chọn chứng thư số của thuê bao, hoặc ký với tư cách cơ quan quản lý trực tiếp."),
    ),
    ErrorCode.REQUEST_UNCONFIRMED: Text(
        _("Giấy đề nghị cần cơ quan xác nhận"),
        _(
            "Giấy đề nghị của công chức chuyên môn nghiệp vụ phải có xác nhận của cơ quan quản lý trực tiếp "
            "(Điều 5 khoản 1 điểm b)."
        ),
        _("Nhờ cơ quan quản lý trực tiếp ký xác nhận, rồi gửi."),
    ),
    ErrorCode.REQUEST_OWN_CONFIRMATION: Text(
        _("Không tự xác nhận cho mình"),
        _("{name} đã đứng tên hoặc đã ký trên giấy đề nghị này nên không ký được phần của bên kia."),
        _("Đề nghị người có thẩm quyền khác ký xác nhận."),
    ),
    ErrorCode.REQUEST_SIGNED_ALREADY: Text(
        _("Chỗ này đã ký"),
        _("Phần “{field}” của giấy đề nghị đã có chữ ký."),
        _("Không cần ký lại; nếu nội dung sai, hãy lập yêu cầu mới."),
    ),
    ErrorCode.REQUEST_OTHER_DOCUMENT: Text(
        _("Không phải bản đã ký của yêu cầu này"),
        _("Tập tin {file} không nhận làm bản đã ký của giấy đề nghị ({reason})."),
        _("Chọn bản chụp tờ giấy đã ký tay (PDF hoặc ảnh), hoặc đúng tập tin PDF mà chương trình đã lưu, sau khi ký."),
    ),
    ErrorCode.REQUEST_NO_CHANNEL: Text(
        _("Chưa có đường gửi tự động"),
        _("Cấu hình của đơn vị chưa nêu hộp thư hoặc địa chỉ tiếp nhận nào dùng được cho yêu cầu này."),
        _("Lưu yêu cầu thành tập tin để nộp trực tiếp, hoặc đề nghị đơn vị triển khai bổ sung cấu hình."),
    ),
    ErrorCode.REQUEST_MAILBOX: Text(
        _("Không phải hộp thư công vụ"),
        _("Địa chỉ gửi “{mailbox}” phải là hộp thư công vụ thuộc {domains}."),
        _("Dùng hộp thư công vụ của bạn hoặc của cơ quan."),
    ),
    ErrorCode.REQUEST_TOO_LARGE: Text(
        _("Yêu cầu quá lớn để gửi"),
        _("Giấy đề nghị và tài liệu kèm theo vượt quá {limit} MB."),
        _("Chụp lại tài liệu với độ phân giải thấp hơn, hoặc lưu thành tập tin để nộp trực tiếp."),
    ),
    ErrorCode.REQUEST_NO_PASSWORD: Text(
        _("Chưa có mật khẩu hộp thư"),
        _("Kho khóa của hệ điều hành không có mật khẩu của {user} cho máy chủ thư {server}."),
        _("Nhập mật khẩu hộp thư ở trang Yêu cầu, hoặc bằng lệnh bdsigner request password."),
    ),
    ErrorCode.REQUEST_PASSWORD_REFUSED: Text(
        _("Máy chủ thư không nhận mật khẩu"),
        _("Máy chủ thư {server} từ chối mật khẩu của {user}; chưa gửi gì."),
        _("Nhập lại mật khẩu hộp thư ở trang Yêu cầu, hoặc bằng lệnh bdsigner request password."),
    ),
    ErrorCode.REQUEST_MAIL_REFUSED: Text(
        _("Máy chủ thư từ chối"),
        _("Máy chủ thư {server} không nhận thư này ({status} {reason}); thư chưa đi."),
        _("Hỏi bộ phận quản trị thư; trong khi chờ, lưu yêu cầu thành tập tin để nộp trực tiếp."),
    ),
    ErrorCode.REQUEST_SERVER_UNREACHABLE: Text(
        _("Không kết nối được nơi nhận"),
        _("Máy chủ {server} không trả lời ({reason}); yêu cầu vẫn giữ trên máy và chưa gửi."),
        _("Chương trình tự gửi lại; kiểm tra mạng nếu kéo dài."),
        may_retry=True,
    ),
    ErrorCode.REQUEST_SERVER_TIMEOUT: Text(
        _("Nơi nhận trả lời quá chậm"),
        _("Máy chủ {server} không trả lời trong thời gian cho phép; yêu cầu chưa gửi."),
        _("Chương trình tự gửi lại."),
        may_retry=True,
    ),
    ErrorCode.REQUEST_SERVER_TLS: Text(
        _("Nơi nhận không đáng tin"),
        _("Máy chủ {server} không chứng minh được danh tính ({reason}); chưa gửi gì cho máy chủ này."),
        _(
            "Báo cho bộ phận quản trị kiểm tra chứng thư của máy chủ; lưu yêu cầu thành tập tin để nộp trực tiếp nếu gấp."
        ),
    ),
    ErrorCode.REQUEST_SERVER_REFUSED: Text(
        _("Nơi nhận không nhận yêu cầu"),
        _("Máy chủ {server} từ chối yêu cầu ({status} {reason})."),
        _("Lưu yêu cầu thành tập tin để nộp trực tiếp, và báo cho cơ quan quản lý chứng thư số."),
    ),
    ErrorCode.REQUEST_SERVER_BUSY: Text(
        _("Nơi nhận tạm thời không nhận được"),
        _("Máy chủ {server} đang bận hoặc gặp sự cố ({status}); yêu cầu vẫn giữ trên máy."),
        _("Chương trình tự gửi lại."),
        may_retry=True,
    ),
    ErrorCode.REQUEST_SERVER_ANSWER: Text(
        _("Nơi nhận trả lời sai"),
        _("Không đọc được câu trả lời của máy chủ {server} ({reason})."),
        _("Chương trình tự hỏi lại; nếu vẫn vậy, báo cho cơ quan quản lý chứng thư số."),
        may_retry=True,
    ),
    ErrorCode.REQUEST_ARRIVAL_UNKNOWN: Text(
        _("Chưa rõ yêu cầu đã đến chưa"),
        _("Kết nối với {server} đứt sau khi bắt đầu gửi ({reason})."),
        _("Chương trình gửi lại đúng yêu cầu này với cùng mã số, nên nơi nhận không tính hai lần."),
        may_retry=True,
    ),
    ErrorCode.REQUEST_LOGIN_NEEDED: Text(
        _("Nơi nhận yêu cầu đăng nhập bằng thiết bị"),
        _("Máy chủ {server} yêu cầu ký xác thực (Điều 13 khoản 3), nhưng lúc này không có thiết bị để ký."),
        _("Cắm thiết bị rồi bấm Gửi ngay."),
    ),
    ErrorCode.REQUEST_LOGIN_REFUSED: Text(
        _("Đăng nhập bằng thiết bị không thành công"),
        _("Máy chủ {server} không nhận chữ ký xác thực ({reason}); yêu cầu chưa gửi."),
        _("Thử lại với chứng thư số còn hiệu lực; nếu vẫn vậy, liên hệ cơ quan quản lý chứng thư số."),
    ),
    ErrorCode.REQUEST_RECEIPT_SIGNATURE: Text(
        _("Phiếu trả lời không hợp lệ"),
        _("Không kiểm tra được chữ ký trên phiếu trả lời {file}, hoặc phiếu đã bị sửa; yêu cầu giữ nguyên trạng thái."),
        _("Lấy lại phiếu từ thư của cơ quan quản lý chứng thư số; gọi điện hỏi nếu nghi ngờ."),
    ),
    ErrorCode.REQUEST_RECEIPT_SIGNER: Text(
        _("Phiếu trả lời không do cơ quan quản lý ký"),
        _("Phiếu trả lời {file} do {signer} ký, không phải đơn vị nêu trong cấu hình; yêu cầu giữ nguyên trạng thái."),
        _("Không tin nội dung phiếu này; gọi điện hỏi cơ quan quản lý chứng thư số."),
    ),
    ErrorCode.REQUEST_RECEIPT_CONTENT: Text(
        _("Không phải phiếu trả lời"),
        _("Nội dung của {file} không phải phiếu trả lời đọc được ({reason})."),
        _("Chọn tập tin phiếu trả lời (thư .eml hoặc tệp .p7m) do cơ quan quản lý gửi."),
    ),
    ErrorCode.REQUEST_RECEIPT_OTHER: Text(
        _("Phiếu trả lời cho yêu cầu khác"),
        _("Phiếu trả lời nêu yêu cầu mang mã {request}; trên máy này không có yêu cầu đó, hoặc yêu cầu đó chưa gửi."),
        _("Mở phiếu trên máy đã gửi yêu cầu."),
    ),
    ErrorCode.STORAGE_OUTBOX: Text(
        _("Không dùng được hộp yêu cầu"),
        _("Không đọc hoặc ghi được nơi lưu các yêu cầu ({reason}); chưa gửi gì."),
        _("Kiểm tra đĩa và quyền của thư mục dữ liệu, rồi thử lại."),
    ),
    ErrorCode.PROFILE_FORMS_SIGNATURE: Text(
        _("Mẫu đơn không do cơ quan quản lý phát hành"),
        _("Các mẫu đơn trong cấu hình ({path}) không có chữ ký hợp lệ của đơn vị nêu trong cấu hình ({reason})."),
        _("Xóa thư mục forms để dùng mẫu có sẵn, hoặc cài lại cấu hình do cơ quan quản lý phát hành."),
    ),
}
