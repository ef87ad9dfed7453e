"""Services for those who only read documents: a gateway of the test's own, the shipped profile, nothing else real."""

from bdsigner.app import SystemClock
from bdsigner.ports import DocumentGateway, Services
from bdsigner.storage.outputs import FileOutputs
from bdsigner.storage.profile import load_profile
from bdsigner.storage.resources import default_profile_folder
from tests.fakes.memory import FakeMemory
from tests.fakes.timestamper import NoTimestamper
from tests.fakes.token import FakeTokenGateway


def reading_services(documents: DocumentGateway) -> Services:
    """No token, no timestamps, nothing remembered."""
    return Services(
        profile=load_profile(default_profile_folder()),
        tokens=FakeTokenGateway(),
        documents=documents,
        timestamper=NoTimestamper(),
        outputs=FileOutputs(),
        clock=SystemClock(),
        memory=FakeMemory(),
    )
