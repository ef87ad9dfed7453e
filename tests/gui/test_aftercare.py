"""What earlier work left: a batch that was cut off is offered and resumed, waiting timestamps are fetched and told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from bdsigner.app import Application
from bdsigner.gui.aftercare import Aftercare
from bdsigner.gui.widgets.notice import Notice
from bdsigner.model.extension import WaitingFile
from bdsigner.model.signature import FilePlan, SignatureLevel, SigningPlan
from bdsigner.storage.journal import FileBatchJournal
from bdsigner.storage.timestamp_queue import FileTimestampQueue
from tests.fakes.documents import SIGNED_MARK
from tests.gui.signing_scene import Scene, signing_scene


@pytest.fixture
def scene(qtbot: QtBot, tmp_path: Path) -> Iterator[Scene]:
    with signing_scene(qtbot, tmp_path) as scene:
        yield scene


def care(scene: Scene, **services: object) -> tuple[Aftercare, Notice]:
    application = Application(replace(scene.application.services, **services))
    notice = Notice()
    scene.qtbot.addWidget(notice)
    aftercare = Aftercare(notice, scene.interaction, scene.page)
    aftercare.set_application(application)
    return aftercare, notice


def test_a_batch_that_was_cut_off_is_offered_and_goes_on(scene: Scene, tmp_path: Path) -> None:
    journal = FileBatchJournal(tmp_path / "batches.sqlite")
    files = [scene.pdf(f"{name}.pdf") for name in "ab"]
    plans = tuple(FilePlan(source=file, target=file.with_suffix(".signed.pdf")) for file in files)
    journal.begin(SigningPlan(files=plans, token_serial=scene.token.serial, key_id="01", level=SignatureLevel.B_B))
    for lock in journal._held.values():
        lock.release()
    journal.close()
    aftercare, notice = care(scene, journal=FileBatchJournal(tmp_path / "batches.sqlite"))
    scene.qtbot.waitUntil(lambda: notice.title == "Có lô ký bị ngắt giữa chừng")
    assert "còn 2 tập tin" in notice.text
    with scene.qtbot.waitSignal(aftercare.work_finished):
        notice.action_button.click()
    scene.qtbot.waitUntil(lambda: notice.title == "Đã ký 2 tập tin")
    assert all(plan.target.is_file() for plan in plans)
    assert FileBatchJournal(tmp_path / "batches.sqlite").unfinished() == ()


def test_a_file_that_waited_is_told_once_it_has_its_timestamp(scene: Scene, tmp_path: Path) -> None:
    import hashlib

    queue = FileTimestampQueue(tmp_path / "waiting.sqlite")
    file = scene.pdf("chờ.pdf")
    file.write_bytes(file.read_bytes() + SIGNED_MARK)
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    queue.add(WaitingFile(path=file, sha256=sha256, level=SignatureLevel.B_T, since=datetime.now(UTC)))
    _, notice = care(scene, waiting=queue)
    scene.qtbot.waitUntil(lambda: notice.title == "Đã bổ sung dấu thời gian cho 1 tập tin")
    assert notice.text == "chờ.pdf"
    assert queue.waiting() == ()


def test_with_nothing_left_nothing_is_said(scene: Scene) -> None:
    aftercare, notice = care(scene)
    scene.qtbot.waitUntil(lambda: not aftercare._is_busy)
    assert notice.title == ""
