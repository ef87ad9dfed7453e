"""Lines of a report: a shape with a sentence, and a name with a value."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from bdsigner.gui.look.theme import UNIT, make_muted, text_width
from bdsigner.gui.verdicts import finding_shape, finding_tone
from bdsigner.gui.widgets.tone_icon import ToneIcon
from bdsigner.messages.findings import describe_finding
from bdsigner.messages.translate import tr
from bdsigner.model.verification import Finding

LONG_WORD = 40
"""Characters of a word that may be wrapped."""
_SHAPE_SIZE = 2 * UNIT


def plain_label(text: str) -> QLabel:
    """Text from a file is shown as it is, wraps, and can be copied."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def statement(finding: Finding) -> QWidget:
    """One finding."""
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(UNIT)
    row.addWidget(
        ToneIcon(finding_tone(finding), _SHAPE_SIZE, name=finding_shape(finding)),
        alignment=Qt.AlignmentFlag.AlignTop,
    )
    row.addWidget(plain_label(describe_finding(finding)), stretch=1)
    return line


def fact_grid(facts: list[tuple[str, str]], *, caption_characters: int = 0) -> QGridLayout:
    """Names on the left, values on the right; empty values are left out.

    ``caption_characters`` is the width at which long names wrap; 0: they do not.
    """
    grid = QGridLayout()
    grid.setHorizontalSpacing(2 * UNIT)
    grid.setVerticalSpacing(UNIT // 2)
    grid.setColumnStretch(1, 1)
    for row, (name, value) in enumerate((name, value) for name, value in facts if value):
        caption = make_muted(QLabel(name))
        if caption_characters:
            caption.setWordWrap(True)
            caption.setFixedWidth(text_width(caption_characters))
        grid.addWidget(caption, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(plain_label(breakable(value)), row, 1)
    return grid


def byte_count(count: int) -> str:
    """Digits in groups of three, parted by a space as SI does: a point or a comma means something else elsewhere."""
    return tr("{count} byte").format(count=f"{count:,}".replace(",", "\u202f"))


def breakable(value: str) -> str:
    """Let fingerprints and long file names wrap instead of widening the window: zero-width spaces in long words."""
    return " ".join(_broken(word) if len(word) >= LONG_WORD else word for word in value.split(" "))


def _broken(word: str) -> str:
    return "\u200b".join(word[start : start + 8] for start in range(0, len(word), 8))
