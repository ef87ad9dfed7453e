"""pytest plugin: a private smart-card service (``pcsc``) and a fresh card in its first reader (``piv``); a CA (``ca``), a
server's context by it (``tls``), and what a server took (``effects``)."""

import os
import ssl
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.net.tls import TestCa
from tests.rigs.effects import Effects
from tests.rigs.pcsc import SOCKET_VARIABLE, PcscService, opensc_module, pcsc_service
from tests.rigs.piv import CARD_AUTHENTICATION, SIGN, SIGN_EACH, PivCard, Reader
from tests.support.softhsm import self_signed

HOLDER = "Nguyễn Văn Ánh"
RSA_KEY, EACH_KEY, EC_KEY = "01", "02", "04"
"""CKA_ID that OpenSC gives the keys in 9A, 9C and 9E."""


@dataclass(frozen=True)
class PivRig:
    """A card in a reader of a running service."""

    service: PcscService
    card: PivCard
    module: Path

    @property
    def reader(self) -> Reader:
        return self.service.readers[0]

    @property
    def other_reader(self) -> Reader:
        return self.service.readers[1]

    def remove(self) -> None:
        self.reader.remove()

    def insert(self) -> None:
        self.reader.insert(self.card)


def pytest_configure(config: pytest.Config) -> None:
    """No test ever meets the system's own service."""
    folder = tempfile.TemporaryDirectory(prefix="pcsc-")
    config.add_cleanup(folder.cleanup)
    os.environ[SOCKET_VARIABLE] = str(Path(folder.name) / "pcscd.comm")


@pytest.fixture(scope="session")
def pcsc(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PcscService]:
    with pcsc_service(tmp_path_factory.mktemp("pcsc") / "service") as service:
        yield service


@pytest.fixture(scope="session")
def piv_keys() -> tuple[rsa.RSAPrivateKey, rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey]:
    return (
        rsa.generate_private_key(65537, 2048),
        rsa.generate_private_key(65537, 2048),
        ec.generate_private_key(ec.SECP256R1()),
    )


@pytest.fixture
def piv(
    pcsc: PcscService,
    piv_keys: tuple[rsa.RSAPrivateKey, rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey],
) -> Iterator[PivRig]:
    """Children started now find the service and the card."""
    card = PivCard()
    for slot, key in zip((SIGN, SIGN_EACH, CARD_AUTHENTICATION), piv_keys, strict=True):
        card.put(slot, key, self_signed(key, HOLDER))
    rig = PivRig(pcsc, card, opensc_module())
    rig.insert()
    yield rig
    for reader in pcsc.readers:
        reader.remove()


@pytest.fixture(scope="module")
def ca() -> TestCa:
    return TestCa.make()


@pytest.fixture(scope="module")
def tls(ca: TestCa, tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    return ca.context(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def effects(tmp_path: Path) -> Effects:
    return Effects(tmp_path / "effects.sqlite")
