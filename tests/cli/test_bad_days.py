"""What goes wrong around a signature, on the command line: a coded sentence, the original untouched, nothing half-written."""

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import pdfs
from tests.support.pki import CHAIRMAN, Training

CRASHES_WHEN_LOADED = "__attribute__((constructor)) static void load(void) { __builtin_trap(); }\n"
HANGS_WHEN_LOADED = "#include <unistd.h>\n__attribute__((constructor)) static void load(void) { sleep(3600); }\n"


def bdsigner(home: Path, *arguments: str | Path, pin: str = "123456") -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bdsigner", *map(str, arguments)],
        input=pin + "\n",
        capture_output=True,
        text=True,
        env=os.environ | {"BDSIGNER_HOME": str(home)},
        timeout=50,
        check=False,
    )


def driver(folder: Path, source: str) -> Path:
    library = folder / "trình điều khiển.so"
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-x", "c", "-o", library, "-"], input=source, text=True, check=True, timeout=30
    )
    return library


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def letter(training: Training, tmp_path: Path) -> Path:
    target = tmp_path / "đi" / "công văn.pdf"
    target.parent.mkdir()
    target.write_bytes((training.folder.samples / "cong-van.pdf").read_bytes())
    return target


@pytest.fixture
def chairman(training: Training, home: Path) -> str:
    listing = json.loads(bdsigner(home, "--profile", training.profile_folder, "tokens", "--json").stdout)
    return next(
        certificate["serial_number"]
        for token in listing["tokens"]
        for certificate in token["certificates"]
        if certificate["key_id"] == training.key_id(CHAIRMAN)
    )


@pytest.mark.parametrize(
    ("source", "code"), [(CRASHES_WHEN_LOADED, "token.worker_died"), (HANGS_WHEN_LOADED, "token.worker_timeout")]
)
def test_driver_that_crashes_or_hangs(home: Path, tmp_path: Path, source: str, code: str) -> None:
    done = bdsigner(home, "--module", driver(tmp_path, source), "tokens")

    assert code in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [["tokens"], ["sign", "--pin-stdin"]])
def test_file_that_is_no_driver(
    home: Path, tmp_path: Path, letter: Path, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "không có.conf"))
    library = tmp_path / "giả.so"
    library.write_text("không phải thư viện")
    arguments = [*command, letter] if "sign" in command else command
    done = bdsigner(home, "--module", library, *arguments)

    assert done.returncode == 3
    assert "token.module_format" in done.stderr


def test_a_file_named_twice_is_signed_once(training: Training, home: Path, letter: Path, chairman: str) -> None:
    arguments = ["sign", letter, letter, "--invisible", "--kind", "noi_bo", "--cert", chairman, "--pin-stdin", "--json"]
    done = bdsigner(home, "--profile", training.profile_folder, *arguments)

    assert done.returncode == 0
    assert len(json.loads(done.stdout)) == 1


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (pdfs.encrypted_pdf(), "document.encrypted"),
        (pdfs.xfa_pdf(), "document.xfa"),
        (pdfs.damaged_pdf(), "document.damaged"),
    ],
    ids=["password", "XFA", "damaged"],
)
def test_files_that_cannot_be_signed(
    training: Training, home: Path, letter: Path, chairman: str, content: bytes, code: str
) -> None:
    letter.write_bytes(content)
    done = bdsigner(
        home,
        "--profile",
        training.profile_folder,
        "sign",
        letter,
        "--invisible",
        "--kind",
        "noi_bo",
        "--cert",
        chairman,
        "--pin-stdin",
    )

    assert done.returncode == 3
    assert code in done.stderr
    assert list(letter.parent.iterdir()) == [letter]
    assert letter.read_bytes() == content


def test_missing_output_folder(training: Training, home: Path, letter: Path, chairman: str, tmp_path: Path) -> None:
    arguments = ["sign", letter, "--cert", chairman, "--output-dir", tmp_path / "không có", "--pin-stdin"]
    done = bdsigner(home, "--profile", training.profile_folder, *arguments)

    assert done.returncode == 3
    assert "storage.folder_missing" in done.stderr


@pytest.fixture
def profile_without_tsa(training: Training, tmp_path: Path) -> Path:
    """The training profile with a timestamp server that nobody runs; beside the token's configuration, as it must be."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{free.getsockname()[1]}/tsa"
    folder = tmp_path / "profile"
    shutil.copytree(training.profile_folder, folder)
    file = folder / "profile.toml"
    text = file.read_text(encoding="utf-8").replace(training.tsa_url, dead)
    text = text.replace("attempts = 3", "attempts = 1").replace("../softhsm2.conf", str(training.softhsm_conf))
    file.write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("decision", "exit_code"), [("refuse", 3), ("ask", 3), ("allow", 0)])
def test_timestamp_server_down(
    profile_without_tsa: Path, home: Path, letter: Path, chairman: str, decision: str, exit_code: int
) -> None:
    done = bdsigner(
        home,
        *(
            "--profile",
            profile_without_tsa,
            "sign",
            letter,
            "--kind",
            "noi_bo",
            "--objections",
            "allow",
            "--cert",
            chairman,
        ),
        *("--without-timestamp", decision, "--pin-stdin", "--json"),
    )
    assert done.returncode == exit_code, done.stderr
    (result,) = json.loads(done.stdout)
    if decision == "allow":
        assert result["level"] == "B-B"
        assert result["timestamp_time"] is None
    else:
        assert result["error"]["code"] == "signing.no_timestamp"
        assert list(letter.parent.iterdir()) == [letter]
