"""Batches: the whole command against the limit, and what overlaps with a slow token and a slow authority.

The command runs on the training token (SoftHSM, RSA-2048) with all it does for a person: certificate, rules, journal, two
flushes a file.  The overlaps are measured on real document children and a real TSA with a token and a network made slow.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from cryptography.x509 import load_der_x509_certificate

from bdsigner.app import SystemClock
from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.model.signature import FilePlan, SignatureLevel, SigningPlan
from bdsigner.net.fetch import HttpFetcher
from bdsigner.net.timestamp import HttpTimestamper
from bdsigner.ports import Services
from bdsigner.storage.outputs import FileOutputs
from bdsigner.training import TRAINING_PIN
from bdsigner.usecases.sign_files import sign_files
from bdsigner.usecases.token_logins import TokenLogins
from tests.bench.bench_sign import compiled_limit
from tests.bench.table import Row
from tests.fakes.memory import FakeMemory
from tests.fakes.people import FakePerson, FakeProgress
from tests.fakes.token import FakeToken, FakeTokenGateway
from tests.support.pdfs import text_pdf
from tests.support.pki import CHAIRMAN, Training, served_training
from tests.support.softhsm import LABEL, PIN, RSA_2048, make_softhsm

FILES = 200
SLOW_TOKEN_FILES, TOKEN_SECONDS, TSA_SECONDS = 20, 0.3, 0.15
SLOW_TSA_FILES, SLOW_TSA_SECONDS, PARALLEL = 50, 2.0, 4
PLACE = "1,100,200,80,30"


def rows() -> list[Row]:
    """Measure; takes about a minute."""
    with tempfile.TemporaryDirectory() as name, served_training(Path(name) / "tập huấn") as training:
        folder = Path(name)
        return [_command(training, folder), _slow_token(training, folder), _slow_authority(training, folder)]


def _command(training: Training, folder: Path) -> Row:
    files = _write(folder / "lô", FILES)
    serial = format(load_der_x509_certificate(training.certificate(CHAIRMAN)).serial_number, "X")
    command = [sys.executable, "-m", "bdsigner", "--profile", str(training.profile_folder), "sign", *map(str, files)]
    options = ["--cert", serial, "--kind", "noi_bo", "--place", PLACE, "--level", "B-B", "--pin-stdin", "--json"]
    started_at = time.perf_counter()
    subprocess.run([*command, *options], input=f"{TRAINING_PIN}\n", text=True, check=True, capture_output=True)
    ours = time.perf_counter() - started_at
    (folder / "softhsm").mkdir()
    softhsm = make_softhsm(folder / "softhsm")
    key = [str(softhsm.module), LABEL, PIN, RSA_2048]
    argv = [str(compiled_limit(folder)), "pkcs11", *key, str(FILES), str(files[0]), str(folder / "limit.out")]
    done = subprocess.run(argv, env=softhsm.environment, check=True, capture_output=True, text=True)
    limit = float(done.stdout) * FILES / 1000
    return Row(f"`sign` of {FILES} pages, visible, B-B", ours, limit, "s", 4, "limit_sign.c, no flush")


def _slow_token(training: Training, folder: Path) -> Row:
    taken = _overlapped(
        training, _write(folder / "chậm", SLOW_TOKEN_FILES), token_seconds=TOKEN_SECONDS, tsa_seconds=TSA_SECONDS
    )
    reference = SLOW_TOKEN_FILES * TOKEN_SECONDS + TSA_SECONDS
    return Row(f"{SLOW_TOKEN_FILES} files, token 300 ms, TSA 150 ms", taken, reference, "s", 1.05, "token + one TSA")


def _slow_authority(training: Training, folder: Path) -> Row:
    taken = _overlapped(training, _write(folder / "xa", SLOW_TSA_FILES), token_seconds=0, tsa_seconds=SLOW_TSA_SECONDS)
    reference = SLOW_TSA_FILES * SLOW_TSA_SECONDS / PARALLEL
    return Row(f"{SLOW_TSA_FILES} files, TSA 2 s", taken, reference, "s", 1.15, "TSA / 4")


class _SlowTimestamper(HttpTimestamper):
    def __init__(self, training: Training, seconds: float) -> None:
        super().__init__(training.profile.timestamp, training.profile.network)
        self._seconds = seconds

    def request(self, request_der: bytes, *, should_stop: Callable[[], bool] = lambda: False) -> bytes:
        time.sleep(self._seconds)
        return super().request(request_der, should_stop=should_stop)


def _overlapped(training: Training, files: list[Path], *, token_seconds: float, tsa_seconds: float) -> float:
    token = FakeToken(
        keys={"01": training.key(CHAIRMAN)},
        certificates={"01": training.certificate(CHAIRMAN)},
        before_sign=lambda: time.sleep(token_seconds),
    )
    profile = training.profile
    documents = ChildDocumentGateway(profile, HttpFetcher(profile.network))
    services = Services(
        profile=profile,
        tokens=FakeTokenGateway(token),
        documents=documents,
        timestamper=_SlowTimestamper(training, tsa_seconds),
        outputs=FileOutputs(),
        clock=SystemClock(),
        memory=FakeMemory(),
    )
    logins = TokenLogins(tokens=services.tokens, memory=services.memory, policy=profile.token, clock=services.clock)
    plans = tuple(FilePlan(source=file, target=file.with_suffix(".signed.pdf")) for file in files)
    plan = SigningPlan(files=plans, token_serial=token.serial, key_id="01", level=SignatureLevel.B_T)
    person = _TimedPerson(decision=True)
    try:
        outcomes = sign_files(plan, services, logins=logins, interaction=person, progress=FakeProgress())
        taken = time.perf_counter() - person.answered_at
    finally:
        documents.close()
    if not all(outcome.signed for outcome in outcomes):
        raise AssertionError(next(outcome.error for outcome in outcomes if outcome.error))
    return taken


class _TimedPerson(FakePerson):
    """Notes when the PIN was given: what comes before does not wait for the token."""

    answered_at = 0.0

    def ask_pin(self, request: object) -> bytearray:
        self.answered_at = time.perf_counter()
        return super().ask_pin(request)  # type: ignore[arg-type]


def _write(folder: Path, count: int) -> list[Path]:
    folder.mkdir()
    content = text_pdf(lines=40)
    files = [folder / f"{number:03}.pdf" for number in range(count)]
    for file in files:
        file.write_bytes(content)
    return files
