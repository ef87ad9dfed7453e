"""Whether a server answers: the servers are real, and so are the ports where nobody listens."""

import socket

import pytest

from bdsigner.errors import ErrorCode, NetworkError
from bdsigner.model.profile import NetworkPolicy
from bdsigner.net.reach import ask_timestamp, reach, reach_proxy
from bdsigner.signing.timestamp import build_request, check_response
from tests.support.pki import Training
from tests.support.raw_server import raw_server, reply

INTRANET = NetworkPolicy(allow_private_addresses=True)


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@pytest.mark.parametrize(
    "answer",
    [
        reply(b"crl"),
        reply(b"x" * 5000),
        reply(b"", status="405 Method Not Allowed"),
        reply(b"<html>", headers={"Content-Type": "text/html"}),
    ],
)
def test_whatever_it_says_it_was_reached(answer) -> None:
    with raw_server(answer) as server:
        reach(server.url("/crl"), INTRANET)
        assert server.accepted == 1


def test_nobody_listens(closed_port: int) -> None:
    with pytest.raises(NetworkError) as caught:
        reach(f"http://127.0.0.1:{closed_port}/", INTRANET)
    assert caught.value.code is ErrorCode.NETWORK_UNREACHABLE


def test_private_addresses_are_refused_as_everywhere() -> None:
    with raw_server(reply(b"")) as server:
        with pytest.raises(NetworkError) as caught:
            reach(server.url(), NetworkPolicy())
        assert server.accepted == 0
    assert caught.value.code is ErrorCode.NETWORK_REFUSED_ADDRESS


def test_a_proxy_that_listens_and_one_that_does_not(closed_port: int) -> None:
    with raw_server(reply(b"")) as server:
        reach_proxy(server.url())
    with pytest.raises(NetworkError) as caught:
        reach_proxy(f"http://127.0.0.1:{closed_port}")
    assert caught.value.code is ErrorCode.NETWORK_UNREACHABLE


def test_a_real_authority_answers_once(training: Training) -> None:
    request = build_request(b"self-check")
    answer = ask_timestamp(training.profile.timestamp.urls[0], request, training.profile.network)
    assert check_response(request, answer).time
