"""The real window on a real X server, driven with mouse and keyboard; keeps its pictures for the docs when asked."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.display import private_display
from tests.support.pki import Training

SCREEN = "1320x860x24"
KEPT = (
    "sign-empty",
    "sign-placed",
    "sign-stopped",
    "pin",
    "wrong-pin",
    "signed",
    "verified",
    "signed-dark",
    "verified-dark",
)
"""Pictures for the docs; the others show paths of the machine they were taken on."""


@pytest.fixture
def display() -> Iterator[str]:
    with private_display(SCREEN) as display:
        yield display


@pytest.mark.timeout(150)
def test_drop_place_sign_and_see_the_verdict(training: Training, display: str, tmp_path: Path) -> None:
    folder = tmp_path / "Văn phòng" / "Văn bản đi"
    folder.mkdir(parents=True)
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    file = folder / "quyet-dinh.pdf"
    file.write_bytes((training.folder.samples / "quyet-dinh.pdf").read_bytes())
    done = subprocess.run(
        [sys.executable, "-m", "tests.window.person", str(training.profile_folder), str(pictures), str(file)],
        env=os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "BDSIGNER_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
        timeout=140,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    before, dragged, nudged = seen["moves"]
    if kept := os.environ.get("BDSIGNER_SCREENSHOTS"):
        for name in KEPT:
            shutil.copy(pictures / f"{name}.png", Path(kept) / f"{name}.png")

    assert seen["before_choice"] == "Chọn chứng thư số để ký."
    assert seen["stopped"] == ["Bản gốc: chữ ký đặt giữa chức danh và họ tên (Điều 10.3.b)"] * 2
    assert seen["signable_at_the_edge"]
    assert dragged[1] < before[1] - 10
    assert nudged == pytest.approx([dragged[0] - 3, dragged[1] - 1], abs=0.15)
    assert seen["width_mm"] == 80
    assert seen["after_wrong_pin"] == ["quyet-dinh.pdf"]
    assert seen["signed"] == ["quyet-dinh.pdf", "quyet-dinh.signed.pdf"]
    assert seen["is_alive"]
    told = subprocess.run(
        ["pdfsig", "-nocert", str(folder / "quyet-dinh.signed.pdf")], capture_output=True, text=True, check=True
    ).stdout
    assert "Signature is Valid" in told
    assert "Total document signed" in told
