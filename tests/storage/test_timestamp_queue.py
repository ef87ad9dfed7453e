"""The queue of files that wait for a timestamp."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bdsigner.model.extension import Successor, WaitingFile
from bdsigner.model.signature import SignatureLevel
from bdsigner.ports import NoTimestampQueue
from bdsigner.storage.timestamp_queue import FileTimestampQueue

NOW = datetime(2026, 11, 25, 8, 30, tzinfo=UTC)


def waiting(name: str = "a.pdf", *, minutes: int = 0, sha256: str = "aa") -> WaitingFile:
    return WaitingFile(
        path=Path("/kết quả") / name,
        sha256=sha256,
        level=SignatureLevel.B_T,
        since=NOW + timedelta(minutes=minutes),
    )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "dữ liệu" / "waiting.sqlite"


@pytest.fixture
def queue(file: Path) -> Iterator[FileTimestampQueue]:
    queue = FileTimestampQueue(file)
    yield queue
    queue.close()


def test_files_are_kept_the_oldest_first(queue: FileTimestampQueue, file: Path) -> None:
    files = [waiting("b.pdf", minutes=5), waiting("a.pdf"), waiting(os.fsdecode(b"\xff.pdf"), minutes=9)]
    assert all(queue.add(one) for one in files)
    queue.close()
    other = FileTimestampQueue(file)
    assert other.waiting() == (files[1], files[0], files[2])
    other.close()


def test_signed_anew_the_file_waits_once(queue: FileTimestampQueue) -> None:
    queue.add(waiting())
    queue.will_become(waiting(), Successor(sha256="bb", level=SignatureLevel.B_T))
    queue.add(waiting(sha256="cc"))
    assert queue.waiting() == (waiting(sha256="cc"),)


def test_what_a_file_will_become_is_kept_with_it(queue: FileTimestampQueue) -> None:
    successors = (Successor(sha256="bb", level=SignatureLevel.B_T), Successor(sha256="cc", level=SignatureLevel.B_LT))
    queue.add(waiting())
    assert all(queue.will_become(waiting(), one) for one in successors)
    assert queue.waiting() == (replace(waiting(), successors=successors),)
    queue.remove(waiting().path)
    assert queue.waiting() == ()
    assert not queue.will_become(waiting(), successors[0])


def test_the_slower_of_two_processes_changes_nothing(queue: FileTimestampQueue) -> None:
    queue.add(waiting())
    faster = replace(waiting(sha256="bb"), attempts=1, last_error="revocation", next_attempt=NOW)
    queue.update(waiting(), faster)
    queue.update(waiting(), replace(waiting(), attempts=7))
    assert queue.waiting() == (faster,)
    queue.remove(faster.path)
    queue.update(faster, faster)
    assert queue.waiting() == ()


def test_kill_9_loses_nothing_that_was_kept(file: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from tests.storage.test_timestamp_queue import FileTimestampQueue, waiting\n"
        "queue = FileTimestampQueue(Path(sys.argv[1]))\n"
        "queue.add(waiting())\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(file)], check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == -9
    queue = FileTimestampQueue(file)
    assert queue.waiting() == (waiting(),)
    queue.close()


def test_a_damaged_file_is_put_aside_by_name(queue: FileTimestampQueue, file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"no database" * 100)
    assert queue.waiting() == ()
    assert queue.add(waiting())
    assert queue.waiting() == (waiting(),)
    assert [path.read_bytes()[:11] for path in file.parent.glob("*.damaged-*")] == [b"no database"]


def test_what_cannot_be_kept_is_said(tmp_path: Path) -> None:
    (tmp_path / "folder").write_bytes(b"a file in the way")
    queue = FileTimestampQueue(tmp_path / "folder" / "waiting.sqlite")
    assert not queue.add(waiting())
    assert queue.waiting() == ()
    assert not NoTimestampQueue().add(waiting())
