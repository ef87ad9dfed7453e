"""The list form of the signing page: one row a file."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from bdsigner.gui.look.colours import ICONS, Tone
from bdsigner.gui.look.icons import icon_pixmap
from bdsigner.gui.look.theme import colours, text_width
from bdsigner.gui.signing.sign_files import FileState, SignFile
from bdsigner.gui.verdicts import judge_outcome, tone_word
from bdsigner.messages.errors import describe
from bdsigner.messages.translate import tr

NAME, PAGES, PLACE, STATE = range(4)
ICON_SIDE = 16
NARROW_CHARACTERS = 44
LEAST_CHARACTERS = 22


class SignList(QTableWidget):
    file_chosen = Signal(int)
    removal_asked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 4, parent)
        self.setHorizontalHeaderLabels([tr("Tập tin"), tr("Trang"), tr("Ký ở"), tr("Tình trạng")])
        self.setAccessibleName(tr("Danh sách tập tin cần ký"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setIconSize(QSize(ICON_SIDE, ICON_SIDE))
        self.setMinimumWidth(text_width(LEAST_CHARACTERS))
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        self.currentCellChanged.connect(self._row_changed)

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
        tone, state = _state(file)
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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.currentRow() >= 0:
            self.removal_asked.emit(self.currentRow())
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


def _state(file: SignFile) -> tuple[Tone | None, str]:
    """A tone and a few words; the whole sentence stands in the right-hand column."""
    match file.state:
        case FileState.READING:
            return None, tr("đang đọc…")
        case FileState.READY:
            return None, tr("chờ ký")
        case FileState.BLOCKED:
            return Tone.BROKEN, describe(file.problem).title if file.problem is not None else ""
        case FileState.SIGNING:
            return None, tr("đang ký…")
        case FileState.DONE:
            return None, tr("đã xử lý")
        case FileState.FAILED:
            return Tone.BROKEN, describe(file.problem).title if file.problem is not None else ""
        case FileState.STOPPED:
            return Tone.UNKNOWN, tr("chưa ký, đã dừng")
        case FileState.SIGNED:
            return _signed_state(file)


def _signed_state(file: SignFile) -> tuple[Tone, str]:
    if file.verification is None:
        return Tone.UNKNOWN, tr("đã ký, đang kiểm tra…")
    tone = judge_outcome(file.verification).tone
    return tone, tr("đã ký · {verdict}").format(verdict=tone_word(tone).lower())
