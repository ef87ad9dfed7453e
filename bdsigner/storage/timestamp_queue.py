"""Signed files that wait for a timestamp, kept through crashes: one small SQLite file, for window and command line.

The order of work on one file makes its replacement happen once: what it will become is kept, then it is replaced,
then it is removed.  After a crash at any point its SHA-256 tells which of these were done.
"""

import os
import sqlite3
from datetime import datetime
from pathlib import Path

from bdsigner.model.extension import Successor, WaitingFile
from bdsigner.model.signature import SignatureLevel
from bdsigner.storage.database import Database, Schema

QUEUE_FILE = "waiting.sqlite"
_SCHEMA = Schema(
    version=1,
    tables=frozenset({"waiting", "successor"}),
    statements="""
CREATE TABLE waiting (
    path BLOB PRIMARY KEY, sha256 TEXT NOT NULL, level TEXT NOT NULL, since TEXT NOT NULL, attempts INTEGER NOT NULL,
    last_error TEXT NOT NULL, next_attempt TEXT);
CREATE TABLE successor (path BLOB NOT NULL, sha256 TEXT NOT NULL, level TEXT NOT NULL, PRIMARY KEY (path, sha256));
""",
)


class FileTimestampQueue:
    """Implements ``ports.TimestampQueue``."""

    def __init__(self, file: Path | None = None) -> None:
        """``file`` is made when first needed; ``None``: in the person's data folder."""
        self._database = Database(QUEUE_FILE, _SCHEMA, file)

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        self._database.close()

    def add(self, file: WaitingFile) -> bool:
        """See ``ports.TimestampQueue``."""

        def write(database: sqlite3.Connection) -> bool:
            key = os.fsencode(file.path.absolute())
            database.execute("DELETE FROM successor WHERE path = ?", (key,))
            database.execute("INSERT OR REPLACE INTO waiting VALUES (?, ?, ?, ?, ?, ?, ?)", (key, *_values(file)))
            return True

        return self._database.attempt(write, False)

    def waiting(self) -> tuple[WaitingFile, ...]:
        """See ``ports.TimestampQueue``."""
        return self._database.attempt(_read, ())

    def will_become(self, file: WaitingFile, successor: Successor) -> bool:
        """See ``ports.TimestampQueue``."""

        def write(database: sqlite3.Connection) -> bool:
            key = os.fsencode(file.path)
            if database.execute("SELECT 1 FROM waiting WHERE path = ?", (key,)).fetchone() is None:
                return False
            values = (key, successor.sha256, successor.level.value)
            database.execute("INSERT OR IGNORE INTO successor VALUES (?, ?, ?)", values)
            return True

        return self._database.attempt(write, False)

    def update(self, before: WaitingFile, after: WaitingFile) -> None:
        """See ``ports.TimestampQueue``."""

        def write(database: sqlite3.Connection) -> None:
            database.execute(
                "UPDATE waiting SET sha256 = ?, level = ?, since = ?, attempts = ?, last_error = ?, next_attempt = ?"
                " WHERE path = ? AND sha256 = ?",
                (*_values(after), os.fsencode(before.path), before.sha256),
            )

        self._database.attempt(write, None)

    def remove(self, path: Path) -> None:
        """See ``ports.TimestampQueue``."""

        def write(database: sqlite3.Connection) -> None:
            for table in ("waiting", "successor"):
                database.execute(f"DELETE FROM {table} WHERE path = ?", (os.fsencode(path),))  # noqa: S608  # literals

        self._database.attempt(write, None)


def _values(file: WaitingFile) -> tuple[str | int | None, ...]:
    next_attempt = file.next_attempt.isoformat() if file.next_attempt is not None else None
    since = file.since.isoformat()
    return file.sha256, file.level.value, since, file.attempts, file.last_error, next_attempt


def _read(database: sqlite3.Connection) -> tuple[WaitingFile, ...]:
    successors: dict[bytes, list[Successor]] = {}
    for key, sha256, level in database.execute("SELECT path, sha256, level FROM successor"):
        successors.setdefault(key, []).append(Successor(sha256=sha256, level=SignatureLevel(level)))
    rows = database.execute(
        "SELECT path, sha256, level, since, attempts, last_error, next_attempt FROM waiting ORDER BY since, path"
    )
    return tuple(
        WaitingFile(
            path=Path(os.fsdecode(key)),
            sha256=sha256,
            level=SignatureLevel(level),
            since=datetime.fromisoformat(since),
            attempts=attempts,
            last_error=last_error,
            next_attempt=datetime.fromisoformat(next_attempt) if next_attempt is not None else None,
            successors=tuple(successors.get(key, ())),
        )
        for key, sha256, level, since, attempts, last_error, next_attempt in rows
    )
