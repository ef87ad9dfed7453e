"""A card with real counters behind OpenSC and PC/SC: PIN, PUK, lock, removal in every phase."""

import time
from collections.abc import Callable, Iterator

import pytest

from bdsigner.errors import ErrorCode, TokenError
from bdsigner.model.token import SignatureMechanism, Token
from bdsigner.token.child import Deadlines
from bdsigner.token.gateway import ChildTokenGateway
from tests.contracts.token_gateway import DIGEST, Device, TokenGatewayContract, verify
from tests.rigs.fixtures import EACH_KEY, EC_KEY, HOLDER, RSA_KEY, PivRig
from tests.rigs.piv import SIGN, SIGN_EACH, PivCard

SEEN_SECONDS = 5.0
"""Longest wait for a card to be seen or missed; it takes a third of a second."""
RSA = SignatureMechanism.RSA_PKCS1
CHANGE_REFERENCE_DATA, RESET_RETRY_COUNTER = 0x24, 0x2C


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + SEEN_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "it does not happen"
        time.sleep(0.02)


@pytest.fixture
def gateway(piv: PivRig) -> Iterator[ChildTokenGateway]:
    gateway = ChildTokenGateway([piv.module])
    until(lambda: gateway.list_tokens().tokens)
    yield gateway
    gateway.close()


@pytest.fixture
def token(gateway: ChildTokenGateway) -> Token:
    (token,) = gateway.list_tokens().tokens
    return token


def pin(card: PivCard) -> bytearray:
    return bytearray(card.pin.encode())


class TestPivCard(TokenGatewayContract):
    @pytest.fixture
    def device(self, piv: PivRig) -> Device:
        # OpenSC never sets COUNT_LOW for a PIV card: the first miss shows nothing.
        return Device(
            label=HOLDER, pin=piv.card.pin, rsa_key_id=RSA_KEY, ec_key_id=EC_KEY, puk=piv.card.puk, miss=frozenset()
        )


def test_what_the_card_says_of_itself(token: Token, piv: PivRig) -> None:
    assert token.serial == piv.card.serial
    assert token.is_hardware
    assert token.reader.startswith("bdsigner test reader")
    assert (token.pin.min_length, token.pin.max_length) == (4, 8)


def miss(gateway: ChildTokenGateway, serial: str) -> TokenError:
    with pytest.raises(TokenError) as caught:
        gateway.session(serial, bytearray(b"000000"), signatures=1)
    return caught.value


def test_three_wrong_pins_lock_the_card_and_the_puk_brings_it_back(
    gateway: ChildTokenGateway, token: Token, piv: PivRig
) -> None:
    first, second, third = (miss(gateway, token.serial) for _ in range(3))
    assert [error.code for error in (first, second, third)] == [
        ErrorCode.TOKEN_PIN_INCORRECT,
        ErrorCode.TOKEN_PIN_INCORRECT,
        ErrorCode.TOKEN_PIN_LOCKED,
    ]
    assert second.facts["final_try"]
    assert third.facts["locked"]
    assert piv.card.pin_left == 0
    assert piv.card.verifications == 3
    assert gateway.list_tokens().tokens[0].pin.locked
    with pytest.raises(TokenError) as caught:
        gateway.session(token.serial, pin(piv.card), signatures=1)
    assert caught.value.code is ErrorCode.TOKEN_PIN_LOCKED
    gateway.unblock_pin(token.serial, bytearray(piv.card.puk.encode()), bytearray(b"736251"))
    assert (piv.card.pin, piv.card.pin_left) == ("736251", 3)
    assert not gateway.list_tokens().tokens[0].pin.locked
    with gateway.session(token.serial, pin(piv.card), signatures=1) as session:
        verify(piv.card.certificates[SIGN], DIGEST, session.sign(RSA_KEY, DIGEST, RSA), RSA)


