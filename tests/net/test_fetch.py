"""Fetching from servers that are slow, wrong, hostile or broken."""

import gzip
import ipaddress
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from bdsigner.errors import ErrorCode, NetworkError
from bdsigner.model.profile import NetworkPolicy
from bdsigner.net.addresses import IpAddress
from bdsigner.net.connection import open_socket
from bdsigner.net.fetch import ANSWER_BYTES, HttpFetcher
from bdsigner.net.patience import Patience
from bdsigner.ports import FetchKind, FetchRequest
from tests.support.raw_server import Answer, RawServer, in_turn, raw_reply, raw_server, reply

INTRANET = NetworkPolicy(allow_private_addresses=True)


def fetch(url: str, *, kind: FetchKind = FetchKind.CRL, body: bytes = b"", seconds: float = 5) -> bytes:
    return HttpFetcher(INTRANET, seconds=seconds).fetch(FetchRequest(kind=kind, url=url, body=body))


def failure(url: str, *, kind: FetchKind = FetchKind.CRL, body: bytes = b"", seconds: float = 5) -> NetworkError:
    with pytest.raises(NetworkError) as caught:
        fetch(url, kind=kind, body=body, seconds=seconds)
    return caught.value


def failure_at(answer: Answer, **options: object) -> NetworkError:
    with raw_server(answer) as server:
        return failure(server.url(), **options)  # type: ignore[arg-type]  # passed on as they are


def chunked(*chunks: bytes) -> bytes:
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body


def test_a_crl_is_fetched_with_get() -> None:
    with raw_server(reply(b"crl")) as server:
        assert fetch(server.url("/a b.crl?x=1")) == b"crl"
    head = server.requests[0].decode()
    assert head.startswith("GET /a%20b.crl?x=1 HTTP/1.1\r\n")
    assert f"Host: 127.0.0.1:{server.port}\r\n" in head
    assert "Accept-Encoding: identity\r\n" in head


def test_an_ocsp_request_is_posted() -> None:
    with raw_server(reply(b"response", headers={"Content-Type": "application/ocsp-response"})) as server:
        assert fetch(server.url(), kind=FetchKind.OCSP, body=b"request") == b"response"
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST / HTTP/1.1\r\n")
    assert b"\r\nContent-Type: application/ocsp-request" in head
    assert body == b"request"


@pytest.mark.parametrize(
    "answer",
    [raw_reply(chunked(b"ab", b"c")), raw_reply(b"HTTP/1.0 200 OK\r\n\r\nabc")],
    ids=["chunked", "until the end"],
)
def test_other_ways_to_send_a_body(answer: Answer) -> None:
    with raw_server(answer) as server:
        assert fetch(server.url()) == b"abc"


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"])
def test_redirects_are_followed(status: str) -> None:
    with raw_server(in_turn(reply(status=status, headers={"Location": "/there"}), reply(b"crl"))) as server:
        assert fetch(server.url("/here")) == b"crl"
    assert server.requests[1].startswith(b"GET /there ")


def test_a_post_is_repeated_only_where_the_answer_says_so() -> None:
    with raw_server(in_turn(reply(status="307 T", headers={"Location": "/there"}), reply(b"ocsp"))) as server:
        assert fetch(server.url(), kind=FetchKind.OCSP, body=b"request") == b"ocsp"
    assert server.requests[1].endswith(b"\r\n\r\nrequest")
    error = failure_at(reply(status="302 Found", headers={"Location": "/"}), kind=FetchKind.OCSP, body=b"request")
    assert error.code is ErrorCode.NETWORK_HTTP_STATUS


def test_a_redirect_loop_ends() -> None:
    with raw_server(reply(status="302 Found", headers={"Location": "/"})) as server:
        assert failure(server.url()).code is ErrorCode.NETWORK_BAD_ANSWER
    assert server.accepted == 4


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://169.254.169.254/latest/meta-data", ErrorCode.NETWORK_REFUSED_ADDRESS),
        ("http://0.0.0.0/", ErrorCode.NETWORK_REFUSED_ADDRESS),
        ("file:///etc/passwd", ErrorCode.NETWORK_REFUSED_SCHEME),
        ("ftp://127.0.0.1/", ErrorCode.NETWORK_REFUSED_SCHEME),
        ("http://user:secret@127.0.0.1/", ErrorCode.NETWORK_REFUSED_ADDRESS),
        ("http://127.0.0.1:99999/", ErrorCode.NETWORK_REFUSED_ADDRESS),
        ("http://[::1", ErrorCode.NETWORK_BAD_ANSWER),
    ],
)
def test_a_redirect_is_checked_like_the_first_address(location: str, code: ErrorCode) -> None:
    error = failure_at(reply(status="302 Found", headers={"Location": location}))
    assert error.code is code


