"""One question of the guided start; no answer is chosen beforehand."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from bdsigner.gui.look.theme import UNIT, make_muted, title_font
from bdsigner.gui.widgets.button_row import ButtonRow
from bdsigner.gui.widgets.statement import plain_label


class QuestionCard(QFrame):
    """Answers are buttons with verbs, or cards of their own; ``back`` leads to the question before."""

    def __init__(
        self,
        question: str,
        explanation: str,
        answers: Sequence[tuple[QPushButton, Callable[[], object]]],
        *,
        back: QPushButton,
        is_list: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.question = plain_label(question)
        self.question.setFont(title_font())
        self.answers = [button for button, _ in answers]
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 2 * UNIT)
        column.setSpacing(3 * UNIT // 2)
        column.addWidget(self.question)
        column.addWidget(make_muted(plain_label(explanation)))
        for button, act in answers:
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, act=act: act())
            if is_list:
                column.addWidget(button)
        if is_list:
            column.addWidget(ButtonRow([back]))
        else:
            column.addWidget(ButtonRow([*self.answers, back]))
