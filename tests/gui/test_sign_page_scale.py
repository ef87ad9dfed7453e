"""Text at twice its size: nothing is cut off, and the page still fits a small window."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QCheckBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from bdsigner.gui.look.theme import apply_theme, ensure_font
from bdsigner.gui.widgets.elided_label import ElidedLabel
from bdsigner.model.document import Page
from tests.gui.signing_scene import Scene, signing_scene

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")  # the offscreen plugin says so of every window
WIDTH, HEIGHT = 824, 640
"""What is left of a window of 1024 by 700 beside the navigation."""


@pytest.fixture(params=[1.0, 2.0], ids=["100 %", "200 %"])
def scene(qtbot: QtBot, qapp: QApplication, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Scene]:
    before = qapp.font()
    ensure_font(qapp)
    font = qapp.font()
    font.setPointSizeF(font.pointSizeF() * request.param)
    qapp.setFont(font)
    apply_theme(qapp, "light")
    with signing_scene(qtbot, tmp_path) as scene:
        scene.page.resize(WIDTH, HEIGHT)
        yield scene
    qapp.setStyleSheet("")
    qapp.setFont(before)


def assert_nothing_is_cut(page: QWidget) -> None:
    texts = [*page.findChildren(QLabel), *page.findChildren(QAbstractButton)]
    shown = [text for text in texts if text.isVisible() and text.text() and not isinstance(text, ElidedLabel)]
    assert len(shown) >= 3
    for text in shown:
        name = f"{type(text).__name__} “{text.text()}”"
        if isinstance(text, QLabel) and text.wordWrap():
            assert text.height() >= text.heightForWidth(text.width()), name
        elif isinstance(text, QLabel | QPushButton | QCheckBox):
            assert text.width() >= text.sizeHint().width(), name
            assert text.height() >= text.sizeHint().height() - 1, name


def test_the_empty_page(scene: Scene) -> None:
    assert_nothing_is_cut_soon(scene)


def test_one_file(scene: Scene) -> None:
    scene.open(scene.pdf("mot-ten-tap-tin-rat-dai-khong-ai-doc-het-duoc.pdf", pages=3))
    assert_nothing_is_cut_soon(scene)
    assert (scene.page.width(), scene.page.height()) == (WIDTH, HEIGHT)
    assert scene.page.minimumSizeHint().width() <= WIDTH
    options = scene.page.desk.options
    assert options.widget().minimumSizeHint().width() <= options.viewport().width(), "nothing reaches past the column"


def test_several_files(scene: Scene) -> None:
    scene.open(scene.pdf("a.pdf"), scene.pdf("b.pdf"))
    assert_nothing_is_cut_soon(scene)
    assert scene.page.minimumSizeHint().width() <= WIDTH


def test_several_files_of_which_one_is_odd(scene: Scene) -> None:
    paths = [scene.pdf(f"{name}.pdf") for name in "abc"]
    scene.open(*paths, scene.pdf("d.pdf", page=Page(842, 595)))
    overview = scene.page.desk.overview
    scene.qtbot.waitUntil(overview.only_odd.isVisible)
    overview.only_odd.click()
    scene.qtbot.waitUntil(overview.keep.isVisible)
    overview.spread.click()
    assert_nothing_is_cut_soon(scene)
    assert overview.sheet.isVisible()
    assert scene.page.minimumSizeHint().width() <= WIDTH


def test_the_result(scene: Scene) -> None:
    scene.open(scene.pdf("a.pdf"))
    with scene.qtbot.waitSignal(scene.page.work_finished):
        scene.sign()
    scene.qtbot.waitUntil(lambda: "hợp lệ" in scene.page.desk.result.verdict.title)
    assert_nothing_is_cut_soon(scene)


def test_an_error(scene: Scene) -> None:
    scene.open(scene.pdf("a.pdf"))
    scene.interaction.pin = "0"
    with scene.qtbot.waitSignal(scene.page.work_finished):
        scene.sign()
    assert scene.page.desk.options.error.isVisible()
    assert_nothing_is_cut_soon(scene)


def assert_nothing_is_cut_soon(scene: Scene) -> None:
    """Layouts settle in the event loop; ``waitUntil`` tries again while an assertion fails."""
    scene.qtbot.waitUntil(lambda: assert_nothing_is_cut(scene.page), timeout=2000)
