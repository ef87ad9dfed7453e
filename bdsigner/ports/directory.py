"""The directory of certificates (Đ9)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bdsigner.errors import DirectoryError, ErrorCode

if TYPE_CHECKING:
    from bdsigner.model.directory import Bundle, DirectoryEntry, RecipientGroup, SearchResult


class RemoteDirectory(Protocol):
    """A server that is asked; may be called from any thread, waits for the network within its limits."""

    @property
    def name(self) -> str:
        """For people."""

    def search(
        self, query: str, *, limit: int, should_stop: Callable[[], bool] = lambda: False
    ) -> tuple[DirectoryEntry, ...]:
        """Find by name with or without diacritics, agency, mail or serial number.

        At most ``limit + 1`` entries: one more than asked says that there are more.  Raises ``DirectoryError``.
        """


class AddressBook(Protocol):
    """What this machine knows, also offline.  Thread- and process-safe; never stops work, as ``DeviceMemory``."""

    def search(self, query: str, *, limit: int) -> SearchResult:
        """Find by name with or without diacritics, agency, mail or serial number; the best first."""

    def learn(self, entries: Sequence[DirectoryEntry]) -> None:
        """Keep these, newer knowledge of the same certificate in place of older."""

    def entries(self, fingerprints: Sequence[str]) -> tuple[DirectoryEntry, ...]:
        """Those certificates, by SHA-256 in lower-case hex, in that order; what is not known is left out."""

    def successors(self, entry: DirectoryEntry) -> tuple[DirectoryEntry, ...]:
        """Newer certificates of the same person (``DirectoryEntry.person``), in force and for encrypting."""

    def remember_bundle(self, made_at: datetime) -> datetime | None:
        """A directory file was imported; returns when the newest before it was made, ``None`` for the first."""

    def groups(self) -> tuple[RecipientGroup, ...]:
        """All groups, by name."""

    def save_group(self, group: RecipientGroup) -> None:
        """Keep a group in place of one of the same name."""

    def remove_group(self, name: str) -> None:
        """Forget a group, not its people."""

    def remember_used(self, fingerprints: Sequence[str]) -> None:
        """These were chosen: they come first from now on."""

    def forget(self, fingerprints: Sequence[str]) -> None:
        """Remove entries."""

    def close(self) -> None:
        """Let go of the file; the next call takes it up again."""


class BundleReader(Protocol):
    """Reads a directory that was brought along as a signed file."""

    def read(self, path: Path) -> Bundle:
        """All entries, once its signature was found good and its signer the department's.

        Raises ``DirectoryError`` DIRECTORY_BUNDLE_…, ``DocumentError``.
        """


class NoAddressBook:
    """An ``AddressBook`` for where nothing is kept."""

    def search(self, query: str, *, limit: int) -> SearchResult:
        """Nothing is known."""
        from bdsigner.model.directory import SearchResult  # here: named for type checkers only, else

        return SearchResult()

    def learn(self, entries: Sequence[DirectoryEntry]) -> None:
        """Keep nothing."""

    def entries(self, fingerprints: Sequence[str]) -> tuple[DirectoryEntry, ...]:
        """Nothing is known."""
        return ()

    def successors(self, entry: DirectoryEntry) -> tuple[DirectoryEntry, ...]:
        """Nothing is known."""
        return ()

    def remember_bundle(self, made_at: datetime) -> datetime | None:
        """Keep nothing."""
        return None

    def groups(self) -> tuple[RecipientGroup, ...]:
        """There are none."""
        return ()

    def save_group(self, group: RecipientGroup) -> None:
        """Keep nothing."""

    def remove_group(self, name: str) -> None:
        """There is none."""

    def remember_used(self, fingerprints: Sequence[str]) -> None:
        """Keep nothing."""

    def forget(self, fingerprints: Sequence[str]) -> None:
        """Nothing is known."""

    def close(self) -> None:
        """Nothing to close."""


class NoBundles:
    """A ``BundleReader`` for where none is taken."""

    def read(self, path: Path) -> Bundle:
        """None is expected."""
        raise DirectoryError(ErrorCode.DIRECTORY_BUNDLE_NOT_EXPECTED, path=str(path))
