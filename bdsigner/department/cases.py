"""Who may begin which case, and on which form (Điều 5 khoản 1, Điều 6, 7, 8)."""

from dataclasses import dataclass
from enum import StrEnum

from bdsigner.model.device import RequestCase


class Starter(StrEnum):
    """Who begins a case."""

    SUBSCRIBER = "subscriber"
    AGENCY_HEAD = "agency_head"
    DEPARTMENT = "department"


ENROLMENT_FORM, LIST_FORM, HANDOVER_FORM, REVOCATION_FORM = "mau-01", "mau-02", "mau-03", "mau-04"
UPDATE_LETTER = "thu-dieu-8"

GROUPS = {
    "5.1a-1": "UBND tỉnh và các cơ quan chuyên môn thuộc UBND tỉnh",
    "5.1a-2": "UBND cấp huyện và các cơ quan chuyên môn thuộc UBND cấp huyện",
    "5.1a-3": "UBND cấp xã",
    "5.1a-4": "Đơn vị sự nghiệp cấp tỉnh, cấp huyện",
    "5.1b": "Công chức chuyên môn nghiệp vụ",
    "5.1c": "Lãnh đạo các Ban của HĐND, cơ quan Đảng, đoàn thể, lực lượng vũ trang, cơ quan ngành dọc",
}
"""Who gets certificates (Đ5.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRule:
    """One case of the regulation."""

    form: str
    """Id of the form; empty where the department acts without one."""
    starters: frozenset[Starter]


_OWN = frozenset({Starter.SUBSCRIBER})
_OWN_OR_HEAD = frozenset({Starter.SUBSCRIBER, Starter.AGENCY_HEAD})
_DEPARTMENT = frozenset({Starter.DEPARTMENT})

CASES: dict[RequestCase, CaseRule] = {
    RequestCase.ENROLMENT: CaseRule(form=ENROLMENT_FORM, starters=_OWN),
    RequestCase.EXPIRED: CaseRule(form="", starters=_DEPARTMENT),
    RequestCase.LEFT: CaseRule(form=REVOCATION_FORM, starters=_OWN_OR_HEAD),
    RequestCase.TITLE_LOST: CaseRule(form=REVOCATION_FORM, starters=_OWN_OR_HEAD),
    RequestCase.LOST: CaseRule(form=REVOCATION_FORM, starters=_OWN),
    RequestCase.DEMANDED: CaseRule(form="", starters=_DEPARTMENT),
    RequestCase.VIOLATION: CaseRule(form="", starters=_DEPARTMENT),
    RequestCase.PIN_LOCKED: CaseRule(form=UPDATE_LETTER, starters=_OWN),
    RequestCase.DETAILS_CHANGED: CaseRule(form=UPDATE_LETTER, starters=_OWN),
    RequestCase.TITLE_CHANGED: CaseRule(form=UPDATE_LETTER, starters=_OWN),
}
"""The six cases of Đ7.1 (there is no letter e), the three of Đ8.1, and Đ6.1."""


def needs_safe_device(case: RequestCase) -> bool:
    """Whether the declaration of Đ8.1 comes first: the device is not lost, copied or used against the will."""
    return CASES[case].form == UPDATE_LETTER


def needs_confirmation(group: str) -> bool:
    """Whether the agency must confirm before the form is sent (Đ5.1b)."""
    return group == "5.1b"


REASONS = {
    RequestCase.LEFT: "Nghỉ hưu, nghỉ việc, hoặc thay đổi vị trí công tác không còn thuộc đối tượng cấp chứng thư số "
    "(Điều 7 khoản 1 điểm b)",
    RequestCase.TITLE_LOST: "Người có thẩm quyền thay đổi chức danh và không còn thuộc đối tượng quy định tại điểm a "
    "khoản 1 Điều 5 (Điều 7 khoản 1 điểm c)",
    RequestCase.LOST: "Khóa bí mật bị lộ hoặc nghi bị lộ; thiết bị lưu khóa bí mật thất lạc, bị sao chép hoặc trường "
    "hợp mất an toàn khác (Điều 7 khoản 1 điểm d)",
    RequestCase.PIN_LOCKED: "Mở khóa thiết bị lưu khóa bí mật do quên mật khẩu hoặc bị khóa sau nhiều lần nhập sai mật "
    "khẩu (Điều 8 khoản 1 điểm a)",
    RequestCase.DETAILS_CHANGED: "Khai báo lại thông tin cá nhân (Điều 8 khoản 1 điểm b)",
    RequestCase.TITLE_CHANGED: "Người có thẩm quyền thay đổi chức danh (Điều 8 khoản 1 điểm c)",
}
"""What the form says of the case until the person says it better."""
