"""Signed files get their names: those that are ready at the same time together, as databases commit.

A file is flushed before it gets its name, and its hash stands in the journal before that; what a group shares is the
journal's transaction, the wait for the disk and the flush of the folder (docs/decisions/012-batches.md).
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from threading import BoundedSemaphore, Lock
from types import TracebackType
from typing import Self

from bdsigner.errors import BdsignerError
from bdsigner.model.batch import JournalNote, JournalStep
from bdsigner.model.signature import SignatureResult
from bdsigner.ports import NewFile, Services
from bdsigner.usecases.file_hash import sha256_of

WAITING_MAX = 32
"""Whole files without a name: when the disk is slower than the token, signing waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOutput:
    """A file that is signed and has no name yet."""

    number: int
    """In the plan."""
    output: NewFile
    result: SignatureResult
    printed: datetime
    held: ExitStack
    """Closed when it has its name or failed: lets go of the temporary file."""


class Publisher:
    """Used in a ``with`` statement, which ends when every file that was handed over has been told of."""

    def __init__(
        self, services: Services, batch: int, *, told: Callable[[SignedOutput, BdsignerError | None], None]
    ) -> None:
        """``batch``: in the journal, 0 for none.  ``told`` is called in a thread of ours, with the error or ``None``."""
        self._services = services
        self._batch = batch
        self._told = told
        self._room = BoundedSemaphore(WAITING_MAX)
        self._lock = Lock()
        self._waiting: list[SignedOutput] = []
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="publish")
        self._running: list[Future[None]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._pool.shutdown()
        if error is None:
            for future in self._running:
                future.result()

    def hand_over(self, signed: SignedOutput) -> None:
        """Have the file named soon; returns at once unless many wait.  From any thread."""
        self._room.acquire()
        with self._lock:
            self._waiting.append(signed)
            self._running.append(self._pool.submit(self._publish_waiting))

    def _publish_waiting(self) -> None:
        with self._lock:
            group, self._waiting = self._waiting, []
        try:
            self._publish(group)
        finally:
            for signed in group:
                signed.held.close()
                self._room.release()

    def _publish(self, group: list[SignedOutput]) -> None:
        if not group:
            return
        if self._batch:
            notes = [
                JournalNote(one.number, JournalStep.COMMITTING, one.output.partial, _hash_of(one.output))
                for one in group
            ]
            self._services.journal.note_all(self._batch, notes)
        errors = self._services.outputs.commit_all([one.output for one in group])
        for one, error in zip(group, errors, strict=True):
            one.held.close()
            self._told(one, error)
        if self._batch:  # last: what is to be known of a file that has its name is known before it counts as over
            named = [one for one, error in zip(group, errors, strict=True) if error is None]
            self._services.journal.note_all(self._batch, [JournalNote(one.number, JournalStep.OVER) for one in named])


def _hash_of(output: NewFile) -> str:
    """Empty for a file that cannot be read: committing it says why."""
    try:
        return sha256_of(output.partial)
    except OSError:
        return ""
