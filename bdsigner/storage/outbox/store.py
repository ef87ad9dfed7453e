"""The outbox: requests to the department, one row and one copy each (decision 020).

All work is done under one lock for all processes: so what is found amiss is amiss, and not half done by another, and a
damaged file can be given another name while nobody writes to it.  A change writes the copy, then the row; what cannot
be finished is taken back.  A removal renames the folder, then deletes the row, then the folder: from the renaming on it
is finished by whoever comes next.
"""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bdsigner.errors import ErrorCode, StorageError
from bdsigner.model.request import KeptFile, Recovery, Request
from bdsigner.storage.locks import LifeLock
from bdsigner.storage.outbox.file import OpenOutbox, OutboxFile, remove_tree
from bdsigner.storage.outbox.notice import RecoveryNotice
from bdsigner.storage.outbox.record import (
    RECORD_FILE,
    REMOVED_PREFIX,
    REQUEST_ID,
    HeldCopy,
    encode,
    read_rows,
    request_folders,
    write_copy,
    write_row,
)
from bdsigner.storage.partials import sync_folder
from bdsigner.storage.paths import data_folder, ensure_folder

OUTBOX_FOLDER = "requests"
SENDING_FILE = "sending.lock"


class FileRequestStore:
    """Implements ``ports.RequestStore``."""

    def __init__(self, folder: Path | None = None) -> None:
        """``folder`` is made when something is first kept; ``None``: in the person's data folder."""
        self._given = folder
        self._file = OutboxFile(lambda: self.folder)

    @property
    def folder(self) -> Path:
        """Where everything of it is kept."""
        return self._given or data_folder() / OUTBOX_FOLDER

    def create(self, request: Request) -> None:
        """See ``ports.RequestStore``."""
        place = self._place(request.id)

        def write(opened: OpenOutbox) -> None:
            if self._find(opened, request.id) is not None:
                raise StorageError(ErrorCode.STORAGE_OUTBOX, reason=f"there is a {request.id} already")
            opened.take_back = lambda: _drop_copy(place)
            write_copy(self.folder, request)
            write_row(opened.database, request)

        self._file.work(write)

    def get(self, request_id: str) -> Request | None:
        """See ``ports.RequestStore``."""
        if not self.folder.is_dir() or REQUEST_ID.fullmatch(request_id) is None:
            return None

        def look(opened: OpenOutbox) -> Request | None:
            found = self._find(opened, request_id)
            if found is None and any(one.name == request_id for one in request_folders(self.folder)):
                raise _damaged(request_id)  # its papers are there: it is not one that never was
            return found

        return self._file.work(look)

    def all(self) -> tuple[Request, ...]:
        """See ``ports.RequestStore``."""
        if not self.folder.is_dir():
            return ()
        found = self._file.work(self._find_all)
        return tuple(sorted(found, key=lambda one: (one.created_at, one.id), reverse=True))

    def replace(self, before: Request, after: Request) -> bool:
        """See ``ports.RequestStore``."""
        if (after.id, after.revision) != (before.id, before.revision + 1):
            raise ValueError("not the next revision")

        def write(opened: OpenOutbox) -> bool:
            if self._find(opened, before.id) != before:
                return False
            held = HeldCopy(self.folder, before)
            opened.take_back = held.put_back
            opened.afterwards.append(held.drop)
            write_copy(self.folder, after)
            write_row(opened.database, after)
            return True

        encode(after)  # what cannot be written is refused before anything is
        return self._file.work(write)

    def remove(self, request: Request) -> None:
        """See ``ports.RequestStore``."""
        place = self._place(request.id)

        def delete(opened: OpenOutbox) -> None:
            gone = place.with_name(REMOVED_PREFIX + request.id)
            remove_tree(gone)
            with contextlib.suppress(FileNotFoundError):
                place.replace(gone)
                opened.take_back = lambda: gone.replace(place)
                sync_folder(self.folder)
            opened.database.execute("DELETE FROM request WHERE id = ?", (request.id,))
            opened.afterwards.append(lambda: remove_tree(gone))

        self._file.work(delete)

    def keep(self, request_id: str, name: str, content: bytes | Path) -> KeptFile:
        """See ``ports.RequestStore``."""
        from bdsigner.storage.outbox.files import keep_file

        place = self._place(request_id)
        if not place.is_dir() and self.get(request_id) is None:
            # Papers alone would be taken for a damaged request.
            raise StorageError(ErrorCode.STORAGE_OUTBOX, reason=f"there is no {request_id}")
        with self._file.errors():
            return keep_file(place, name, content)

    def path(self, request_id: str, file: KeptFile) -> Path:
        """See ``ports.RequestStore``."""
        from bdsigner.storage.outbox.files import find_file

        with self._file.errors():
            return find_file(self._place(request_id), file)

    @contextmanager
    def sending(self) -> Iterator[bool]:
        """See ``ports.RequestStore``."""
        with self._file.errors():
            lock = LifeLock(ensure_folder(self.folder) / SENDING_FILE)
            is_mine = lock.take()
        try:
            yield is_mine
        finally:
            lock.release()

    def recovery(self) -> Recovery | None:
        """See ``ports.RequestStore``."""
        if not self.folder.is_dir():
            return None
        self._file.work(self._find_all)
        with self._file.errors():
            return RecoveryNotice(self.folder).read()

    def acknowledge_recovery(self) -> None:
        """See ``ports.RequestStore``."""
        if self.folder.is_dir():
            with self._file.errors(), self._file.alone():
                RecoveryNotice(self.folder).acknowledge()

    def close(self) -> None:
        """See ``ports.RequestStore``."""
        self._file.close()

    def _find(self, opened: OpenOutbox, request_id: str) -> Request | None:
        """One of them; a damaged row is taken from its copy."""
        rows = read_rows(opened.database, request_id)
        if request_id in rows.good and not rows.bad and not rows.untidy:
            return rows.good[request_id]
        if not rows.good and not rows.bad and not (self.folder / request_id / RECORD_FILE).exists():
            return None
        found = opened.reconcile().get(request_id)
        if found is None:
            raise _damaged(request_id)
        return found

    def _find_all(self, opened: OpenOutbox) -> tuple[Request, ...]:
        """All that can be read, whatever happened to the file since it was opened."""
        rows = read_rows(opened.database)
        is_whole = (
            not rows.bad and not rows.untidy and {one.name for one in request_folders(self.folder)} == set(rows.good)
        )
        return tuple((rows.good if is_whole else opened.reconcile()).values())

    def _place(self, request_id: str) -> Path:
        if REQUEST_ID.fullmatch(request_id) is None:
            raise StorageError(ErrorCode.STORAGE_OUTBOX, reason="no id of a request")
        return self.folder / request_id


def _damaged(request_id: str) -> StorageError:
    return StorageError(ErrorCode.STORAGE_OUTBOX, reason=f"{request_id} is damaged")


def _drop_copy(place: Path) -> None:
    (place / RECORD_FILE).unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # papers were kept before it
        place.rmdir()
