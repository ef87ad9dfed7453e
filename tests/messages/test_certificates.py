"""Certificates in words: nine rows, statuses and reminders; every word exists, and nothing odd breaks a page."""

import string
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.messages.certificates import (
    ATTRIBUTE_TEXTS,
    ITEM_TEXTS,
    PURPOSE_TEXTS,
    ROW_LABELS,
    STATUS_WORDS,
    USAGE_TEXTS,
    describe_reminder,
    describe_row,
    describe_status,
)
from bdsigner.messages.times import show_date, show_time
from bdsigner.messages.translate import Language, set_language
from bdsigner.model.certificate import CertificateAssessment, CertificateStatus, KeyUsage, Publication
from bdsigner.model.certificate_content import CertificateDetails, ContentRow, Item, ItemCode, Row
from bdsigner.net.fetch import HttpFetcher
from bdsigner.regulation.certificate_content import content_rows
from bdsigner.regulation.effect import with_publication
from bdsigner.regulation.renewal import Reminder
from bdsigner.storage.resources import resource_path
from bdsigner.trust.certificate_details import read_details
from bdsigner.trust.certificates import parse_certificate
from tests.support.odd_certificates import everything
from tests.support.pki import (
    CHAIRMAN,
    ENCRYPTION_ONLY,
    EXPIRED,
    FOREIGN,
    NOT_YET_VALID,
    REVOKED,
    SUSPENDED,
    Training,
)
from tests.support.reports import NOW, certificate
from tests.support.small_pki import SmallPki

LOCALE = resource_path("locale")
CERTIFICATE = certificate()


@pytest.fixture(params=list(Language))
def language(request: pytest.FixtureRequest) -> Iterator[Language]:
    set_language(request.param, LOCALE)
    yield request.param
    set_language(Language.VIETNAMESE, LOCALE)


def assessed(status: CertificateStatus, **more: object) -> CertificateAssessment:
    return replace(CertificateAssessment(status=status, checked_at=NOW), **more)


def test_d3_4_the_labels_are_the_regulations() -> None:
    labels = [describe_row(row).label for row in content_rows(CERTIFICATE, CertificateDetails(items=()))]

    assert [label[0].lower() + label[1:] for label in labels] == [
        "tên tổ chức cung cấp dịch vụ chứng thực chữ ký số",
        "tên thuê bao",
        "số hiệu chứng thư số",
        "thời hạn có hiệu lực",
        "khóa công khai",
        "chữ ký số của tổ chức cung cấp dịch vụ",
        "các hạn chế về mục đích, phạm vi sử dụng",
        "các hạn chế về trách nhiệm pháp lý",
        "các nội dung cần thiết khác",
    ]


def test_d3_4_a_missing_item_is_called_missing() -> None:
    shown = describe_row(Row(ContentRow.LIABILITY_LIMITS, ()))

    assert shown.lines == ("không ghi trong chứng thư",)
    assert shown.is_missing


def test_a_full_certificate_in_words() -> None:
    holder = everything(SmallPki())
    rows = content_rows(parse_certificate(holder.der), read_details(holder.der))
    lines = {row.code: describe_row(row).lines for row in rows}

    assert lines[ContentRow.ISSUER] == ("CA cấp phát",)
    assert lines[ContentRow.SUBSCRIBER] == ("Nguyễn Văn Ánh",)
    assert lines[ContentRow.SERIAL_NUMBER] == (f"{holder.serial:X}",)
    assert lines[ContentRow.VALIDITY] == ("Từ 01.06.2025 15:00:00 +07:00", "Đến 01.06.2027 15:00:00 +07:00")
    key, fingerprint = lines[ContentRow.PUBLIC_KEY]
    assert key == "RSA 2048 bit"
    assert fingerprint.startswith("Dấu vân tay SHA-256: ")
    algorithm, value = lines[ContentRow.ISSUER_SIGNATURE]
    assert algorithm == "RSA, SHA-256"
    assert bytes.fromhex(value) == holder.certificate.signature
    assert lines[ContentRow.USE_LIMITS] == (
        "Khóa dùng để: ký số, chống chối bỏ",
        "Mục đích: xác thực người dùng, bảo vệ thư điện tử",
        "Chính sách chứng thư: 1.2.704.1",
        "Quy chế chứng thực: http://ca.example.vn/cps",
        "Chỉ dùng cho tên thuộc: binhduong.gov.vn",
        "Không dùng cho tên thuộc: 10.0.0.0/8",
    )
    assert lines[ContentRow.LIABILITY_LIMITS] == (
        "Giá trị giao dịch tối đa: 50\u202f000\u202f000 VND",
        "Không dùng cho giao dịch ngân hàng.",
    )
    assert lines[ContentRow.OTHER][:8] == (
        "Quốc gia: VN",
        "Cơ quan, tổ chức: Ủy ban nhân dân tỉnh",
        "Chức danh: Chánh Văn phòng",
        "Mã định danh: CMND:280 123 456",
        "Số định danh: MST:0312345678-001",
        "Ngày sinh: 30.08.1975",
        "Tên khác: anh@binhduong.gov.vn",
        "Tên khác: anh@noi-bo",
    )