def test_a_redirect_from_a_public_to_a_private_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """No public server is at hand: the public name is led to loopback after its check."""
    with raw_server(reply(status="302 Found", headers={"Location": "http://127.0.0.1/"})) as server:

        def to_the_test_server(address: IpAddress, port: int, patience: Patience) -> socket.socket:
            assert (str(address), port) == ("203.162.4.190", 80)
            return open_socket(ipaddress.ip_address("127.0.0.1"), server.port, patience)

        monkeypatch.setattr("bdsigner.net.connection.open_socket", to_the_test_server)
        with pytest.raises(NetworkError) as caught:
            HttpFetcher(NetworkPolicy()).fetch(FetchRequest(kind=FetchKind.CRL, url="http://203.162.4.190/a.crl"))
    assert caught.value.code is ErrorCode.NETWORK_REFUSED_ADDRESS
    assert caught.value.facts["url"] == "http://127.0.0.1/"


@pytest.mark.parametrize("url", ["", "crl", "ldap://127.0.0.1/cn=x", "file:///etc/passwd", "javascript:1"])
def test_other_schemes_are_refused(url: str) -> None:
    assert failure(url).code is ErrorCode.NETWORK_REFUSED_SCHEME


@pytest.mark.parametrize(
    "url", ["http://", "http:///path", "http://user@host/", "http://host:0/", "http://host:x/", "http:\\\\x"]
)
def test_half_addresses_are_refused(url: str) -> None:
    assert failure(url).code is ErrorCode.NETWORK_REFUSED_ADDRESS


def test_line_breaks_in_an_address_cannot_add_headers() -> None:
    with raw_server(reply(b"crl")) as server:
        assert fetch(server.url("/a\r\nX-Evil: 1\r\n\r\nGET /b")) == b"crl"
    assert b"\nX-Evil" not in server.requests[0]


def _reset(connection: socket.socket, _request: bytes) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


