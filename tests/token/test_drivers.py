"""What drivers differ in: error codes, flags, mechanisms, PIN pads, keys that want the PIN each time."""

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bdsigner.errors import BdsignerError, ErrorCode, TokenError
from bdsigner.model.token import PinState, SignatureMechanism
from bdsigner.token.gateway import ChildTokenGateway
from bdsigner.token.token_info import LONGEST_PIN
from tests.contracts.token_gateway import DIGEST, verify
from tests.support.softhsm import EC_P256, LABEL, PIN, RSA_2048, SO_PIN, SoftHsm, self_signed
from tests.token.conftest import Stub

pytestmark = pytest.mark.softhsm

SOFTHSM_LENGTHS = {"min_length": 4, "max_length": 255}
SetPin = Callable[[ChildTokenGateway, str, bytearray, bytearray], None]
SHA256_RSA_PKCS, RSA_X_509, ECDSA = "0x40", "0x3", "0x1041"


def typed_pin() -> bytearray:
    return bytearray(PIN.encode())


@pytest.fixture
def stubbed(stub: Stub) -> Iterator[ChildTokenGateway]:
    gateway = ChildTokenGateway([stub.module])
    yield gateway
    gateway.close()


@pytest.mark.parametrize(
    ("login_result", "code"),
    [
        ("0xa0", ErrorCode.TOKEN_PIN_INCORRECT),
        ("0xa1", ErrorCode.TOKEN_PIN_INCORRECT),  # CKR_PIN_INVALID
        ("0xa2", ErrorCode.TOKEN_PIN_LENGTH),
        ("0xa4", ErrorCode.TOKEN_PIN_LOCKED),
        ("0x102", ErrorCode.TOKEN_PIN_NOT_SET),
        ("0x50", ErrorCode.CANCELLED),  # CKR_FUNCTION_CANCELED: on the PIN pad
        ("0xa3", ErrorCode.TOKEN_DRIVER_FAILED),  # CKR_PIN_EXPIRED
    ],
)
def test_what_a_login_answers(stub: Stub, stubbed: ChildTokenGateway, login_result: str, code: ErrorCode) -> None:
    serial = stubbed.list_tokens().tokens[0].serial
    stub.set_fault("C_Login", login_result)
    with pytest.raises(BdsignerError) as caught:
        stubbed.session(serial, typed_pin(), signatures=1)
    assert caught.value.code is code
    assert stub.calls().count("C_Login") == 1


def test_a_token_pulled_while_logging_in(stub: Stub, stubbed: ChildTokenGateway) -> None:
    serial = stubbed.list_tokens().tokens[0].serial
    stub.set_fault("C_Login", "pull")
    with pytest.raises(TokenError) as caught:
        stubbed.session(serial, typed_pin(), signatures=1)
    assert caught.value.code is ErrorCode.TOKEN_REMOVED


@pytest.mark.parametrize(
    ("flags", "state"),
    [
        ("0x10000", PinState(count_low=True, **SOFTHSM_LENGTHS)),
        ("0x20000", PinState(final_try=True, **SOFTHSM_LENGTHS)),
        ("0x40000", PinState(locked=True, **SOFTHSM_LENGTHS)),
        ("0x100", PinState(pin_pad=True, **SOFTHSM_LENGTHS)),
        ("0x80000", PinState(must_change=True, **SOFTHSM_LENGTHS)),
        ("0x100000", PinState(puk_count_low=True, **SOFTHSM_LENGTHS)),
        ("0x200000", PinState(puk_final_try=True, **SOFTHSM_LENGTHS)),
        ("0x400000", PinState(puk_locked=True, **SOFTHSM_LENGTHS)),
    ],
)
def test_pin_flags(stubbed: ChildTokenGateway, monkeypatch: pytest.MonkeyPatch, flags: str, state: PinState) -> None:
    monkeypatch.setenv("STUB_FLAGS", flags)
    assert stubbed.list_tokens().tokens[0].pin == state


