"""The canary PIN is found nowhere after use (hardening S1, S2, S4)."""

import logging
import os
import subprocess
import sys
import traceback
from pathlib import Path

import pytest

from bdsigner.errors import TokenError
from bdsigner.model.token import SignatureMechanism, Token
from bdsigner.token.gateway import ChildTokenGateway
from bdsigner.token.hardening import wipe
from tests.contracts.token_gateway import DIGEST
from tests.support.memory import find_in_memory
from tests.support.softhsm import PIN, RSA_2048, SO_PIN, SoftHsm
from tests.token.test_drivers import add_always_authenticate_key

pytestmark = pytest.mark.softhsm

CANARY = PIN.encode()
WRONG_CANARY = "Sai-hoàn-toàn-161803".encode()


def proc(pid: int, name: str) -> bytes:
    return Path(f"/proc/{pid}/{name}").read_bytes()


def test_the_pin_is_in_no_file_log_exception_argument_or_environment(
    gateway: ChildTokenGateway, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    serial = gateway.list_tokens().tokens[0].serial
    with gateway.session(serial, bytearray(CANARY), signatures=2) as session:
        session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
        (pid,) = gateway.child_pids
        seen = proc(pid, "cmdline") + proc(pid, "environ")
    with pytest.raises(TokenError) as caught:
        gateway.session(serial, bytearray(WRONG_CANARY), signatures=1)
    seen += "".join(traceback.format_exception(caught.value)).encode() + repr(caught.value).encode()
    seen += caplog.text.encode() + repr([vars(record) for record in caplog.records]).encode()
    assert "logged in" in caplog.text
    for file in tmp_path.rglob("*"):
        seen += file.read_bytes() if file.is_file() else b""
    for canary in (CANARY, WRONG_CANARY):
        for form in (canary, canary.hex().encode(), repr(canary).encode()[2:-1]):
            assert form not in seen


def test_the_child_is_not_dumpable_and_its_memory_bounded(gateway: ChildTokenGateway) -> None:
    gateway.list_tokens()
    (pid,) = gateway.child_pids
    limits = proc(pid, "limits").decode().splitlines()
    assert next(line for line in limits if line.startswith("Max core file size")).split()[4:6] == ["0", "0"]
    assert next(line for line in limits if line.startswith("Max address space")).split()[3] == str(2 * 1024**3)
    # The kernel gives the files of a process that is not dumpable to root, whoever runs it.
    owner_of_memory = Path(f"/proc/{pid}/mem").stat().st_uid
    assert owner_of_memory == 0


_HOLD_LOGIN = """
import sys
from bdsigner.token.driver import Driver
from bdsigner.token.hardening import wipe
from bdsigner.token.protocol import TokenIdentity
driver = Driver(sys.argv[1])
token = driver.list_tokens().tokens[0]
pin = bytearray(int(sys.argv[3]))
sys.stdin.buffer.raw.readinto(pin)
driver.open_session(TokenIdentity(token.serial, token.label, token.manufacturer), pin, signatures=1)
if sys.argv[4] == "wipe":
    wipe(pin)
canary = bytes(byte ^ 0x55 for byte in bytes.fromhex(sys.argv[2]))
found = 0
with open("/proc/self/maps") as maps, open("/proc/self/mem", "rb", 0) as memory:
    for line in maps:
        area, mode, *_, name = line.split(maxsplit=5) + [""]
        if "w" not in mode or name.strip() in ("[vvar]", "[vsyscall]"):
            continue
        start, end = (int(edge, 16) for edge in area.split("-"))
        memory.seek(start)
        content = memory.read(end - start)
        position = content.find(canary)
        while position >= 0:
            address = start + position
            found += not (id(canary) <= address < id(canary) + 200)
            position = content.find(canary, position + 1)
        del content
print(found)
"""


@pytest.mark.parametrize(("wiped", "copies"), [("wipe", b"0"), ("keep", b"1")])
def test_the_pin_is_gone_from_the_childs_memory_after_the_login(softhsm: SoftHsm, wiped: str, copies: bytes) -> None:
    """The searching process is told the PIN masked, so that it finds no copy of its own; kept, it is found once."""
    masked = bytes(byte ^ 0x55 for byte in CANARY).hex()
    done = subprocess.run(
        [sys.executable, "-c", _HOLD_LOGIN, str(softhsm.module), masked, str(len(CANARY)), wiped],
        input=CANARY,
        capture_output=True,
        check=True,
        env=os.environ | softhsm.environment,
    )
    assert done.stdout.strip() == copies


NEW_PIN, NEXT_PIN, PUK = "Mới-tinh-662607", "Sau-nữa-137035", "Mở-khóa-299792"


def found_in_child(gateway: ChildTokenGateway, *secrets: str) -> list[str]:
    """Places of the ends of secrets: memory given back loses its first eight bytes to the allocator's own use."""
    (pid,) = gateway.child_pids
    return [f"{secret}: {place}" for secret in secrets for place in find_in_memory(pid, secret[-8:])]


def test_no_pin_stays_in_the_child_after_a_change(gateway: ChildTokenGateway, token: Token) -> None:
    gateway.change_pin(token.serial, bytearray(CANARY), bytearray(NEW_PIN.encode()))
    assert found_in_child(gateway, PIN, NEW_PIN) == []
    with gateway.session(token.serial, bytearray(NEW_PIN.encode()), signatures=1) as session:
        assert session.sign(RSA_2048, DIGEST, SignatureMechanism.RSA_PKCS1)
        assert found_in_child(gateway, PIN, NEW_PIN) == []
    assert found_in_child(gateway, PIN, NEW_PIN) == []


def test_no_pin_stays_in_the_child_after_a_change_that_failed(gateway: ChildTokenGateway, token: Token) -> None:
    for old, new in ((WRONG_CANARY.decode(), NEW_PIN), (PIN, "n")):
        with pytest.raises(TokenError):
            gateway.change_pin(token.serial, bytearray(old.encode()), bytearray(new.encode()))
    assert found_in_child(gateway, PIN, NEW_PIN, WRONG_CANARY.decode()) == []


def test_no_puk_stays_in_the_child_after_unblocking(gateway: ChildTokenGateway, token: Token) -> None:
    with pytest.raises(TokenError):
        gateway.unblock_pin(token.serial, bytearray(PUK.encode()), bytearray(NEW_PIN.encode()))
    gateway.unblock_pin(token.serial, bytearray(SO_PIN.encode()), bytearray(NEXT_PIN.encode()))
    assert found_in_child(gateway, PUK, SO_PIN, NEW_PIN, NEXT_PIN) == []


def test_the_login_pin_is_kept_for_one_signature_only_where_a_key_wants_it_for_each(
    gateway: ChildTokenGateway, softhsm: SoftHsm
) -> None:
    add_always_authenticate_key(softhsm, "c1")
    serial = gateway.list_tokens().tokens[0].serial
    with gateway.session(serial, bytearray(CANARY), signatures=3) as session:
        assert found_in_child(gateway, PIN), "the search must find what is there"
        session.sign("c1", DIGEST, SignatureMechanism.RSA_PKCS1)
        assert found_in_child(gateway, PIN) == []
        session.sign("c1", DIGEST, SignatureMechanism.RSA_PKCS1, pin=bytearray(CANARY))
        assert found_in_child(gateway, PIN) == []
    with gateway.session(serial, bytearray(CANARY), signatures=1):
        assert found_in_child(gateway, PIN)
    assert found_in_child(gateway, PIN) == [], "nothing was signed, and it is gone all the same"


def test_wiping_zeroes_in_place() -> None:
    pin = bytearray(b"1234")
    view = memoryview(pin)
    wipe(pin)
    assert bytes(view) == bytes(4)
