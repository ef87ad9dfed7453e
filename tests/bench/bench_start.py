"""Start of the window under Xvfb: first paint against a bare PySide6 window, and when a signature could begin."""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from bdsigner.storage.settings import Settings, save_settings
from bdsigner.training.setup import set_up
from tests.bench.table import Row
from tests.support.display import private_display

RUNS = 9
READY_SECONDS = 1.2
ROOT = Path(__file__).parents[2]


def rows() -> list[Row]:
    """Measure; takes about half a minute."""
    with tempfile.TemporaryDirectory() as name, private_display("1440x900x24") as display:
        folder = Path(name)
        training = set_up(folder / "training")
        save_settings(Settings(profile_folder=training.profile), folder / "home" / "config" / "settings.json")
        environment = os.environ | {
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "BDSIGNER_HOME": str(folder / "home"),
        }
        _start("timed_window", environment)
        ours, bare = [], []
        for _ in range(RUNS):
            ours.append(_start("timed_window", environment))
            bare.append(_start("bare_window", environment)["painted"])
    painted = statistics.median(run["painted"] for run in ours)
    ready = statistics.median(run["ready"] for run in ours)
    return [
        Row("first paint of the window", painted, statistics.median(bare), "s", 1.25, "a bare PySide6 window"),
        Row("window ready to sign", ready, READY_SECONDS, "s", 1, "signers listed, both children warm"),
    ]


def _start(module: str, environment: Mapping[str, str]) -> dict[str, float]:
    """Seconds from the start of the process to what it told."""
    started_at = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", f"tests.bench.{module}"],
        env=environment,
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    told = (line.split() for line in done.stdout.splitlines())
    return {what: float(at) - started_at for what, at in told}
