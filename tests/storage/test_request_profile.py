"""``[requests]`` of a profile: what it says, and what is wrong with a wrong one."""

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from cryptography.hazmat.primitives.serialization import Encoding

from bdsigner.errors import ErrorCode, ProfileError
from bdsigner.model.profile import ChannelKind, MailSecurity, MailServer, RequestChannel, RequestPolicy
from bdsigner.storage.profile import load_profile
from bdsigner.storage.resources import default_profile_folder
from tests.net.tls import TestCa

MAIL = {
    "id": "thu",
    "name": "Hộp thư",
    "kind": "mail",
    "to": "tiepnhan@binhduong.gov.vn",
    "host": "mail.binhduong.gov.vn",
    "port": 587,
    "security": "starttls",
}
HTTPS = {"id": "may_chu", "name": "Máy chủ", "kind": "https", "url": "https://tiepnhan.example"}
BY_HAND = {"id": "nop", "name": "Nộp trực tiếp", "kind": "file"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(default_profile_folder(), tmp_path / "profile"))


def write(folder: Path, requests: dict[str, Any]) -> None:
    file = folder / "profile.toml"
    values = tomllib.loads(file.read_text("utf-8"))
    file.write_text(tomli_w.dumps(values | {"requests": requests}), "utf-8")


def put_ca(folder: Path, name: str) -> bytes:
    ca = TestCa.make(name)
    (folder / name).mkdir(exist_ok=True)
    (folder / name / "root.pem").write_bytes(ca.pem())
    return ca.certificate.public_bytes(Encoding.DER)


def test_as_shipped_requests_are_handed_over() -> None:
    policy = load_profile(default_profile_folder()).requests
    assert [one.kind for one in policy.channels] == [ChannelKind.FILE]
    assert policy == RequestPolicy(channels=policy.channels)


def test_the_examples_of_the_shipped_profile_are_right(folder: Path) -> None:
    file = folder / "profile.toml"
    text = file.read_text("utf-8")
    begin, end = text.index("# [[requests.channels]]"), text.index("\n[[requests.channels]]")
    examples = [
        line.removeprefix("# ") if line.startswith("# [[") or " = " in line else line
        for line in text[begin:end].splitlines()
    ]
    file.write_text(text[:begin] + "\n".join(examples) + text[end:], "utf-8")
    kinds = [one.kind for one in load_profile(folder).requests.channels]
    assert kinds == [ChannelKind.HTTPS, ChannelKind.MAIL, ChannelKind.FILE]


def test_all_of_it_is_read(folder: Path) -> None:
    write(
        folder,
        {
            "phone": "(0274) 3822-926",
            "confirm_hours": 8,
            "receipt_signers": ["AB" * 32, "cd" * 32],
            "forms_signer": "EF" * 32,
            "channels": [HTTPS | {"login": True}, MAIL | {"user": "chung"}, BY_HAND],
        },
    )
    department, mail = put_ca(folder, "department_ca"), put_ca(folder, "mail_ca")
    put_ca(folder, "anchors")
    server = MailServer(host="mail.binhduong.gov.vn", port=587, security=MailSecurity.STARTTLS, user="chung")
    assert load_profile(folder).requests == RequestPolicy(
        channels=(
            RequestChannel(
                id="may_chu",
                name="Máy chủ",
                kind=ChannelKind.HTTPS,
                url="https://tiepnhan.example",
                has_login=True,
            ),
            RequestChannel(
                id="thu", name="Hộp thư", kind=ChannelKind.MAIL, to="tiepnhan@binhduong.gov.vn", server=server
            ),
            RequestChannel(id="nop", name="Nộp trực tiếp", kind=ChannelKind.FILE),
        ),
        roots=(department,),
        mail_roots=(mail,),
        receipt_signers=("ab" * 32, "cd" * 32),
        forms_signer="ef" * 32,
        phone="(0274) 3822-926",
        confirm_hours=8,
    )


def test_without_cas_of_its_own_the_department_is_known_by_the_anchors(folder: Path) -> None:
    write(folder, {"channels": [HTTPS, MAIL]})
    (folder / "department_ca").mkdir()
    assert load_profile(folder).requests.roots == ()
    anchor = put_ca(folder, "anchors")
    policy = load_profile(folder).requests
    assert (policy.roots, policy.mail_roots) == ((anchor,), ())


def test_a_ca_that_is_none_is_refused(folder: Path) -> None:
    (folder / "mail_ca").mkdir()
    (folder / "mail_ca" / "root.pem").write_text("no certificate", "ascii")
    with pytest.raises(ProfileError):
        load_profile(folder)


@pytest.mark.parametrize(
    ("requests", "key"),
    [
        ({"phone": "gọi cô Lan"}, "requests.phone"),
        ({"confirm_hours": 0}, "requests.confirm_hours"),
        ({"confirm_hours": 721}, "requests.confirm_hours"),
        ({"receipt_signers": ["ab"]}, "requests.receipt_signers[0]"),
        ({"forms_signer": "zz" * 32}, "requests.forms_signer"),
        ({"surprise": 1}, "requests"),
        ({"channels": [BY_HAND, MAIL | {"id": "nop"}]}, "requests.channels[1].id"),
        ({"channels": [BY_HAND | {"kind": "fax"}]}, "requests.channels[0].kind"),
        ({"channels": [BY_HAND | {"to": "a@b.vn"}]}, "requests.channels[0]"),
        ({"channels": [BY_HAND | {"url": "https://a.example"}]}, "requests.channels[0]"),
        ({"channels": [HTTPS | {"host": "a.example"}]}, "requests.channels[0]"),
        ({"channels": [MAIL | {"login": True}]}, "requests.channels[0]"),
        ({"channels": [MAIL | {"url": "https://a.example"}]}, "requests.channels[0]"),
        *(
            ({"channels": [{name: value for name, value in MAIL.items() if name != missing}]}, "requests.channels[0]")
            for missing in ("to", "host", "port", "security", "name")
        ),
        ({"channels": [{"id": "a", "name": "A", "kind": "https"}]}, "requests.channels[0]"),
        *(
            ({"channels": [MAIL | {"to": to}]}, "requests.channels[0].to")
            for to in ("", "a", "Trung tâm <a@b.vn>", "a@b.vn, c@d.vn", "a@b", "ánh@b.vn", "a b@c.vn", "a@b.vn\r\nX: y")
        ),
        ({"channels": [MAIL | {"host": "mail server"}]}, "requests.channels[0].host"),
        ({"channels": [MAIL | {"host": "https://mail.vn"}]}, "requests.channels[0].host"),
        ({"channels": [MAIL | {"port": 0}]}, "requests.channels[0].port"),
        ({"channels": [MAIL | {"port": 65536}]}, "requests.channels[0].port"),
        ({"channels": [MAIL | {"security": "none"}]}, "requests.channels[0].security"),
        ({"channels": [MAIL | {"user": "a\nb"}]}, "requests.channels[0].user"),
        *(
            ({"channels": [BY_HAND, HTTPS | {"url": url}]}, "requests.channels[1].url")
            for url in (
                "http://tiepnhan.example",
                "tiepnhan.example",
                "https://",
                "https://a:b@tiepnhan.example",
                "https://tiepnhan.example/?x=1",
                "https://tiếp-nhận.example",
            )
        ),
    ],
)
def test_what_is_wrong_is_named(folder: Path, requests: dict[str, Any], key: str) -> None:
    write(folder, requests)
    with pytest.raises(ProfileError) as caught:
        load_profile(folder)
    assert caught.value.code is ErrorCode.PROFILE_INVALID
    assert caught.value.facts["key"] == key
