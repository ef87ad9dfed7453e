"""Every rule on what may be signed, by whom, where: named after its clause, each fails without its rule (Đ10)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bdsigner.errors import ErrorCode
from bdsigner.messages.errors import describe_code
from bdsigner.model.document import ArchivalClaim, CertificationLevel, DocumentInfo, SignatureField
from bdsigner.model.geometry import Box
from bdsigner.model.layout import (
    Certainty,
    DateLine,
    DocumentLayout,
    MarkLevel,
    NumberLine,
    SecrecyMark,
)
from bdsigner.model.profile import Profile
from bdsigner.model.signing_rules import Declaration, KindGroup, SigningMode
from bdsigner.regulation.numbering import is_number, written_date, written_number
from bdsigner.regulation.signing_rules import signing_objections, suggest_declaration
from bdsigner.regulation.titles import Power, TitleMatch, is_deputy_of, is_leader, match_title, read_block
from bdsigner.regulation.zones import allowed_zone
from tests.regulation.documents import (
    CERTIFICATE,
    CONFIRM,
    COPY,
    EMPTY_NUMBER,
    HEAD,
    NOTE,
    OFFICIAL,
    PROFILE,
    SLOT,
    codes,
    facts,
    info,
    layout,
    line,
    slot,
)


def test_an_official_original_under_the_exact_title_has_nothing_against_it() -> None:
    assert signing_objections(facts(layout(), box=SLOT)) == ()


@pytest.mark.parametrize(
    ("conformance", "changes", "is_told"),
    [
        ("A", {}, True),
        ("A", {"box": None, "declaration": Declaration(kind=KindGroup.INTERNAL)}, False),
        ("A", {"box": None, "declaration": Declaration(kind=KindGroup.INTERNAL, number="12")}, True),
        ("B", {}, False),
    ],
)
def test_iso_19005_what_cannot_be_kept_of_a_tagged_file_is_told(
    conformance: str, changes: dict[str, Any], is_told: bool
) -> None:
    given = facts(layout(), info=info(archival=ArchivalClaim(part=2, conformance=conformance)), **changes)
    told = [one for one in signing_objections(given) if one.code is ErrorCode.SIGNING_ARCHIVAL_TAGS]
    assert bool(told) is is_told
    assert all(one.weight is NOTE and one.facts == {"claim": "PDF/A-2a", "kept": "PDF/A-2b"} for one in told)


# Đ10.1a


@pytest.mark.parametrize("kind", list(KindGroup))
def test_d10_1a_a_document_declared_secret_is_never_signed(kind: KindGroup) -> None:
    assert codes(facts(layout(), declaration=Declaration(kind=kind, is_secret=True))) == [
        ErrorCode.REGULATION_SECRET_DECLARED
    ]


@pytest.mark.parametrize("kind", list(KindGroup))
@pytest.mark.parametrize("level", list(MarkLevel))
def test_d10_1a_a_secrecy_mark_stops(kind: KindGroup, level: MarkLevel) -> None:
    marked = layout(secrecy_mark=SecrecyMark(level=level, line=line(level.value)))
    assert codes(facts(marked, declaration=Declaration(kind=kind))) == [ErrorCode.REGULATION_SECRET_MARK]


def test_d10_1a_a_doubtful_mark_is_asked_about() -> None:
    marked = layout(secrecy_mark=SecrecyMark(level=MarkLevel.MAT, line=line("MẬT"), certainty=Certainty.UNSURE))
    assert codes(facts(marked), CONFIRM) == [ErrorCode.REGULATION_SECRET_MARK]


@pytest.mark.parametrize("kind", PROFILE.prohibited_kinds)
def test_d10_1a_a_declared_prohibited_kind_stops(kind: str) -> None:
    declared = Declaration(kind=KindGroup.INTERNAL, prohibited_kind=kind)
    assert codes(facts(layout(), declaration=declared)) == [ErrorCode.REGULATION_PROHIBITED_KIND]


@pytest.mark.parametrize(
    "title",
    [
        ("GIẤY CHỨNG NHẬN", "QUYỀN SỬ DỤNG ĐẤT"),
        ("GIẤY CHỨNG NHẬN", "QUYỀN SỞ HỮU NHÀ Ở"),
        ("VĂN BẢN KHAI NHẬN DI SẢN THỪA KẾ",),
        ("GIẤY ĐĂNG KÝ KẾT HÔN",),
        ("Giấy  chứng nhận kết hôn",),
        ("QUYẾT ĐỊNH", "LY HÔN"),
        ("GIẤY KHAI SINH", "(Bản chính)"),
        ("GIẤY KHAI TỬ",),
        ("HỐI PHIẾU ĐÒI NỢ",),
        ("SÉC",),
        ("GIẤY CHỨNG NHẬN", "QUYỀN SỬ DỤNG ĐẤT, QUYỀN SỞ HỮU NHÀ Ở VÀ TÀI SẢN KHÁC GẮN LIỀN VỚI ĐẤT"),
        ("VĂN BẢN THOẢ THUẬN PHÂN CHIA DI SẢN",),
        ("QUYẾT ĐỊNH", "Công nhận thuận tình ly hôn"),
        ("QUYẾT ĐỊNH", "Về việc ly hôn"),
        ("BẢN SAO", "GIẤY KHAI SINH"),
        ("“GIẤY KHAI SINH”",),
        ("GIẤ Y KHAI S INH",),
    ],
)
def test_d10_1a_a_prohibited_kind_is_known_by_its_heading(title: tuple[str, ...]) -> None:
    assert codes(facts(layout(title=title), declaration=Declaration())) == [ErrorCode.REGULATION_PROHIBITED_KIND]


@pytest.mark.parametrize(
    "title",
    [
        ("QUYẾT ĐỊNH", "Về việc cấp giấy chứng nhận quyền sử dụng đất"),
        ("V/v giấy khai sinh của công dân",),
        ("BÁO CÁO", "tình hình đăng ký kết hôn năm 2025"),
        ("SÉCURITÉ",),
        ("QUYẾT ĐỊNH", "Về việc bảo mật hệ thống"),
        (),
    ],
)
def test_d10_1a_documents_about_such_papers_may_be_signed(title: tuple[str, ...]) -> None:
    assert codes(facts(layout(title=title))) == []


# Đ10.2b: sample blocks of regulation.md §14 and others met

REGULATED = replace(PROFILE, agency_regulation="Quyết định 01/QĐ-SNV ngày 02/01/2025")


@pytest.mark.parametrize(
    ("titles", "held", "profile", "expected"),
    [
        (("TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"), "Phó Chủ tịch", PROFILE, None),
        (("TM. UỶ BAN NHÂN DÂN", "CHỦ TỊCH"), "Chủ tịch", PROFILE, None),
        (("TL. GIÁM ĐỐC", "TRƯỞNG PHÒNG NỘI VỤ"), "Trưởng phòng Nội vụ", PROFILE, None),
        (("GIÁM ĐỐC",), "Giám đốc", PROFILE, None),
        (("Q. GIÁM ĐỐC",), "Quyền Giám đốc", PROFILE, None),
        (("TM. UBND TỈNH", "Q.CHỦ TỊCH"), "Q. Chủ tịch", PROFILE, None),
        (("QUYỀN GIÁM ĐỐC",), "Q. Giám đốc", PROFILE, None),
        (("KT. Q. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"), "Phó Giám đốc", PROFILE, None),
        (("KT. BỘ TRƯỞNG", "THỨ TRƯỞNG"), "Thứ trưởng", PROFILE, None),
        (("TRƯỞNG PHÒNG HÀNH CHÍNH – TỔNG HỢP",), "Trưởng phòng Hành chính - Tổng hợp", PROFILE, None),
        (("T/M UBND TỈNH", "K/T CHỦ TỊCH", "PHÓ CHỦ TỊCH"), "Phó Chủ tịch", PROFILE, None),
        (("TL. CỤC TRƯỞNG", "KT. TRƯỞNG BAN", "PHÓ TRƯỞNG BAN"), "Phó Trưởng ban", PROFILE, None),
        (("KT.GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"), "PHÓ GIÁM  ĐỐC", PROFILE, None),
        (("CHỦ TỊCH",), "Chủ tịch UBND tỉnh Bình Dương", PROFILE, None),
        (("TUQ. GIÁM ĐỐC", "TRƯỞNG PHÒNG HÀNH CHÍNH"), "Trưởng phòng Hành chính", REGULATED, None),
        (("CHỦ TỊCH",), "Phó Chủ tịch", PROFILE, ErrorCode.REGULATION_TITLE_MISMATCH),
        (("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"), "Chủ tịch", PROFILE, ErrorCode.REGULATION_TITLE_MISMATCH),
        (("GIÁM ĐỐC",), "Chánh Văn phòng", PROFILE, ErrorCode.REGULATION_TITLE_MISMATCH),
        (("GIÁM ĐỐC",), "Quyền Giám đốc", PROFILE, ErrorCode.REGULATION_TITLE_MISMATCH),
        (("Q. GIÁM ĐỐC",), "Phó Giám đốc", PROFILE, ErrorCode.REGULATION_TITLE_MISMATCH),
        (("K/T CHỦ TỊCH", "CHÁNH VĂN PHÒNG"), "Chánh Văn phòng", PROFILE, ErrorCode.REGULATION_POWER_UNFIT),
        (("KT CHỦ TỊCH", "CHÁNH VĂN PHÒNG"), "Chánh Văn phòng", PROFILE, ErrorCode.REGULATION_POWER_UNFIT),
        (("KT.", "PHÓ CHỦ TỊCH"), "Phó Chủ tịch", PROFILE, ErrorCode.REGULATION_POWER_UNFIT),
        (("KT. CHỦ TỊCH", "CHÁNH VĂN PHÒNG"), "Chánh Văn phòng", PROFILE, ErrorCode.REGULATION_POWER_UNFIT),
        (("KT. GIÁM ĐỐC", "PHÓ CHỦ TỊCH"), "Phó Chủ tịch", PROFILE, ErrorCode.REGULATION_POWER_UNFIT),
        (("TUQ. GIÁM ĐỐC", "TRƯỞNG PHÒNG"), "Trưởng phòng", PROFILE, ErrorCode.REGULATION_TUQ_UNGROUNDED),
        (("TUQ. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"), "Phó Giám đốc", REGULATED, ErrorCode.REGULATION_POWER_UNFIT),
    ],
)
def test_d10_2b_only_under_the_own_exact_title(
    titles: tuple[str, ...], held: str, profile: Profile, expected: ErrorCode | None
) -> None:
    assert codes(facts(layout(*titles), title=held, profile=profile)) == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("titles", "held"),
    [
        (("TRƯỞNG PHÒNG NỘI VỤ",), "Trưởng phòng"),
        (("CHỦ TỊCH",), "Chủ tịch UBND xã An Bình"),
        (("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH THƯỜNG TRỰC"), "Phó Chủ tịch"),
        (("Q. GIÁM ĐỐC",), "Giám đốc"),
        (("KT. CHỦ TỊCH",), "Chủ tịch"),
    ],
)
def test_d10_2b_a_title_that_says_more_is_asked_about(titles: tuple[str, ...], held: str) -> None:
    given = facts(layout(*titles), title=held)
    assert codes(given, CONFIRM) == [ErrorCode.REGULATION_TITLE_UNCLEAR]
    assert codes(given) == []


def test_d10_2b_only_the_certificates_own_agency_makes_a_short_title_longer() -> None:
    """A document of Sở Tài chính does not make everybody's "Trưởng phòng" its "Trưởng phòng Tài chính"."""
    seen = layout("TRƯỞNG PHÒNG TÀI CHÍNH", agency_lines=("UBND TỈNH", "SỞ TÀI CHÍNH"))
    certificate = replace(CERTIFICATE, title="Trưởng phòng", unit="Phòng Hành chính")
    assert codes(facts(seen, certificate=certificate), CONFIRM) == [ErrorCode.REGULATION_TITLE_UNCLEAR]
    own = replace(certificate, unit="Phòng Tài chính")
    assert signing_objections(facts(seen, certificate=own)) == ()


