from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from bdsigner.errors import DocumentError, ErrorCode
from bdsigner.gui.widgets import page_source
from bdsigner.gui.widgets.page_source import CACHE_BYTES, MAX_PAGE_PIXELS, PageSource, to_image
from bdsigner.gui.widgets.page_view import Fit, PageView
from bdsigner.messages.errors import describe_code
from bdsigner.model.document import Page, Raster
from bdsigner.model.geometry import Box
from tests.fakes.documents import A4, document_info
from tests.gui.signing_scene import Scene, signing_scene

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen plugin says so of every window
PATIENCE_SECONDS = 5


@pytest.fixture
def scene(qtbot: QtBot, tmp_path: Path) -> Iterator[Scene]:
    with signing_scene(qtbot, tmp_path) as scene:
        yield scene


@pytest.fixture
def view(scene: Scene) -> PageView:
    """A view of 600 by 700 pixels on twenty A4 pages, all pictures of the start drawn."""
    view = PageView()
    scene.qtbot.addWidget(view)
    view.resize(600, 700)
    view.show()
    open_in(view, scene, pages=20)
    return view


def open_in(view: PageView, scene: Scene, *, pages: int, page: Page = A4) -> PageSource:
    path = scene.pdf(f"{pages}.pdf")
    info = document_info(path, pages=(page,) * pages)
    scene.documents.infos[path] = info
    source = PageSource(scene.application, view)
    source.open(info)
    view.show_document(source)
    scene.qtbot.waitUntil(lambda: source.has(0, view.device_scale))
    return source


def wheel(view: PageView, steps: int, at: QPointF, keys: Qt.KeyboardModifier) -> None:
    event = QWheelEvent(
        at,
        view.viewport().mapToGlobal(at),
        QPoint(0, 0),
        QPoint(0, 120 * steps),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.viewport(), event)


def test_a_page_fits_the_width_at_first(view: PageView) -> None:
    rect = view.box_in_viewport(Box(0, 0, 0, A4.width_pt, A4.height_pt))
    assert view.fit is Fit.WIDTH
    assert 0 <= rect.left() < 20
    assert view.viewport().width() - 20 < rect.right() <= view.viewport().width()


def test_the_zoom_follows_the_view_or_stays(view: PageView) -> None:
    wide = view.zoom
    view.resize(400, 700)
    assert view.zoom < wide
    view.set_fit(Fit.PAGE)
    rect = view.box_in_viewport(Box(0, 0, 0, A4.width_pt, A4.height_pt))
    assert rect.height() <= view.viewport().height()
    view.set_zoom(1.0)
    view.resize(600, 700)
    assert view.zoom == 1.0
    assert view.px_per_pt == pytest.approx(96 / 72)


def test_ctrl_and_wheel_zoom_under_the_pointer(view: PageView) -> None:
    at = QPointF(200, 300)
    before = view.point_on_page(0, at)
    zoom = view.zoom
    wheel(view, 2, at, Qt.KeyboardModifier.ControlModifier)
    after = view.point_on_page(0, at)
    assert view.zoom == pytest.approx(zoom * 1.44)
    assert after == pytest.approx(before, abs=1.5)


def test_the_wheel_alone_scrolls(view: PageView) -> None:
    wheel(view, -3, QPointF(200, 300), Qt.KeyboardModifier.NoModifier)
    assert view.verticalScrollBar().value() > 0


def test_zoom_has_ends(view: PageView) -> None:
    for _ in range(40):
        view.zoom_in()
    assert view.zoom == 5.0
    for _ in range(60):
        view.zoom_out()
    assert view.zoom == pytest.approx(0.1)


def test_keys_scroll_and_the_current_page_follows(view: PageView, qtbot: QtBot) -> None:
    bar = view.verticalScrollBar()
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert bar.value() > 0
    qtbot.keyClick(view, Qt.Key.Key_PageDown)
    assert bar.value() >= bar.pageStep()
    with qtbot.waitSignal(view.current_page_changed):
        qtbot.keyClick(view, Qt.Key.Key_End)
    assert view.current_page == 19
    qtbot.keyClick(view, Qt.Key.Key_PageUp)
    qtbot.keyClick(view, Qt.Key.Key_Home)
    assert (bar.value(), view.current_page) == (0, 0)


def test_pages_are_drawn_where_one_looks_and_just_around(view: PageView, scene: Scene) -> None:
    scene.qtbot.waitUntil(lambda: {drawing.page for drawing in scene.documents.drawings} == {0, 1, 2})
    view.go_to_page(10)
    scene.qtbot.waitUntil(lambda: {drawing.page for drawing in scene.documents.drawings} >= {9, 10, 11, 12})
    assert not {4, 5, 6, 7, 15, 19} & {drawing.page for drawing in scene.documents.drawings}


def test_what_is_scrolled_past_is_never_drawn(view: PageView, scene: Scene) -> None:
    scene.qtbot.waitUntil(lambda: len(scene.documents.drawings) == 3)
    go_on = Event()
    scene.documents.before = lambda call, path: go_on.wait(PATIENCE_SECONDS)
    for page in (5, 8, 11, 14, 17):
        view.go_to_page(page)
    go_on.set()
    scene.qtbot.waitUntil(lambda: 17 in {drawing.page for drawing in scene.documents.drawings})
    drawn = [drawing.page for drawing in scene.documents.drawings[3:]]
    assert 17 in drawn[:2], "at most one was under way before the one looked at"
    assert not {8, 11, 14} & set(drawn)


def test_pages_are_drawn_at_the_density_of_the_screen(view: PageView, scene: Scene) -> None:
    assert scene.documents.drawings[0].scale == pytest.approx(view.px_per_pt * view.devicePixelRatioF(), abs=0.001)


