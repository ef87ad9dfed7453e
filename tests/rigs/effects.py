"""What a server took, in a file: read by whoever counts afterwards, whatever became of the sender meanwhile."""

import hashlib
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Effects:
    """Every arrival, and of each key the first content: what a receiver that knows its keys acts on."""

    path: Path

    def record(self, key: str, content: bytes) -> bool:
        """Note an arrival; false when the key was known already."""
        with closing(self._open()) as file, file:
            file.execute("INSERT INTO arrivals VALUES (?, ?)", (key, time.time()))
            done = file.execute("INSERT OR IGNORE INTO effects VALUES (?, ?)", (key, content))
            return done.rowcount == 1

    def arrivals(self) -> list[str]:
        """Keys in the order of their arrival, repeated ones too."""
        with closing(self._open()) as file:
            return [key for (key,) in file.execute("SELECT key FROM arrivals ORDER BY rowid")]

    def contents(self) -> dict[str, bytes]:
        """What each key brought first."""
        with closing(self._open()) as file:
            return dict(file.execute("SELECT key, content FROM effects ORDER BY rowid"))

    def digest(self, key: str) -> str:
        """SHA-256 of what the key brought; empty: unknown."""
        content = self.contents().get(key)
        return "" if content is None else hashlib.sha256(content).hexdigest()

    def _open(self) -> sqlite3.Connection:
        file = sqlite3.connect(self.path, timeout=20)
        file.execute("CREATE TABLE IF NOT EXISTS arrivals (key TEXT, at REAL)")
        file.execute("CREATE TABLE IF NOT EXISTS effects (key TEXT PRIMARY KEY, content BLOB)")
        return file
