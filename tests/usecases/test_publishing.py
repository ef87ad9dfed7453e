"""Signed files get their names in groups: the journal first, then the disk, then the name; one that fails stops no other."""

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from bdsigner.errors import BdsignerError, ErrorCode, StorageError
from bdsigner.model.batch import JournalNote, JournalStep
from bdsigner.model.signature import SignatureLevel, SignatureResult
from bdsigner.ports import NewFile, NoBatchJournal, Services
from bdsigner.storage.outputs import FileOutputs
from bdsigner.usecases.file_hash import sha256_of
from bdsigner.usecases.publishing import WAITING_MAX, Publisher, SignedOutput

CONTENT = b"%PDF signed"


class NotingJournal(NoBatchJournal):
    """Notes what was written down, and which targets had their names by then."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.groups: list[tuple[Sequence[JournalNote], set[str]]] = []

    def note_all(self, batch: int, notes: Sequence[JournalNote]) -> bool:
        self.groups.append((notes, {path.name for path in self.folder.glob("*.pdf")}))
        return True


class SlowOutputs(FileOutputs):
    """Waits in the first group until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.is_begun, self.may_go_on = threading.Event(), threading.Event()
        self.groups: list[int] = []

    def commit_all(self, files: Sequence[NewFile]) -> tuple[StorageError | None, ...]:
        self.groups.append(len(files))
        self.is_begun.set()
        assert self.may_go_on.wait(30)
        return super().commit_all(files)


@dataclass
class Parts:
    outputs: FileOutputs
    journal: NotingJournal


@dataclass
class Batch:
    folder: Path
    outputs: FileOutputs
    told: dict[int, BdsignerError | None] = field(default_factory=dict)

    def publisher(self, *, batch: int = 1) -> Publisher:
        self.journal = NotingJournal(self.folder)
        services = cast(Services, Parts(self.outputs, self.journal))
        return Publisher(services, batch, told=lambda signed, error: self.told.update({signed.number: error}))

    def signed(self, number: int) -> SignedOutput:
        source = self.folder / "nguồn.txt"
        source.write_bytes(b"")
        with ExitStack() as stack:
            output = stack.enter_context(self.outputs.new_file(self.target(number), source=source))
            output.partial.write_bytes(CONTENT)
            held = stack.pop_all()
        result = SignatureResult(field="Signature1", level=SignatureLevel.B_B, timestamp_time=None, size_bytes=11)
        return SignedOutput(number=number, output=output, result=result, printed=datetime.now(UTC), held=held)

    def target(self, number: int) -> Path:
        return self.folder / f"{number:02}.pdf"

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir() if path.name != "nguồn.txt")


@pytest.fixture
def make_batch(tmp_path: Path) -> Callable[[FileOutputs], Batch]:
    return lambda outputs: Batch(tmp_path, outputs)


def test_what_a_file_is_known_by_stands_in_the_journal_before_it_has_its_name(make_batch) -> None:
    batch = make_batch(FileOutputs())
    one = batch.signed(0)
    sha256 = sha256_of(one.output.partial)
    with batch.publisher() as publisher:
        publisher.hand_over(one)
    (committing, before), (over, after) = batch.journal.groups
    assert committing == [JournalNote(0, JournalStep.COMMITTING, one.output.partial, sha256)]
    assert over == [JournalNote(0, JournalStep.OVER)]
    assert (before, after) == (set(), {"00.pdf"})
    assert batch.told == {0: None}
    assert batch.names() == ["00.pdf"]


def test_files_that_become_ready_while_the_disk_is_busy_are_one_group(make_batch) -> None:
    outputs = SlowOutputs()
    batch = make_batch(outputs)
    signed = [batch.signed(number) for number in range(6)]
    with batch.publisher() as publisher:
        publisher.hand_over(signed[0])
        assert outputs.is_begun.wait(30)
        for one in signed[1:]:
            publisher.hand_over(one)
        outputs.may_go_on.set()
    assert outputs.groups == [1, 5]
    assert batch.told == dict.fromkeys(range(6))
    assert batch.names() == [f"{number:02}.pdf" for number in range(6)]
    assert [len(notes) for notes, _ in batch.journal.groups] == [1, 1, 5, 5]


def test_a_name_taken_meanwhile_fails_one_file_and_no_other(make_batch) -> None:
    batch = make_batch(FileOutputs())
    signed = [batch.signed(number) for number in range(3)]
    batch.target(1).write_bytes(b"somebody else's")
    with batch.publisher() as publisher:
        for one in signed:
            publisher.hand_over(one)
    error = batch.told[1]
    assert error is not None
    assert error.code is ErrorCode.STORAGE_EXISTS
    assert batch.told == {0: None, 1: error, 2: None}
    assert batch.target(1).read_bytes() == b"somebody else's"
    assert batch.names() == ["00.pdf", "01.pdf", "02.pdf"]
    over = [note.number for notes, _ in batch.journal.groups for note in notes if note.step is JournalStep.OVER]
    assert sorted(over) == [0, 2]


def test_a_temporary_file_that_is_gone_fails_with_a_code(make_batch) -> None:
    batch = make_batch(FileOutputs())
    one = batch.signed(0)
    one.output.partial.unlink()
    with batch.publisher() as publisher:
        publisher.hand_over(one)
    assert isinstance(batch.told[0], StorageError)
    assert batch.names() == []


def test_signing_waits_for_a_disk_that_is_much_slower(make_batch) -> None:
    outputs = SlowOutputs()
    batch = make_batch(outputs)
    signed = [batch.signed(number) for number in range(WAITING_MAX + 1)]
    with batch.publisher(batch=0) as publisher:
        for one in signed[:-1]:
            publisher.hand_over(one)
        late = threading.Thread(target=publisher.hand_over, args=(signed[-1],))
        late.start()
        assert outputs.is_begun.wait(30)
        assert late.is_alive()
        outputs.may_go_on.set()
        late.join(30)
        assert not late.is_alive()
    assert batch.journal.groups == [], "no batch, nothing to resume"
    assert len(batch.told) == WAITING_MAX + 1
