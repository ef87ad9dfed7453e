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
        return Device(label=fake.label, pin=fake.pin, rsa_key_id="01", ec_key_id="02")

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
