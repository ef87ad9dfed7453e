"""A card that says one thing: tone, sentence, what to do, and for errors a code that support can look up."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from bdsigner.errors import BdsignerError
from bdsigner.gui.error_report import error_report
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import UNIT, set_tone, strong_font
from bdsigner.gui.widgets.tone_icon import ToneIcon
from bdsigner.messages.errors import describe
from bdsigner.messages.translate import tr

ICON_SIDE = 20

NoticeAction = tuple[str, Callable[[], object]]
"""Label of a button, and what it does."""


class Notice(QFrame):
    """Hidden until it has something to say."""

    details_copied = Signal()
    shown = Signal(bool)
    """Whether it says something now: what keeps distance around it follows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._details = ""
        self._icon = ToneIcon(Tone.UNKNOWN, ICON_SIDE)
        self._title = _label()
        self._title.setFont(strong_font())
        self._text = _label()
        self._code = _label()
        self._code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy_button = QPushButton(tr("Chép chi tiết"))
        self.copy_button.setProperty("role", "flat")
        self.copy_button.clicked.connect(self._copy_details)
        self.action_button = QPushButton()
        self.action_button.clicked.connect(self._act)
        self._action: Callable[[], object] | None = None
        texts = QVBoxLayout()
        texts.setSpacing(UNIT // 2)
        for widget in (self._title, self._text, self._code):
            texts.addWidget(widget)
        # One under the other: in a narrow column they would push its right edge out of sight.
        for button in (self.action_button, self.copy_button):
            texts.addWidget(button, alignment=Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout(self)
        row.setContentsMargins(UNIT * 3 // 2, UNIT * 3 // 2, UNIT * 3 // 2, UNIT * 3 // 2)
        row.setSpacing(UNIT)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        self.hide()

    @property
    def title(self) -> str:
        return self._title.text()

    @property
    def text(self) -> str:
        return self._text.text()

    def say(
        self, tone: Tone, title: str, text: str = "", *, shape: str = "", action: NoticeAction | None = None
    ) -> None:
        """``shape`` names an icon other than the tone's own."""
        self._show(tone, title, text, "", action)
        self._icon.show_tone(tone, shape)

    def say_error(self, error: BdsignerError, *, action: NoticeAction | None = None) -> None:
        message = describe(error)
        self._details = error_report(error)
        self._show(Tone.BROKEN, message.title, f"{message.sentence} {message.remedy}", message.code, action)

    def clear(self) -> None:
        self.hide()
        self.shown.emit(False)
        self._title.clear()
        self._text.clear()

    def _act(self) -> None:
        if self._action is not None:
            self._action()

    def _show(self, tone: Tone, title: str, text: str, code: str, action: NoticeAction | None) -> None:
        label, self._action = action or ("", None)
        self.action_button.setText(label)
        self.action_button.setVisible(bool(label))
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._code.setText(tr("Mã: {code}").format(code=code))
        self._code.setVisible(bool(code))
        self.copy_button.setVisible(bool(code))
        self._icon.show_tone(tone)
        for widget in (self, self._title, self._code):
            set_tone(widget, tone)
        self.setAccessibleName(title)
        self.setAccessibleDescription(text)
        self.show()
        self.shown.emit(True)

    def _copy_details(self) -> None:
        QGuiApplication.clipboard().setText(self._details)
        self.details_copied.emit()


def _label() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
