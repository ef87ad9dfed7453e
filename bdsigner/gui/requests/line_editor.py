"""A line that is typed: texts, dates, telephone numbers, mailboxes."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit

from bdsigner.gui.requests.editor import Editor
from bdsigner.messages.translate import tr
from bdsigner.model.form import FieldKind, FormField

_ROOM_CHARACTERS = 2
"""Times as many as are allowed: too long is said, not silently cut off."""


class LineEditor(Editor):
    """A date is typed as it is printed; what it looks like stands there while it is empty."""

    control: QLineEdit

    def __init__(self, field: FormField) -> None:
        line = QLineEdit()
        super().__init__(line)
        line.setMaxLength(_ROOM_CHARACTERS * field.most_characters)
        match field.kind:
            case FieldKind.DATE:
                line.setPlaceholderText(tr("ngày/tháng/năm, ví dụ 05/02/1980"))
                line.setInputMethodHints(Qt.InputMethodHint.ImhDate)
            case FieldKind.PHONE:
                line.setInputMethodHints(Qt.InputMethodHint.ImhDialableCharactersOnly)
            case FieldKind.MAIL | FieldKind.OFFICIAL_MAIL:
                line.setInputMethodHints(Qt.InputMethodHint.ImhEmailCharactersOnly)
            case _:
                pass
        line.textEdited.connect(lambda _: self.edited.emit())
        line.editingFinished.connect(self.left)

    @property
    def value(self) -> str:
        return self.control.text()

    def show_value(self, value: str) -> None:
        self.control.setText(value)
        self.control.setCursorPosition(0)
