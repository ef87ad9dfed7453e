"""A second training folder, not served by the session."""

import shutil

import pytest

from bdsigner.training.folder import TrainingFolder
from bdsigner.training.setup import set_up
from tests.support.pki import Training

SIGNED_BY_HAND = "quyet-dinh.signed.pdf"


@pytest.fixture(scope="session")
def remade(training: Training, tmp_path_factory: pytest.TempPathFactory) -> TrainingFolder:
    """A copy of the session's folder in another place, with a file of a person's, set up again."""
    folder = tmp_path_factory.mktemp("remade") / "training"
    shutil.copytree(training.folder.folder, folder)
    (folder / "samples" / SIGNED_BY_HAND).write_bytes(b"mine")
    return set_up(folder)
