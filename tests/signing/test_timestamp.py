import random
from datetime import UTC, datetime, timedelta

import pytest
from asn1crypto import keys, tsp, x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyhanko.sign.timestamps import DummyTimeStamper

from bdsigner.errors import ErrorCode, NetworkError
from bdsigner.signing.timestamp import RESPONSE_BYTES_MAX, build_request, check_response
from bdsigner.training.pki import ROOT, TSA
from tests.signing.parts import TimestampServer
from tests.support import pki
from tests.support.pki import Training

SIGNATURE = bytes(range(256))


@pytest.fixture(scope="module")
def answered(training: Training) -> tuple[bytes, bytes]:
    """A request with the TSA's answer."""
    request = build_request(SIGNATURE)
    return request, TimestampServer(training.tsa_url)(request)


def test_request() -> None:
    request = tsp.TimeStampReq.load(build_request(SIGNATURE), strict=True)
    assert request.dump(force=True) == request.dump()
    assert request["cert_req"].native is True
    assert request["version"].native == "v1"
    assert request["message_imprint"]["hash_algorithm"]["algorithm"].native == "sha256"
    assert request["nonce"].native > 0


def test_nonces_differ() -> None:
    assert build_request(SIGNATURE) != build_request(SIGNATURE)


def test_good_answer(answered: tuple[bytes, bytes]) -> None:
    info = check_response(*answered)
    assert abs(info.time - datetime.now(UTC)) < timedelta(minutes=5)
    assert info.token in answered[1]


def test_answer_to_another_request(answered: tuple[bytes, bytes]) -> None:
    _refused(build_request(SIGNATURE), answered[1], "other nonce")
    _refused(build_request(b"another signature"), answered[1], "other imprint")


def test_refusal_by_the_authority() -> None:
    answer = tsp.PKIStatusInfo({"status": "rejection"}).dump()
    whole = b"\x30" + bytes([len(answer)]) + answer
    _refused(build_request(SIGNATURE), whole, "status rejection")


def test_too_large() -> None:
    _refused(build_request(SIGNATURE), bytes(RESPONSE_BYTES_MAX + 1), "too large")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200))
def test_garbage(garbage: bytes) -> None:
    with pytest.raises(NetworkError) as caught:
        check_response(build_request(SIGNATURE), garbage)
    assert caught.value.code is ErrorCode.NETWORK_BAD_ANSWER


def test_no_changed_answer_gives_another_time(answered: tuple[bytes, bytes]) -> None:
    """A changed byte is refused, or stands where it means nothing (an unused certificate, an address)."""
    request, response = answered
    time = check_response(request, response).time
    chance = random.Random(3161)  # noqa: S311  # the same changes every time
    refused = 0
    for place in chance.sample(range(len(response)), 250):
        changed = bytearray(response)
        changed[place] ^= chance.randint(1, 255)
        try:
            assert check_response(request, bytes(changed)).time == time
        except NetworkError:
            refused += 1
    assert refused > 100


@pytest.mark.parametrize("name", [pki.CHAIRMAN, ROOT])
def test_certificate_that_is_not_for_timestamps(name: str, training: Training) -> None:
    request = build_request(SIGNATURE)
    _refused(request, _answer(training, name, request), "certificate not for timestamps")


def test_answer_of_the_right_certificate_in_process(training: Training) -> None:
    request = build_request(SIGNATURE)
    assert check_response(request, _answer(training, TSA, request)).time.tzinfo is not None


def test_certificate_missing(training: Training) -> None:
    request = build_request(SIGNATURE)
    response = tsp.TimeStampResp.load(_answer(training, TSA, request))
    response["time_stamp_token"]["content"]["certificates"] = []
    _refused(request, response.dump(force=True), "signer's certificate missing")


def _answer(training: Training, name: str, request: bytes) -> bytes:
    key = training.rsa_key(name).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    certificate = x509.Certificate.load(training.certificate(name))
    stamper = DummyTimeStamper(certificate, keys.PrivateKeyInfo.load(key), include_nonce=True)
    return bytes(stamper.request_tsa_response(tsp.TimeStampReq.load(request)).dump())


def _refused(request: bytes, response: bytes, why: str) -> None:
    with pytest.raises(NetworkError) as caught:
        check_response(request, response)
    assert caught.value.code is ErrorCode.NETWORK_BAD_ANSWER
    assert caught.value.facts["detail"] == why