@pytest.mark.parametrize(
    ("titles", "held"),
    [
        (("TL. CHỦ TỊCH", "PHÓ CHỦ TỊCH"), "Phó Chủ tịch"),
        (("TL. CHỦ TỊCH", "CHỦ TỊCH"), "Chủ tịch"),
        (("TL.", "CHÁNH VĂN PHÒNG"), "Chánh Văn phòng"),
    ],
)
def test_d10_2b_an_order_is_given_to_somebody_below(titles: tuple[str, ...], held: str) -> None:
    assert codes(facts(layout(*titles), title=held), CONFIRM) == [ErrorCode.REGULATION_POWER_UNFIT]


def test_d10_2b_a_sign_off_without_title_lines_is_asked_about() -> None:
    seen = layout()
    assert seen.sign_off is not None
    bare = replace(seen, sign_off=replace(seen.sign_off, title_lines=()))
    assert codes(facts(bare), CONFIRM) == [ErrorCode.REGULATION_SIGN_OFF_UNREAD]


def test_d10_2b_what_was_read_with_doubt_is_asked_and_does_not_stop() -> None:
    seen = layout()
    assert seen.sign_off is not None
    doubtful = replace(seen, sign_off=replace(seen.sign_off, certainty=Certainty.UNSURE))
    assert codes(facts(doubtful, title="Giám đốc"), CONFIRM) == [ErrorCode.REGULATION_TITLE_MISMATCH]
    assert codes(facts(doubtful, title="Giám đốc")) == []
    tuq = layout("TUQ. GIÁM ĐỐC", "TRƯỞNG PHÒNG")
    assert tuq.sign_off is not None
    tuq = replace(tuq, sign_off=replace(tuq.sign_off, certainty=Certainty.UNSURE))
    assert codes(facts(tuq, title="Trưởng phòng"), CONFIRM) == [ErrorCode.REGULATION_TUQ_UNGROUNDED]


