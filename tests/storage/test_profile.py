"""The shipped profile, another province's, and what is wrong with a wrong one."""

import ast
import shutil
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pymupdf
import pytest
import tomli_w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bdsigner
from bdsigner.errors import ErrorCode, ProfileError
from bdsigner.model.profile import Mode, NetworkPolicy, TimestampPolicy
from bdsigner.storage.profile import load_profile
from bdsigner.storage.resources import default_profile_folder, resource_path
from tests.net.tls import TestCa

OTHER = Path(__file__).parents[1] / "assets" / "profiles" / "dong-thap"
Values = dict[str, Any]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the other province's profile, to be spoilt."""
    return Path(shutil.copytree(OTHER, tmp_path / "tỉnh khác"))


def refusal(folder: Path) -> ProfileError:
    with pytest.raises(ProfileError) as caught:
        load_profile(folder)
    assert caught.value.facts["path"]
    return caught.value


def spoil(folder: Path, change: Callable[[Values], object]) -> ProfileError:
    file = folder / "profile.toml"
    values = tomllib.loads(file.read_text("utf-8"))
    change(values)
    file.write_text(tomli_w.dumps(values), "utf-8")
    error = refusal(folder)
    assert error.code is ErrorCode.PROFILE_INVALID
    assert error.facts["path"] == str(file)
    return error


def test_the_shipped_profile_is_this_regulation() -> None:
    profile = load_profile(default_profile_folder())
    assert profile.id == "binh-duong"
    assert profile.mode is Mode.PRODUCTION
    assert not profile.is_training
    assert profile.province == "Bình Dương"
    assert profile.regulation == "Quyết định 69/2014/QĐ-UBND"
    assert profile.department == "Sở Thông tin và Truyền thông"
    assert profile.centre == "Trung tâm Thông tin điện tử"
    assert profile.director_title == "Giám đốc Sở"
    assert profile.mail_domains == ("binhduong.gov.vn",)
    assert profile.max_term_years == 5
    assert profile.device_secrecy == "Tối mật"
    assert profile.copy_titles == ("Chánh Văn phòng", "Trưởng phòng Hành chính")
    assert [kind.id for kind in profile.document_kinds] == ["van_ban_chinh_thuc", "noi_bo", "giua_cac_thue_bao"]
    assert len(profile.prohibited_kinds) == 9
    assert len(profile.channels) == 3
    assert [(one.enabled, one.is_auxiliary) for one in profile.encryption_providers] == [(True, False), (True, True)]
    assert profile.appearance_profile == "QĐ 69/2014"
    assert profile.ca_website == "http://ca.gov.vn/"
    assert profile.anchors == profile.issuers == profile.ocsp_urls == profile.crl_urls == profile.timestamp.urls == ()
    assert (profile.timestamp.timeout_seconds, profile.timestamp.attempts, profile.timestamp.pause_seconds) == (
        180,
        3,
        2,
    )
    assert profile.network == NetworkPolicy()
    assert profile.softhsm_config is None
    assert profile.font.is_file()


def test_another_province_needs_no_code(folder: Path) -> None:
    profile = load_profile(folder)
    assert profile.is_training
    assert profile.province == "Đồng Tháp"
    assert profile.mail_domains == ("dongthap.gov.vn", "mail.dongthap.gov.vn")
    assert profile.timestamp == TimestampPolicy(
        urls=("http://tsa.example.vn/", "https://tsa2.example.vn/tsa"),
        timeout_seconds=30.5,
        attempts=1,
        pause_seconds=0,
        tolerance_seconds=60,
    )
    assert profile.network == NetworkPolicy(allow_private_addresses=True, proxy="http://10.0.0.1:3128")
    assert profile.document_kinds[0].must_be_electronic
    assert profile.emblem == folder / "sen.svg"
    assert profile.font == resource_path("fonts", "LiberationSans-Regular.ttf")
    assert profile.pkcs11_modules == (folder / "modules" / "token.so",)
    assert profile.softhsm_config == folder / "softhsm2.conf"
    assert len(profile.anchors) == 3  # two in one PEM file, one in DER; the one given twice counts once


