"""The department's directory over HTTPS: pages, and everything a server can do wrong."""

import json
from base64 import b64encode
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from bdsigner.errors import DirectoryError, ErrorCode
from bdsigner.model.profile import DirectoryPolicy, NetworkPolicy
from bdsigner.net.directory_https import HttpsDirectory
from tests.net.tls import TestCa
from tests.support.people import certificate_of
from tests.support.raw_server import Answer, in_turn, raw_server, reply

INTRANET = NetworkPolicy(allow_private_addresses=True)


def page(*numbers: int, cursor: str = "", **more: object) -> bytes:
    entries = [
        {
            "certificate": b64encode(certificate_of(number)).decode(),
            "name": f"Nguyễn Văn {number}",
            "publishedAt": "2026-03-02T08:00:00+07:00",
            "unheardOf": 1,
        }
        for number in numbers
    ]
    return json.dumps({"entries": entries, "cursor": cursor} | more).encode()


def search(ca: TestCa, folder: Path, answer: Answer, *, limit: int = 20, seconds: float = 30.0) -> list[str]:
    with raw_server(answer, tls=ca.context(folder, host="localhost")) as server:
        policy = DirectoryPolicy(
            https_url=server.url("/danhba/", scheme="https", host="localhost"),
            roots=(ca.certificate.public_bytes(Encoding.DER),),
        )
        found = HttpsDirectory(policy, INTRANET, seconds=seconds).search("nguyễn văn", limit=limit)
        assert all(b"GET /danhba/v1/certificates?q=nguy%E1%BB%85n+v%C4%83n&" in one for one in server.requests)
    assert all(one.published_at is not None for one in found)
    return [one.name for one in found]


def test_pages_follow_one_another_until_enough(ca: TestCa, tmp_path: Path) -> None:
    answers = in_turn(reply(page(1, 2, cursor="b")), reply(page(3, cursor="c")), reply(page(4)))
    assert search(ca, tmp_path, answers) == [f"Nguyễn Văn {number}" for number in (1, 2, 3, 4)]
    answers = in_turn(reply(page(1, 2, cursor="b")), reply(page(3, cursor="c")), reply(page(4)))
    assert len(search(ca, tmp_path, answers, limit=2)) == 3


def test_pages_without_end_are_bounded(ca: TestCa, tmp_path: Path) -> None:
    assert len(search(ca, tmp_path, reply(page(1, cursor="more")), limit=200)) == 10


def test_a_certificate_that_cannot_be_read_is_left_out(ca: TestCa, tmp_path: Path) -> None:
    bad = {"certificate": "!!", "name": "a"}, {"certificate": b64encode(b"\x30\x03").decode()}
    whole = json.loads(page(1))
    whole["entries"] = [*bad, *whole["entries"]]
    assert search(ca, tmp_path, reply(json.dumps(whole).encode())) == ["Nguyễn Văn 1"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (reply(b"[]"), ErrorCode.DIRECTORY_BAD_ANSWER),
        (reply(b'{"entries": ' + b"[" * 100_000), ErrorCode.DIRECTORY_BAD_ANSWER),
        (reply(b"\xff"), ErrorCode.DIRECTORY_BAD_ANSWER),
        (reply(b"{}", status="503 Busy"), ErrorCode.DIRECTORY_BAD_ANSWER),
        (reply(b"", headers={"Content-Length": "4000000000"}), ErrorCode.DIRECTORY_BAD_ANSWER),
        (reply(page(1), headers={"Content-Type": "text/html"}), ErrorCode.DIRECTORY_BAD_ANSWER),
    ],
)
def test_nonsense_ends_in_a_coded_error(ca: TestCa, tmp_path: Path, answer: Answer, code: ErrorCode) -> None:
    with pytest.raises(DirectoryError) as caught:
        search(ca, tmp_path, answer)
    assert caught.value.code is code


def test_a_server_of_another_ca_is_asked_nothing(ca: TestCa, tmp_path: Path) -> None:
    with raw_server(reply(page(1)), tls=ca.context(tmp_path, host="localhost")) as server:
        other = DirectoryPolicy(
            https_url=server.url(scheme="https", host="localhost"),
            roots=(TestCa.make("Other").certificate.public_bytes(Encoding.DER),),
        )
        with pytest.raises(DirectoryError) as caught:
            HttpsDirectory(other, INTRANET).search("a", limit=5)
        assert caught.value.code is ErrorCode.DIRECTORY_TLS
    assert server.requests == []
