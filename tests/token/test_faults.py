"""A driver that misbehaves in any call: a coded error in time, and the next signature works (hardening D1)."""

import time
from pathlib import Path

import pytest

from bdsigner.errors import ErrorCode, TokenError
from bdsigner.model.token import SignatureMechanism, TokenListing
from bdsigner.token.child import Deadlines
from bdsigner.token.gateway import ChildTokenGateway
from tests.contracts.token_gateway import DIGEST, verify
from tests.support.softhsm import LABEL, PIN, RSA_2048, SO_PIN, SoftHsm
from tests.token.conftest import Stub

pytestmark = pytest.mark.softhsm

HANG_SECONDS = 1.2
"""Enough to start a child on a busy machine."""
SHORT = Deadlines(
    list_seconds=HANG_SECONDS, login_seconds=HANG_SECONDS, sign_seconds=HANG_SECONDS, close_seconds=HANG_SECONDS
)
FUNCTIONS = (
    "C_GetFunctionList",
    "C_Initialize",
    "C_GetInfo",
    "C_GetSlotList",
    "C_GetSlotInfo",
    "C_GetTokenInfo",
    "C_GetMechanismList",
    "C_OpenSession",
    "C_CloseSession",
    "C_Login",
    "C_Logout",
    "C_GetAttributeValue",
    "C_FindObjectsInit",
    "C_FindObjects",
    "C_FindObjectsFinal",
    "C_SignInit",
    "C_Sign",
)
DEVICE_REMOVED, DEVICE_ERROR = "0x32", "0x30"
FATAL = ("hang", "segv", "abort")
FAULTS = (*FATAL, DEVICE_REMOVED, DEVICE_ERROR, "garbage")
CODES = {
    ErrorCode.TOKEN_WORKER_DIED,
    ErrorCode.TOKEN_WORKER_TIMEOUT,
    ErrorCode.TOKEN_DRIVER_FAILED,
    ErrorCode.TOKEN_PIN_UNKNOWN_STATE,
    ErrorCode.TOKEN_LOGIN_LOST,
    ErrorCode.TOKEN_NOT_FOUND,
}


def sign_once(gateway: ChildTokenGateway) -> tuple[TokenListing, bytes]:
    """List, log in, sign.  Raises the ``TokenError`` of whichever failed."""
    listing = gateway.list_tokens()
    if not listing.tokens:
        raise TokenError(ErrorCode(listing.problems[0].code), **listing.problems[0].facts)
    with gateway.session(listing.tokens[0].serial, bytearray(PIN.encode()), signatures=1) as session:
        return listing, session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)


def check_fault(stub: Stub, softhsm: SoftHsm, function: str, fault: str) -> ErrorCode | None:
    gateway = ChildTokenGateway([stub.module], deadlines=SHORT)
    error: TokenError | None = None
    stub.set_fault(function, fault)
    started = time.monotonic()
    try:
        sign_once(gateway)
    except TokenError as caught:
        error = caught
    assert error is None or error.code in CODES
    assert time.monotonic() - started < HANG_SECONDS + 5
    assert not stub.fault_file.exists(), "the fault did not fire"
    gateway.try_again(str(stub.module))  # a driver that failed at a mere look is left alone until a person says so
    _, signature = sign_once(gateway)
    gateway.close()
    verify(softhsm.certificates[RSA_2048], DIGEST, signature, SignatureMechanism.RSA_PKCS1)
    return error.code if error else None


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_an_error_and_the_next_signature_works(
    stub: Stub, softhsm: SoftHsm, function: str, fault: str
) -> None:
    code = check_fault(stub, softhsm, function, fault)
    if fault in FATAL and function != "C_Logout":
        assert code is not None
    if function == "C_Login" and fault in FATAL:
        assert code is ErrorCode.TOKEN_PIN_UNKNOWN_STATE
    if function == "C_Sign" and fault == "hang":
        assert code is ErrorCode.TOKEN_WORKER_TIMEOUT


@pytest.mark.parametrize("function", ["load", "C_Initialize", "C_Sign"])
def test_a_driver_that_ends_its_process(stub: Stub, softhsm: SoftHsm, function: str) -> None:
    assert check_fault(stub, softhsm, function, "exit") is ErrorCode.TOKEN_WORKER_DIED


@pytest.mark.parametrize("fault", ["hang", "segv"])
def test_a_library_whose_constructor_misbehaves(stub: Stub, softhsm: SoftHsm, fault: str) -> None:
    code = ErrorCode.TOKEN_WORKER_TIMEOUT if fault == "hang" else ErrorCode.TOKEN_WORKER_DIED
    assert check_fault(stub, softhsm, "load", fault) is code


