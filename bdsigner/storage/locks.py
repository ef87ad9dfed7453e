"""A lock that a process holds as long as it lives: the system releases it also after kill -9."""

import contextlib
import os
import sys
from pathlib import Path


class LifeLock:
    """Held from ``take`` to ``release`` or to the end of the process."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor = -1

    def take(self) -> bool:
        """Take it without waiting; false when a living process has it.  Raises ``OSError``."""
        while True:
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                _lock(descriptor)
            except OSError:
                os.close(descriptor)
                return False
            if self._is_named(descriptor):
                self._descriptor = descriptor
                return True
            # Its holder removed it between our opening and our locking: a lock on it keeps nobody out.
            os.close(descriptor)

    def release(self) -> None:
        """Give it back and remove its file.  Never raises."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            # Removed while it is still held: whoever opens the name afterwards makes a file of their own.
            with contextlib.suppress(OSError):
                self._file.unlink()
            os.close(descriptor)

    def _is_named(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), self._file.stat())
        except FileNotFoundError:
            return False


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
