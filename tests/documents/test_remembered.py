"""What one file's verification fetched serves the next, for a while."""

import pytest

from bdsigner.documents.remembered import (
    KEEP_FAILURE_SECONDS,
    KEEP_SECONDS,
    MAX_ANSWERS,
    MAX_BYTES,
    RememberedFetches,
)
from bdsigner.errors import ErrorCode, NetworkError
from bdsigner.ports import FetchKind, FetchRequest


class Network:
    def __init__(self) -> None:
        self.now = 0.0
        self.asked: list[str] = []
        self.is_down = False
        self.body = b"answer"

    def fetch(self, request: FetchRequest) -> bytes:
        self.asked.append(request.url)
        if self.is_down:
            raise NetworkError(ErrorCode.NETWORK_UNREACHABLE, url=request.url)
        return self.body


def crl(name: object, body: bytes = b"") -> FetchRequest:
    return FetchRequest(kind=FetchKind.CRL, url=f"http://pki.test/{name}", body=body)


@pytest.fixture
def network() -> Network:
    return Network()


@pytest.fixture
def remembered(network: Network) -> RememberedFetches:
    return RememberedFetches(network, clock=lambda: network.now)


def test_asked_once_until_it_is_too_old(network: Network, remembered: RememberedFetches) -> None:
    for network.now in (0.0, KEEP_SECONDS - 1):
        assert remembered.fetch(crl("a")) == b"answer"
    assert len(network.asked) == 1
    network.now, network.body = KEEP_SECONDS, b"new"
    assert remembered.fetch(crl("a")) == b"new"
    assert remembered.fetch(crl("a", b"another question")) == b"new"
    assert len(network.asked) == 3


def test_of_one_file_no_failure_is_remembered(network: Network, remembered: RememberedFetches) -> None:
    network.is_down = True
    with pytest.raises(NetworkError):
        remembered.fetch(crl("a"))
    network.is_down = False
    assert remembered.fetch(crl("a")) == b"answer"


def test_of_many_a_server_that_is_down_is_not_waited_for_again(network: Network, remembered: RememberedFetches) -> None:
    remembered.expect_many()
    network.is_down = True
    for _ in range(3):
        with pytest.raises(NetworkError) as raised:
            remembered.fetch(crl("a"))
        assert raised.value.code is ErrorCode.NETWORK_UNREACHABLE
        assert raised.value.facts["url"] == "http://pki.test/a"
    assert len(network.asked) == 1
    network.is_down, network.now = False, KEEP_FAILURE_SECONDS
    assert remembered.fetch(crl("a")) == b"answer"
    network.is_down = True
    with pytest.raises(NetworkError):
        remembered.fetch(crl("b"))
    network.is_down = False
    remembered.forget_failures()
    assert remembered.fetch(crl("b")) == b"answer"
    assert remembered.known(crl("a")) == b"answer", "answers stay"


def test_memory_is_bounded(network: Network, remembered: RememberedFetches) -> None:
    for number in range(MAX_ANSWERS + 1):
        remembered.fetch(crl(number))
    assert remembered.known(crl(0)) is None
    assert remembered.known(crl(1)) == b"answer"
    network.body = bytes(MAX_BYTES // 2 + 1)
    remembered.fetch(crl("large"))
    remembered.fetch(crl("larger"))
    assert remembered.known(crl("large")) is None
    assert remembered.known(crl("larger")) is not None
