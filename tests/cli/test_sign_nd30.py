"""``bdsigner sign`` under the profile "NĐ 30/2020" (§8), and its options under the shipped one."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pymupdf
import pytest

from bdsigner.model.geometry import PT_PER_MM
from tests.cli.test_sign_rules import CHIEF, ORIGINAL, Signing, result
from tests.signing.parts import pdfsig
from tests.support import signature_pictures
from tests.support.pki import Training


@dataclass(frozen=True)
class Nd30:
    """The training profile with the other look."""

    training: Training
    profile_folder: Path

    def certificate(self, name: str) -> bytes:
        return self.training.certificate(name)


@pytest.fixture
def sign(training: Training, tmp_path: Path) -> Iterator[Signing]:
    folder = training.profile_folder.with_name(f"nd30 {tmp_path.name}")  # paths in it start at the training folder
    shutil.copytree(training.profile_folder, folder)
    file = folder / "profile.toml"
    content = re.sub(r'^profile = ".*"', 'profile = "NĐ 30/2020"', file.read_text("utf-8"), flags=re.MULTILINE)
    file.write_text(content, "utf-8")
    yield Signing(Nd30(training, folder), tmp_path)  # type: ignore[arg-type]
    shutil.rmtree(folder)


def test_an_original_shows_hand_signature_and_seal(sign: Signing) -> None:
    hand, seal = signature_pictures.hand(sign.folder), signature_pictures.seal(sign.folder)
    path = sign.write(replace(ORIGINAL, gap_mm=44))
    done = sign(path, "--hand-signature", str(hand), "--seal", str(seal))
    assert done.returncode == 0, done.stderr
    assert "Điều 10 khoản 1 điểm b" in done.stderr, "that it contradicts is told"
    output = Path(result(done)["output"])
    with pymupdf.open(output) as document:
        images = [pymupdf.Rect(image["bbox"]) / PT_PER_MM for image in document[0].get_image_info()]
        (widget,) = document[0].widgets()
        assert "BẢN THỬ" in document[0].get_text(clip=widget.rect)
    assert images[1].width == pytest.approx(36, abs=0.2)
    assert pdfsig(output) == ["Signature is Valid."]


def test_a_copy_shows_text_and_needs_no_picture(sign: Signing) -> None:
    done = sign(sign.write(ORIGINAL), "--mode", "so-hoa", "--paper-signed", person=CHIEF)
    assert done.returncode == 0, done.stderr
    with pymupdf.open(result(done)["output"]) as document:
        (widget,) = document[0].widgets()
        text = document[0].get_text(clip=widget.rect)
        assert document[0].get_image_info() == []
    assert "Văn phòng Ủy ban nhân dân tỉnh Bình Dương" in text
    assert "+07:00" in text


def test_no_or_a_broken_hand_signature_stops_before_the_pin(sign: Signing) -> None:
    path = sign.write(replace(ORIGINAL, gap_mm=44))
    missing = sign(path)
    assert missing.returncode != 0
    assert "signing.hand_signature_missing" in missing.stdout + missing.stderr
    broken = sign.folder / "hỏng.png"
    broken.write_bytes(signature_pictures.hand(sign.folder).read_bytes()[:-30])
    refused = sign(path, "--hand-signature", str(broken))
    assert refused.returncode != 0
    assert "signing.picture_unusable" in refused.stdout + refused.stderr
    for done in (missing, refused):
        assert "Ký Quyết định.pdf" not in done.stderr, "no PIN was asked for"
    assert list(sign.folder.glob("*signed*")) == []


def test_15_the_options_mean_nothing_to_the_shipped_look(training: Training, tmp_path: Path) -> None:
    sign = Signing(training, tmp_path)
    hand = signature_pictures.hand(tmp_path)
    done = sign(sign.write(ORIGINAL), "--hand-signature", str(hand))
    assert done.returncode != 0
    assert "NĐ 30/2020" in done.stderr + done.stdout
    assert list(tmp_path.glob("*signed*")) == []
