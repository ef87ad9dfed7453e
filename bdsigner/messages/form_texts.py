"""Sentences on forms that are filled in wrong or not enough; labels stay as the form prints them."""

from bdsigner.errors import ErrorCode
from bdsigner.messages.text import Text
from bdsigner.messages.translate import tr_noop as _

FORM_TEXTS: dict[ErrorCode, Text] = {
    ErrorCode.FORM_VALUE_MISSING: Text(
        _("Còn mục chưa khai"),
        _("Mục “{label}” chưa có nội dung."),
        _("Điền mục này, hoặc in ra và điền tay trước khi ký."),
    ),
    ErrorCode.FORM_CELL_MISSING: Text(
        _("Còn ô chưa khai trong danh sách"),
        _("Dòng {row}: ô “{label}” chưa có nội dung."),
        _("Điền ô này, hoặc in ra và điền tay trước khi ký."),
    ),
    ErrorCode.FORM_NOTE_MISSING: Text(
        _("Chưa ghi lý do thiếu thiết bị"),
        _("Dòng {row}: thu hồi mà không có thiết bị lưu khóa bí mật thì phải ghi rõ lý do (Điều 7 khoản 2 điểm c)."),
        _("Ghi lý do vào cột Ghi chú, hoặc ghi số hiệu thiết bị đã thu."),
    ),
    ErrorCode.FORM_ATTACHMENT_MISSING: Text(
        _("Còn thiếu tài liệu kèm theo"),
        _("Chưa có: {name}."),
        _("Kèm bản sao hợp lệ của tài liệu này trước khi gửi."),
    ),
    ErrorCode.FORM_UNKNOWN_FORM: Text(
        _("Không có mẫu này"),
        _("Không có mẫu đơn tên “{form}” trong chương trình và trong cấu hình của đơn vị."),
        _("Chọn một trong các mẫu đang có."),
    ),
    ErrorCode.FORM_UNKNOWN_FIELD: Text(
        _("Mẫu không có mục này"),
        _("Mẫu không có mục hoặc tài liệu tên “{field}”."),
        _("Xem tên các mục bằng lệnh bdsigner request new."),
    ),
    ErrorCode.FORM_TOO_LONG: Text(
        _("Nội dung quá dài"),
        _("Mục “{label}” chỉ nhận tối đa {most} ký tự."),
        _("Viết ngắn lại; phần còn lại ghi vào tài liệu kèm theo."),
    ),
    ErrorCode.FORM_CHARACTERS: Text(
        _("Có ký tự không in được"),
        _("Mục “{label}” có ký tự điều khiển hoặc ký tự mà phông chữ của mẫu không có."),
        _("Gõ lại mục này bằng chữ tiếng Việt Unicode thông thường."),
    ),
    ErrorCode.FORM_DATE: Text(
        _("Ngày không đúng"),
        _("Mục “{label}” phải là một ngày có thật, viết dạng ngày/tháng/năm đủ chữ số, ví dụ 05/02/1980."),
        _("Sửa lại ngày."),
    ),
    ErrorCode.FORM_DATE_ORDER: Text(
        _("Hai ngày trái nhau"),
        _("Ngày ở mục “{later}” trước ngày ở mục “{earlier}”."),
        _("Kiểm tra lại hai ngày này."),
    ),
    ErrorCode.FORM_TIME: Text(
        _("Giờ không đúng"),
        _("Mục “{label}” phải là giờ:phút, ví dụ 08:30."),
        _("Sửa lại giờ."),
    ),
    ErrorCode.FORM_MAIL: Text(
        _("Địa chỉ thư điện tử không đúng"),
        _("Mục “{label}” không phải là một địa chỉ thư điện tử."),
        _("Kiểm tra lại địa chỉ."),
    ),
    ErrorCode.FORM_MAIL_DOMAIN: Text(
        _("Không phải địa chỉ thư công vụ"),
        _("Mục “{label}” phải là địa chỉ thuộc {domains}."),
        _("Dùng hộp thư công vụ của bạn; nếu chưa có, đề nghị cơ quan cấp."),
    ),
    ErrorCode.FORM_MAIL_OTHER: Text(
        _("Địa chỉ thư khác với khi đề nghị cấp"),
        _("Mẫu số 04 cần đúng địa chỉ thư đã dùng để đề nghị cấp chứng thư số; chứng thư số ghi địa chỉ khác."),
        _("Dùng địa chỉ ghi trong chứng thư số."),
    ),
    ErrorCode.FORM_PHONE: Text(
        _("Số điện thoại không đúng"),
        _("Mục “{label}” chỉ gồm chữ số, dấu cách, dấu chấm, gạch nối và ngoặc, bắt đầu bằng số hoặc dấu +."),
        _("Kiểm tra lại số điện thoại."),
    ),
    ErrorCode.FORM_TERM: Text(
        _("Thời hạn đề nghị không đúng"),
        _("Mục “{label}” là số năm từ 1 đến {most}."),
        _("Nhập lại số năm."),
    ),
    ErrorCode.FORM_CHOICE: Text(
        _("Không phải một trong các lựa chọn"),
        _("Mục “{label}” chỉ nhận: {choices}."),
        _("Chọn một trong các giá trị này."),
    ),
    ErrorCode.FORM_ROWS: Text(
        _("Số dòng của danh sách không phù hợp"),
        _("Danh sách phải có từ 1 đến {most} dòng; đang có {count}."),
        _("Thêm người vào danh sách, hoặc chia thành nhiều danh sách."),
    ),
    ErrorCode.FORM_WRONG_CASE: Text(
        _("Trường hợp này do Sở thực hiện"),
        _("Trường hợp {case} không do thuê bao hoặc cơ quan bắt đầu nên không có mẫu đề nghị."),
        _("Liên hệ cơ quan quản lý chứng thư số nếu cần biết kết quả."),
    ),
}
