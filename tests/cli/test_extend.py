"""``bdsigner extend`` as a script runs it: a process, a SoftHSM token, real TSA, OCSP and CRL."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from bdsigner.model.extension import WaitingFile
from bdsigner.model.signature import SignatureLevel
from bdsigner.storage.timestamp_queue import QUEUE_FILE, FileTimestampQueue
from tests.signing.parts import pdfsig, qpdf_check
from tests.support.pki import CHAIRMAN, EC_HEAD, Training

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(training: Training, tmp_path: Path) -> Run:
    def call(*arguments: str | Path, pin: str = "123456") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "bdsigner", "--profile", str(training.profile_folder), *map(str, arguments)],
            input=pin + "\n",
            capture_output=True,
            text=True,
            env=os.environ | {"BDSIGNER_HOME": str(tmp_path / "home")},
            timeout=50,
            check=False,
        )

    return call


@pytest.fixture
def queue(training: Training) -> Iterator[FileTimestampQueue]:
    """That of the training profile, empty again afterwards."""
    queue = FileTimestampQueue(training.profile_folder / QUEUE_FILE)
    yield queue
    for file in queue.waiting():
        queue.remove(file.path)
    queue.close()


def sign(run: Run, training: Training, tmp_path: Path, *options: str, name: str = CHAIRMAN) -> Path:
    source = tmp_path / "Quyết định số 12.pdf"
    source.write_bytes((training.folder.samples / "quyet-dinh.pdf").read_bytes())
    listing = json.loads(run("tokens", "--json").stdout)
    serial = next(
        certificate["serial_number"]
        for token in listing["tokens"]
        for certificate in token["certificates"]
        if certificate["key_id"] == training.key_id(name)
    )
    done = run(
        "sign",
        source,
        "--kind",
        "noi_bo",
        "--objections",
        "allow",
        "--cert",
        serial,
        "--invisible",
        "--pin-stdin",
        *options,
    )
    assert done.returncode == 0, done.stderr
    return source.with_suffix(".signed.pdf")


@pytest.mark.softhsm
@pytest.mark.parametrize("name", [CHAIRMAN, EC_HEAD])
def test_signed_by_a_token_at_b_lta_in_one_go_and_renewed(
    name: str, run: Run, training: Training, tmp_path: Path
) -> None:
    signed = sign(run, training, tmp_path, "--level", "B-LTA", name=name)
    qpdf_check(signed)
    done = run("extend", signed, "--json")
    assert done.returncode == 0, done.stderr
    (extended,) = json.loads(done.stdout)
    target = signed.with_suffix(".b-lta.pdf")
    assert (extended["output"], extended["level"], extended["missing"]) == (str(target), "B-LTA", None)
    assert pdfsig(target)[0] == "Signature is Valid."
    qpdf_check(target)
    (report,) = json.loads(run("verify", target, "--json").stdout)["files"]
    assert report["verdict"] == "valid"
    assert [one["document_timestamp"] for one in report["signatures"]] == [False, True, True]


@pytest.mark.softhsm
def test_step_by_step(run: Run, training: Training, tmp_path: Path) -> None:
    signed = sign(run, training, tmp_path, "--level", "B-B")
    folder = tmp_path / "kết quả"
    folder.mkdir()
    done = run("extend", signed, "--level", "B-T", "--output-dir", folder, "--suffix", ".đã đóng dấu")
    assert done.returncode == 0, done.stderr
    assert "(B-T)" in done.stdout
    stamped = folder / "Quyết định số 12.signed.đã đóng dấu.pdf"
    assert run("verify", stamped).returncode == 0
    again = run("extend", stamped, "--level", "B-T")
    assert again.returncode == 3
    assert "[signing.level_reached]" in again.stderr


def test_what_cannot_be_extended_is_told(run: Run, training: Training) -> None:
    unsigned = training.folder.samples / "cong-van.pdf"
    done = run("extend", unsigned, "--json")
    assert done.returncode == 3
    (outcome,) = json.loads(done.stdout)
    assert outcome["error"]["code"] == "signing.unsigned"


@pytest.mark.parametrize("arguments", [(), ("a.pdf", "--waiting"), ("--waiting", "--list"), ("a.pdf", "--list")])
def test_one_thing_at_a_time(arguments: tuple[str, ...], run: Run) -> None:
    assert run("extend", *arguments).returncode == 2


@pytest.mark.softhsm
def test_waiting_files_are_listed_and_worked_off(
    run: Run, training: Training, tmp_path: Path, queue: FileTimestampQueue
) -> None:
    assert "Không có tập tin nào" in run("extend", "--list").stdout
    signed, gone = sign(run, training, tmp_path, "--level", "B-B"), tmp_path / "đã xóa.pdf"
    now = datetime.now(UTC)
    digest = sha256(signed.read_bytes()).hexdigest()
    queue.add(WaitingFile(path=signed, sha256=digest, level=SignatureLevel.B_LT, since=now))
    queue.add(WaitingFile(path=gone, sha256=digest, level=SignatureLevel.B_T, since=now))
    listed = json.loads(run("extend", "--list", "--json").stdout)
    assert {(one["file"], one["level"]) for one in listed} == {(str(signed), "B-LT"), (str(gone), "B-T")}
    done = run("extend", "--waiting")
    assert done.returncode == 1
    assert f"✓ {signed}: đã bổ sung xong (B-LT)" in done.stdout
    assert f"✗ {gone}: không còn tập tin này nữa" in done.stdout
    assert queue.waiting() == ()
    assert run("verify", signed).returncode == 0
    assert run("extend", "--waiting", "--json").stdout.strip() == "[]"
