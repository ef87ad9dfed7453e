"""Requests to the department that begin at a token, in words (Đ7.1d, Đ8.1a)."""

from dataclasses import dataclass
from datetime import datetime

from bdsigner.messages.times import show_date
from bdsigner.messages.translate import tr
from bdsigner.messages.translate import tr_noop as _
from bdsigner.model.device import RequestCase, RequestDraft

_LABELS = {
    "full_name": _("Họ và tên thuê bao"),
    "workplace": _("Nơi công tác"),
    "position": _("Chức vụ"),
    "email": _("Thư điện tử"),
    "cert_serial": _("Số chứng thư số"),
    "cert_issued_on": _("Ngày cấp"),
    "cert_expires_on": _("Ngày hết hạn"),
    "device_serial": _("Số hiệu thiết bị lưu khóa bí mật"),
    "device_label": _("Nhãn thiết bị"),
    "device_model": _("Loại thiết bị"),
}
_DATES = ("cert_issued_on", "cert_expires_on")
SAFE_QUESTION = _("Thiết bị lưu khóa bí mật chưa bị thất lạc, sao chép hoặc sử dụng ngoài ý muốn?")
"""Đ8.1: asked first; "no" leads to the revocation of Đ7.1d."""

CASE_NAMES = {
    RequestCase.ENROLMENT: _("Cấp mới hoặc gia hạn chứng thư số (Điều 6)"),
    RequestCase.EXPIRED: _("Chứng thư số hết hạn (Điều 7 khoản 1 điểm a)"),
    RequestCase.LEFT: _("Nghỉ hưu, nghỉ việc, đổi vị trí công tác (Điều 7 khoản 1 điểm b)"),
    RequestCase.TITLE_LOST: _("Đổi chức danh, không còn là người có thẩm quyền (Điều 7 khoản 1 điểm c)"),
    RequestCase.LOST: _("Báo mất thiết bị hoặc lộ khóa (Điều 7 khoản 1 điểm d)"),
    RequestCase.DEMANDED: _("Thu hồi theo yêu cầu của cơ quan có thẩm quyền (Điều 7 khoản 1 điểm đ)"),
    RequestCase.VIOLATION: _("Thu hồi do vi phạm quy định sử dụng (Điều 7 khoản 1 điểm g)"),
    RequestCase.PIN_LOCKED: _("Yêu cầu mở khóa thiết bị (Điều 8 khoản 1 điểm a)"),
    RequestCase.DETAILS_CHANGED: _("Khai báo lại thông tin cá nhân (Điều 8 khoản 1 điểm b)"),
    RequestCase.TITLE_CHANGED: _("Người có thẩm quyền đổi chức danh (Điều 8 khoản 1 điểm c)"),
}


@dataclass(frozen=True, slots=True)
class RequestText:
    """What a person reads of one case."""

    title: str
    meaning: str
    steps: tuple[str, ...]


def describe_case(case: RequestCase, *, department: str, centre: str) -> RequestText:
    """What the case means and what to do, with the names of the profile."""
    facts = {"department": department, "centre": centre}
    if case is RequestCase.PIN_LOCKED:
        return RequestText(
            title=tr("Yêu cầu mở khóa thiết bị (Điều 8 khoản 1 điểm a)"),
            meaning=tr(
                "Thiết bị tự khóa sau nhiều lần nhập sai mã PIN để bảo vệ khóa bí mật. Khóa và chứng thư số vẫn còn; "
                "cơ quan quản lý chứng thư số có thể mở khóa."
            ),
            steps=(
                tr("Lưu giấy đề nghị đã điền sẵn, điền nốt phần còn trống và ký."),
                tr("Gửi giấy đề nghị đến {department}, hoặc liên hệ {centre}.").format(**facts),
                tr("Giữ thiết bị bên mình; không nhập thêm mã PIN nào."),
            ),
        )
    if case is not RequestCase.LOST:
        return RequestText(
            title=tr(CASE_NAMES[case]),
            meaning=tr("Sở giải quyết theo giấy đề nghị của thuê bao hoặc của cơ quan."),
            steps=(
                tr("Lưu giấy đề nghị đã điền sẵn, điền nốt phần còn trống và ký."),
                tr("Gửi giấy đề nghị đến {department}, hoặc liên hệ {centre}.").format(**facts),
            ),
        )
    return RequestText(
        title=tr("Báo mất thiết bị hoặc lộ khóa (Điều 7 khoản 1 điểm d)"),
        meaning=tr(
            "Khi thiết bị thất lạc, bị sao chép hoặc khóa bí mật có thể đã lộ, chứng thư số phải được thu hồi ngay để "
            "không ai khác ký thay bạn."
        ),
        steps=(
            tr("Gọi ngay cho {centre} để báo, rồi gửi giấy đề nghị thu hồi (Mẫu số 04).").format(**facts),
            tr("Lưu giấy đề nghị đã điền sẵn, điền nốt, ký, rồi gửi đến {department} bằng cách nhanh nhất.").format(
                **facts
            ),
            tr("Không dùng lại thiết bị nếu tìm thấy sau khi đã báo."),
        ),
    )


def draft_facts(draft: RequestDraft) -> list[tuple[str, str]]:
    """Label and value of what is known, in the order of the form."""
    return [(tr(_LABELS[name]), _shown(name, draft.facts[name])) for name in _LABELS if name in draft.facts]


def draft_text(draft: RequestDraft, *, department: str, centre: str) -> str:
    """All of it as plain text, to copy, save or print."""
    case = describe_case(draft.case, department=department, centre=centre)
    lines = [case.title, "", case.meaning, ""]
    lines += [f"{number}. {step}" for number, step in enumerate(case.steps, 1)]
    lines += ["", *(f"{label}: {value}" for label, value in draft_facts(draft))]
    return "\n".join(lines) + "\n"


def _shown(name: str, value: str) -> str:
    return show_date(datetime.fromisoformat(value)) if name in _DATES else value