def test_no_two_values_of_the_two_profiles_are_the_same() -> None:
    """Keeps the second profile a proof: a value it shares could as well be hard-coded."""
    ours, other = load_profile(default_profile_folder()), load_profile(OTHER)
    names = ["id", "mode", "province", "regulation", "department", "centre", "director_title", "mail_domains",
             "max_term_years", "device_secrecy", "copy_titles", "document_kinds", "prohibited_kinds", "channels",
             "encryption_providers", "appearance_profile", "ca_website", "emblem", "font", "anchors", "timestamp",
             "network"]  # fmt: skip
    assert [name for name in names if getattr(ours, name) == getattr(other, name)] == []


def test_a_font_beside_the_profile_comes_first(folder: Path) -> None:
    shutil.copy(resource_path("fonts", "LiberationSerif-Bold.ttf"), folder / "LiberationSans-Regular.ttf")
    assert load_profile(folder).font == folder / "LiberationSans-Regular.ttf"


def test_a_folder_without_a_profile(tmp_path: Path) -> None:
    error = refusal(tmp_path)
    assert error.code is ErrorCode.PROFILE_NOT_FOUND
    assert error.facts["path"] == str(tmp_path / "profile.toml")


def _paths(values: Values, prefix: str = "") -> Iterator[str]:
    for key, value in values.items():
        yield f"{prefix}{key}"
        if isinstance(value, dict):
            yield from _paths(value, f"{prefix}{key}.")


SHIPPED_VALUES = tomllib.loads((OTHER / "profile.toml").read_text("utf-8"))
ALL_PATHS = list(_paths(SHIPPED_VALUES))
OPTIONAL = {"token", "token.pkcs11_modules", "token.softhsm_config", "network.allow_private_addresses", "network.proxy"}


def _table(values: Values, path: str) -> tuple[Values, str]:
    *tables, key = path.split(".")
    for table in tables:
        values = values[table]
    return values, key


@pytest.mark.parametrize("path", [path for path in ALL_PATHS if path not in OPTIONAL])
def test_a_missing_key_is_named(path: str, folder: Path) -> None:
    def remove(values: Values) -> None:
        table, key = _table(values, path)
        del table[key]

    table, _, key = path.rpartition(".")
    error = spoil(folder, remove)
    assert error.facts["key"] == table
    assert f"`{key}`" in str(error.facts["reason"])


@pytest.mark.parametrize("path", ALL_PATHS)
def test_a_value_of_another_type_is_named(path: str, folder: Path) -> None:
    def replace(values: Values) -> None:
        table, key = _table(values, path)
        table[key] = {"x": 1} if not isinstance(table[key], dict) else 1

    error = spoil(folder, replace)
    assert error.facts["key"] == path
    assert str(error.facts["reason"]).startswith("Expected")


@pytest.mark.parametrize("table", ["", "agency", "timestamp", "network", "token"])
def test_an_unknown_key_is_refused(table: str, folder: Path) -> None:
    def add(values: Values) -> None:
        (values[table] if table else values)["surprise"] = 1

    error = spoil(folder, add)
    assert error.facts["key"] == table
    assert "`surprise`" in str(error.facts["reason"])


