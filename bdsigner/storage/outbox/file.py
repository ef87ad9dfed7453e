"""The file of the outbox: opened, worked on by one at a time, put aside and rebuilt when it is damaged."""

import contextlib
import logging
import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from bdsigner.errors import ErrorCode, StorageError
from bdsigner.model.request import Request
from bdsigner.storage.database import UnusableFileError, open_file
from bdsigner.storage.locks import LifeLock
from bdsigner.storage.outbox.errors import is_damage, outbox_error
from bdsigner.storage.outbox.notice import RecoveryNotice
from bdsigner.storage.outbox.record import OUTBOX_FILE, SCHEMA, request_folders
from bdsigner.storage.outbox.recovery import put_aside, reconcile
from bdsigner.storage.partials import sweep_partials, sync_folder
from bdsigner.storage.paths import ensure_folder

log = logging.getLogger(__name__)

LOCK_FILE = "outbox.lock"
WAIT_SECONDS = 10.0
"""How long one process waits for another: a change takes some milliseconds, on a slow disk a second."""
POLL_SECONDS = 0.001
"""Shorter than the pause of a process that makes one change after the other, so that it cannot keep others out."""
TRIES = 3
"""The file is rebuilt at most twice for one call: a disk that damages what was just written is not written to for ever."""

Result = TypeVar("Result")


@dataclass(slots=True, kw_only=True)
class OpenOutbox:
    """What one transaction works with."""

    folder: Path
    database: sqlite3.Connection
    reason: str = ""
    """What is known to be wrong with it; empty: nothing."""
    take_back: Callable[[], object] = lambda: None
    """What to do when the transaction fails; may raise ``OSError``, ``StorageError`` …"""
    afterwards: list[Callable[[], object]] = field(default_factory=list)
    """… and when it is done; raises nothing."""

    def reconcile(self) -> dict[str, Request]:
        """All that can be read, once rows and copies agree.  Raises ``sqlite3.Error``, ``OSError``, ``StorageError``."""
        done = reconcile(self.database, self.folder, RecoveryNotice(self.folder), reason=self.reason)
        self.afterwards += [partial(remove_tree, place) for place in done.removed]
        return dict(done.requests)


class OutboxFile:
    """Made when first needed; for any thread and process."""

    def __init__(self, folder: Callable[[], Path]) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._identity = (0, 0)
        self._reason = ""

    def work(self, work: Callable[[OpenOutbox], Result]) -> Result:
        """Do it in one transaction; a damaged file is put aside and rebuilt, and the work done on that.

        Raises ``StorageError``, and what ``work`` raises.
        """
        with self.errors():
            ensure_folder(self._folder())
            with self.alone():
                for _ in range(TRIES):
                    try:
                        return self._transact(work)
                    except UnusableFileError as error:
                        self._put_aside(str(error))
                    except sqlite3.Error as error:
                        if not is_damage(error, self._file):
                            raise
                        self._put_aside(str(error))
        raise StorageError(ErrorCode.STORAGE_OUTBOX, reason="damaged again and again")

    def close(self) -> None:
        """Let go of it; the next work opens it again."""
        with self._lock:
            self._close()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """No other thread and no other process works on it meanwhile.  Raises ``OSError``, ``StorageError``."""
        with self._lock:
            lock, until = LifeLock(self._folder() / LOCK_FILE), time.monotonic() + WAIT_SECONDS
            while not lock.take():
                if time.monotonic() >= until:
                    raise StorageError(ErrorCode.STORAGE_OUTBOX, reason="another process does not let go of it")
                time.sleep(POLL_SECONDS)
            try:
                yield
            finally:
                lock.release()

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turns ``OSError`` and ``sqlite3.Error`` into ``StorageError``."""
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise outbox_error(error, self._file) from error

    def _transact(self, work: Callable[[OpenOutbox], Result]) -> Result:
        try:
            if self._connection is not None and self._identity != _identity(self._file):
                self._close()  # another process has put it aside, or somebody has
            database = self._connection or self._open()
            with self._transaction(database) as opened:
                return work(opened)
        except BaseException:
            self._close()
            raise

    def _open(self) -> sqlite3.Connection:
        file = self._file
        if not os.path.lexists(file):
            self._put_aside("the file was missing")
            os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
            sync_folder(file.parent)
        elif not file.is_file():
            raise UnusableFileError("no file")
        self._connection = database = open_file(file, SCHEMA)
        self._identity = _identity(file)
        with self._transaction(database) as opened:
            opened.reconcile()
        self._reason = ""
        for place in (file.parent, *request_folders(file.parent)):
            sweep_partials(place)
        return database

    @contextmanager
    def _transaction(self, database: sqlite3.Connection) -> Iterator[OpenOutbox]:
        opened = OpenOutbox(folder=self._folder(), database=database, reason=self._reason)
        database.execute("BEGIN IMMEDIATE")
        try:
            yield opened
            database.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                database.execute("ROLLBACK")
            try:
                opened.take_back()
            except (OSError, StorageError) as error:
                log.error("a change that failed could not be taken back: %s", type(error).__name__)
            raise
        for finish in opened.afterwards:
            finish()

    def _put_aside(self, reason: str) -> None:
        if put_aside(self._file, self._folder(), RecoveryNotice(self._folder()), reason=reason):
            self._reason = reason

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    @property
    def _file(self) -> Path:
        return self._folder() / OUTBOX_FILE


def remove_tree(place: Path) -> None:
    """What cannot be removed now is removed when the outbox is opened again."""
    shutil.rmtree(place, ignore_errors=True)


def _identity(file: Path) -> tuple[int, int]:
    """Which file has the name; none: (0, 0)."""
    try:
        status = file.stat()
    except FileNotFoundError:
        return 0, 0
    return status.st_dev, status.st_ino
