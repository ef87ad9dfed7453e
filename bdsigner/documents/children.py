"""The document children as processes: which there are, what they import ahead, when they start.

Imports nothing but ``childproc`` and numbers: a command line starts its child here before it imports anything else, so that both
import at the same time.
"""

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from enum import StrEnum

from bdsigner.childproc import ChildProcess, FrameLimits, worker_argv
from bdsigner.model.limits import SIGNERS_AT_ONCE

MAX_RASTER_PIXELS = 40_000_000
"""Largest picture drawn: an A3 page at 400 dpi is 31 megapixels."""
LIMITS = FrameLimits(head_bytes=8 << 20, body_bytes=4 * MAX_RASTER_PIXELS)
"""The head holds 20,000 page sizes or a report with its certificates; the body an RGBA picture or a CRL (32 MiB)."""


START_SECONDS = 0.25
"""Starting a child costs some 0.5 s of a processor: whoever finds all busy first waits half of that for one."""

KEPT_SECONDS = 30.0
"""How long the children of a batch wait for another one."""


class Lane(StrEnum):
    """Kinds of document child: drawing never waits behind signing."""

    VIEW = "view"
    """Inspects and draws; may not write any file."""
    WORK = "work"
    """Signs, verifies, assesses certificates."""


class Skill(StrEnum):
    """What a child imports when it starts instead of at the first call that needs it."""

    READING = "reading"
    """Looks at documents and draws their pages."""
    DRAWING = "drawing"
    """Reading, and visible signatures drawn: fonts and pyHanko on top."""
    SIGNING = "signing"
    """With the assessment of the signer's certificate."""
    VERIFYING = "verifying"

    @property
    def lane(self) -> Lane:
        """The child that has it."""
        return Lane.VIEW if self in (Skill.READING, Skill.DRAWING) else Lane.WORK


class _Pool:
    """Children that are alike: one that is always there, and more while a batch wants them."""

    def __init__(self, first: ChildProcess, make: Callable[[], ChildProcess], *, most: int) -> None:
        self._first = first
        self._make = make
        self._most = self._usual = most
        self._idle = [first]
        self._made = 1
        self._returned = threading.Condition()

    @contextmanager
    def one(self, *, is_spare: bool = False) -> Iterator[ChildProcess]:
        """A child for whoever asks alone; where all are busy one is made, if there may be more and none returns soon.

        ``is_spare``: rather not the one that is always there.
        """
        with self._returned:
            while not self._idle:
                patience = START_SECONDS if self._made < self._most else None
                if not self._returned.wait_for(lambda: self._idle, patience) and self._made < self._most:
                    self._add()
            child = self._idle.pop(-1 if is_spare else 0)
        try:
            yield child
        finally:
            with self._returned:
                # The one that is always there comes first: alone it serves all but batches.
                self._idle.insert(0 if child is self._first else len(self._idle), child)
                self._returned.notify()

    def start(self, count: int) -> None:
        """Have that many, and start them: their imports take longer than a document."""
        with self._returned:
            self._most = max(self._most, count)
            while self._made < count:
                self._add()
                self._idle[-1].start()

    def extra(self) -> list[ChildProcess]:
        """The idle ones but the first; they are not handed out again."""
        with self._returned:
            extra = [child for child in self._idle if child is not self._first]
            self._idle = [child for child in self._idle if child is self._first]
            self._made -= len(extra)
            self._most = self._usual
        return extra

    def _add(self) -> None:
        self._idle.append(self._make())
        self._made += 1


class DocumentChildren:
    """One process a lane, and more while a batch wants them; none runs before it is started or called."""

    def __init__(self, skills: Collection[Skill] = (), *, worker: Sequence[str] | None = None) -> None:
        """``skills``: what will be wanted; the children can do the rest too, after an import.

        ``worker``: command of another program in the place of ours.
        """
        self._command = list(worker_argv("documents") if worker is None else worker)
        self._processes = {lane: self._make(lane, [skill for skill in skills if skill.lane is lane]) for lane in Lane}
        signer, reader = self._processes[Lane.WORK], self._processes[Lane.VIEW]
        self._resting_lock = threading.Lock()
        self._resting: threading.Timer | None = None
        self._workers = _Pool(signer, lambda: self._make(Lane.WORK, [Skill.SIGNING]), most=SIGNERS_AT_ONCE)
        self._readers = _Pool(reader, lambda: self._make(Lane.VIEW, [Skill.READING]), most=1)

    def __getitem__(self, lane: Lane) -> ChildProcess:
        return self._processes[lane]

    def worker(self) -> AbstractContextManager[ChildProcess]:
        """A child to sign or judge one document with, for whoever asks alone; waits where all are busy."""
        return self._workers.one()

    def reader(self) -> AbstractContextManager[ChildProcess]:
        """A child to read one document with; there are more than one while a batch expects them."""
        return self._readers.one()

    def spare_reader(self) -> AbstractContextManager[ChildProcess]:
        """Where there are more, not the one that draws what a person waits for."""
        return self._readers.one(is_spare=True)

    def expect_batch(self, *, signers: int, readers: int) -> None:
        """Start what a batch will want, so that its imports are over when it is wanted."""
        with self._resting_lock:
            self._stay_awake()
        self._workers.start(signers)
        self._readers.start(readers)

    def rest(self) -> None:
        """End the idle ones that only a batch needs, unless another batch comes soon: starting them is what costs."""
        with self._resting_lock:
            self._stay_awake()
            self._resting = threading.Timer(KEPT_SECONDS, self._end_extra)
            self._resting.daemon = True
            self._resting.start()

    def close(self) -> None:
        """End all at once; calls still running fail."""
        with self._resting_lock:
            self._stay_awake()
        for process in (*self._processes.values(), *self._workers.extra(), *self._readers.extra()):
            process.kill()
            process.close()

    def _stay_awake(self) -> None:
        if self._resting is not None:
            self._resting.cancel()
            self._resting = None

    def _end_extra(self) -> None:
        for child in (*self._workers.extra(), *self._readers.extra()):
            child.close()

    def _make(self, lane: Lane, skills: Sequence[Skill]) -> ChildProcess:
        return ChildProcess([*self._command, lane, *skills], name=f"documents-{lane}", limits=LIMITS)