def test_d10_2b_another_persons_block_is_not_signed() -> None:
    assert codes(facts(layout(name="Trần Văn Khác"))) == [ErrorCode.REGULATION_OTHER_SIGNER]
    assert codes(facts(layout(name="TS. NGUYỄN HOÀNG ÁNH"))) == []


def test_d10_2b_a_sign_off_that_is_not_found_is_asked_about() -> None:
    assert codes(facts(layout(sign_off=None)), CONFIRM) == [ErrorCode.REGULATION_SIGN_OFF_UNREAD]


def test_16_1_a_certificate_without_a_title_signs_no_official_document() -> None:
    assert codes(facts(layout(), title="")) == [ErrorCode.REGULATION_NO_TITLE]
    assert codes(facts(layout(), title="", declaration=Declaration())) == []


def test_16_7_a_lower_title_counts_when_the_directory_lists_it() -> None:
    assert codes(facts(layout("TRƯỞNG BAN CHỈ ĐẠO"), other_titles=("Trưởng ban Chỉ đạo",))) == []
    assert codes(facts(layout("TRƯỞNG BAN CHỈ ĐẠO"))) == [ErrorCode.REGULATION_TITLE_MISMATCH]


@pytest.mark.parametrize("title", ["Chuyên viên", "Kế toán", "Văn thư"])
def test_d5_1b_professional_staff_never_sign_official_documents(title: str) -> None:
    for titles in (("CHỦ TỊCH",), ("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"), ("TL. CHỦ TỊCH", title.upper())):
        assert codes(facts(layout(*titles), title=title)) == [ErrorCode.REGULATION_NOT_AUTHORISED]
    assert codes(facts(layout(), title=title, declaration=Declaration(kind=KindGroup.INTERNAL))) == []


