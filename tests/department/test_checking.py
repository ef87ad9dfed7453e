"""What may be written into a form, and what is missing from it."""

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bdsigner.department.checking import attachments, contradictions, missing, written, written_values
from bdsigner.errors import ErrorCode, FormError
from bdsigner.model.device import RequestCase
from bdsigner.model.form import FieldKind, FilledForm, FormField
from bdsigner.storage.forms import FormFolder

DOMAINS = ("binhduong.gov.vn",)
FORMS = FormFolder()


def write(kind: FieldKind, text: str, **more: object) -> str:
    one = FormField(key="k", label="Mục", kind=kind, **more)  # type: ignore[arg-type]
    return written(one, text, domains=DOMAINS, max_years=5)


def form(name: str, case: RequestCase = RequestCase.ENROLMENT, **values: str) -> FilledForm:
    return FilledForm(template=FORMS.load(name), case=case, created_at=datetime(2026, 1, 6, tzinfo=UTC), values=values)


def codes(errors: tuple[object, ...]) -> list[ErrorCode]:
    return [error.code for error in errors if isinstance(error, FormError)]


@pytest.mark.parametrize(
    ("kind", "text", "result"),
    [
        (FieldKind.TEXT, "  hai   chữ ", "hai chữ"),
        (FieldKind.TEXT, unicodedata.normalize("NFD", "Nguyễn Ánh"), "Nguyễn Ánh"),
        (FieldKind.CAPITALS, "nguyễn thị đào", "NGUYỄN THỊ ĐÀO"),
        (FieldKind.DATE, "29/02/2024", "29/02/2024"),
        (FieldKind.TIME, "08:05", "08:05"),
        (FieldKind.OFFICIAL_MAIL, "anh.nt@BinhDuong.gov.vn", "anh.nt@BinhDuong.gov.vn"),
        (FieldKind.MAIL, "anh@example.com", "anh@example.com"),
        (FieldKind.PHONE, "+84 (274) 3822.825", "+84 (274) 3822.825"),
        (FieldKind.YEARS, "5", "05"),
        (FieldKind.TEXT, "", ""),
    ],
)
def test_values_get_their_written_form(kind: FieldKind, text: str, result: str) -> None:
    assert write(kind, text) == result


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        (FieldKind.DATE, "1/2/2026", ErrorCode.FORM_DATE),
        (FieldKind.DATE, "30/02/2026", ErrorCode.FORM_DATE),
        (FieldKind.DATE, "2026-02-03", ErrorCode.FORM_DATE),
        (FieldKind.DATE, "01/01/0000", ErrorCode.FORM_DATE),
        (FieldKind.DATE, "٠١/٠١/٢٠٢٦", ErrorCode.FORM_DATE),
        (FieldKind.TIME, "24:00", ErrorCode.FORM_TIME),
        (FieldKind.TIME, "8 giờ", ErrorCode.FORM_TIME),
        (FieldKind.OFFICIAL_MAIL, "anh@gmail.com", ErrorCode.FORM_MAIL_DOMAIN),
        (FieldKind.OFFICIAL_MAIL, "anh@evil-binhduong.gov.vn", ErrorCode.FORM_MAIL_DOMAIN),
        (FieldKind.OFFICIAL_MAIL, "a@x@binhduong.gov.vn", ErrorCode.FORM_MAIL),
        (FieldKind.MAIL, "anh", ErrorCode.FORM_MAIL),
        (FieldKind.PHONE, "không có", ErrorCode.FORM_PHONE),
        (FieldKind.YEARS, "0", ErrorCode.FORM_TERM),
        (FieldKind.YEARS, "6", ErrorCode.FORM_TERM),
        (FieldKind.YEARS, "²", ErrorCode.FORM_TERM),
        (FieldKind.TEXT, "a\u202eb", ErrorCode.FORM_CHARACTERS),
        (FieldKind.TEXT, "a\x00b", ErrorCode.FORM_CHARACTERS),
        (FieldKind.TEXT, "x" * 201, ErrorCode.FORM_TOO_LONG),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_guessed(kind: FieldKind, text: str, code: ErrorCode) -> None:
    with pytest.raises(FormError) as caught:
        write(kind, text)
    assert caught.value.code is code
    assert text not in caught.value.facts.values()


def test_choices_and_unknown_fields_are_refused() -> None:
    template = FORMS.load("mau-01")
    values, refused = written_values(
        template.fields, {"gender": "nam", "shoe_size": "42", "position": "Chủ tịch"}, domains=DOMAINS, max_years=5
    )
    assert values == {"position": "Chủ tịch"}
    assert codes(refused) == [ErrorCode.FORM_CHOICE, ErrorCode.FORM_UNKNOWN_FIELD]


def papers(**values: str) -> list[str]:
    return [one.id for one in attachments(FORMS.load("mau-01"), RequestCase.ENROLMENT, values)]


def test_papers_depend_on_group_and_on_being_head_of_the_agency() -> None:
    assert papers(group="5.1a-3") == ["appointment", "assignment", "seal", "specimen"]
    assert papers(group="5.1a-3", is_agency_head="có") == ["appointment", "seal", "specimen"]
    assert papers(group="5.1b") == []
    assert papers(group="5.1c") == []


def test_a_missing_paper_is_named() -> None:
    named = [str(error.facts.get("name", "")) for error in missing(form("mau-01", group="5.1a-1"))]
    assert any("đăng ký mẫu con dấu" in name for name in named)


def test_a_changed_title_wants_old_new_and_the_appointment() -> None:
    letter = form("thu-dieu-8", RequestCase.TITLE_CHANGED)
    labels = [error.facts.get("label") for error in missing(letter)]
    assert {"Thông tin cũ:", "Thông tin mới:"} <= set(labels)
    assert ErrorCode.FORM_ATTACHMENT_MISSING in codes(missing(letter))
    assert "Thông tin cũ:" not in [
        error.facts.get("label") for error in missing(form("thu-dieu-8", RequestCase.PIN_LOCKED))
    ]


def test_a_device_that_is_not_given_back_needs_a_reason() -> None:
    record = form("mau-03")
    row = {"full_name": "A", "cert_serial": "1", "reason": "Thu hồi"}
    assert ErrorCode.FORM_NOTE_MISSING in codes(missing(replace(record, rows=(row,))))
    assert ErrorCode.FORM_NOTE_MISSING not in codes(missing(replace(record, rows=(row | {"note": "Thất lạc"},))))
    assert ErrorCode.FORM_NOTE_MISSING not in codes(missing(replace(record, rows=(row | {"device_serial": "9"},))))
    assert ErrorCode.FORM_ROWS in codes(missing(record))


def test_contradictions_are_found() -> None:
    dates = {"cert_issued_on": "02/01/2026", "cert_expires_on": "01/01/2026"}
    assert codes(contradictions(form("mau-04", **dates))) == [ErrorCode.FORM_DATE_ORDER]
    other = form("mau-04", email="khac@binhduong.gov.vn")
    assert codes(contradictions(other, enrolled_email="anh@binhduong.gov.vn")) == [ErrorCode.FORM_MAIL_OTHER]
    assert contradictions(other, enrolled_email="KHAC@binhduong.gov.vn") == ()
    assert contradictions(other) == ()
    crowd = replace(form("mau-02"), rows=({},) * 2001)
    assert codes(contradictions(crowd)) == [ErrorCode.FORM_ROWS]
