"""The registered documents, one row each; those that wait stand out by shape and word."""

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHeaderView, QTableView, QWidget

from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import text_width
from bdsigner.gui.widgets.line_table import Index, LineModel, show_as_lines
from bdsigner.messages.register import describe_state
from bdsigner.messages.times import show_date
from bdsigner.messages.translate import tr
from bdsigner.model.registered_document import DocumentState, RegisteredDocument

DOCUMENT, NUMBER, DAY, STATE = range(4)
STATE_TONES = {
    DocumentState.WAITING: Tone.CAUTION,
    DocumentState.APPROVED: Tone.CAUTION,
    DocumentState.RELEASED: Tone.VALID,
    DocumentState.RETURNED: Tone.BROKEN,
    DocumentState.EXEMPT: Tone.UNKNOWN,
    DocumentState.RECEIVED: Tone.UNKNOWN,
    DocumentState.REPORTED: Tone.UNKNOWN,
}
_NARROW_CHARACTERS = 60
_LEAST_CHARACTERS = 24
_ROWS_MEASURED = 50
"""So many rows decide how wide a column is."""


class _Documents(LineModel[RegisteredDocument]):
    """Rows are told when they are drawn: a register of some years has thousands."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent, (tr("Văn bản"), tr("Số"), tr("Ngày ghi sổ"), tr("Tình trạng")))

    def text(self, row: int, column: int) -> str:
        document = self.lines[row]
        match column:
            case 0:
                return document.document.title or document.file.name
            case 1:
                return document.document.number
            case 2:
                return show_date(document.entries[0].at)
            case _:
                return describe_state(document.state)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.text(index.row(), index.column())
            case Qt.ItemDataRole.ToolTipRole:
                document = self.lines[index.row()]
                return document.file.name if index.column() == DOCUMENT else self.text(index.row(), index.column())
            case Qt.ItemDataRole.DecorationRole if index.column() == STATE:
                return self.icon(STATE_TONES[self.lines[index.row()].state])
            case _:
                return None


class DocumentList(QTableView):
    document_chosen = Signal(object)
    """The ``RegisteredDocument``."""
    document_opened = Signal(object)
    """By Enter or a double click."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._documents = _Documents(self)
        self.setModel(self._documents)
        self.setAccessibleName(tr("Danh sách văn bản đã ký"))
        show_as_lines(self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumWidth(text_width(_LEAST_CHARACTERS))
        header = self.horizontalHeader()
        header.setResizeContentsPrecision(_ROWS_MEASURED)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(DOCUMENT, QHeaderView.ResizeMode.Stretch)
        self.doubleClicked.connect(lambda _: self._open())

    @property
    def count(self) -> int:
        return len(self._documents.lines)

    @property
    def current(self) -> RegisteredDocument | None:
        row = self.currentIndex().row()
        return self._documents.lines[row] if 0 <= row < self.count else None

    def text_at(self, row: int, column: int) -> str:
        """What a row says."""
        return self._documents.text(row, column)

    def show_documents(self, documents: Sequence[RegisteredDocument]) -> None:
        """Start over; the document that was chosen stays chosen, else the first is."""
        before = self.current
        self._documents.pixel_ratio = self.devicePixelRatioF()
        self._documents.set_lines(documents)
        if documents:
            self.setCurrentIndex(self._documents.index(self._row_of(before), DOCUMENT))

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if self.current is not None and current.row() != previous.row():
            self.document_chosen.emit(self.current)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give up the columns that matter least where there is no room for all."""
        super().resizeEvent(event)
        is_narrow = self.width() < text_width(_NARROW_CHARACTERS)
        self.setColumnHidden(NUMBER, is_narrow)
        self.setColumnHidden(DAY, is_narrow)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
        else:
            super().keyPressEvent(event)

    def _open(self) -> None:
        if self.current is not None:
            self.document_opened.emit(self.current)

    def _row_of(self, document: RegisteredDocument | None) -> int:
        if document is None:
            return 0
        first = document.entries[0].link.hash
        rows = (row for row, one in enumerate(self._documents.lines) if one.entries[0].link.hash == first)
        return next(rows, 0)
