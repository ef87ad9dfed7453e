"""“Yêu cầu của tôi”: one line a request, the newest first."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from bdsigner.gui.look.theme import text_width
from bdsigner.gui.requests.state_looks import state_look
from bdsigner.gui.widgets.line_table import Index, LineList, LineModel
from bdsigner.messages.devices import plain_text
from bdsigner.messages.requests import CASE_NAMES, next_step, state_name
from bdsigner.messages.times import show_date
from bdsigner.messages.translate import tr
from bdsigner.model.request import Request

STATE, SUBJECT, CASE, SINCE = range(4)
_NARROW_CHARACTERS = 66


class _Requests(LineModel[Request]):
    def __init__(self) -> None:
        super().__init__(None, (tr("Tình trạng"), tr("Của ai"), tr("Việc gì"), tr("Từ ngày")))

    def text(self, row: int, column: int) -> str:
        request = self.lines[row]
        match column:
            case 0:
                return state_name(request.state).capitalize()
            case 1:
                return plain_text(request.subject) or tr("chưa ghi tên")
            case 2:
                return tr(CASE_NAMES[request.case])
            case _:
                return show_date(state_since(request))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.text(index.row(), index.column())
            case Qt.ItemDataRole.ToolTipRole if index.column() == STATE:
                return next_step(self.lines[index.row()])
            case Qt.ItemDataRole.ToolTipRole:
                return self.text(index.row(), index.column())
            case Qt.ItemDataRole.DecorationRole if index.column() == STATE:
                return self.icon(*state_look(self.lines[index.row()]))
            case _:
                return None


class RequestList(LineList[Request]):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_Requests(), tr("Danh sách yêu cầu"), stretched=(SUBJECT, CASE), parent=parent)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)  # what tells cases apart stands first

    def show_requests(self, requests: Sequence[Request], *, chosen: str = "") -> None:
        """Start over; ``chosen`` names the one to choose, else the one that was chosen stays so."""
        before = chosen or (self.current.id if self.current is not None else "")
        self.show_lines(requests, row=next((number for number, one in enumerate(requests) if one.id == before), 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give up the columns that matter least where there is no room for all."""
        super().resizeEvent(event)
        is_narrow = self.width() < text_width(_NARROW_CHARACTERS)
        self.setColumnHidden(SINCE, is_narrow)
        self.setColumnHidden(CASE, self.width() < text_width(_NARROW_CHARACTERS * 2 // 3))


def state_since(request: Request) -> datetime:
    """Since when it is as it is."""
    began = request.created_at
    before = None
    for move in request.history:
        if move.state is not before:
            before, began = move.state, move.at
    return began
