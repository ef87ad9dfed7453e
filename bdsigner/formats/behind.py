"""Writes in a thread of its own, so that the next block is made meanwhile."""

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from io import RawIOBase
from types import TracebackType
from typing import Self


class WriteBehind:
    """Writes what is given to it, in order; raises what writing raised at a later call, or at the end."""

    DEPTH = 2
    """Buffers that may be waiting; the giver has one more."""

    def __init__(self, output: RawIOBase) -> None:
        self._output = output
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="write-behind")
        self._waiting: deque[Future[None]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._pool.shutdown()
        if error is None:
            for future in self._waiting:
                future.result()

    def write(self, data: bytes | memoryview) -> None:
        """Returns before it is written; a view must stay as it is until two more calls have returned."""
        while len(self._waiting) >= self.DEPTH:
            self._waiting.popleft().result()
        self._waiting.append(self._pool.submit(_write_all, self._output, data))


def _write_all(output: RawIOBase, data: bytes | memoryview) -> None:
    with memoryview(data) as view:
        sent = 0
        while sent < len(view):
            sent += output.write(view[sent:]) or 0
