"""The verdict on a file: one shape, one colour, one sentence, one reason."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import UNIT, make_muted, set_tone, title_font
from bdsigner.gui.verdicts import Judgement
from bdsigner.gui.widgets.statement import plain_label
from bdsigner.gui.widgets.tone_icon import ToneIcon
from bdsigner.messages.translate import tr

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
        texts = QVBoxLayout()
        texts.setSpacing(UNIT // 2)
        for label in (self.sentence, self.reason, self.file, self.code):
            texts.addWidget(label)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * UNIT, 2 * UNIT, 2 * UNIT, 2 * UNIT)
        layout.setSpacing(2 * UNIT)
        layout.addWidget(self.icon, alignment=Qt.AlignmentFlag.AlignTop)
        layout.addLayout(texts, stretch=1)

    def show_judgement(self, judgement: Judgement, file_name: str) -> None:
        """Replace what is shown."""
        self.icon.show_tone(judgement.tone, judgement.shape)
        self.sentence.setText(judgement.sentence)
        self.reason.setText(judgement.reason)
        self.file.setText(file_name)
        self.code.setText(tr("Mã lỗi: {code}").format(code=judgement.code))
        self.code.setVisible(bool(judgement.code))
        set_tone(self, judgement.tone)
        set_tone(self.sentence, judgement.tone)
        self.setAccessibleName(f"{judgement.sentence}. {judgement.reason}")