def test_d3_9a_the_profile_knows_more_leaders() -> None:
    title = "Tổng phụ trách"
    assert codes(facts(layout(title.upper()), title=title)) == [ErrorCode.REGULATION_NOT_AUTHORISED]
    profile = replace(PROFILE, leader_titles=("TỔNG PHỤ TRÁCH",))
    assert codes(facts(layout(title.upper()), title=title, profile=profile)) == []


# Đ10.2c


@pytest.mark.parametrize("title", PROFILE.copy_titles)
def test_d10_2c_the_chief_of_office_signs_copies(title: str) -> None:
    assert codes(facts(layout(), title=title, declaration=COPY)) == []


@pytest.mark.parametrize("title", ["Chủ tịch", "Phó Chánh Văn phòng", "Văn thư", ""])
def test_d10_2c_other_titles_sign_no_copies(title: str) -> None:
    assert codes(facts(layout(), title=title, declaration=COPY)) == [ErrorCode.REGULATION_COPY_TITLE]


def test_d10_2c_an_equivalent_title_of_the_profile_signs_copies() -> None:
    profile = replace(PROFILE, copy_titles=(*PROFILE.copy_titles, "Trưởng phòng Tổng hợp"))
    assert codes(facts(layout(), title="Trưởng phòng Tổng hợp", declaration=COPY, profile=profile)) == []


