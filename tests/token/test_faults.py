"""A driver that misbehaves in any call: a coded error in time, and the next signature works (hardening D1)."""

import time
from pathlib import Path

import pytest

from bdsigner.errors import ErrorCode, TokenError
from bdsigner.model.token import SignatureMechanism, TokenListing
from bdsigner.token.child import Deadlines
from bdsigner.token.gateway import ChildTokenGateway
from tests.contracts.token_gateway import DIGEST, verify
from tests.support.softhsm import LABEL, PIN, RSA_2048, SoftHsm
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
    "C_SignInit",
    "C_Sign",
)
DEVICE_REMOVED, DEVICE_ERROR = "0x32", "0x30"
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
    _, signature = sign_once(gateway)
    gateway.close()
    verify(softhsm.certificates[RSA_2048], DIGEST, signature, SignatureMechanism.RSA_PKCS1)
    return error.code if error else None


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("fault", ["hang", "segv", "abort", DEVICE_REMOVED, DEVICE_ERROR, "garbage"])
def test_a_fault_is_an_error_and_the_next_signature_works(
    stub: Stub, softhsm: SoftHsm, function: str, fault: str
) -> None:
    code = check_fault(stub, softhsm, function, fault)
    if fault in ("hang", "segv", "abort") and function != "C_Logout":
        assert code is not None
    if function == "C_Login" and fault in ("hang", "segv", "abort"):
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


@pytest.mark.parametrize("fault", ["hang", "segv", DEVICE_ERROR, "garbage"])
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


@pytest.mark.parametrize("function", ["load", "C_GetFunctionList", "C_Initialize", "C_Login", "C_Sign"])
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


def test_a_module_that_hangs_twice_is_left_alone_for_a_while(stub: Stub) -> None:
    gateway = ChildTokenGateway([stub.module], deadlines=Deadlines(list_seconds=0.2))
    for _ in range(2):
        stub.set_fault("C_Initialize", "hang")
        (problem,) = gateway.list_tokens().problems
        assert problem.code == ErrorCode.TOKEN_WORKER_TIMEOUT.value
    started = time.monotonic()
    assert gateway.list_tokens().problems == (problem,)
    gateway.close()
    assert time.monotonic() - started < 0.2


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
