"""The registered documents, one row each; those that wait stand out by shape and word."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import text_width
from bdsigner.gui.widgets.line_table import Index, LineList, LineModel
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
_ROWS_MEASURED = 50
"""So many rows decide how wide a column is."""


class _Documents(LineModel[RegisteredDocument]):
    """Rows are told when they are drawn: a register of some years has thousands."""

    def __init__(self) -> None:
        super().__init__(None, (tr("Văn bản"), tr("Số"), tr("Ngày ghi sổ"), tr("Tình trạng")))

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


class DocumentList(LineList[RegisteredDocument]):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_Documents(), tr("Danh sách văn bản đã ký"), stretched=(DOCUMENT,), parent=parent)
        self.horizontalHeader().setResizeContentsPrecision(_ROWS_MEASURED)

    def show_documents(self, documents: Sequence[RegisteredDocument]) -> None:
        """Start over; the document that was chosen stays chosen, else the first is."""
        self.show_lines(documents, row=_row_of(self.current, documents))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give up the columns that matter least where there is no room for all."""
        super().resizeEvent(event)
        is_narrow = self.width() < text_width(_NARROW_CHARACTERS)
        self.setColumnHidden(NUMBER, is_narrow)
        self.setColumnHidden(DAY, is_narrow)


def _row_of(document: RegisteredDocument | None, documents: Sequence[RegisteredDocument]) -> int:
    if document is None:
        return 0
    first = document.entries[0].link.hash
    return next((row for row, one in enumerate(documents) if one.entries[0].link.hash == first), 0)
