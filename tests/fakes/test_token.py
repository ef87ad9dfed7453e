"""The fake token keeps the port's contract and follows its script."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from bdsigner.errors import ErrorCode, TokenError
from bdsigner.model.token import SignatureMechanism
from tests.contracts.token_gateway import DIGEST, Device, TokenGatewayContract
from tests.fakes.token import FakeToken, FakeTokenGateway

RSA_KEY = rsa.generate_private_key(65537, 2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())


@pytest.fixture
def fake() -> FakeToken:
    return FakeToken(keys={"01": RSA_KEY, "02": EC_KEY})


class TestFakeTokenGateway(TokenGatewayContract):
    @pytest.fixture
    def device(self, fake: FakeToken) -> Device:
        return Device(label=fake.label, pin=fake.pin, rsa_key_id="01", ec_key_id="02", puk=fake.puk)

    @pytest.fixture
    def gateway(self, fake: FakeToken) -> FakeTokenGateway:
        return FakeTokenGateway(fake)


def log_in_wrongly(gateway: FakeTokenGateway, fake: FakeToken) -> TokenError:
    with pytest.raises(TokenError) as caught:
        gateway.session(fake.serial, bytearray(b"sai"), signatures=1)
    return caught.value


def test_it_counts_down_to_the_lock(fake: FakeToken) -> None:
    gateway = FakeTokenGateway(fake)
    assert not log_in_wrongly(gateway, fake).facts["final_try"]
    assert log_in_wrongly(gateway, fake).facts["final_try"]
    assert log_in_wrongly(gateway, fake).facts["locked"]
    assert log_in_wrongly(gateway, fake).code is ErrorCode.TOKEN_PIN_LOCKED
    assert gateway.list_tokens().tokens[0].pin.locked


def test_a_key_that_wants_the_pin_for_each_signature(fake: FakeToken) -> None:
    fake.always_authenticate = {"01"}
    with FakeTokenGateway(fake).session(fake.serial, bytearray(fake.pin.encode()), signatures=2) as session:
        assert session.always_authenticate == {"01"}
        session.sign("01", DIGEST, SignatureMechanism.RSA_PKCS1)
        with pytest.raises(TokenError) as caught:
            session.sign("01", DIGEST, SignatureMechanism.RSA_PKCS1)
        assert caught.value.code is ErrorCode.TOKEN_PIN_NEEDED
        pin = bytearray(fake.pin.encode())
        session.sign("01", DIGEST, SignatureMechanism.RSA_PKCS1, pin=pin)
        assert not any(pin)


def test_wrong_puks_end_in_a_lock_that_the_flags_show(fake: FakeToken) -> None:
    gateway = FakeTokenGateway(fake)
    codes = []
    for _ in range(4):
        with pytest.raises(TokenError) as caught:
            gateway.unblock_pin(fake.serial, bytearray(b"00000000"), bytearray(b"602931"))
        codes.append(caught.value.code)
    assert codes == [ErrorCode.TOKEN_PUK_INCORRECT] * 3 + [ErrorCode.TOKEN_PUK_LOCKED]
    assert gateway.list_tokens().tokens[0].pin.puk_locked


def test_a_driver_that_knows_no_way_to_unblock(fake: FakeToken) -> None:
    fake.can_unblock = False
    with pytest.raises(TokenError) as caught:
        FakeTokenGateway(fake).unblock_pin(fake.serial, bytearray(fake.puk.encode()), bytearray(b"602931"))
    assert caught.value.code is ErrorCode.TOKEN_UNBLOCK_UNSUPPORTED


def test_a_login_ends_when_the_token_goes(fake: FakeToken) -> None:
    gateway = FakeTokenGateway(fake)
    with gateway.session(fake.serial, bytearray(fake.pin.encode()), signatures=1) as session:
        assert session.is_alive()
        fake.is_present = False
        assert not session.is_alive()
        fake.is_present = True
        assert not session.is_alive()


def test_it_can_be_pulled_in_mid_sign(fake: FakeToken) -> None:
    gateway = FakeTokenGateway(fake)
    fake.sign_errors = {2: ErrorCode.TOKEN_REMOVED}
    with gateway.session(fake.serial, bytearray(fake.pin.encode()), signatures=3) as session:
        session.sign("01", DIGEST, SignatureMechanism.RSA_PKCS1)
        for code in (ErrorCode.TOKEN_REMOVED, ErrorCode.TOKEN_LOGIN_LOST):
            with pytest.raises(TokenError) as caught:
                session.sign("01", DIGEST, SignatureMechanism.RSA_PKCS1)
            assert caught.value.code is code
    assert gateway.list_tokens().tokens == ()
