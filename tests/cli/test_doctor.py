"""``bdsigner doctor``: exit codes and lights of a machine that is ready, half ready and not ready."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.pki import Training

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def call(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "bdsigner", *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=os.environ | {"BDSIGNER_HOME": str(tmp_path / "home")},
            timeout=60,
            check=False,
        )

    return call


def lights(done: "subprocess.CompletedProcess[str]") -> dict[str, set[str]]:
    """Check → the lights of its results."""
    found: dict[str, set[str]] = {}
    for one in json.loads(done.stdout)["results"]:
        found.setdefault(one["check"], set()).add(one["light"])
    return found


def test_training_tokens_are_judged_one_by_one(run: Run, training: Training) -> None:
    """Among them are a revoked and a suspended certificate: those are red, and nothing else is."""
    done = run("--profile", training.profile_folder, "doctor", "--json")
    told = json.loads(done.stdout)
    assert (done.returncode, told["light"]) == (3, "red")
    assert all(one["sentence"] for one in told["results"])
    assert all(one["remedy"] for one in told["results"] if one["light"] in ("amber", "red"))
    shown = lights(done)
    assert shown["clock"] == {"green"}
    assert {check for check, seen in shown.items() if "red" in seen} == {"certificates"}
    assert "green" in shown["certificates"]


def test_a_machine_without_token_and_network_is_not_ready(run: Run, tmp_path: Path) -> None:
    done = run("--module", tmp_path / "missing.so", "doctor", "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["light"] == "red"


def test_the_text_says_what_to_do_and_a_support_file_is_never_overwritten(
    run: Run, training: Training, tmp_path: Path
) -> None:
    target = tmp_path / "hỗ trợ.zip"
    done = run("--profile", training.profile_folder, "doctor", "--support-file", target)
    assert "→" in done.stdout
    assert target.stat().st_size > 200
    before = target.read_bytes()
    again = run("--profile", training.profile_folder, "doctor", "--support-file", target)
    assert again.returncode not in (0, 1)
    assert target.read_bytes() == before


def test_a_broken_profile_is_a_red_light_with_what_to_do(run: Run, tmp_path: Path) -> None:
    broken = tmp_path / "profile"
    broken.mkdir()
    (broken / "profile.toml").write_text("province = \n")
    done = run("--profile", broken, "doctor", "--json")
    assert done.returncode == 3
    (result,) = json.loads(done.stdout)["results"]
    assert (result["check"], result["light"]) == ("profile", "red")
    assert result["remedy"]
    assert "→" in run("--profile", broken, "doctor").stdout
    assert "Traceback" not in done.stderr
