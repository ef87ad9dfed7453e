"""A signature as a person gets it: a cold command, and a warm ``Application.sign`` with all its processes and fsync.

Real parts throughout: SoftHSM token, training PKI with OCSP on loopback.  The peer of the cold command is pyhanko-cli
with a PEM key, as its PKCS#11 signer cannot be installed beside ours: it talks to no token, starts no second process
and asks nobody about the certificate, so it has less to do than we.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bdsigner.app import Application
from bdsigner.documents.children import Lane
from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.model.geometry import Box
from bdsigner.model.signature import FilePlan, SignatureLevel, SigningPlan
from bdsigner.model.token import SignerIdentity
from bdsigner.ports import Phase
from bdsigner.training import TRAINING_PIN
from bdsigner.training.server import ServerProcess
from bdsigner.training.setup import set_up
from tests.bench.bench_sign import compiled_limit, memory_kib
from tests.bench.table import Row, paired_medians
from tests.fakes.people import FakePerson
from tests.support import pdfs
from tests.support.pki import CHAIRMAN, Training

COLD_RUNS = 9
ROUNDS, BATCH, LARGE_BATCH = 5, 20, 2
"""Ours and the limit take turns, so that a busy moment of the machine meets both."""
BOX = Box(0, 300, 600, 226.8, 85)
LIMIT = "copy + SHA-256 + C_Sign + fsync, limit_sign.c"


def rows() -> list[Row]:
    """Measure; takes about a minute."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        one_page = folder / "công văn.pdf"
        one_page.write_bytes(pdfs.text_pdf(lines=40))
        training = Training(folder=set_up(folder / "training"))
        with ServerProcess(training.folder):
            cold = _Cold(folder, training, one_page)
            asking = cold.row(
                "cold command: sign one page, OCSP asked", "pyhanko-cli, PEM key, certificate not checked"
            )
            with _warm(folder, training) as warm:
                path = [
                    warm.row("sign one page, invisible, whole path, fsync", one_page, None, goal=4),
                    warm.row("sign one page, visible, whole path, fsync", one_page, BOX, goal=7),
                    warm.batch_row("batch of 100, whole path, per file", one_page, goal=4),
                    *warm.large_rows(pdfs.write_scan(folder / "bản quét.pdf", pages=300, size_bytes=108_000_000)),
                ]
        return [
            asking,
            cold.row("cold command: sign one page, no network", "the same; status unknown and allowed"),
            *path,
        ]


class _Cold:
    """Whole processes, started and ended."""

    def __init__(self, folder: Path, training: Training, source: Path) -> None:
        self._folder, self._source = folder, source
        serial = f"{training.x509(CHAIRMAN).serial_number:X}"
        self._target = folder / f"{source.stem}.signed.pdf"
        self._ours = [
            *(sys.executable, "-m", "bdsigner", "--profile", training.profile_folder, "sign", source, "--cert", serial),
            *("--pin-stdin", "--invisible", "--level", "B-B", "--unchecked-certificate", "allow"),
        ]
        certificates = training.folder.certificates
        self._peer = [
            *(Path(sys.executable).with_name("pyhanko"), "sign", "addsig", "--field", "Sig1", "--use-pades", "pemder"),
            *("--key", training.key_path(CHAIRMAN), "--cert", certificates / f"{CHAIRMAN}.cer", "--no-pass"),
            *("--chain", certificates / "chuyen-dung.cer", source, self._target),
        ]

    def row(self, job: str, note: str) -> Row:
        self._run(self._ours)
        self._run(self._peer)
        ours, peer = paired_medians(lambda: self._run(self._ours), lambda: self._run(self._peer), runs=COLD_RUNS)
        return Row(job, ours, peer, "s", 0.6, note)

    def _run(self, command: list[str | Path]) -> None:
        self._target.unlink(missing_ok=True)
        environment = os.environ | {"BDSIGNER_HOME": str(self._folder / "home")}
        pin = f"{TRAINING_PIN}\n".encode()
        subprocess.run(command, input=pin, env=environment, cwd=self._folder, capture_output=True, check=True)
        assert self._target.stat().st_size > self._source.stat().st_size


