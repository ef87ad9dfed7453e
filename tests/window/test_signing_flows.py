"""The two people who sign, through the real window with mouse and keyboard, in no more steps than they should need."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pymupdf
import pytest

from tests.rigs.fixtures import PivRig
from tests.rigs.piv import SIGN, PivCard
from tests.support.administrative import Document
from tests.support.display import private_display
from tests.support.office_documents import convert_all
from tests.support.pki import CHAIRMAN, Training
from tests.window.screen import DIALOG, Screen, open_window

CHIEF = "chanh-van-phong"
PIN = "314159"
SCANS, ODD, SCAN_DPI = 5, 3, 150
SCREEN = "1320x900x24"
OPTIONS, FOOTER, OVERVIEW, BOX = (f"window.sign_page.desk.{part}" for part in ("options", "footer", "overview", "box"))
FILES = "window.sign_page._files.files"
FIELDS = f"{OPTIONS}.document"


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    with private_display(SCREEN) as name:
        yield name


def insert(piv: PivRig, training: Training, person: str) -> None:
    card = PivCard(pin=PIN, puk="87654321")
    card.put(SIGN, training.key(person), training.certificate(person))
    piv.reader.insert(card)


def keep(screen: Screen, tmp_path: Path, name: str) -> None:
    """A picture to look at, and for the docs when asked."""
    screen.picture(tmp_path / f"{name}.png")
    if kept := os.environ.get("BDSIGNER_SCREENSHOTS"):
        shutil.copy(tmp_path / f"{name}.png", Path(kept) / f"{name}.png")


def enter_pin(screen: Screen) -> None:
    """Đ14.2 is asked once a device, before the PIN."""
    screen.until(f"isinstance({DIALOG}, (QuestionDialog, PinDialog))")
    if screen.ask(f"isinstance({DIALOG}, QuestionDialog)"):
        screen.answer(is_yes=True)
    screen.until_dialog("PinDialog")
    screen.type(f"{DIALOG}.field", PIN)
    screen.key(f"{DIALOG}.field", "Return")


def judged_by_others(file: Path) -> None:
    seen = subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=True)
    assert "Signature is Valid." in seen.stdout
    assert "Total document signed" in seen.stdout
    subprocess.run(["qpdf", "--check", str(file)], check=True, capture_output=True)


@pytest.mark.timeout(170)
def test_a_leader_signs_an_original_made_by_a_word_processor(
    training: Training, piv: PivRig, display: str, tmp_path: Path
) -> None:
    document = Document(
        titles=("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"),
        name="Nguyễn Hoàng Ánh",
        number="",
        day="",
        month="",
        year=str(datetime.now().astimezone().year),
        gap="            ",
        gap_mm=40,
    )
    file = convert_all({"quyết định": document}, tmp_path)["quyết định"]
    folder = tmp_path / "đi"
    folder.mkdir()
    file = file.rename(folder / "quyết định.pdf")
    insert(piv, training, CHAIRMAN)
    with open_window(display, tmp_path / "home", profile=training.profile_folder, modules=[piv.module]) as screen:
        screen.ask(f"window.open_paths([Path({str(file)!r})])")  # 1: drop
        screen.until(f"{FIELDS}.number.isEnabled() and {OPTIONS}.objections.isVisible()")
        assert not screen.ask(f"{FOOTER}.sign.isEnabled()")
        keep(screen, tmp_path, "leader-number-missing")
        screen.type(f"{FIELDS}.number", "45")  # 2: look, and fill in what the clerk left open
        screen.click(f"{FIELDS}.today")
        screen.until(f"{FOOTER}.sign.isEnabled()")
        screen.until("window.sign_page.desk.box.has_picture")
        keep(screen, tmp_path, "leader-ready")
        screen.click(f"{FOOTER}.sign")  # 3: Ký
        enter_pin(screen)  # 4: PIN
        screen.until("window.sign_page.desk.result.verify.isVisible()", seconds=30)
        screen.until("not window.sign_page.desk.view.is_loading")
        keep(screen, tmp_path, "leader-signed")
    signed = folder / "quyết định.signed.pdf"
    judged_by_others(signed)
    page = pymupdf.open(signed)[0]
    head = " ".join(page.get_text("text", clip=pymupdf.Rect(0, 0, page.rect.width, 180)).split())
    assert "45" in head
    assert f"{datetime.now().astimezone():%d}" in head
    (widget,) = page.widgets()
    assert page.search_for("CHỦ TỊCH")[0].y1 <= widget.rect.y0 + 1


def stamp_as_received(scan: Path, target: Path) -> None:
    """The registry's stamp in the upper right corner, where the signatures of the other scans go."""
    with pymupdf.open(scan) as document:
        page = document[0]
        place = pymupdf.Rect(page.rect.width - 170, 14, page.rect.width - 20, 62)
        page.draw_rect(place, color=(0.6, 0, 0), width=2)
        for line, text in enumerate(("CONG VAN DEN", "So: 1234", "Ngay: 06/01/2026"), start=1):
            page.insert_text((place.x0 + 10, place.y0 + 14 * line), text, fontsize=10, color=(0.6, 0, 0))
        picture = page.get_pixmap(dpi=SCAN_DPI)
        with pymupdf.open() as scanned:
            sheet = scanned.new_page(width=page.rect.width, height=page.rect.height)
            sheet.insert_image(sheet.rect, stream=picture.tobytes("jpeg"))
            scanned.save(target)


