"""The signing page under Điều 10: what is declared, what the rules say, what is typed into the page."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from bdsigner.app import Application
from bdsigner.model.document import SignatureField
from bdsigner.model.geometry import Box
from bdsigner.model.layout import Certainty, DateLine, DocumentLayout
from bdsigner.model.numbering import DocumentNumber
from bdsigner.model.register import Signed
from bdsigner.model.signing_rules import Declaration, KindGroup, SigningMode
from bdsigner.storage.number_register import FileNumberRegister
from bdsigner.storage.register import FileDocumentRegister
from bdsigner.storage.settings import Settings
from tests.gui.signing_scene import Scene, signing_scene
from tests.regulation.documents import EMPTY_NUMBER, SLOT, layout, slot

EMPTY_DATE = DateLine(place="Bình Dương", day=slot(""), month=slot(""), year=slot(""))


@pytest.fixture
def scene(qtbot: QtBot, tmp_path: Path) -> Iterator[Scene]:
    with signing_scene(qtbot, tmp_path, Settings(files_as="list")) as scene:
        yield scene


def show(scene: Scene, seen: DocumentLayout, name: str = "quyết định.pdf") -> Path:
    path = scene.pdf(name)
    scene.documents.layouts[path] = seen
    scene.page.open_files([path])
    scene.qtbot.waitUntil(lambda: is_settled(scene))
    return path


def is_settled(scene: Scene) -> bool:
    page = scene.page
    return page.desk.isVisible() and not page._files.is_reading and not page._rules.is_due


def settle(scene: Scene) -> None:
    scene.qtbot.waitUntil(lambda: is_settled(scene))


def cards(scene: Scene) -> list[str]:
    return [notice.title for notice in scene.page.desk.options.objections.notices if notice.title]


def test_an_original_stands_in_its_sign_off_and_can_be_signed(scene: Scene) -> None:
    show(scene, layout())
    scene.qtbot.waitUntil(scene.is_ready)
    assert scene.page.desk.options.document.kind.currentText() == "Văn bản chính thức · bản gốc"
    assert cards(scene) == []
    box = scene.box
    assert SLOT.x_pt <= box.x_pt
    assert box.y_pt + box.height_pt <= SLOT.y_pt + SLOT.height_pt + 0.1
    scene.sign()
    scene.qtbot.waitUntil(lambda: scene.page._files.files[0].signed is not None)


def test_an_empty_number_is_filled_and_shown_before_it_is_signed(scene: Scene) -> None:
    show(scene, layout(number=EMPTY_NUMBER, date=EMPTY_DATE))
    fields, footer = scene.page.desk.options.document, scene.page.desk.footer
    assert cards(scene) == ["Văn bản chưa có số", "Văn bản chưa có ngày"]
    assert not footer.sign.isEnabled()
    scene.qtbot.keyClicks(fields.number, "45")
    fields.today.click()
    scene.qtbot.waitUntil(lambda: cards(scene) == [] and is_settled(scene))
    scene.qtbot.waitUntil(footer.sign.isEnabled)
    assert len(scene.page.desk.view._pictures) == 4, "number, day, month and year"


def test_what_is_no_date_is_said_and_stops(scene: Scene) -> None:
    show(scene, layout(number=EMPTY_NUMBER, date=EMPTY_DATE))
    fields = scene.page.desk.options.document
    scene.qtbot.keyClicks(fields.number, "45")
    scene.qtbot.keyClicks(fields.issued, "31/02/2026")
    settle(scene)
    assert "31/02/2026" in fields.date_problem
    assert not scene.page.desk.footer.sign.isEnabled()


def test_a_number_that_stands_there_is_shown_and_cannot_be_changed(scene: Scene) -> None:
    show(scene, layout())
    fields = scene.page.desk.options.document
    assert (fields.number.text(), fields.number.isEnabled()) == ("12", False)
    assert fields.issued.text() == "05/01/2026"
    assert not fields.today.isVisible()


def test_another_title_is_a_card_that_names_the_clause(scene: Scene) -> None:
    show(scene, layout("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"))
    assert cards(scene) == ["Chức danh không khớp"]
    assert "Điều 10 khoản 2 điểm b" in scene.page.desk.options.objections.notices[0].text
    assert not scene.page.desk.footer.sign.isEnabled()
    assert scene.page.desk.footer.reason.text() == "Chức danh không khớp"


def test_another_kind_of_document_is_another_set_of_rules(scene: Scene) -> None:
    show(scene, layout("KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", occupied=()))
    fields = scene.page.desk.options.document
    fields.kind.setCurrentIndex(2)
    fields.kind.activated.emit(2)
    scene.qtbot.waitUntil(lambda: cards(scene) == [] and is_settled(scene))
    assert scene.page._files.files[0].declared == Declaration(kind=KindGroup.INTERNAL)


def test_a_copy_wants_its_paper_confirmed(scene: Scene) -> None:
    head = Box(0, 100, 15, 450, 42)
    show(scene, layout(head_strips=(head,), occupied=()))
    fields = scene.page.desk.options.document
    fields.kind.setCurrentIndex(1)
    fields.kind.activated.emit(1)
    scene.qtbot.waitUntil(lambda: "Chưa xác nhận bản giấy đã được ký" in cards(scene))
    assert not fields.number.isVisible()
    fields.paper_signed.click()
    scene.qtbot.waitUntil(lambda: is_settled(scene) and "Chưa xác nhận bản giấy đã được ký" not in cards(scene))
    assert cards(scene) == ["Chức danh không được ký bản số hóa"], "this one is a chairman"
    declared = scene.page._files.files[0].declared
    assert declared is not None
    assert declared.mode is SigningMode.COPY
    assert scene.box.y_pt < 60


def test_a_document_declared_secret_is_not_signed(scene: Scene) -> None:
    show(scene, layout())
    scene.page.desk.options.document.secret.click()
    scene.qtbot.waitUntil(lambda: cards(scene) == ["Không ký số văn bản mật"])
    assert not scene.page.desk.footer.sign.isEnabled()


def test_what_may_be_overridden_is_asked_before_the_pin(scene: Scene) -> None:
    seen = layout()
    assert seen.sign_off is not None
    show(scene, replace(seen, sign_off=replace(seen.sign_off, certainty=Certainty.UNSURE, name=None)), "mờ.pdf")
    scene.page.desk.box.box_changed.emit(Box(0, 20, 20, 200, 80))
    scene.qtbot.waitUntil(lambda: cards(scene) == ["Chữ ký không nằm ở chỗ ký"] and is_settled(scene))
    scene.qtbot.waitUntil(scene.page.desk.footer.sign.isEnabled)
    scene.sign()
    scene.qtbot.waitUntil(lambda: bool(scene.interaction.reviews))
    (file,) = scene.interaction.reviews[0].files
    assert [objection.clause for objection in file.objections] == ["Đ10.3b"]


def test_of_several_files_each_keeps_its_number(scene: Scene) -> None:
    paths = [scene.pdf("a.pdf"), scene.pdf("b.pdf")]
    for path in paths:
        scene.documents.layouts[path] = layout(number=EMPTY_NUMBER)
    scene.page.open_files(paths)
    settle(scene)
    fields = scene.page.desk.options.document
    scene.qtbot.keyClicks(fields.number, "45")
    settle(scene)
    scene.page.desk.files.setCurrentCell(1, 0)
    settle(scene)
    assert fields.number.text() == ""
    scene.qtbot.keyClicks(fields.number, "46")
    settle(scene)
    assert [file.declared.number for file in scene.page._files.files if file.declared] == ["45", "46"]


def test_the_next_number_is_one_press_away(scene: Scene, tmp_path: Path) -> None:
    register = FileNumberRegister(tmp_path / "numbers.sqlite")
    register.claim(DocumentNumber(number="44", symbol="QĐ-UBND", year=2026), tmp_path / "trước.pdf")
    scene.page.set_application(Application(replace(scene.application.services, numbers=register)))
    show(scene, layout(number=EMPTY_NUMBER))
    fields = scene.page.desk.options.document
    fields.next_number.click()
    scene.qtbot.waitUntil(lambda: fields.number.text() == "45")
    scene.qtbot.waitUntil(lambda: cards(scene) == [] and is_settled(scene))
    fields.number.clear()
    scene.qtbot.keyClicks(fields.number, "44")
    scene.qtbot.waitUntil(lambda: cards(scene) == ["Số đã cấp cho văn bản khác"])
    assert "trước.pdf" in scene.page.desk.options.objections.notices[0].text


def test_in_a_list_what_needs_a_look_stands_out(scene: Scene) -> None:
    seen = layout()
    assert seen.sign_off is not None
    doubtful = replace(seen, sign_off=replace(seen.sign_off, certainty=Certainty.UNSURE))
    wanted = {"a.pdf": layout(), "b.pdf": doubtful, "c.pdf": layout("GIÁM ĐỐC"), "d.pdf": layout(number=EMPTY_NUMBER)}
    paths = [scene.pdf(name) for name in wanted]
    for path, one in zip(paths, wanted.values(), strict=True):
        scene.documents.layouts[path] = one
    scene.page.open_files(paths)
    settle(scene)
    table = scene.page.desk.files
    states = [item.text() for row in range(4) if (item := table.item(row, 3)) is not None]
    assert states == ["chờ ký", "xem lại chỗ ký", "Chức danh không khớp", "Văn bản chưa có số"]


def test_a_field_that_its_author_placed_is_a_visible_place(scene: Scene) -> None:
    path = scene.pdf("có ô ký.pdf", empty_fields=(SignatureField(name="ChuKy", is_signed=False, box=SLOT),))
    scene.documents.layouts[path] = layout()
    scene.page.open_files([path])
    settle(scene)
    assert scene.page._files.files[0].field == "ChuKy"
    assert cards(scene) == []
    scene.page.desk.options.visible.click()
    scene.qtbot.waitUntil(lambda: len(cards(scene)) == 1 and is_settled(scene))
    assert "Điều 10 khoản 1 điểm b" in scene.page.desk.options.objections.notices[0].text


def test_d10_3a_who_submitted_it_is_noted_and_moves_nothing(scene: Scene, tmp_path: Path) -> None:
    register = FileDocumentRegister(tmp_path / "signed-documents.sqlite")
    scene.application.services = replace(scene.application.services, register=register)
    show(scene, layout())
    scene.qtbot.waitUntil(scene.is_ready)
    file = scene.page._files.files[0]
    file.is_placed = True
    scene.qtbot.keyClicks(scene.page.desk.options.document.submitted_by, "So Xay dung")
    assert file.is_placed, "the box stays where the person put it"
    assert file.declaration is None, "what the layout suggests is still followed"
    scene.sign()
    scene.qtbot.waitUntil(lambda: file.signed is not None)
    (entry,) = register.read().entries
    assert isinstance(entry.event, Signed)
    assert entry.event.submitted_by == "So Xay dung"
    show(scene, layout(), "văn bản khác.pdf")
    scene.qtbot.waitUntil(lambda: scene.page.desk.options.document.submitted_by.text() == "")
