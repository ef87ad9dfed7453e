"""One small SQLite file of ours, for several processes at once: every change whole or absent, also after kill -9.

What the file holds is never worth stopping work for: one that cannot be used is put aside by name and a new one
begun; one that cannot be read or written for the moment answers with what the caller says stands for "unknown".
"""

import contextlib
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from bdsigner.storage.paths import data_folder, ensure_folder

log = logging.getLogger(__name__)

BUSY_SECONDS = 5.0
"""How long one process waits for another that is writing."""
RETRY_SECONDS = 0.01
"""Between two looks whether another process has finished making the file."""

Result = TypeVar("Result")


class UnusableFileError(Exception):
    """The file is none of ours: damaged, of a newer program, or something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """What a file must hold."""

    version: int
    statements: str
    """``CREATE TABLE …``, ``CREATE INDEX …``."""
    tables: frozenset[str]
    is_durable: bool = True
    """Whether each change outlasts a power cut; else it outlasts the end of the process only, and costs no flush."""
    is_checked: bool = True
    """Whether the whole file is read through when it is opened; else damage is found where it is met."""


class Database:
    """Made when first needed; may be used from any thread."""

    def __init__(self, name: str, schema: Schema, file: Path | None = None) -> None:
        """``file`` ``None``: ``name`` in the person's data folder."""
        self._name = name
        self._schema = schema
        self._given = file
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    @property
    def file(self) -> Path:
        """Where it is kept."""
        return self._given or data_folder() / self._name

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        with self._lock:
            self._close()

    def attempt(self, work: Callable[[sqlite3.Connection], Result], otherwise: Result) -> Result:
        """Do it in one transaction; a file that is found unusable is put aside and the work tried once more."""
        with self._lock:
            for _ in range(2):
                try:
                    with self._transaction() as database:
                        return work(database)
                except (UnusableFileError, ValueError, TypeError, AttributeError) as error:
                    self._put_aside(str(error))
                except sqlite3.OperationalError as error:  # locked for long, disk full, read-only
                    log.warning("%s cannot be used now: %s", self._name, error)
                    self._close()
                    return otherwise
                except sqlite3.DatabaseError as error:
                    self._put_aside(str(error))
                except OSError as error:
                    log.warning("%s cannot be used now: %s", self._name, error)
                    return otherwise
            return otherwise

    def flush(self) -> None:
        """Let what was written outlast a power cut, where each change does not by itself.  Never raises."""
        with self._lock:
            try:
                # As SQLite itself would after each change; it holds no lock on the log that closing could drop.
                with log_of(self.file).open("r+b") as written:
                    os.fsync(written.fileno())
            except OSError as error:
                log.warning("%s cannot be flushed now: %s", self._name, error)

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        if self._connection is None:
            self._connection = open_file(self.file, self._schema)
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            yield self._connection

    def _put_aside(self, reason: str) -> None:
        """Give the file another name, with what SQLite keeps beside it; never overwrites an earlier one."""
        self._close()
        kept = name_aside(self.file)
        log.error("%s cannot be used (%s); kept as %s, a new one begins", self._name, reason, kept.name)
        with contextlib.suppress(OSError):
            self.file.replace(kept)
        put_rest_aside(self.file, kept)

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()


def log_of(file: Path) -> Path:
    """Where SQLite keeps what is written last, until it is brought into the file."""
    return file.with_name(f"{file.name}-wal")


def name_aside(file: Path) -> Path:
    """Another name for a damaged file, one that none had before."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    return file.with_name(f"{file.stem}.damaged-{stamp}{file.suffix}")


def put_rest_aside(file: Path, kept: Path) -> None:
    """Let what SQLite keeps beside the file follow it to its new name.  Never raises."""
    for suffix in ("-wal", "-shm"):
        with contextlib.suppress(OSError):
            file.with_name(file.name + suffix).replace(kept.with_name(kept.name + suffix))


def open_file(file: Path, schema: Schema) -> sqlite3.Connection:
    """Open or make the file.  Raises ``UnusableFileError``, ``sqlite3.Error``, ``OSError``."""
    ensure_folder(file.parent)
    database = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        _keep_a_log_beside(database)
        database.execute(f"PRAGMA synchronous = {'FULL' if schema.is_durable else 'NORMAL'}")
        database.execute("BEGIN")  # both of one moment: another process may be making them
        version = int(database.execute("PRAGMA user_version").fetchone()[0])
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        database.execute("COMMIT")
        if version == 0 and not tables:
            _make(database, schema)
        elif version != schema.version or not tables >= schema.tables:
            raise UnusableFileError(f"schema version {version}")
        elif schema.is_checked and database.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise UnusableFileError("damaged")
    except BaseException:
        database.close()
        raise
    return database


def _keep_a_log_beside(database: sqlite3.Connection) -> None:
    """Turn to write-ahead logging.  SQLite does not wait for its time-out here while others open the same new file."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            database.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= deadline:
                raise
            time.sleep(RETRY_SECONDS)
        else:
            return


def _make(database: sqlite3.Connection, schema: Schema) -> None:
    """Two processes may both be first: the second finds the tables made."""
    script = f"BEGIN IMMEDIATE; {schema.statements.replace('CREATE TABLE', 'CREATE TABLE IF NOT EXISTS')}"
    script = script.replace("CREATE INDEX", "CREATE INDEX IF NOT EXISTS")
    database.executescript(f"{script} PRAGMA user_version = {schema.version}; COMMIT;")