def test_a_wrong_puk_is_tried_once_and_locks_in_the_end(gateway: ChildTokenGateway, token: Token, piv: PivRig) -> None:
    codes = []
    for left in (2, 1, 0):
        with pytest.raises(TokenError) as caught:
            gateway.unblock_pin(token.serial, bytearray(b"00000000"), bytearray(b"736251"))
        codes.append(caught.value.code)
        assert piv.card.puk_left == left
    assert codes[:2] == [ErrorCode.TOKEN_PUK_INCORRECT] * 2
    assert codes[2] in (ErrorCode.TOKEN_PUK_INCORRECT, ErrorCode.TOKEN_PUK_LOCKED)
    with pytest.raises(TokenError) as caught:
        gateway.unblock_pin(token.serial, bytearray(piv.card.puk.encode()), bytearray(b"736251"))
    assert caught.value.code is ErrorCode.TOKEN_PUK_LOCKED
    assert (piv.card.pin_left, piv.card.verifications) == (3, 0)


@pytest.mark.parametrize("puk", [b"123", b"123456789"])
def test_a_puk_of_a_length_that_no_puk_has_is_not_blamed_on_the_new_pin(
    gateway: ChildTokenGateway, token: Token, piv: PivRig, puk: bytes
) -> None:
    with pytest.raises(TokenError) as caught:
        gateway.unblock_pin(token.serial, bytearray(puk), bytearray(b"736251"))
    assert caught.value.code is ErrorCode.TOKEN_PUK_INCORRECT
    assert piv.card.puk_left == 3


@pytest.mark.parametrize("new", [b"1", b"123456789"])
def test_a_new_pin_of_a_length_that_no_pin_has_is_not_blamed_on_the_puk(
    gateway: ChildTokenGateway, token: Token, piv: PivRig, new: bytes
) -> None:
    with pytest.raises(TokenError) as caught:
        gateway.unblock_pin(token.serial, bytearray(piv.card.puk.encode()), bytearray(new))
    assert caught.value.code is ErrorCode.TOKEN_NEW_PIN_REFUSED
    assert (piv.card.pin_left, piv.card.puk_left) == (3, 3)


@pytest.mark.parametrize("instruction", [CHANGE_REFERENCE_DATA, RESET_RETRY_COUNTER])
def test_a_card_that_finds_the_new_pin_too_weak(
    gateway: ChildTokenGateway, token: Token, piv: PivRig, instruction: int
) -> None:
    piv.card.failures[instruction] = [b"\x6a\x80"]
    change = instruction == CHANGE_REFERENCE_DATA
    set_pin, secret = (gateway.change_pin, piv.card.pin) if change else (gateway.unblock_pin, piv.card.puk)
    with pytest.raises(TokenError) as caught:
        set_pin(token.serial, bytearray(secret.encode()), bytearray(b"736251"))
    assert caught.value.code is ErrorCode.TOKEN_NEW_PIN_REFUSED
    assert_works_again(gateway, piv)


