"""One test a rule, named after its clause."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bdsigner.errors import CertificateError, ErrorCode, TokenError
from bdsigner.model.certificate import Certificate, CertificateAssessment, CertificateStatus, KeyType, KeyUsage
from bdsigner.model.profile import Mode
from bdsigner.model.token import PinState, SignatureMechanism, Token
from bdsigner.regulation.signer import check_device, check_signer
from bdsigner.regulation.visible_signature import compose
from bdsigner.storage.profile import load_profile
from bdsigner.storage.resources import resource_path

NOW = datetime(2026, 11, 23, 1, 2, 3, tzinfo=UTC)
TOKEN = Token(
    serial="0123",
    label="GCA-01",
    model="ePass2003",
    manufacturer="Feitian",
    module_path="driver.so",
    is_hardware=True,
    pin=PinState(),
    mechanisms=frozenset({SignatureMechanism.RSA_PKCS1}),
)
CERTIFICATE = Certificate(
    der=b"",
    sha256="",
    serial_number="4D2",
    subject="",
    issuer="",
    issuer_name="CA chuyên dùng",
    common_name="Nguyễn Hoàng Ánh",
    title="Chủ tịch",
    email="anhnh@binhduong.gov.vn",
    organization="UBND tỉnh Bình Dương",
    unit="",
    not_before=NOW - timedelta(days=1),
    not_after=NOW + timedelta(days=1),
    key_type=KeyType.RSA,
    key_bits=2048,
    key_usage=frozenset({KeyUsage.DIGITAL_SIGNATURE}),
)


@pytest.fixture(scope="module")
def profile():
    return load_profile(resource_path("profiles", "binh-duong"))


def test_d3_7_software_token_is_refused_in_production() -> None:
    with pytest.raises(TokenError) as caught:
        check_device(replace(TOKEN, is_hardware=False), Mode.PRODUCTION)

    assert caught.value.code is ErrorCode.TOKEN_SOFTWARE_REFUSED
    assert caught.value.facts["clause"] == "Đ3.7"


def test_d3_7_hardware_token_and_training_pass() -> None:
    check_device(TOKEN, Mode.PRODUCTION)
    check_device(replace(TOKEN, is_hardware=False), Mode.TRAINING)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (CertificateStatus.OUT_OF_SCOPE, ErrorCode.CERTIFICATE_OUT_OF_SCOPE),
        (CertificateStatus.EXPIRED, ErrorCode.CERTIFICATE_EXPIRED),
        (CertificateStatus.NOT_YET_VALID, ErrorCode.CERTIFICATE_NOT_YET_VALID),
        (CertificateStatus.REVOKED, ErrorCode.CERTIFICATE_REVOKED),
        (CertificateStatus.SUSPENDED, ErrorCode.CERTIFICATE_SUSPENDED),
        (CertificateStatus.WRONG_USAGE, ErrorCode.CERTIFICATE_USAGE),
    ],
)
def test_d1_d3_5b_d3_6_status_refuses_by_name(status: CertificateStatus, code: ErrorCode) -> None:
    with pytest.raises(CertificateError) as caught:
        check_signer(CERTIFICATE, CertificateAssessment(status=status, checked_at=NOW))

    assert caught.value.code is code
    assert caught.value.facts["name"] == "Nguyễn Hoàng Ánh"


def test_d3_5b_good_and_unknown_are_told_apart() -> None:
    assert check_signer(CERTIFICATE, CertificateAssessment(status=CertificateStatus.GOOD, checked_at=NOW))
    assert not check_signer(CERTIFICATE, CertificateAssessment(status=CertificateStatus.UNKNOWN, checked_at=NOW))


def test_d10_1b_shows_five_texts_and_the_emblem(profile) -> None:
    shown = compose(CERTIFICATE, profile, NOW)

    assert [(line.label, line.value) for line in shown.lines] == [
        ("Ký bởi:", "Nguyễn Hoàng Ánh"),
        ("Chức danh:", "Chủ tịch"),
        ("Email:", "anhnh@binhduong.gov.vn"),
        ("Cơ quan:", "UBND tỉnh Bình Dương"),
        ("Thời gian ký:", "23.11.2026 08:02:03 +07:00"),
    ]
    assert shown.emblem == profile.emblem
    assert Path(shown.emblem).is_file()
    assert shown.mark == ""


def test_d10_1b_names_the_workplace_where_it_differs(profile) -> None:
    shown = compose(replace(CERTIFICATE, unit="Văn phòng"), profile, NOW)

    assert shown.lines[3].value == "UBND tỉnh Bình Dương, Văn phòng"


@pytest.mark.parametrize("missing", ["common_name", "title", "email", "organization"])
def test_d10_1b_a_value_found_nowhere_stops_signing(profile, missing: str) -> None:
    with pytest.raises(CertificateError) as caught:
        compose(replace(CERTIFICATE, **{missing: ""}), profile, NOW)

    assert caught.value.code is ErrorCode.CERTIFICATE_ITEM_MISSING
    assert caught.value.facts["clause"] == "Đ10.1b"


def test_d10_1b_text_is_nfc(profile) -> None:
    import unicodedata

    decomposed = replace(CERTIFICATE, common_name=unicodedata.normalize("NFD", "Nguyễn Hoàng Ánh"))

    assert compose(decomposed, profile, NOW).lines[0].value == "Nguyễn Hoàng Ánh"


def test_training_mode_marks_what_is_shown(profile) -> None:
    assert compose(CERTIFICATE, replace(profile, mode=Mode.TRAINING), NOW).mark == "BẢN THỬ"
