"""Many files as a sheet of small pages: each with its signature in its place, its name and its state."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from bdsigner.gui.signing.file_state import describe_state
from bdsigner.gui.signing.sign_files import SignFile
from bdsigner.gui.widgets.page_source import FilePage, PageSource
from bdsigner.gui.widgets.sheet_cell import SheetCell, SheetItem
from bdsigner.messages.errors import describe
from bdsigner.messages.translate import tr

Index = QModelIndex | QPersistentModelIndex


class _Files(QAbstractListModel):
    """One row a file, of those that are shown."""

    def __init__(self, parent: "SignSheet") -> None:
        super().__init__(parent)
        self._sheet = parent
        self.files: Sequence[SignFile] = ()
        self.numbers: list[int] = []
        """Of the files in the rows, upwards."""

    def start_over(self, files: Sequence[SignFile], numbers: list[int]) -> None:
        self.beginResetModel()
        self.files, self.numbers = files, numbers
        self.endResetModel()

    def row_of(self, number: int) -> int:
        """-1 for a file that is not shown."""
        return self.numbers.index(number) if number in self.numbers else -1

    def tell(self, number: int) -> None:
        row = self.row_of(number)
        if row >= 0:
            self.dataChanged.emit(self.index(row), self.index(row))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own default; never changed
        return len(self.numbers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        file = self.files[self.numbers[index.row()]]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return file.source.name
            case Qt.ItemDataRole.ToolTipRole:
                return _tip(file)
            case Qt.ItemDataRole.AccessibleTextRole:
                return _spoken(file)
            case Qt.ItemDataRole.UserRole:
                return self._sheet.item(file)
            case _:
                return None


class SignSheet(QListView):
    file_chosen = Signal(int)
    removal_asked = Signal(int)
    opened = Signal(int)
    """A file is to be looked at closely."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source: PageSource | None = None
        self._has_boxes = True
        self._files = _Files(self)
        self._cell = SheetCell(self)
        self.setModel(self._files)
        self.setItemDelegate(self._cell)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # else the columns come and go with it
        self.setAccessibleName(tr("Trang ký của các tập tin"))
        self.setMinimumWidth(self._cell.size().width() + self.verticalScrollBar().sizeHint().width())
        self._looking = QTimer(self, singleShot=True, interval=0)
        self._looking.timeout.connect(self._look)
        self.verticalScrollBar().valueChanged.connect(lambda _: self._looking.start())
        self.selectionModel().currentChanged.connect(self._current_changed)
        self.doubleClicked.connect(lambda index: self.opened.emit(self._files.numbers[index.row()]))

    def set_source(self, source: PageSource) -> None:
        """Where its pictures come from."""
        if self._source is not None:
            self._source.file_ready.disconnect(self._picture_arrived)
        self._source = source
        source.file_ready.connect(self._picture_arrived)

    def show_files(self, files: Sequence[SignFile], numbers: list[int], *, current: int) -> None:
        """Start over with those of the files that have these numbers."""
        self._files.start_over(files, numbers)
        self.set_current(current)
        self._looking.start()

    def show_file(self, number: int) -> None:
        """Tell one file anew."""
        self._files.tell(number)
        self._looking.start()

    def tell_again(self) -> None:
        """The files are the same, what is known of them is not."""
        self.viewport().update()
        self._looking.start()

    def set_current(self, number: int) -> None:
        """Follow what is looked at, without answering it."""
        index = self._files.index(self._files.row_of(number))
        if index != self.currentIndex():
            self.selectionModel().blockSignals(True)
            self.setCurrentIndex(index)
            self.selectionModel().blockSignals(False)
            self.viewport().update()
        if index.isValid():
            self.scrollTo(index)

    def set_appearance(self, picture: QImage | None) -> None:
        """How the signature will look; drawn in every box of that shape."""
        self._cell.appearance = picture
        self.viewport().update()

    def set_has_boxes(self, has_boxes: bool) -> None:
        """Whether signatures will be seen at all."""
        self._has_boxes = has_boxes
        self.viewport().update()

    @property
    def is_loading(self) -> bool:
        """Whether a page in sight has not been drawn yet."""
        seen = [self._files.files[self._files.numbers[row]] for row in self.rows_in_sight()]
        return any(file.info is None or self._picture(file) is None for file in seen if file.problem is None)

    def item(self, file: SignFile) -> SheetItem:
        """What is painted of a file."""
        place = file.place
        page = file.info.pages[_page(file)] if file.info is not None and file.info.pages else None
        return SheetItem(
            name=file.source.name,
            state=describe_state(file),
            page=page,
            picture=self._picture(file),
            box=place if self._has_boxes else None,
            is_odd=file.oddity is not None,
        )

    def rows_in_sight(self) -> range:
        """From the first row that is partly seen."""
        count = self._files.rowCount()
        if not count:
            return range(0)
        port, cell, columns = self.viewport().rect(), self._cell.size(), self._cell.columns()
        top = -self.visualRect(self._files.index(0)).top()
        first = max(0, top // cell.height()) * columns
        return range(min(first, count), min(count, (max(0, top + port.height() - 1) // cell.height() + 1) * columns))

    # Qt

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        number = self._files.numbers[index.row()] if index.isValid() else -1
        if event.key() == Qt.Key.Key_Delete and number >= 0:
            self.removal_asked.emit(number)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and number >= 0:
            self.opened.emit(number)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._looking.start()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._looking.start()

    def sizeHint(self) -> QSize:
        cell = self._cell.size()
        return QSize(2 * cell.width() + self.verticalScrollBar().sizeHint().width(), 2 * cell.height())

    # Inside

    def _look(self) -> None:
        """Ask for the pages in sight, then for one more screenful below."""
        if self._source is None or not self.isVisible():
            return
        seen = self.rows_in_sight()
        ahead = range(seen.stop, min(seen.stop + len(seen), self._files.rowCount()))
        files = [self._files.files[self._files.numbers[row]] for row in (*seen, *ahead)]
        self._source.want_files([wanted for file in files if (wanted := self._wanted(file)) is not None])

    def _picture(self, file: SignFile) -> QImage | None:
        wanted = self._wanted(file)
        return self._source.file_picture(wanted) if self._source is not None and wanted is not None else None

    def _wanted(self, file: SignFile) -> FilePage | None:
        if file.info is None or not file.info.pages:
            return None
        number = _page(file)
        return FilePage(file.info, number, self._cell.scale(file.info.pages[number]) * self.devicePixelRatioF())

    def _picture_arrived(self, path: Path) -> None:
        for row in self.rows_in_sight():
            if self._files.files[self._files.numbers[row]].source == path:
                self.update(self._files.index(row))

    def _current_changed(self, current: Index, before: Index) -> None:
        if current.isValid() and current.row() != before.row():
            self.file_chosen.emit(self._files.numbers[current.row()])


def _page(file: SignFile) -> int:
    """The page that will carry the signature; the first while that is not known."""
    return file.place.page if file.place is not None else 0


def _tip(file: SignFile) -> str:
    said = describe(file.problem).sentence if file.problem is not None else describe_state(file).words
    return f"{file.source}\n{said}"


def _spoken(file: SignFile) -> str:
    words = describe_state(file).words
    if file.place is None:
        return f"{file.source.name}, {words}"
    return tr("{name}, ký ở trang {page}, {state}").format(name=file.source.name, page=file.place.page + 1, state=words)
