"""Change events of a real smart-card service with virtual readers."""

import threading
import time
from collections.abc import Iterator

import pytest

from bdsigner.model.self_check import CardService
from bdsigner.token.pcsc import CardReaders, PcscError, service_state
from tests.rigs.fixtures import PivRig
from tests.rigs.pcsc import READER_NAMES
from tests.rigs.piv import PivCard

NOTICED_SECONDS = 1.0
"""The issue's limit for the whole way; the service itself looks every 0.4 s."""


@pytest.fixture
def readers(piv: PivRig) -> Iterator[CardReaders]:
    readers = CardReaders()
    settle(readers)
    yield readers
    readers.close()


def settle(readers: CardReaders) -> None:
    """Until a second passes without news: what the fixture did has been told."""
    while readers.wait(0.7):
        pass


def seconds_until_told(readers: CardReaders) -> float:
    started = time.monotonic()
    assert readers.wait(5), "nothing was told"
    return time.monotonic() - started


def test_the_readers_are_named(readers: CardReaders) -> None:
    assert readers.names() == READER_NAMES


def test_insertion_and_removal_are_told_within_a_second(readers: CardReaders, piv: PivRig) -> None:
    for _ in range(3):
        piv.remove()
        assert seconds_until_told(readers) < NOTICED_SECONDS
        settle(readers)
        piv.insert()
        assert seconds_until_told(readers) < NOTICED_SECONDS
        settle(readers)


def test_the_other_reader_is_watched_too(readers: CardReaders, piv: PivRig) -> None:
    piv.other_reader.insert(PivCard())
    assert seconds_until_told(readers) < NOTICED_SECONDS


def test_what_happens_between_two_looks_is_not_missed(readers: CardReaders, piv: PivRig) -> None:
    piv.remove()
    watcher = CardReaders()
    while watcher.wait(1.0):  # until the service itself has seen it
        pass
    piv.insert()
    while not watcher.wait(1.0):
        pass
    watcher.close()
    assert readers.wait(0)  # removed and inserted again: the same flags, but the card was changed


def test_nothing_happens_in_time(readers: CardReaders) -> None:
    started = time.monotonic()
    assert not readers.wait(0.3)
    assert 0.25 < time.monotonic() - started < 1


def test_a_wait_can_be_cancelled_from_another_thread(readers: CardReaders) -> None:
    canceller = threading.Timer(0.2, readers.cancel)
    canceller.start()
    started = time.monotonic()
    assert not readers.wait(10)
    assert time.monotonic() - started < 2
    canceller.join()


def test_a_service_that_stops_is_told_and_one_that_starts_can_be_opened(readers: CardReaders, piv: PivRig) -> None:
    piv.service.stop()
    with pytest.raises(PcscError):
        for _ in iter(lambda: readers.wait(0.2), None):
            pass
    assert service_state().is_running is False
    piv.service.start()
    again = CardReaders()
    assert again.names() == READER_NAMES
    again.close()


def test_the_state_for_the_self_check(piv: PivRig) -> None:
    assert service_state() == CardService(has_library=True, is_running=True, readers=READER_NAMES)
    piv.service.stop()
    assert service_state() == CardService(has_library=True, is_running=False)
    piv.service.start()
