import hashlib
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from asn1crypto import cms, keys, tsp, x509
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import SubjectKeyIdentifier
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


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
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


Change = Callable[[tsp.TimeStampResp], None]


def _signed(response: tsp.TimeStampResp) -> Any:
    return response["time_stamp_token"]["content"]


def _signer(response: tsp.TimeStampResp) -> Any:
    return _signed(response)["signer_infos"][0]


def _set_attribute(name: str, values: list[object] | None) -> Change:
    """Replace an attribute, or leave it out."""

    def change(response: tsp.TimeStampResp) -> None:
        kept = [attribute for attribute in _signer(response)["signed_attrs"] if attribute["type"].native != name]
        if values is not None:
            kept.append(cms.CMSAttribute({"type": name, "values": values}))
        _signer(response)["signed_attrs"] = cms.CMSAttributes(kept)

    return change


def _unbound(response: tsp.TimeStampResp) -> None:
    for name in ("signing_certificate", "signing_certificate_v2"):
        _set_attribute(name, None)(response)


def _sha1_digest(response: tsp.TimeStampResp) -> None:
    _signer(response)["digest_algorithm"] = {"algorithm": "sha1"}


def _second_signer(response: tsp.TimeStampResp) -> None:
    _signed(response)["signer_infos"] = [_signer(response), _signer(response)]


def _no_timestamp(response: tsp.TimeStampResp) -> None:
    _signed(response)["encap_content_info"] = {"content_type": "data", "content": b"text"}


def _no_signed_data(response: tsp.TimeStampResp) -> None:
    response["time_stamp_token"] = {"content_type": "data", "content": b"text"}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_set_attribute("message_digest", [bytes(32)]), "content changed"),
        (_set_attribute("content_type", ["data"]), "other content type"),
        (_unbound, "certificate not bound"),
        (_set_attribute("signing_certificate_v2", [{"certs": [{"cert_hash": bytes(32)}]}]), "other certificate bound"),
        (_sha1_digest, "digest sha1"),
        (_second_signer, "not one signer"),
        (_no_timestamp, "no timestamp"),
        (_no_signed_data, "no signed data"),
    ],
)
def test_answers_bent_in_one_way(change: Change, why: str, answered: tuple[bytes, bytes], training: Training) -> None:
    request, response = answered
    _refused(request, _bent(response, change, training), why)


def test_the_older_binding_of_the_certificate_is_accepted(answered: tuple[bytes, bytes], training: Training) -> None:
    """RFC 3161 itself knows ESSCertID with SHA-1 only."""
    certificate_hash = hashlib.sha1(training.certificate(TSA)).digest()  # noqa: S324  # what the old attribute holds
    older = _set_attribute("signing_certificate", [{"certs": [{"cert_hash": certificate_hash}]}])

    def change(response: tsp.TimeStampResp) -> None:
        _unbound(response)
        older(response)

    assert check_response(answered[0], _bent(answered[1], change, training)).time


def test_signer_named_by_key(answered: tuple[bytes, bytes], training: Training) -> None:
    key_id = training.x509(TSA).extensions.get_extension_for_class(SubjectKeyIdentifier).value.digest

    def change(response: tsp.TimeStampResp) -> None:
        _signer(response)["sid"] = cms.SignerIdentifier({"subject_key_identifier": key_id})

    assert check_response(answered[0], _bent(answered[1], change, training)).time


def test_pss_signature(answered: tuple[bytes, bytes], training: Training) -> None:
    def change(response: tsp.TimeStampResp) -> None:
        sha256 = {"algorithm": "sha256"}
        parameters = {"hash_algorithm": sha256, "salt_length": 32}
        parameters["mask_gen_algorithm"] = {"algorithm": "mgf1", "parameters": sha256}
        _signer(response)["signature_algorithm"] = {"algorithm": "rsassa_pss", "parameters": parameters}

    assert check_response(answered[0], _bent(answered[1], change, training)).time


def test_unsigned_change(answered: tuple[bytes, bytes]) -> None:
    response = tsp.TimeStampResp.load(answered[1])
    _signer(response)["signature"] = bytes(256)
    _refused(answered[0], response.dump(force=True), "signature does not hold")


def _bent(response_der: bytes, change: Change, training: Training) -> bytes:
    """The answer changed and signed anew by the authority."""
    response = tsp.TimeStampResp.load(response_der)
    change(response)
    if response["time_stamp_token"]["content_type"].native == "signed_data":
        signer = _signer(response)
        data = signer["signed_attrs"].untag().dump(force=True)
        is_pss = signer["signature_algorithm"]["algorithm"].native == "rsassa_pss"
        scheme = padding.PSS(padding.MGF1(SHA256()), 32) if is_pss else padding.PKCS1v15()
        hash_algorithm = SHA512() if signer["digest_algorithm"]["algorithm"].native == "sha512" else SHA256()
        signer["signature"] = training.rsa_key(TSA).sign(data, scheme, hash_algorithm)
    return bytes(response.dump(force=True))


def _answer(training: Training, name: str, request: bytes) -> bytes:
    key = training.rsa_key(name).private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    certificate = x509.Certificate.load(training.certificate(name))
    stamper = DummyTimeStamper(certificate, keys.PrivateKeyInfo.load(key), include_nonce=True)
    return bytes(stamper.request_tsa_response(tsp.TimeStampReq.load(request)).dump())


def _refused(request: bytes, response: bytes, why: str) -> None:
    with pytest.raises(NetworkError) as caught:
        check_response(request, response)
    assert caught.value.code is ErrorCode.NETWORK_BAD_ANSWER
    assert caught.value.facts["reason"] == why