@pytest.mark.parametrize(
    ("table", "codes"),
    [(ROW_LABELS, ContentRow), (USAGE_TEXTS, KeyUsage), (STATUS_WORDS, CertificateStatus)],
    ids=["rows", "usages", "statuses"],
)
def test_every_code_has_its_words(table: dict[str, str], codes: type[ContentRow]) -> None:
    assert set(table) == set(codes)
    assert all(table.values())


def test_texts_have_one_place_for_the_value() -> None:
    assert all(
        [name for _, name, _, _ in string.Formatter().parse(text) if name] == ["value"] for text in ITEM_TEXTS.values()
    )


@pytest.mark.parametrize("code", list(KeyUsage))
def test_usages_are_words(code: KeyUsage) -> None:
    (line,) = describe_row(Row(ContentRow.USE_LIMITS, (Item(ItemCode.KEY_USAGE, code.value),))).lines

    assert code.value not in line


def test_purposes_and_attributes_without_words_keep_their_numbers() -> None:
    row = Row(ContentRow.OTHER, (Item(ItemCode.PURPOSE, "1.2.3"), Item(ItemCode.SUBJECT_ATTRIBUTE, "x", "1.2.4")))

    assert describe_row(row).lines == ("Mục đích: 1.2.3", "1.2.4: x")
    assert all(number.replace(".", "").isdigit() for number in (*PURPOSE_TEXTS, *ATTRIBUTE_TEXTS))


_DATED = {ItemCode.NOT_BEFORE, ItemCode.NOT_AFTER, ItemCode.BIRTH_DATE, ItemCode.KEY_USAGE}


@given(st.lists(st.builds(Item, st.sampled_from([one for one in ItemCode if one not in _DATED]), st.text(), st.text())))
def test_any_text_of_a_certificate_makes_lines(items: list[Item]) -> None:
    for row in content_rows(CERTIFICATE, CertificateDetails(items=tuple(items))):
        shown = describe_row(row)
        assert shown.lines
        assert shown.is_missing == (not row.items)


@pytest.mark.parametrize("moment", [datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)])
def test_a_certificate_that_never_ends_is_shown(moment: datetime) -> None:
    row = Row(ContentRow.VALIDITY, (Item(ItemCode.NOT_AFTER, moment.isoformat()),))

    assert describe_row(row).lines[0].endswith("+07:00")
    assert show_time(datetime.max.replace(tzinfo=UTC)) == "31.12.9999 23:59:59 +07:00"
    assert show_date(datetime.max.replace(tzinfo=UTC)) == "31.12.9999"


@pytest.mark.parametrize("status", list(CertificateStatus))
def test_every_status_is_one_word_and_one_sentence(status: CertificateStatus, language: Language) -> None:
    publications = (Publication(), Publication(has_list=True), Publication(has_list=True, published_at=NOW))
    for is_issuer_known, publication, revoked_at in product((True, False), publications, (None, NOW)):
        text = describe_status(
            CERTIFICATE,
            assessed(status, is_issuer_known=is_issuer_known, publication=publication, revoked_at=revoked_at),
        )
        assert text.word
        assert text.sentence.endswith(".")
        assert "{" not in text.sentence + text.note


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (CertificateStatus.GOOD, "có hiệu lực"),
        (CertificateStatus.EXPIRED, "hết hạn"),
        (CertificateStatus.SUSPENDED, "tạm dừng"),
        (CertificateStatus.REVOKED, "thu hồi"),
        (CertificateStatus.UNPUBLISHED, "chưa công bố"),
        (CertificateStatus.UNKNOWN, "không xác định"),
    ],
)
def test_d3_5b_the_words_are_the_regulations(status: CertificateStatus, word: str) -> None:
    assert describe_status(CERTIFICATE, assessed(status)).word.lower() == word


