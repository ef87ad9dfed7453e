"""News of tokens: in time, without disturbing work, at no cost worth naming; on a real service and real modules."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bdsigner.errors import ErrorCode
from bdsigner.model.token import SignatureMechanism, SignerListing
from bdsigner.token.child import Deadlines
from bdsigner.token.gateway import ChildTokenGateway
from bdsigner.token.pcsc import CardReaders, PcscError
from bdsigner.token.watcher import TokenWatcher
from bdsigner.usecases.list_signers import list_signers
from tests.contracts.token_gateway import DIGEST
from tests.rigs.fixtures import RSA_KEY, PivRig
from tests.rigs.piv import SIGN, PivCard
from tests.support.softhsm import LABEL, SoftHsm
from tests.token.conftest import Stub

NOTICED_SECONDS = 1.0
"""The issue's limit, both ways."""


class News:
    """What a watcher tells; ``until`` waits for something to be told."""

    def __init__(self, gateway: ChildTokenGateway) -> None:
        self._condition = threading.Condition()
        self.told: list[SignerListing] = []
        self.events = 0
        self.ticks = 0
        self.watcher = TokenWatcher(
            gateway,
            look=lambda patience: list_signers(gateway, patience_seconds=patience),
            on_news=self._hear,
            on_reader_event=self._count_event,
            on_tick=self._count_tick,
        )

    def _hear(self, listing: SignerListing) -> None:
        with self._condition:
            self.told.append(listing)
            self._condition.notify_all()

    def _count_event(self) -> None:
        self.events += 1

    def _count_tick(self) -> None:
        self.ticks += 1

    @property
    def serials(self) -> set[str]:
        return {token.serial for token in self.told[-1].tokens} if self.told else set()

    def until(self, condition: Callable[[], bool], *, seconds: float = 6.0) -> float:
        """How long it took."""
        started = time.monotonic()
        with self._condition:
            is_told = self._condition.wait_for(condition, seconds)
        assert is_told, f"not told; last seen: {self.serials}"
        return time.monotonic() - started


@pytest.fixture
def news(piv: PivRig) -> Iterator[News]:
    gateway = ChildTokenGateway([piv.module])
    news = News(gateway)
    news.until(lambda: piv.card.serial in news.serials)
    yield news
    news.watcher.close()
    gateway.close()


def test_insertion_and_removal_are_told_within_a_second(news: News, piv: PivRig) -> None:
    """The slower of the two is the service's own look at its readers, every 0.4 s."""
    took: list[float] = []
    for _ in range(6):
        piv.remove()
        took.append(news.until(lambda: not news.serials))
        piv.insert()
        took.append(news.until(lambda: piv.card.serial in news.serials))
    assert max(took) < NOTICED_SECONDS, took


def test_a_card_put_into_the_other_reader_and_cards_swapped(news: News, piv: PivRig) -> None:
    second = PivCard()
    second.put(SIGN, piv.card.keys[SIGN], piv.card.certificates[SIGN])
    piv.other_reader.insert(second)
    both = {piv.card.serial, second.serial}
    assert news.until(lambda: news.serials == both) < NOTICED_SECONDS
    for reader in (piv.reader, piv.other_reader):
        reader.remove()
    news.until(lambda: not news.serials)
    piv.reader.insert(second)
    piv.other_reader.insert(piv.card)
    news.until(lambda: news.serials == both)
    readers = {token.serial: token.reader[-1] for token in news.told[-1].tokens}
    assert readers == {piv.card.serial: "1", second.serial: "0"}


def test_every_change_is_told_to_whoever_holds_a_login(news: News, piv: PivRig) -> None:
    before = news.events
    piv.remove()
    deadline = time.monotonic() + 3
    while news.events == before:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    news.until(lambda: not news.serials)


def test_nothing_is_told_and_nothing_asked_while_nothing_happens(news: News, piv: PivRig) -> None:
    time.sleep(1.5)  # it looks a few times after the card was put in
    told, verifications = len(news.told), piv.card.verifications
    asked: list[int] = []
    process = piv.card.process
    piv.card.process = lambda apdu: (asked.append(1), process(apdu))[1]  # type: ignore[method-assign]
    time.sleep(2.5)  # the time that is to pass without anything
    piv.card.process = process  # type: ignore[method-assign]
    assert len(news.told) == told
    assert asked == []
    assert piv.card.verifications == verifications
    assert news.ticks >= 2


