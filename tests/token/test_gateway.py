"""The gateway over SoftHSM: contract, sessions, what is listed, what bad modules do to good ones."""

import os
import signal
import threading
from pathlib import Path

import pytest

from bdsigner.errors import ErrorCode, TokenError
from bdsigner.model.token import SignatureMechanism, Token, TokenProblem
from bdsigner.token.gateway import ChildTokenGateway
from tests.contracts.token_gateway import DIGEST, Device, TokenGatewayContract, verify
from tests.support.softhsm import EC_P256, LABEL, PIN, RSA_2048, RSA_3072, SO_PIN, SoftHsm
from tests.token.conftest import Stub

pytestmark = pytest.mark.softhsm


def typed_pin() -> bytearray:
    return bytearray(PIN.encode())


class TestChildTokenGateway(TokenGatewayContract):
    @pytest.fixture
    def device(self) -> Device:
        return Device(label=LABEL, pin=PIN, rsa_key_id=RSA_2048, ec_key_id=EC_P256, puk=SO_PIN)


def test_a_listing_tells_all_about_the_token(token: Token, softhsm: SoftHsm) -> None:
    assert token.model == "SoftHSM v2"
    assert token.manufacturer == "SoftHSM project"
    assert token.module_path == str(softhsm.module)
    assert not token.is_hardware
    assert token.mechanisms == frozenset(SignatureMechanism)
    assert {each.key_id: each.der for each in token.certificates} == softhsm.certificates
    assert {each.label for each in token.certificates} == {f"Khóa ký {key_id}" for key_id in softhsm.certificates}


def test_a_longer_key_signs_too(gateway: ChildTokenGateway, token: Token, softhsm: SoftHsm) -> None:
    with gateway.session(token.serial, typed_pin(), signatures=1) as session:
        signature = session.sign(RSA_3072, DIGEST, SignatureMechanism.RSA_PKCS1)
    assert len(signature) == 384
    verify(softhsm.certificates[RSA_3072], DIGEST, signature, SignatureMechanism.RSA_PKCS1)


def test_a_missing_module_is_a_problem_beside_good_tokens(softhsm: SoftHsm, tmp_path: Path) -> None:
    missing = tmp_path / "không-có.so"
    gateway = ChildTokenGateway([missing, softhsm.module])
    listing = gateway.list_tokens()
    gateway.close()
    assert [token.label for token in listing.tokens] == [LABEL]
    (problem,) = listing.problems
    assert problem.code == ErrorCode.TOKEN_MODULE_NOT_FOUND.value
    assert problem.facts == {"path": str(missing)}


def test_a_file_that_is_no_library_is_a_problem_with_the_loaders_words(softhsm: SoftHsm, tmp_path: Path) -> None:
    text = tmp_path / "văn-bản.so"
    text.write_text("không phải thư viện", "utf-8")
    gateway = ChildTokenGateway([text, softhsm.module])
    listing = gateway.list_tokens()
    gateway.close()
    assert [token.label for token in listing.tokens] == [LABEL]
    (problem,) = listing.problems
    assert problem.code == ErrorCode.TOKEN_MODULE_UNLOADABLE.value
    assert "file too short" in problem.facts["reason"] or "invalid ELF header" in problem.facts["reason"]


def test_without_modules_the_listing_says_so() -> None:
    (problem,) = ChildTokenGateway([]).list_tokens().problems
    assert problem.code == ErrorCode.TOKEN_NO_MODULE.value


def test_a_token_seen_through_two_modules_is_listed_once(softhsm: SoftHsm, tmp_path: Path) -> None:
    again = tmp_path / "bản-sao.so"
    again.write_bytes(softhsm.module.read_bytes())
    gateway = ChildTokenGateway([softhsm.module, again])
    listing = gateway.list_tokens()
    gateway.close()
    assert [token.module_path for token in listing.tokens] == [str(softhsm.module)]
    assert listing.problems == ()


