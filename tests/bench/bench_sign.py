"""Signing through token child and document child, against ``limit_sign.c`` with the same token in the same run."""

import itertools
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pymupdf

from bdsigner.documents.children import Lane
from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.model.geometry import Box
from bdsigner.model.signature import SignatureLevel, SignatureRequest, VisibleSignature
from bdsigner.model.token import SignatureMechanism
from bdsigner.ports import SignDigest
from bdsigner.signing.check import check_signature_value
from bdsigner.token.gateway import ChildTokenGateway
from tests.bench.table import Row
from tests.documents.parts import NoNetwork, profile
from tests.signing.parts import no_timestamp, visible
from tests.support import pdfs
from tests.support.softhsm import LABEL, PIN, RSA_2048, SoftHsm, make_softhsm

SIGNATURES_MAX = 1000
ROUNDS, SMALL_BATCH, LARGE_BATCH = 5, 12, 2
"""Ours and the limit take turns, so that a busy moment of the machine meets both."""
OBJECTS = 22_000
BOX = Box(0, 300, 600, 226.8, 85)


def rows() -> list[Row]:
    """Measure; takes about twenty seconds."""
    with tempfile.TemporaryDirectory() as name, _bench(Path(name)) as bench:
        one_page = bench.write("một trang.pdf", pdfs.text_pdf(lines=40))
        scan = pdfs.write_scan(bench.folder / "bản quét.pdf", pages=300, size_bytes=108_000_000)
        objects = bench.write("nhiều đối tượng.pdf", _many_objects(xref_streams=False))
        packed = bench.write("nhiều đối tượng nén.pdf", _many_objects(xref_streams=True))
        appearance = visible(bench.folder, mark="BẢN THỬ")
        return [
            bench.against_limit("sign one page, invisible", one_page, None, goal=4),
            bench.against_limit("sign one page, visible", one_page, appearance, goal=7),
            *bench.large("sign a 108 MB scan", scan),
            bench.against_limit("sign 22,000 objects, classic table", objects, None, batch=LARGE_BATCH, goal=8),
            bench.against_limit("sign 22,000 objects, object streams", packed, None, batch=LARGE_BATCH, goal=8),
            _imports(),
        ]


@dataclass(frozen=True)
class _Bench:
    folder: Path
    softhsm: SoftHsm
    limit: Path
    documents: ChildDocumentGateway
    sign_digest: SignDigest
    numbers: Iterator[int]

    def write(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path

    def against_limit(
        self,
        job: str,
        source: Path,
        appearance: VisibleSignature | None,
        *,
        goal: float,
        batch: int = SMALL_BATCH,
    ) -> Row:
        """Median of ours against the median of the limit."""
        self._sign_ms(source, appearance)  # fonts, emblem, page cache
        ours, limits = [], []
        for _ in range(ROUNDS):
            limits.append(self._limit_ms(source, batch))
            ours += [self._sign_ms(source, appearance) for _ in range(batch)]
        note = "copy + SHA-256 + C_Sign, limit_sign.c"
        return Row(job, statistics.median(ours), statistics.median(limits), "ms", goal, note)

    def large(self, job: str, source: Path) -> list[Row]:
        """Time against the limit, and what the child's memory grows by."""
        pid = self.documents.ping(Lane.WORK).pid
        idle = memory_kib(pid, "VmRSS")
        timed = self.against_limit(job, source, None, batch=LARGE_BATCH, goal=1.4)
        growth = (memory_kib(pid, "VmHWM") - idle) / 1024
        return [timed, Row(f"{job}: memory above idle", max(growth, 0.1), 16, "MiB", 1, "goal")]

    def _limit_ms(self, source: Path, count: int) -> float:
        key = [str(self.softhsm.module), LABEL, PIN, RSA_2048]
        argv = [str(self.limit), "pkcs11", *key, str(count), str(source), str(self.folder / "limit.out")]
        environment = os.environ | self.softhsm.environment
        return float(subprocess.run(argv, env=environment, check=True, capture_output=True, text=True).stdout)

    def _sign_ms(self, source: Path, appearance: VisibleSignature | None) -> float:
        partial = self.folder / f"đang ký {next(self.numbers)}.part"
        partial.touch()
        request = SignatureRequest(
            source=source,
            partial=partial,
            certificate=self.softhsm.certificates[RSA_2048],
            chain=(),
            mechanism=SignatureMechanism.RSA_PKCS1,
            level=SignatureLevel.B_B,
            signing_time=datetime.now(UTC),
            box=BOX if appearance else None,
            appearance=appearance,
        )
        started_at = time.perf_counter()
        self.documents.sign(request, sign_digest=self.sign_digest, request_timestamp=no_timestamp)
        seconds = time.perf_counter() - started_at
        partial.unlink()
        return seconds * 1000


@contextmanager
def _bench(folder: Path) -> Iterator[_Bench]:
    (folder / "softhsm").mkdir()
    softhsm = make_softhsm(folder / "softhsm")
    os.environ.update(softhsm.environment)  # the token child inherits it
    certificate = softhsm.certificates[RSA_2048]
    tokens = ChildTokenGateway([softhsm.module])
    documents = ChildDocumentGateway(profile(folder), NoNetwork())
    try:
        serial = next(token.serial for token in tokens.list_tokens().tokens if token.label == LABEL)
        with tokens.session(serial, bytearray(PIN.encode()), signatures=SIGNATURES_MAX) as session:

            def sign_digest(digest: bytes) -> bytes:
                value = session.sign(RSA_2048, digest, SignatureMechanism.RSA_PKCS1)
                check_signature_value(certificate, digest, value, SignatureMechanism.RSA_PKCS1)
                return value

            yield _Bench(folder, softhsm, compiled_limit(folder), documents, sign_digest, itertools.count())
    finally:
        documents.close()
        tokens.close()


def compiled_limit(folder: Path) -> Path:
    program = folder / "limit_sign"
    flags = subprocess.run(["pkg-config", "--cflags", "p11-kit-1"], check=True, capture_output=True, text=True).stdout
    source = Path(__file__).with_name("limit_sign.c")
    subprocess.run(["cc", "-O2", "-o", program, source, *flags.split(), "-lcrypto", "-ldl"], check=True)
    return program


def _many_objects(*, xref_streams: bool) -> bytes:
    """A document of many small objects that do not compress well: 6 MB, packed about 3."""
    chance = random.Random(22)  # noqa: S311  # the same file every time
    with pymupdf.open(stream=pdfs.text_pdf(20), filetype="pdf") as document:
        for _ in range(OBJECTS):
            document.update_object(document.get_new_xref(), f"<</Note<{chance.randbytes(100).hex()}>>>")
        return bytes(document.tobytes(use_objstms=int(xref_streams), deflate=xref_streams))


def _imports() -> Row:
    """Cold start of what a document child needs to sign, against pyHanko's signer."""
    taken = [
        [_import_seconds(module) for module in ("bdsigner.signing.pades", "pyhanko.sign.signers")] for _ in range(7)
    ]
    ours, reference = (statistics.median(column) for column in zip(*taken, strict=True))
    return Row("import of the signing path", ours * 1000, reference * 1000, "ms", 0.6, "import pyhanko.sign.signers")


def _import_seconds(module: str) -> float:
    program = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
    return float(subprocess.run([sys.executable, "-I", "-c", program], check=True, capture_output=True).stdout)


def memory_kib(pid: int, field: str) -> int:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(field))
