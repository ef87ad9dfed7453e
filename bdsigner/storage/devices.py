"""What this machine remembers of tokens: one small SQLite file, for the window and the command line at once.

Only public data and counts are kept.  SQLite's own journal makes every change whole or absent, also after kill -9.
"""

import json
import logging
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from bdsigner.model.device import DeviceEvent, DeviceEventKind, KnownDevice, RequestCase, RequestDraft
from bdsigner.model.token import Token
from bdsigner.storage.database import Database, Schema

log = logging.getLogger(__name__)

DEVICES_FILE = "devices.sqlite"
MAX_EVENTS = 10_000
"""A few years of daily use; the oldest go first."""
MAX_CERTIFICATE_BYTES = 64 * 1024
MAX_CERTIFICATES = 32
"""Kept for one device; a token holds two or three and gets new ones every few years."""
_SCHEMA = Schema(
    version=1,
    tables=frozenset({"device", "certificate", "event", "reminder", "acknowledgement", "draft"}),
    statements="""
CREATE TABLE device (
    serial TEXT PRIMARY KEY, label TEXT NOT NULL, model TEXT NOT NULL, manufacturer TEXT NOT NULL,
    first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,
    misses INTEGER NOT NULL DEFAULT 0, always_authenticate TEXT NOT NULL DEFAULT '');
CREATE TABLE certificate (serial TEXT NOT NULL, der BLOB NOT NULL, PRIMARY KEY (serial, der));
CREATE TABLE event (id INTEGER PRIMARY KEY, at TEXT NOT NULL, serial TEXT NOT NULL, kind TEXT NOT NULL,
    detail TEXT NOT NULL);
CREATE INDEX event_serial ON event (serial);
CREATE TABLE reminder (sha256 TEXT NOT NULL, days INTEGER NOT NULL, PRIMARY KEY (sha256, days));
CREATE TABLE acknowledgement (notice TEXT PRIMARY KEY, at TEXT NOT NULL);
CREATE TABLE draft (kind TEXT NOT NULL, serial TEXT NOT NULL, created_at TEXT NOT NULL, facts TEXT NOT NULL,
    PRIMARY KEY (kind, serial));
""",
)