WRONG = [
    ("id", "Bình Dương", "id"),
    ("mode", "test", "mode"),
    ("province", "", "province"),
    ("province", " x", "province"),
    ("agency.mail_domains", [], "agency.mail_domains"),
    ("agency.mail_domains", ["a.vn", "binhduong"], "agency.mail_domains[1]"),
    ("agency.mail_domains", ["@binhduong.gov.vn"], "agency.mail_domains[0]"),
    ("agency.mail_domains", ["-a.gov.vn"], "agency.mail_domains[0]"),
    ("certificates.max_term_years", 0, "certificates.max_term_years"),
    ("certificates.max_term_years", 6, "certificates.max_term_years"),
    ("certificates.ca_website", "ca.gov.vn", "certificates.ca_website"),
    ("certificates.ocsp_urls", ["ldap://a/"], "certificates.ocsp_urls[0]"),
    ("certificates.crl_urls", ["http://a/", "http://"], "certificates.crl_urls[1]"),
    ("timestamp.urls", ["http://a/", "http://a b/"], "timestamp.urls[1]"),
    ("timestamp.urls", ["http://user:pass@a/"], "timestamp.urls[0]"),
    ("timestamp.urls", ["http://a/#x"], "timestamp.urls[0]"),
    ("timestamp.urls", ["http://a:99999/"], "timestamp.urls[0]"),
    ("timestamp.urls", ["http://[::1/"], "timestamp.urls[0]"),
    ("timestamp.timeout_seconds", 0, "timestamp.timeout_seconds"),
    ("timestamp.timeout_seconds", float("nan"), "timestamp.timeout_seconds"),
    ("timestamp.timeout_seconds", float("inf"), "timestamp.timeout_seconds"),
    ("timestamp.attempts", 0, "timestamp.attempts"),
    ("timestamp.pause_seconds", -1, "timestamp.pause_seconds"),
    ("network.proxy", "https://proxy/", "network.proxy"),
    ("network.proxy", "proxy:3128", "network.proxy"),
    ("appearance.emblem", "../sen.svg", "appearance.emblem"),
    ("appearance.emblem", "khong-co.svg", "appearance.emblem"),
    ("appearance.emblem", "profile.toml", "appearance.emblem"),
    ("appearance.profile", "NĐ 99/2030", "appearance.profile"),
    ("appearance.profile", "", "appearance.profile"),
    ("appearance.font", "Arial.ttf", "appearance.font"),
    ("appearance.font", "sen.svg", "appearance.font"),
    ("channels", [{"id": "a", "name": "A"}, {"id": "a", "name": "B"}], "channels[1].id"),
    ("mode", "production", "token.softhsm_config"),
]


@pytest.mark.parametrize(("path", "value", "key"), WRONG)
def test_a_wrong_value_is_named(path: str, value: object, key: str, folder: Path) -> None:
    def replace(values: Values) -> None:
        table, name = _table(values, path)
        table[name] = value

    error = spoil(folder, replace)
    assert error.facts["key"] == key
    assert error.facts["reason"]


@pytest.mark.parametrize(
    "svg",
    [
        b"<html/>",
        b"<svg/>",
        b"<svg xmlns='http://www.w3.org/2000/svg'>",
        b"",
        b"\x89PNG\r\n",
        b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg xmlns='http://www.w3.org/2000/svg'>&a;</svg>",
        b"<svg xmlns='http://www.w3.org/2000/svg'>" + b" " * (1 << 20) + b"</svg>",
    ],
    ids=["html", "no namespace", "unclosed", "empty", "png", "entities", "huge"],
)
def test_an_emblem_must_be_svg(svg: bytes, folder: Path) -> None:
    (folder / "sen.svg").write_bytes(svg)
    assert refusal(folder).facts["key"] == "appearance.emblem"


def test_a_file_that_is_not_toml(folder: Path) -> None:
    for content in (b"a = ", b"\xff\xfe", b"#" * (1 << 20) + b"\n", b"a = " + b"[" * 100_000):
        (folder / "profile.toml").write_bytes(content)
        error = refusal(folder)
        assert error.code is ErrorCode.PROFILE_INVALID
        assert error.facts["key"] == ""
        assert error.facts["reason"]


def test_a_profile_that_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "profile.toml").mkdir()
    assert refusal(tmp_path).code is ErrorCode.PROFILE_INVALID


@given(st.text(max_size=60) | st.sampled_from(["id = 1", "[agency]\nx = 1", "[[channels]]", "a = [[[[1]]]]"]))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_any_text_is_a_profile_or_a_coded_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "profile.toml").write_bytes(text.encode("utf-8", "surrogatepass"))
    assert refusal(tmp_path).code is ErrorCode.PROFILE_INVALID


