"""``bdsigner recipients`` as a script runs it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.pki import EC_HEAD, EXPIRED, Training

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(training: Training, tmp_path: Path) -> Run:
    def call(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "bdsigner", "--profile", str(training.profile_folder), *map(str, arguments)],
            capture_output=True,
            text=True,
            env=os.environ | {"BDSIGNER_HOME": str(tmp_path / "home")},
            timeout=120,
            check=False,
        )

    return call


@pytest.mark.timeout(300)
def test_learned_found_grouped_checked_and_forgotten(run: Run, training: Training, tmp_path: Path) -> None:
    files = []
    for name in (EC_HEAD, EXPIRED):
        files.append(tmp_path / f"{name}.cer")
        files[-1].write_bytes(training.certificate(name))
    assert run("recipients", "learn", *files).returncode == 0
    serial = format(training.x509(EC_HEAD).serial_number, "X")
    found = run("recipients", "search", serial, "--servers", "--json")
    (one,) = json.loads(found.stdout)["entries"]
    assert one["certificate"]["serial_number"] == serial
    assert one["source"] == "file"
    assert run("recipients", "groups", "save", "Ban Giám đốc", serial).returncode == 0
    assert serial in run("recipients", "groups", "list").stdout
    checked = run("recipients", "check", "Ban Giám đốc", files[1], "--json")
    assert checked.returncode == 1, checked.stderr
    assert [each["status"] for each in json.loads(checked.stdout)] == ["good", "expired"]
    assert json.loads(checked.stdout)[1]["remedy"]
    assert run("recipients", "groups", "remove", "ban giám đốc").returncode == 0
    assert run("recipients", "groups", "list", "--json").stdout.strip() == "{}"
    assert run("recipients", "forget", serial).returncode == 0
    assert run("recipients", "search", serial).returncode == 3
    assert run("recipients", "check", "không ai cả").returncode == 2


def test_a_directory_file_is_not_taken_unless_the_profile_names_its_signer(run: Run, tmp_path: Path) -> None:
    done = run("recipients", "import", tmp_path / "a.p7m")
    assert done.returncode == 3
    assert "directory.bundle_not_expected" in done.stderr
    assert run("recipients", "password").returncode == 2
