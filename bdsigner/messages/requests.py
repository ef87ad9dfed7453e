"""Requests to the department in words: what a case means, how far a request is, what to do next (Điều 6–8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from bdsigner.errors import ErrorCode
from bdsigner.messages.times import show_date, show_time
from bdsigner.messages.translate import tr
from bdsigner.messages.translate import tr_noop as _
from bdsigner.model.device import RequestCase, RequestDraft
from bdsigner.model.request import Alarm, Move, Proof, RaisedAlarm, Receipt, Recovery, Request, RequestState

if TYPE_CHECKING:
    from bdsigner.messages.errors import Message
    from bdsigner.model.profile import RequestChannel

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

_STATES = {
    RequestState.DRAFT: _("nháp"),
    RequestState.SIGNED: _("đã ký"),
    RequestState.QUEUED: _("chờ gửi"),
    RequestState.SENDING: _("đang gửi"),
    RequestState.UNCERTAIN: _("chưa rõ đã đến nơi chưa"),
    RequestState.SENT: _("đã gửi"),
    RequestState.RECEIVED: _("đã tiếp nhận"),
    RequestState.IN_PROGRESS: _("đang xử lý"),
    RequestState.DONE: _("xong"),
    RequestState.REFUSED: _("bị từ chối"),
    RequestState.WITHDRAWN: _("đã bỏ"),
}
_NEXT_STEPS = {
    RequestState.DRAFT: _("Điền đủ các mục, rồi ký bằng thiết bị; hoặc in ra, ký tay và đính kèm bản chụp."),
    RequestState.SIGNED: _("Gửi yêu cầu, hoặc lưu thành tập tin để nộp trực tiếp."),
    RequestState.QUEUED: _("Chương trình tự gửi khi có mạng; không phải làm gì."),
    RequestState.SENDING: _("Chờ gửi xong; không phải làm gì."),
    RequestState.UNCERTAIN: _(
        "Chương trình gửi lại đúng nội dung này cho đến khi biết chắc; nơi nhận chỉ tính một lần. Không phải làm gì."
    ),
    RequestState.SENT: _("Chờ cơ quan quản lý chứng thư số tiếp nhận; xem lại tình hình sau."),
    RequestState.RECEIVED: _("Chờ cơ quan quản lý chứng thư số xử lý; xem lại tình hình sau."),
    RequestState.IN_PROGRESS: _("Chờ kết quả xử lý; xem lại tình hình sau."),
    RequestState.DONE: _("Không phải làm gì thêm."),
    RequestState.REFUSED: _("Xem lý do từ chối; nếu cần, sửa lại và lập yêu cầu mới."),
    RequestState.WITHDRAWN: _("Không phải làm gì thêm; nếu cần, lập yêu cầu mới."),
}
_ALARMS = {
    Alarm.UNCONFIRMED: _("Yêu cầu thu hồi của {subject} gửi lúc {time} đến nay chưa được xác nhận."),
    Alarm.NOT_SENT: _("Yêu cầu thu hồi của {subject} lập lúc {time} đến nay chưa gửi được."),
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


def state_name(state: RequestState) -> str:
    """How far a request is, in a few words that also stand within a sentence."""
    return tr(_STATES[state])


def known_state(value: str) -> str:
    """As ``state_name`` for a value that was stored; an ellipsis for one of another version."""
    return state_name(RequestState(value)) if value in list(RequestState) else "…"


def describe_problem(request: Request) -> "Message | None":
    """Why the last step failed; ``None``: it did not."""
    from bdsigner.messages.errors import describe_code  # here: that module names states with this one

    if request.problem not in list(ErrorCode):
        return None
    return describe_code(ErrorCode(request.problem), request.problem_facts)


def next_step(request: Request) -> str:
    """What the person does now, in a sentence or two; also that nothing is to be done."""
    if request.state.waits_for_sending:
        problem = describe_problem(request)
        if request.next_attempt is None and problem is not None:
            return problem.remedy
        if request.next_attempt is not None and problem is not None:
            return tr("Chương trình tự gửi lại lúc {time}; muốn gửi ngay thì chọn Gửi ngay.").format(
                time=show_time(request.next_attempt)
            )
    return tr(_NEXT_STEPS[request.state])


def describe_alarm(raised: RaisedAlarm, phone: str) -> str:
    """What was left alone, and whom to call; ``phone`` is the profile's, empty where there is none."""
    request = raised.request
    since = request.created_at if raised.alarm is Alarm.NOT_SENT else request.sent_at or request.created_at
    told = tr(_ALARMS[raised.alarm]).format(subject=request.subject or "…", time=show_time(since))
    call = (
        tr("Gọi ngay cơ quan quản lý chứng thư số, điện thoại {phone}, để báo.").format(phone=phone)
        if phone
        else tr("Gọi ngay cơ quan quản lý chứng thư số để báo.")
    )
    return f"{told} {call}"


def describe_receipt(receipt: Receipt) -> str:
    """When the department said what, and what shows that it was the department."""
    by = (
        tr("phiếu do {signer} ký").format(signer=receipt.signer)
        if receipt.proof is Proof.SIGNATURE
        else tr("nhận qua kết nối đã xác thực với máy chủ của Sở")
    )
    reason = f": {receipt.reason}" if receipt.reason else ""
    return f"{show_time(receipt.at)} · {state_name(receipt.state)}{reason} ({by})"


def describe_move(move: Move, channels: "Sequence[RequestChannel]") -> str:
    """One line of a request's log; ``channels`` are the profile's, for their names."""
    channel = next((one.name for one in channels if one.id == move.channel), move.channel)
    parts = [show_time(move.at), state_name(move.state), *([channel] if channel else [])]
    if move.code in list(ErrorCode):
        from bdsigner.messages.errors import describe_code  # here: see above

        parts.append(describe_code(ErrorCode(move.code), {}).title)
    return " · ".join(parts)


def describe_recovery(recovery: Recovery) -> str:
    """What was found damaged in the outbox, what came back and what did not, by name."""
    sentences = [tr("Nơi lưu các yêu cầu đã bị hỏng và vừa được dựng lại từ các bản sao bên cạnh.")]
    if recovery.recovered:
        sentences.append(tr("Đã lấy lại {count} yêu cầu.").format(count=len(recovery.recovered)))
    if recovery.unreadable:
        names = ", ".join(recovery.unreadable)
        sentences.append(
            tr("KHÔNG lấy lại được {count} yêu cầu: {names}.").format(count=len(recovery.unreadable), names=names)
        )
    if recovery.set_aside:
        files = ", ".join(str(path) for path in recovery.set_aside)
        sentences.append(tr("Tập tin hỏng được giữ lại dưới tên khác: {files}.").format(files=files))
    sentences.append(tr("Kiểm tra lại các yêu cầu trong danh sách; thiếu yêu cầu nào thì gọi điện hỏi nơi nhận."))
    return " ".join(sentences)
