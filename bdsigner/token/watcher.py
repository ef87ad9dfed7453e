"""Tells when tokens come and go: within a second, without touching a module that is at work, at next to no cost.

The smart-card service says when readers and cards change.  Modules that show only its readers are left in peace until
then; all others (tokens without PC/SC, soft tokens, machines without the service) are asked by a cheap look now and
then, the more seldom the more it costs.
"""

import contextlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from bdsigner.errors import ErrorCode
from bdsigner.model.token import ModulePresence, SignerListing
from bdsigner.ports import TokenGateway
from bdsigner.token.pcsc import CardReaders, PcscError

log = logging.getLogger(__name__)

LOOK_SECONDS = 0.7
"""Between two looks at a module that must be asked: news within a second, listing included."""
LOOK_SHARE = 150
"""A look may cost a 150th of the time between looks: two thirds of a percent of a core."""
LONGEST_LOOK_SECONDS = 5.0
PATIENCE_SECONDS = 1.0
"""How long one slow module may delay the news about the others."""
SLICE_SECONDS = 1.0
"""Longest wait between two looks at the clock, the open login, and whether to stop."""
SETTLE_SECONDS = (0.0, 0.1, 0.25, 0.5, 0.9)
"""When to look after an event: readers bounce, and drivers show a card a moment after the service does."""
REOPEN_SECONDS = 5.0
"""Between two tries to reach a smart-card service that is not there."""
_PIPE_SECONDS = 0.2


@dataclass(slots=True)
class _Module:
    """What is known of one module."""

    shown: ModulePresence | None = None
    """At the last full look."""
    next_look: float = 0.0
    is_watched_by_service: bool = False

    @property
    def fingerprint(self) -> object:
        """What news are measured by."""
        return None if self.shown is None else (self.shown.tokens, self.shown.is_quarantined)