@pytest.mark.parametrize("fault", FAULTS)
def test_a_wrong_pin_with_a_driver_that_cannot_finalize(stub: Stub, fault: str) -> None:
    gateway = ChildTokenGateway([stub.module], deadlines=SHORT)
    serial = gateway.list_tokens().tokens[0].serial
    stub.set_fault("C_Finalize", fault)
    with pytest.raises(TokenError) as caught:
        gateway.session(serial, bytearray(b"000000"), signatures=1)
    assert caught.value.code in (
        ErrorCode.TOKEN_PIN_INCORRECT,
        ErrorCode.TOKEN_PIN_UNKNOWN_STATE,
        ErrorCode.TOKEN_DRIVER_FAILED,
    )
    assert stub.calls().count("C_Login") == 1
    assert gateway.list_tokens().tokens[0].pin.count_low
    sign_once(gateway)
    gateway.close()


@pytest.mark.parametrize("function", ["load", "C_GetFunctionList", "C_Initialize", "C_Login", "C_Sign", "C_Logout"])
def test_a_driver_that_prints_does_not_disturb_the_frames(stub: Stub, function: str) -> None:
    gateway = ChildTokenGateway([stub.module], deadlines=SHORT)
    stub.set_fault(function, "print")
    sign_once(gateway)
    gateway.close()
    assert not stub.fault_file.exists()


def test_a_hanging_module_does_not_hide_a_good_one(stub: Stub, softhsm: SoftHsm) -> None:
    gateway = ChildTokenGateway([stub.module, softhsm.module], deadlines=SHORT)
    stub.set_fault("C_GetFunctionList", "hang")
    listing = gateway.list_tokens()
    gateway.close()
    assert [token.label for token in listing.tokens] == [LABEL]
    assert [problem.code for problem in listing.problems] == [ErrorCode.TOKEN_WORKER_TIMEOUT.value]


@pytest.mark.parametrize("fault", ["hang", "stubborn", "segv"])
@pytest.mark.parametrize("function", ["load", "C_GetFunctionList", "C_Initialize", "C_GetSlotList"])
def test_a_module_that_fails_at_a_look_is_left_alone_until_a_person_says_so(
    stub: Stub, softhsm: SoftHsm, function: str, fault: str
) -> None:
    gateway = ChildTokenGateway([stub.module, softhsm.module], deadlines=SHORT)
    stub.set_fault(function, fault)
    (first,) = gateway.list_tokens().problems
    assert first.code in (ErrorCode.TOKEN_WORKER_TIMEOUT.value, ErrorCode.TOKEN_WORKER_DIED.value)
    assert first.is_quarantined
    calls = len(stub.calls())
    started = time.monotonic()
    listing = gateway.list_tokens()
    assert time.monotonic() - started < HANG_SECONDS
    (problem,) = listing.problems
    assert problem.code == ErrorCode.TOKEN_MODULE_QUARANTINED.value
    assert problem.facts == {"module": stub.module.name, "cause": first.code}
    assert [token.label for token in listing.tokens] == [LABEL]
    assert [look.is_quarantined for look in gateway.presence()] == [True, False]
    assert len(stub.calls()) == calls
    gateway.try_again(str(stub.module))
    listing = gateway.list_tokens()
    gateway.close()
    assert listing.problems == ()
    assert [token.module_path for token in listing.tokens] == [str(stub.module)]


def test_a_crash_while_signing_is_no_quarantine(stub: Stub) -> None:
    gateway = ChildTokenGateway([stub.module], deadlines=SHORT)
    serial = gateway.list_tokens().tokens[0].serial
    with gateway.session(serial, bytearray(PIN.encode()), signatures=1) as session:
        stub.set_fault("C_Sign", "segv")
        with pytest.raises(TokenError):
            session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
    assert gateway.list_tokens().problems == ()
    gateway.close()


def test_a_slow_module_does_not_delay_the_others(stub: Stub, softhsm: SoftHsm) -> None:
    gateway = ChildTokenGateway([stub.module, softhsm.module], deadlines=SHORT)
    gateway.list_tokens()
    stub.set_fault("C_GetSlotList", "hang")
    started = time.monotonic()
    listing = gateway.list_tokens(patience_seconds=0.4)
    assert time.monotonic() - started < HANG_SECONDS
    assert [problem.code for problem in listing.problems] == [ErrorCode.TOKEN_MODULE_SLOW.value]
    assert [token.module_path for token in listing.tokens] == [str(stub.module)]
    (late,) = gateway.list_tokens().problems
    gateway.close()
    assert late.code == ErrorCode.TOKEN_MODULE_QUARANTINED.value


def test_one_bad_slot_does_not_hide_a_good_token(stub: Stub, softhsm: SoftHsm) -> None:
    softhsm.init_token("Token thứ hai")
    gateway = ChildTokenGateway([stub.module], deadlines=SHORT)
    stub.set_fault("C_GetTokenInfo", DEVICE_ERROR)
    listing = gateway.list_tokens()
    gateway.close()
    assert len(listing.tokens) == 1
    assert [problem.code for problem in listing.problems] == [ErrorCode.TOKEN_DRIVER_FAILED.value]


