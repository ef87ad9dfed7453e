"""One of a few values, side by side, as the form prints them."""

from collections.abc import Sequence

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QRadioButton, QWidget

from bdsigner.gui.look.theme import UNIT, field_height
from bdsigner.gui.requests.editor import Editor


class BoxesEditor(Editor):
    """None is marked at first."""

    def __init__(self, choices: Sequence[str]) -> None:
        inner = QWidget()
        super().__init__(inner)
        inner.setMinimumHeight(field_height())
        row = QHBoxLayout(inner)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * UNIT)
        self._group = QButtonGroup(inner)
        self.buttons = [QRadioButton(choice) for choice in choices]
        for button in self.buttons:
            self._group.addButton(button)
            row.addWidget(button)
            button.clicked.connect(self._choose)
        row.addStretch(1)
        self.setFocusProxy(self.buttons[0])

    @property
    def value(self) -> str:
        chosen = self._group.checkedButton()
        return chosen.text() if chosen is not None else ""

    def show_value(self, value: str) -> None:
        self._group.setExclusive(False)
        for button in self.buttons:
            button.setChecked(button.text() == value)
        self._group.setExclusive(True)

    def set_names(self, name: str, description: str) -> None:
        super().set_names(name, description)
        for button in self.buttons:
            button.setAccessibleName(f"{name} {button.text()}")

    def _choose(self) -> None:
        self.edited.emit()
        self.left.emit()
