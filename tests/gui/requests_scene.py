"""The page Yêu cầu in a window, over an outbox in memory and the facade of ``tests.fakes.requests_desk``."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QLabel, QWidget

from bdsigner.app import Application
from bdsigner.model.device import KnownDevice
from bdsigner.ports import Services
from tests.fakes.requests import FakeRequestStore, FakeTypedValues
from tests.fakes.requests_desk import FakeRequests


class DeskApplication(Application):
    """The facade stays the same for the life of the application, so that a test can look into it."""

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self.desk = FakeRequests(services, self.devices.logins)

    @property
    def requests(self) -> FakeRequests:
        return self.desk


def desk_application(application: Application, folder: Path) -> DeskApplication:
    """The same parts, with an outbox."""
    services = replace(
        application.services, requests=FakeRequestStore(folder / "outbox"), typed_values=FakeTypedValues()
    )
    return DeskApplication(services)


def know(application: Application, devices: Sequence[KnownDevice]) -> None:
    """These devices were used here before."""
    application.services.memory.known = {one.serial: one for one in devices}  # type: ignore[attr-defined]  # of the fake


def texts(widget: QWidget) -> str:
    """What can be read."""
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())
