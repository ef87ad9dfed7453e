"""Đ10.3b: the box of an official document stays where its signature may stand, and says why."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from bdsigner.gui.widgets.page_geometry import pt_from_mm
from bdsigner.gui.widgets.signature_box import EDGE_PX
from bdsigner.model.document import Page, SignatureField
from bdsigner.model.geometry import Box
from bdsigner.model.layout import COPY_HEAD_MM, Certainty, DocumentLayout
from bdsigner.regulation.zones import contains
from tests.gui.signing_scene import Scene, signing_scene
from tests.gui.test_sign_rules import cards, is_settled, show
from tests.gui.test_signature_box import assert_fields_agree, drag, middle
from tests.layout.test_reader import read
from tests.regulation.documents import SLOT, layout
from tests.support.administrative import Document, draw

ORIGINAL = "Bản gốc: chữ ký đặt giữa chức danh và họ tên (Điều 10.3.b)"
COPY = "Bản số hóa: chữ ký đặt ở đầu trang 1 (Điều 10.3.b)"
FREE = layout(occupied=())


@pytest.fixture
def scene(qtbot: QtBot, tmp_path: Path) -> Iterator[Scene]:
    with signing_scene(qtbot, tmp_path) as scene:
        scene.page.activateWindow()
        yield scene


def open_original(scene: Scene, seen: DocumentLayout = FREE) -> None:
    show(scene, seen)
    scene.qtbot.waitUntil(scene.is_ready)
    scene.page.desk.view.set_zoom(0.6)
    scene.page.desk.view.reveal(scene.box)


def assert_well(scene: Scene, zone: Box) -> None:
    """Inside, agreed on everywhere, and nothing to say against it."""
    assert contains(zone, scene.box)
    assert_fields_agree(scene.page.desk.options.box, scene.box)
    scene.qtbot.waitUntil(lambda: is_settled(scene))
    assert cards(scene) == []


@pytest.mark.parametrize("by", [QPoint(-300, -250), QPoint(300, 250), QPoint(0, -200), QPoint(250, 0)])
def test_a_drag_out_of_the_sign_off_stops_at_its_edge_and_says_why(scene: Scene, by: QPoint) -> None:
    open_original(scene)
    before = scene.box
    drag(scene, middle(scene.page.desk.box), by)
    assert_well(scene, SLOT)
    assert (scene.box.width_pt, scene.box.height_pt) == (before.width_pt, before.height_pt)
    for length, start, edge in ((by.x(), scene.box.x_pt, SLOT.x_pt), (by.y(), scene.box.y_pt, SLOT.y_pt)):
        if length < 0:
            assert start == edge
    assert scene.page.desk.box.hint == scene.page.desk.options.box.note.text() == ORIGINAL
    assert scene.page.desk.options.box.note.isVisible()


def test_inside_it_moves_freely_and_nothing_is_said(scene: Scene) -> None:
    open_original(scene)
    scene.page.desk.options.box.width_mm.setValue(62)
    before = scene.box
    drag(scene, middle(scene.page.desk.box), QPoint(16, 0))
    assert scene.box.x_pt == pytest.approx(before.x_pt + 16 / scene.page.desk.view.px_per_pt, abs=2)
    assert scene.page.desk.box.hint == scene.page.desk.options.box.note.text() == ""
    assert_well(scene, SLOT)


def test_what_was_said_is_taken_back_when_the_box_comes_back(scene: Scene) -> None:
    open_original(scene)
    box = scene.page.desk.box
    box.setFocus()
    scene.qtbot.keyClick(box, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    scene.qtbot.keyClick(box, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert scene.box.x_pt == SLOT.x_pt
    assert box.hint == ORIGINAL
    scene.qtbot.keyClick(box, Qt.Key.Key_Right)
    assert box.hint == scene.page.desk.options.box.note.text() == ""
    assert not scene.page.desk.options.box.note.isVisible()


@pytest.mark.parametrize("corner", [QPoint(0, 0), QPoint(1, 1)])
def test_a_pulled_corner_stops_at_the_edge_and_the_other_one_stays(scene: Scene, corner: QPoint) -> None:
    open_original(scene)
    fields = scene.page.desk.options.box
    fields.width_mm.setValue(62)
    fields.height_mm.setValue(27)
    widget, before = scene.page.desk.box, scene.box
    grip = QPoint(
        widget.width() - EDGE_PX - 1 if corner.x() else EDGE_PX,
        widget.height() - EDGE_PX - 1 if corner.y() else EDGE_PX,
    )
    drag(scene, grip, QPoint(300, 200) if corner.x() else QPoint(-300, -200))
    left, top = SLOT.x_pt, SLOT.y_pt
    if corner.x():
        left, top = before.x_pt, before.y_pt
        right, bottom = SLOT.x_pt + SLOT.width_pt, SLOT.y_pt + SLOT.height_pt
    else:
        right, bottom = before.x_pt + before.width_pt, before.y_pt + before.height_pt
    expected = Box(0, left, top, right - left, bottom - top)
    for name in ("x_pt", "y_pt", "width_pt", "height_pt"):
        assert getattr(scene.box, name) == pytest.approx(getattr(expected, name)), name
    assert widget.hint == ORIGINAL
    assert_well(scene, SLOT)


def test_typed_millimetres_outside_are_brought_back_and_the_panel_says_why(scene: Scene) -> None:
    open_original(scene)
    fields = scene.page.desk.options.box
    fields.x_mm.setValue(10)
    assert_well(scene, SLOT)
    assert scene.box.x_pt == SLOT.x_pt
    assert fields.note.isVisible()
    assert fields.note.text() == ORIGINAL
    fields.x_mm.setValue(fields.x_mm.value() + 1)
    assert not fields.note.isVisible()


def test_a_page_that_is_not_the_zones_own_is_not_gone_to(scene: Scene) -> None:
    path = scene.pdf("hai trang.pdf", pages=2)
    scene.documents.layouts[path] = FREE
    scene.open(path)
    before = scene.box
    scene.page.desk.options.box.page.setValue(2)
    assert scene.box == before
    assert scene.page.desk.options.box.page.value() == 1
    assert scene.page.desk.options.box.note.text() == ORIGINAL


def test_the_zone_is_tinted_while_the_box_is_at_hand(scene: Scene) -> None:
    open_original(scene)
    view, box = scene.page.desk.view, scene.page.desk.box

    scene.page.desk.options.box.width_mm.setValue(62)

    def tint() -> tuple[int, int, int]:
        free = view.box_in_viewport(SLOT).right() - 10, view.box_in_viewport(SLOT).center().y()
        colour = view.viewport().grab().toImage().pixelColor(*map(round, free))
        return colour.red(), colour.green(), colour.blue()

    view.setFocus()
    plain = tint()
    box.setFocus(Qt.FocusReason.TabFocusReason)
    scene.qtbot.waitUntil(box.hasFocus)
    tinted = tint()
    assert tinted != plain
    assert tinted[2] > tinted[0], "bluish"
    view.setFocus()
    scene.qtbot.waitUntil(lambda: tint() == plain)


def test_a_screen_reader_hears_the_reason_with_the_box(scene: Scene) -> None:
    open_original(scene)
    assert scene.page.desk.box.accessibleDescription() == ORIGINAL


@pytest.mark.parametrize(
    "seen", [layout(sign_off=None, occupied=()), DocumentLayout(has_text=True, is_administrative=False)]
)
def test_without_a_zone_the_box_goes_anywhere(scene: Scene, seen: DocumentLayout) -> None:
    show(scene, seen)
    scene.page.desk.options.box.x_mm.setValue(12)
    assert scene.box.x_pt == pytest.approx(pt_from_mm(12))
    assert scene.page.desk.box.accessibleDescription() == ""
    assert not scene.page.desk.options.box.note.isVisible()


def test_a_doubtful_zone_does_not_hold_and_is_asked_about_as_before(scene: Scene) -> None:
    assert FREE.sign_off is not None
    show(scene, replace(FREE, sign_off=replace(FREE.sign_off, certainty=Certainty.UNSURE)))
    scene.page.desk.options.box.x_mm.setValue(12)
    assert scene.box.x_pt == pytest.approx(pt_from_mm(12))
    scene.qtbot.waitUntil(lambda: "Chữ ký không nằm ở chỗ ký" in cards(scene))


def test_over_text_inside_the_zone_it_is_told(scene: Scene) -> None:
    open_original(scene, layout(occupied=(Box(0, SLOT.x_pt, SLOT.y_pt, 5, 80),)))
    drag(scene, middle(scene.page.desk.box), QPoint(-100, 0))
    assert contains(SLOT, scene.box)
    scene.qtbot.waitUntil(lambda: cards(scene) == ["Chữ ký che nội dung"])


def test_a_copy_stays_at_the_head_of_its_first_page(scene: Scene) -> None:
    head = Box(0, 100, 15, 450, 42)
    show(scene, layout(head_strips=(head,), occupied=()))
    fields = scene.page.desk.options
    fields.document.kind.setCurrentIndex(1)
    fields.document.kind.activated.emit(1)
    scene.qtbot.waitUntil(lambda: scene.page.desk.box.accessibleDescription() == COPY)
    fields.box.y_mm.setValue(200)
    assert scene.box.y_pt + scene.box.height_pt == pytest.approx(pt_from_mm(COPY_HEAD_MM))
    assert fields.box.note.text() == COPY


def test_a_prepared_field_is_its_own_place(scene: Scene) -> None:
    field = SignatureField(name="ô ký", is_signed=False, box=Box(0, 30, 30, 200, 90))
    path = scene.pdf("có ô.pdf", empty_fields=(field,))
    scene.documents.layouts[path] = FREE
    scene.page.open_files([path])
    scene.qtbot.waitUntil(lambda: is_settled(scene))
    drag(scene, middle(scene.page.desk.box), QPoint(60, 60))
    assert scene.box == field.box
    assert scene.page.desk.box.accessibleDescription() == ""


def darkest(pdf: bytes, box: Box) -> int:
    """Of the page under a box, 0 to 255, without the hair at its edges."""
    x, y = box.x_pt + 1, box.y_pt + 1
    clip = pymupdf.Rect(x, y, x + box.width_pt - 2, y + box.height_pt - 2)
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        samples: bytes = document[box.page].get_pixmap(colorspace=pymupdf.csGRAY, clip=clip).samples
    return min(samples)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d,
        lambda d: replace(d, rotation=90),
        lambda d: replace(d, rotation=270),
        lambda d: replace(d, crop_mm=12),
        lambda d: replace(d, size="a3"),
    ],
    ids=["upright", "rotated 90", "rotated 270", "cropped", "A3"],
)
def test_on_pages_turned_and_cropped_it_stays_on_the_paper_between_title_and_name(
    scene: Scene, change: Callable[[Document], Document], tmp_path: Path
) -> None:
    """Layout and picture are the real reader's and MuPDF's: wherever it is dragged, there is nothing under it."""
    pdf = draw(change(Document(titles=("CHỦ TỊCH",), name="Nguyễn Hoàng Ánh", gap_mm=40)))
    seen = read(pdf, tmp_path)
    assert seen.sign_off is not None
    with pymupdf.open(stream=pdf, filetype="pdf") as document:
        size = document[0].rect
    path = scene.pdf("văn bản.pdf", page=Page(size.width, size.height))
    scene.documents.layouts[path] = seen
    scene.open(path)
    scene.page.desk.view.set_zoom(0.5)
    scene.page.desk.view.reveal(scene.box)
    scene.page.desk.options.box.width_mm.setValue(62)
    for by in (QPoint(-400, -400), QPoint(500, 500)):
        drag(scene, middle(scene.page.desk.box), by)
        assert_well(scene, seen.sign_off.slot)
        assert darkest(pdf, scene.box) > 200
