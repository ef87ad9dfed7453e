"""Devices and what happened to them, in words."""

from bdsigner.errors import ErrorCode
from bdsigner.messages.errors import describe_code
from bdsigner.messages.times import show_time
from bdsigner.messages.translate import tr
from bdsigner.messages.translate import tr_noop as _
from bdsigner.model.device import DeviceEvent, DeviceEventKind
from bdsigner.model.token import Token, TokenProblem

_EVENTS = {
    DeviceEventKind.INSERTED: _("Cắm thiết bị"),
    DeviceEventKind.REMOVED: _("Rút thiết bị"),
    DeviceEventKind.LOGIN: _("Đăng nhập bằng mã PIN"),
    DeviceEventKind.LOGIN_REFUSED: _("Mã PIN bị từ chối"),
    DeviceEventKind.LOGOUT: _("Đăng xuất"),
    DeviceEventKind.USED: _("Ký {detail} lần"),
    DeviceEventKind.DECRYPTED: _("Giải mã {detail} tập tin"),
    DeviceEventKind.LOCKED: _("Mã PIN bị khóa"),
    DeviceEventKind.PIN_CHANGED: _("Đổi mã PIN"),
    DeviceEventKind.PIN_UNBLOCKED: _("Mở khóa mã PIN"),
}
_HIDDEN = "\N{REPLACEMENT CHARACTER}"


def describe_event(event: DeviceEvent) -> tuple[str, str]:
    """When it happened, and what."""
    return show_time(event.at), tr(_EVENTS[event.kind]).format(detail=event.detail)


def describe_driver(token: Token) -> str:
    """Product and file of a token's driver."""
    file = token.module_path.replace("\\", "/").rpartition("/")[2]
    return f"{token.module_name} ({file})" if token.module_name and token.module_name != file else file


def describe_problem(problem: TokenProblem) -> tuple[str, str]:
    """Title, and sentence with what to do."""
    message = describe_code(ErrorCode(problem.code), {"module": problem.module_path, **problem.facts})
    return message.title, f"{message.sentence} {message.remedy}"


def plain_text(untrusted_text: str) -> str:
    """Text of a certificate or a driver without what reorders, hides or breaks lines."""
    return "".join(letter if letter.isprintable() else _HIDDEN for letter in untrusted_text)
