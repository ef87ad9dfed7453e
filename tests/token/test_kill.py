"""kill -9 of the token child at any moment: a coded error, and the gateway goes on."""

import contextlib
import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from bdsigner.errors import ErrorCode, TokenError
from bdsigner.model.token import SignatureMechanism
from bdsigner.token.gateway import ChildTokenGateway
from tests.contracts.token_gateway import DIGEST, verify
from tests.support.softhsm import PIN, RSA_2048, SoftHsm
from tests.token.conftest import Stub

pytestmark = pytest.mark.softhsm


def typed_pin() -> bytearray:
    return bytearray(PIN.encode())


def kill_child(gateway: ChildTokenGateway) -> None:
    (pid,) = gateway.child_pids
    os.kill(pid, signal.SIGKILL)


def kill_if_alive(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def must_work(gateway: ChildTokenGateway, softhsm: SoftHsm) -> None:
    (token,) = gateway.list_tokens().tokens
    with gateway.session(token.serial, typed_pin(), signatures=1) as session:
        signature = session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
    verify(softhsm.certificates[RSA_2048], DIGEST, signature, SignatureMechanism.RSA_PKCS1)


def test_killed_while_idle_before_any_login(gateway: ChildTokenGateway, softhsm: SoftHsm) -> None:
    gateway.list_tokens()
    for _ in range(3):
        kill_child(gateway)
        must_work(gateway, softhsm)


def test_killed_between_listing_and_login(gateway: ChildTokenGateway, softhsm: SoftHsm) -> None:
    serial = gateway.list_tokens().tokens[0].serial
    kill_child(gateway)
    while gateway.child_pids:
        time.sleep(0.001)
    with gateway.session(serial, typed_pin(), signatures=1) as session:
        assert session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
    must_work(gateway, softhsm)


def test_killed_after_the_login(gateway: ChildTokenGateway, softhsm: SoftHsm) -> None:
    serial = gateway.list_tokens().tokens[0].serial
    with gateway.session(serial, typed_pin(), signatures=3) as session:
        session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
        kill_child(gateway)
        while gateway.child_pids:
            time.sleep(0.001)
        for _ in range(2):
            with pytest.raises(TokenError) as caught:
                session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
            assert caught.value.code is ErrorCode.TOKEN_LOGIN_LOST
        assert not gateway.child_pids, "no child is started for a login that is gone"
    must_work(gateway, softhsm)


@pytest.fixture
def stubbed(stub: Stub) -> Iterator[ChildTokenGateway]:
    gateway = ChildTokenGateway([stub.module])
    yield gateway
    gateway.close()


class Killer:
    """Kills the child when the stub has entered a call, where it hangs."""

    def __init__(self, gateway: ChildTokenGateway, stub: Stub, function: str) -> None:
        stub.set_fault(function, "hang")
        self._gateway, self._stub = gateway, stub
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while self._stub.fault_file.exists():
            time.sleep(0.001)
        kill_child(self._gateway)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._thread.join()


def test_killed_while_listing(stub: Stub, stubbed: ChildTokenGateway, softhsm: SoftHsm) -> None:
    with Killer(stubbed, stub, "C_GetTokenInfo"):
        (problem,) = stubbed.list_tokens().problems
    assert problem.code == ErrorCode.TOKEN_WORKER_DIED.value
    must_work(stubbed, softhsm)


def test_killed_while_logging_in_leaves_the_pin_in_doubt(
    stub: Stub, stubbed: ChildTokenGateway, softhsm: SoftHsm
) -> None:
    serial = stubbed.list_tokens().tokens[0].serial
    pin = typed_pin()
    with Killer(stubbed, stub, "C_Login"), pytest.raises(TokenError) as caught:
        stubbed.session(serial, pin, signatures=1)
    assert caught.value.code is ErrorCode.TOKEN_PIN_UNKNOWN_STATE
    assert not any(pin)
    assert stub.calls().count("C_Login") == 1
    must_work(stubbed, softhsm)


def test_killed_while_signing(stub: Stub, stubbed: ChildTokenGateway, softhsm: SoftHsm) -> None:
    serial = stubbed.list_tokens().tokens[0].serial
    with stubbed.session(serial, typed_pin(), signatures=3) as session:
        session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
        with Killer(stubbed, stub, "C_Sign"), pytest.raises(TokenError) as caught:
            session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
        assert caught.value.code is ErrorCode.TOKEN_WORKER_DIED
        with pytest.raises(TokenError) as caught:
            session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
        assert caught.value.code is ErrorCode.TOKEN_LOGIN_LOST
    must_work(stubbed, softhsm)


def test_killed_while_logging_out(stub: Stub, stubbed: ChildTokenGateway, softhsm: SoftHsm) -> None:
    serial = stubbed.list_tokens().tokens[0].serial
    with (
        Killer(stubbed, stub, "C_Logout"),
        stubbed.session(serial, typed_pin(), signatures=1) as session,
    ):
        assert session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
    must_work(stubbed, softhsm)


def test_closing_the_gateway_cuts_off_a_hanging_signature(stub: Stub, stubbed: ChildTokenGateway) -> None:
    serial = stubbed.list_tokens().tokens[0].serial
    codes: list[ErrorCode] = []

    def sign() -> None:
        with (
            pytest.raises(TokenError) as caught,
            stubbed.session(serial, typed_pin(), signatures=1) as session,
        ):
            session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
        codes.append(caught.value.code)

    stub.set_fault("C_Sign", "hang")
    signing = threading.Thread(target=sign)
    signing.start()
    while stub.fault_file.exists():
        time.sleep(0.001)
    started = time.monotonic()
    stubbed.close()
    signing.join(20)
    assert time.monotonic() - started < 5
    assert codes == [ErrorCode.TOKEN_WORKER_DIED]


def test_kills_at_arbitrary_moments_of_a_batch(
    gateway: ChildTokenGateway, softhsm: SoftHsm, softhsm_template: SoftHsm
) -> None:
    """Whatever the moment, each step ends in a signature or a code, and afterwards all works.

    SoftHSM rewrites ``token.object`` in place at each login: a kill inside leaves it damaged.  A device does not lose
    its contents so; the file is put back each time.
    """
    allowed = {
        ErrorCode.TOKEN_WORKER_DIED,
        ErrorCode.TOKEN_LOGIN_LOST,
        ErrorCode.TOKEN_PIN_UNKNOWN_STATE,
        ErrorCode.TOKEN_NOT_FOUND,
    }
    gateway.list_tokens()
    for step in range(20):
        (pid,) = gateway.child_pids or (None,)
        timer = threading.Timer(step * 0.0007, kill_if_alive, [pid]) if pid else None
        if timer:
            timer.start()
        try:
            (token,) = gateway.list_tokens().tokens or (None,)
            if token is not None:
                with gateway.session(token.serial, typed_pin(), signatures=5) as session:
                    for _ in range(5):
                        session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
        except TokenError as error:
            assert error.code in allowed  # noqa: PT017  # most rounds end well, so pytest.raises cannot be used
        if timer:
            timer.join()
        for file in (softhsm_template.folder / "tokens").glob("*/token.object"):
            shutil.copy(file, softhsm.folder / "tokens" / file.parent.name)
    must_work(gateway, softhsm)
