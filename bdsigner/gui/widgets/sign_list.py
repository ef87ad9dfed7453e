"""The list form of the signing page: one row a file."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from bdsigner.gui.look.colours import ICONS, Tone
from bdsigner.gui.look.icons import icon_pixmap
from bdsigner.gui.look.theme import colours, text_width
from bdsigner.gui.signing.file_state import describe_state
from bdsigner.gui.signing.sign_files import SignFile
from bdsigner.gui.widgets.line_table import ICON_SIDE, show_as_lines
from bdsigner.messages.errors import describe
from bdsigner.messages.translate import tr

NAME, PAGES, PLACE, STATE = range(4)
NARROW_CHARACTERS = 44
LEAST_CHARACTERS = 22


class SignList(QTableWidget):
    file_chosen = Signal(int)
    removal_asked = Signal(int)
    opened = Signal(int)
    """A file is to be looked at closely."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 4, parent)
        self.setHorizontalHeaderLabels([tr("Tập tin"), tr("Trang"), tr("Ký ở"), tr("Tình trạng")])
        self.setAccessibleName(tr("Danh sách tập tin cần ký"))
        show_as_lines(self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumWidth(text_width(LEAST_CHARACTERS))
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        self.currentCellChanged.connect(self._row_changed)
        self.cellDoubleClicked.connect(lambda row, _column: self.opened.emit(row))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give up the columns that matter least where there is no room for all."""
        super().resizeEvent(event)
        is_narrow = self.width() < text_width(NARROW_CHARACTERS)
        self.setColumnHidden(PAGES, is_narrow)
        self.setColumnHidden(PLACE, is_narrow)

    def show_files(self, files: Sequence[SignFile], *, current: int = 0) -> None:
        """Start over with these files and choose one."""
        self.blockSignals(True)
        self.setRowCount(len(files))
        for row, file in enumerate(files):
            for column in range(4):
                self.setItem(row, column, QTableWidgetItem())
            self.show_file(row, file)
        self.setCurrentCell(current, NAME)
        self.blockSignals(False)

    def show_file(self, row: int, file: SignFile) -> None:
        """Tell one row anew."""
        tone, state = describe_state(file)
        self._cell(row, NAME).setText(file.source.name)
        self._cell(row, NAME).setToolTip(str(file.source))
        self._cell(row, PAGES).setText(str(len(file.info.pages)) if file.info is not None else "")
        self._cell(row, PLACE).setText(_place(file))
        self._cell(row, STATE).setText(state)
        self._cell(row, STATE).setToolTip(describe(file.problem).sentence if file.problem is not None else state)
        self._cell(row, STATE).setIcon(self._icon(tone))

    def tell_again(self, files: Sequence[SignFile]) -> None:
        """The files are the same, what is known of them is not."""
        for row, file in enumerate(files):
            self.show_file(row, file)

    def show_only(self, numbers: Collection[int]) -> None:
        """Leave out the rows of all other files."""
        for row in range(self.rowCount()):
            self.setRowHidden(row, row not in numbers)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentRow()
        if event.key() == Qt.Key.Key_Delete and row >= 0:
            self.removal_asked.emit(row)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0:
            self.opened.emit(row)
        else:
            super().keyPressEvent(event)

    def _cell(self, row: int, column: int) -> QTableWidgetItem:
        item = self.item(row, column)
        if item is None:
            raise LookupError(f"no cell {row}, {column}")
        return item

    def _icon(self, tone: Tone | None) -> QIcon:
        if tone is None:
            return QIcon()
        colour = QColor(colours().tones[tone].text)
        return QIcon(icon_pixmap(ICONS[tone], colour, ICON_SIDE, self.devicePixelRatioF()))

    def _row_changed(self, row: int, _column: int, before: int, _column_before: int) -> None:
        if row != before and row >= 0:
            self.file_chosen.emit(row)


def _place(file: SignFile) -> str:
    place = file.place
    return tr("trang {page}").format(page=place.page + 1) if place is not None else ""
