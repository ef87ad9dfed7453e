import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QPushButton

import bdsigner.gui
from bdsigner.gui.look.colours import DARK, ICONS, LIGHT, Colours, Tone
from bdsigner.gui.look.icons import icon_pixmap, set_icon
from bdsigner.gui.look.style_sheet import style_sheet
from bdsigner.gui.look.theme import apply_theme, colours, title_font, use_colours
from bdsigner.storage.resources import resource_path

THEMES = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
TEXT_CONTRAST = 4.5
EDGE_CONTRAST = 3.0


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#ffffff") == pytest.approx(1)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@THEMES
def test_text_can_be_read_on_every_ground_it_stands_on(theme: Colours) -> None:
    pairs = [
        *product((theme.text, theme.muted, theme.link), (theme.window, theme.surface)),
        *product((theme.text, theme.link), (theme.selected,)),
        (theme.on_accent, theme.accent),
        (theme.on_accent, theme.accent_hover),
    ]
    for tone in theme.tones.values():
        pairs += product((tone.text,), (tone.ground, theme.window, theme.surface, theme.selected))
        pairs += product((theme.text, theme.muted), (tone.ground,))

    too_weak = {pair: contrast(*pair) for pair in pairs if contrast(*pair) < TEXT_CONTRAST}
    assert too_weak == {}


@THEMES
def test_edges_of_fields_and_the_focus_can_be_seen(theme: Colours) -> None:
    grounds = (theme.window, theme.surface)
    too_weak = {
        pair: contrast(*pair)
        for pair in product((theme.field_line, theme.link), grounds)
        if contrast(*pair) < EDGE_CONTRAST
    }
    assert too_weak == {}


def test_every_tone_has_its_own_shape_and_colour() -> None:
    assert len(set(ICONS.values())) == len(Tone)
    for theme in (LIGHT, DARK):
        assert len({of.text for of in theme.tones.values()}) == len(Tone)


@THEMES
def test_the_style_sheet_sets_no_text_size(theme: Colours) -> None:
    assert "font-size" not in style_sheet(theme)


@pytest.fixture
def own_theme(themed: QApplication) -> Iterator[QApplication]:
    yield themed
    apply_theme(themed, "light")


@pytest.mark.parametrize(("name", "expected"), [("light", LIGHT), ("dark", DARK)])
def test_a_chosen_theme_holds_whatever_the_system_says(own_theme: QApplication, name: str, expected: Colours) -> None:
    apply_theme(own_theme, name)

    assert colours() is expected
    assert own_theme.palette().color(QPalette.ColorRole.Window).name() == expected.window


def test_system_is_what_the_system_has(own_theme: QApplication) -> None:
    apply_theme(own_theme, "system")

    is_dark = own_theme.styleHints().colorScheme() is Qt.ColorScheme.Dark
    assert colours() is (DARK if is_dark else LIGHT)


def test_icons_follow_a_change_of_theme(own_theme: QApplication) -> None:
    use_colours(own_theme, LIGHT)
    button = QPushButton()
    set_icon(button, "plus")
    before = button.icon().pixmap(20, 20).toImage()

    use_colours(own_theme, DARK)
    after = button.icon().pixmap(20, 20).toImage()
    use_colours(own_theme, LIGHT)

    assert before != after
    assert button.icon().pixmap(20, 20).toImage() == before


def test_the_title_is_larger_and_heavier(qapp: QApplication) -> None:
    assert title_font().pointSizeF() > qapp.font().pointSizeF()
    assert title_font().weight() > qapp.font().weight()


def test_every_shipped_icon_can_be_drawn_and_is_used(qapp: QApplication) -> None:
    shipped = {file.stem for file in resource_path("icons").glob("*.svg")}
    source = "\n".join(file.read_text() for file in Path(bdsigner.gui.__file__).parent.rglob("*.py"))
    named = set(re.findall(r'"([a-z][a-z0-9-]*)"', source))

    assert shipped - named == set()
    for name in shipped:
        assert icon_pixmap(name, QColor("black"), 24, 1.0).toImage().pixelFormat().alphaSize() > 0
        assert not is_blank(name), name


def is_blank(name: str) -> bool:
    image = icon_pixmap(name, QColor("black"), 24, 1.0).toImage()
    return not any(image.pixelColor(x, y).alpha() for x in range(24) for y in range(24))


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two ``#rrggbb`` colours (WCAG 2.2, definition "contrast ratio"): 1 to 21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
