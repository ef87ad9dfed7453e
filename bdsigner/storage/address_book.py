"""The address book: certificates of others this machine knows, also offline; one SQLite file with a text index.

Search-as-you-type over tens of thousands of entries: words are looked up by their beginnings in FTS5, without
diacritics, and no more is read than will be shown; what fits too many is told as incomplete, not sorted whole.
"""

import re
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bdsigner.errors import CertificateError
from bdsigner.model.directory import (
    PUBLISHING,
    DirectoryEntry,
    DirectorySource,
    RecipientGroup,
    SearchResult,
    newer_than,
    one_per_person,
)
from bdsigner.model.vietnamese import bare, fold, words_of
from bdsigner.storage.database import Database, Schema
from bdsigner.trust.certificates import parse_certificate

ADDRESS_BOOK_FILE = "address_book.sqlite"
CANDIDATES = 300
"""Read of the index at most, for each of the two looks; enough to sort well what a person narrows down by typing on."""
MAX_USED = 200
"""Recipients remembered as used lately."""
MAX_WORDS = 8
"""Of a query; what comes after is not looked at."""
_SERIAL = re.compile(r"[0-9A-Fa-f]{2}([: ][0-9A-Fa-f]{2})+")
"""Serial numbers as other programs show them."""
_SCHEMA = Schema(
    version=1,
    is_durable=False,  # a directory can be asked again
    is_checked=False,  # a hundred megabytes are not read through at each start; damage shows when it is met
    tables=frozenset({"entry", "search", "used", "recipient_group", "bundle"}),
    statements="""
CREATE TABLE entry (
    id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, person TEXT NOT NULL, sort TEXT NOT NULL, der BLOB NOT NULL,
    name TEXT NOT NULL, title TEXT NOT NULL, agency TEXT NOT NULL, email TEXT NOT NULL,
    source TEXT NOT NULL, source_name TEXT NOT NULL, published_at TEXT, fetched_at TEXT NOT NULL);
CREATE INDEX entry_person ON entry (person);
CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5(
    name, rest, detail = column, prefix = '1 2 3', tokenize = "unicode61 remove_diacritics 0");
CREATE TABLE used (sha256 TEXT PRIMARY KEY, at TEXT NOT NULL);
CREATE TABLE recipient_group (
    folded TEXT NOT NULL, name TEXT NOT NULL, position INTEGER NOT NULL, sha256 TEXT NOT NULL,
    PRIMARY KEY (folded, position));
CREATE TABLE bundle (made_at TEXT PRIMARY KEY);
""",
)
_COLUMNS = "der, name, title, agency, email, source, source_name, published_at, fetched_at"
_BY_FINGERPRINT = f"SELECT {_COLUMNS} FROM entry WHERE sha256 = ?"  # noqa: S608  # names of columns
_BY_PERSON = f"SELECT {_COLUMNS} FROM entry WHERE person = ?"  # noqa: S608


