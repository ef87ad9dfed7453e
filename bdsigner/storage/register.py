"""The register of signed documents on this machine: only ever added to, each entry chained to the one before (§12).

Beside the chain stands what is convenient and proves nothing: where a file was seen last, and what a PDF was made of.
"""

import os
import sqlite3
from datetime import datetime
from pathlib import Path

from bdsigner.errors import ErrorCode, StorageError
from bdsigner.model.register import (
    CHAIN_START,
    BegunAnew,
    ChainLink,
    HashedFile,
    Register,
    RegisterEvent,
    first_broken,
    link,
    read_link,
)
from bdsigner.storage.database import Database, Schema
from bdsigner.usecases.file_hash import sha256_of

REGISTER_FILE = "signed-documents.sqlite"
_SCHEMA = Schema(
    version=1,
    tables=frozenset({"entry", "head", "place", "conversion"}),
    is_durable=False,  # flushed after each entry, those of a batch together
    statements="""
CREATE TABLE entry (number INTEGER PRIMARY KEY, content TEXT NOT NULL, hash TEXT NOT NULL);
CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL, hash TEXT NOT NULL);
CREATE TABLE place (sha256 TEXT PRIMARY KEY, path BLOB NOT NULL);
CREATE TABLE conversion (pdf_sha256 TEXT PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS entry_is_never_changed BEFORE UPDATE ON entry
    BEGIN SELECT RAISE(ABORT, 'entries are only ever added'); END;
CREATE TRIGGER IF NOT EXISTS entry_is_never_removed BEFORE DELETE ON entry
    BEGIN SELECT RAISE(ABORT, 'entries are only ever added'); END;
""",
)


class FileDocumentRegister:
    """Implements ``ports.DocumentRegister``."""

    def __init__(self, file: Path | None = None) -> None:
        """``file`` is made when first needed; ``None``: in the person's data folder."""
        self._database = Database(REGISTER_FILE, _SCHEMA, file)

    def append(
        self, event: RegisterEvent, *, at: datetime, path: Path | None = None, is_of_batch: bool = False
    ) -> None:
        """See ``ports.DocumentRegister``."""

        def write(database: sqlite3.Connection) -> bool:
            number, previous = _head(database)
            if number == 0:
                for kept in self._set_aside():
                    number, previous = _add(
                        database, link(_begun_anew(kept), number=number + 1, at=at, previous=previous)
                    )
            _add(database, link(event, number=number + 1, at=at, previous=previous))
            file = _file_of(event)
            if path is not None and file is not None:
                database.execute("INSERT OR REPLACE INTO place VALUES (?, ?)", (file.sha256, os.fsencode(path)))
            return True

        if not self._database.attempt(write, False):
            raise self._unavailable()
        if not is_of_batch:
            self.flush()

    def flush(self) -> None:
        """See ``ports.DocumentRegister``."""
        self._database.flush()

    def read(self) -> Register:
        """See ``ports.DocumentRegister``."""

        def look(database: sqlite3.Connection) -> tuple[tuple[ChainLink, ...], tuple[int, str]] | None:
            # As bytes: what somebody put there instead of text must not keep the rest from being read.
            rows = database.execute(
                "SELECT number, CAST(content AS BLOB), CAST(hash AS BLOB) FROM entry ORDER BY number"
            )
            links = tuple(
                ChainLink(number=number, content=_text(content), hash=_text(hash_)) for number, content, hash_ in rows
            )
            return links, _head(database)

        found = self._database.attempt(look, None)
        if found is None:
            raise self._unavailable()
        links, head = found
        return Register(
            entries=tuple(entry for one in links if (entry := read_link(one)) is not None),
            links=links,
            first_broken=first_broken(links, head),
            set_aside=tuple(kept.name for kept in self._set_aside()),
        )

    def place_of(self, sha256: str) -> Path | None:
        """See ``ports.DocumentRegister``."""

        def look(database: sqlite3.Connection) -> Path | None:
            row = database.execute("SELECT path FROM place WHERE sha256 = ?", (sha256,)).fetchone()
            return Path(os.fsdecode(row[0])) if row is not None else None

        return self._database.attempt(look, None)

    def last_at(self, path: Path) -> str:
        """See ``ports.DocumentRegister``."""

        def look(database: sqlite3.Connection) -> str:
            row = database.execute(
                "SELECT sha256 FROM place WHERE path = ? ORDER BY rowid DESC LIMIT 1", (os.fsencode(path),)
            ).fetchone()
            return str(row[0]) if row is not None else ""

        return self._database.attempt(look, "")

    def note_conversion(self, pdf_sha256: str, source: HashedFile) -> None:
        """See ``ports.DocumentRegister``."""

        def write(database: sqlite3.Connection) -> None:
            values = (pdf_sha256, source.name, source.sha256)
            database.execute("INSERT OR REPLACE INTO conversion VALUES (?, ?, ?)", values)

        self._database.attempt(write, None)

    def converted_from(self, sha256: str) -> HashedFile | None:
        """See ``ports.DocumentRegister``."""

        def look(database: sqlite3.Connection) -> HashedFile | None:
            row = database.execute("SELECT name, sha256 FROM conversion WHERE pdf_sha256 = ?", (sha256,)).fetchone()
            return HashedFile(name=str(row[0]), sha256=str(row[1])) if row is not None else None

        return self._database.attempt(look, None)

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        self._database.close()

    def _set_aside(self) -> list[Path]:
        """Registers that ``Database`` put aside, the oldest first."""
        file = self._database.file
        return sorted(file.parent.glob(f"{file.stem}.damaged-*{file.suffix}"))

    def _unavailable(self) -> StorageError:
        return StorageError(ErrorCode.STORAGE_REGISTER, path=str(self._database.file))


def _head(database: sqlite3.Connection) -> tuple[int, str]:
    row = database.execute("SELECT number, hash FROM head").fetchone()
    return (int(row[0]), str(row[1])) if row is not None else (0, CHAIN_START)


def _add(database: sqlite3.Connection, added: ChainLink) -> tuple[int, str]:
    database.execute("INSERT INTO entry VALUES (?, ?, ?)", (added.number, added.content, added.hash))
    database.execute("INSERT OR REPLACE INTO head VALUES (1, ?, ?)", (added.number, added.hash))
    return added.number, added.hash


def _begun_anew(kept: Path) -> BegunAnew:
    try:
        sha256 = sha256_of(kept)
    except OSError:
        sha256 = ""
    return BegunAnew(kept=HashedFile(name=kept.name, sha256=sha256))


def _file_of(event: RegisterEvent) -> HashedFile | None:
    match event:
        case BegunAnew():
            return None
        case _:
            return getattr(event, "target", None) or getattr(event, "file", None)


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
