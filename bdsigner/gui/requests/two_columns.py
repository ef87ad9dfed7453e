"""Parts side by side in two columns, in one where there is no room for two."""

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from bdsigner.gui.look.theme import UNIT, text_width


class TwoColumns(QWidget):
    """Some parts take the whole width; the order is kept, as is that of the Tab key."""

    def __init__(
        self, parts: Sequence[QWidget], *, wide: Sequence[QWidget] = (), least_characters: int, spacing: int = UNIT
    ) -> None:
        super().__init__()
        self._parts = tuple(parts)
        self._wide = frozenset(wide)
        self._least_characters = least_characters
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(2 * spacing)
        self._grid.setVerticalSpacing(spacing)
        self._arrange(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(2 if self.width() >= 2 * text_width(self._least_characters) else 1)

    def _arrange(self, columns: int) -> None:
        if columns == self._columns:
            return
        self._columns = columns
        for part in self._parts:
            self._grid.removeWidget(part)
        row = column = 0
        for part in self._parts:
            is_wide = part in self._wide or columns == 1
            if is_wide and column:
                row, column = row + 1, 0
            self._grid.addWidget(part, row, column, 1, columns if is_wide else 1)
            column = 0 if is_wide or column else 1
            row += 0 if column else 1
        for number in range(2):
            self._grid.setColumnStretch(number, 1 if number < columns else 0)