class FileAddressBook:
    """Implements ``ports.AddressBook``; a file that cannot be used is put aside, and a new one begun."""

    def __init__(self, file: Path | None = None) -> None:
        """``file`` is made when something is first learned; ``None``: in the person's data folder."""
        self._database = Database(ADDRESS_BOOK_FILE, _SCHEMA, file)

    @property
    def file(self) -> Path:
        """Where it is kept."""
        return self._database.file

    def close(self) -> None:
        """Close the file; the next call opens it again."""
        self._database.close()

    def search(self, query: str, *, limit: int) -> SearchResult:
        """See ``ports.AddressBook``; nothing to look for gives those used lately."""
        words = _words(query)
        now = datetime.now(UTC)

        def read(database: sqlite3.Connection) -> SearchResult:
            people, is_complete = _people(database, words, fold(query))
            chosen = [one for person in people[:limit] for one in _entries(database, _BY_PERSON, person)]
            entries = one_per_person(chosen, now)
            return SearchResult(entries=entries, is_complete=is_complete and len(people) <= limit)

        return self._database.attempt(read, SearchResult()) if self._is_there else SearchResult()

    def learn(self, entries: Sequence[DirectoryEntry]) -> None:
        """See ``ports.AddressBook``."""
        now = datetime.now(UTC)

        def write(database: sqlite3.Connection) -> None:
            for entry in entries:
                _learn(database, entry, entry.fetched_at or now)

        if entries:
            self._database.attempt(write, None)

    def entries(self, fingerprints: Sequence[str]) -> tuple[DirectoryEntry, ...]:
        """See ``ports.AddressBook``."""

        def read(database: sqlite3.Connection) -> tuple[DirectoryEntry, ...]:
            return tuple(one for sha256 in fingerprints for one in _entries(database, _BY_FINGERPRINT, sha256))

        return self._database.attempt(read, ()) if self._is_there else ()

    def successors(self, entry: DirectoryEntry) -> tuple[DirectoryEntry, ...]:
        """See ``ports.AddressBook``."""
        now = datetime.now(UTC)

        def read(database: sqlite3.Connection) -> tuple[DirectoryEntry, ...]:
            return newer_than(entry, _entries(database, _BY_PERSON, entry.person), now)

        return self._database.attempt(read, ()) if self._is_there else ()

    def remember_bundle(self, made_at: datetime) -> datetime | None:
        """See ``ports.AddressBook``."""

        def write(database: sqlite3.Connection) -> datetime | None:
            newest = database.execute("SELECT max(made_at) FROM bundle").fetchone()[0]
            database.execute("INSERT OR IGNORE INTO bundle VALUES (?)", (made_at.astimezone(UTC).isoformat(),))
            return datetime.fromisoformat(newest) if newest else None

        return self._database.attempt(write, None)

    def groups(self) -> tuple[RecipientGroup, ...]:
        """See ``ports.AddressBook``."""

        def read(database: sqlite3.Connection) -> tuple[RecipientGroup, ...]:
            members: dict[str, list[str]] = {}
            for name, sha256 in database.execute("SELECT name, sha256 FROM recipient_group ORDER BY folded, position"):
                members.setdefault(name, []).append(sha256)
            return tuple(RecipientGroup(name=name, certificates=tuple(them)) for name, them in members.items())

        return self._database.attempt(read, ()) if self._is_there else ()

    def save_group(self, group: RecipientGroup) -> None:
        """See ``ports.AddressBook``."""
        folded = fold(group.name)
        rows = [(folded, group.name, position, sha256) for position, sha256 in enumerate(group.certificates)]

        def write(database: sqlite3.Connection) -> None:
            database.execute("DELETE FROM recipient_group WHERE folded = ?", (folded,))
            database.executemany("INSERT INTO recipient_group VALUES (?, ?, ?, ?)", rows)

        self._database.attempt(write, None)

    def remove_group(self, name: str) -> None:
        """See ``ports.AddressBook``."""

        def write(database: sqlite3.Connection) -> None:
            database.execute("DELETE FROM recipient_group WHERE folded = ?", (fold(name),))

        self._database.attempt(write, None)

    def remember_used(self, fingerprints: Sequence[str]) -> None:
        """See ``ports.AddressBook``."""
        at = datetime.now(UTC).isoformat()

        def write(database: sqlite3.Connection) -> None:
            database.executemany("INSERT OR REPLACE INTO used VALUES (?, ?)", [(one, at) for one in fingerprints])
            database.execute(
                "DELETE FROM used WHERE sha256 NOT IN (SELECT sha256 FROM used ORDER BY at DESC LIMIT ?)", (MAX_USED,)
            )

        self._database.attempt(write, None)

    def forget(self, fingerprints: Sequence[str]) -> None:
        """See ``ports.AddressBook``."""
        rows = [(one,) for one in fingerprints]

        def write(database: sqlite3.Connection) -> None:
            database.executemany("DELETE FROM search WHERE rowid IN (SELECT id FROM entry WHERE sha256 = ?)", rows)
            for table in ("entry", "used", "recipient_group"):
                database.executemany(f"DELETE FROM {table} WHERE sha256 = ?", rows)  # noqa: S608  # of the three

        self._database.attempt(write, None)

    @property
    def _is_there(self) -> bool:
        """Looking something up makes no file: verification and signing ask on machines that never encrypt."""
        return self._database.file.exists()


@dataclass(frozen=True, slots=True)
class _Candidate:
    person: str
    sort: str
    """Name with given name first, then the whole, folded: as Vietnamese lists are sorted."""
    used_at: str
    is_name: bool


def _words(text: str) -> list[str]:
    text = text.replace(":", "").replace(" ", "") if _SERIAL.fullmatch(text.strip()) else text
    return words_of(text)[:MAX_WORDS]


