"""“Chuyện gì đã xảy ra?”: the answers in plain words, and what each leads to."""

from dataclasses import dataclass

from bdsigner.gui.look.colours import Tone
from bdsigner.messages.translate import tr
from bdsigner.messages.translate import tr_noop as _
from bdsigner.model.request import Happening


@dataclass(frozen=True, slots=True)
class HappeningText:
    """One answer: its Alt key stands in the sentence."""

    sentence: str
    explanation: str
    icon_name: str
    tone: Tone = Tone.UNKNOWN


_TEXTS = {
    Happening.LOST_OR_EXPOSED: HappeningText(
        _("&Mất thiết bị, hoặc có thể đã bị lộ"),
        _("Chọn mục này là thiết bị ngừng ký trên máy này ngay, rồi lập giấy đề nghị thu hồi."),
        "triangle-alert",
        Tone.CAUTION,
    ),
    Happening.PIN_FORGOTTEN_OR_LOCKED: HappeningText(
        _("&Quên mã PIN, hoặc thiết bị bị khóa"),
        _("Thiết bị vẫn ở bên bạn, nhưng không nhập được mã PIN."),
        "lock",
    ),
    Happening.DETAILS_CHANGED: HappeningText(
        _("Thông tin cá &nhân thay đổi"),
        _("Họ tên, giấy tờ, nơi công tác, thư điện tử… khác với lúc được cấp."),
        "user",
    ),
    Happening.TITLE_CHANGED: HappeningText(
        _("Đổi chức &danh"),
        _("Người có thẩm quyền được bổ nhiệm chức danh khác."),
        "briefcase",
    ),
    Happening.LEAVING: HappeningText(
        _("N&ghỉ hưu, nghỉ việc hoặc chuyển công tác"),
        _("Không dùng chứng thư số ở vị trí này nữa."),
        "log-out",
    ),
    Happening.CERTIFICATE_WANTED: HappeningText(
        _("Xin cấp mới hoặc gia &hạn chứng thư số"),
        _("Chưa có chứng thư số, hoặc chứng thư số sắp hết hạn."),
        "file-text",
    ),
}


def describe_happening(happening: Happening) -> HappeningText:
    """In the person's language."""
    text = _TEXTS[happening]
    return HappeningText(tr(text.sentence), tr(text.explanation), text.icon_name, text.tone)
