"""A decision only a person may take; the answers are verbs."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import UNIT, text_width, title_font
from bdsigner.gui.widgets.tone_icon import ToneIcon
from bdsigner.messages.questions import QuestionText
from bdsigner.messages.translate import tr

_WIDTH_CHARACTERS = 64


class QuestionDialog(QDialog):
    """``decision`` is the answer; ``None`` when it was closed without one.  The safe answer has the focus."""

    def __init__(self, question: QuestionText, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.decision: bool | None = None
        self.setWindowTitle(tr("bdsigner"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * UNIT, 3 * UNIT, 3 * UNIT, 2 * UNIT)
        layout.setSpacing(2 * UNIT)
        layout.addLayout(_text(question))
        buttons = QHBoxLayout()
        buttons.setSpacing(UNIT)
        buttons.addStretch(1)
        self.yes_button = QPushButton(question.yes)
        self.yes_button.setAutoDefault(False)
        self.yes_button.clicked.connect(lambda: self._decide(decision=True))
        self.no_button = QPushButton(question.no)
        self.no_button.setDefault(True)
        self.no_button.clicked.connect(lambda: self._decide(decision=False))
        buttons.addWidget(self.yes_button)
        buttons.addWidget(self.no_button)
        layout.addLayout(buttons)
        self.no_button.setFocus()

    def _decide(self, *, decision: bool) -> None:
        self.decision = decision
        self.accept()


def _text(question: QuestionText) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(2 * UNIT)
    row.addWidget(ToneIcon(Tone.CAUTION, 4 * UNIT), alignment=Qt.AlignmentFlag.AlignTop)
    column = QVBoxLayout()
    column.setSpacing(UNIT)
    title = QLabel(question.title)
    title.setFont(title_font())
    sentence = QLabel(question.sentence)
    for label in (title, sentence):
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setMinimumWidth(text_width(_WIDTH_CHARACTERS))
        column.addWidget(label)
    row.addLayout(column, stretch=1)
    return row
