"""The in-memory PKI and its network."""

import pytest

from tests.support.small_pki import MemoryNetwork, SmallPki


@pytest.fixture(scope="session")
def pki() -> SmallPki:
    return SmallPki()


@pytest.fixture
def network(pki: SmallPki) -> MemoryNetwork:
    return MemoryNetwork.of(pki)
