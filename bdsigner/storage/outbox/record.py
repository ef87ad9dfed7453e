"""How one request is written down: as a row, and as a copy in its own folder that can take the row's place.

Both carry the same JSON and its SHA-256, so that damage is seen wherever it is met.
"""

import contextlib
import errno
import hashlib
import logging
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from bdsigner.errors import ErrorCode, StorageError
from bdsigner.model.request import Request
from bdsigner.storage.database import Schema, name_aside
from bdsigner.storage.partials import sync_folder, write_whole
from bdsigner.storage.paths import ensure_folder

log = logging.getLogger(__name__)

OUTBOX_STEM = "outbox"
OUTBOX_FILE = f"{OUTBOX_STEM}.sqlite"
RECORD_FILE = "record.json"
RECORD_FORMAT = 1
RECORD_BYTES = 16 << 20
"""A request takes some kilobytes; anything past this is another file."""
REQUEST_BYTES = RECORD_BYTES - 1024
"""Leaves room for what a copy says of itself: what could not be read again is not written."""
REQUEST_ID = re.compile(r"[0-9a-z][0-9a-z-]{0,63}")
"""UUIDs, and nothing that could lead out of the folder."""
REMOVED_PREFIX = ".removed-"
"""A folder under this name is gone as soon as its row is: what a killed process leaves is finished later."""
SCHEMA = Schema(
    version=1,
    tables=frozenset({"request"}),
    # No index: a few hundred rows are read through faster than an index that is damaged is noticed.
    statements="""
CREATE TABLE request (id TEXT NOT NULL, revision INTEGER NOT NULL, content BLOB NOT NULL, sha256 TEXT NOT NULL);
""",
)
_UNREADABLE = frozenset({errno.EACCES, errno.EPERM, errno.EISDIR, errno.ELOOP, errno.ENOTDIR})
"""What is wrong with this one file; other errors are the disk's or the system's."""


class DamagedError(ValueError):
    """What was read is not what was written, or of a newer program."""


class NewerError(DamagedError):
    """A copy of a newer program: to be kept as it is."""


@dataclass(frozen=True, slots=True)
class _Copy:
    """Content of ``record.json``."""

    format: int
    sha256: str
    request: msgspec.Raw


@dataclass(frozen=True, slots=True)
class _Head:
    """What the copies of every format have."""

    format: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """What the file holds."""

    good: dict[str, Request]
    """By id; of two rows of one id the later revision."""
    numbers: dict[int, str]
    """Row number → id, of the good ones."""
    untidy: frozenset[str]
    """Ids of good ones that stand under another id, or twice."""
    bad: dict[int, str]
    """Row number → id as far as it can be read, of those whose content cannot."""


def encode(request: Request) -> bytes:
    """The JSON of a row.

    Raises ``StorageError`` STORAGE_OUTBOX for text that is none (a lone surrogate), and past ``REQUEST_BYTES``.
    """
    try:
        content = msgspec.json.encode(request)
    except (ValueError, TypeError) as error:
        raise StorageError(ErrorCode.STORAGE_OUTBOX, reason="a value is no Unicode text") from error
    if len(content) > REQUEST_BYTES:
        raise StorageError(ErrorCode.STORAGE_OUTBOX, reason="the request is too large")
    return content


def decode(content: bytes, sha256: str) -> Request:
    """Raises ``DamagedError``."""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DamagedError("another SHA-256")
    try:
        request = msgspec.json.decode(content, type=Request)
    except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
        raise DamagedError("no request") from error
    if REQUEST_ID.fullmatch(request.id) is None:
        raise DamagedError("no id of a request")
    return request


def write_row(database: sqlite3.Connection, request: Request) -> None:
    """Put it in place of what the file has under its id.  Raises ``sqlite3.Error``."""
    content = encode(request)
    database.execute("DELETE FROM request WHERE id = ?", (request.id,))
    database.execute(
        "INSERT INTO request (id, revision, content, sha256) VALUES (?, ?, ?, ?)",
        (request.id, request.revision, content, hashlib.sha256(content).hexdigest()),
    )