def _people(database: sqlite3.Connection, words: list[str], folded: str) -> tuple[list[str], bool]:
    """Persons that fit, the best first, and whether these are all."""
    candidates = _used(database, words)
    is_complete = True
    if words:
        everything = " AND ".join(f'"{word}"*' for word in words)
        for match, is_name in ((f"name : ({everything})", True), (everything, False)):
            rows = database.execute(
                "SELECT person, sort FROM search JOIN entry ON entry.id = search.rowid WHERE search MATCH ? LIMIT ?",
                (match, CANDIDATES + 1),
            ).fetchall()
            is_complete = is_complete and len(rows) <= CANDIDATES
            candidates += [_Candidate(person, sort, "", is_name) for person, sort in rows]
    # Of what fits equally, what was typed with the very diacritics comes first, then given names.
    candidates.sort(
        key=lambda one: (not one.is_name, not _is_as_typed(folded, one.sort), not _is_given(words, one.sort), one.sort)
    )
    candidates.sort(key=lambda one: one.used_at, reverse=True)
    return list(dict.fromkeys(one.person for one in candidates)), is_complete


def _is_as_typed(folded: str, sort: str) -> bool:
    return all(word in sort for word in folded.split())


def _is_given(words: list[str], sort: str) -> bool:
    given = bare(sort.partition(" ")[0])
    return any(given.startswith(word) for word in words)


def _used(database: sqlite3.Connection, words: list[str]) -> list[_Candidate]:
    # CROSS: in this order; left to itself SQLite reads the whole index first.
    rows = database.execute(
        "SELECT person, sort, at, search.name, rest FROM used"
        " CROSS JOIN entry ON entry.sha256 = used.sha256 CROSS JOIN search ON search.rowid = entry.id"
    )
    found = []
    for person, sort, at, name, rest in rows:
        names, others = name.split(), rest.split()
        if all(any(one.startswith(word) for one in (*names, *others)) for word in words):
            found.append(_Candidate(person, sort, at, all(any(n.startswith(w) for n in names) for w in words)))
    return found


def _learn(database: sqlite3.Connection, entry: DirectoryEntry, fetched_at: datetime) -> None:
    certificate = entry.certificate
    known = database.execute("SELECT id, source FROM entry WHERE sha256 = ?", (certificate.sha256,)).fetchone()
    if known and known[1] in PUBLISHING and entry.source not in PUBLISHING:
        return  # the department's word is not replaced by what happened to be seen
    name = fold(entry.name)
    rows = {
        "id": known[0] if known else None,
        "sha256": certificate.sha256,
        "person": entry.person,
        "sort": f"{name.rpartition(' ')[2]} {name}",
        "der": certificate.der,
        "name": entry.name,
        "title": entry.title,
        "agency": entry.agency,
        "email": entry.email,
        "source": entry.source.value,
        "source_name": entry.source_name,
        "published_at": entry.published_at.astimezone(UTC).isoformat() if entry.published_at else None,
        "fetched_at": fetched_at.astimezone(UTC).isoformat(),
    }
    columns, marks = ", ".join(rows), ", ".join("?" * len(rows))
    written = database.execute(
        f"INSERT OR REPLACE INTO entry ({columns}) VALUES ({marks})",  # noqa: S608  # our own names
        tuple(rows.values()),
    )
    rest = (entry.title, entry.agency, entry.email, certificate.agency, certificate.serial_number)
    database.execute(
        "INSERT OR REPLACE INTO search (rowid, name, rest) VALUES (?, ?, ?)",
        (written.lastrowid, _text((entry.name, certificate.common_name)), _text(rest)),
    )


def _text(parts: Iterable[str]) -> str:
    return " ".join(words_of("\n".join(parts)))


def _entries(database: sqlite3.Connection, statement: str, key: str) -> list[DirectoryEntry]:
    entries = []
    for der, name, title, agency, email, source, source_name, published, fetched in database.execute(statement, (key,)):
        try:
            certificate = parse_certificate(bytes(der))
        except CertificateError:
            continue  # of a program that read more than this one
        entries.append(
            DirectoryEntry(
                name=name,
                title=title,
                agency=agency,
                email=email,
                certificate=certificate,
                source=DirectorySource(source),
                source_name=source_name,
                published_at=datetime.fromisoformat(published) if published else None,
                fetched_at=datetime.fromisoformat(fetched),
            )
        )
    return entries
