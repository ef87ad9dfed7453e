"""What differs between two revisions, page by page, to jump along with the arrow keys."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from bdsigner.gui.widgets.marked_pages import Mark
from bdsigner.messages.comparison import describe_difference, describe_page
from bdsigner.messages.translate import tr
from bdsigner.model.comparison import PageComparison, PageState
from bdsigner.model.geometry import Box

_INDENT = "\u2003"


class DifferenceList(QListWidget):
    """A line for each page that differs and, below it, one for each place."""

    place_chosen = Signal(object, object, bool)
    """``Box`` to show; the ``Mark`` there, or ``None`` for a whole page; whether it is in the earlier revision only."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Các chỗ khác nhau"))
        self.setUniformItemSizes(True)  # else each of thousands of lines is laid out anew for every line added
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.currentItemChanged.connect(self._chosen)

    def add_page(self, page: PageComparison) -> tuple[Mark, ...]:
        """Add a page, unless it looks alike, and return the marks of its places."""
        if page.state is PageState.ALIKE:
            return ()
        self._add(describe_page(page), Box(page.page, 0, 0, 0, 0), None, is_gone=page.state is PageState.REMOVED)
        marks = tuple(Mark(number, difference) for number, difference in enumerate(page.differences, start=1))
        for mark in marks:
            self._add(_INDENT + describe_difference(mark.number, mark.difference), mark.difference.box, mark)
        return marks

    def step(self, rows: int) -> None:
        """Go to the next place, or the one before."""
        row = self.currentRow() + rows
        while 0 <= row < self.count():
            # A page whose places are listed is passed by: its first place is next.
            if self._mark(row) is not None or not self._has_places(row):
                self.setCurrentRow(row)
                return
            row += rows

    def _has_places(self, row: int) -> bool:
        return row + 1 < self.count() and self._mark(row + 1) is not None

    def _mark(self, row: int) -> Mark | None:
        mark: Mark | None = self.item(row).data(Qt.ItemDataRole.UserRole)[1]
        return mark

    def _add(self, text: str, box: Box, mark: Mark | None, *, is_gone: bool = False) -> None:
        item = QListWidgetItem(text)
        item.setData(Qt.ItemDataRole.UserRole, (box, mark, is_gone))
        self.addItem(item)

    def _chosen(self, current: QListWidgetItem | None) -> None:
        if current is not None:
            self.place_chosen.emit(*current.data(Qt.ItemDataRole.UserRole))
