"""Some lines of text: a reason, old and new details."""

from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QPlainTextEdit

from bdsigner.gui.look.theme import UNIT
from bdsigner.gui.requests.editor import Editor

_LINES = 3


class LongEditor(Editor):
    """The form prints it as one paragraph; Tab leaves it."""

    control: "_Paragraph"

    def __init__(self) -> None:
        super().__init__(_Paragraph(self))
        self.control.setTabChangesFocus(True)
        self.control.setFixedHeight(self.control.fontMetrics().lineSpacing() * _LINES + 3 * UNIT)
        self.control.textChanged.connect(self.edited)

    @property
    def value(self) -> str:
        return self.control.toPlainText()

    def show_value(self, value: str) -> None:
        was_blocked = self.control.blockSignals(True)
        self.control.setPlainText(value)
        self.control.blockSignals(was_blocked)


class _Paragraph(QPlainTextEdit):
    def __init__(self, editor: LongEditor) -> None:
        super().__init__()
        self._editor = editor

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._editor.left.emit()
