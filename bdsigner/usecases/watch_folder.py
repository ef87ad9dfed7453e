"""A folder into which a scanner writes: which files are new and whole.

Looked at from time to time rather than told by the system, which says nothing of changes on network shares.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path

SETTLED_SECONDS = 1.0
"""A file that was written to more recently may not be whole."""
FILES_MAX = 5_000
_UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart")
_HIDDEN = (".", "~$")


@dataclass(frozen=True, slots=True)
class _State:
    size: int
    modified_ns: int


class FolderWatch:
    """Remembers what it has seen; used from one thread at a time."""

    def __init__(self, folder: Path, *, suffixes: frozenset[str], own_ending: str) -> None:
        """``suffixes``: of files that count, in lower case; ``own_ending``: of the stems of this program's outputs."""
        self.folder = folder
        self._suffixes = suffixes
        self._own_ending = own_ending
        self._before: dict[str, _State] | None = None
        self._told: set[str] = set()

    def look(self) -> tuple[Path, ...]:
        """Files that have come since the first look and are whole now, by name; each is told once.

        Whole: as large and as old at two looks, and not written to for a while.  A folder that is away has no files.
        """
        now = self._snapshot()
        if self._before is None:
            self._told = set(now)
        before, self._before = self._before or {}, now
        settled_ns = time.time_ns() - int(SETTLED_SECONDS * 1e9)
        whole = [
            name
            for name, state in now.items()
            if name not in self._told and before.get(name) == state and state.size and state.modified_ns < settled_ns
        ]
        self._told.update(whole)
        return tuple(self.folder / name for name in sorted(whole))

    def _snapshot(self) -> dict[str, _State]:
        found: dict[str, _State] = {}
        try:
            with os.scandir(self.folder) as entries:
                for entry in entries:
                    if len(found) == FILES_MAX:
                        break
                    if self._counts(entry):
                        status = entry.stat()
                        found[entry.name] = _State(status.st_size, status.st_mtime_ns)
        except OSError:
            return dict(self._before or {})  # a share that is away for a moment: nothing has come, nothing has gone
        return found

    def _counts(self, entry: "os.DirEntry[str]") -> bool:
        name = Path(entry.name)
        return (
            not entry.name.startswith(_HIDDEN)
            and not entry.name.endswith(_UNFINISHED)
            and name.suffix.lower() in self._suffixes
            and not name.stem.endswith(self._own_ending)
            and entry.is_file()
        )