def test_until_the_new_zoom_is_drawn_the_old_picture_serves(view: PageView, scene: Scene) -> None:
    go_on = Event()
    scene.documents.before = lambda call, path: go_on.wait(PATIENCE_SECONDS)
    source = view.findChild(PageSource)
    assert isinstance(source, PageSource)
    old = source.picture(0, view.device_scale)
    view.zoom_in()
    assert not source.has(0, view.device_scale)
    shown = source.picture(0, view.device_scale)
    assert shown is not None
    assert old is not None
    assert shown.size() == old.size()
    go_on.set()
    scene.qtbot.waitUntil(lambda: source.has(0, view.device_scale))


def test_a_page_that_cannot_be_drawn_says_so_in_its_place(view: PageView, scene: Scene) -> None:
    scene.documents.page_errors[0] = DocumentError(ErrorCode.DOCUMENT_LIMITS, path="a.pdf")
    source = open_in_vain(view, scene)
    error = source.error(0, view.device_scale)
    assert error is not None
    assert error.code is ErrorCode.DOCUMENT_LIMITS
    grabbed = view.grab().toImage()
    assert any_ink(grabbed), "the sentence is painted on the page"
    assert describe_code(error.code, error.facts).title


def open_in_vain(view: PageView, scene: Scene) -> PageSource:
    path = scene.pdf("hong.pdf")
    source = PageSource(scene.application, view)
    source.open(document_info(path))
    view.show_document(source)
    scene.qtbot.waitUntil(lambda: source.error(0, view.device_scale) is not None)
    return source


def any_ink(image: QImage) -> bool:
    middle = image.height() // 2
    return any(
        image.pixelColor(x, y).lightness() < 160 for y in range(middle - 80, middle + 80) for x in range(60, 540, 2)
    )


def test_a_picture_never_exceeds_its_bound(scene: Scene, view: PageView) -> None:
    huge = Page(14_400, 14_400)
    path = scene.pdf("to.pdf")
    source = PageSource(scene.application, view)
    source.open(document_info(path, pages=(huge,)))
    source.want([0], [], 5.0)
    scene.qtbot.waitUntil(lambda: source.has(0, 5.0))
    picture = source.picture(0, 5.0)
    assert picture is not None
    assert picture.width() * picture.height() <= MAX_PAGE_PIXELS * 1.01


def test_the_cache_stays_within_its_bytes(scene: Scene, view: PageView, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_source, "CACHE_BYTES", 4_000_000)
    source = open_in(view, scene, pages=12)
    one = 4 * 400 * 566
    for page in range(12):
        source.want([page], [], 400 / 595)
        scene.qtbot.waitUntil(lambda page=page: source.has(page, 400 / 595))
    kept = [page for page in range(12) if source.has(page, 400 / 595)]
    assert kept == list(range(12 - len(kept), 12)), "the last ones used"
    assert len(kept) * one <= 4_000_000
    assert CACHE_BYTES == 96 << 20


def test_rasters_become_images_with_the_same_pixels() -> None:
    rgb = to_image(Raster(2, 1, has_alpha=False, pixels=bytes([255, 0, 0, 0, 0, 255])))
    assert (rgb.pixelColor(0, 0).name(), rgb.pixelColor(1, 0).name()) == ("#ff0000", "#0000ff")
    assert rgb.format() == QImage.Format.Format_RGB32
    rgba = to_image(Raster(1, 1, has_alpha=True, pixels=bytes([10, 20, 30, 128])))
    assert rgba.pixelColor(0, 0).alpha() == 128
    assert rgba.format() == QImage.Format.Format_ARGB32_Premultiplied


def test_the_toolbar_and_the_thumbnails_follow_the_view_and_lead_it(scene: Scene) -> None:
    scene.open(scene.pdf("dai.pdf", pages=9))
    desk = scene.page.desk
    assert desk.toolbar.count.text() == "/ 9"
    assert desk.toolbar.page.value() == 9
    desk.toolbar.page.setValue(3)
    assert desk.view.current_page == 2
    assert desk.thumbnails.currentIndex().row() == 2
    desk.thumbnails.setCurrentIndex(desk.thumbnails.model().index(6, 0))
    assert desk.view.current_page == 6
    desk.toolbar.zoom.activated.emit(4)
    assert desk.view.zoom == 1.0
    assert desk.toolbar.zoom.currentText() == "100 %"
    desk.toolbar.larger.click()
    assert desk.toolbar.zoom.currentText() == "120 %"
    desk.toolbar.zoom.activated.emit(1)
    assert desk.view.fit is Fit.PAGE


def test_thumbnails_are_drawn_for_the_rows_in_sight_only(scene: Scene) -> None:
    scene.open(scene.pdf("dai.pdf", pages=200))
    thumbnails = scene.page.desk.thumbnails
    scene.qtbot.waitUntil(lambda: any(drawing.scale < 0.25 for drawing in scene.documents.drawings))
    scene.qtbot.waitUntil(lambda: thumbnails.source is not None and thumbnails.source.thumbnail(199) is not None)
    small = {drawing.page for drawing in scene.documents.drawings if drawing.scale < 0.25}
    assert min(small) > 180
    thumbnails.verticalScrollBar().setValue(0)
    scene.qtbot.waitUntil(lambda: thumbnails.source is not None and thumbnails.source.thumbnail(0) is not None)
    assert thumbnails.source is not None
    picture = thumbnails.source.thumbnail(0)
    assert picture is not None
    assert max(picture.width(), picture.height()) <= 160 * thumbnails.devicePixelRatioF() + 1
    assert 100 not in {drawing.page for drawing in scene.documents.drawings}
