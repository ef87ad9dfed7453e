"""The journal of batches: which file came how far, so that a batch can be resumed after kill -9.

Each step is one small transaction, of one file or of several that take it together.  Against a power cut the journal may lag behind the files; a resumed batch then
knows a finished file by its content.
"""

import os
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bdsigner.model.batch import JournalledFile, JournalNote, JournalStep, UnfinishedBatch
from bdsigner.model.signature import SigningPlan
from bdsigner.model.wire import decode_path, encode_path
from bdsigner.storage.database import Database, Schema
from bdsigner.storage.locks import LifeLock

JOURNAL_FILE = "batches.sqlite"
_SCHEMA = Schema(
    version=1,
    tables=frozenset({"batch", "file"}),
    is_durable=False,
    statements="""
CREATE TABLE batch (id INTEGER PRIMARY KEY AUTOINCREMENT, began_at TEXT NOT NULL, plan BLOB NOT NULL);
CREATE TABLE file (
    batch INTEGER NOT NULL, number INTEGER NOT NULL, step TEXT NOT NULL, partial BLOB, sha256 TEXT NOT NULL,
    PRIMARY KEY (batch, number));
""",
)


class FileBatchJournal:
    """Implements ``ports.BatchJournal``."""

    def __init__(self, file: Path | None = None) -> None:
        """``file`` is made when first needed; ``None``: in the person's data folder."""
        self._database = Database(JOURNAL_FILE, _SCHEMA, file)
        self._held: dict[int, LifeLock] = {}

    def begin(self, plan: SigningPlan, *, instead_of: int = 0) -> int:
        """See ``ports.BatchJournal``."""
        content = msgspec.json.encode(plan, enc_hook=encode_path)

        def write(database: sqlite3.Connection) -> int:
            now = datetime.now(UTC).isoformat()
            batch = database.execute("INSERT INTO batch (began_at, plan) VALUES (?, ?)", (now, content)).lastrowid or 0
            rows = [(batch, number, JournalStep.PLANNED.value, None, "") for number in range(len(plan.files))]
            database.executemany("INSERT INTO file VALUES (?, ?, ?, ?, ?)", rows)
            _delete(database, instead_of)
            return batch

        batch = self._database.attempt(write, 0)
        if batch:
            self._hold(batch)
        self._release(instead_of)
        return batch

    def note(
        self, batch: int, number: int, step: JournalStep, *, partial: Path | None = None, sha256: str = ""
    ) -> bool:
        """See ``ports.BatchJournal``."""
        return self.note_all(batch, [JournalNote(number, step, partial, sha256)])

    def note_all(self, batch: int, notes: Sequence[JournalNote]) -> bool:
        """See ``ports.BatchJournal``."""
        rows = [
            (one.step.value, os.fsencode(one.partial) if one.partial else None, one.sha256, batch, one.number)
            for one in notes
        ]

        def write(database: sqlite3.Connection) -> bool:
            database.executemany(
                "UPDATE file SET step = ?, partial = COALESCE(?, partial), sha256 = ? WHERE batch = ? AND number = ?",
                rows,
            )
            return True

        return not batch or self._database.attempt(write, False)

    def end(self, batch: int) -> None:
        """See ``ports.BatchJournal``."""
        self._database.attempt(lambda database: _delete(database, batch), None)
        self._release(batch)

    def unfinished(self) -> tuple[UnfinishedBatch, ...]:
        """See ``ports.BatchJournal``."""
        nothing: tuple[UnfinishedBatch, ...] = ()
        found = self._database.attempt(_read, nothing)
        return tuple(batch for batch in found if batch.id not in self._held and self._is_abandoned(batch.id))

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        self._database.close()

    def _lock(self, batch: int) -> LifeLock:
        file = self._database.file
        return LifeLock(file.with_name(f"{file.stem}-{batch}.lock"))

    def _hold(self, batch: int) -> None:
        lock = self._lock(batch)
        if lock.take():
            self._held[batch] = lock

    def _release(self, batch: int) -> None:
        lock = self._held.pop(batch, None)
        if lock is not None:
            lock.release()

    def _is_abandoned(self, batch: int) -> bool:
        """Whether the process that began it is gone."""
        lock = self._lock(batch)
        try:
            is_free = lock.take()
        except OSError:
            return False
        lock.release()
        return is_free


def _delete(database: sqlite3.Connection, batch: int) -> None:
    database.execute("DELETE FROM file WHERE batch = ?", (batch,))
    database.execute("DELETE FROM batch WHERE id = ?", (batch,))


def _read(database: sqlite3.Connection) -> tuple[UnfinishedBatch, ...]:
    batches = []
    for batch, began_at, content in database.execute("SELECT id, began_at, plan FROM batch ORDER BY id").fetchall():
        plan = msgspec.json.decode(content, type=SigningPlan, dec_hook=decode_path)
        rows = database.execute(
            "SELECT number, step, partial, sha256 FROM file WHERE batch = ? ORDER BY number", (batch,)
        ).fetchall()
        files = tuple(
            JournalledFile(
                plan=plan.files[number],
                step=JournalStep(step),
                partial=Path(os.fsdecode(partial)) if partial is not None else None,
                sha256=sha256,
            )
            for number, step, partial, sha256 in rows
        )
        batches.append(UnfinishedBatch(id=batch, began_at=datetime.fromisoformat(began_at), plan=plan, files=files))
    return tuple(batches)
