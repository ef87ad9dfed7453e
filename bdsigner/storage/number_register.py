"""The agency's own register of document numbers on this machine: what was given, to which file, what comes next (Đ10.3b).

A number is claimed before it is typed into a document and settled afterwards; between two windows the first claim counts.
"""

import os
import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from bdsigner.model.numbering import DocumentNumber
from bdsigner.storage.database import Database, Schema

REGISTER_FILE = "numbers.sqlite"
_DIGITS = re.compile(r"\d+")
_SCHEMA = Schema(
    version=1,
    tables=frozenset({"number"}),
    statements="""
CREATE TABLE number (
    symbol TEXT NOT NULL, year INTEGER NOT NULL, number TEXT NOT NULL, path BLOB NOT NULL, at TEXT NOT NULL,
    is_signed INTEGER NOT NULL, PRIMARY KEY (symbol, year, number));
""",
)


class FileNumberRegister:
    """Implements ``ports.NumberRegister``."""

    def __init__(self, file: Path | None = None) -> None:
        """``file`` is made when first needed; ``None``: in the person's data folder."""
        self._database = Database(REGISTER_FILE, _SCHEMA, file)

    def next_number(self, symbol: str, year: int) -> str:
        """See ``ports.NumberRegister``."""

        def read(database: sqlite3.Connection) -> str:
            rows = database.execute("SELECT number FROM number WHERE symbol = ? AND year = ?", (symbol, year))
            given = [int(digits[0]) for (number,) in rows if (digits := _DIGITS.match(number))]
            return str(max(given, default=0) + 1)

        return self._database.attempt(read, "")

    def holder(self, number: DocumentNumber) -> Path | None:
        """See ``ports.NumberRegister``."""
        return self._database.attempt(lambda database: _holder(database, number), None)

    def claim(self, number: DocumentNumber, path: Path) -> Path | None:
        """See ``ports.NumberRegister``."""

        def write(database: sqlite3.Connection) -> Path | None:
            database.execute(
                "INSERT OR IGNORE INTO number VALUES (?, ?, ?, ?, ?, 0)",
                (*_key(number), os.fsencode(path), datetime.now(UTC).isoformat()),
            )
            holder = _holder(database, number)
            return None if holder == path else holder

        return self._database.attempt(write, None)

    def settle(self, number: DocumentNumber, path: Path, *, is_signed: bool) -> None:
        """See ``ports.NumberRegister``."""

        def write(database: sqlite3.Connection) -> None:
            where = "symbol = ? AND year = ? AND number = ? AND path = ?"
            values = (*_key(number), os.fsencode(path))
            if is_signed:
                database.execute(f"UPDATE number SET is_signed = 1 WHERE {where}", values)  # noqa: S608 # no value in it
            else:
                database.execute(f"DELETE FROM number WHERE {where} AND is_signed = 0", values)  # noqa: S608

        self._database.attempt(write, None)

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        self._database.close()


def _key(number: DocumentNumber) -> tuple[str, int, str]:
    return number.symbol, number.year, number.number


def _holder(database: sqlite3.Connection, number: DocumentNumber) -> Path | None:
    row = database.execute(
        "SELECT path FROM number WHERE symbol = ? AND year = ? AND number = ?", _key(number)
    ).fetchone()
    return Path(os.fsdecode(row[0])) if row is not None else None
