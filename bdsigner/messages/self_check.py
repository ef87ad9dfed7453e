"""What the self-check found, in words: one sentence, and what to do where something is to be done."""

from dataclasses import dataclass
from datetime import datetime

from bdsigner.errors import ErrorCode
from bdsigner.messages.errors import describe_code
from bdsigner.messages.text import fill
from bdsigner.messages.times import show_date
from bdsigner.messages.translate import tr
from bdsigner.messages.translate import tr_noop as _
from bdsigner.model.self_check import Check, CheckResult, Light, ResultCode

_CHECKS = {
    Check.PROFILE: _("Cấu hình và chứng thư gốc"),
    Check.DRIVERS: _("Trình điều khiển thiết bị"),
    Check.CARD_SERVICE: _("Dịch vụ thẻ thông minh"),
    Check.TOKENS: _("Thiết bị và mã PIN"),
    Check.CERTIFICATES: _("Chứng thư số"),
    Check.CLOCK: _("Đồng hồ của máy"),
    Check.TIMESTAMP: _("Dịch vụ dấu thời gian (TSA)"),
    Check.REVOCATION: _("Dịch vụ trạng thái chứng thư (OCSP, CRL)"),
    Check.PROXY: _("Máy chủ proxy"),
    Check.FONT: _("Phông chữ của chữ ký hiển thị"),
    Check.FOLDERS: _("Quyền ghi và chỗ trống"),
}
_LIGHTS = {
    Light.GREEN: _("tốt"),
    Light.AMBER: _("cần để ý"),
    Light.RED: _("phải sửa"),
    Light.GREY: _("chưa kiểm tra được"),
}
_SUMMARIES = {
    Light.GREEN: _("Máy đã sẵn sàng để ký số."),
    Light.AMBER: _("Máy ký được, nhưng có điều cần để ý."),
    Light.RED: _("Máy chưa sẵn sàng để ký số."),
}
_TEXTS: dict[ResultCode, tuple[str, str]] = {
    ResultCode.PROFILE_GOOD: (_("Đang dùng cấu hình của {province}, theo {regulation}."), ""),
    ResultCode.PROFILE_TRAINING: (
        _("Đang ở chế độ tập huấn: mọi kết quả mang dấu BẢN THỬ."),
        _("Chọn cấu hình chính thức trong Cài đặt khi ký văn bản thật."),
    ),
    ResultCode.ANCHORS_MISSING: (
        _("Cấu hình chưa có chứng thư gốc nào nên không chứng thư số nào được coi là hợp lệ."),
        _("Đặt chứng thư của Tổ chức chứng thực số chuyên dùng vào thư mục anchors của cấu hình ({folder})."),
    ),
    ResultCode.ANCHOR_EXPIRES: (
        _("Chứng thư gốc “{name}” có hạn đến {until}."),
        _("Xin bản cấu hình mới của cơ quan quản lý chứng thư số."),
    ),
    ResultCode.DRIVERS_GOOD: (_("Tìm thấy {count} trình điều khiển: {names}."), ""),
    ResultCode.CARD_SERVICE_GOOD: (_("Dịch vụ đang chạy; đầu đọc: {readers}."), ""),
    ResultCode.CARD_SERVICE_NO_LIBRARY: (
        _("Máy này không có thư viện thẻ thông minh (PC/SC)."),
        _("Cài gói pcscd (Linux); trên Windows thư viện có sẵn cùng hệ điều hành."),
    ),
    ResultCode.CARD_SERVICE_STOPPED: (
        _("Dịch vụ thẻ thông minh không chạy nên không thấy được thiết bị cần đến nó."),
        _("Bật dịch vụ “Smart Card” (Windows: services.msc; Linux: systemctl start pcscd.socket) rồi kiểm tra lại."),
    ),
    ResultCode.CARD_SERVICE_NO_READERS: (
        _("Dịch vụ đang chạy nhưng không thấy đầu đọc hay thiết bị nào."),
        _("Cắm thiết bị, thử cổng USB khác; nếu vẫn vậy, cài phần mềm đi kèm thiết bị."),
    ),
    ResultCode.DEVICE_GOOD: (_("Thiết bị “{label}” (số {serial}) dùng được; mã PIN chưa bị nhập sai."), ""),
    ResultCode.DEVICE_PIN_MISSED: (
        _("Thiết bị “{label}” (số {serial}) báo đã có lần nhập sai mã PIN."),
        _("Nhập cẩn thận ở lần sau; nhập đúng một lần thì bộ đếm trở lại như cũ."),
    ),
    ResultCode.DEVICE_FINAL_TRY: (
        _("Thiết bị “{label}” (số {serial}) chỉ còn một lần thử mã PIN."),
        _("Nếu không chắc mã PIN, đừng thử nữa: gửi yêu cầu theo Điều 8 khoản 1 điểm a."),
    ),
    ResultCode.CERTIFICATE_GOOD: (_("Chứng thư số của {name} có hiệu lực, còn {days} ngày."), ""),
    ResultCode.CERTIFICATE_ENDS_SOON: (
        _("Chứng thư số của {name} chỉ còn {days} ngày (đến {until})."),
        _("Làm thủ tục gia hạn ngay (Mẫu số 01)."),
    ),
    ResultCode.CLOCK_GOOD: (_("Giờ của máy khớp với dịch vụ dấu thời gian (lệch {seconds} giây)."), ""),
    ResultCode.CLOCK_DRIFTS: (
        _("Giờ của máy lệch {seconds} giây so với dịch vụ dấu thời gian."),
        _("Bật đồng bộ giờ tự động của hệ điều hành."),
    ),
    ResultCode.CLOCK_WRONG: (
        _("Giờ của máy lệch {seconds} giây, quá mức cho phép: giờ in trên chữ ký sẽ không khớp dấu thời gian."),
        _("Chỉnh lại ngày giờ và bật đồng bộ giờ tự động của hệ điều hành trước khi ký."),
    ),
    ResultCode.SERVER_GOOD: (_("{url} trả lời sau {milliseconds} ms."), ""),
    ResultCode.SERVER_SLOW: (
        _("{url} trả lời chậm: {milliseconds} ms."),
        _("Kiểm tra đường truyền; ký nhiều tập tin sẽ lâu."),
    ),
    ResultCode.SERVERS_UNKNOWN: (
        _("Không có địa chỉ OCSP hay CRL nào trong cấu hình và trong chứng thư số."),
        _("Đơn vị triển khai bổ sung địa chỉ vào cấu hình; nếu không, trạng thái thu hồi không kiểm tra được."),
    ),
    ResultCode.PROXY_NONE: (_("Không dùng proxy."), ""),
    ResultCode.PROXY_GOOD: (_("Kết nối được đến proxy {proxy}."), ""),
    ResultCode.FONT_GOOD: (_("Phông chữ {font} có đủ chữ tiếng Việt."), ""),
    ResultCode.FONT_LACKS: (
        _("Phông chữ {font} thiếu các chữ: {missing}."),
        _("Thay phông chữ trong cấu hình bằng phông có đủ chữ tiếng Việt."),
    ),
    ResultCode.FOLDER_GOOD: (_("{purpose}: ghi được, còn trống {free_mb} MB."), ""),
    ResultCode.FOLDER_REFUSES: (
        _("{purpose}: không ghi được vào {path}."),
        _("Xin quyền ghi vào thư mục này, hoặc chọn thư mục khác."),
    ),
    ResultCode.FOLDER_FULL: (
        _("{purpose}: chỉ còn trống {free_mb} MB tại {path}."),
        _("Dọn bớt tập tin trước khi ký văn bản lớn."),
    ),
    ResultCode.NOT_CHECKED: (
        _("Chưa kiểm tra được mục này ({reason})."),
        _("Kiểm tra lại; nếu vẫn vậy, lưu tệp hỗ trợ và gửi cho bộ phận hỗ trợ."),
    ),
}
_PURPOSES = {
    "config": _("Thư mục cài đặt"),
    "data": _("Thư mục dữ liệu"),
    "logs": _("Thư mục nhật ký"),
    "output": _("Thư mục lưu kết quả"),
}


@dataclass(frozen=True, slots=True)
class ResultText:
    """One line of the self-check for a person."""

    check: str
    light: str
    """The light as a word."""
    sentence: str
    remedy: str
    """Empty when there is nothing to do."""


def describe_result(result: CheckResult) -> ResultText:
    """Say it in the person's language."""
    check, light = tr(_CHECKS[result.check]), tr(_LIGHTS[result.light])
    if result.code is ResultCode.ERROR:
        message = describe_code(ErrorCode(result.facts["code"]), result.facts)
        return ResultText(check, light, f"{message.title}. {message.sentence}", message.remedy)
    sentence, remedy = _TEXTS[result.code]
    facts = _shown(result.facts)
    return ResultText(check, light, fill(sentence, facts), fill(remedy, facts) if remedy else "")


def describe_light(light: Light) -> str:
    """The whole outcome in one sentence, for the gravest light."""
    return tr(_SUMMARIES[light])


def _shown(facts: dict[str, str]) -> dict[str, str]:
    shown = dict(facts)
    if "until" in shown:
        shown["until"] = show_date(datetime.fromisoformat(shown["until"]))
    if kind := shown.get("purpose"):
        shown["purpose"] = tr(_PURPOSES[kind])
    return shown
