"""``bdsigner decrypt`` with the training token: what OpenSSL encrypted for it, told and kept as a person needs it."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate

from tests.cli.test_sign_rules import ORIGINAL
from tests.encryption.people import recipient
from tests.support.administrative import draw
from tests.support.openssl_cms import run as openssl_cms
from tests.support.pki import CHAIRMAN, CHIEF_OF_OFFICE, Training

Run = Callable[..., "subprocess.CompletedProcess[str]"]
MARK = b"Cong van khong ai khac duoc doc\n"
KILLS = int(os.environ.get("BDSIGNER_KILLS", "6"))


def command(training: Training, *arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "bdsigner", "--profile", str(training.profile_folder), *map(str, arguments)]


@pytest.fixture
def surroundings(tmp_path: Path) -> dict[str, str]:
    return os.environ | {"BDSIGNER_HOME": str(tmp_path / "home")}


@pytest.fixture
def run(training: Training, surroundings: dict[str, str]) -> Run:
    def call(*arguments: str | Path, pin: str = "123456") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command(training, *arguments),
            input=f"{pin}\n",
            capture_output=True,
            text=True,
            env=surroundings,
            timeout=60,
            check=False,
        )

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "thư đến"
    folder.mkdir()
    return folder


def encrypt(training: Training, content: bytes, target: Path, *options: str, certificate: bytes | None = None) -> Path:
    """As somebody with OpenSSL would."""
    der = training.certificate(CHAIRMAN) if certificate is None else certificate
    pem, plain = target.parent.parent / "to.pem", target.parent.parent / "plain"
    pem.write_bytes(load_der_x509_certificate(der).public_bytes(Encoding.PEM))
    plain.write_bytes(content)
    made = openssl_cms(
        "-encrypt",
        *(options or ("-aes-256-gcm",)),
        "-binary",
        "-stream",
        "-in",
        plain,
        "-outform",
        "DER",
        "-out",
        target,
        "-recip",
        pem,
    )
    assert made.returncode == 0, made.stderr.decode()
    plain.unlink()
    return target


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_signed_document_comes_back_with_its_name_and_its_verdict(run: Run, training: Training, folder: Path) -> None:
    source = folder.parent / "quyết định.pdf"
    source.write_bytes(draw(ORIGINAL))
    serial = format(load_der_x509_certificate(training.certificate(CHAIRMAN)).serial_number, "X")
    signed = run("sign", source, "--cert", serial, "--submitted-by", "Phòng Tổng hợp", "--pin-stdin", "--json")
    content = Path(json.loads(signed.stdout)[0]["output"]).read_bytes()
    envelope = encrypt(training, content, folder / "quyết định.signed.pdf.p7m")
    opened = run("decrypt", envelope, "--pin-stdin", "--json")
    assert opened.returncode == 0, opened.stderr
    (told,) = json.loads(opened.stdout)
    assert told["output"] == str(folder / "quyết định.signed.pdf")
    assert Path(told["output"]).read_bytes() == content
    assert (told["cipher"], told["is_authenticated"], told["verdict"]) == ("AES-256-GCM", True, "valid")
    again = run("decrypt", envelope, "--pin-stdin")
    assert again.returncode == 0
    assert names(folder) == {envelope.name, "quyết định.signed.pdf", "quyết định.signed-2.pdf"}
    assert "Chữ ký hợp lệ" in again.stdout


def test_a_renamed_envelope_gets_the_suffix_of_what_it_holds(run: Run, training: Training, folder: Path) -> None:
    encrypt(training, draw(ORIGINAL), folder / "noname.p7m", "-aes-256-cbc")
    done = run("decrypt", folder / "noname.p7m", "--pin-stdin")
    assert done.returncode == 0, done.stderr
    assert names(folder) == {"noname.p7m", "noname.pdf"}
    assert "không phát hiện được nội dung bị sửa" in done.stdout


def test_a_wrong_pin_writes_nothing_and_is_tried_once(run: Run, training: Training, folder: Path) -> None:
    envelope = encrypt(training, MARK, folder / "thư.txt.p7m")
    refused = run("decrypt", envelope, "--pin-stdin", pin="999999")
    assert refused.returncode == 3
    assert "token.pin_incorrect" in refused.stderr
    assert names(folder) == {envelope.name}
    assert run("decrypt", envelope, "--pin-stdin").returncode == 0


def test_for_somebody_else_the_needed_certificate_is_named(run: Run, training: Training, folder: Path) -> None:
    other = recipient("rsa", 3)
    envelope = encrypt(training, MARK, folder / "thư.txt.p7m", certificate=other.der)
    refused = run("decrypt", envelope, "--pin-stdin")
    assert refused.returncode != 0
    assert "encryption.no_holder" in refused.stderr
    assert f"{other.serial:X}" in refused.stderr


@pytest.mark.parametrize("place", ["tag", "content"])
def test_a_changed_envelope_leaves_nothing(run: Run, training: Training, folder: Path, place: str) -> None:
    envelope = encrypt(training, MARK * 1000, folder / "thư.txt.p7m")
    data = bytearray(envelope.read_bytes())
    data[-9 if place == "tag" else len(data) // 2] ^= 1
    envelope.write_bytes(data)
    refused = run("decrypt", envelope, "--pin-stdin")
    assert "encryption.not_decrypted" in refused.stderr
    assert names(folder) == {envelope.name}


def test_a_disk_that_is_full_midway_is_told_and_leaves_nothing(
    training: Training, folder: Path, surroundings: dict[str, str]
) -> None:
    envelope = encrypt(training, MARK * 400_000, folder / "thư.txt.p7m")
    limited = [
        "bash",
        "-c",
        'ulimit -f 8192; exec "$@"',
        "bash",
        *command(training, "decrypt", envelope, "--pin-stdin"),
    ]
    done = subprocess.run(
        limited, input="123456\n", capture_output=True, text=True, env=surroundings, timeout=60, check=False
    )
    assert done.returncode != 0
    assert "storage.full" in done.stderr
    assert names(folder) == {envelope.name}


@pytest.mark.timeout(60 + 5 * KILLS)
def test_kill_9_leaves_no_plaintext(training: Training, folder: Path, surroundings: dict[str, str], run: Run) -> None:
    envelope = encrypt(training, MARK * 600_000, folder / "thư.txt.p7m")
    before = envelope.read_bytes()
    output = folder / "thư.txt"
    choose = random.Random(12)  # noqa: S311  # the same moments every time
    argv = command(training, "decrypt", envelope, "--pin-stdin")
    started_at = time.monotonic()
    assert run("decrypt", envelope, "--pin-stdin").returncode == 0
    whole_seconds = time.monotonic() - started_at
    output.unlink()
    for _ in range(KILLS):
        process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=surroundings,
            start_new_session=True,
        )
        assert process.stdin is not None
        process.stdin.write(b"123456\n")
        process.stdin.close()
        try:
            process.wait(choose.uniform(0.3, 1.1) * whole_seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        assert envelope.read_bytes() == before
        assert names(folder) <= {envelope.name, output.name}
        if output.exists():
            assert output.stat().st_size == len(MARK) * 600_000, "whole or not at all"
            output.unlink()


def test_encrypted_here_for_a_colleague_and_opened_again(
    run: Run, training: Training, folder: Path, tmp_path: Path
) -> None:
    source = folder / "công văn số 7.txt"
    source.write_bytes(MARK * 100)
    colleague, expired = tmp_path / "dong-nghiep.cer", tmp_path / "la.cer"
    colleague.write_bytes(training.certificate(CHIEF_OF_OFFICE))
    expired.write_bytes(recipient("rsa", 4).der)
    refused = run("encrypt", source, "--to", colleague, "--to", expired)
    assert refused.returncode != 0
    assert "encryption.recipient_refused" in refused.stderr
    assert "Người nhận rsa 4" in refused.stderr
    assert names(folder) == {source.name}
    done = run("encrypt", source, "--to", colleague, "--json")
    assert done.returncode == 0, done.stderr
    (told,) = json.loads(done.stdout)
    assert told["output"] == str(folder / "công văn số 7.txt.p7m")
    assert told["provider"] == "tich_hop"
    assert 1 <= len(told["recipients"]) <= 2, "the sender reads along; the training token may hold the colleague too"
    source.unlink()
    opened = run("decrypt", told["output"], "--pin-stdin")
    assert opened.returncode == 0, opened.stderr
    assert source.read_bytes() == MARK * 100


def test_signed_and_encrypted_in_one_step(run: Run, training: Training, folder: Path, tmp_path: Path) -> None:
    source = folder / "quyết định.pdf"
    source.write_bytes(draw(ORIGINAL))
    colleague, stranger = tmp_path / "dong-nghiep.cer", tmp_path / "la.cer"
    colleague.write_bytes(training.certificate(CHIEF_OF_OFFICE))
    stranger.write_bytes(recipient("rsa", 4).der)
    serial = format(load_der_x509_certificate(training.certificate(CHAIRMAN)).serial_number, "X")
    options = ("--cert", serial, "--submitted-by", "Phòng Tổng hợp", "--pin-stdin", "--json")
    refused = run("sign", source, *options, "--encrypt-to", stranger)
    assert "encryption.recipient_refused" in refused.stderr
    assert names(folder) == {source.name}, "nothing was signed either"
    done = run("sign", source, *options, "--encrypt-to", colleague)
    assert done.returncode == 0, done.stderr
    (told,) = json.loads(done.stdout)
    assert told["encrypted"]["output"] == str(folder / "quyết định.signed.pdf.p7m")
    Path(told["output"]).unlink()
    opened = run("decrypt", told["encrypted"]["output"], "--pin-stdin", "--json")
    assert json.loads(opened.stdout)[0]["verdict"] == "valid"
