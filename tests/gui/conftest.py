import os

# Before Qt is imported: no display is needed and every machine draws alike.
os.environ["QT_QPA_PLATFORM"] = "offscreen"

from collections.abc import Iterator

import pytest

from bdsigner.gui.jobs import stop_jobs


@pytest.fixture(autouse=True)
def _no_job_outlives_its_test() -> Iterator[None]:
    yield
    stop_jobs()