@dataclass
class _Watch:
    """Seconds from the first work on a file to its being done, file by file."""

    seconds: list[float] = field(default_factory=list)
    _started_at: float = 0

    def report(self, path: Path, phase: Phase, *, done: int, total: int) -> None:
        if phase is Phase.SIGNING:
            self._started_at = time.perf_counter()
        elif phase is Phase.DONE:
            self.seconds.append(time.perf_counter() - self._started_at)

    def is_cancelled(self) -> bool:
        return False


@dataclass(frozen=True)
class _Warm:
    """One application that stays."""

    folder: Path
    training: Training
    application: Application
    signer: SignerIdentity
    limit: Path

    def row(self, job: str, source: Path, box: Box | None, *, goal: float) -> Row:
        """A file within a session: document child, token child, check of the value, fsync, name."""
        self.sign([source], box)  # fonts, emblem, page cache
        return self._against_limit(job, source, lambda: self.sign([source] * BATCH, box).seconds, BATCH, goal=goal)

    def batch_row(self, job: str, source: Path, *, goal: float) -> Row:
        """All of ``Application.sign``: listing, OCSP, checks, login and 100 files."""

        def per_file() -> list[float]:
            started_at = time.perf_counter()
            self.sign([source] * 100, None)
            return [(time.perf_counter() - started_at) / 100]

        return self._against_limit(job, source, per_file, 100, goal=goal)

    def large_rows(self, source: Path) -> list[Row]:
        """Time and, in the document child, memory of a file of 108 MB."""
        documents = self.application.services.documents
        assert isinstance(documents, ChildDocumentGateway)
        pid = documents.ping(Lane.WORK).pid
        idle = memory_kib(pid, "VmRSS")

        def per_file() -> list[float]:
            return self.sign([source] * LARGE_BATCH, None).seconds

        timed = self._against_limit("sign a 108 MB scan, whole path, fsync", source, per_file, LARGE_BATCH, goal=1.4)
        growth = (memory_kib(pid, "VmHWM") - idle) / 1024
        return [timed, Row("the same: memory above idle, document child", max(growth, 0.1), 16, "MiB", 1, "goal")]

    def _against_limit(
        self, job: str, source: Path, per_file: Callable[[], list[float]], count: int, *, goal: float
    ) -> Row:
        """Against what flushes its output as we do; the note says what it is against one that does not."""
        ours: list[float] = []
        durable: list[float] = []
        plain: list[float] = []
        for _ in range(ROUNDS):
            durable.append(self.limit_ms(source, count, is_durable=True))
            ours += per_file()
            plain.append(self.limit_ms(source, count, is_durable=False))
        milliseconds = statistics.median(ours) * 1e3
        note = f"{LIMIT}; {milliseconds / statistics.median(plain):.3g} × without its fsync"
        return Row(job, milliseconds, statistics.median(durable), "ms", goal, note)

    def sign(self, sources: list[Path], box: Box | None) -> _Watch:
        outputs = Path(tempfile.mkdtemp(dir=self.folder))
        files = tuple(
            FilePlan(source=source, target=outputs / f"{number}.pdf", box=box) for number, source in enumerate(sources)
        )
        plan = SigningPlan(
            files=files,
            token_serial=self.signer.token.serial,
            key_id=self.signer.key_id,
            level=SignatureLevel.B_B,
        )
        watch = _Watch()
        outcomes = self.application.sign(plan, interaction=FakePerson(pin=TRAINING_PIN), progress=watch)
        assert all(outcome.signed for outcome in outcomes)
        shutil.rmtree(outputs)
        return watch

    def limit_ms(self, source: Path, count: int, *, is_durable: bool) -> float:
        key = [self.training.module, self.signer.token.label, TRAINING_PIN, self.signer.key_id]
        command = [
            self.limit,
            *(["--durable"] if is_durable else []),
            "pkcs11",
            *key,
            str(count),
            source,
            self.folder / "limit.out",
        ]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


@contextmanager
def _warm(folder: Path, training: Training) -> Iterator[_Warm]:
    application = Application.from_profile(training.profile)
    try:
        application.warm_up()
        signers = application.signers().signers
        signer = next(signer for signer in signers if signer.key_id == training.key_id(CHAIRMAN))
        yield _Warm(folder, training, application, signer, compiled_limit(folder))
    finally:
        application.close()
