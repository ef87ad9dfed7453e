from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bdsigner.documents.gateway import ChildDocumentGateway
from tests.documents.parts import NoNetwork, profile

MakeFile = Callable[..., Path]


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ChildDocumentGateway]:
    """One gateway for tests that leave its children alive."""
    gateway = ChildDocumentGateway(profile(tmp_path_factory.mktemp("profile")), NoNetwork())
    yield gateway
    gateway.close()


@pytest.fixture
def own_gateway(tmp_path: Path) -> Iterator[ChildDocumentGateway]:
    """A gateway for tests that harm its children."""
    gateway = ChildDocumentGateway(profile(tmp_path), NoNetwork())
    yield gateway
    gateway.close()


@pytest.fixture
def make_file(tmp_path: Path) -> MakeFile:
    def make(content: bytes, name: str = "Quyết định số 01.pdf") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return make