def test_d10_2c_the_signed_paper_is_confirmed_first() -> None:
    unconfirmed = replace(COPY, is_paper_signed=False)
    assert codes(facts(layout(), title="Chánh Văn phòng", declaration=unconfirmed)) == [
        ErrorCode.REGULATION_COPY_UNCONFIRMED
    ]


def test_d10_2c_a_copy_needs_neither_number_nor_title_block() -> None:
    scan = DocumentLayout(has_text=False, is_administrative=False)
    assert signing_objections(facts(scan, title="Chánh Văn phòng", declaration=COPY)) == ()


def test_d10_2c_nothing_is_typed_into_a_copy() -> None:
    empty = layout(number=EMPTY_NUMBER, date=EMPTY_DATE)
    for declared in (replace(COPY, number="45"), replace(COPY, issued=date(2026, 1, 5))):
        assert codes(facts(empty, title="Chánh Văn phòng", declaration=declared)) == [ErrorCode.REGULATION_COPY_FILLING]


# Đ10.1b


@pytest.mark.parametrize("declared", [OFFICIAL, COPY])
def test_d10_1b_the_signature_of_an_official_document_is_seen(declared: Declaration) -> None:
    title = "Chủ tịch" if declared is OFFICIAL else "Chánh Văn phòng"
    given = facts(layout(), title=title, declaration=declared, box=None)
    assert codes(given) == [ErrorCode.REGULATION_INVISIBLE]
    assert codes(replace(given, declaration=Declaration())) == []


# Đ10.3b: number and date

EMPTY_DATE = DateLine(place="Bình Dương", day=slot(""), month=slot("1"), year=slot("2026"))


def test_d10_3b_an_original_without_number_or_date_is_not_signed() -> None:
    assert codes(facts(layout(number=EMPTY_NUMBER, date=EMPTY_DATE))) == [
        ErrorCode.REGULATION_NUMBER_MISSING,
        ErrorCode.REGULATION_DATE_MISSING,
    ]


