"""The clerk's day through the real window: a leader's decision is reviewed and released, a second one is returned."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bdsigner.storage.register import REGISTER_FILE, FileDocumentRegister
from tests.rigs.fixtures import PivRig
from tests.support.administrative import Document, draw
from tests.support.display import private_display
from tests.support.pki import CHAIRMAN, Training
from tests.window.screen import Screen, open_window
from tests.window.test_signing_flows import FOOTER, enter_pin, insert, keep

SCREEN = "1320x900x24"
PAGE = "window.register_page"
FORM = f"{PAGE}.desk.form"
DECISION = Document(titles=("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"), name="Nguyễn Hoàng Ánh", gap="          ", gap_mm=34)


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    with private_display(SCREEN) as name:
        yield name


def open_desk(screen: Screen) -> None:
    screen.until(f"{PAGE}.details.isVisible()")
    screen.click(f"{PAGE}.details.review")
    screen.until(f"{PAGE}.desk.isVisible()", seconds=30)
    screen.until(f"not {PAGE}.desk.pages.view.is_loading")


@pytest.mark.timeout(170)
def test_d10_3c_from_the_signature_to_the_release(
    training: Training, piv: PivRig, display: str, tmp_path: Path
) -> None:
    folder = tmp_path / "đi"
    folder.mkdir()
    files = [folder / f"quyết định {number}.pdf" for number in (1, 2)]
    for file in files:
        file.write_bytes(draw(replace(DECISION, number=file.stem[-1].zfill(2))))
    insert(piv, training, CHAIRMAN)
    with open_window(display, tmp_path / "home", profile=training.profile_folder, modules=[piv.module]) as screen:
        screen.ask(f"window.open_paths([Path({str(folder)!r})])")
        screen.until(f"{FOOTER}.sign.isEnabled()", seconds=30)
        screen.type("window.sign_page.desk.options.document.submitted_by", "Phong Tong hop")
        screen.until("not window.sign_page._rules.is_due and window.sign_page.desk.box.has_picture")
        screen.picture(tmp_path / "submitted.png")
        screen.click(f"{FOOTER}.sign")
        enter_pin(screen)
        screen.until("window.sign_page.desk.result.verify.isVisible()", seconds=60)

        screen.ask("window.show_room(Room.REGISTER)")
        screen.until(f"{PAGE} is not None and {PAGE}.list.count >= 2")
        screen.type(f"{PAGE}.search", "phong tong hop")
        screen.until(f"{PAGE}.list.count == 2")
        screen.picture(tmp_path / "register.png")
        open_desk(screen)
        assert screen.ask(f"{PAGE}.desk.comparison.written.text()") == "TM. ỦY BAN NHÂN DÂN\nCHỦ TỊCH"
        assert screen.ask(f"{PAGE}.desk.comparison.certified.text()") == "Chủ tịch"
        assert "hợp lệ" in screen.ask(f"{PAGE}.desk.verdict.title")
        keep(screen, tmp_path, "review")

        screen.type(f"{FORM}.reviewer", "Pham Thi Thuy Duong")
        screen.type(f"{FORM}.mailbox", "vanthu@gmail.com")
        screen.type(f"{FORM}.recipients", "so.tttt@binhduong.gov.vn")
        screen.until(f"{FORM}.objections.isVisible()")
        screen.picture(tmp_path / "review-wrong-mailbox.png")
        screen.ask(f"{FORM}.mailbox.clear()")
        screen.type(f"{FORM}.mailbox", "vanthu@binhduong.gov.vn")
        screen.until(f"not {FORM}.objections.isVisible()")
        screen.ask(f"{PAGE}.desk.area.ensureWidgetVisible({FORM}.release)")
        screen.click(f"{FORM}.release")
        screen.until(f"{PAGE}.notice.isVisible() and 'phát hành' in {PAGE}.notice.title and {PAGE}.list.isVisible()")
        screen.until(f"{PAGE}.list.text_at(0, 3) == 'Đã phát hành'")
        screen.picture(tmp_path / "released.png")

        screen.ask(f"{PAGE}.list.setFocus()")
        screen.key(f"{PAGE}.list", "Down")
        screen.until(f"{PAGE}.details.state.title == 'Chờ rà soát'")
        open_desk(screen)
        screen.ask(f"{PAGE}.desk.area.ensureWidgetVisible({FORM}.give_back)")
        screen.type(f"{FORM}.reason", "Sai tham quyen")
        screen.until(f"{FORM}.give_back.isEnabled()")
        screen.click(f"{FORM}.give_back")
        screen.until(f"{PAGE}.list.isVisible() and {PAGE}.list.text_at(1, 3) == 'Trả lại'")
        screen.picture(tmp_path / "returned.png")
    register = FileDocumentRegister(next((tmp_path / "home").rglob(REGISTER_FILE)))
    found = register.read()
    register.close()
    assert found.first_broken is None
    kinds = [json.loads(one.content)["kind"] for one in found.links]
    assert kinds == ["signed", "signed", "reviewed", "released", "reviewed"]
