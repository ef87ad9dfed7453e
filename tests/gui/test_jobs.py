import logging
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread
from pytestqt.qtbot import QtBot

from bdsigner.errors import BdsignerError, DocumentError, ErrorCode, UserCancelled
from bdsigner.gui.jobs import Job, Lane, run_job, stop_jobs
from bdsigner.ports import Phase, Progress

FILE = Path("a.pdf")
PATIENCE_SECONDS = 5


class Owner(QObject):
    """Notes what is delivered, and in which thread."""

    def __init__(self) -> None:
        super().__init__()
        self.results: list[object] = []
        self.errors: list[BdsignerError] = []
        self.steps: list[tuple[Path, Phase, int, int]] = []
        self.threads: set[QThread] = set()

    def run(self, work: Callable[[Progress], object], lane: Lane = Lane.WORK) -> Job:
        return run_job(self, work, done=self.done, failed=self.failed, progressed=self.step, lane=lane)

    def done(self, result: object) -> None:
        self.results.append(result)
        self.threads.add(QThread.currentThread())

    def failed(self, error: BdsignerError) -> None:
        self.errors.append(error)
        self.threads.add(QThread.currentThread())

    def step(self, path: Path, phase: Phase, done: int, total: int) -> None:
        self.steps.append((path, phase, done, total))
        self.threads.add(QThread.currentThread())

    @property
    def has_ended(self) -> bool:
        return bool(self.results or self.errors)


@pytest.fixture
def owner(qapp: QCoreApplication) -> Owner:
    return Owner()


def test_the_result_and_the_progress_arrive_in_the_gui_thread(owner: Owner, qtbot: QtBot) -> None:
    worker_threads: list[int] = []

    def work(progress: Progress) -> str:
        worker_threads.append(threading.get_ident())
        progress.report(FILE, Phase.SIGNING, done=0, total=2)
        return "kết quả"

    owner.run(work)
    qtbot.waitUntil(lambda: owner.has_ended)

    assert owner.results == ["kết quả"]
    assert owner.errors == []
    assert owner.steps == [(FILE, Phase.SIGNING, 0, 2)]
    assert owner.threads == {owner.thread()}
    assert worker_threads != [threading.get_ident()]


def test_a_known_error_arrives_as_it_is(owner: Owner, qtbot: QtBot) -> None:
    error = DocumentError(ErrorCode.DOCUMENT_EMPTY, path="a.pdf")

    def work(progress: Progress) -> None:
        raise error

    owner.run(work)
    qtbot.waitUntil(lambda: owner.has_ended)

    assert owner.errors == [error]
    assert owner.results == []


def test_a_bug_is_logged_and_arrives_as_unexpected(
    owner: Owner, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    def work(progress: Progress) -> None:
        raise ZeroDivisionError

    with caplog.at_level(logging.ERROR):
        owner.run(work)
        qtbot.waitUntil(lambda: owner.has_ended)

    assert [(error.code, dict(error.facts)) for error in owner.errors] == [
        (ErrorCode.UNEXPECTED, {"kind": "ZeroDivisionError"})
    ]
    assert "ZeroDivisionError" in caplog.text


def test_cancelling_stops_the_work_at_its_next_step(owner: Owner, qtbot: QtBot) -> None:
    started, go_on = threading.Event(), threading.Event()
    seen: list[bool] = []

    def work(progress: Progress) -> str:
        started.set()
        assert go_on.wait(PATIENCE_SECONDS)
        seen.append(progress.is_cancelled())
        progress.report(FILE, Phase.SIGNING, done=1, total=2)
        return "never"

    job = owner.run(work)
    assert started.wait(PATIENCE_SECONDS)
    job.cancel()
    go_on.set()
    qtbot.waitUntil(lambda: owner.has_ended)

    assert seen == [True]
    assert [type(error) for error in owner.errors] == [UserCancelled]
    assert owner.results == []


def test_work_cancelled_before_its_turn_never_runs_and_ends_once(owner: Owner, qtbot: QtBot) -> None:
    go_on = threading.Event()
    ran: list[str] = []
    first = owner.run(lambda progress: go_on.wait(PATIENCE_SECONDS), lane=Lane.DRAWING)
    second = owner.run(lambda progress: ran.append("second"), lane=Lane.DRAWING)

    second.cancel()
    assert not owner.has_ended, "the end is delivered later, not from within cancel()"
    qtbot.waitUntil(lambda: owner.has_ended)
    go_on.set()
    qtbot.waitUntil(lambda: owner.results == [True])

    assert ran == []
    assert [type(error) for error in owner.errors] == [UserCancelled]
    assert not first.is_cancelled()


def test_a_picture_does_not_wait_behind_other_work(owner: Owner, qtbot: QtBot) -> None:
    go_on = threading.Event()
    others = Owner()
    for _ in range(8):
        others.run(lambda progress: go_on.wait(PATIENCE_SECONDS))

    owner.run(lambda progress: "picture", lane=Lane.DRAWING)
    qtbot.waitUntil(lambda: owner.has_ended)

    assert owner.results == ["picture"]
    assert not others.has_ended
    go_on.set()
    qtbot.waitUntil(lambda: len(others.results) == 8)


def test_nothing_arrives_once_the_owner_is_gone(owner: Owner, qtbot: QtBot) -> None:
    go_on = threading.Event()
    witness = Owner()

    def work(progress: Progress) -> str:
        assert go_on.wait(PATIENCE_SECONDS)
        progress.report(FILE, Phase.SIGNING, done=0, total=1)
        return "late"

    owner.run(work, lane=Lane.DRAWING)
    witness.run(lambda progress: "after", lane=Lane.DRAWING)
    owner.deleteLater()
    QCoreApplication.sendPostedEvents(owner, QEvent.Type.DeferredDelete)
    assert not shiboken6.isValid(owner)
    go_on.set()
    qtbot.waitUntil(lambda: witness.has_ended)

    assert owner.steps == []
    assert not owner.has_ended


def test_stopping_ends_every_job_and_new_ones_still_run(owner: Owner, qtbot: QtBot) -> None:
    def work(progress: Progress) -> None:
        while not progress.is_cancelled():
            threading.Event().wait(0.005)
        progress.report(FILE, Phase.SIGNING, done=0, total=1)

    for _ in range(6):
        owner.run(work)
    stop_jobs()
    qtbot.waitUntil(lambda: len(owner.errors) == 6)
    owner.run(lambda progress: "again")
    qtbot.waitUntil(lambda: bool(owner.results))

    assert {type(error) for error in owner.errors} == {UserCancelled}
    assert owner.results == ["again"]