def test_a_token_that_another_driver_labels_differently_is_listed_once(
    softhsm: SoftHsm, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Same serial and a certificate in common: OpenSC and a vendor's driver label a card each in their own way."""
    monkeypatch.setenv("STUB_LABEL", "Nhãn khác")
    for modules in ([stub.module, softhsm.module], [softhsm.module, stub.module]):
        gateway = ChildTokenGateway(modules)
        assert [token.module_path for token in gateway.list_tokens().tokens] == [str(modules[0])]
        gateway.close()


def test_tokens_of_one_serial_without_a_common_certificate_are_two(
    softhsm: SoftHsm, stub: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUB_SERIAL", "0001")
    monkeypatch.setenv("STUB_LABEL", "Nhãn khác")
    gateway = ChildTokenGateway([stub.module, softhsm.module])
    assert {token.label for token in gateway.list_tokens().tokens} == {"Nhãn khác", LABEL}
    gateway.close()


def test_a_module_is_named_by_its_product_or_by_itself(softhsm: SoftHsm) -> None:
    for names, expected in (({softhsm.module: "Sản phẩm"}, "Sản phẩm"), ({}, "Implementation of PKCS11")):
        gateway = ChildTokenGateway([softhsm.module], names=names)
        (token,) = gateway.list_tokens().tokens
        assert token.module_name == expected
        with gateway.session(token.serial, typed_pin(), signatures=1) as session:
            assert session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
        gateway.close()


def test_problems_that_were_known_before_are_told_in_each_listing(softhsm: SoftHsm) -> None:
    known = TokenProblem(module_path="/x.so", code=ErrorCode.TOKEN_MODULE_BITNESS.value, facts={})
    gateway = ChildTokenGateway([softhsm.module], problems=[known])
    for _ in range(2):
        listing = gateway.list_tokens()
        assert (len(listing.tokens), listing.problems) == (1, (known,))
    gateway.close()
    assert ChildTokenGateway([], problems=[known]).list_tokens().problems == (known,)


def test_two_tokens_are_both_listed_and_told_apart_by_serial(softhsm: SoftHsm, gateway: ChildTokenGateway) -> None:
    softhsm.init_token("Token thứ hai")
    tokens = gateway.list_tokens().tokens
    assert {token.label for token in tokens} == {LABEL, "Token thứ hai"}
    assert len({token.serial for token in tokens}) == 2
    with_keys = next(token for token in tokens if token.label == LABEL)
    with gateway.session(with_keys.serial, typed_pin(), signatures=1) as session:
        assert session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)


def test_a_token_that_went_since_the_listing_is_not_found(
    softhsm: SoftHsm, gateway: ChildTokenGateway, token: Token
) -> None:
    os.kill(gateway.child_pids[0], signal.SIGKILL)
    softhsm.remove_tokens()
    with pytest.raises(TokenError) as caught:
        gateway.session(token.serial, typed_pin(), signatures=1)
    assert caught.value.code in (ErrorCode.TOKEN_NOT_FOUND, ErrorCode.TOKEN_PIN_UNKNOWN_STATE)
    assert gateway.list_tokens().tokens == ()


def test_a_pin_that_no_token_takes_is_refused_before_it_is_sent(gateway: ChildTokenGateway, token: Token) -> None:
    pin = bytearray(b"1" * 256)
    with pytest.raises(TokenError) as caught:
        gateway.session(token.serial, pin, signatures=1)
    assert caught.value.code is ErrorCode.TOKEN_PIN_LENGTH
    assert not any(pin)
    assert not gateway.list_tokens().tokens[0].pin.count_low


def test_the_number_of_signatures_is_bounded(gateway: ChildTokenGateway, token: Token) -> None:
    pin = typed_pin()
    with pytest.raises(ValueError, match="signatures"):
        gateway.session(token.serial, pin, signatures=0)
    assert not any(pin)


def test_a_second_session_waits_for_the_first(gateway: ChildTokenGateway, token: Token) -> None:
    order: list[str] = []

    def second() -> None:
        with gateway.session(token.serial, typed_pin(), signatures=1) as session:
            order.append("second")
            session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)

    with gateway.session(token.serial, typed_pin(), signatures=1) as session:
        waiting = threading.Thread(target=second)
        waiting.start()
        session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
        order.append("first")
    waiting.join(20)
    assert order == ["first", "second"]


def test_many_threads_sign_in_one_session(gateway: ChildTokenGateway, token: Token, softhsm: SoftHsm) -> None:
    signatures: list[bytes] = []
    with gateway.session(token.serial, typed_pin(), signatures=20) as session:

        def sign() -> None:
            for _ in range(5):
                signatures.append(session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1))
                gateway.list_tokens()

        threads = [threading.Thread(target=sign) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    assert len(signatures) == 20
    for signature in signatures:
        verify(softhsm.certificates[RSA_2048], DIGEST, signature, SignatureMechanism.RSA_PKCS1)


def test_warm_up_starts_the_child_and_never_raises(softhsm: SoftHsm) -> None:
    gateway = ChildTokenGateway([softhsm.module])
    gateway.warm_up()
    assert len(gateway.child_pids) == 1
    gateway.close()
    gateway.warm_up()
    assert gateway.child_pids == ()


def test_after_closing_a_listing_has_no_tokens(gateway: ChildTokenGateway) -> None:
    gateway.close()
    (problem,) = gateway.list_tokens().problems
    assert problem.code == ErrorCode.TOKEN_WORKER_DIED.value