def test_d10_3b_filled_by_the_clerk_it_is_signed() -> None:
    declared = replace(OFFICIAL, number="45", issued=date(2026, 1, 5))
    assert signing_objections(facts(layout(number=EMPTY_NUMBER, date=EMPTY_DATE), declaration=declared)) == ()


def test_d10_3b_other_kinds_need_no_number() -> None:
    internal = Declaration(kind=KindGroup.INTERNAL)
    assert codes(facts(layout(number=EMPTY_NUMBER, date=EMPTY_DATE), declaration=internal)) == []


def test_d10_3b_a_number_that_is_not_found_is_asked_about() -> None:
    assert codes(facts(layout(number=None)), CONFIRM) == [ErrorCode.REGULATION_NUMBER_UNREAD]


@pytest.mark.parametrize(
    ("declared", "seen", "code"),
    [
        (replace(OFFICIAL, number="bốn"), layout(number=EMPTY_NUMBER), ErrorCode.REGULATION_NUMBER_INVALID),
        (replace(OFFICIAL, number="13"), layout(), ErrorCode.REGULATION_NUMBER_OTHER),
        (replace(OFFICIAL, number="13"), layout(number=None), ErrorCode.REGULATION_NUMBER_NO_SLOT),
        (replace(OFFICIAL, issued=date(2026, 1, 4)), layout(), ErrorCode.REGULATION_DATE_OTHER),
        (replace(OFFICIAL, issued=date(2026, 1, 5)), layout(date=None), ErrorCode.REGULATION_DATE_NO_SLOT),
    ],
)
def test_d10_3b_what_is_typed_must_fit_what_is_written(
    declared: Declaration, seen: DocumentLayout, code: ErrorCode
) -> None:
    assert codes(facts(seen, declaration=declared)) == [code]


@pytest.mark.parametrize("issued", [date(2026, 1, 7), date(2025, 12, 1)])
def test_d10_3b_an_odd_date_is_asked_about(issued: date) -> None:
    empty = DateLine(place="B", day=slot(""), month=slot(""), year=slot(""))
    declared = replace(OFFICIAL, issued=issued)
    assert codes(facts(layout(date=empty), declaration=declared), CONFIRM) == [ErrorCode.REGULATION_DATE_ODD]


def dated(day: str, month: str, year: str) -> DocumentLayout:
    return layout(date=DateLine(place="Bình Dương", day=slot(day), month=slot(month), year=slot(year)))


def test_d10_3b_a_written_date_is_looked_at_too() -> None:
    odd = [ErrorCode.REGULATION_DATE_ODD]
    assert codes(facts(dated("07", "01", "2026")), CONFIRM) == odd
    assert signing_objections(facts(dated("06", "12", "2024"))) == ()
    assert signing_objections(facts(dated("07", "01", "2026"), declaration=Declaration())) == ()


@pytest.mark.parametrize("day", ["31", "00", "9" * 5000, "³"])
def test_d10_3b_a_date_of_no_calendar_is_asked_about(day: str) -> None:
    assert codes(facts(dated(day, "02", "2026")), CONFIRM) == [ErrorCode.REGULATION_DATE_IMPOSSIBLE]
    declared = replace(OFFICIAL, issued=date(2026, 2, 3))
    assert codes(facts(dated(day, "02", "2026"), declaration=declared)) == [ErrorCode.REGULATION_DATE_OTHER]


def test_d10_3b_a_number_of_another_file_is_asked_about() -> None:
    declared = replace(OFFICIAL, number="45")
    given = facts(layout(number=EMPTY_NUMBER), declaration=declared, number_holder="khác.pdf")
    assert codes(given, CONFIRM) == [ErrorCode.REGULATION_NUMBER_TAKEN]
    assert codes(given) == []


