"""The command line as a person or a script runs it: a process, real token, real TSA, OCSP and CRL."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from tests.support.pki import CHAIRMAN, EC_HEAD, EXPIRED, FOREIGN, REVOKED, SUSPENDED, Training

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(training: Training, tmp_path: Path) -> Run:
    def call(*arguments: str | Path, pin: str | None = "123456") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "bdsigner", "--profile", str(training.profile_folder), *map(str, arguments)],
            input=None if pin is None else pin + "\n",
            stdin=subprocess.DEVNULL if pin is None else None,
            capture_output=True,
            text=True,
            env=os.environ | {"BDSIGNER_HOME": str(tmp_path / "home")},
            timeout=50,
            check=False,
        )

    return call


def serial(run: Run, training: Training, name: str) -> str:
    """Serial number of the certificate of a person, as ``tokens --json`` tells it."""
    listing = json.loads(run("tokens", "--json").stdout)
    return next(
        c["serial_number"]
        for token in listing["tokens"]
        for c in token["certificates"]
        if c["key_id"] == training.key_id(name)
    )


@pytest.fixture
def decision(training: Training, tmp_path: Path) -> Path:
    target = tmp_path / "Quyết định số 12.pdf"
    target.write_bytes((training.folder.samples / "quyet-dinh.pdf").read_bytes())
    return target


def test_version_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['bdsigner', '--version']\n"
        "from bdsigner.__main__ import main\n"
        "main()\n"
        "print(sorted({'PySide6', 'pyhanko', 'pymupdf', 'pkcs11', 'click', 'msgspec', 'cryptography'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines() == ["bdsigner 0.1.0", "[]"]


@pytest.mark.parametrize("name", [CHAIRMAN, EC_HEAD])
def test_sign_then_verify(run: Run, training: Training, decision: Path, name: str) -> None:
    before = decision.read_bytes()
    signed = run(
        "sign",
        decision,
        "--cert",
        serial(run, training, name),
        "--kind",
        "noi_bo",
        "--objections",
        "allow",
        "--pin-stdin",
        "--json",
    )
    assert signed.returncode == 0, signed.stderr
    (result,) = json.loads(signed.stdout)
    verified = run("verify", result["output"], "--json")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    (report,) = json.loads(verified.stdout)["files"]

    assert decision.read_bytes() == before
    assert result["output"] == str(decision.with_name("Quyết định số 12.signed.pdf"))
    assert result["level"] == "B-T"
    assert report["verdict"] == "valid"
    assert report["training"]
    (signature,) = report["signatures"]
    assert signature["timestamp"]["verdict"] == "valid"
    assert {"key_matches", "content_intact", "covers_whole_file", "certificate_not_revoked"} <= {
        finding["code"] for finding in signature["findings"]
    }


def test_two_signatures_both_stay_valid(run: Run, training: Training, decision: Path) -> None:
    first = run("sign", decision, "--cert", serial(run, training, CHAIRMAN), "--pin-stdin", "--json")
    (once,) = json.loads(first.stdout)
    second = run(
        "sign",
        once["output"],
        "--cert",
        serial(run, training, EC_HEAD),
        "--place",
        "1,20,20,75,30",
        "--kind",
        "noi_bo",
        "--objections",
        "allow",
        "--pin-stdin",
        "--json",
    )
    assert second.returncode == 0, second.stderr
    (twice,) = json.loads(second.stdout)
    (report,) = json.loads(run("verify", twice["output"], "--json").stdout)["files"]

    assert report["verdict"] == "valid"
    assert [signature["verdict"] for signature in report["signatures"]] == ["valid", "valid"]


def test_pdfsig_and_openssl_agree(run: Run, training: Training, decision: Path) -> None:
    signed = run("sign", decision, "--cert", serial(run, training, CHAIRMAN), "--pin-stdin", "--json")
    (result,) = json.loads(signed.stdout)
    told = subprocess.run(["pdfsig", "-nocert", result["output"]], capture_output=True, text=True, check=False).stdout

    assert "Signature is Valid" in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told


def test_wrong_pin_is_said_once_and_nothing_is_written(run: Run, training: Training, decision: Path) -> None:
    done = run("sign", decision, "--cert", serial(run, training, CHAIRMAN), "--pin-stdin", pin="654321")

    assert done.returncode == 3
    assert done.stderr.count("token.pin_incorrect") == 1
    assert "654321" not in done.stdout + done.stderr
    assert list(decision.parent.glob("*.pdf")) == [decision]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (REVOKED, "certificate.revoked"),
        (SUSPENDED, "certificate.suspended"),
        (EXPIRED, "certificate.expired"),
        (FOREIGN, "certificate.out_of_scope"),
    ],
)
def test_bad_certificates_are_refused_before_the_pin(
    run: Run, training: Training, decision: Path, name: str, code: str
) -> None:
    done = run("sign", decision, "--cert", serial(run, training, name), pin=None)

    assert done.returncode == 3
    assert code in done.stderr
    assert list(decision.parent.glob("*.pdf")) == [decision]


def test_several_signers_are_not_guessed(run: Run, decision: Path) -> None:
    done = run("sign", decision, "--pin-stdin")

    assert done.returncode == 3
    assert "token.several" in done.stderr


def test_bad_files_do_not_stop_the_good_one(run: Run, training: Training, decision: Path, tmp_path: Path) -> None:
    empty = tmp_path / "rỗng.pdf"
    empty.touch()
    picture = tmp_path / "ảnh.pdf"
    picture.write_bytes(b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(500))
    done = run("sign", empty, picture, decision, "--cert", serial(run, training, CHAIRMAN), "--pin-stdin", "--json")

    assert done.returncode == 1
    first, second, third = json.loads(done.stdout)
    assert first["error"]["code"] == "document.empty"
    assert second["error"]["code"] == "document.not_pdf"
    assert "output" in third
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".part")]


def test_existing_output_is_not_replaced(run: Run, training: Training, decision: Path) -> None:
    there = decision.with_name("Quyết định số 12.signed.pdf")
    there.write_bytes(b"kept")
    done = run("sign", decision, "--cert", serial(run, training, CHAIRMAN), "--pin-stdin")

    assert done.returncode == 3
    assert "storage.exists" in done.stderr
    assert there.read_bytes() == b"kept"


def test_english_is_complete_on_request(run: Run, decision: Path) -> None:
    done = run("--language", "en", "sign", decision, "--pin-stdin")

    assert "several" in done.stderr.lower()


def test_usage_errors(run: Run, decision: Path) -> None:
    assert run("sign").returncode == 2
    assert run("sign", decision, "--place", "x").returncode == 2
    assert run("sign", decision, "--invisible", "--field", "A").returncode == 2


def test_missing_driver_is_a_sentence(training: Training, tmp_path: Path, decision: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bdsigner", "--module", str(tmp_path / "khong-co.so"), "tokens"],
        capture_output=True,
        text=True,
        env=os.environ | {"BDSIGNER_HOME": str(tmp_path / "home")},
        timeout=50,
        check=False,
    )

    assert "token.module_not_found" in done.stderr


def test_detached_signature_with_its_content(run: Run, training: Training, tmp_path: Path) -> None:
    content, elsewhere, detached = tmp_path / "văn bản.txt", tmp_path / "gốc.txt", tmp_path / "văn bản.txt.p7s"
    content.write_text("Điều 1\n")
    openssl = ["openssl", "cms", "-sign", "-binary", "-cades", "-outform", "DER", "-in", content, "-out", detached]
    certificate = tmp_path / "signer.pem"
    certificate.write_bytes(training.x509(CHAIRMAN).public_bytes(Encoding.PEM))
    subprocess.run([*openssl, "-signer", certificate, "-inkey", training.key_path(CHAIRMAN)], check=True)

    (found,) = json.loads(run("verify", detached, "--json").stdout)["files"]
    assert found["kind"] == "cms"
    assert found["content"]["name"] == content.name
    assert {"key_matches", "content_intact", "chain_trusted"} <= {
        finding["code"] for finding in found["signatures"][0]["findings"]
    }
    content.rename(elsewhere)
    missing = run("verify", detached)
    assert missing.returncode != 0
    assert "chưa có tập tin mà nó ký" in missing.stdout
    (said,) = json.loads(run("verify", detached, "--content", elsewhere, "--json").stdout)["files"]
    assert said["verdict"] == found["verdict"]


def test_verify_names_a_missing_file(run: Run, tmp_path: Path) -> None:
    done = run("verify", tmp_path / "không có.pdf")

    assert done.returncode == 3
    assert "document.not_found" in done.stderr