@pytest.mark.parametrize(
    ("claimed", "believed"),
    [
        ("6 16", (6, 16)),
        ("0 8", (0, 8)),
        (f"4 {LONGEST_PIN}", (4, LONGEST_PIN)),
        (f"4 {LONGEST_PIN + 1}", (0, 0)),
        ("16 6", (0, 0)),
        (f"{2**64 - 1} {2**64 - 1}", (0, 0)),  # CK_UNAVAILABLE_INFORMATION
        (f"0 {2**63}", (0, 0)),
    ],
)
def test_pin_lengths_that_cannot_be_are_unknown(
    stubbed: ChildTokenGateway, monkeypatch: pytest.MonkeyPatch, claimed: str, believed: tuple[int, int]
) -> None:
    monkeypatch.setenv("STUB_PIN_LENGTHS", claimed)
    state = stubbed.list_tokens().tokens[0].pin
    assert (state.min_length, state.max_length) == believed


@pytest.mark.parametrize("flags", ["0x40000", "0x470000", "0x80000"])
def test_flags_that_lie_keep_nobody_from_signing(
    stubbed: ChildTokenGateway, softhsm: SoftHsm, monkeypatch: pytest.MonkeyPatch, flags: str
) -> None:
    """The gateway reports flags; only what the login answers decides."""
    monkeypatch.setenv("STUB_FLAGS", flags)
    serial = stubbed.list_tokens().tokens[0].serial
    with stubbed.session(serial, typed_pin(), signatures=1) as session:
        signature = session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
    verify(softhsm.certificates[RSA_2048], DIGEST, signature, SignatureMechanism.RSA_PKCS1)


@pytest.mark.parametrize(
    ("function", "answer", "code"),
    [
        ("C_Login", "0xa0", ErrorCode.TOKEN_PUK_INCORRECT),
        ("C_Login", "0xa1", ErrorCode.TOKEN_PUK_INCORRECT),  # CKR_PIN_INVALID: it is the PUK's
        ("C_Login", "0xa2", ErrorCode.TOKEN_PUK_INCORRECT),  # CKR_PIN_LEN_RANGE: so is this
        ("C_Login", "0xa4", ErrorCode.TOKEN_PUK_LOCKED),
        ("C_Login", "0x54", ErrorCode.TOKEN_UNBLOCK_UNSUPPORTED),
        ("C_Login", "0x102", ErrorCode.TOKEN_UNBLOCK_UNSUPPORTED),
        ("C_Login", "0x103", ErrorCode.TOKEN_UNBLOCK_UNSUPPORTED),  # CKR_USER_TYPE_INVALID
        ("C_Login", "pull", ErrorCode.TOKEN_REMOVED),
        ("C_InitPIN", "0xa1", ErrorCode.TOKEN_NEW_PIN_REFUSED),
        ("C_InitPIN", "0xa2", ErrorCode.TOKEN_NEW_PIN_REFUSED),
        ("C_InitPIN", "0x54", ErrorCode.TOKEN_UNBLOCK_UNSUPPORTED),
        ("C_InitPIN", "pull", ErrorCode.TOKEN_REMOVED),
        ("C_InitPIN", "0x30", ErrorCode.TOKEN_DRIVER_FAILED),
    ],
)
def test_what_unblocking_answers(
    stub: Stub, stubbed: ChildTokenGateway, function: str, answer: str, code: ErrorCode
) -> None:
    serial = stubbed.list_tokens().tokens[0].serial
    stub.set_fault(function, answer)
    with pytest.raises(TokenError) as caught:
        stubbed.unblock_pin(serial, bytearray(SO_PIN.encode()), bytearray(b"806214"))
    assert caught.value.code is code
    assert stub.calls().count("C_Login") == 1


