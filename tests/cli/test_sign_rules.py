"""``bdsigner sign`` as Điều 10 asks: the right kind, person, number and place, or a sentence that names the clause."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from bdsigner.training import TRAINING_PIN
from tests.support import pdfa
from tests.support.administrative import Document, draw
from tests.support.pki import CHAIRMAN, Training

CHIEF = "chanh-van-phong"
LEADER_BLOCK = ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH")
ORIGINAL = Document(titles=LEADER_BLOCK, name="Nguyễn Hoàng Ánh", gap="          ", gap_mm=34)


class Signing:
    """Runs the command as a person's script would."""

    def __init__(self, training: Training, folder: Path) -> None:
        self._training = training
        self.folder = folder

    def write(self, document: Document, name: str = "Quyết định.pdf") -> Path:
        path = self.folder / name
        path.write_bytes(draw(document))
        return path

    def __call__(self, path: Path, *options: str, person: str = CHAIRMAN) -> "subprocess.CompletedProcess[str]":
        from cryptography.x509 import load_der_x509_certificate

        serial = format(load_der_x509_certificate(self._training.certificate(person)).serial_number, "X")
        arguments = ["--profile", str(self._training.profile_folder), "sign", str(path), "--cert", serial]
        return subprocess.run(
            [sys.executable, "-m", "bdsigner", *arguments, *options, "--pin-stdin", "--json"],
            input=f"{TRAINING_PIN}\n",
            capture_output=True,
            text=True,
            env=os.environ | {"BDSIGNER_HOME": str(self.folder / "home")},
            timeout=60,
            check=False,
        )


def result(done: "subprocess.CompletedProcess[str]") -> dict[str, Any]:
    (one,) = json.loads(done.stdout)
    found: dict[str, Any] = one
    return found


@pytest.fixture
def sign(training: Training, tmp_path: Path) -> Signing:
    return Signing(training, tmp_path)


def test_a_leader_signs_an_original_where_hand_and_seal_would_be(sign: Signing) -> None:
    done = sign(sign.write(ORIGINAL))
    assert done.returncode == 0, done.stderr
    assert "Văn bản chính thức, bản gốc" in done.stderr
    page = pymupdf.open(result(done)["output"])[0]
    (widget,) = page.widgets()
    title = page.search_for("CHỦ TỊCH")[0]
    name = max(page.search_for("Nguyễn Hoàng Ánh"), key=lambda rect: rect.y0)
    assert title.y1 <= widget.rect.y0
    assert widget.rect.y1 <= name.y0 + 1
    assert abs((widget.rect.x0 + widget.rect.x1) - (title.x0 + title.x1)) < 4


def test_d10_3b_number_and_date_are_filled_and_then_signed(sign: Signing) -> None:
    path = sign.write(replace(ORIGINAL, number="", day="", month=""))
    refused = sign(path)
    assert refused.returncode == 3
    assert result(refused)["error"]["code"] == "regulation.number_missing"
    assert "Điều 10 khoản 3 điểm b" in result(refused)["error"]["sentence"]
    done = sign(path, "--number", "7", "--date", "05/02/2026", "--objections", "allow")
    assert done.returncode == 0, done.stderr
    text = " ".join(pymupdf.open(result(done)["output"])[0].get_text().split())
    assert "07" in text
    assert "05" in text
    assert "02" in text


def test_d10_3b_the_place_asked_for_is_outside_the_zone(sign: Signing) -> None:
    done = sign(sign.write(ORIGINAL), "--place", "1,20,250,80,30")
    assert result(done)["error"]["code"] == "regulation.original_place"
    assert list(sign.folder.glob("*signed*")) == []


@pytest.mark.parametrize(
    ("document", "options", "code"),
    [
        (replace(ORIGINAL, titles=("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")), (), "regulation.title_mismatch"),
        (replace(ORIGINAL, name="Trần Văn Khác"), (), "regulation.other_signer"),
        (replace(ORIGINAL, mark="TỐI MẬT"), (), "regulation.secret_mark"),
        (replace(ORIGINAL, mark="MẬT"), ("--kind", "noi_bo"), "regulation.secret_mark"),
        (ORIGINAL, ("--secret", "--kind", "noi_bo"), "regulation.secret_declared"),
        (replace(ORIGINAL, kind="GIẤY KHAI SINH", summary="Bản chính"), (), "regulation.prohibited_kind"),
        (ORIGINAL, ("--mode", "so-hoa", "--paper-signed"), "regulation.copy_title"),
    ],
)
def test_what_the_regulation_forbids_is_refused_before_the_pin(
    sign: Signing, document: Document, options: tuple[str, ...], code: str
) -> None:
    done = sign(sign.write(document), *options, "--objections", "allow")
    assert done.returncode == 3
    assert result(done)["error"]["code"] == code
    assert "Điều" in result(done)["error"]["sentence"]
    assert "Ký Quyết định.pdf" not in done.stderr, "no PIN was asked for"


def test_what_cannot_be_kept_of_a_tagged_archive_file_is_told_before_the_pin_and_in_the_result(sign: Signing) -> None:
    path = sign.write(ORIGINAL)
    path.write_bytes(pdfa.claiming(path.read_bytes(), 2, "A"))
    done = sign(path)
    assert done.returncode == 0, done.stderr
    assert "PDF/A-2a" in done.stderr
    (note,) = result(done)["notes"]
    assert note["code"] == "signing.archival_tags"
    assert "PDF/A-2b" in note["sentence"]


def test_d10_2c_the_chief_of_office_signs_a_copy_at_its_head(sign: Signing) -> None:
    path = sign.write(ORIGINAL)
    unconfirmed = sign(path, "--mode", "so-hoa", person=CHIEF)
    assert result(unconfirmed)["error"]["code"] == "regulation.copy_unconfirmed"
    done = sign(path, "--mode", "so-hoa", "--paper-signed", person=CHIEF)
    assert done.returncode == 0, done.stderr
    page = pymupdf.open(result(done)["output"])[0]
    (widget,) = page.widgets()
    nation = page.search_for("CỘNG HÒA")[0]
    assert widget.rect.y1 <= nation.y0 + 1
    assert widget.rect.x1 > page.rect.width - 30


def test_what_is_left_to_the_person_is_asked_once_and_refused_without_one(sign: Signing) -> None:
    path = sign.write(replace(ORIGINAL, number="12", titles=("CHỦ TỊCH HỘI ĐỒNG QUẢN LÝ",)))
    refused = sign(path)
    assert refused.returncode == 4, "nobody was there to decide"
    assert refused.stderr.count("Cần bạn quyết định trước khi ký") == 1
    assert list(sign.folder.glob("*signed*")) == []


def test_d10_3b_the_next_number_comes_from_the_register_and_is_not_given_twice(sign: Signing) -> None:
    empty = replace(ORIGINAL, number="", symbol=f"QĐ-{sign.folder.name.upper().replace('_', '-')}"[:24])
    one, two, three = (sign.write(empty, f"{name}.pdf") for name in ("một", "hai", "ba"))
    for path, expected in ((one, "01"), (two, "02")):
        done = sign(path, "--number", "next")
        assert done.returncode == 0, done.stderr
        text = pymupdf.open(result(done)["output"])[0].get_text("text", clip=pymupdf.Rect(0, 100, 300, 150))
        assert expected in text.split()
    again = sign(three, "--number", "2", "--objections", "refuse")
    assert again.returncode == 4
    assert "hai.pdf" in again.stderr, "who has it is said"
