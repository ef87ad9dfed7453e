"""What every kind of field has in common when it is filled in in the window."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget


class Editor(QWidget):
    """``control`` is what is typed or chosen in; values are those of the form, as text."""

    edited = Signal()
    """By the person."""
    left = Signal()
    """The person went on to something else, or has chosen."""

    control: QWidget

    def __init__(self, control: QWidget) -> None:
        super().__init__()
        self.control = control
        self.setFocusProxy(control)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(control)

    @property
    def value(self) -> str:
        """What stands there now."""
        raise NotImplementedError

    def show_value(self, value: str) -> None:
        """Put a value there; not told as edited."""
        raise NotImplementedError

    def set_names(self, name: str, description: str) -> None:
        """For screen readers: the label, and what is said of it."""
        self.control.setAccessibleName(name)
        self.control.setAccessibleDescription(description)
