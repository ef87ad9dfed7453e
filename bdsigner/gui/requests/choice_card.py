"""A large button: a shape, a sentence, and a line that explains it."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import UNIT, make_muted, set_tone, strong_font
from bdsigner.gui.widgets.tone_icon import ToneIcon

_ICON_SIDE = 4 * UNIT


class ChoiceCard(QPushButton):
    """As high as its texts need at the width it is given; the Alt key stands in the sentence."""

    def __init__(
        self,
        sentence: str,
        explanation: str,
        *,
        icon_name: str,
        tone: Tone = Tone.UNKNOWN,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "choice")
        self.setAccessibleName(sentence.replace("&&", "\0").replace("&", "").replace("\0", "&"))
        self.setAccessibleDescription(explanation)
        title = _label(sentence)
        title.setFont(strong_font())
        title.setBuddy(self)
        text = make_muted(_label(explanation))
        if tone is not Tone.UNKNOWN:
            set_tone(text, tone)
        texts = QVBoxLayout()
        texts.setSpacing(UNIT // 2)
        texts.addWidget(title)
        texts.addWidget(text)
        texts.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * UNIT, 3 * UNIT // 2, 2 * UNIT, 3 * UNIT // 2)
        row.setSpacing(3 * UNIT // 2)
        row.addWidget(ToneIcon(tone, _ICON_SIDE, name=icon_name), alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, stretch=1)
        self._row = row
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._row.totalHeightForWidth(width)

    def sizeHint(self) -> QSize:
        return self._row.totalSizeHint()

    def minimumSizeHint(self) -> QSize:
        return self._row.totalMinimumSize()


def _label(text: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    # The mouse is the button's, wherever on it.
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return label