def test_without_our_configuration_opensc_is_never_given_a_puk(piv: PivRig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bdsigner.token.opensc.is_opensc", lambda _: False)
    gateway = ChildTokenGateway([piv.module])
    until(lambda: gateway.list_tokens().tokens)
    with pytest.raises(TokenError) as caught:
        gateway.unblock_pin(piv.card.serial, bytearray(piv.card.puk.encode()), bytearray(b"736251"))
    gateway.close()
    assert caught.value.code is ErrorCode.TOKEN_UNBLOCK_UNSUPPORTED
    assert (piv.card.pin_left, piv.card.puk_left) == (3, 3)


def test_a_wrong_old_pin_is_presented_once(gateway: ChildTokenGateway, token: Token, piv: PivRig) -> None:
    with pytest.raises(TokenError) as caught:
        gateway.change_pin(token.serial, bytearray(b"000000"), bytearray(b"736251"))
    assert caught.value.code is ErrorCode.TOKEN_PIN_INCORRECT
    assert (piv.card.pin_left, piv.card.puk_left) == (2, 3)


def test_a_key_that_wants_the_pin_for_each_signature(gateway: ChildTokenGateway, token: Token, piv: PivRig) -> None:
    with gateway.session(token.serial, pin(piv.card), signatures=3) as session:
        assert session.always_authenticate == {EACH_KEY}
        for typed in (None, pin(piv.card)):
            value = session.sign(EACH_KEY, DIGEST, RSA, pin=typed)
            verify(piv.card.certificates[SIGN_EACH], DIGEST, value, RSA)
        with pytest.raises(TokenError) as caught:
            session.sign(EACH_KEY, DIGEST, RSA)
    assert caught.value.code is ErrorCode.TOKEN_PIN_NEEDED


def test_a_wrong_pin_for_such_a_key_counts_once_and_work_goes_on_afterwards(
    gateway: ChildTokenGateway, token: Token, piv: PivRig
) -> None:
    with gateway.session(token.serial, pin(piv.card), signatures=3) as session:
        session.sign(EACH_KEY, DIGEST, RSA)
        with pytest.raises(TokenError) as caught:
            session.sign(EACH_KEY, DIGEST, RSA, pin=bytearray(b"000000"))
        assert caught.value.code is ErrorCode.TOKEN_PIN_INCORRECT
        assert piv.card.pin_left == 2
    with gateway.session(token.serial, pin(piv.card), signatures=1) as session:
        assert session.sign(EACH_KEY, DIGEST, RSA)


def test_the_card_is_pulled_before_the_login(gateway: ChildTokenGateway, token: Token, piv: PivRig) -> None:
    piv.remove()
    with pytest.raises(TokenError) as caught:
        gateway.session(token.serial, pin(piv.card), signatures=1)
    assert caught.value.code in (ErrorCode.TOKEN_REMOVED, ErrorCode.TOKEN_NOT_FOUND)
    assert_works_again(gateway, piv)


def test_the_card_is_pulled_while_it_signs(gateway: ChildTokenGateway, token: Token, piv: PivRig) -> None:
    with gateway.session(token.serial, pin(piv.card), signatures=3) as session:
        session.sign(RSA_KEY, DIGEST, RSA)
        piv.card.before_key = piv.remove
        for code in (ErrorCode.TOKEN_REMOVED, ErrorCode.TOKEN_LOGIN_LOST):
            with pytest.raises(TokenError) as caught:
                session.sign(RSA_KEY, DIGEST, RSA)
            assert caught.value.code is code
    piv.card.before_key = lambda: None
    assert_works_again(gateway, piv)


def test_the_card_is_pulled_between_two_signatures(gateway: ChildTokenGateway, token: Token, piv: PivRig) -> None:
    with gateway.session(token.serial, pin(piv.card), signatures=2) as session:
        session.sign(RSA_KEY, DIGEST, RSA)
        assert session.is_alive()
        piv.remove()
        until(lambda: not session.is_alive())
        with pytest.raises(TokenError) as caught:
            session.sign(RSA_KEY, DIGEST, RSA)
    assert caught.value.code is ErrorCode.TOKEN_LOGIN_LOST
    assert_works_again(gateway, piv)


def test_pulled_and_put_back_at_once_the_login_is_gone(gateway: ChildTokenGateway, token: Token, piv: PivRig) -> None:
    with gateway.session(token.serial, pin(piv.card), signatures=3) as session:
        session.sign(RSA_KEY, DIGEST, RSA)
        verifications = piv.card.verifications
        piv.remove()
        piv.insert()
        with pytest.raises(TokenError) as caught:
            session.sign(RSA_KEY, DIGEST, RSA)
        gone = (ErrorCode.TOKEN_LOGIN_LOST, ErrorCode.TOKEN_REMOVED)
        # Between two of its commands OpenSC says CKR_GENERAL_ERROR, which tells nothing of the card.
        assert caught.value.code in (*gone, ErrorCode.TOKEN_DRIVER_FAILED)
        with pytest.raises(TokenError) as again:
            session.sign(RSA_KEY, DIGEST, RSA)
    assert again.value.code in gone
    assert piv.card.verifications == verifications
    assert_works_again(gateway, piv)


def test_two_cards_swapped_between_readers_are_found_by_serial(
    gateway: ChildTokenGateway, token: Token, piv: PivRig
) -> None:
    second = PivCard(pin="654321")
    second.put(SIGN, piv.card.keys[SIGN], piv.card.certificates[SIGN])
    piv.other_reader.insert(second)
    until(lambda: len(gateway.list_tokens().tokens) == 2)
    for reader in (piv.reader, piv.other_reader):
        reader.remove()
    until(lambda: not gateway.list_tokens().tokens)
    piv.reader.insert(second)
    piv.other_reader.insert(piv.card)
    until(
        lambda: (
            {each.serial: each.reader[-1] for each in gateway.list_tokens().tokens}
            == {piv.card.serial: "1", second.serial: "0"}
        )
    )
    for card in (piv.card, second):
        with gateway.session(card.serial, pin(card), signatures=1) as session:
            assert session.sign(RSA_KEY, DIGEST, RSA)
    assert (piv.card.pin_left, second.pin_left) == (3, 3)


def test_a_card_swapped_faster_than_the_service_looks_costs_one_try_at_most(
    gateway: ChildTokenGateway, token: Token, piv: PivRig
) -> None:
    """The service looks at such readers every 0.4 s; what it has not seen neither OpenSC nor we can know."""
    second = PivCard(pin="654321")
    second.put(SIGN, piv.card.keys[SIGN], piv.card.certificates[SIGN])
    piv.remove()
    piv.reader.insert(second)
    with pytest.raises(TokenError) as caught:
        gateway.session(token.serial, pin(piv.card), signatures=1)
    assert caught.value.code in (ErrorCode.TOKEN_REMOVED, ErrorCode.TOKEN_NOT_FOUND)
    assert second.pin_left >= 2
    until(lambda: [each.serial for each in gateway.list_tokens().tokens] == [second.serial])
    with gateway.session(second.serial, pin(second), signatures=1) as session:
        assert session.sign(RSA_KEY, DIGEST, RSA)


@pytest.mark.parametrize(
    ("status", "codes"),
    [
        (b"\x6f\x00", {ErrorCode.TOKEN_DRIVER_FAILED}),
        (b"\x65\x81", {ErrorCode.TOKEN_DRIVER_FAILED}),
        (b"\x69\x85", {ErrorCode.TOKEN_DRIVER_FAILED}),
        (b"\x69\x82", {ErrorCode.TOKEN_LOGIN_LOST}),
    ],
)
def test_a_failing_key_operation_is_named_and_the_next_works(
    gateway: ChildTokenGateway, token: Token, piv: PivRig, status: bytes, codes: set[ErrorCode]
) -> None:
    with gateway.session(token.serial, pin(piv.card), signatures=1) as session:
        piv.card.failures[0x87] = [status] * 2  # OpenSC asks once more by itself
        with pytest.raises(TokenError) as caught:
            session.sign(RSA_KEY, DIGEST, RSA)
    assert caught.value.code in codes
    piv.card.failures.clear()
    assert_works_again(gateway, piv)


def test_a_card_that_never_answers_is_ended_in_time_and_comes_back(piv: PivRig) -> None:
    gateway = ChildTokenGateway([piv.module], deadlines=Deadlines(sign_seconds=1.0))
    until(lambda: gateway.list_tokens().tokens)
    with gateway.session(piv.card.serial, pin(piv.card), signatures=1) as session:
        piv.card.key_seconds = 3.0
        started = time.monotonic()
        with pytest.raises(TokenError) as caught:
            session.sign(RSA_KEY, DIGEST, RSA)
        assert time.monotonic() - started < 5
    assert caught.value.code is ErrorCode.TOKEN_WORKER_TIMEOUT
    piv.card.key_seconds = 0.0
    assert_works_again(gateway, piv)
    gateway.close()


def test_the_service_is_stopped_and_started_again(gateway: ChildTokenGateway, token: Token, piv: PivRig) -> None:
    piv.service.stop()
    until(lambda: not gateway.list_tokens().tokens)
    piv.service.start()
    assert_works_again(gateway, piv)


def assert_works_again(gateway: ChildTokenGateway, piv: PivRig) -> None:
    """After the card is back: seen, and signing, without anything restarted by hand."""
    if piv.reader.card is None:
        piv.insert()
    until(lambda: piv.card.serial in {each.serial for each in gateway.list_tokens().tokens})
    with gateway.session(piv.card.serial, pin(piv.card), signatures=1) as session:
        verify(piv.card.certificates[SIGN], DIGEST, session.sign(RSA_KEY, DIGEST, RSA), RSA)
