"""Envelopes of 1 GiB written and opened through the document child, against ``limit_gcm.c`` in the same run."""

import os
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from bdsigner.documents.children import DocumentChildren, Lane
from bdsigner.documents.envelopes import ChildEnvelopes
from bdsigner.model.encryption import EnvelopeRequest, Member
from bdsigner.model.profile import ContentCipher
from bdsigner.model.token import KeyScheme
from tests.bench.bench_sign import memory_kib
from tests.bench.table import Row, median_seconds
from tests.encryption.people import USAGE, not_watched, recipient, unwrap_with
from tests.support.small_pki import make_certificate, rsa_key

BYTES, RUNS = 1 << 30, 7
RECIPIENTS, MANY, MANY_RUNS = 10, 500, 20
HOLDER = 3
"""Which of the recipients opens the envelope."""


def rows() -> list[Row]:
    """Measure; takes about a minute and 4 GiB of disk."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        return [_many(folder), *_large(folder)]


def _large(folder: Path) -> list[Row]:
    source, limit, unused = folder / "đĩa.iso", _compiled_limit(folder), folder / "limit.out"
    with source.open("wb") as file:
        for _ in range(BYTES >> 20):
            file.write(os.urandom(1 << 20))
    holders = [recipient("rsa", number) for number in range(RECIPIENTS)]
    request = _request(source, [one.der for one in holders])
    opened, holder = folder / "mở ra", holders[HOLDER]

    def encrypt(envelopes: ChildEnvelopes, wanted: EnvelopeRequest) -> None:
        envelopes.write(wanted, tell=not_watched)

    def decrypt(envelopes: ChildEnvelopes, wanted: EnvelopeRequest) -> None:
        seen = envelopes.read(wanted.partial, certificates=[holder.der])
        mine = next(number for number, one in enumerate(seen.recipients) if one.candidate == 0)
        unwrap = unwrap_with(holder.key)
        envelopes.open(wanted.partial, opened, recipient=mine, certificate=holder.der, unwrap=unwrap, tell=not_watched)

    def least() -> None:
        subprocess.run([limit, source, unused], check=True)

    what = f"1 GiB, {RECIPIENTS} recipients"
    return [
        *_measured(f"encrypt {what}", encrypt, request, least, outputs=(request.partial, unused), goal=1.15),
        *_measured(f"decrypt {what}", decrypt, request, least, outputs=(opened, unused), goal=1.5),
    ]


def _measured(
    job: str,
    ours: Callable[[ChildEnvelopes, EnvelopeRequest], None],
    wanted: EnvelopeRequest,
    least: Callable[[], None],
    *,
    outputs: Sequence[Path],
    goal: float,
) -> list[Row]:
    """Time against the limit, and what the memory of a child that has its imports grows by; the last output of ours stays."""

    def settle() -> None:
        """Each begins with the same free memory and an idle disk: else the second pays for the first."""
        for path in outputs:
            path.unlink(missing_ok=True)  # file systems flush what is truncated and written anew
            path.touch()
        os.sync()

    small = wanted.partial.with_name("nhỏ.txt")
    small.write_bytes(b"x")
    warm = _request(small, wanted.recipients)
    with _envelopes() as (envelopes, children):
        envelopes.write(warm, tell=not_watched)
        settle()
        ours(envelopes, warm)
        pid = children[Lane.WORK].pid
        assert pid is not None
        idle = memory_kib(pid, "VmRSS")
        taken = [
            [median_seconds(one, runs=1, before=settle) for one in (least, lambda: ours(envelopes, wanted))]
            for _ in range(1 + RUNS)
        ][1:]  # the first ones take memory that the machine has not handed out yet
        growth = (memory_kib(pid, "VmHWM") - idle) / 1024
    limit, seconds = (statistics.median(column) for column in zip(*taken, strict=True))
    return [
        Row(job, seconds, limit, "s", goal, "read + AES-256-GCM + write, one after another, limit_gcm.c"),
        Row(f"{job}: memory above idle", max(growth, 0.1), 32, "MiB", 1, "goal"),
    ]


def _many(folder: Path) -> Row:
    """The cost of recipients alone, half of them with RSA keys: the child's processor time, as it gives way to others."""
    source = folder / "a.txt"
    source.write_bytes(b"x")
    kinds = [rsa_key(20), ec.generate_private_key(ec.SECP256R1())]
    people = [
        make_certificate(f"Người nhận {number}", None, key=kinds[number % 2], usage=USAGE, addresses=False).der
        for number in range(MANY)
    ]
    request = _request(source, people)
    with _envelopes() as (envelopes, children):
        envelopes.write(request, tell=not_watched)
        pid = children[Lane.WORK].pid
        assert pid is not None
        before = _processor_seconds(pid)
        for _ in range(MANY_RUNS):
            envelopes.write(request, tell=not_watched)
        taken = (_processor_seconds(pid) - before) / MANY_RUNS
    return Row(f"encrypt one byte for {MANY} recipients", taken * 1e3, 100, "ms", 1, "agreed; processor time")


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _request(source: Path, recipients: Sequence[bytes]) -> EnvelopeRequest:
    partial = source.with_name(f"{source.name}.p7m")
    partial.write_bytes(b"")
    return EnvelopeRequest(
        members=(Member(path=source, name=source.name),),
        is_archive=False,
        partial=partial,
        recipients=tuple(recipients),
        cipher=ContentCipher.AES256_GCM,
        rsa=KeyScheme.RSA_OAEP,
    )


@contextmanager
def _envelopes() -> Iterator[tuple[ChildEnvelopes, DocumentChildren]]:
    children = DocumentChildren()
    try:
        yield ChildEnvelopes(children), children
    finally:
        children.close()


def _compiled_limit(folder: Path) -> Path:
    program = folder / "limit_gcm"
    source = Path(__file__).with_name("limit_gcm.c")
    subprocess.run(["cc", "-O2", "-o", program, source, "-lcrypto"], check=True)
    return program
