"""What every table of lines in the window has in common: whole lines are chosen, one at a time, and nothing is edited."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView, QWidget

from bdsigner.gui.look.colours import ICONS, Tone
from bdsigner.gui.look.icons import fixed_icon
from bdsigner.gui.look.theme import colours, text_width

ICON_SIDE = 16
Index = QModelIndex | QPersistentModelIndex
Line = TypeVar("Line")
_NOWHERE = QModelIndex()
_LEAST_CHARACTERS = 24


class LineModel(QAbstractTableModel, Generic[Line]):
    """Lines under titles; what a cell says is the subclass's ``data``."""

    def __init__(self, parent: QObject | None, titles: tuple[str, ...]) -> None:
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

    def text(self, row: int, column: int) -> str:
        """What a cell says."""
        raise NotImplementedError

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


class LineList(QTableView, Generic[Line]):
    """A list beside the details of the line that is chosen; Enter or a double click opens it."""

    chosen = Signal(object)
    opened = Signal(object)

    def __init__(
        self, model: LineModel[Line], name: str, *, stretched: Sequence[int], parent: QWidget | None = None
    ) -> None:
        """``name`` is for assistive programs; ``stretched`` columns share the room that the others leave."""
        super().__init__(parent)
        self._lines = model
        model.setParent(self)
        self.setModel(model)
        self.setAccessibleName(name)
        show_as_lines(self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumWidth(text_width(_LEAST_CHARACTERS))
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        for column in stretched:
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        self.doubleClicked.connect(lambda _: self._open())

    @property
    def count(self) -> int:
        return len(self._lines.lines)

    @property
    def current(self) -> Line | None:
        row = self.currentIndex().row()
        return self._lines.lines[row] if 0 <= row < self.count else None

    def text_at(self, row: int, column: int) -> str:
        """What a line says."""
        return self._lines.text(row, column)

    def show_lines(self, lines: Sequence[Line], *, row: int) -> None:
        """Start over, with the line of that number chosen."""
        self._lines.pixel_ratio = self.devicePixelRatioF()
        self._lines.set_lines(lines)
        if lines:
            self.setCurrentIndex(self._lines.index(row, 0))

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if self.current is not None and current.row() != previous.row():
            self.chosen.emit(self.current)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        else:
            super().keyPressEvent(event)

    def _open(self) -> None:
        if self.current is not None:
            self.opened.emit(self.current)
