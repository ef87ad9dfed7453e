"""Setting the training folder up: private, repeatable, never over other people's files."""

import stat
import sys
from pathlib import Path

import pytest

from bdsigner.errors import ErrorCode, TrainingError
from bdsigner.storage.profile import load_profile
from bdsigner.training.folder import STAMP_NAME, TrainingFolder, read_stamp, write_stamp
from bdsigner.training.setup import set_up
from tests.support.pki import CHAIRMAN, Training
from tests.training.conftest import SIGNED_BY_HAND

pytestmark = [pytest.mark.training, pytest.mark.softhsm]


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_repeating_changes_nothing(training: Training) -> None:
    before = files(training.folder.folder)
    again = set_up(training.folder.folder)
    assert again == training.folder
    assert files(training.folder.folder) == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows protects by the folder's inherited ACL")
def test_the_folder_is_private(training: Training) -> None:
    assert stat.S_IMODE(training.folder.folder.stat().st_mode) == 0o700


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "profile").mkdir()
    kept = tmp_path / "profile" / "thu.txt"
    kept.write_text("giữ lại", encoding="utf-8")
    with pytest.raises(TrainingError) as caught:
        set_up(tmp_path)
    assert caught.value.code is ErrorCode.TRAINING_FOLDER_IN_USE
    assert files(tmp_path) == {kept: "giữ lại".encode()}


def test_an_interrupted_set_up_is_made_anew(training: Training, tmp_path: Path) -> None:
    folder = tmp_path / "training"
    (folder / "pki").mkdir(parents=True)
    (folder / "pki" / "description.json").write_text("{", encoding="utf-8")
    stamp = training.folder.stamp
    write_stamp(folder, type(stamp)(version=stamp.version, port=1, created=stamp.created, origin=""))
    made = set_up(folder)
    assert made == TrainingFolder.open(folder)
    assert load_profile(made.profile).anchors == made.anchors


def test_a_copied_folder_is_made_anew_but_keeps_what_people_put_beside_the_samples(
    training: Training, remade: TrainingFolder
) -> None:
    assert remade.stamp.port != training.folder.stamp.port
    assert remade.certificate(CHAIRMAN) != training.certificate(CHAIRMAN)
    assert str(remade.tokens) in remade.softhsm_conf.read_text(encoding="utf-8")
    assert (remade.samples / SIGNED_BY_HAND).read_bytes() == b"mine"


def test_a_place_that_cannot_be_written_is_a_coded_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(TrainingError) as caught:
        set_up(tmp_path / "file" / "training")
    assert caught.value.code is ErrorCode.TRAINING_FAILED
    assert caught.value.facts["step"] == "write"


def test_opening_an_unfinished_folder_fails(tmp_path: Path) -> None:
    with pytest.raises(TrainingError):
        TrainingFolder.open(tmp_path)


def test_a_damaged_stamp_counts_as_none(tmp_path: Path) -> None:
    (tmp_path / STAMP_NAME).write_text('{"version": "x"', encoding="utf-8")
    assert read_stamp(tmp_path) is None
