"""The verdict on a file: one shape, one colour, one sentence, one reason; then what it is worth as a document."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.icons import set_icon
from bdsigner.gui.look.theme import UNIT, make_muted, set_tone, title_font
from bdsigner.gui.verdicts import LEGAL_SHAPE, Judgement, standing_tone
from bdsigner.gui.widgets.statement import plain_label
from bdsigner.gui.widgets.tone_icon import ToneIcon
from bdsigner.messages.legal_value import describe_legal
from bdsigner.messages.translate import tr
from bdsigner.model.legal_value import LegalValue

_SHAPE_SIZE = 6 * UNIT


class VerdictCard(QFrame):
    """Shows one ``Judgement``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.icon = ToneIcon(Tone.UNKNOWN, _SHAPE_SIZE)
        self.sentence = plain_label("")
        self.sentence.setFont(title_font())
        self.reason = plain_label("")
        self.file = make_muted(plain_label(""))
        self.code = make_muted(plain_label(""))
        self.button = QPushButton()
        self.button.hide()
        self.legal = _LegalStrip()
        texts = QVBoxLayout()
        texts.setSpacing(UNIT // 2)
        for label in (self.sentence, self.reason, self.file, self.code):
            texts.addWidget(label)
        texts.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignLeft)
        head = QHBoxLayout()
        head.setSpacing(2 * UNIT)
        head.addWidget(self.icon, alignment=Qt.AlignmentFlag.AlignTop)
        head.addLayout(texts, stretch=1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * UNIT, 2 * UNIT, 2 * UNIT, 2 * UNIT)
        layout.setSpacing(UNIT * 3 // 2)
        layout.addLayout(head)
        layout.addWidget(self.legal)

    def show_judgement(self, judgement: Judgement, file_name: str, legal: LegalValue | None = None) -> None:
        """Replace what is shown."""
        self.icon.show_tone(judgement.tone, judgement.shape)
        self.sentence.setText(judgement.sentence)
        self.reason.setText(judgement.reason)
        self.file.setText(file_name)
        self.code.setText(tr("Mã lỗi: {code}").format(code=judgement.code))
        self.code.setVisible(bool(judgement.code))
        self.legal.show_value(legal)
        set_tone(self, judgement.tone)
        set_tone(self.sentence, judgement.tone)
        self.setAccessibleName(f"{judgement.sentence}. {judgement.reason}")
        self.setAccessibleDescription(self.legal.sentence.text() if legal is not None else "")

    def offer(self, text: str, act: Callable[[], object], *, icon_name: str = "") -> None:
        """Put a button on it for what the person can do about it."""
        self.button.setText(text)
        if icon_name:
            set_icon(self.button, icon_name, size=2 * UNIT)
        self.button.clicked.connect(act)
        self.button.show()


class _LegalStrip(QFrame):
    """The legal value, on a ground of its own: its colour is not that of the verdict."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "card")
        self.icon = ToneIcon(Tone.UNKNOWN, 3 * UNIT, name=LEGAL_SHAPE)
        self.sentence = plain_label("")
        row = QHBoxLayout(self)
        row.setContentsMargins(UNIT * 3 // 2, UNIT, UNIT * 3 // 2, UNIT)
        row.setSpacing(UNIT * 3 // 2)
        row.addWidget(self.icon, alignment=Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.sentence, stretch=1)
        self.hide()

    def show_value(self, legal: LegalValue | None) -> None:
        self.setVisible(legal is not None)
        if legal is not None:
            tone = standing_tone(legal)
            self.icon.show_tone(tone, LEGAL_SHAPE)
            self.sentence.setText(describe_legal(legal))
            set_tone(self.sentence, tone)