def read_rows(database: sqlite3.Connection, request_id: str | None = None) -> Rows:
    """All rows, or those of one id.  Raises ``sqlite3.Error``."""
    good, numbers, untidy, bad = dict[str, Request](), dict[int, str](), set[str](), dict[int, str]()
    for number, key, found in _rows(database, request_id):
        if found is None:
            bad[number] = key
            continue
        numbers[number] = found.id
        if found.id in good or found.id != key:
            untidy.add(found.id)
        if found.id not in good or good[found.id].revision < found.revision:
            good[found.id] = found
    return Rows(good=good, numbers=numbers, untidy=frozenset(untidy), bad=bad)


def iterate_rows(database: sqlite3.Connection) -> Iterator[Request]:
    """The good ones of a damaged file, up to where it cannot be read any further.  Raises ``sqlite3.Error`` there."""
    return (found for _, _, found in _rows(database, None) if found is not None)


def _rows(database: sqlite3.Connection, request_id: str | None) -> Iterator[tuple[int, str, Request | None]]:
    # As bytes: what damage made of a text must not keep the rest from being read.
    columns = "SELECT rowid, CAST(id AS BLOB), CAST(content AS BLOB), CAST(sha256 AS BLOB) FROM request"
    where, values = (" WHERE id = ?", (request_id,)) if request_id is not None else ("", ())
    for number, key, content, sha256 in database.execute(columns + where, values):
        name = (key or b"").decode("utf-8", "replace")
        try:
            yield number, name, decode(content or b"", (sha256 or b"").decode("ascii", "replace"))
        except DamagedError:
            yield number, name, None


def write_copy(folder: Path, request: Request) -> Path | None:
    """Put the copy in place; returns the other name of a damaged or newer one that was there.

    Raises ``OSError``, ``StorageError`` as ``encode``.
    """
    content = encode(request)
    copy = _Copy(format=RECORD_FORMAT, sha256=hashlib.sha256(content).hexdigest(), request=msgspec.Raw(content))
    place = folder / request.id
    if not place.is_dir():
        ensure_folder(place)
        sync_folder(folder)
    record, kept = place / RECORD_FILE, None
    try:
        read_copy(place)
    except DamagedError:
        kept = name_aside(record)
        record.replace(kept)
    write_whole(record, msgspec.json.encode(copy))
    return kept


class HeldCopy:
    """The copy of what a change begins with, under a second name: on a full disk there is no room to write it again."""

    def __init__(self, folder: Path, request: Request) -> None:
        """Raises ``OSError`` when the name of an earlier one cannot be taken."""
        self._folder, self._request = folder, request
        self._record = folder / request.id / RECORD_FILE
        self._held = self._record.with_name(f".{RECORD_FILE}.before")
        self._held.unlink(missing_ok=True)
        with contextlib.suppress(OSError):  # a file system without hard links, or no copy
            self._held.hardlink_to(self._record)

    def put_back(self) -> None:
        """Make it the copy again.  Raises ``OSError``, ``StorageError``."""
        try:
            self._held.replace(self._record)
            sync_folder(self._record.parent)
        except FileNotFoundError:
            write_copy(self._folder, self._request)
        self.drop()  # renaming one name of a file to another of its names does nothing (POSIX rename)

    def drop(self) -> None:
        """It is not needed any more."""
        with contextlib.suppress(OSError):
            self._held.unlink()


def read_copy(place: Path) -> Request | None:
    """The request in a folder; ``None``: there is no copy.  Raises ``DamagedError``, ``OSError``."""
    try:
        with (place / RECORD_FILE).open("rb") as stream:
            data = stream.read(RECORD_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno in _UNREADABLE:
            raise DamagedError(error.strerror) from error
        raise
    try:
        if msgspec.json.decode(data, type=_Head).format > RECORD_FORMAT:
            raise NewerError("of a newer program")
        copy = msgspec.json.decode(data, type=_Copy)
    except (ValueError, RecursionError) as error:
        raise error if isinstance(error, DamagedError) else DamagedError("no copy") from error
    return decode(bytes(copy.request), copy.sha256)


def request_folders(folder: Path) -> Iterator[Path]:
    """The folders of requests; an empty one is what a killed process left of a request that never was.

    Raises ``OSError``.
    """
    for place in sorted(folder.iterdir()):
        # The file itself may be a folder by some mischief.
        if place.name.startswith((".", f"{OUTBOX_STEM}.")) or place.is_symlink() or not place.is_dir():
            continue
        if any(not one.name.startswith(".") for one in place.iterdir()):
            yield place
