import os

# Before Qt is imported: no display is needed and every machine draws alike.
os.environ["QT_QPA_PLATFORM"] = "offscreen"

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from bdsigner.app import Application, SystemClock
from bdsigner.gui.jobs import stop_jobs
from bdsigner.gui.look.theme import apply_theme
from bdsigner.gui.preferences import Preferences
from bdsigner.model.profile import Mode, Profile
from bdsigner.ports import Services
from bdsigner.storage.forms import FormFolder
from bdsigner.storage.outputs import FileOutputs
from bdsigner.storage.paths import HOME_VARIABLE
from bdsigner.storage.profile import load_profile
from bdsigner.storage.resources import default_profile_folder
from bdsigner.storage.settings import Settings
from tests.fakes.documents import FakeDocumentGateway
from tests.fakes.memory import FakeMemory
from tests.fakes.timestamper import NoTimestamper
from tests.fakes.token import FakeTokenGateway


@pytest.fixture(autouse=True)
def _no_job_outlives_its_test() -> Iterator[None]:
    yield
    stop_jobs()


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))


@pytest.fixture(scope="session")
def shipped_profile() -> Profile:
    return load_profile(default_profile_folder())


@pytest.fixture
def documents() -> FakeDocumentGateway:
    return FakeDocumentGateway()


@pytest.fixture
def tokens() -> FakeTokenGateway:
    return FakeTokenGateway()


@pytest.fixture
def training_application(
    shipped_profile: Profile, documents: FakeDocumentGateway, tokens: FakeTokenGateway
) -> Application:
    """The real use cases over fakes, in training mode."""
    return Application(
        Services(
            profile=replace(shipped_profile, mode=Mode.TRAINING),
            tokens=tokens,
            documents=documents,
            timestamper=NoTimestamper(),
            outputs=FileOutputs(),
            clock=SystemClock(),
            memory=FakeMemory(),
            forms=FormFolder(),
        )
    )


@pytest.fixture
def preferences(qapp: QApplication) -> Preferences:
    return Preferences(Settings())


@pytest.fixture(scope="session")
def themed(qapp: QApplication) -> QApplication:
    apply_theme(qapp, "light")
    return qapp
