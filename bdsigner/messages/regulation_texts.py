"""What the regulation has to say against a signature: each names its clause and the way on."""

from bdsigner.errors import ErrorCode
from bdsigner.messages.text import Text
from bdsigner.messages.translate import tr_noop as _

REGULATION_TEXTS: dict[ErrorCode, Text] = {
    ErrorCode.REGULATION_SECRET_DECLARED: Text(
        _("Không ký số văn bản mật"),
        _("Văn bản được khai là văn bản mật; văn bản mật không được ký số (Điều 10 khoản 1 điểm a)."),
        _("Làm văn bản giấy theo quy định về bảo vệ bí mật nhà nước."),
    ),
    ErrorCode.REGULATION_SECRET_MARK: Text(
        _("Văn bản có dấu chỉ độ mật"),
        _("Trang 1 có dấu “{mark}”; văn bản mật không được ký số (Điều 10 khoản 1 điểm a)."),
        _("Nếu là văn bản mật, làm văn bản giấy; nếu dấu này ghi nhầm, bỏ đi rồi xuất lại PDF."),
    ),
    ErrorCode.REGULATION_PROHIBITED_KIND: Text(
        _("Loại giấy tờ không được ký số"),
        _("Văn bản thuộc loại “{kind}”, không được ký số (Điều 10 khoản 1 điểm a)."),
        _("Làm bản giấy theo quy định của loại giấy tờ này."),
    ),
    ErrorCode.REGULATION_DEVICE_REPORTED: Text(
        _("Thiết bị đã được báo mất hoặc lộ khóa"),
        _("Đã có yêu cầu thu hồi chứng thư số trên thiết bị này của {name} (Điều 7 khoản 1 điểm d)."),
        _("Không dùng thiết bị này nữa; mở trang Yêu cầu để theo dõi việc thu hồi và đề nghị cấp mới."),
    ),
    ErrorCode.REGULATION_NO_TITLE: Text(
        _("Chứng thư số không ghi chức danh"),
        _("Chứng thư số của {name} không ghi chức danh nên không đối chiếu được thẩm quyền (Điều 10 khoản 2 điểm b)."),
        _("Dùng chứng thư số có ghi chức danh, hoặc đề nghị Sở bổ sung chức danh."),
    ),
    ErrorCode.REGULATION_NOT_AUTHORISED: Text(
        _("Không phải người có thẩm quyền"),
        _(
            "Chứng thư số ghi chức danh “{title}”, thuộc nhóm công chức chuyên môn nghiệp vụ; nhóm này không ký "
            "văn bản chính thức (Điều 5 khoản 1 điểm b)."
        ),
        _("Chuyển văn bản cho người có thẩm quyền ký, hoặc chọn đúng loại văn bản."),
    ),
    ErrorCode.REGULATION_TITLE_MISMATCH: Text(
        _("Chức danh không khớp"),
        _(
            "Trang {page} ghi “{written}”, chứng thư số ghi “{title}”; người có thẩm quyền chỉ ký đúng chức danh của "
            "mình (Điều 10 khoản 2 điểm b)."
        ),
        _("Kiểm tra phần chức danh trong văn bản, hoặc chuyển cho đúng người ký."),
    ),
    ErrorCode.REGULATION_TITLE_UNCLEAR: Text(
        _("Chức danh chưa chắc khớp"),
        _("Trang {page} ghi “{written}”, chứng thư số ghi “{title}” (Điều 10 khoản 2 điểm b)."),
        _("Đối chiếu: chỉ ký tiếp nếu đây là cùng một chức danh."),
    ),
    ErrorCode.REGULATION_POWER_UNFIT: Text(
        _("Thẩm quyền ký không phù hợp"),
        _("Trang {page} ghi “{power} {head}” nhưng chức danh bên dưới là “{written}” (Điều 10 khoản 2 điểm b)."),
        _("Sửa phần thể thức đề ký trong văn bản, hoặc chuyển cho đúng người ký."),
    ),
    ErrorCode.REGULATION_TUQ_UNGROUNDED: Text(
        _("Chưa có căn cứ ký thừa ủy quyền"),
        _(
            "Trang {page} ghi “TUQ.” nhưng cấu hình chưa có quy chế của cơ quan về ký thừa ủy quyền (Điều 3 khoản 9 điểm b)."
        ),
        _(
            "Bổ sung số và ngày quy chế của cơ quan (Điều 17 khoản 2) vào cấu hình, hoặc chuyển cho người có thẩm quyền."
        ),
    ),
    ErrorCode.REGULATION_OTHER_SIGNER: Text(
        _("Tên người ký không khớp"),
        _("Trang {page} ghi tên “{written}”, chứng thư số là của {name} (Điều 10 khoản 2 điểm b)."),
        _("Chuyển văn bản cho đúng người ký, hoặc sửa tên trong văn bản."),
    ),
    ErrorCode.REGULATION_SIGN_OFF_UNREAD: Text(
        _("Chưa đọc được phần đề ký"),
        _("Không tìm thấy chức danh trên chỗ ký nên chưa đối chiếu được với “{title}” (Điều 10 khoản 2 điểm b)."),
        _("Tự đối chiếu chức danh và đặt chữ ký đúng chỗ trước khi ký tiếp."),
    ),
    ErrorCode.REGULATION_COPY_TITLE: Text(
        _("Chức danh không được ký bản số hóa"),
        _("Chức danh “{title}” không thuộc các chức danh ký bản số hóa: {allowed} (Điều 10 khoản 2 điểm c)."),
        _("Chuyển cho người có một trong các chức danh này; chức danh tương đương do cấu hình quy định."),
    ),
    ErrorCode.REGULATION_COPY_UNCONFIRMED: Text(
        _("Chưa xác nhận bản giấy đã được ký"),
        _("Bản số hóa chỉ được ký khi bản giấy đã có chữ ký của người có thẩm quyền (Điều 10 khoản 2 điểm c)."),
        _("Đối chiếu với bản giấy, rồi đánh dấu xác nhận."),
    ),
    ErrorCode.REGULATION_COPY_FILLING: Text(
        _("Không ghi số, ngày vào bản số hóa"),
        _("Bản số hóa phải đúng như bản giấy đã ký nên không ghi thêm số hoặc ngày (Điều 10 khoản 2 điểm c)."),
        _("Bỏ trống số và ngày; nếu bản giấy còn thiếu, bổ sung trên bản giấy rồi quét lại."),
    ),
    ErrorCode.REGULATION_NUMBER_MISSING: Text(
        _("Văn bản chưa có số"),
        _("Ô số (…/{symbol}) còn trống; bản gốc chưa có số thì chưa được ký (Điều 10 khoản 3 điểm b)."),
        _("Nhập số văn bản, hoặc lấy số tiếp theo từ sổ của cơ quan."),
    ),
    ErrorCode.REGULATION_NUMBER_UNREAD: Text(
        _("Chưa đọc được số, ngày của văn bản"),
        _(
            "Không tìm thấy số hoặc ngày ở đầu trang 1; bản gốc phải có số và ngày trước khi ký (Điều 10 khoản 3 điểm b)."
        ),
        _("Tự kiểm tra số và ngày trên văn bản trước khi ký tiếp."),
    ),
    ErrorCode.REGULATION_NUMBER_INVALID: Text(
        _("Số văn bản không đúng"),
        _("“{number}” không phải là số văn bản (Điều 10 khoản 3 điểm b)."),
        _("Nhập số bằng chữ số, ví dụ 45 hoặc 45a."),
    ),
    ErrorCode.REGULATION_NUMBER_NO_SLOT: Text(
        _("Không có chỗ ghi số"),
        _("Không tìm thấy dòng “Số: …” để ghi số {number} (Điều 10 khoản 3 điểm b)."),
        _("Bỏ trống số nếu văn bản đã có, hoặc ghi số trong phần mềm soạn thảo rồi xuất lại PDF."),
    ),
    ErrorCode.REGULATION_NUMBER_TAKEN: Text(
        _("Số đã cấp cho văn bản khác"),
        _("Số {number} đã được ghi vào {holder} theo sổ trên máy này (Điều 10 khoản 3 điểm b)."),
        _("Lấy số tiếp theo, hoặc kiểm tra lại sổ văn bản."),
    ),
    ErrorCode.REGULATION_NUMBER_OTHER: Text(
        _("Số nhập khác số trên văn bản"),
        _("Văn bản đã ghi số {written}, số nhập là {number} (Điều 10 khoản 3 điểm b)."),
        _("Bỏ trống số nếu số trên văn bản là đúng; nếu không, sửa văn bản rồi xuất lại PDF."),
    ),
    ErrorCode.REGULATION_DATE_MISSING: Text(
        _("Văn bản chưa có ngày"),
        _("Ngày, tháng ở đầu trang 1 còn trống; bản gốc chưa có ngày thì chưa được ký (Điều 10 khoản 3 điểm b)."),
        _("Nhập ngày ban hành."),
    ),
    ErrorCode.REGULATION_DATE_NO_SLOT: Text(
        _("Không có chỗ ghi ngày"),
        _("Không tìm thấy dòng “…, ngày … tháng … năm …” để ghi ngày {date} (Điều 10 khoản 3 điểm b)."),
        _("Bỏ trống ngày nếu văn bản đã có, hoặc ghi ngày trong phần mềm soạn thảo rồi xuất lại PDF."),
    ),
    ErrorCode.REGULATION_DATE_OTHER: Text(
        _("Ngày nhập khác ngày trên văn bản"),
        _("Ngày nhập {date} khác với phần ngày đã ghi trên văn bản (Điều 10 khoản 3 điểm b)."),
        _("Bỏ trống ngày nếu ngày trên văn bản là đúng; nếu không, sửa văn bản rồi xuất lại PDF."),
    ),
    ErrorCode.REGULATION_DATE_ODD: Text(
        _("Ngày ban hành khác thường"),
        _("Ngày {date} ở tương lai hoặc đã qua hơn 30 ngày (Điều 10 khoản 3 điểm b)."),
        _("Kiểm tra lại ngày trước khi ký tiếp."),
    ),
    ErrorCode.REGULATION_DATE_IMPOSSIBLE: Text(
        _("Ngày trên văn bản không có trong lịch"),
        _("Đầu trang 1 ghi ngày {date}; không có ngày này trong lịch (Điều 10 khoản 3 điểm b)."),
        _("Sửa ngày trong văn bản rồi xuất lại PDF; chỉ ký tiếp nếu chương trình đọc nhầm."),
    ),
    ErrorCode.REGULATION_FILLING_TOO_LATE: Text(
        _("Đã ký rồi, không ghi số hoặc ngày nữa"),
        _("Văn bản đã có chữ ký số; số và ngày phải có trước chữ ký đầu tiên (Điều 10 khoản 3 điểm b)."),
        _("Bỏ trống số và ngày để ký thêm, hoặc ký lại từ văn bản chưa ký."),
    ),
    ErrorCode.REGULATION_SIGNED_ALREADY: Text(
        _("Chính chứng thư số này đã ký"),
        _("Văn bản đã có chữ ký của {name} bằng chứng thư số này."),
        _("Chỉ ký tiếp nếu thật sự cần thêm một chữ ký nữa."),
    ),
    ErrorCode.REGULATION_INVISIBLE: Text(
        _("Chữ ký phải hiển thị trên trang"),
        _("Chữ ký số trên văn bản chính thức phải hiển thị đủ thông tin của người ký (Điều 10 khoản 1 điểm b)."),
        _("Chọn hiển thị chữ ký trên trang và đặt vào chỗ ký."),
    ),
    ErrorCode.REGULATION_ORIGINAL_PLACE: Text(
        _("Chữ ký không nằm ở chỗ ký"),
        _(
            "Chữ ký đặt ở trang {page} nằm ngoài chỗ ký tay và đóng dấu; chữ ký của bản gốc phải đặt giữa chức danh và "
            "họ tên (Điều 10 khoản 3 điểm b)."
        ),
        _("Đặt chữ ký lại vào khung đã tìm thấy."),
    ),
    ErrorCode.REGULATION_COPY_PLACE: Text(
        _("Chữ ký không nằm ở đầu văn bản"),
        _(
            "Chữ ký đặt ở trang {page} không nằm ở phần đầu trang 1 như quy định cho bản số hóa (Điều 10 khoản 3 điểm b)."
        ),
        _("Đặt chữ ký lại vào khoảng trống ở đầu trang 1."),
    ),
    ErrorCode.REGULATION_COVERS_TEXT: Text(
        _("Chữ ký che nội dung"),
        _("Chữ ký đặt ở trang {page} che mất chữ hoặc dấu trên văn bản (Điều 10 khoản 3 điểm b)."),
        _("Dời hoặc thu nhỏ chữ ký vào chỗ trống."),
    ),
    ErrorCode.REGULATION_SEAL_OVER_SIGN_OFF: Text(
        _("Con dấu chạm vào chức danh hoặc họ tên"),
        _(
            "Con dấu đúng kích thước thật cao hơn chỗ giữa chức danh và họ tên ở trang {page} nên đè lên các dòng đó "
            "(Điều 10 khoản 3 điểm b)."
        ),
        _("Xem lại trên trang; nếu không được, chừa thêm chỗ trong văn bản hoặc ký không kèm con dấu."),
    ),
    ErrorCode.REGULATION_APPEARANCE_CONTRADICTS: Text(
        _("Chữ ký hiển thị khác Quy chế"),
        _(
            "Theo hồ sơ cấu hình này, chữ ký hiển thị theo Nghị định 30/2020/NĐ-CP; cách này trái với Điều 10 khoản 1 "
            "điểm b, nơi đòi đủ sáu mục và không được giống chữ ký tay hay con dấu."
        ),
        _("Nếu văn bản phải theo Quy chế, dùng hồ sơ cấu hình theo Quyết định 69/2014/QĐ-UBND."),
    ),
    ErrorCode.REGULATION_RELEASE_UNSIGNED: Text(
        _("Văn bản chưa được ký số"),
        _(
            "Loại văn bản “{kind}” bắt buộc gửi điện tử và phải có chữ ký số trước khi phát hành (Điều 10 khoản 2 điểm a)."
        ),
        _("Chuyển văn bản cho người có thẩm quyền ký số, rồi phát hành."),
    ),
    ErrorCode.REGULATION_RELEASE_UNREVIEWED: Text(
        _("Văn thư chưa kiểm tra"),
        _("Văn bản chỉ được phát hành sau khi văn thư kiểm tra tính phù hợp về thẩm quyền (Điều 10 khoản 3 điểm c)."),
        _("Văn thư kiểm tra rồi ghi kết quả: phát hành hoặc trả lại."),
    ),
    ErrorCode.REGULATION_RELEASE_CHANGED: Text(
        _("Tập tin khác với tập tin đã kiểm tra"),
        _("Nội dung tập tin đã thay đổi từ lúc văn thư kiểm tra (Điều 10 khoản 3 điểm c)."),
        _("Kiểm tra lại đúng tập tin sẽ phát hành."),
    ),
    ErrorCode.REGULATION_RELEASE_RETURNED: Text(
        _("Văn bản đã bị trả lại"),
        _("Văn thư đã trả lại văn bản này: {reason} (Điều 10 khoản 3 điểm c)."),
        _("Khắc phục lý do trả lại, ký lại, rồi đề nghị văn thư kiểm tra."),
    ),
    ErrorCode.REGULATION_RELEASE_CHANNEL: Text(
        _("Đường gửi không hợp lệ"),
        _("“{channel}” không phải là đường gửi văn bản hợp lệ: {allowed} (Điều 10 khoản 3 điểm c)."),
        _("Chọn một trong các đường gửi này."),
    ),
    ErrorCode.REGULATION_RELEASE_MAILBOX: Text(
        _("Không phải hộp thư công vụ"),
        _("“{sender}” không phải là hộp thư điện tử công vụ của cơ quan ({domains}) (Điều 10 khoản 3 điểm c)."),
        _("Gửi từ hộp thư điện tử công vụ của cơ quan."),
    ),
    ErrorCode.REGULATION_RELEASE_BROKEN: Text(
        _("Chữ ký không hợp lệ, không phát hành được"),
        _("Chữ ký trên văn bản không hợp lệ hoặc văn bản đã bị thay đổi sau khi ký (Điều 12 khoản 1 điểm b)."),
        _("Trả lại văn bản kèm lý do để người có thẩm quyền ký lại."),
    ),
    ErrorCode.REGULATION_RELEASE_RECIPIENTS: Text(
        _("Chưa ghi nơi nhận"),
        _("Gửi qua hộp thư điện tử công vụ phải ghi lại nơi nhận (Điều 10 khoản 3 điểm c)."),
        _("Ghi địa chỉ nơi nhận, mỗi địa chỉ cách nhau bằng dấu phẩy."),
    ),
    ErrorCode.REGULATION_RETURN_UNREASONED: Text(
        _("Chưa ghi lý do trả lại"),
        _("Trả lại văn bản phải kèm lý do (Điều 10 khoản 3 điểm c)."),
        _("Ghi lý do trả lại."),
    ),
}
