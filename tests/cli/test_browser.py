"""``bdsigner browser`` with a home of its own: NSS's own tool sees what was registered, and that it is gone."""

import json
import os
import subprocess
import sys
from pathlib import Path

from bdsigner.training.soft_token import find_softhsm


def run(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bdsigner", "browser", *arguments, "--driver", str(find_softhsm())],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=os.environ | {"HOME": str(home), "BDSIGNER_HOME": str(home / "bdsigner")},
        timeout=60,
        check=False,
    )


def states(home: Path) -> dict[str, str]:
    done = run(home, "status", "--json")
    assert done.returncode == 0, done.stderr
    return {one["browser"]: one["state"] for one in json.loads(done.stdout)}


def test_registered_and_taken_out_again(tmp_path: Path) -> None:
    home = tmp_path / "nhà"
    store = home / ".pki" / "nssdb"
    store.mkdir(parents=True)
    subprocess.run(["certutil", "-N", "-d", f"sql:{store}", "--empty-password"], check=True, capture_output=True)
    before = states(home)
    done = run(home, "register")
    assert done.returncode == 0, done.stderr
    listed = ["modutil", "-dbdir", f"sql:{store}", "-list"]
    assert str(find_softhsm()) in subprocess.run(listed, check=True, capture_output=True, text=True).stdout
    assert states(home) != before
    undone = run(home, "undo")
    assert undone.returncode == 0, undone.stderr
    assert str(find_softhsm()) not in subprocess.run(listed, check=True, capture_output=True, text=True).stdout
    assert states(home) == before