def test_d10_3b_a_number_is_the_same_with_a_zero_or_another_case() -> None:
    seen = layout(number=NumberLine(number=slot("05a"), symbol="QĐ-UBND"))
    assert codes(facts(seen, declaration=replace(OFFICIAL, number="5A"))) == []
    assert codes(facts(seen, declaration=replace(OFFICIAL, number="5"))) == [ErrorCode.REGULATION_NUMBER_OTHER]


SIGNED = info(signature_fields=(SignatureField(name="S", is_signed=True, box=None),))


@pytest.mark.parametrize("given", [SIGNED, info(certification=CertificationLevel.FILL_FORMS)])
def test_16_4_number_and_date_come_before_the_first_signature(given: DocumentInfo) -> None:
    declared = replace(OFFICIAL, number="45")
    assert codes(facts(layout(number=EMPTY_NUMBER), declaration=declared, info=given)) == [
        ErrorCode.REGULATION_FILLING_TOO_LATE
    ]


def test_14_numbers_and_days_below_ten_and_the_first_two_months_have_a_zero() -> None:
    assert [written_number(number) for number in ("5", "5a", "12", "120")] == ["05", "05a", "12", "120"]
    assert written_date(date(2026, 2, 3)) == ("03", "02", "2026")
    assert written_date(date(2026, 3, 13)) == ("13", "3", "2026")
    assert [is_number(text) for text in ("5", "45a", "0", "", "4.5", "1234567", "ab")] == [True, True] + [False] * 5


# Đ10.3b: place


def test_d10_3b_the_signature_of_an_original_stands_where_hand_and_seal_do() -> None:
    elsewhere = Box(0, 20, 600, 200, 80)
    assert codes(facts(layout(), box=elsewhere)) == [ErrorCode.REGULATION_ORIGINAL_PLACE]
    assert codes(facts(layout(), box=Box(0, 310, 505, 200, 70))) == []
    assert codes(facts(layout(), box=elsewhere, declaration=Declaration())) == []


def test_d10_3b_the_signature_of_a_copy_stands_at_the_head_of_page_1() -> None:
    at_head, below = HEAD, Box(0, 300, 400, 250, 40)
    chief: dict[str, Any] = {"title": "Chánh Văn phòng", "declaration": COPY}
    assert codes(facts(layout(occupied=()), box=at_head, **chief)) == []
    assert codes(facts(layout(occupied=()), box=below, **chief)) == [ErrorCode.REGULATION_COPY_PLACE]
    assert codes(facts(layout(occupied=()), box=replace(at_head, page=1), **chief)) == [ErrorCode.REGULATION_COPY_PLACE]


def test_d10_3b_no_signature_covers_text() -> None:
    covering = layout(occupied=(Box(0, 320, 520, 50, 14),))
    assert codes(facts(covering, box=SLOT)) == [ErrorCode.REGULATION_COVERS_TEXT]
    assert codes(facts(covering, box=SLOT, declaration=Declaration()), NOTE) == [ErrorCode.REGULATION_COVERS_TEXT]


def test_d10_3b_where_the_sign_off_is_doubtful_the_place_is_asked_about() -> None:
    seen = layout()
    assert seen.sign_off is not None
    doubtful = replace(seen, sign_off=replace(seen.sign_off, certainty=Certainty.UNSURE))
    assert codes(facts(doubtful, box=Box(0, 20, 600, 200, 80)), CONFIRM) == [ErrorCode.REGULATION_ORIGINAL_PLACE]


def test_zone_of_other_kinds_is_anywhere() -> None:
    assert allowed_zone(layout(), info().pages, Declaration()).boxes == ()


# Đ7.1d, signatures that are there


def test_d7_1d_a_reported_device_signs_nothing_any_more() -> None:
    for declaration in (Declaration(), OFFICIAL):
        assert codes(facts(layout(), is_device_reported=True, declaration=declaration)) == [
            ErrorCode.REGULATION_DEVICE_REPORTED
        ]