@pytest.mark.timeout(170)
def test_a_chief_of_office_signs_the_scans_of_a_folder_with_one_pin(
    training: Training, piv: PivRig, display: str, tmp_path: Path
) -> None:
    folder = tmp_path / "bản quét"
    folder.mkdir()
    for number in range(SCANS):
        shutil.copy(training.folder.samples / "ban-quet.pdf", folder / f"bản quét {number + 1}.pdf")
    odd = folder / f"bản quét {ODD + 1}.pdf"
    odd.unlink()
    stamp_as_received(training.folder.samples / "ban-quet.pdf", odd)
    insert(piv, training, CHIEF)
    with open_window(display, tmp_path / "home", profile=training.profile_folder, modules=[piv.module]) as screen:
        screen.until(f"{OPTIONS}.signers.signer is not None")
        screen.ask(f"window.open_paths([Path({str(folder)!r})])")  # 1: drop the folder
        screen.until(f"len({FILES}) == {SCANS} and not window.sign_page._files.is_reading")
        screen.until("not window.sign_page._rules.is_due and window.sign_page.desk.box.has_picture")
        assert screen.ask("{file.box.page for file in window.sign_page._files.files} == {0}")
        screen.until("not window.sign_page.desk.sheet.is_loading")
        keep(screen, tmp_path, "chief-confirm")
        screen.until(f"{OVERVIEW}.only_odd.isVisible()")
        screen.click(f"{OVERVIEW}.only_odd")  # one place is unlike the others: look at it, and put it right
        screen.until(f"window.sign_page._files.current == {ODD} and {BOX}.box is not None and {BOX}.isVisible()")
        screen.until(f"not window.sign_page.desk.view.is_loading and {BOX}.has_picture")
        keep(screen, tmp_path, "chief-odd")
        found = screen.ask(f"({BOX}.box.x_pt, {BOX}.box.y_pt)")
        screen.drag(BOX, -6, -3)
        screen.until("not window.sign_page._rules.is_due and not " + f"{FILES}[{ODD}].oddity")
        moved = screen.ask(f"({BOX}.box.x_pt, {BOX}.box.y_pt)")
        assert moved[0] < found[0]
        screen.click(f"{OVERVIEW}.only_odd")
        screen.until(f"not {OVERVIEW}.only_odd.isVisible()")
        screen.click(f"{FIELDS}.paper_signed")  # 2: confirm the papers
        screen.until(f"{FOOTER}.sign.isEnabled()")
        keep(screen, tmp_path, "chief-ready")
        screen.click(f"{FOOTER}.sign")  # 3: Ký tất cả
        enter_pin(screen)  # 4: PIN, once
        screen.until("window.sign_page.desk.result.verify.isVisible()", seconds=60)
        screen.until(f"all('hợp lệ' in describe_state(file).words for file in {FILES})", seconds=60)
        keep(screen, tmp_path, "chief-signed")
    for number in range(SCANS):
        signed = folder / f"bản quét {number + 1}.signed.pdf"
        judged_by_others(signed)
        page = pymupdf.open(signed)[0]
        (widget,) = page.widgets()
        assert widget.rect.y1 < 70, "at the head of the first page"
        if number == ODD:
            assert (widget.rect.x0, widget.rect.y0) == pytest.approx(moved, abs=1)