BROKEN = {
    "500": (reply(status="500 Oops"), ErrorCode.NETWORK_HTTP_STATUS),
    "404": (reply(b"<html>", status="404 None"), ErrorCode.NETWORK_HTTP_STATUS),
    "204": (reply(status="204 Nothing"), ErrorCode.NETWORK_HTTP_STATUS),
    "redirect to nowhere": (reply(status="302 Found"), ErrorCode.NETWORK_BAD_ANSWER),
    "garbage": (raw_reply(b"\x00\xff" * 500 + b"\r\n\r\n"), ErrorCode.NETWORK_BAD_ANSWER),
    "endless line": (raw_reply(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000), ErrorCode.NETWORK_BAD_ANSWER),
    "many headers": (raw_reply(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500 + b"\r\n"), ErrorCode.NETWORK_BAD_ANSWER),
    "nothing": (raw_reply(b""), ErrorCode.NETWORK_UNREACHABLE),
    "reset": (_reset, ErrorCode.NETWORK_UNREACHABLE),
    "empty body": (reply(b""), ErrorCode.NETWORK_BAD_ANSWER),
    "cut body": (reply(b"abc", headers={"Content-Length": "10"}), ErrorCode.NETWORK_BAD_ANSWER),
    "cut chunk": (raw_reply(chunked(b"x" * 100)[:-20]), ErrorCode.NETWORK_BAD_ANSWER),
    "bad chunk": (raw_reply(chunked(b"x").replace(b"\r\n1\r\n", b"\r\n-1\r\n")), ErrorCode.NETWORK_BAD_ANSWER),
    "log-in page": (reply(b"<html>", headers={"Content-Type": "text/html; charset=x"}), ErrorCode.NETWORK_BAD_ANSWER),
    "huge length": (reply(b"x", headers={"Content-Length": str(1 << 40)}), ErrorCode.NETWORK_TOO_LARGE),
    "compressed": (
        reply(gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"}),
        ErrorCode.NETWORK_BAD_ANSWER,
    ),
}


@pytest.mark.parametrize(("answer", "code"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_answer_has_its_code(answer: Answer, code: ErrorCode) -> None:
    with raw_server(answer) as server:
        error = failure(server.url("/x"))
    assert error.code is code
    assert error.facts["url"] == server.url("/x")
    if code is ErrorCode.NETWORK_HTTP_STATUS:
        assert error.facts["http_status"] in {204, 404, 500}


@pytest.mark.parametrize("is_chunked", [True, False])
def test_a_body_without_end_is_cut_off_at_the_limit(is_chunked: bool) -> None:
    sent = 0

    def endless(connection: socket.socket, _request: bytes) -> None:
        nonlocal sent
        block = bytes(1 << 16)
        connection.sendall(b"HTTP/1.1 200 OK\r\n" + (b"Transfer-Encoding: chunked\r\n\r\n" if is_chunked else b"\r\n"))
        while True:
            connection.sendall(b"%x\r\n%s\r\n" % (len(block), block) if is_chunked else block)
            sent += len(block)

    error = failure_at(endless, kind=FetchKind.OCSP, seconds=20)
    assert error.code is ErrorCode.NETWORK_TOO_LARGE
    assert error.facts["limit"] == ANSWER_BYTES
    assert sent < 4 * ANSWER_BYTES


def test_a_crl_may_be_larger_than_an_ocsp_answer() -> None:
    with raw_server(reply(bytes(ANSWER_BYTES + 1))) as server:
        assert len(fetch(server.url(), seconds=20)) == ANSWER_BYTES + 1
        assert failure(server.url(), kind=FetchKind.OCSP, seconds=20).code is ErrorCode.NETWORK_TOO_LARGE


@pytest.fixture(params=["silent", "headers", "body", "chunk size"])
def dripping(request: pytest.FixtureRequest) -> Iterator[RawServer]:
    """Never ends, and never pauses long enough for a time-out of single reads."""
    start = {
        "silent": b"",
        "headers": b"HTTP/1.1 200 OK\r\nX: ",
        "body": b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
        "chunk size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    }[request.param]

    def drip(connection: socket.socket, _request: bytes) -> None:
        connection.sendall(start)
        while not server.stopping.wait(0.05):
            if start:
                connection.sendall(b"0")

    with raw_server(drip) as server:
        yield server


def test_slow_answers_end_at_the_deadline(dripping: RawServer) -> None:
    started = time.monotonic()
    error = failure(dripping.url(), seconds=0.6)
    assert error.code is ErrorCode.NETWORK_TIMEOUT
    assert 0.5 < time.monotonic() - started < 3


def test_a_refused_connection_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert failure(f"http://127.0.0.1:{port}/").code is ErrorCode.NETWORK_UNREACHABLE


def test_a_machine_that_never_answers_is_left_at_the_deadline() -> None:
    """A full backlog: Linux drops what comes after, as a firewall does."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, ExitStack() as stack:
        address = listener.getsockname()
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(address)
        started = time.monotonic()
        assert failure(f"http://127.0.0.1:{address[1]}/", seconds=0.5).code is ErrorCode.NETWORK_TIMEOUT
        assert time.monotonic() - started < 4


def test_a_name_may_have_an_address_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """The look-up is replaced so that the first address of the name is one where nobody listens."""
    look_up = socket.getaddrinfo

    def two(host: str, port: int, *args: object, **options: object) -> list[object]:
        if host != "two.example":
            return look_up(host, port, *args, **options)  # type: ignore[arg-type,return-value]  # passed on
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ("127.0.0.2", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", two)
    with raw_server(reply(b"crl")) as server:
        assert fetch(server.url(host="two.example")) == b"crl"
    assert f"Host: two.example:{server.port}".encode() in server.requests[0]


def test_a_proxy_gets_the_whole_address() -> None:
    with raw_server(reply(b"crl")) as proxy:
        policy = NetworkPolicy(proxy=proxy.url(""))
        request = FetchRequest(kind=FetchKind.CRL, url="http://crl.example/a.crl?b")
        assert HttpFetcher(policy).fetch(request) == b"crl"
    assert proxy.requests[0].startswith(b"GET http://crl.example/a.crl?b HTTP/1.1\r\nHost: crl.example\r\n")


def test_importing_costs_next_to_nothing() -> None:
    script = (
        "import sys, bdsigner.ports, bdsigner.model.profile; before = set(sys.modules); import bdsigner.net.fetch;"
        "print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['bdsigner.net', 'bdsigner.net.fetch']"
