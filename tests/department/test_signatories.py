"""Whose half of the foot is whose, on each form."""

from dataclasses import replace

import pytest

from bdsigner.department.cover_letter import body, note, subject
from bdsigner.department.signatories import other_half, own_half
from bdsigner.model.device import RequestCase
from bdsigner.model.request import RequestState
from bdsigner.storage.forms import FormFolder
from tests.department.requests_made import ID, request_in


@pytest.mark.parametrize(
    ("form", "own", "other"),
    [
        ("mau-01", "Người khai", "Xác nhận của cơ quan quản lý trực tiếp"),
        ("mau-02", "Người lập", "Người quản lý thuê bao hoặc Thủ trưởng cơ quan tiếp nhận yêu cầu chứng thực"),
        ("mau-03", "ĐẠI DIỆN BÊN GIAO", "ĐẠI DIỆN BÊN NHẬN"),
        ("mau-04", "Người khai ký và ghi rõ họ, tên", "Xác nhận của cơ quan quản lý trực tiếp"),
        ("thu-dieu-8", "Người khai", "Xác nhận của cơ quan quản lý trực tiếp"),
    ],
)
def test_both_halves_of_each_form(form: str, own: str, other: str) -> None:
    template = FormFolder().load(form)
    assert (own_half(template).titles, other_half(template).titles) == ((own,), (other,))


@pytest.mark.parametrize("case", RequestCase)
def test_the_letter_names_clause_person_and_id(case: RequestCase) -> None:
    request = replace(request_in(RequestState.SIGNED, case=case), subject="NGUYỄN VĂN A")
    template = FormFolder().load("mau-04")
    shown = subject(request, template)
    assert shown.startswith("KHẨN – ") is (case is RequestCase.LOST)
    assert shown.endswith(f"Giấy đề nghị thu hồi chứng thư số – NGUYỄN VĂN A – mã {ID}")
    for text in (
        body(request, template, addressee="Sở", files=["a.pdf"]),
        note(request, template, addressee="Sở", files=["a.pdf"]),
    ):
        for part in ("Sở", "1. a.pdf", ID, "NGUYỄN VĂN A", "Mẫu số 04", "giấy ký tay, kèm bản chụp"):
            assert part in text
        number, point = case.value[2], case.value[3:]
        assert f"Điều {case.value[0]} khoản {number}" + (f" điểm {point}" if point else "") in text
