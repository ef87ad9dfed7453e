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
    puk: str
    """PUK, or the security officer's PIN."""
    miss: frozenset[str] = frozenset({"count_low"})
    """Flags that the first wrong PIN sets."""

    def typed_pin(self) -> bytearray:
        return bytearray(self.pin.encode())

    def typed_puk(self) -> bytearray:
        return bytearray(self.puk.encode())


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
        flags = ("count_low", "final_try", "locked")
        assert caught.value.facts == {flag: flag in device.miss for flag in flags}
        assert not any(pin)
        state = gateway.list_tokens().tokens[0].pin
        assert {flag for flag in flags if getattr(state, flag)} == device.miss

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

    def test_the_token_says_how_long_a_pin_may_be(self, token: Token) -> None:
        assert 0 < token.pin.min_length < token.pin.max_length

    def test_two_cheap_looks_show_the_same_while_nothing_happens(self, gateway: TokenGateway, token: Token) -> None:
        first, second = gateway.presence(), gateway.presence(range(gateway.module_count))
        assert len(first) == gateway.module_count
        assert [look.tokens for look in first] == [look.tokens for look in second]
        assert any(token.serial in occupant for look in first for occupant in look.tokens)

    def test_a_cheap_look_never_waits_for_a_session(self, gateway: TokenGateway, device: Device, token: Token) -> None:
        with gateway.session(token.serial, device.typed_pin(), signatures=1) as session:
            gateway.presence()
            assert session.is_alive()
            assert session.sign(device.rsa_key_id, DIGEST, SignatureMechanism.RSA_PKCS1)

    def test_a_session_may_be_closed_more_than_once(self, gateway: TokenGateway, device: Device, token: Token) -> None:
        session = gateway.session(token.serial, device.typed_pin(), signatures=1).__enter__()
        session.close()
        session.close()
        assert not session.is_alive()
        with gateway.session(token.serial, device.typed_pin(), signatures=1) as another:
            assert another.sign(device.rsa_key_id, DIGEST, SignatureMechanism.RSA_PKCS1)

    def test_a_module_that_works_can_be_tried_again(self, gateway: TokenGateway, token: Token) -> None:
        gateway.try_again(token.module_path)
        assert [each.serial for each in gateway.list_tokens().tokens] == [token.serial]

    def test_more_signatures_can_be_confirmed_in_an_open_login(
        self, gateway: TokenGateway, device: Device, token: Token
    ) -> None:
        with gateway.session(token.serial, device.typed_pin(), signatures=1) as session:
            session.sign(device.rsa_key_id, DIGEST, SignatureMechanism.RSA_PKCS1)
            assert session.is_alive()
            session.confirm_more(1)
            session.sign(device.rsa_key_id, DIGEST, SignatureMechanism.RSA_PKCS1)
            with pytest.raises(TokenError) as caught:
                session.sign(device.rsa_key_id, DIGEST, SignatureMechanism.RSA_PKCS1)
            assert caught.value.code is ErrorCode.TOKEN_SESSION_SPENT
        assert not session.is_alive()
        with pytest.raises(TokenError) as caught:
            session.confirm_more(1)
        assert caught.value.code is ErrorCode.TOKEN_LOGIN_LOST

    def test_the_pin_can_be_changed_and_both_are_wiped(
        self, gateway: TokenGateway, device: Device, token: Token
    ) -> None:
        old, new = device.typed_pin(), bytearray(b"493817")
        gateway.change_pin(token.serial, old, new)
        assert not any(old)
        assert not any(new)
        with pytest.raises(TokenError) as caught, gateway.session(token.serial, device.typed_pin(), signatures=1):
            pass
        assert caught.value.code is ErrorCode.TOKEN_PIN_INCORRECT
        with gateway.session(token.serial, bytearray(b"493817"), signatures=1) as session:
            assert session.sign(device.rsa_key_id, DIGEST, SignatureMechanism.RSA_PKCS1)

    def test_a_wrong_old_pin_changes_nothing_and_counts_once(
        self, gateway: TokenGateway, device: Device, token: Token
    ) -> None:
        old, new = bytearray(b"000000"), bytearray(b"493817")
        with pytest.raises(TokenError) as caught:
            gateway.change_pin(token.serial, old, new)
        assert caught.value.code is ErrorCode.TOKEN_PIN_INCORRECT
        assert not any(old)
        assert not any(new)
        with gateway.session(token.serial, device.typed_pin(), signatures=1) as session:
            assert session.sign(device.rsa_key_id, DIGEST, SignatureMechanism.RSA_PKCS1)

    def test_a_new_pin_that_the_token_refuses_leaves_the_old_one(
        self, gateway: TokenGateway, device: Device, token: Token
    ) -> None:
        with pytest.raises(TokenError) as caught:
            gateway.change_pin(token.serial, device.typed_pin(), bytearray(b"1"))
        assert caught.value.code is ErrorCode.TOKEN_NEW_PIN_REFUSED
        with gateway.session(token.serial, device.typed_pin(), signatures=1) as session:
            assert session.sign(device.rsa_key_id, DIGEST, SignatureMechanism.RSA_PKCS1)

    def test_the_puk_sets_a_new_pin(self, gateway: TokenGateway, device: Device, token: Token) -> None:
        puk, new = device.typed_puk(), bytearray(b"602931")
        gateway.unblock_pin(token.serial, puk, new)
        assert not any(puk)
        assert not any(new)
        with gateway.session(token.serial, bytearray(b"602931"), signatures=1) as session:
            assert session.sign(device.rsa_key_id, DIGEST, SignatureMechanism.RSA_PKCS1)

    def test_a_wrong_puk_is_told_apart_from_a_wrong_pin(
        self, gateway: TokenGateway, device: Device, token: Token
    ) -> None:
        puk = bytearray(b"00000000")
        with pytest.raises(TokenError) as caught:
            gateway.unblock_pin(token.serial, puk, bytearray(b"602931"))
        assert caught.value.code is ErrorCode.TOKEN_PUK_INCORRECT
        assert not any(puk)
        with gateway.session(token.serial, device.typed_pin(), signatures=1) as session:
            assert session.sign(device.rsa_key_id, DIGEST, SignatureMechanism.RSA_PKCS1)

    @pytest.mark.parametrize("pins", [(b"", b"493817"), (b"493817", b"")])
    def test_empty_pins_never_reach_the_token(
        self, gateway: TokenGateway, token: Token, pins: tuple[bytes, bytes]
    ) -> None:
        for call in (gateway.change_pin, gateway.unblock_pin):
            with pytest.raises(TokenError) as caught:
                call(token.serial, bytearray(pins[0]), bytearray(pins[1]))
            assert caught.value.code is ErrorCode.TOKEN_PIN_LENGTH

    def test_a_pin_changes_only_on_a_token_that_is_there(self, gateway: TokenGateway, device: Device) -> None:
        old, new = device.typed_pin(), bytearray(b"493817")
        with pytest.raises(TokenError) as caught:
            gateway.change_pin("khong-co", old, new)
        assert caught.value.code is ErrorCode.TOKEN_NOT_FOUND
        assert not any(old)
        assert not any(new)