def test_signing_twice_with_one_certificate_is_asked_about() -> None:
    assert codes(facts(layout(), earlier_signers=frozenset({"ab"})), CONFIRM) == [ErrorCode.REGULATION_SIGNED_ALREADY]
    assert codes(facts(layout(), earlier_signers=frozenset({"cd"})), CONFIRM) == []


# What is suggested


def test_a_scan_is_a_copy_for_the_chief_of_office_and_a_head_makes_it_official() -> None:
    scan = DocumentLayout(has_text=False, is_administrative=False)
    chief = replace(CERTIFICATE, title="Chánh Văn phòng")
    assert suggest_declaration(scan, chief, PROFILE).mode is SigningMode.COPY
    assert suggest_declaration(scan, CERTIFICATE, PROFILE) == Declaration()
    assert suggest_declaration(layout(), CERTIFICATE, PROFILE) == OFFICIAL
    assert not suggest_declaration(scan, chief, PROFILE).is_paper_signed, "only a person knows that"


# Parts


def test_a_block_is_read_into_powers_and_the_own_title() -> None:
    block = read_block(["TL. CỤC TRƯỞNG", "KT.TRƯỞNG BAN QUẢN LÝ", "CÁC DỰ ÁN", "PHÓ TRƯỞNG BAN", "PHỤ TRÁCH"])
    assert [(line.power, line.title) for line in block.represented] == [
        (Power.TL, "CỤC TRƯỞNG"),
        (Power.KT, "TRƯỞNG BAN QUẢN LÝ CÁC DỰ ÁN"),
    ]
    assert block.own == "PHÓ TRƯỞNG BAN PHỤ TRÁCH"
    assert read_block(["TM. ỦY BAN NHÂN DÂN"]).own == ""
    assert read_block(["Q. GIÁM ĐỐC"]).own == "Q. GIÁM ĐỐC"
    assert read_block(["TM UBND", "K/T CHỦ TỊCH", "PHÓ CHỦ TỊCH"]) == read_block(
        ["TM. UBND", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]
    )


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("CHỦ TỊCH", "chủ  tịch", TitleMatch.SAME),
        ("CHÁNH VĂN PHÒNG", "Chánh Văn phòng UBND huyện", TitleMatch.UNCLEAR),
        ("CHỦ TỊCH", "PHÓ CHỦ TỊCH", TitleMatch.OTHER),
        ("PHÓ GIÁM ĐỐC", "GIÁM ĐỐC", TitleMatch.OTHER),
        ("GIÁM ĐỐC", "", TitleMatch.OTHER),
    ],
)
def test_titles_are_compared_as_people_do(one: str, other: str, expected: TitleMatch) -> None:
    assert match_title(one, other) is expected


def test_a_deputy_is_the_deputy_of_that_head() -> None:
    assert is_deputy_of("PHÓ CHÁNH VĂN PHÒNG", "CHÁNH VĂN PHÒNG")
    assert not is_deputy_of("PHÓ GIÁM ĐỐC", "CHỦ TỊCH")
    assert not is_deputy_of("CHỦ TỊCH", "CHỦ TỊCH")
    assert not is_deputy_of("PHÓ CHỦ TỊCH", "PHÓ CHỦ TỊCH")


def test_leaders_are_known_by_their_titles() -> None:
    assert all(map(is_leader, ("Chủ tịch", "Phó Giám đốc", "Q. Trưởng phòng", "Chánh Thanh tra", "Quyền Hiệu trưởng")))
    assert not any(map(is_leader, ("Chuyên viên", "Thư ký Chủ tịch", "Kế toán trưởng viên", "")))


@pytest.mark.parametrize("code", [code for code in ErrorCode if code.value.startswith("regulation.")])
def test_every_objection_names_its_clause_to_the_person(code: ErrorCode) -> None:
    if code is not ErrorCode.REGULATION_SIGNED_ALREADY:
        message = describe_code(code, {})
        assert "Điều" in message.sentence, code
        assert message.remedy, code
