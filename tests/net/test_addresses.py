"""Which addresses are connected to; checked by list, by property, and with sockets that must see nobody."""

import ipaddress
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bdsigner.errors import ErrorCode, NetworkError
from bdsigner.model.profile import NetworkPolicy
from bdsigner.net.addresses import check_for_proxy, find_addresses, is_allowed
from bdsigner.net.fetch import HttpFetcher
from bdsigner.net.patience import Patience
from bdsigner.ports import FetchKind, FetchRequest

ANY_INTERFACE = "0.0.0.0"  # noqa: S104  # as a destination: this machine
PUBLIC, PRIVATE = NetworkPolicy(), NetworkPolicy(allow_private_addresses=True)

NEVER = ["169.254.169.254", "169.254.1.1", "fe80::1", "fe80::1%1", "224.0.0.1", "ff02::1", ANY_INTERFACE, "::",
         "168.63.129.16", "fd00:ec2::254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe"]  # fmt: skip
PRIVATE_ONLY = ["127.0.0.1", "127.255.255.254", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "100.100.100.200",
                "::1", "fc00::1", "fd12:3456::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "2002:a00:1::",
                "64:ff9b::7f00:1", "::7f00:1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "2001:db8::1"]  # fmt: skip
ALWAYS = ["8.8.8.8", "203.162.4.190", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("text", NEVER)
def test_metadata_multicast_and_nowhere_are_never_allowed(text: str) -> None:
    address = ipaddress.ip_address(text)
    assert not is_allowed(address, PUBLIC)
    assert not is_allowed(address, PRIVATE)


@pytest.mark.parametrize("text", PRIVATE_ONLY)
def test_private_addresses_need_the_policy(text: str) -> None:
    address = ipaddress.ip_address(text)
    assert not is_allowed(address, PUBLIC)
    assert is_allowed(address, PRIVATE)


@pytest.mark.parametrize("text", ALWAYS)
def test_public_addresses_are_allowed(text: str) -> None:
    assert is_allowed(ipaddress.ip_address(text), PUBLIC)


@given(st.integers(0, 2**32 - 1).map(ipaddress.IPv4Address))
def test_ipv6_forms_are_judged_as_the_ipv4_address_inside(address: ipaddress.IPv4Address) -> None:
    for form in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert is_allowed(ipaddress.ip_address(form), PUBLIC) == is_allowed(address, PUBLIC)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Stands for a service on this machine that no fetch may reach."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0)
        yield listener


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "[::1]", "[::ffff:127.0.0.1]", ANY_INTERFACE],
)
def test_loopback_is_refused_without_any_connection(host: str, listener: socket.socket) -> None:
    for url in (f"http://{host}:{listener.getsockname()[1]}/", f"http://{host}/", f"https://{host}/x"):
        with pytest.raises(NetworkError) as caught:
            HttpFetcher(PUBLIC).fetch(FetchRequest(kind=FetchKind.CRL, url=url))
        assert caught.value.code is ErrorCode.NETWORK_REFUSED_ADDRESS
        assert caught.value.facts["url"] == url
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_public_addresses_on_other_ports_are_refused() -> None:
    with pytest.raises(NetworkError) as caught:
        find_addresses("8.8.8.8", 22, PUBLIC, Patience(5, url="u"), url="u")
    assert caught.value.code is ErrorCode.NETWORK_REFUSED_ADDRESS


def test_one_bad_address_among_good_ones_refuses_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """No resolver of ours can be made to answer this way: the look-up itself is replaced."""

    def both(_host: str, port: int, **_: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ("8.8.8.8", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with pytest.raises(NetworkError) as caught:
        find_addresses("rebind.example", 80, PUBLIC, Patience(5, url="u"), url="u")
    assert caught.value.facts["reason"] == "127.0.0.1"


def test_the_checked_address_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that changes its address between check and connection (DNS rebinding) is looked up once only."""
    asked: list[str] = []

    def rebinding(host: str, port: int, *_args: object, **_: object) -> list[object]:
        asked.append(host)
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1" if host == "127.0.0.1" else "127.0.0.2", port))
        ]

    with socket.create_server(("127.0.0.1", 0)) as trap:
        trap.settimeout(0)
        monkeypatch.setattr(socket, "getaddrinfo", rebinding)
        url = f"http://rebind.example:{trap.getsockname()[1]}/"
        with pytest.raises(NetworkError) as caught:
            HttpFetcher(PRIVATE, seconds=3).fetch(FetchRequest(kind=FetchKind.CRL, url=url))
        assert caught.value.code is ErrorCode.NETWORK_UNREACHABLE
        assert asked.count("rebind.example") == 1
        with pytest.raises(BlockingIOError):
            trap.accept()


@pytest.mark.parametrize("host", ["name.invalid", "a" * 64 + ".example"])
def test_unknown_names_are_unreachable(host: str) -> None:
    with pytest.raises(NetworkError) as caught:
        HttpFetcher(PUBLIC).fetch(FetchRequest(kind=FetchKind.CRL, url=f"http://{host}/"))
    assert caught.value.code in {ErrorCode.NETWORK_UNREACHABLE, ErrorCode.NETWORK_TIMEOUT}


@pytest.mark.parametrize(
    ("host", "port"),
    [("127.0.0.1", 80), ("localhost", 80), ("a.localhost", 80), ("127.1", 80), ("::1", 443), ("crl.example", 25)],
)
def test_a_proxy_is_not_asked_for_our_own_machine(host: str, port: int) -> None:
    with pytest.raises(NetworkError) as caught:
        check_for_proxy(host, port, PUBLIC, url="u")
    assert caught.value.code is ErrorCode.NETWORK_REFUSED_ADDRESS


def test_a_proxy_may_be_asked_for_names_and_public_addresses() -> None:
    check_for_proxy("crl.example", 80, PUBLIC, url="u")
    check_for_proxy("8.8.8.8", 443, PUBLIC, url="u")
    check_for_proxy("localhost", 8080, PRIVATE, url="u")


def test_a_slow_look_up_ends_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's resolver cannot be slowed down here, so it is replaced by one that waits."""
    answer_now = threading.Event()

    def slow(*_args: object, **_: object) -> list[object]:
        answer_now.wait(20)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    started = time.monotonic()
    with pytest.raises(NetworkError) as caught:
        HttpFetcher(PUBLIC, seconds=0.3).fetch(FetchRequest(kind=FetchKind.CRL, url="http://crl.example/"))
    answer_now.set()
    assert caught.value.code is ErrorCode.NETWORK_TIMEOUT
    assert time.monotonic() - started < 5
