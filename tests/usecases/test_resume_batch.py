"""kill -9 at random moments of a batch: resumed, every file is signed exactly once and no temporary file is left."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from cryptography.x509 import load_der_x509_certificate

from bdsigner.training import TRAINING_PIN
from tests.support.pdfs import text_pdf
from tests.support.pki import CHAIRMAN, Training

FILES = 40
KILLS = int(os.environ.get("BDSIGNER_KILLS", "50"))
LATEST_SECONDS = 0.9
"""After the PIN was asked for; a batch takes about that long."""
EARLIEST_SECONDS = 0.08
"""The login is over by then: see the fixture of the token."""
_RULES = ("--kind", "noi_bo", "--invisible", "--level", "B-B", "--unchecked-certificate", "allow")


class Batches:
    def __init__(self, training: Training, profile: Path, folder: Path) -> None:
        self._profile = profile
        self._serial = format(load_der_x509_certificate(training.certificate(CHAIRMAN)).serial_number, "X")
        self.folder = folder

    def write(self, count: int) -> list[Path]:
        files = [self.folder / f"văn bản {number:02}.pdf" for number in range(count)]
        for number, file in enumerate(files):
            file.write_bytes(text_pdf(lines=3 + number % 7))
        return files

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "bdsigner", "--profile", str(self._profile), "sign", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"BDSIGNER_HOME": str(self.folder / "home")},
        )
        assert process.stdin is not None
        process.stdin.write(f"{TRAINING_PIN}\n" * 4)
        process.stdin.close()
        process.stdin = None
        return process

    def sign(self, files: list[Path]) -> "subprocess.Popen[str]":
        return self.start(*map(str, files), "--cert", self._serial, *_RULES, "--pin-stdin", "--json")

    def resume(self) -> "subprocess.Popen[str]":
        return self.start("--resume", "--unchecked-certificate", "allow", "--pin-stdin", "--json")

    def kill_after_the_pin(self, process: "subprocess.Popen[str]", delay: float) -> bool:
        """Kill it that long after it asked for the PIN; false when it had ended by then."""
        with process:
            return self._kill(process, delay)

    def _kill(self, process: "subprocess.Popen[str]", delay: float) -> bool:
        assert process.stderr is not None
        said = ""
        while "Ký " not in said:
            line = process.stderr.readline()
            if not line:
                break
            said += line
        timer = threading.Timer(delay, process.send_signal, (signal.SIGKILL,))
        timer.start()
        process.stderr.read()
        timer.cancel()
        assert process.stdout is not None
        process.stdout.read()
        return process.wait(60) == -signal.SIGKILL

    def finish(self) -> None:
        """Resume undisturbed until nothing is left."""
        process = self.resume()
        output, errors = process.communicate(timeout=90)
        assert process.returncode == 0, errors
        assert all("output" in one for one in json.loads(output)), output


def signatures(path: Path) -> int:
    return len(re.findall(rb"/SubFilter\s*/ETSI.CAdES.detached", path.read_bytes()))


def check(files: list[Path]) -> None:
    for file in files:
        target = file.with_suffix(".signed.pdf")
        assert signatures(target) == 1, target
        assert target.read_bytes().startswith(file.read_bytes())
    leftovers = {path.name for path in files[0].parent.iterdir() if path.is_file()}
    expected = {name for file in files for name in (file.name, file.with_suffix(".signed.pdf").name)}
    assert leftovers == expected


@pytest.fixture
def profile(training: Training, tmp_path: Path) -> Path:
    """A token of its own: SoftHSM rewrites its files at a login, and a kill in that very moment may destroy them."""
    root = training.profile_folder.parent
    copy = tmp_path / "tập huấn"
    shutil.copytree(root, copy)
    configuration = copy / "softhsm2.conf"
    configuration.write_text(configuration.read_text("utf-8").replace(str(root), str(copy)), "utf-8")
    return copy / training.profile_folder.name


@pytest.mark.timeout(600)
def test_killed_at_random_moments_every_file_is_signed_exactly_once(
    training: Training, profile: Path, tmp_path: Path
) -> None:
    moments = random.Random(4)  # noqa: S311 - the same moments each time
    kills = rounds = 0
    while kills < KILLS:
        batches = Batches(training, profile, tmp_path / f"lô {rounds}")
        batches.folder.mkdir()
        files = batches.write(FILES)
        rounds += 1
        was_killed = batches.kill_after_the_pin(batches.sign(files), moments.uniform(EARLIEST_SECONDS, LATEST_SECONDS))
        while was_killed and kills < KILLS:
            kills += 1
            was_killed = batches.kill_after_the_pin(
                batches.resume(), moments.uniform(EARLIEST_SECONDS, LATEST_SECONDS / 2)
            )
        kills += was_killed
        batches.finish()
        check(files)
    for file in files[:5]:
        seen = subprocess.run(
            ["pdfsig", str(file.with_suffix(".signed.pdf"))], capture_output=True, text=True, check=False
        )
        assert "Signature is Valid" in seen.stdout
    print(f"{kills} kills, {rounds} batches of {FILES}")
