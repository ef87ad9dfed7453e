"""Sentences on browsers."""

from bdsigner.errors import ErrorCode
from bdsigner.messages.text import Text
from bdsigner.messages.translate import tr
from bdsigner.messages.translate import tr_noop as _
from bdsigner.model.browser import StoreState

BROWSER_TEXTS: dict[ErrorCode, Text] = {
    ErrorCode.BROWSER_RUNNING: Text(
        _("Trình duyệt đang mở"),
        _("{browser} đang chạy và sẽ ghi đè danh sách thiết bị khi đóng; chưa thay đổi gì."),
        _("Đóng hết cửa sổ của trình duyệt rồi làm lại."),
        may_retry=True,
    ),
    ErrorCode.BROWSER_TOOL_MISSING: Text(
        _("Thiếu công cụ của trình duyệt"),
        _("Máy này chưa có chương trình {tool} để đăng ký thiết bị với trình duyệt."),
        _("Cài gói {package} rồi làm lại."),
    ),
    ErrorCode.BROWSER_TOOL_FAILED: Text(
        _("Không đăng ký được với trình duyệt"),
        _("Chương trình {tool} báo lỗi: {reason}. Danh sách thiết bị của trình duyệt vẫn như cũ."),
        _("Làm lại; nếu vẫn vậy, đăng ký bằng tay trong phần cài đặt thiết bị bảo mật của trình duyệt."),
        may_retry=True,
    ),
    ErrorCode.BROWSER_STORE_REFUSES: Text(
        _("Không sửa được danh sách của trình duyệt"),
        _("Danh sách thiết bị của {browser} không sửa được ({reason})."),
        _("Kiểm tra quyền ghi; với trình duyệt cài bằng snap hoặc flatpak, dùng bản cài từ gói của hệ điều hành."),
    ),
}
_STATES = {
    StoreState.REGISTERED: _("đã đăng ký"),
    StoreState.KNOWN: _("đã biết thiết bị (đăng ký ở nơi khác)"),
    StoreState.ABSENT: _("chưa đăng ký"),
    StoreState.CONFINED: _("chạy trong hộp cát (snap, flatpak), không nạp được trình điều khiển"),
    StoreState.UNREADABLE: _("không đọc được"),
}


def describe_store_state(state: StoreState) -> str:
    """One state in a few words."""
    return tr(_STATES[state])


def manual_steps(platform: str, module: str) -> str:
    """How a person does it where this program does not: ``platform`` as ``sys.platform`` has it."""
    if platform == "win32":
        return tr(
            "Edge và Chrome dùng chứng thư trong kho của Windows: phần mềm đi kèm thiết bị tự đưa vào khi cắm. "
            "Firefox: Cài đặt → Quyền riêng tư và bảo mật → Thiết bị bảo mật → Nạp, rồi chọn tệp {module}."
        ).format(module=module)
    return tr(
        "Safari và Chrome dùng chứng thư qua phần mềm đi kèm thiết bị. Firefox: Cài đặt → Quyền riêng tư và bảo mật → "
        "Thiết bị bảo mật → Nạp, rồi chọn tệp {module}."
    ).format(module=module)
