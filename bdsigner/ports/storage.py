"""What is written and what is remembered."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bdsigner.errors import StorageError
    from bdsigner.model.batch import JournalNote, JournalStep, UnfinishedBatch
    from bdsigner.model.certificate import Certificate, Publication
    from bdsigner.model.device import DeviceEvent, KnownDevice, RequestCase, RequestDraft
    from bdsigner.model.extension import Successor, WaitingFile
    from bdsigner.model.numbering import DocumentNumber
    from bdsigner.model.register import HashedFile, Register, RegisterEvent
    from bdsigner.model.signature import SigningPlan
    from bdsigner.model.token import Token


class NewFile(Protocol):
    """An output that appears whole or not at all."""

    @property
    def partial(self) -> Path:
        """The temporary file beside the target."""

    def rename(self, target: Path) -> None:
        """Have another name in the same folder when it is committed.  Raises ``StorageError`` as ``Outputs.new_file``."""

    def commit(self) -> None:
        """Flush to disk and give the file its name; never replaces another.  Raises ``StorageError``."""


class Outputs(Protocol):
    """Where results are written."""

    def new_file(self, target: Path, *, source: Path | None) -> AbstractContextManager[NewFile]:
        """Open a temporary file beside ``target``; removed unless committed.

        ``source`` is the file it is made of; ``None``: none.

        Raises ``StorageError``: target exists, is the source, folder read-only, disk full …
        """

    def new_secret(self, target: Path, *, source: Path | None) -> AbstractContextManager[NewFile]:
        """As ``new_file``, for decrypted content: where the system can, it has no name before it is committed."""

    def replace_own(self, target: Path, *, expected_sha256: str) -> AbstractContextManager[NewFile]:
        """Open a temporary file beside a result of ours; committing it replaces that result in one step.

        Raises ``StorageError``: STORAGE_CHANGED, also when committing, unless ``target`` has that SHA-256 (hex).
        """

    def commit_all(self, files: Sequence[NewFile]) -> tuple[StorageError | None, ...]:
        """``commit`` for several files together: they wait for the disk once.  One that fails does not stop the others.

        ``files`` are of these outputs.  Returns what ``commit`` would have raised, in their order.
        """

    def adopt(self, partial: Path, target: Path) -> None:
        """Give a whole temporary file that a killed process left its name; never replaces another.

        Raises ``StorageError``.
        """

    def sweep(self, target: Path) -> None:
        """Remove what a process of ours that is gone left of ``target``.  Never raises."""

    def write_new(self, target: Path, content: bytes) -> None:
        """Write a small file whole or not at all; replaces no file.  Raises ``StorageError``."""


class DeviceMemory(Protocol):
    """What this machine remembers of tokens: public data and counts, never a secret.  Thread- and process-safe.

    A memory that cannot be read or written never stops work: counts are then ``None``, the rest empty.
    """

    def remember(self, tokens: Sequence[Token]) -> None:
        """Keep who was seen, with all certificates, so that a lost token can be reported."""

    def devices(self) -> tuple[KnownDevice, ...]:
        """All tokens ever seen, the latest first."""

    def misses(self, serial: str) -> int | None:
        """Wrong PINs since the last good one on this machine; ``None`` when that cannot be read."""

    def count_miss(self, serial: str) -> None:
        """A PIN was refused."""

    def clear_misses(self, serial: str) -> None:
        """A PIN was accepted, or a new one was set."""

    def always_authenticate(self, serial: str) -> frozenset[str]:
        """Ids of keys that are known to want the PIN for each signature."""

    def set_always_authenticate(self, serial: str, key_ids: frozenset[str]) -> None:
        """Keep what a login showed."""

    def record(self, event: DeviceEvent) -> None:
        """Add to the history of a device (Đ14.2); also written to the log."""

    def events(self, serial: str = "", *, limit: int = 100) -> tuple[DeviceEvent, ...]:
        """The history, the latest first; of one device or of all."""

    def reminders_shown(self, sha256: str) -> frozenset[int]:
        """Thresholds in days whose reminder was shown for that certificate."""

    def set_reminder_shown(self, sha256: str, days: int) -> None:
        """Keep that the reminder of that threshold was shown."""

    def is_acknowledged(self, notice: str) -> bool:
        """Whether a person has read that notice here."""

    def acknowledge(self, notice: str, at: datetime) -> None:
        """A person has read it."""

    def save_draft(self, draft: RequestDraft) -> None:
        """Keep what a request to the department will need; replaces a draft of the same case and serial."""

    def drop_draft(self, case: RequestCase, serial: str) -> None:
        """Forget it: the request was withdrawn before it was sent."""

    def drafts(self) -> tuple[RequestDraft, ...]:
        """Requests that were begun, the latest first."""

    def close(self) -> None:
        """Let go of the file; the next call takes it up again."""


class TimestampQueue(Protocol):
    """Signed files that wait for a timestamp ("chờ dấu thời gian").  Thread- and process-safe."""

    def add(self, file: WaitingFile) -> bool:
        """Keep a file; replaces what was kept of that path.  False when it cannot be kept."""

    def waiting(self) -> tuple[WaitingFile, ...]:
        """All files, the oldest first; none when they cannot be read."""

    def will_become(self, file: WaitingFile, successor: Successor) -> bool:
        """Keep, before a file is replaced, what it is replaced by; false when that cannot be kept."""

    def update(self, before: WaitingFile, after: WaitingFile) -> None:
        """Keep what an attempt came to, unless another was quicker or the file waits no longer."""

    def remove(self, path: Path) -> None:
        """The file waits no longer."""

    def close(self) -> None:
        """Let go of the file the queue is kept in; the next call takes it up again."""


class NoTimestampQueue:
    """A ``TimestampQueue`` for where nothing is kept."""

    def add(self, file: WaitingFile) -> bool:
        """Keep nothing."""
        del file
        return False

    def waiting(self) -> tuple[WaitingFile, ...]:
        """Nothing waits."""
        return ()

    def will_become(self, file: WaitingFile, successor: Successor) -> bool:
        """Keep nothing."""
        del file, successor
        return False

    def update(self, before: WaitingFile, after: WaitingFile) -> None:
        """Keep nothing."""

    def remove(self, path: Path) -> None:
        """There is nothing to remove."""

    def close(self) -> None:
        """There is nothing to close."""


class BatchJournal(Protocol):
    """How far each file of a batch came; survives kill -9.  Thread- and process-safe.

    A journal that cannot be written never stops a batch: that batch cannot be resumed then.
    """

    def begin(self, plan: SigningPlan, *, instead_of: int = 0) -> int:
        """Keep a plan in place of an abandoned batch's; returns the batch's number, 0 when it cannot be kept."""

    def note(
        self, batch: int, number: int, step: JournalStep, *, partial: Path | None = None, sha256: str = ""
    ) -> bool:
        """Write down a step of a file before it is taken; false when that was not possible."""

    def note_all(self, batch: int, notes: Sequence[JournalNote]) -> bool:
        """``note`` for several files at once: all of it is written down, or nothing."""

    def end(self, batch: int) -> None:
        """Every file has come to an end that was told: forget the batch."""

    def unfinished(self) -> tuple[UnfinishedBatch, ...]:
        """Batches whose process is gone, the oldest first."""

    def close(self) -> None:
        """Let go of the file; the next call takes it up again."""


class NoBatchJournal:
    """A ``BatchJournal`` for where nothing is resumed."""

    def begin(self, plan: SigningPlan, *, instead_of: int = 0) -> int:
        """Keep nothing."""
        return 0

    def note(
        self, batch: int, number: int, step: JournalStep, *, partial: Path | None = None, sha256: str = ""
    ) -> bool:
        """Keep nothing."""
        return True

    def note_all(self, batch: int, notes: Sequence[JournalNote]) -> bool:
        """Keep nothing."""
        return True

    def end(self, batch: int) -> None:
        """Nothing to forget."""

    def unfinished(self) -> tuple[UnfinishedBatch, ...]:
        """None."""
        return ()

    def close(self) -> None:
        """Nothing to close."""


class NumberRegister(Protocol):
    """The agency's own register of document numbers on this machine.  Thread- and process-safe.

    A register that cannot be read or written never stops a signature: it then knows of no number.
    """

    def next_number(self, symbol: str, year: int) -> str:
        """One more than the highest number given; empty when the register cannot be read."""

    def holder(self, number: DocumentNumber) -> Path | None:
        """The file that has a number; ``None``: nobody has."""

    def claim(self, number: DocumentNumber, path: Path) -> Path | None:
        """Give a number to a file before it is typed; returns the file that has it already, ``None`` when it is given."""

    def settle(self, number: DocumentNumber, path: Path, *, is_signed: bool) -> None:
        """The file that claimed it was signed, or was not: then the number is free again."""

    def close(self) -> None:
        """Let go of the file; the next call takes it up again."""


class NoNumberRegister:
    """A ``NumberRegister`` for where none is kept."""

    def next_number(self, symbol: str, year: int) -> str:
        """Nothing is known."""
        return ""

    def holder(self, number: DocumentNumber) -> Path | None:
        """Nobody."""
        return None

    def claim(self, number: DocumentNumber, path: Path) -> Path | None:
        """Given to everybody."""
        return None

    def settle(self, number: DocumentNumber, path: Path, *, is_signed: bool) -> None:
        """Keep nothing."""

    def close(self) -> None:
        """Nothing to close."""


class DocumentRegister(Protocol):
    """The register of signed documents on this machine (§12): only ever added to.  Thread- and process-safe.

    A register that is found damaged is kept under another name, and the one begun in its place says so.
    """

    def append(
        self, event: RegisterEvent, *, at: datetime, path: Path | None = None, is_of_batch: bool = False
    ) -> None:
        """Add an entry; ``path`` is where its file is.  Raises ``StorageError`` ``STORAGE_REGISTER``.

        It outlasts kill -9 at once, and a power cut unless it ``is_of_batch``: then from ``flush`` on.
        """

    def flush(self) -> None:
        """The batch is over.  Never raises."""

    def read(self) -> Register:
        """All entries, and whether the chain is whole.  Raises ``StorageError`` ``STORAGE_REGISTER``."""

    def place_of(self, sha256: str) -> Path | None:
        """Where a file was when it was entered last; ``None``: not known."""

    def last_at(self, path: Path) -> str:
        """SHA-256 of the file that was at that place when it was entered last; empty: not known."""

    def note_conversion(self, pdf_sha256: str, source: HashedFile) -> None:
        """Keep what a PDF was made of, for the case that it gets signed."""

    def converted_from(self, sha256: str) -> HashedFile | None:
        """What a PDF was made of here; ``None``: nothing that is known."""

    def close(self) -> None:
        """Let go of the file; the next call takes it up again."""


class NoDocumentRegister:
    """A ``DocumentRegister`` for where none is kept."""

    def append(
        self, event: RegisterEvent, *, at: datetime, path: Path | None = None, is_of_batch: bool = False
    ) -> None:
        """Keep nothing."""

    def flush(self) -> None:
        """There is nothing to flush."""

    def read(self) -> Register:
        """There is nothing."""
        from bdsigner.model.register import Register  # here: named for type checkers only, else

        return Register()

    def place_of(self, sha256: str) -> Path | None:
        """Nowhere."""
        return None

    def last_at(self, path: Path) -> str:
        """Nothing."""
        return ""

    def note_conversion(self, pdf_sha256: str, source: HashedFile) -> None:
        """Keep nothing."""

    def converted_from(self, sha256: str) -> HashedFile | None:
        """Nothing."""
        return None

    def close(self) -> None:
        """Nothing to close."""


class PublicationList(Protocol):
    """Which certificates were published on the province's portal (Đ6.3a), as far as this machine was told."""

    def find(self, certificate: Certificate) -> Publication:
        """What the list says of one certificate; may read a file.  Raises ``ProfileError`` for a faulty list."""


class NoPublicationList:
    """A ``PublicationList`` for where there is none: publication stays unknown (§16.3)."""

    def find(self, certificate: Certificate) -> Publication:
        """Say that nothing is known."""
        from bdsigner.model.certificate import Publication  # here: see above

        return Publication()
