"""What every implementation of ``ports.TokenGateway`` must do; subclasses give the ``gateway`` and ``device``."""

import hashlib
from dataclasses import dataclass

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, utils

from bdsigner.errors import ErrorCode, TokenError
from bdsigner.model.token import SignatureMechanism, Token
from bdsigner.ports import TokenGateway

DIGEST = hashlib.sha256("Quyết định".encode()).digest()


@dataclass(frozen=True)
class Device:
    """The token under test: one token, its PIN, and the ids of its keys."""

    label: str
    pin: str
    rsa_key_id: str
    ec_key_id: str

    def typed_pin(self) -> bytearray:
        return bytearray(self.pin.encode())


def verify(certificate: bytes, digest: bytes, signature: bytes, mechanism: SignatureMechanism) -> None:
    """Raise ``InvalidSignature`` unless the certificate's key made it."""
    key = x509.load_der_x509_certificate(certificate).public_key()
    prehashed = utils.Prehashed(hashes.SHA256())
    if mechanism is SignatureMechanism.ECDSA:
        assert isinstance(key, ec.EllipticCurvePublicKey)
        key.verify(signature, digest, ec.ECDSA(prehashed))
    elif mechanism is SignatureMechanism.RSA_PSS:
        key.verify(signature, digest, padding.PSS(padding.MGF1(hashes.SHA256()), 32), prehashed)
    else:
        key.verify(signature, digest, padding.PKCS1v15(), prehashed)


class TokenGatewayContract:
    @pytest.fixture
    def token(self, gateway: TokenGateway, device: Device) -> Token:
        (token,) = gateway.list_tokens().tokens
        assert token.label == device.label
        return token

    def test_the_listing_shows_the_token_with_its_certificates(self, token: Token, device: Device) -> None:
        assert token.serial
        assert {device.rsa_key_id, device.ec_key_id} <= {each.key_id for each in token.certificates}
        assert token.pin.is_set
        assert not token.pin.locked

    @pytest.mark.parametrize("mechanism", list(SignatureMechanism))
    def test_a_signature_verifies_with_the_certificate(
        self, gateway: TokenGateway, device: Device, token: Token, mechanism: SignatureMechanism
    ) -> None:
        key_id = device.ec_key_id if mechanism is SignatureMechanism.ECDSA else device.rsa_key_id
        certificate = next(each.der for each in token.certificates if each.key_id == key_id)
        with gateway.session(token.serial, device.typed_pin(), signatures=1) as session:
            signature = session.sign(key_id, DIGEST, mechanism)
        verify(certificate, DIGEST, signature, mechanism)
        with pytest.raises(InvalidSignature):
            verify(certificate, bytes(32), signature, mechanism)

    def test_the_pin_is_wiped(self, gateway: TokenGateway, device: Device, token: Token) -> None:
        pin = device.typed_pin()
        with gateway.session(token.serial, pin, signatures=1):
            assert not any(pin)

    def test_a_wrong_pin_is_said_once_and_wiped(self, gateway: TokenGateway, device: Device, token: Token) -> None:
        pin = bytearray(b"000000")
        with pytest.raises(TokenError) as caught, gateway.session(token.serial, pin, signatures=1):
            pass
        assert caught.value.code is ErrorCode.TOKEN_PIN_INCORRECT
        assert caught.value.facts == {"count_low": True, "final_try": False, "locked": False}
        assert not any(pin)
        assert gateway.list_tokens().tokens[0].pin.count_low

    def test_the_right_pin_works_after_a_wrong_one(self, gateway: TokenGateway, device: Device, token: Token) -> None:
        with pytest.raises(TokenError), gateway.session(token.serial, bytearray(b"000000"), signatures=1):
            pass
        with gateway.session(token.serial, device.typed_pin(), signatures=1) as session:
            assert session.sign(device.rsa_key_id, DIGEST, SignatureMechanism.RSA_PKCS1)
        assert not gateway.list_tokens().tokens[0].pin.count_low

    def test_an_unknown_serial_is_not_found_and_the_pin_wiped(self, gateway: TokenGateway, device: Device) -> None:
        pin = device.typed_pin()
        with pytest.raises(TokenError) as caught, gateway.session("khong-co", pin, signatures=1):
            pass
        assert caught.value.code is ErrorCode.TOKEN_NOT_FOUND
        assert not any(pin)

    def test_an_empty_pin_never_reaches_the_token(self, gateway: TokenGateway, token: Token) -> None:
        with pytest.raises(TokenError) as caught, gateway.session(token.serial, bytearray(), signatures=1):
            pass
        assert caught.value.code is ErrorCode.TOKEN_PIN_LENGTH
        assert not gateway.list_tokens().tokens[0].pin.count_low

    def test_a_session_spans_exactly_what_was_confirmed(
        self, gateway: TokenGateway, device: Device, token: Token
    ) -> None:
        with gateway.session(token.serial, device.typed_pin(), signatures=2) as session:
            for _ in range(2):
                session.sign(device.rsa_key_id, DIGEST, SignatureMechanism.RSA_PKCS1)
            with pytest.raises(TokenError) as caught:
                session.sign(device.rsa_key_id, DIGEST, SignatureMechanism.RSA_PKCS1)
        assert caught.value.code is ErrorCode.TOKEN_SESSION_SPENT

    def test_a_session_is_over_after_its_with_block(self, gateway: TokenGateway, device: Device, token: Token) -> None:
        with gateway.session(token.serial, device.typed_pin(), signatures=2) as session:
            pass
        with pytest.raises(TokenError) as caught:
            session.sign(device.rsa_key_id, DIGEST, SignatureMechanism.RSA_PKCS1)
        assert caught.value.code is ErrorCode.TOKEN_LOGIN_LOST

    def test_an_error_inside_the_block_logs_out_too(self, gateway: TokenGateway, device: Device, token: Token) -> None:
        with (
            pytest.raises(RuntimeError),
            gateway.session(token.serial, device.typed_pin(), signatures=1) as session,
        ):
            raise RuntimeError
        with pytest.raises(TokenError):
            session.sign(device.rsa_key_id, DIGEST, SignatureMechanism.RSA_PKCS1)
        with gateway.session(token.serial, device.typed_pin(), signatures=1) as session:
            assert session.sign(device.rsa_key_id, DIGEST, SignatureMechanism.RSA_PKCS1)

    def test_an_unknown_key_is_named(self, gateway: TokenGateway, device: Device, token: Token) -> None:
        with (
            gateway.session(token.serial, device.typed_pin(), signatures=1) as session,
            pytest.raises(TokenError) as caught,
        ):
            session.sign("ff", DIGEST, SignatureMechanism.RSA_PKCS1)
        assert caught.value.code is ErrorCode.TOKEN_KEY_NOT_FOUND
        assert caught.value.facts["key_id"] == "ff"

    def test_only_digests_are_signed(self, gateway: TokenGateway, device: Device, token: Token) -> None:
        with (
            gateway.session(token.serial, device.typed_pin(), signatures=1) as session,
            pytest.raises(ValueError, match="digest"),
        ):
            session.sign(device.rsa_key_id, b"a document", SignatureMechanism.RSA_PKCS1)

    def test_listing_during_a_session_does_not_wait(self, gateway: TokenGateway, device: Device, token: Token) -> None:
        with gateway.session(token.serial, device.typed_pin(), signatures=1) as session:
            assert gateway.list_tokens().tokens[0].serial == token.serial
            assert session.sign(device.rsa_key_id, DIGEST, SignatureMechanism.RSA_PKCS1)