@pytest.mark.parametrize(
    ("function", "answer", "code"),
    [
        ("C_Login", "0xa0", ErrorCode.TOKEN_PIN_INCORRECT),
        ("C_Login", "0xa2", ErrorCode.TOKEN_PIN_LENGTH),
        ("C_Login", "0xa4", ErrorCode.TOKEN_PIN_LOCKED),
        ("C_Login", "pull", ErrorCode.TOKEN_REMOVED),
        ("C_SetPIN", "0xa1", ErrorCode.TOKEN_NEW_PIN_REFUSED),
        ("C_SetPIN", "0xa2", ErrorCode.TOKEN_NEW_PIN_REFUSED),
        ("C_SetPIN", "0x20", ErrorCode.TOKEN_NEW_PIN_REFUSED),  # CKR_DATA_INVALID
        ("C_SetPIN", "pull", ErrorCode.TOKEN_REMOVED),
        ("C_SetPIN", "0x54", ErrorCode.TOKEN_DRIVER_FAILED),
    ],
)
def test_what_changing_a_pin_answers(
    stub: Stub, stubbed: ChildTokenGateway, function: str, answer: str, code: ErrorCode
) -> None:
    serial = stubbed.list_tokens().tokens[0].serial
    stub.set_fault(function, answer)
    with pytest.raises(TokenError) as caught:
        stubbed.change_pin(serial, typed_pin(), bytearray(b"806214"))
    assert caught.value.code is code
    assert stub.calls().count("C_Login") == 1


@pytest.mark.parametrize("set_pin", [ChildTokenGateway.change_pin, ChildTokenGateway.unblock_pin])
def test_a_token_with_a_pin_pad_sets_pins_there(
    stub: Stub, stubbed: ChildTokenGateway, monkeypatch: pytest.MonkeyPatch, set_pin: SetPin
) -> None:
    monkeypatch.setenv("STUB_FLAGS", "0x100")
    serial = stubbed.list_tokens().tokens[0].serial
    old, new = typed_pin(), bytearray(b"806214")
    with pytest.raises(TokenError) as caught:
        set_pin(stubbed, serial, old, new)
    assert caught.value.code is ErrorCode.TOKEN_PIN_PAD_ONLY
    assert not any(old + new)
    assert "C_Login" not in stub.calls()


