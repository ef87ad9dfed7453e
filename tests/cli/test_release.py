"""``bdsigner register``, ``review`` and ``release`` as a clerk's script runs them, after a real signature."""

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_sign_rules import ORIGINAL
from tests.support.administrative import draw
from tests.support.pki import CHAIRMAN, Training

Run = Callable[..., "subprocess.CompletedProcess[str]"]
MAIL = ("--channel", "hop_thu_cong_vu", "--sender", "vanthu@binhduong.gov.vn", "--to", "so.tttt@binhduong.gov.vn")


@pytest.fixture
def run(training: Training, tmp_path: Path) -> Run:
    def call(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "bdsigner", "--profile", str(training.profile_folder), *map(str, arguments)],
            input="123456\n",
            capture_output=True,
            text=True,
            env=os.environ | {"BDSIGNER_HOME": str(tmp_path / "home")},
            timeout=60,
            check=False,
        )

    return call


@pytest.fixture
def signed(run: Run, training: Training, tmp_path: Path) -> Path:
    from cryptography.x509 import load_der_x509_certificate

    source = tmp_path / "quyết định.pdf"
    source.write_bytes(draw(ORIGINAL))
    serial = format(load_der_x509_certificate(training.certificate(CHAIRMAN)).serial_number, "X")
    done = run("sign", source, "--cert", serial, "--submitted-by", "Phòng Tổng hợp", "--pin-stdin", "--json")
    assert done.returncode == 0, done.stderr
    (told,) = json.loads(done.stdout)
    assert told["registered"] is True
    return Path(told["output"])


def listed(run: Run, signed: Path, *options: str) -> list[dict[str, Any]]:
    """Of this test's file; the register of the training profile is shared."""
    done = run("register", "list", "--json", *options)
    assert done.returncode == 0, done.stderr
    from hashlib import sha256

    wanted = sha256(signed.read_bytes()).hexdigest()
    return [one for one in json.loads(done.stdout) if one["sha256"] == wanted]


@pytest.mark.timeout(170)
def test_from_the_signature_to_the_evidence(run: Run, signed: Path, tmp_path: Path) -> None:
    (waiting,) = listed(run, signed, "--state", "cho-ra-soat", "--find", "phong tong hop")
    assert waiting["submitted_by"] == "Phòng Tổng hợp"
    assert waiting["review"] is None

    refused = run("release", signed, *MAIL)
    assert refused.returncode == 3
    assert "regulation.release_unreviewed" in refused.stderr
    assert "Điều 10 khoản 3 điểm c" in refused.stderr

    done = run("review", signed, "--verdict", "phat-hanh", "--reviewer", "Phạm Thị Thùy Dương", "--json")
    assert done.returncode == 0, done.stderr
    assert "Chức danh trên văn bản: TM. ỦY BAN NHÂN DÂN / CHỦ TỊCH" in done.stderr
    assert "Chức danh trên chứng thư số: Chủ tịch" in done.stderr
    assert json.loads(done.stdout)["reviewer"] == "Phạm Thị Thùy Dương"

    evidence = tmp_path / "bằng chứng.json"
    done = run("release", signed, *MAIL, "--evidence", evidence, "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["state"] == "da-phat-hanh"
    assert json.loads(evidence.read_text())["review"]["reviewer"] == "Phạm Thị Thùy Dương"
    refused = run("verify", signed, tmp_path / "other.pdf", "--evidence", evidence)
    assert refused.returncode == 2
    assert "--evidence" in refused.stderr
    judged = run("verify", signed, "--evidence", evidence, "--json")
    assert judged.returncode == 0, judged.stderr
    assert listed(run, signed, "--state", "cho-ra-soat") == []
    text = run("register", "list", "--find", "phong tong hop").stdout
    assert "Đã phát hành" in text

    done = run("register", "check", "--json")
    assert (done.returncode, json.loads(done.stdout)["first_broken"]) == (0, None)
    table = tmp_path / "sổ.csv"
    assert run("register", "export", table).returncode == 0
    rows = list(csv.DictReader(io.StringIO(table.read_bytes().decode("utf-8-sig"))))
    assert "so.tttt@binhduong.gov.vn" in {row["Nơi nhận"] for row in rows}
    assert run("register", "export", table).returncode == 3, "no file is replaced"
    whole = tmp_path / "sổ.json"
    assert run("register", "export", whole).returncode == 0
    assert len(json.loads(whole.read_text())["links"]) >= 3


def test_a_document_is_returned_with_a_reason(run: Run, signed: Path) -> None:
    refused = run("review", signed, "--verdict", "tra-lai")
    assert refused.returncode == 3
    assert "regulation.return_unreasoned" in refused.stderr
    assert run("review", signed, "--verdict", "tra-lai", "--reason", "Sai thẩm quyền").returncode == 0
    (found,) = listed(run, signed, "--state", "tra-lai")
    assert found["review"]["reason"] == "Sai thẩm quyền"
    refused = run("release", signed, *MAIL)
    assert "Sai thẩm quyền" in refused.stderr


def test_what_is_no_signed_document_ends_in_a_sentence(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "rác.pdf"
    bad.write_bytes(b"no PDF")
    done = run("review", bad, "--verdict", "phat-hanh")
    assert done.returncode == 3
    assert "document.not_pdf" in done.stderr
    assert run("review", bad, "--verdict", "co-le").returncode == 2


def test_a_received_file_is_entered_and_reported(run: Run, signed: Path, tmp_path: Path) -> None:
    came = tmp_path / "đến.pdf"
    came.write_bytes(signed.read_bytes()[:-40])
    done = run("verify", came, "--register", "--received-by", "hop_thu_cong_vu", "--json")
    assert json.loads(done.stdout)["files"][0]["advice"]
    assert "Đã vào sổ 1 văn bản đến" in done.stderr
    assert "đã có trong sổ" in run("verify", came, "--register", "--received-by", "hop_thu_cong_vu").stderr

    letter = tmp_path / "báo cáo.pdf"
    run("verify", came, "--letter", letter, "--reporter", "Phạm Thị Thùy Dương")
    (found,) = listed(run, came, "--state", "da-bao-cao")
    assert found["received"]["channel"] == "hop_thu_cong_vu"
    assert found["received"]["verdict"] != "valid"
    (told,) = found["reports"]
    assert (told["letter"], told["reporter"]) == (str(letter), "Phạm Thị Thùy Dương")
    assert json.loads(run("register", "check", "--json").stdout)["first_broken"] is None