def test_an_issuers_end_is_not_called_the_certificates() -> None:
    for status in (CertificateStatus.EXPIRED, CertificateStatus.NOT_YET_VALID):
        assert "tổ chức cấp" in describe_status(CERTIFICATE, assessed(status)).sentence
    late = assessed(CertificateStatus.EXPIRED, checked_at=CERTIFICATE.not_after + timedelta(seconds=1))
    assert show_time(CERTIFICATE.not_after) in describe_status(CERTIFICATE, late).sentence
    early = assessed(CertificateStatus.NOT_YET_VALID, checked_at=CERTIFICATE.not_before - timedelta(seconds=1))
    assert show_time(CERTIFICATE.not_before) in describe_status(CERTIFICATE, early).sentence


def test_s16_3_publication_is_a_note() -> None:
    good = assessed(CertificateStatus.GOOD)
    assert describe_status(CERTIFICATE, good).note == "Chưa xác định thời điểm công bố."
    assert describe_status(CERTIFICATE, assessed(CertificateStatus.REVOKED)).note == ""

    later = with_publication(good, Publication(has_list=True, published_at=NOW + timedelta(days=1)))
    text = describe_status(CERTIFICATE, later)
    assert text.word == "Chưa công bố"
    assert text.note == "Công bố lúc 13.03.2026 08:30:00 +07:00; có hiệu lực từ 13.03.2026 08:30:00 +07:00."
    never = with_publication(good, Publication(has_list=True))
    assert describe_status(CERTIFICATE, never).note == "Danh sách công bố chưa có chứng thư số này."


@pytest.mark.parametrize("days", [90, 7, 0, -1])
def test_reminders_name_the_form(days: int, language: Language) -> None:
    reminder = Reminder(threshold_days=0 if days < 0 else max(days, 7), days_left=days)
    text = describe_reminder(reminder, CERTIFICATE)

    assert CERTIFICATE.common_name in text.sentence
    assert CERTIFICATE.serial_number in text.sentence
    assert show_date(CERTIFICATE.not_after) in text.sentence
    assert "01" in text.remedy
    assert (str(days) in text.title) == (days >= 0)


@pytest.fixture(scope="module")
def documents(training: Training) -> Iterator[ChildDocumentGateway]:
    gateway = ChildDocumentGateway(training.profile, HttpFetcher(training.profile.network))
    yield gateway
    gateway.close()


@pytest.mark.training
@pytest.mark.parametrize(
    ("name", "word"),
    [
        (CHAIRMAN, "Có hiệu lực"),
        (REVOKED, "Thu hồi"),
        (SUSPENDED, "Tạm dừng"),
        (EXPIRED, "Hết hạn"),
        (NOT_YET_VALID, "Chưa đến hạn hiệu lực"),
        (ENCRYPTION_ONLY, "Không dùng để ký số"),
        (FOREIGN, "Ngoài phạm vi Quy chế"),
    ],
)
def test_words_for_what_the_services_really_say(
    training: Training, documents: ChildDocumentGateway, name: str, word: str
) -> None:
    der = training.certificate(name)
    assessment = documents.assess_certificate(der, training.chain(name), at=datetime.now(UTC))
    text = describe_status(parse_certificate(der), assessment)

    assert text.word == word
    assert "…" not in text.sentence


@pytest.mark.training
def test_published_and_unpublished_of_a_real_assessment(training: Training, documents: ChildDocumentGateway) -> None:
    der, now = training.certificate(CHAIRMAN), datetime.now(UTC)
    assessment = documents.assess_certificate(der, training.chain(CHAIRMAN), at=now)

    for published_at, word in ((None, "Chưa công bố"), (now, "Có hiệu lực")):
        publication = Publication(has_list=True, published_at=published_at)
        assert describe_status(parse_certificate(der), with_publication(assessment, publication)).word == word
