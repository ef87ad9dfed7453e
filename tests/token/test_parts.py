"""The pure parts: padding, protocol, what counts as a device, and what the child's program does not load."""

import subprocess
import sys

import msgspec
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from hypothesis import given, settings
from hypothesis import strategies as st

from bdsigner.childproc import Frame, FrameKind
from bdsigner.errors import ErrorCode, TokenError, UserCancelled
from bdsigner.model.token import SignatureMechanism
from bdsigner.token import protocol
from bdsigner.token.kind import is_hardware_token
from bdsigner.token.mechanisms import digest_info, emsa_pkcs1_v1_5

KEY = rsa.generate_private_key(65537, 2048)
DONE = msgspec.json.Decoder(protocol.Done)


@settings(max_examples=10)  # each is a private-key operation in Python
@given(st.binary(min_size=32, max_size=32))
def test_own_padding_is_what_a_verifier_expects(digest: bytes) -> None:
    numbers = KEY.private_numbers()
    modulus = numbers.public_numbers.n
    encoded = emsa_pkcs1_v1_5(digest, 256)
    signature = pow(int.from_bytes(encoded), numbers.d, modulus).to_bytes(256)
    KEY.public_key().verify(signature, digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
    assert encoded.endswith(digest_info(digest))


@pytest.mark.parametrize(("modulus_bytes", "fits"), [(62, True), (61, False), (0, False)])
def test_a_key_too_short_for_sha256(modulus_bytes: int, fits: bool) -> None:
    if fits:
        assert len(emsa_pkcs1_v1_5(bytes(32), modulus_bytes)) == modulus_bytes
    else:
        with pytest.raises(ValueError, match="short"):
            emsa_pkcs1_v1_5(bytes(32), modulus_bytes)


IDENTITY = protocol.TokenIdentity("01", "Token Nguyễn Ánh", "Hãng")


@pytest.mark.parametrize(
    "call",
    [
        protocol.ListTokens(),
        protocol.OpenSession(IDENTITY, 3),
        protocol.Sign("a1", bytes(32), SignatureMechanism.ECDSA),
        protocol.CloseSession(),
    ],
)
def test_calls_survive_the_pipe(call: protocol.Call) -> None:
    assert protocol.decode_call(protocol.encode(call)) == call


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"{}",
        b'{"type":"reboot"}',
        protocol.encode(protocol.Sign("a1", bytes(31), SignatureMechanism.ECDSA)),
        protocol.encode(protocol.Sign("a1", bytes(64), SignatureMechanism.ECDSA)),
        protocol.encode(protocol.OpenSession(IDENTITY, 0)),
        protocol.encode(protocol.OpenSession(IDENTITY, protocol.MAX_SIGNATURES + 1)),
        b'{"type":"sign","key_id":"a1","digest":"","mechanism":"md5"}',
    ],
)
def test_other_calls_are_refused(head: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        protocol.decode_call(head)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_call_or_an_error(head: bytes) -> None:
    try:
        call = protocol.decode_call(head)
    except msgspec.MsgspecError:
        return
    assert protocol.decode_call(protocol.encode(call)) == call


def test_errors_cross_the_pipe_with_class_code_and_facts() -> None:
    error = TokenError(ErrorCode.TOKEN_PIN_INCORRECT, final_try=True, count=2)
    with pytest.raises(TokenError) as caught:
        protocol.decode_answer(protocol.failure_frame(error), DONE)
    assert (caught.value.code, caught.value.facts) == (error.code, error.facts)
    with pytest.raises(UserCancelled):
        protocol.decode_answer(protocol.failure_frame(UserCancelled()), DONE)


@pytest.mark.parametrize("kind", [FrameKind.RESULT, FrameKind.FAILURE])
def test_an_answer_that_is_nonsense(kind: FrameKind) -> None:
    with pytest.raises(TokenError) as caught:
        protocol.decode_answer(Frame(kind, b"[1"), DONE)
    assert caught.value.code is ErrorCode.TOKEN_WORKER_DIED


@pytest.mark.parametrize(
    ("manufacturer", "model", "hardware_slot", "removable", "expected"),
    [
        ("Viettel", "ePass2003", True, True, True),
        ("OpenSC Project", "PKCS#15 emulated", False, True, True),
        ("SoftHSM project", "SoftHSM v2", False, False, False),
        ("SoftHSM project", "SoftHSM v2", False, True, False),
        ("IBM", "Soft", True, False, False),
        ("IBM", "SoftTok", True, False, False),
        ("IBM", "CCA", True, False, True),
        ("Mozilla Foundation", "NSS 3", False, True, False),
        ("Hãng nào đó", "X", False, False, False),
    ],
)
def test_what_counts_as_a_device(
    manufacturer: str, model: str, hardware_slot: bool, removable: bool, expected: bool
) -> None:
    judged = is_hardware_token(hardware_slot=hardware_slot, removable=removable, manufacturer=manufacturer, model=model)
    assert judged is expected


def test_the_childs_program_stays_small() -> None:
    script = (
        "import sys, bdsigner.token.worker, bdsigner.token.driver\n"
        "print([name for name in ('PySide6', 'pyhanko', 'cryptography', 'asyncio', 'httpx', 'bdsigner.ports')"
        " if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, check=True)
    assert done.stdout.strip() == b"[]"


@pytest.mark.parametrize("arguments", [[], ["a.so", "b.so"]])
def test_the_child_wants_one_module(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-m", "bdsigner.token.worker", *arguments], capture_output=True, check=False
    )
    assert done.returncode == 2
