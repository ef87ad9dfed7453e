"""A long day: cards in and out and signature after signature, and nothing piles up.  ``make soak`` makes it a long one.

Behind the stub the real OpenSC, a real smart-card service and a card that signs; the stub counts sessions.
"""

import contextlib
import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from bdsigner.model.token import SignatureMechanism
from bdsigner.token.gateway import ChildTokenGateway
from tests.contracts.token_gateway import DIGEST
from tests.rigs.fixtures import RSA_KEY, PivRig
from tests.support.memory import children_of
from tests.token.conftest import Stub
from tests.token.test_watcher import News

CYCLES = int(os.environ.get("BDSIGNER_SOAK_CYCLES", "5"))
SIGNATURES = int(os.environ.get("BDSIGNER_SOAK_SIGNATURES", "100"))
IN_ONE_LOGIN = 50
GROWTH_BYTES = 12 * 1024**2
"""Caches of the driver may still fill; a leak of one kilobyte for each of 10,000 signatures would not pass."""


@pytest.fixture
def counted(piv: PivRig, stub_library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stub:
    stub = Stub(stub_library, tmp_path / "fault", tmp_path / "calls.log")
    monkeypatch.setenv("STUB_REAL", str(piv.module))
    monkeypatch.setenv("STUB_LOG", str(stub.log))
    return stub


@pytest.fixture
def gateway(counted: Stub) -> Iterator[ChildTokenGateway]:
    with contextlib.closing(ChildTokenGateway([counted.module])) as gateway:
        yield gateway


class Load:
    """What a process and its children hold: descriptors, processes, memory in bytes."""

    def __init__(self) -> None:
        pids = [os.getpid(), *children_of(os.getpid())]
        self.children = len(pids) - 1
        self.descriptors = sum(len(list(Path(f"/proc/{pid}/fd").iterdir())) for pid in pids)
        self.threads = len(list(Path("/proc/self/task").iterdir()))
        self.memory = sum(_resident(pid) for pid in pids)

    def check(self, before: "Load") -> None:
        """Fails when anything piled up since."""
        assert self.children == before.children
        assert self.descriptors <= before.descriptors + 1  # the service may just be asked
        assert self.threads <= before.threads + 1
        assert self.memory - before.memory < GROWTH_BYTES, (self.memory - before.memory) >> 10


def _resident(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


def check_sessions(stub: Stub) -> Counter[str]:
    """Every session that was opened was closed."""
    calls = Counter(stub.calls())
    assert calls["C_OpenSession"] == calls["C_CloseSession"]
    return calls


@pytest.mark.timeout(7200)
def test_cards_in_and_out(gateway: ChildTokenGateway, counted: Stub, piv: PivRig) -> None:
    news = News(gateway)
    news.until(lambda: piv.card.serial in news.serials)
    took: list[float] = []
    before: Load | None = None
    for cycle in range(CYCLES):
        piv.remove()
        took.append(news.until(lambda: not news.serials))
        piv.insert()
        took.append(news.until(lambda: piv.card.serial in news.serials))
        if cycle == 1:
            before = Load()
    assert before is not None
    Load().check(before)
    news.watcher.close()
    calls = check_sessions(counted)
    took.sort()
    print(
        f"{CYCLES} cycles: told after {took[len(took) // 2]:.2f} s (median), {took[-1]:.2f} s (longest); "
        f"{calls['C_OpenSession']} sessions opened and closed"
    )


@pytest.mark.timeout(7200)
def test_signature_after_signature(gateway: ChildTokenGateway, counted: Stub, piv: PivRig) -> None:
    end = time.monotonic() + 10
    while not gateway.list_tokens().tokens:
        assert time.monotonic() < end
    before: Load | None = None
    started = time.monotonic()
    done = 0
    while done < SIGNATURES:
        pin = bytearray(piv.card.pin.encode())
        with gateway.session(piv.card.serial, pin, signatures=IN_ONE_LOGIN) as session:
            for _ in range(IN_ONE_LOGIN):
                session.sign(RSA_KEY, DIGEST, SignatureMechanism.RSA_PKCS1)
        done += IN_ONE_LOGIN
        if before is None:
            before = Load()
    seconds = time.monotonic() - started
    assert before is not None
    after = Load()
    after.check(before)
    check_sessions(counted)
    assert (piv.card.signatures, piv.card.pin_left) == (done, 3)
    print(
        f"{done} signatures in {seconds:.0f} s ({1000 * seconds / done:.1f} ms each); "
        f"memory {(after.memory - before.memory) >> 10:+d} KiB, descriptors {after.descriptors - before.descriptors:+d}"
    )