def test_a_service_that_is_restarted_is_watched_again(news: News, piv: PivRig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bdsigner.token.watcher.REOPEN_SECONDS", 0.5)
    piv.service.stop()
    news.until(lambda: not news.serials)
    piv.service.start()
    piv.insert()
    news.until(lambda: piv.card.serial in news.serials, seconds=12)
    # From here on nothing is looked at by itself in time: it is the service that tells.
    monkeypatch.setattr("bdsigner.token.watcher.LOOK_SECONDS", 60.0)
    monkeypatch.setattr("bdsigner.token.watcher.LONGEST_LOOK_SECONDS", 60.0)
    for _ in range(2):
        piv.remove()
        news.until(lambda: not news.serials)
        piv.insert()
        news.until(lambda: piv.card.serial in news.serials)


def test_signatures_are_never_disturbed(piv: PivRig) -> None:
    gateway = ChildTokenGateway([piv.module])
    news = News(gateway)
    news.until(lambda: piv.card.serial in news.serials)
    with gateway.session(piv.card.serial, bytearray(b"123456"), signatures=10) as session:
        for _ in range(10):
            news.watcher.refresh()
            session.sign(RSA_KEY, DIGEST, SignatureMechanism.RSA_PKCS1)
    news.watcher.close()
    gateway.close()
    assert piv.card.signatures == 10


def test_without_the_service_modules_are_asked_and_news_come_in_time(
    piv: PivRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The module itself still reaches the service: what is missing is its word to us."""

    def refuse() -> CardReaders:
        raise PcscError("SCardEstablishContext", 0x8010001D)

    monkeypatch.setattr("bdsigner.token.watcher.CardReaders", refuse)
    gateway = ChildTokenGateway([piv.module])
    news = News(gateway)
    news.until(lambda: piv.card.serial in news.serials)
    took: list[float] = []
    for _ in range(3):
        piv.remove()
        took.append(news.until(lambda: not news.serials))
        piv.insert()
        took.append(news.until(lambda: piv.card.serial in news.serials))
    news.watcher.close()
    gateway.close()
    # OpenSC costs 11 ms a look: asked every 1.7 s, so that a core is not kept busy.
    assert max(took) < 3.5, took


@pytest.mark.softhsm
def test_a_hanging_module_does_not_delay_the_news_of_others(stub: Stub, softhsm: SoftHsm) -> None:
    gateway = ChildTokenGateway([stub.module, softhsm.module], deadlines=Deadlines(list_seconds=4))
    stub.set_fault("C_Initialize", "hang")
    news = News(gateway)
    seconds = news.until(lambda: bool(news.serials))
    assert seconds < 2.5
    assert [token.label for token in news.told[-1].tokens] == [LABEL]
    quarantined = ErrorCode.TOKEN_MODULE_QUARANTINED.value, ErrorCode.TOKEN_WORKER_TIMEOUT.value
    news.until(lambda: any(problem.code in quarantined for problem in news.told[-1].problems), seconds=9)
    gateway.try_again(str(stub.module))
    news.watcher.refresh()
    news.until(lambda: not news.told[-1].problems)
    news.watcher.close()
    gateway.close()


@pytest.mark.softhsm
def test_paused_it_looks_at_nothing_and_resumed_at_once(stub: Stub) -> None:
    gateway = ChildTokenGateway([stub.module])
    news = News(gateway)
    news.until(lambda: bool(news.serials))
    news.watcher.pause()
    time.sleep(0.3)  # a look that had begun ends
    calls = len(stub.calls())
    time.sleep(1.2)  # longer than it would wait between two looks
    assert len(stub.calls()) == calls
    told = len(news.told)
    news.watcher.resume()
    news.until(lambda: len(news.told) > told)
    news.watcher.close()
    gateway.close()


@pytest.mark.softhsm
def test_closing_does_not_wait_and_ends_the_news(softhsm: SoftHsm) -> None:
    gateway = ChildTokenGateway([softhsm.module])
    news = News(gateway)
    news.until(lambda: bool(news.serials))
    started = time.monotonic()
    news.watcher.close()
    assert time.monotonic() - started < 0.5
    told = len(news.told)
    softhsm.remove_tokens()
    time.sleep(1.2)  # longer than it would wait between two looks
    assert len(news.told) == told
    gateway.close()


def cpu_seconds(task: str) -> float:
    """Of a process, or of one of our threads (``self/task/…``)."""
    fields = Path(f"/proc/{task}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.softhsm
def test_watching_costs_next_to_nothing(piv: PivRig, softhsm: SoftHsm) -> None:
    """OpenSC with a card, and SoftHSM, which must be polled; our own threads and both children, for ten seconds."""
    earlier = set(threading.enumerate())
    gateway = ChildTokenGateway([piv.module, softhsm.module])
    news = News(gateway)
    news.until(lambda: len(news.serials) == 2)
    time.sleep(1.5)  # what the start costs is over
    threads = [thread for thread in threading.enumerate() if thread not in earlier]
    assert any(thread.name == "token-watcher" for thread in threads)
    tasks = [*map(str, gateway.child_pids), *(f"self/task/{thread.native_id}" for thread in threads)]
    before = sum(map(cpu_seconds, tasks))
    time.sleep(10)
    used = sum(map(cpu_seconds, tasks)) - before
    news.watcher.close()
    gateway.close()
    assert used / 10 < 0.01, f"{used / 10:.2%} of a core"