def test_the_last_wrong_pin_tells_that_the_token_is_locked_now(
    stub: Stub, stubbed: ChildTokenGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUB_FLAGS", "0x40000")
    serial = stubbed.list_tokens().tokens[0].serial
    stub.set_fault("C_Login", "0xa0")
    with pytest.raises(TokenError) as caught:
        stubbed.session(serial, typed_pin(), signatures=1)
    assert caught.value.facts == {"count_low": False, "final_try": False, "locked": True}


def test_a_pin_typed_on_the_device(
    stub: Stub, stubbed: ChildTokenGateway, softhsm: SoftHsm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUB_FLAGS", "0x100")
    monkeypatch.setenv("STUB_PIN_PAD", PIN)
    serial = stubbed.list_tokens().tokens[0].serial
    with stubbed.session(serial, bytearray(), signatures=1) as session:
        signature = session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
    verify(softhsm.certificates[RSA_2048], DIGEST, signature, SignatureMechanism.RSA_PKCS1)


def test_rsa_falls_back_to_raw_exponentiation(
    stubbed: ChildTokenGateway, softhsm: SoftHsm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUB_MECHANISM", RSA_X_509)
    (token,) = stubbed.list_tokens().tokens
    assert token.mechanisms == {SignatureMechanism.RSA_PKCS1}
    with stubbed.session(token.serial, typed_pin(), signatures=1) as session:
        signature = session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
    verify(softhsm.certificates[RSA_2048], DIGEST, signature, SignatureMechanism.RSA_PKCS1)


@pytest.mark.parametrize("mechanism", list(SignatureMechanism))
def test_a_token_that_only_signs_what_it_hashed_itself(
    stubbed: ChildTokenGateway, monkeypatch: pytest.MonkeyPatch, mechanism: SignatureMechanism
) -> None:
    monkeypatch.setenv("STUB_MECHANISM", SHA256_RSA_PKCS)
    (token,) = stubbed.list_tokens().tokens
    assert token.mechanisms == frozenset()
    key_id = EC_P256 if mechanism is SignatureMechanism.ECDSA else RSA_2048
    with (
        stubbed.session(token.serial, typed_pin(), signatures=1) as session,
        pytest.raises(TokenError) as caught,
    ):
        session.sign(key_id, DIGEST, mechanism)
    assert caught.value.code is ErrorCode.TOKEN_MECHANISM_UNSUPPORTED


@pytest.mark.parametrize("answer", ["0x70", "0x71", "0x63"])
def test_a_mechanism_that_is_listed_but_refused(stub: Stub, stubbed: ChildTokenGateway, answer: str) -> None:
    serial = stubbed.list_tokens().tokens[0].serial
    with stubbed.session(serial, typed_pin(), signatures=1) as session:
        stub.set_fault("C_SignInit", answer)
        with pytest.raises(TokenError) as caught:
            session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
    assert caught.value.code is ErrorCode.TOKEN_MECHANISM_UNSUPPORTED


def test_a_key_that_wants_the_pin_for_each_signature(stub: Stub, stubbed: ChildTokenGateway, softhsm: SoftHsm) -> None:
    certificate = add_always_authenticate_key(softhsm, "c1")
    serial = stubbed.list_tokens().tokens[0].serial
    with stubbed.session(serial, typed_pin(), signatures=3) as session:
        assert session.always_authenticate == {"c1"}
        # The PIN of the login serves the first signature, typed for it; each later one wants its own.
        for pin in (None, typed_pin()):
            signature = session.sign("c1", DIGEST, SignatureMechanism.RSA_PKCS1, pin=pin)
            verify(certificate, DIGEST, signature, SignatureMechanism.RSA_PKCS1)
            assert not any(pin or b"")
        session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
    assert stub.calls().count("context login") == 2


def test_such_a_key_without_its_pin_is_not_asked_and_nothing_is_counted(
    stub: Stub, stubbed: ChildTokenGateway, softhsm: SoftHsm
) -> None:
    add_always_authenticate_key(softhsm, "c1")
    serial = stubbed.list_tokens().tokens[0].serial
    with stubbed.session(serial, typed_pin(), signatures=2) as session:
        session.sign("c1", DIGEST, SignatureMechanism.RSA_PKCS1)
        with pytest.raises(TokenError) as caught:
            session.sign("c1", DIGEST, SignatureMechanism.RSA_PKCS1)
        assert caught.value.code is ErrorCode.TOKEN_PIN_NEEDED
        assert stub.calls().count("context login") == 1
        session.sign("c1", DIGEST, SignatureMechanism.RSA_PKCS1, pin=typed_pin())


def test_a_wrong_pin_for_such_a_key_ends_the_login_and_is_not_retried(
    stub: Stub, stubbed: ChildTokenGateway, softhsm: SoftHsm
) -> None:
    add_always_authenticate_key(softhsm, "c1")
    serial = stubbed.list_tokens().tokens[0].serial
    with stubbed.session(serial, typed_pin(), signatures=3) as session:
        session.sign("c1", DIGEST, SignatureMechanism.RSA_PKCS1)
        for pin, code in (
            (bytearray(b"000000"), ErrorCode.TOKEN_PIN_INCORRECT),
            (typed_pin(), ErrorCode.TOKEN_LOGIN_LOST),
        ):
            with pytest.raises(TokenError) as caught:
                session.sign("c1", DIGEST, SignatureMechanism.RSA_PKCS1, pin=pin)
            assert caught.value.code is code
            assert not any(pin)
    assert stub.calls().count("context login") == 2


def test_such_a_key_behind_a_pin_pad_is_refused_without_a_try(
    stub: Stub, stubbed: ChildTokenGateway, softhsm: SoftHsm, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_always_authenticate_key(softhsm, "c1")
    monkeypatch.setenv("STUB_FLAGS", "0x100")
    monkeypatch.setenv("STUB_PIN_PAD", PIN)
    serial = stubbed.list_tokens().tokens[0].serial
    with stubbed.session(serial, bytearray(), signatures=2) as session:
        with pytest.raises(TokenError) as caught:
            session.sign("c1", DIGEST, SignatureMechanism.RSA_PKCS1)
        assert session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
    assert caught.value.code is ErrorCode.TOKEN_MECHANISM_UNSUPPORTED
    assert "context login" not in stub.calls()


def test_the_login_ends_with_the_session(stub: Stub, stubbed: ChildTokenGateway) -> None:
    serial = stubbed.list_tokens().tokens[0].serial
    with stubbed.session(serial, typed_pin(), signatures=2) as session:
        session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
        assert "C_Logout" not in stub.calls()
    calls = stub.calls()
    assert calls.count("C_Login") == calls.count("C_Logout") == 1
    assert calls.count("C_OpenSession") == calls.count("C_CloseSession")


def test_a_failed_login_leaves_no_session_open(stub: Stub, stubbed: ChildTokenGateway) -> None:
    serial = stubbed.list_tokens().tokens[0].serial
    with pytest.raises(TokenError):
        stubbed.session(serial, bytearray(b"000000"), signatures=1)
    assert stub.calls()[-4:].count("C_Login") == 0
    assert "C_Finalize" in stub.calls()


def test_polling_never_comes_between_signatures(stub: Stub, stubbed: ChildTokenGateway) -> None:
    serial = stubbed.list_tokens().tokens[0].serial
    with stubbed.session(serial, typed_pin(), signatures=2) as session:
        before = stub.calls().count("C_GetSlotList")
        session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
        stubbed.list_tokens()
        session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
        assert stub.calls().count("C_GetSlotList") == before


def test_identical_tokens_are_not_guessed_between(
    stubbed: ChildTokenGateway, softhsm: SoftHsm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUB_SERIAL", "0001")
    monkeypatch.setenv("STUB_LABEL", "Token")
    softhsm.init_token("Token thứ hai")
    tokens = stubbed.list_tokens().tokens
    assert [(token.serial, token.label) for token in tokens] == [("0001", "Token")] * 2
    pin = typed_pin()
    with pytest.raises(TokenError) as caught:
        stubbed.session("0001", pin, signatures=1)
    assert caught.value.code is ErrorCode.TOKEN_SEVERAL
    assert not any(pin)


def test_of_two_tokens_of_one_serial_the_one_with_certificates_is_meant(
    stubbed: ChildTokenGateway, softhsm: SoftHsm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUB_SERIAL", "0001")
    softhsm.init_token("PIN thứ hai của thẻ")
    with stubbed.session("0001", typed_pin(), signatures=1) as session:
        assert session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)


def test_two_tokens_of_one_serial_that_could_both_be_meant(
    stubbed: ChildTokenGateway, softhsm: SoftHsm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUB_SERIAL", "0001")
    for original in (softhsm.folder / "tokens").iterdir():
        for item in original.glob("*-*.object"):
            item.unlink()
    softhsm.init_token("Token thứ hai")
    with pytest.raises(TokenError) as caught:
        stubbed.session("0001", typed_pin(), signatures=1)
    assert caught.value.code is ErrorCode.TOKEN_SEVERAL
    assert caught.value.facts["count"] == 2


_ADD_KEY = """
import sys, pkcs11
from pkcs11 import Attribute
from pkcs11.util.rsa import decode_rsa_private_key
module, label, pin, key_id, key = sys.argv[1:]
with pkcs11.lib(module).get_token(token_label=label).open(rw=True, user_pin=pin) as session:
    session.create_object(decode_rsa_private_key(bytes.fromhex(key)) | {
        Attribute.TOKEN: True, Attribute.PRIVATE: True, Attribute.SENSITIVE: True, Attribute.SIGN: True,
        Attribute.ALWAYS_AUTHENTICATE: True, Attribute.ID: bytes.fromhex(key_id), Attribute.LABEL: "9C"})
"""


def add_always_authenticate_key(softhsm: SoftHsm, key_id: str) -> bytes:
    key = rsa.generate_private_key(65537, 2048)
    der = key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    subprocess.run(
        [sys.executable, "-c", _ADD_KEY, str(softhsm.module), LABEL, PIN, key_id, der.hex()],
        check=True,
        capture_output=True,
    )
    return self_signed(key, "9C")
