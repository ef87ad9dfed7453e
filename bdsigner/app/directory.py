"""What a face can do with the directory of certificates (Đ9)."""

from collections.abc import Callable, Sequence
from pathlib import Path

from bdsigner.model.directory import BundleImport, CheckedRecipient, DirectoryEntry, RecipientGroup, SearchResult
from bdsigner.ports import Services
from bdsigner.usecases.check_recipients import check_recipients
from bdsigner.usecases.find_recipients import (
    ask_directories,
    entry_of_file,
    find_recipients,
    import_bundle,
    own_entries,
    with_age,
)


class Directory:
    """Every method may be called from any thread and raises what its use case says."""

    def __init__(self, services: Services) -> None:
        self._services = services

    @property
    def has_servers(self) -> bool:
        """Whether the profile names any server to ask."""
        return bool(self._services.directories)

    def search(self, query: str, *, limit: int = 20) -> SearchResult:
        """What this machine knows; nothing to look for gives those used lately.  Asks nobody."""
        return find_recipients(query, self._services, limit=limit)

    def search_servers(
        self, query: str, *, limit: int = 20, should_stop: Callable[[], bool] = lambda: False
    ) -> SearchResult:
        """See ``usecases.find_recipients.ask_directories``."""
        return ask_directories(query, self._services, limit=limit, should_stop=should_stop)

    def check(self, entries: Sequence[DirectoryEntry]) -> tuple[CheckedRecipient, ...]:
        """See ``usecases.check_recipients``."""
        return check_recipients(entries, self._services)

    def entries(self, fingerprints: Sequence[str]) -> tuple[DirectoryEntry, ...]:
        """Those certificates, as a group has them."""
        return with_age(self._services.address_book.entries(fingerprints), self._services)

    def entry_of(self, path: Path) -> DirectoryEntry:
        """See ``usecases.find_recipients.entry_of_file``."""
        return entry_of_file(path, self._services)

    def own(self) -> tuple[DirectoryEntry, ...]:
        """See ``usecases.find_recipients.own_entries``."""
        return own_entries(self._services)

    def import_bundle(self, path: Path) -> BundleImport:
        """See ``usecases.find_recipients.import_bundle``."""
        return import_bundle(path, self._services)

    def groups(self) -> tuple[RecipientGroup, ...]:
        """All groups, by name."""
        return self._services.address_book.groups()

    def save_group(self, group: RecipientGroup) -> None:
        """Keep a group in place of one of the same name."""
        self._services.address_book.save_group(group)

    def remove_group(self, name: str) -> None:
        """Forget a group, not its people."""
        self._services.address_book.remove_group(name)

    def remember_used(self, entries: Sequence[DirectoryEntry]) -> None:
        """These were encrypted for: they come first from now on."""
        self._services.address_book.learn(entries)
        self._services.address_book.remember_used([entry.certificate.sha256 for entry in entries])

    def forget(self, fingerprints: Sequence[str]) -> None:
        """Remove entries."""
        self._services.address_book.forget(fingerprints)