class FileDeviceMemory:
    """Implements ``ports.DeviceMemory``; a file that cannot be used is put aside, and a new one begun."""

    def __init__(self, file: Path | None = None) -> None:
        """``file`` is made when first needed; ``None``: in the person's data folder."""
        self._database = Database(DEVICES_FILE, _SCHEMA, file)

    @property
    def file(self) -> Path:
        """Where it is kept."""
        return self._database.file

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        self._database.close()

    def remember(self, tokens: Sequence[Token]) -> None:
        """See ``ports.DeviceMemory``."""
        now = datetime.now(UTC).isoformat()

        def write(database: sqlite3.Connection) -> None:
            for token in tokens:
                database.execute(
                    "INSERT INTO device (serial, label, model, manufacturer, first_seen, last_seen)"
                    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (serial) DO UPDATE SET label = excluded.label,"
                    " model = excluded.model, manufacturer = excluded.manufacturer, last_seen = excluded.last_seen",
                    (token.serial, token.label, token.model, token.manufacturer, now, now),
                )
                _add_certificates(database, token)

        self._database.attempt(write, None)

    def devices(self) -> tuple[KnownDevice, ...]:
        """See ``ports.DeviceMemory``."""
        return self._database.attempt(_read_devices, ())

    def misses(self, serial: str) -> int | None:
        """See ``ports.DeviceMemory``."""

        def read(database: sqlite3.Connection) -> int:
            row = database.execute("SELECT misses FROM device WHERE serial = ?", (serial,)).fetchone()
            return int(row[0]) if row else 0

        return self._database.attempt(read, None)

    def count_miss(self, serial: str) -> None:
        """See ``ports.DeviceMemory``."""
        self._update_device(serial, "misses = misses + 1")

    def clear_misses(self, serial: str) -> None:
        """See ``ports.DeviceMemory``."""
        self._update_device(serial, "misses = 0")

    def always_authenticate(self, serial: str) -> frozenset[str]:
        """See ``ports.DeviceMemory``."""

        def read(database: sqlite3.Connection) -> frozenset[str]:
            row = database.execute("SELECT always_authenticate FROM device WHERE serial = ?", (serial,)).fetchone()
            return frozenset(str(row[0]).split()) if row else frozenset()

        return self._database.attempt(read, frozenset())

    def set_always_authenticate(self, serial: str, key_ids: frozenset[str]) -> None:
        """See ``ports.DeviceMemory``."""
        self._update_device(serial, "always_authenticate = ?", " ".join(sorted(key_ids)))

    def record(self, event: DeviceEvent) -> None:
        """See ``ports.DeviceMemory``."""
        log.info("device %s: %s %s", event.serial, event.kind.value, event.detail)

        def write(database: sqlite3.Connection) -> None:
            database.execute(
                "INSERT INTO event (at, serial, kind, detail) VALUES (?, ?, ?, ?)",
                (event.at.isoformat(), event.serial, event.kind.value, event.detail),
            )
            database.execute("DELETE FROM event WHERE id <= (SELECT max(id) FROM event) - ?", (MAX_EVENTS,))

        self._database.attempt(write, None)

    def events(self, serial: str = "", *, limit: int = 100) -> tuple[DeviceEvent, ...]:
        """See ``ports.DeviceMemory``."""

        def read(database: sqlite3.Connection) -> tuple[DeviceEvent, ...]:
            rows = database.execute(
                "SELECT at, serial, kind, detail FROM event WHERE ? IN ('', serial) ORDER BY id DESC LIMIT ?",
                (serial, limit),
            )
            return tuple(
                DeviceEvent(at=datetime.fromisoformat(at), serial=of, kind=DeviceEventKind(kind), detail=detail)
                for at, of, kind, detail in rows
            )

        return self._database.attempt(read, ())

    def reminders_shown(self, sha256: str) -> frozenset[int]:
        """See ``ports.DeviceMemory``."""

        def read(database: sqlite3.Connection) -> frozenset[int]:
            return frozenset(
                days for (days,) in database.execute("SELECT days FROM reminder WHERE sha256 = ?", (sha256,))
            )

        return self._database.attempt(read, frozenset())

    def set_reminder_shown(self, sha256: str, days: int) -> None:
        """See ``ports.DeviceMemory``."""
        self._execute("INSERT OR IGNORE INTO reminder (sha256, days) VALUES (?, ?)", sha256, days)

    def is_acknowledged(self, notice: str) -> bool:
        """See ``ports.DeviceMemory``."""

        def read(database: sqlite3.Connection) -> bool:
            return database.execute("SELECT 1 FROM acknowledgement WHERE notice = ?", (notice,)).fetchone() is not None

        return self._database.attempt(read, False)

    def acknowledge(self, notice: str, at: datetime) -> None:
        """See ``ports.DeviceMemory``."""
        self._execute("INSERT OR REPLACE INTO acknowledgement (notice, at) VALUES (?, ?)", notice, at.isoformat())

    def save_draft(self, draft: RequestDraft) -> None:
        """See ``ports.DeviceMemory``."""
        self._execute(
            "INSERT OR REPLACE INTO draft (kind, serial, created_at, facts) VALUES (?, ?, ?, ?)",
            draft.case.value,
            draft.serial,
            draft.created_at.isoformat(),
            json.dumps(draft.facts, ensure_ascii=False),
        )

    def drop_draft(self, case: RequestCase, serial: str) -> None:
        """See ``ports.DeviceMemory``."""
        self._execute("DELETE FROM draft WHERE kind = ? AND serial = ?", case.value, serial)

    def drafts(self) -> tuple[RequestDraft, ...]:
        """See ``ports.DeviceMemory``."""

        def read(database: sqlite3.Connection) -> tuple[RequestDraft, ...]:
            rows = database.execute("SELECT kind, serial, created_at, facts FROM draft ORDER BY created_at DESC")
            return tuple(
                RequestDraft(
                    case=RequestCase(kind),
                    serial=serial,
                    created_at=datetime.fromisoformat(created_at),
                    facts={str(name): str(value) for name, value in json.loads(facts).items()},
                )
                for kind, serial, created_at, facts in rows
            )

        return self._database.attempt(read, ())

    def _update_device(self, serial: str, change: str, *values: str) -> None:
        """A device that was never listed is made first: a wrong PIN must count all the same."""
        now = datetime.now(UTC).isoformat()

        def write(database: sqlite3.Connection) -> None:
            database.execute(
                "INSERT OR IGNORE INTO device (serial, label, model, manufacturer, first_seen, last_seen)"
                " VALUES (?, '', '', '', ?, ?)",
                (serial, now, now),
            )
            # ``change`` is one of the literals above.
            database.execute(f"UPDATE device SET {change} WHERE serial = ?", (*values, serial))  # noqa: S608

        self._database.attempt(write, None)

    def _execute(self, statement: str, *values: str | int) -> None:
        def write(database: sqlite3.Connection) -> None:
            database.execute(statement, values)

        self._database.attempt(write, None)


def _add_certificates(database: sqlite3.Connection, token: Token) -> None:
    for certificate in token.certificates:
        if len(certificate.der) <= MAX_CERTIFICATE_BYTES:
            database.execute(
                "INSERT OR IGNORE INTO certificate (serial, der) VALUES (?, ?)", (token.serial, certificate.der)
            )
    database.execute(
        "DELETE FROM certificate WHERE serial = ? AND rowid NOT IN"
        " (SELECT rowid FROM certificate WHERE serial = ? ORDER BY rowid DESC LIMIT ?)",
        (token.serial, token.serial, MAX_CERTIFICATES),
    )


def _read_devices(database: sqlite3.Connection) -> tuple[KnownDevice, ...]:
    rows = database.execute(
        "SELECT serial, label, model, manufacturer, first_seen, last_seen FROM device ORDER BY last_seen DESC"
    ).fetchall()
    return tuple(
        KnownDevice(
            serial=serial,
            label=label,
            model=model,
            manufacturer=manufacturer,
            first_seen=datetime.fromisoformat(first_seen),
            last_seen=datetime.fromisoformat(last_seen),
            certificates=tuple(
                bytes(der)
                for (der,) in database.execute("SELECT der FROM certificate WHERE serial = ? ORDER BY rowid", (serial,))
            ),
        )
        for serial, label, model, manufacturer, first_seen, last_seen in rows
    )
