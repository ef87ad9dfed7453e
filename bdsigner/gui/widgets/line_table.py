"""What every table of lines in the window has in common: whole lines are chosen, one at a time, and nothing is edited."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QAbstractItemView, QTableView

from bdsigner.gui.look.colours import ICONS, Tone
from bdsigner.gui.look.icons import fixed_icon
from bdsigner.gui.look.theme import colours

ICON_SIDE = 16
Index = QModelIndex | QPersistentModelIndex
Line = TypeVar("Line")
_NOWHERE = QModelIndex()


class LineModel(QAbstractTableModel, Generic[Line]):
    """Lines under titles; what a cell says is the subclass's ``data``."""

    def __init__(self, parent: QObject, titles: tuple[str, ...]) -> None:
        super().__init__(parent)
        self.lines: list[Line] = []
        self.pixel_ratio = 1.0
        """Of the screen, for ``icon``."""
        self._titles = titles

    def set_lines(self, lines: Sequence[Line]) -> None:
        """Replace everything."""
        self.beginResetModel()
        self.lines = list(lines)
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._titles[section]
        return None

    def icon(self, tone: Tone, shape: str = "") -> QIcon:
        """In the tone's colour, and its shape unless another is named."""
        return fixed_icon(shape or ICONS[tone], QColor(colours().tones[tone].text), ICON_SIDE, self.pixel_ratio)


def show_as_lines(table: QTableView) -> None:
    """Set a table up; Tab leaves it, long words are elided in the middle, columns are as wide as there is room."""
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    table.setTabKeyNavigation(False)
    table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    table.setIconSize(QSize(ICON_SIDE, ICON_SIDE))
    table.verticalHeader().hide()
    header = table.horizontalHeader()
    header.setHighlightSections(False)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
