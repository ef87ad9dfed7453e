from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible
from pytestqt.qtbot import QtBot

from bdsigner.gui.widgets.box_fields import BoxFields
from bdsigner.gui.widgets.page_geometry import mm_from_pt, pt_from_mm
from bdsigner.gui.widgets.page_view import Fit
from bdsigner.gui.widgets.signature_box import EDGE_PX, SignatureBox
from bdsigner.model.geometry import Box
from tests.fakes.documents import A4
from tests.gui.signing_scene import Scene, signing_scene

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen plugin says so of every window


@pytest.fixture
def scene(qtbot: QtBot, tmp_path: Path) -> Iterator[Scene]:
    """A document of two pages, both in sight."""
    with signing_scene(qtbot, tmp_path) as scene:
        scene.open(scene.pdf("cong-van.pdf", pages=2))
        scene.page.desk.view.set_zoom(0.35)
        scene.page.desk.view.go_to_page(0)
        yield scene


def drag(scene: Scene, start: QPoint, by: QPoint) -> None:
    """With the left button, in steps, as a hand does."""
    box, qtbot = scene.page.desk.box, scene.qtbot
    origin = box.mapTo(scene.page.desk.view.viewport(), start)
    qtbot.mousePress(box, Qt.MouseButton.LeftButton, pos=start)
    for step in (1, 2, 3, 4):
        target = origin + QPoint(by.x() * step // 4, by.y() * step // 4)
        qtbot.mouseMove(box, box.mapFrom(scene.page.desk.view.viewport(), target))
    end = box.mapFrom(scene.page.desk.view.viewport(), origin + by)
    qtbot.mouseRelease(box, Qt.MouseButton.LeftButton, pos=end)


def middle(box: SignatureBox) -> QPoint:
    return box.rect().center()


def assert_fields_agree(fields: BoxFields, box: Box) -> None:
    assert fields.page.value() == box.page + 1
    for field, length in (
        (fields.x_mm, box.x_pt),
        (fields.y_mm, box.y_pt),
        (fields.width_mm, box.width_pt),
        (fields.height_mm, box.height_pt),
    ):
        assert field.value() == pytest.approx(mm_from_pt(length), abs=0.0501)


def test_the_box_stands_lower_right_and_is_drawn_as_it_will_be(scene: Scene) -> None:
    box = scene.page.desk.box
    assert box.isVisible()
    assert box.has_picture
    assert scene.box.x_pt > A4.width_pt / 3
    assert scene.box.y_pt > A4.height_pt / 2
    assert_fields_agree(scene.page.desk.options.box, scene.box)


def test_dragging_moves_it_and_the_typed_fields_agree(scene: Scene) -> None:
    before = scene.box
    drag(scene, middle(scene.page.desk.box), QPoint(-40, -60))
    scale = scene.page.desk.view.px_per_pt
    assert scene.box.x_pt == pytest.approx(before.x_pt - 40 / scale, abs=2.5)
    assert scene.box.y_pt == pytest.approx(before.y_pt - 60 / scale, abs=2.5)
    assert (scene.box.width_pt, scene.box.height_pt) == (before.width_pt, before.height_pt)
    assert_fields_agree(scene.page.desk.options.box, scene.box)


def test_dragging_onto_another_page_takes_it_there(scene: Scene) -> None:
    assert scene.box.page == 1
    view = scene.page.desk.view
    above = view.box_in_viewport(Box(0, 100, 300, 1, 1)).topLeft().toPoint()
    here = scene.page.desk.box.mapTo(view.viewport(), middle(scene.page.desk.box))
    drag(scene, middle(scene.page.desk.box), above - here)
    assert scene.box.page == 0
    assert_fields_agree(scene.page.desk.options.box, scene.box)


def test_it_cannot_be_dragged_off_the_paper(scene: Scene) -> None:
    drag(scene, middle(scene.page.desk.box), QPoint(900, 900))
    box = scene.box
    assert box.x_pt + box.width_pt <= A4.width_pt + 1e-6
    assert box.y_pt + box.height_pt <= A4.height_pt + 1e-6


@pytest.mark.parametrize(("right", "bottom"), [(0, 0), (0, 1), (1, 0), (1, 1)])
def test_corners_resize_and_the_opposite_corner_stays(scene: Scene, right: int, bottom: int) -> None:
    scene.page.desk.view.set_zoom(0.8)
    scene.page.desk.view.reveal(scene.box)
    widget, before = scene.page.desk.box, scene.box
    corner = QPoint(
        widget.width() - EDGE_PX - 1 if right else EDGE_PX, widget.height() - EDGE_PX - 1 if bottom else EDGE_PX
    )
    drag(scene, corner, QPoint(-24 if right else 24, -12 if bottom else 12))
    after, scale = scene.box, scene.page.desk.view.px_per_pt
    assert after.width_pt == pytest.approx(before.width_pt - 24 / scale, abs=3)
    assert after.height_pt == pytest.approx(before.height_pt - 12 / scale, abs=3)
    if right:
        assert after.x_pt == before.x_pt
    else:
        assert after.x_pt + after.width_pt == pytest.approx(before.x_pt + before.width_pt)
    assert_fields_agree(scene.page.desk.options.box, after)


@pytest.mark.parametrize(
    ("key", "dx", "dy"),
    [
        (Qt.Key.Key_Left, -1, 0),
        (Qt.Key.Key_Right, 1, 0),
        (Qt.Key.Key_Up, 0, -1),
        (Qt.Key.Key_Down, 0, 1),
    ],
)
@pytest.mark.parametrize(
    ("modifier", "step_mm"),
    [
        (Qt.KeyboardModifier.NoModifier, 1.0),
        (Qt.KeyboardModifier.ShiftModifier, 0.2),
        (Qt.KeyboardModifier.ControlModifier, 10.0),
    ],
)
def test_arrow_keys_move_it(
    scene: Scene, key: Qt.Key, dx: int, dy: int, modifier: Qt.KeyboardModifier, step_mm: float
) -> None:
    before = scene.box
    scene.page.desk.box.setFocus()
    scene.qtbot.keyClick(scene.page.desk.box, key, modifier)
    assert scene.box.x_pt == pytest.approx(before.x_pt + dx * pt_from_mm(step_mm))
    assert scene.box.y_pt == pytest.approx(before.y_pt + dy * pt_from_mm(step_mm))
    assert_fields_agree(scene.page.desk.options.box, scene.box)


def test_many_small_steps_add_up(scene: Scene) -> None:
    before = scene.box
    for _ in range(25):
        scene.qtbot.keyClick(scene.page.desk.box, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert scene.box.x_pt == pytest.approx(before.x_pt - pt_from_mm(5))


def test_typed_millimetres_place_it(scene: Scene) -> None:
    fields = scene.page.desk.options.box
    fields.x_mm.setValue(30.5)
    fields.y_mm.setValue(40)
    fields.width_mm.setValue(100)
    fields.page.setValue(1)
    box = scene.box
    assert (box.page, box.x_pt, box.y_pt) == (0, pytest.approx(pt_from_mm(30.5)), pytest.approx(pt_from_mm(40)))
    assert box.width_pt == pytest.approx(pt_from_mm(100))
    assert_fields_agree(fields, box)


def test_what_is_typed_off_the_page_is_brought_back_and_shown_so(scene: Scene) -> None:
    fields = scene.page.desk.options.box
    fields.x_mm.setValue(900)
    assert scene.box.x_pt + scene.box.width_pt == pytest.approx(A4.width_pt)
    assert fields.x_mm.value() < 200


def test_typing_one_field_leaves_the_finer_value_of_the_others(scene: Scene) -> None:
    drag(scene, middle(scene.page.desk.box), QPoint(-17, -13))
    before = scene.box
    scene.page.desk.options.box.width_mm.setValue(60)
    assert (scene.box.x_pt, scene.box.y_pt, scene.box.height_pt) == (before.x_pt, before.y_pt, before.height_pt)


def test_its_place_is_announced(scene: Scene) -> None:
    box = scene.page.desk.box
    said: list[str] = [box.accessibleName()]
    scene.qtbot.keyClick(box, Qt.Key.Key_Left)
    said.append(box.accessibleName())
    assert said[0].startswith("Khung chữ ký, trang 2, cách mép trái")
    assert said[0] != said[1]
    interface = QAccessible.queryAccessibleInterface(box)
    assert interface is not None
    assert interface.text(QAccessible.Text.Name) == said[1]


def test_resizing_asks_for_a_new_picture_of_that_size(scene: Scene) -> None:
    scene.page.desk.options.box.width_mm.setValue(100)
    drawn: list[int] = []
    picture = scene.page.desk.box.set_picture
    scene.page.desk.box.set_picture = lambda image: (drawn.append(image.width() if image else 0), picture(image))  # type: ignore[method-assign, func-returns-value, assignment]  # listens in
    scene.qtbot.waitUntil(lambda: bool(drawn))
    assert drawn[-1] == pytest.approx(pt_from_mm(100) * scene.page.desk.view.device_scale, abs=1)


def test_it_can_be_reached_with_the_keyboard_and_comes_into_sight(scene: Scene) -> None:
    view, box = scene.page.desk.view, scene.page.desk.box
    view.set_fit(Fit.WIDTH)
    view.go_to_page(0)
    assert box.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert not view.viewport().rect().contains(box.geometry())
    scene.page.activateWindow()
    box.setFocus(Qt.FocusReason.TabFocusReason)
    scene.qtbot.waitUntil(box.hasFocus)
    assert view.viewport().rect().contains(box.geometry().adjusted(EDGE_PX, EDGE_PX, -EDGE_PX, -EDGE_PX))