def _end_entity(folder: Path) -> bytes:
    TestCa.make().context(folder)
    content = (folder / "server.pem").read_bytes()
    (folder / "server.pem").unlink()
    return content[content.index(b"-----BEGIN CERTIFICATE-----") :]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no certificate", "not a certificate"),
        (b"", "not a certificate"),
        (b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n", "not a certificate"),
        (b"-----BEGIN CERTIFICATE-----\n\xff\n-----END CERTIFICATE-----\n", "bad PEM"),
        (b"-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n", "private key"),
        ((OTHER / "anchors" / "c.cer").read_bytes()[:-1], "not a certificate"),
        ((OTHER / "anchors" / "c.cer").read_bytes() * 2, "not exactly one"),
        (b"0" * ((1 << 20) + 1), "larger"),
    ],
)
def test_an_anchor_must_be_a_certificate(content: bytes, reason: str, folder: Path) -> None:
    file = folder / "anchors" / "x.pem"
    file.write_bytes(content)
    error = refusal(folder)
    assert error.facts["path"] == str(file)
    assert reason in str(error.facts["reason"])


def test_issuers_are_known_but_no_anchors(folder: Path) -> None:
    assert load_profile(folder).issuers == ()
    (folder / "issuers").mkdir()
    (folder / "anchors" / "c.cer").rename(folder / "issuers" / "c.cer")
    (folder / "anchors" / "c-again.crt").unlink()
    profile = load_profile(folder)
    assert profile.issuers == ((OTHER / "anchors" / "c.cer").read_bytes(),)
    assert len(profile.anchors) == 2
    assert profile.issuers[0] not in profile.anchors


def test_an_issuer_must_be_a_ca(folder: Path) -> None:
    (folder / "issuers").mkdir()
    (folder / "issuers" / "x.crt").write_bytes(_end_entity(folder))
    assert refusal(folder).facts["path"] == str(folder / "issuers" / "x.crt")


def test_an_anchor_must_be_a_ca(folder: Path) -> None:
    (folder / "anchors" / "x.crt").write_bytes(_end_entity(folder))
    assert refusal(folder).facts["reason"] == "not the certificate of a CA"


def test_anchors_are_optional_and_other_files_left_alone(folder: Path) -> None:
    for file in (folder / "anchors").iterdir():
        file.unlink()
    (folder / "anchors" / "README").write_text("x")
    (folder / "anchors" / ".hidden.pem").write_text("x")
    assert load_profile(folder).anchors == ()
    shutil.rmtree(folder / "anchors")
    assert load_profile(folder).anchors == ()


def test_the_shipped_emblem_is_drawn_and_is_no_seal() -> None:
    """Đ10.1b: not to be mistaken for a seal.  Plain paths, no red, neither round nor empty."""
    content = load_profile(default_profile_folder()).emblem.read_bytes()
    assert not any(word in content for word in (b"<text", b"<image", b"<script", b"<circle", b"href"))
    with pymupdf.open(stream=content, filetype="svg") as drawing:
        pixmap = drawing[0].get_pixmap(dpi=150)
    pixels = [pixmap.pixel(x, y) for y in range(pixmap.height) for x in range(pixmap.width)]
    painted = [pixel for pixel in pixels if min(pixel) < 240]
    assert len(painted) > 0.3 * len(pixels)
    assert [pixel for pixel in painted if pixel[0] > pixel[1] and pixel[0] > pixel[2]] == []


def test_no_value_of_the_profile_is_hard_coded() -> None:
    """But for the invented people and documents of training, whose titles and letterheads are content."""
    profile = load_profile(default_profile_folder())
    values = {profile.province, profile.department, profile.centre, *profile.mail_domains,
              *profile.copy_titles, *profile.prohibited_kinds, "ca.gov.vn"}  # fmt: skip
    found = [
        f"{file.name}:{node.lineno} {value}"
        for file in Path(bdsigner.__file__).parent.rglob("*.py")
        if "training" not in file.parts
        for node in _strings(ast.parse(file.read_text("utf-8")))
        for value in values
        if value in str(node.value)
    ]
    assert found == []


def _strings(tree: ast.AST) -> Iterator[ast.Constant]:
    """String constants that the program works with: no docstrings."""
    standing_alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in standing_alone:
            yield node