class TokenWatcher:
    """One thread; all methods may be called from any.  Starts at once with a full look."""

    def __init__(
        self,
        gateway: TokenGateway,
        *,
        look: Callable[[float], SignerListing],
        on_news: Callable[[SignerListing], None],
        on_reader_event: Callable[[], None] = lambda: None,
        on_tick: Callable[[], None] = lambda: None,
    ) -> None:
        """``look`` makes a full listing with so many seconds of patience; the others are called in our thread.

        ``on_news`` gets each listing that differs from the last, ``on_reader_event`` hears of every change that the
        service tells, ``on_tick`` is called about once a second.
        """
        self._gateway = gateway
        self._look = look
        self._on_news = on_news
        self._on_reader_event = on_reader_event
        self._on_tick = on_tick
        self._modules = [_Module() for _ in range(gateway.module_count)]
        self._last: SignerListing | None = None
        self._readers: CardReaders | None = None
        self._next_open = 0.0
        self._must_look = True
        self._is_paused = False
        self._is_closed = False
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="token-watcher", daemon=True)
        self._thread.start()

    @property
    def is_paused(self) -> bool:
        """Whether the modules are left alone now."""
        return self._is_paused

    def refresh(self) -> None:
        """Make a full look now and tell of it, changed or not."""
        self._last = None
        self._must_look = True
        self._interrupt()

    def pause(self) -> None:
        """Leave the modules alone until ``resume``; signatures under way are never disturbed anyway."""
        self._is_paused = True

    def resume(self) -> None:
        """Go on, with a full look at once: work changes what is known of PINs."""
        self._is_paused = False
        self.refresh()

    def close(self) -> None:
        """Stop; nothing is called any more once this has returned, unless the thread hangs in a driver's listing."""
        self._is_closed = True
        self._interrupt()
        self._thread.join(_PIPE_SECONDS)

    def _interrupt(self) -> None:
        self._wake.set()
        readers = self._readers
        if readers is not None:
            readers.cancel()

    def _run(self) -> None:
        self._open_readers()
        try:
            while not self._is_closed:
                self._wake.clear()
                if not self._is_paused:
                    self._step()
                if self._wait():
                    self._settle()
        finally:
            self._drop_readers()

    def _step(self) -> None:
        self._call(self._on_tick)
        if self._must_look:
            for module in self._modules:
                module.shown = None  # not what this look will show, so never again a measure of news
        due = self._due()
        if self._has_news(due) or self._must_look:
            self._has_news([number for number in range(len(self._modules)) if number not in due])
            self._look_fully()

    def _wait(self) -> bool:
        """Wait until something is due; whether the service told of a change."""
        seconds = self._seconds_to_next_look()
        readers = self._readers or self._open_readers()
        if readers is None:
            self._wake.wait(seconds)
            return False
        if self._wake.is_set():
            return False
        try:
            return readers.wait(seconds)
        except PcscError as error:
            log.info("smart-card service lost: %s", error)
            self._drop_readers()
            return True

    def _settle(self) -> None:
        """After an event, look at all modules a few times until the drivers have caught up."""
        self._call(self._on_reader_event)
        started = time.monotonic()
        for after in SETTLE_SECONDS:
            self._wake.wait(max(0.0, started + after - time.monotonic()))
            if self._is_closed or self._is_paused:
                return
            if self._has_news(range(len(self._modules))):
                self._look_fully()

    def _due(self) -> list[int]:
        now = time.monotonic()
        return [
            number
            for number, module in enumerate(self._modules)
            if module.next_look <= now and not (module.is_watched_by_service and self._readers is not None)
        ]

    def _seconds_to_next_look(self) -> float:
        if self._must_look and not self._is_paused:
            return 0.0
        asked = [module.next_look for module in self._modules if not module.is_watched_by_service or not self._readers]
        next_look = min(asked, default=float("inf")) - time.monotonic()
        return min(SLICE_SECONDS, max(0.01, next_look)) if not self._is_paused else SLICE_SECONDS

    def _has_news(self, numbers: "list[int] | range") -> bool:
        """Look at some modules; whether one of them shows something else than at the last full look."""
        if not numbers:
            return False
        has_news = False
        seen = self._gateway.presence(numbers, patience_seconds=PATIENCE_SECONDS)
        for number, presence in zip(numbers, seen, strict=True):
            module = self._modules[number]
            module.next_look = time.monotonic() + LOOK_SECONDS
            if not presence.is_seen and not presence.is_quarantined:
                continue  # in use
            before, module.shown = module.fingerprint, presence
            module.is_watched_by_service = self._are_readers(presence.readers)
            if module.fingerprint != before:
                has_news = True  # and what this look cost, starting a child or reading a card, says nothing of others
            else:
                seconds = min(LONGEST_LOOK_SECONDS, max(LOOK_SECONDS, presence.cost_seconds * LOOK_SHARE))
                module.next_look = time.monotonic() + seconds
        return has_news

    def _look_fully(self) -> None:
        self._must_look = False
        listing = self._look(PATIENCE_SECONDS)
        if self._is_closed:
            return
        if any(problem.code == ErrorCode.TOKEN_MODULE_SLOW.value for problem in listing.problems):
            self._must_look = True
        if listing != self._last:
            self._last = listing
            self._call(lambda: self._on_news(listing))

    def _are_readers(self, slots: tuple[str, ...]) -> bool:
        """Whether all slots of a module are readers of the service; drivers cut names at 64 characters."""
        if self._readers is None or not slots:
            return False
        try:
            names = self._readers.names()
        except PcscError:
            return False
        return all(any(name.startswith(slot.strip()) for name in names) for slot in slots)

    def _open_readers(self) -> CardReaders | None:
        if time.monotonic() < self._next_open:
            return None
        self._next_open = time.monotonic() + REOPEN_SECONDS
        try:
            self._readers = CardReaders()
        except PcscError as error:
            log.debug("no smart-card service: %s", error)
            return None
        log.info("watching the smart-card service")
        for module in self._modules:
            module.next_look = 0.0  # to see whether its slots are readers of the service
        return self._readers

    def _drop_readers(self) -> None:
        readers, self._readers = self._readers, None
        if readers is not None:
            with contextlib.suppress(PcscError):
                readers.close()
        for module in self._modules:
            module.is_watched_by_service = False

    @staticmethod
    def _call(work: Callable[[], None]) -> None:
        """What others do in our thread must not end it."""
        try:
            work()
        except Exception:
            log.exception("watching tokens goes on")
