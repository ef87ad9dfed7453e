"""Asking time-stamping authorities that fail in turn, and a real one."""

import hashlib
import socket
import threading
import time
from contextlib import ExitStack

import pytest
from asn1crypto import tsp
from hypothesis import given
from hypothesis import strategies as st

from bdsigner.errors import ErrorCode, NetworkError, UserCancelled
from bdsigner.model.profile import NetworkPolicy, TimestampPolicy
from bdsigner.net.timestamp import HttpTimestamper, _check_granted
from tests.support.pki import Training
from tests.support.raw_server import Answer, in_turn, raw_reply, raw_server, reply

INTRANET = NetworkPolicy(allow_private_addresses=True)
TOKEN = b"\x30\x03\x02\x01\x07"
"""Stands for a token; its content is the signer's business."""
REPLY = {"Content-Type": "application/timestamp-reply"}


def response(status: int, token: bytes = TOKEN) -> bytes:
    info = b"\x30\x03\x02\x01" + bytes([status]) + token
    return b"\x30" + bytes([len(info)]) + info


def policy(*urls: str, timeout: float = 5, attempts: int = 1, pause: float = 0.0) -> TimestampPolicy:
    return TimestampPolicy(
        urls=urls, timeout_seconds=timeout, attempts=attempts, pause_seconds=pause, tolerance_seconds=300
    )


def granting() -> Answer:
    return reply(response(0), headers=REPLY)


def test_the_request_is_posted_as_rfc_3161_says() -> None:
    with raw_server(granting()) as tsa:
        assert HttpTimestamper(policy(tsa.url("/tsa")), INTRANET).request(b"query") == response(0)
    head, _, body = tsa.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /tsa HTTP/1.1\r\n")
    assert b"\r\nContent-Type: application/timestamp-query" in head
    assert body == b"query"


@pytest.mark.parametrize("headers", [REPLY, {}, {"Content-Type": "application/octet-stream"}])
def test_the_content_type_is_taken_loosely(headers: dict[str, str]) -> None:
    with raw_server(reply(response(1), headers=headers)) as tsa:
        assert HttpTimestamper(policy(tsa.url()), INTRANET).request(b"query") == response(1)


def test_without_addresses_there_is_no_tsa() -> None:
    with pytest.raises(NetworkError) as caught:
        HttpTimestamper(policy(), INTRANET).request(b"query")
    assert caught.value.code is ErrorCode.NETWORK_NO_TSA


UNUSABLE = {
    "down": (raw_reply(b""), ErrorCode.NETWORK_UNREACHABLE),
    "500": (reply(status="500 Oops"), ErrorCode.NETWORK_HTTP_STATUS),
    "garbage": (reply(b"\x00\xff" * 100), ErrorCode.NETWORK_BAD_ANSWER),
    "a page": (reply(b"<html>", headers={"Content-Type": "text/html"}), ErrorCode.NETWORK_BAD_ANSWER),
    "rejection": (reply(response(2, b"")), ErrorCode.NETWORK_BAD_ANSWER),
    "granted without a token": (reply(response(0, b"")), ErrorCode.NETWORK_BAD_ANSWER),
    "trailing bytes": (reply(response(0) + b"x"), ErrorCode.NETWORK_BAD_ANSWER),
    "huge": (reply(b"x", headers={"Content-Length": "6000000"}), ErrorCode.NETWORK_TOO_LARGE),
}


@pytest.mark.parametrize(("answer", "code"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_the_next_authority_is_tried_and_the_last_failure_is_told(answer: Answer, code: ErrorCode) -> None:
    with raw_server(answer) as bad, raw_server(granting()) as good:
        assert HttpTimestamper(policy(bad.url(), good.url()), INTRANET).request(b"query") == response(0)
        with pytest.raises(NetworkError) as caught:
            HttpTimestamper(policy(bad.url("/1"), bad.url("/2"), attempts=2), INTRANET).request(b"query")
    assert caught.value.code is code
    assert caught.value.facts["url"] == bad.url("/2")
    assert caught.value.facts["tried"] == 4
    assert len(good.requests) == 1


def test_a_slow_authority_is_left_after_its_timeout() -> None:
    def silent(_connection: socket.socket, _request: bytes) -> None:
        slow.stopping.wait(20)

    started = time.monotonic()
    with ExitStack() as stack:
        slow = stack.enter_context(raw_server(silent))
        good = stack.enter_context(raw_server(granting()))
        timestamper = HttpTimestamper(policy(slow.url(), good.url(), timeout=0.5), INTRANET)
        assert timestamper.request(b"query") == response(0)
        assert 0.4 < time.monotonic() - started < 4


def test_rounds_are_repeated_with_doubling_pauses() -> None:
    failing = reply(status="503 Busy")
    with raw_server(in_turn(failing, failing, granting())) as tsa:
        started = time.monotonic()
        timestamper = HttpTimestamper(policy(tsa.url(), attempts=3, pause=0.1), INTRANET)
        assert timestamper.request(b"query") == response(0)
        assert time.monotonic() - started >= 0.3
    assert len(tsa.requests) == 3


def test_a_person_ends_a_pause() -> None:
    stop = threading.Event()

    def failing(connection: socket.socket, request: bytes) -> None:
        stop.set()
        reply(status="503 Busy")(connection, request)

    with raw_server(failing) as tsa:
        timestamper = HttpTimestamper(policy(tsa.url(), attempts=3, pause=50), INTRANET)
        with pytest.raises(UserCancelled):
            timestamper.request(b"query", should_stop=stop.is_set)
    assert len(tsa.requests) == 1


def test_a_person_ends_the_wait_for_an_answer() -> None:
    stop = threading.Event()

    def silent(_connection: socket.socket, _request: bytes) -> None:
        stop.set()
        tsa.stopping.wait(20)

    started = time.monotonic()
    with raw_server(silent) as tsa, pytest.raises(UserCancelled):
        HttpTimestamper(policy(tsa.url(), timeout=50), INTRANET).request(b"query", should_stop=stop.is_set)
    assert time.monotonic() - started < 5


def test_a_private_tsa_needs_the_policy() -> None:
    with raw_server(granting()) as tsa:
        with pytest.raises(NetworkError) as caught:
            HttpTimestamper(policy(tsa.url()), NetworkPolicy()).request(b"query")
        assert caught.value.code is ErrorCode.NETWORK_REFUSED_ADDRESS
        assert tsa.accepted == 0


@given(st.binary(max_size=40) | st.binary(max_size=12).map(lambda tail: response(0)[:7] + tail))
def test_any_bytes_are_granted_or_refused(answer: bytes) -> None:
    try:
        _check_granted(answer, "u")
    except NetworkError as error:
        assert error.code is ErrorCode.NETWORK_BAD_ANSWER  # noqa: PT017  # both outcomes are right
    else:
        assert answer[:1] == b"\x30"


@pytest.mark.training
def test_a_real_authority_answers(training: Training) -> None:
    profile = training.profile
    imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": hashlib.sha256(b"x").digest()}
    query = tsp.TimeStampReq({"version": 1, "message_imprint": imprint, "nonce": 4711, "cert_req": True})
    answer = tsp.TimeStampResp.load(HttpTimestamper(profile.timestamp, profile.network).request(query.dump()))
    assert answer["status"]["status"].native == "granted"
    signed = answer["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
    assert signed["nonce"].native == 4711
