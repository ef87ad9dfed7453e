"""Work off the GUI thread: results, errors and progress come back as calls in the GUI thread."""

import logging
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, Signal

from bdsigner.errors import BdsignerError, ErrorCode, UserCancelled

if TYPE_CHECKING:  # the first paint waits for this module, and these are not needed for it
    from concurrent.futures import Future, ThreadPoolExecutor

    from bdsigner.ports import Phase, Progress

_log = logging.getLogger(__name__)

T = TypeVar("T")

ProgressCallback: TypeAlias = "Callable[[Path, Phase, int, int], None]"
"""File, what is done to it, files finished, files in all."""


class Lane(Enum):
    """Threads that jobs queue for; pictures never wait behind a signature."""

    WORK = "work"
    DRAWING = "drawing"


_THREADS = {
    # A signature waiting for its PIN, a look at the tokens, a verification and a first look at a file go on together.
    Lane.WORK: 4,
    # One document child draws, one picture at a time.
    Lane.DRAWING: 1,
}
_pools: "dict[Lane, ThreadPoolExecutor]" = {}
_running: set["Job"] = set()


class Job(QObject):
    """One piece of work under way; made by ``run_job``.

    Lives in the GUI thread and is kept until its end has been delivered there, so that no thread ever deletes it.
    """

    _progressed = Signal(object, object, int, int)
    _ended = Signal(object, object)

    def __init__(
        self,
        owner: QObject,
        done: Callable[[Any], None],
        failed: Callable[[BdsignerError], None],
        progressed: "ProgressCallback | None",
    ) -> None:
        super().__init__()
        self._owner = owner
        self._done = done
        self._failed = failed
        self._on_progress = progressed
        self._cancelled = Event()
        self._future: Future[None] | None = None
        self._progressed.connect(self._deliver_progress, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._deliver_end, Qt.ConnectionType.QueuedConnection)

    def cancel(self) -> None:
        """Ask the work to stop at its next step; ``failed`` then gets ``UserCancelled``, unless it ends before."""
        self._cancelled.set()
        if self._future is not None:
            self._future.cancel()

    def report(self, path: Path, phase: "Phase", *, done: int, total: int) -> None:
        """See ``ports.Progress``; called from the worker thread."""
        if self._cancelled.is_set():
            raise UserCancelled
        self._progressed.emit(path, phase, done, total)

    def is_cancelled(self) -> bool:
        """See ``ports.Progress``."""
        return self._cancelled.is_set()

    def start(self, pool: "ThreadPoolExecutor", work: "Callable[[Progress], Any]") -> None:
        """Queue the work; called once, by ``run_job``."""
        self._future = pool.submit(self._run, work)
        self._future.add_done_callback(self._tell_if_never_run)

    def _run(self, work: "Callable[[Progress], Any]") -> None:
        result: object = None
        error: BdsignerError | None = None
        try:
            result = work(self)
        except BdsignerError as known:
            error = known
        except Exception as bug:  # noqa: BLE001  # the last frame of a thread: whatever is left must reach the person
            _log.error("job ended by %s", type(bug).__name__, exc_info=bug)
            error = BdsignerError(ErrorCode.UNEXPECTED, kind=type(bug).__name__)
        self._ended.emit(result, error)

    def _tell_if_never_run(self, future: "Future[None]") -> None:
        if future.cancelled():
            self._ended.emit(None, UserCancelled())

    def _deliver_progress(self, path: Path, phase: "Phase", done: int, total: int) -> None:
        if self._on_progress is not None and self._owner_exists():
            self._on_progress(path, phase, done, total)

    def _deliver_end(self, result: object, error: BdsignerError | None) -> None:
        _running.discard(self)
        if not self._owner_exists():
            return
        if error is None:
            self._done(result)
        else:
            self._failed(error)

    def _owner_exists(self) -> bool:
        return shiboken6.isValid(self._owner)


def run_job(
    owner: QObject,
    work: "Callable[[Progress], T]",
    *,
    done: Callable[[T], None],
    failed: Callable[[BdsignerError], None],
    progressed: "ProgressCallback | None" = None,
    lane: Lane = Lane.WORK,
) -> Job:
    """Run ``work`` on a pool thread; call from the GUI thread.

    Exactly one of ``done`` and ``failed`` is called, later, in the GUI thread, and none of the three once ``owner``
    is destroyed.  An exception outside ``BdsignerError`` is logged and arrives as ``ErrorCode.UNEXPECTED``.
    """
    job = Job(owner, done, failed, progressed)
    _running.add(job)
    job.start(_pool(lane), work)
    return job


def stop_jobs() -> None:
    """Cancel all jobs and wait for their threads; the next ``run_job`` starts new ones."""
    cancel_jobs()
    for pool in _pools.values():
        pool.shutdown(wait=True, cancel_futures=True)
    _pools.clear()


def cancel_jobs() -> None:
    """Ask all jobs to stop at their next step."""
    for job in tuple(_running):
        job.cancel()


def _pool(lane: Lane) -> "ThreadPoolExecutor":
    if lane not in _pools:
        from concurrent.futures import ThreadPoolExecutor

        _pools[lane] = ThreadPoolExecutor(_THREADS[lane], thread_name_prefix=f"bdsigner-{lane.value}")
    return _pools[lane]
