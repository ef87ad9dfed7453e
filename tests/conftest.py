"""Fixtures shared by all tests."""

from collections.abc import Iterator

import pytest

from tests.support.pki import Training, served_training

pytest_plugins = ["tests.rigs.fixtures"]


@pytest.fixture(scope="session")
def training(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Training]:
    """A ready training folder with TSA, OCSP and CRL served on loopback and soft tokens; about three seconds."""
    with served_training(tmp_path_factory.mktemp("training") / "thử nghiệm") as training:
        yield training
