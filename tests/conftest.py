"""Fixtures shared by all tests."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.support.pki import Training, served_training

settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machine")  # how long an example takes is for tests/bench

LONGEST = frozenset({"window", "usecases"})
"""Folders of tests that start processes and wait for them."""
pytest_plugins = ["tests.rigs.fixtures"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first: the last one would keep one of two processes waiting.  The Makefile keeps this order."""
    items.sort(key=lambda item: LONGEST.isdisjoint(item.path.parts))


@pytest.fixture(scope="session")
def training(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Training]:
    """A ready training folder with TSA, OCSP and CRL served on loopback and soft tokens; about three seconds."""
    with served_training(tmp_path_factory.mktemp("training") / "thử nghiệm") as training:
        yield training