def test_a_token_pulled_in_mid_sign_is_told_from_a_failing_driver(stub: Stub, softhsm: SoftHsm) -> None:
    gateway = ChildTokenGateway([stub.module], deadlines=SHORT)
    serial = gateway.list_tokens().tokens[0].serial
    with gateway.session(serial, bytearray(PIN.encode()), signatures=3) as session:
        session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
        softhsm.remove_tokens()
        stub.set_fault("C_Sign", "0x5")  # CKR_GENERAL_ERROR, as OpenSC answers then
        for code in (ErrorCode.TOKEN_REMOVED, ErrorCode.TOKEN_LOGIN_LOST):
            with pytest.raises(TokenError) as caught:
                session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
            assert caught.value.code is code
    assert gateway.list_tokens().tokens == ()
    gateway.close()


@pytest.fixture(autouse=True)
def _no_stray_fault(stub: Stub) -> None:
    """Each test starts with a driver that behaves."""
    assert not Path(stub.fault_file).exists()


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("function", ["C_SetPIN", "C_InitPIN"])
def test_a_fault_while_a_new_pin_is_set_is_told_and_nothing_is_tried_twice(
    stub: Stub, function: str, fault: str
) -> None:
    """What became of the PIN is not known when the driver died with it; here it died before it did anything."""
    gateway = ChildTokenGateway([stub.module], deadlines=SHORT)
    serial = gateway.list_tokens().tokens[0].serial
    stub.set_fault(function, fault)
    new = bytearray(b"806214")
    set_pin, secret = (gateway.change_pin, PIN) if function == "C_SetPIN" else (gateway.unblock_pin, SO_PIN)
    with pytest.raises(TokenError) as caught:
        set_pin(serial, bytearray(secret.encode()), new)
    assert not any(new)
    assert (caught.value.code is ErrorCode.TOKEN_PIN_UNKNOWN_STATE) == (fault in FATAL)
    assert stub.calls().count(function) == stub.calls().count("C_Login") == 1
    valid = b"806214" if fault == "garbage" else PIN.encode()  # what the driver did before it answered nonsense
    with gateway.session(serial, bytearray(valid), signatures=1) as session:
        assert session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
    gateway.close()


@pytest.mark.parametrize("fault", ["hang", "stubborn", "segv"])
@pytest.mark.parametrize("function", ["C_GetSlotList", "C_GetSlotInfo", "C_GetTokenInfo"])
def test_a_module_that_fails_at_a_cheap_look_is_left_alone_too(stub: Stub, function: str, fault: str) -> None:
    gateway = ChildTokenGateway([stub.module], deadlines=SHORT)
    gateway.list_tokens()
    stub.set_fault(function, fault)
    (look,) = gateway.presence()
    assert (look.is_seen, look.is_quarantined) == (False, True)
    assert gateway.child_pids == ()
    (problem,) = gateway.list_tokens().problems
    assert problem.code == ErrorCode.TOKEN_MODULE_QUARANTINED.value
    gateway.try_again(str(stub.module))
    sign_once(gateway)
    gateway.close()


def seen(gateway: ChildTokenGateway) -> tuple[tuple[str, ...], tuple[str, ...]]:
    (look,) = gateway.presence()
    assert look.is_seen
    return look.readers, look.tokens


@pytest.mark.parametrize("fault", [DEVICE_REMOVED, DEVICE_ERROR, "garbage"])
@pytest.mark.parametrize("function", ["C_GetSlotList", "C_GetSlotInfo", "C_GetTokenInfo"])
def test_a_fault_at_a_cheap_look_is_over_with_the_next(stub: Stub, function: str, fault: str) -> None:
    gateway = ChildTokenGateway([stub.module], deadlines=SHORT)
    gateway.list_tokens()
    before = seen(gateway)
    stub.set_fault(function, fault)
    assert seen(gateway) != before
    assert seen(gateway) == before
    sign_once(gateway)
    gateway.close()


@pytest.mark.parametrize("function", ["C_Initialize", "C_GetSlotList", "C_GetTokenInfo"])
def test_a_driver_that_always_fails_is_asked_in_one_process_until_it_works(stub: Stub, function: str) -> None:
    """A vendor's driver without its service: a new process for each look would keep a core busy."""
    gateway = ChildTokenGateway([stub.module])
    stub.set_lasting_fault(function, DEVICE_ERROR)
    codes = {problem.code for problem in gateway.list_tokens().problems}
    assert codes == {ErrorCode.TOKEN_DRIVER_FAILED.value}
    pids = set()
    for _ in range(5):
        (look,) = gateway.presence()
        assert look.is_seen
        pids.update(gateway.child_pids)
    assert len(pids) == 1
    stub.fault_file.unlink()
    assert gateway.presence() != (look,)
    sign_once(gateway)
    gateway.close()
