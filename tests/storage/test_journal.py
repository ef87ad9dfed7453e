"""The journal of batches: what is written down is there after the process is gone, and only then."""

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bdsigner.model.batch import JournalNote, JournalStep
from bdsigner.model.geometry import Box
from bdsigner.model.signature import FilePlan, SignatureLevel, SignaturePictures, SigningPlan
from bdsigner.model.signing_rules import Declaration, KindGroup, SigningMode
from bdsigner.storage.journal import FileBatchJournal

DECLARED = Declaration(kind=KindGroup.OFFICIAL, mode=SigningMode.ORIGINAL, number="45", issued=date(2026, 2, 5))


def plan(folder: Path) -> SigningPlan:
    files = tuple(
        FilePlan(source=folder / name, target=folder / f"{name}.signed", box=Box(0, 1, 2, 3.5, 4), declaration=DECLARED)
        for name in ("văn bản.pdf", "b\udcff.pdf", "c.pdf")
    )
    pictures = SignaturePictures(hand=folder / "chữ ký.png")
    return SigningPlan(files=files, token_serial="01", key_id="02", level=SignatureLevel.B_LTA, pictures=pictures)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "batches.sqlite"


def abandoned(file: Path) -> FileBatchJournal:
    """As a process sees it whose predecessor was killed: its locks are free."""
    return FileBatchJournal(file)


def release(journal: FileBatchJournal) -> None:
    for lock in journal._held.values():
        lock.release()
    journal.close()


def test_a_running_batch_is_nobodys_to_resume(file: Path, tmp_path: Path) -> None:
    journal = FileBatchJournal(file)
    journal.begin(plan(tmp_path))
    assert journal.unfinished() == ()
    assert abandoned(file).unfinished() == (), "another window of the same person"
    release(journal)
    assert len(abandoned(file).unfinished()) == 1


def test_everything_a_batch_needs_comes_back(file: Path, tmp_path: Path) -> None:
    journal = FileBatchJournal(file)
    batch = journal.begin(plan(tmp_path))
    partial = tmp_path / ".văn bản.pdf.0123456789abcdef.part"
    assert journal.note(batch, 0, JournalStep.SIGNING, partial=partial)
    assert journal.note(batch, 0, JournalStep.COMMITTING, sha256="ab")
    assert journal.note(batch, 1, JournalStep.OVER)
    release(journal)
    (found,) = abandoned(file).unfinished()
    assert found.plan == plan(tmp_path)
    assert found.left == 2
    assert [one.step for one in found.files] == [JournalStep.COMMITTING, JournalStep.OVER, JournalStep.PLANNED]
    assert (found.files[0].partial, found.files[0].sha256) == (partial, "ab")


def test_a_batch_that_ended_is_forgotten_and_leaves_no_lock(file: Path, tmp_path: Path) -> None:
    journal = FileBatchJournal(file)
    journal.end(journal.begin(plan(tmp_path)))
    journal.close()
    assert abandoned(file).unfinished() == ()
    assert [path for path in tmp_path.iterdir() if path.suffix == ".lock"] == []


def test_going_on_takes_the_place_of_what_was_abandoned(file: Path, tmp_path: Path) -> None:
    first = FileBatchJournal(file)
    first.begin(plan(tmp_path))
    release(first)
    second = abandoned(file)
    (found,) = second.unfinished()
    left = replace(found.plan, files=found.plan.files[1:])
    second.begin(left, instead_of=found.id)
    release(second)
    (after,) = abandoned(file).unfinished()
    assert after.plan == left


def test_a_process_that_was_killed_has_let_go(file: Path, tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from tests.storage.test_journal import plan, FileBatchJournal;"
        f"FileBatchJournal(Path({str(file)!r})).begin(plan(Path({str(tmp_path)!r}))); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[2], timeout=60, check=False)
    assert done.returncode < 0
    assert len(abandoned(file).unfinished()) == 1


def test_what_cannot_be_kept_never_stops_a_batch(tmp_path: Path) -> None:
    blocked = tmp_path / "a file"
    blocked.write_text("in the way")
    journal = FileBatchJournal(blocked / "batches.sqlite")
    batch = journal.begin(plan(tmp_path))
    assert batch == 0
    assert journal.note(batch, 0, JournalStep.SIGNING)
    journal.end(batch)


def test_steps_taken_together_are_written_down_together(file: Path, tmp_path: Path) -> None:
    journal = FileBatchJournal(file)
    batch = journal.begin(plan(tmp_path))
    partials = [tmp_path / ".a.part", tmp_path / ".b.part"]
    notes = [JournalNote(n, JournalStep.COMMITTING, partial, f"{n:064}") for n, partial in enumerate(partials)]
    assert journal.note_all(batch, notes)
    assert journal.note_all(batch, [JournalNote(0, JournalStep.OVER)])
    release(journal)
    (left,) = abandoned(file).unfinished()
    assert [one.step for one in left.files] == [JournalStep.OVER, JournalStep.COMMITTING, JournalStep.PLANNED]
    assert [one.partial for one in left.files] == [*partials, None]
    assert left.files[1].sha256 == f"{1:064}"
