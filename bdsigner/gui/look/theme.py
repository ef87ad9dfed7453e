"""The look of the window: Fusion style, one palette, one style sheet, two text sizes, one change of weight."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QPalette, QRawFont
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from bdsigner.gui.look.colours import DARK, LIGHT, Colours, Tone
from bdsigner.gui.look.icons import recolour_icons
from bdsigner.gui.look.style_sheet import style_sheet
from bdsigner.storage.resources import resource_path

UNIT = 8
"""Every distance is a multiple of this many pixels."""

_TITLE_SCALE = 1.45
_LETTER_OF_THE_LAST_BLOCK = ord("ự")
"""U+1EF1: fonts without full Vietnamese coverage lack it."""
_HIGH_LETTERS = "ẪỂỔỬ"
"""Capitals with two marks over them."""
_CUT_PX = 0.5
"""A mark that loses less than half a pixel to the line above loses nothing."""
_SCHEMES = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}

_current: Colours = LIGHT


def colours() -> Colours:
    """The colours in force, for what is painted by hand."""
    return _current


def apply_theme(application: QApplication, theme: str) -> None:
    """Set style and colours: ``light``, ``dark``, anything else is what the system has now."""
    hints = application.styleHints()
    # Tells the system which title bar and file dialogs suit; not every platform listens.
    hints.setColorScheme(_SCHEMES.get(theme, Qt.ColorScheme.Unknown))
    application.setStyle("Fusion")
    use_colours(application, DARK if _SCHEMES.get(theme, hints.colorScheme()) is Qt.ColorScheme.Dark else LIGHT)


def use_colours(application: QApplication, chosen: Colours) -> None:
    """Recolour everything that is shown."""
    global _current  # noqa: PLW0603  # one look a process, as QApplication.palette is
    _current = chosen
    application.setPalette(palette(chosen))
    application.setStyleSheet(style_sheet(chosen))
    recolour_icons()


def palette(chosen: Colours) -> QPalette:
    """The same colours for what the Fusion style draws itself."""
    made = QPalette()
    role = QPalette.ColorRole
    for colour_role, colour in {
        role.Window: chosen.window,
        role.WindowText: chosen.text,
        role.Base: chosen.surface,
        role.AlternateBase: chosen.window,
        role.Text: chosen.text,
        role.Button: chosen.surface,
        role.ButtonText: chosen.text,
        role.BrightText: chosen.on_accent,
        role.ToolTipBase: chosen.surface,
        role.ToolTipText: chosen.text,
        role.PlaceholderText: chosen.muted,
        role.Highlight: chosen.accent,
        role.HighlightedText: chosen.on_accent,
        role.Accent: chosen.accent,
        role.Link: chosen.link,
        role.LinkVisited: chosen.link,
        role.Mid: chosen.line,
        role.Dark: chosen.sunken,
    }.items():
        made.setColor(colour_role, QColor(colour))
    for colour_role in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, colour_role, QColor(chosen.disabled))
    return made


def ensure_font(application: QApplication) -> None:
    """Keep the system's font if it can write Vietnamese, else bring our own (bare machines have none at all)."""
    if _writes_vietnamese(application.font()):
        return
    added = [
        QFontDatabase.addApplicationFont(str(resource_path("fonts", f"LiberationSans-{weight}.ttf")))
        for weight in ("Regular", "Bold")
    ]
    families = QFontDatabase.applicationFontFamilies(added[0])
    if families:
        font = application.font()
        font.setFamilies(families)
        application.setFont(font)


def _writes_vietnamese(font: QFont) -> bool:
    """Whether it has the letters, and room for them: DejaVu Sans cuts the marks over its capitals."""
    raw = QRawFont.fromFont(font)
    if not raw.isValid() or not raw.supportsCharacter(_LETTER_OF_THE_LAST_BLOCK):
        return False
    highest = max(-raw.boundingRect(glyph).top() for glyph in raw.glyphIndexesForString(_HIGH_LETTERS))
    return highest <= raw.ascent() + _CUT_PX


def title_font() -> QFont:
    """The larger of the two text sizes, in the heavier of the two weights."""
    font = strong_font()
    font.setPointSizeF(QApplication.font().pointSizeF() * _TITLE_SCALE)
    return font


def strong_font() -> QFont:
    """The normal size in the heavier weight."""
    font = QFont(QApplication.font())
    font.setWeight(QFont.Weight.DemiBold)
    return font


def text_width(characters: int) -> int:
    """Pixels that so many average characters need; for widths that must grow with the text size."""
    return round(QFontMetricsF(QApplication.font()).averageCharWidth() * characters)


def field_height() -> int:
    """Height of what is typed or chosen in; the same as a line edit's, for what the Fusion style draws lower."""
    return round(QFontMetricsF(QApplication.font()).height()) + 14


def make_primary(button: QPushButton) -> QPushButton:
    """Mark the one button of a page that does its job."""
    button.setProperty("role", "primary")
    return button


def make_muted(label: QLabel) -> QLabel:
    """Mark text of second rank."""
    label.setProperty("role", "muted")
    return label


def set_tone(widget: QWidget, tone: Tone | None) -> None:
    """Colour a card, chip or label by what it says."""
    widget.setProperty("tone", tone.value if tone is not None else "")
    widget.style().unpolish(widget)
    widget.style().polish(widget)
