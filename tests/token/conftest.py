"""SoftHSM tokens and a gateway to them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bdsigner.model.token import Token
from bdsigner.token.gateway import ChildTokenGateway
from tests.support.softhsm import SoftHsm, make_softhsm


@pytest.fixture(scope="session")
def softhsm_template(tmp_path_factory: pytest.TempPathFactory) -> SoftHsm:
    return make_softhsm(tmp_path_factory.mktemp("softhsm") / "mẫu")


@pytest.fixture
def softhsm(softhsm_template: SoftHsm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SoftHsm:
    """A token of this test's own; children started now use it."""
    softhsm = softhsm_template.copy_to(tmp_path / "softhsm")
    for name, value in softhsm.environment.items():
        monkeypatch.setenv(name, value)
    return softhsm


@pytest.fixture
def gateway(softhsm: SoftHsm) -> Iterator[ChildTokenGateway]:
    gateway = ChildTokenGateway([softhsm.module])
    yield gateway
    gateway.close()


@pytest.fixture
def token(gateway: ChildTokenGateway) -> Token:
    (token,) = gateway.list_tokens().tokens
    return token
