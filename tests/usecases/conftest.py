"""Signed documents and the parts to review and release them with; real but for the token."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bdsigner.app import SystemClock
from bdsigner.conversion.office import OfficeConverter
from bdsigner.documents.gateway import ChildDocumentGateway
from bdsigner.net.fetch import HttpFetcher
from bdsigner.net.timestamp import HttpTimestamper
from bdsigner.ports import Services
from bdsigner.storage.outputs import FileOutputs
from bdsigner.storage.register import FileDocumentRegister
from tests.fakes.memory import FakeMemory
from tests.fakes.token import FakeToken, FakeTokenGateway
from tests.support.administrative import draw
from tests.support.pki import CHAIRMAN, SPECIALIST, Training
from tests.usecases.clerk import ORIGINAL, sign


@pytest.fixture(scope="module")
def documents(training: Training) -> Iterator[ChildDocumentGateway]:
    gateway = ChildDocumentGateway(training.profile, HttpFetcher(training.profile.network))
    yield gateway
    gateway.close()


@pytest.fixture
def services(training: Training, documents: ChildDocumentGateway, tmp_path: Path) -> Services:
    profile = training.profile
    people = (CHAIRMAN, SPECIALIST)
    token = FakeToken(
        keys={name.encode().hex(): training.key(name) for name in people},
        certificates={name.encode().hex(): training.certificate(name) for name in people},
    )
    return Services(
        profile=profile,
        tokens=FakeTokenGateway(token),
        documents=documents,
        timestamper=HttpTimestamper(profile.timestamp, profile.network),
        outputs=FileOutputs(),
        clock=SystemClock(),
        memory=FakeMemory(),
        converter=OfficeConverter(),
        register=FileDocumentRegister(tmp_path / "sổ" / "signed-documents.sqlite"),
    )


@pytest.fixture
def original(tmp_path: Path) -> Path:
    path = tmp_path / "quyết định.pdf"
    path.write_bytes(draw(ORIGINAL))
    return path


@pytest.fixture
def signed(services: Services, original: Path) -> Path:
    outcome = sign(services, original)
    assert outcome.signed is not None, outcome.error
    assert outcome.signed.is_registered
    return outcome.signed.target
