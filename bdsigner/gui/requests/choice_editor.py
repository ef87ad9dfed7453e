"""One of several values, chosen from a list."""

from collections.abc import Sequence

from bdsigner.gui.requests.editor import Editor
from bdsigner.gui.widgets.elided_combo import ElidedCombo
from bdsigner.messages.translate import tr


class ChoiceEditor(Editor):
    """``choices`` are values with what a person reads for them; nothing is chosen at first."""

    control: ElidedCombo

    def __init__(self, choices: Sequence[tuple[str, str]]) -> None:
        super().__init__(ElidedCombo())
        self.control.setPlaceholderText(tr("Chọn…"))
        for value, text in choices:
            self.control.addItem(text, value)
        self.control.setCurrentIndex(-1)
        self.control.activated.connect(self._choose)

    @property
    def value(self) -> str:
        return str(self.control.currentData() or "")

    def show_value(self, value: str) -> None:
        self.control.setCurrentIndex(self.control.findData(value))

    def _choose(self) -> None:
        self.edited.emit()
        self.left.emit()
