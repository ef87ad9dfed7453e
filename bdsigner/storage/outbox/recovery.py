"""Rows and copies brought to agree, whichever of them is damaged: nothing is lost that either of them has.

The copy is written first, so a copy that is ahead of its row is either a change that a killed process did not finish
(one request, one revision) or what a damaged file has forgotten.  Both are taken; only the second is told.  A row that
is ahead of its copy, or has none, gives it one.
"""

import contextlib
import logging
import os
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from bdsigner.department.requests import moved
from bdsigner.model.request import Request, RequestState
from bdsigner.storage.database import log_of, name_aside, put_rest_aside
from bdsigner.storage.outbox.notice import RecoveryNotice
from bdsigner.storage.outbox.record import (
    REMOVED_PREFIX,
    SCHEMA,
    DamagedError,
    NewerError,
    Rows,
    iterate_rows,
    read_copy,
    read_rows,
    request_folders,
    write_copy,
    write_row,
)
from bdsigner.storage.partials import sync_folder

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Copies:
    """What the folders hold."""

    best: dict[str, Request] = field(default_factory=dict)
    """By id, wherever it was found."""
    in_place: dict[str, Request] = field(default_factory=dict)
    """By id, where it belongs."""
    broken: set[str] = field(default_factory=set)
    """Names of folders without a copy that can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """The outbox after a repair."""

    requests: Mapping[str, Request]
    removed: tuple[Path, ...]
    """Folders to be deleted once it is certain that their rows are."""


def reconcile(database: sqlite3.Connection, folder: Path, notice: RecoveryNotice, *, reason: str) -> Reconciled:
    """Make rows and copies agree, within the transaction of ``database``; what was damaged is written down first.

    ``reason``: what is known to be wrong; empty: nothing.  Raises ``sqlite3.Error``, ``OSError``, ``StorageError``.
    """
    removed = _finish_removals(database, folder)
    rows, copies = read_rows(database), read_copies(folder)
    behind = {one.id for one in copies.best.values() if _is_behind(rows.good.get(one.id), one)}
    lost = _unexplained(rows, copies, behind)
    best = {**rows.good, **{one: copies.best[one] for one in behind}}
    if reason or rows.bad.keys() - lost.keys() or rows.untidy or not _is_one_step(behind, rows, copies):
        best |= {one: _restored(best[one]) for one in behind}
        reason = reason or _what_is_wrong(rows, copies, behind=behind)
        notice.add(reason, recovered=sorted(behind))
    unwritten = [one for one in best.values() if copies.in_place.get(one.id) != one]
    if rows.good.keys() - copies.in_place.keys():
        reason = reason or "a copy was missing or damaged"
        notice.add(reason)
    notice.add(reason, unreadable=sorted({*lost.values(), *(copies.broken - best.keys())}))
    for request in unwritten:
        kept = write_copy(folder, request)
        if kept is not None:
            notice.add(reason, set_aside=(kept,))
    rewritten = behind | rows.untidy
    gone = {number for number, key in rows.numbers.items() if key in rewritten} | (rows.bad.keys() - lost.keys())
    database.executemany("DELETE FROM request WHERE rowid = ?", [(one,) for one in gone])
    for one in rewritten:
        write_row(database, best[one])
    return Reconciled(requests=best, removed=removed)


def read_copies(folder: Path) -> Copies:
    """All copies; a folder that was given another name gets its own again.  Raises ``OSError``."""
    copies = Copies()
    for place in request_folders(folder):
        try:
            request = read_copy(place)
        except DamagedError as error:
            log.warning("the copy in %s cannot be read: %s", place.name, error)
            request = None
        if request is None:
            copies.broken.add(place.name)
            continue
        known = copies.best.get(request.id)
        if known is None or known.revision < request.revision:
            copies.best[request.id] = request
        home = folder / request.id
        if place != home and not home.exists():
            place.replace(home)
            sync_folder(folder)
            copies.in_place[request.id] = request
        elif place == home:
            copies.in_place[request.id] = request
    return copies


def rescue_rows(file: Path, folder: Path) -> None:
    """Give each request that can still be read in a damaged file a copy, unless it has one as good.

    A newer program's rows are left to it: this one would forget what it does not know.  Raises ``OSError``.
    """
    found = dict[str, Request]()
    # As the log beside it says, and as it is without the log: that may be another file's.
    for mode in ("mode=ro", "immutable=1"):
        for request in _readable_rows(file, mode):
            if request.id not in found or found[request.id].revision < request.revision:
                found[request.id] = request
    for request in found.values():
        try:
            copy = read_copy(folder / request.id)
        except NewerError:
            continue
        except DamagedError:
            copy = None
        if _is_behind(copy, request):
            write_copy(folder, request)


def put_aside(file: Path, folder: Path, notice: RecoveryNotice, *, reason: str) -> bool:
    """Give a file that cannot be used another name, and to the copies what can be read of it; false: there is none.

    Of a file that is missing the log may be left.  Raises ``OSError``, ``StorageError``.
    """
    kept = name_aside(file)
    if file.is_file():
        rescue_rows(file, folder)
    if os.path.lexists(file):
        notice.add(reason, set_aside=(kept,))
        file.replace(kept)
    elif os.path.lexists(log_of(file)):
        notice.add(reason, set_aside=(log_of(kept),))
    else:
        return False
    put_rest_aside(file, kept)
    sync_folder(folder)
    return True


def _readable_rows(file: Path, mode: str) -> list[Request]:
    found = list[Request]()
    try:
        with contextlib.closing(sqlite3.connect(f"{file.absolute().as_uri()}?{mode}", uri=True)) as database:
            if database.execute("PRAGMA user_version").fetchone()[0] <= SCHEMA.version:
                for request in iterate_rows(database):
                    found.append(request)
    except (sqlite3.Error, OverflowError, UnicodeError) as error:
        log.info("read %s requests until: %s", len(found), type(error).__name__)
    return found


def _finish_removals(database: sqlite3.Connection, folder: Path) -> tuple[Path, ...]:
    """A folder is renamed before its row is deleted; that is the removal, whatever happens afterwards."""
    removed = tuple(one for one in folder.iterdir() if one.name.startswith(REMOVED_PREFIX))
    for place in removed:
        request_id = place.name.removeprefix(REMOVED_PREFIX)
        if not (folder / request_id).exists():
            database.execute("DELETE FROM request WHERE id = ?", (request_id,))
    return removed


def _is_behind(row: Request | None, copy: Request) -> bool:
    return row is None or row.revision < copy.revision


def _is_one_step(behind: set[str], rows: Rows, copies: Copies) -> bool:
    """Whether no more is missing than the one change that a killed process did not finish."""
    steps = [copies.best[one].revision - (rows.good[one].revision if one in rows.good else -1) for one in behind]
    return steps in ([], [1])


def _unexplained(rows: Rows, copies: Copies, behind: set[str]) -> dict[int, str]:
    """Damaged rows that no copy stands for.

    Where the id is damaged too, a copy that has no row is the row's.
    """
    nameless = {number: key for number, key in rows.bad.items() if key not in copies.best and key not in rows.good}
    without_row = behind - rows.good.keys() - set(rows.bad.values())
    if len(nameless) <= len(without_row):
        return {}
    return {number: key if key.isprintable() and key else f"row {number}" for number, key in nameless.items()}


def _what_is_wrong(rows: Rows, copies: Copies, *, behind: set[str]) -> str:
    if rows.bad or rows.untidy:
        return f"{len(rows.bad) + len(rows.untidy)} rows were damaged"
    return f"{len(behind)} rows of {len(copies.best)} were missing or older than their copies"


def _restored(request: Request) -> Request:
    """What was being sent may have arrived: nobody is left who knows."""
    if request.state is not RequestState.SENDING:
        return request
    at = request.changed_at
    return replace(moved(request, RequestState.UNCERTAIN, at=at, channel=request.channel), next_attempt=at)
