from pathlib import Path

import pytest

from bdsigner.model.signature import VisibleSignature
from bdsigner.model.token import SignatureMechanism
from tests.signing.parts import Desk, Signer, TimestampServer, visible
from tests.support import pki
from tests.support.pki import Training


def _signer(training: Training, name: str, mechanism: SignatureMechanism) -> Signer:
    return Signer(training.certificate(name), training.chain(name), training.key(name), mechanism)


@pytest.fixture
def signer(training: Training) -> Signer:
    """An RSA-2048 key."""
    return _signer(training, pki.CHAIRMAN, SignatureMechanism.RSA_PKCS1)


@pytest.fixture(params=list(SignatureMechanism))
def any_signer(training: Training, request: pytest.FixtureRequest) -> Signer:
    """One signer for each mechanism."""
    name = pki.EC_HEAD if request.param is SignatureMechanism.ECDSA else pki.CHAIRMAN
    return _signer(training, name, request.param)


@pytest.fixture
def desk(tmp_path: Path, signer: Signer) -> Desk:
    folder = tmp_path / "bàn ký"
    folder.mkdir()
    return Desk(folder, signer)


@pytest.fixture
def tsa(training: Training) -> TimestampServer:
    return TimestampServer(training.tsa_url)


@pytest.fixture
def appearance(tmp_path: Path) -> VisibleSignature:
    return visible(tmp_path)
