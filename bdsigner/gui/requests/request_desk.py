"""One request at work: its form at the left, what comes next at the right, or below where there is no room."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import UNIT, make_muted, text_width, title_font
from bdsigner.gui.requests.form_panel import FormPanel
from bdsigner.gui.requests.next_steps import NextSteps
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.scrolled import scrolled_column
from bdsigner.gui.widgets.statement import plain_label
from bdsigner.messages.devices import plain_text
from bdsigner.messages.requests import CASE_NAMES, describe_case
from bdsigner.messages.translate import tr
from bdsigner.model.device import RequestCase
from bdsigner.model.request import Request, RequestState, RequestView

if TYPE_CHECKING:
    from bdsigner.app import Application

_SIDE_CHARACTERS = 38
_WIDE_CHARACTERS = 104
"""From this width on both stand side by side."""


class RequestDesk(QWidget):
    changed = Signal(object)
    """The ``RequestView``: something typed was kept."""
    failed = Signal(object)

    def __init__(self, application: "Application", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._application = application
        self._view: RequestView | None = None
        self._is_wide: bool | None = None
        self.title = plain_label("")
        self.title.setFont(title_font())
        self.meaning = make_muted(plain_label(""))
        self.warning = Notice()
        self.signed = plain_label("")
        self.form = FormPanel(application)
        self.form.changed.connect(self._take)
        self.form.failed.connect(self.failed)
        self.steps = NextSteps(application.requests.channels)
        self.area, self._column = scrolled_column(tr("Giấy đề nghị"))
        self._column.setSpacing(3 * UNIT // 2)
        for widget in (self.title, self.meaning, self.warning, self._signed_card(), self.form):
            self._column.addWidget(widget)
        self._column.addStretch(1)
        self.side, self._side_column = scrolled_column(tr("Việc tiếp theo"))
        self._side_column.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2 * UNIT)
        row.addWidget(self.area, stretch=1)
        row.addWidget(self.side)
        self._arrange(is_wide=True)

    @property
    def request(self) -> Request | None:
        """The one at work; ``None``: none."""
        return self._view.request if self._view is not None else None

    def show_view(self, view: RequestView, *, mailbox: str) -> None:
        """Work on this one from here on."""
        request, profile = view.request, self._application.profile
        is_new = self.request is None or self.request.id != request.id
        self._view = view
        text = describe_case(request.case, department=profile.department, centre=profile.centre)
        self.title.setText(tr(CASE_NAMES[request.case]))
        self.meaning.setText(text.meaning)
        self._warn(request)
        is_draft = request.state is RequestState.DRAFT
        self._card.setVisible(not is_draft)
        self.form.setVisible(is_draft)
        if is_draft:
            self.form.show_request(view)
        else:
            self.form.close_form()
            self._tell_signed(request)
        self.steps.show_request(request, mailbox=mailbox)
        if is_new:
            self.area.verticalScrollBar().setValue(0)
            self.area.setFocus()

    def leave(self) -> None:
        """Nothing is worked on any more; what was typed is kept first."""
        self.form.close_form()
        self._view = None

    def paper_at(self, place: QPoint) -> str:
        """``Attachment.id`` of the paper that stands there on the screen; empty: none."""
        for key, row in self.form.papers.items():
            if row.isVisible() and row.rect().contains(row.mapFromGlobal(place)):
                return key
        return ""

    def take_paper(self, attachment: str, path: Path) -> None:
        """A file dropped on a paper."""
        self.form.take_paper(attachment, path)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange(is_wide=self.width() >= text_width(_WIDE_CHARACTERS))

    def _arrange(self, *, is_wide: bool) -> None:
        if is_wide == self._is_wide:
            return
        self._is_wide = is_wide
        if is_wide:
            self._side_column.insertWidget(0, self.steps)
            self.side.setFixedWidth(text_width(_SIDE_CHARACTERS))
        else:
            self._column.insertWidget(self._column.count() - 1, self.steps)
        self.side.setVisible(is_wide)

    def _take(self, view: RequestView) -> None:
        self._view = view
        self.changed.emit(view)

    def _warn(self, request: Request) -> None:
        if request.case is not RequestCase.LOST:
            self.warning.clear()
            return
        phone = self._application.profile.requests.phone
        call = (
            tr("Gọi ngay cơ quan quản lý chứng thư số, điện thoại {phone}, để báo.").format(phone=phone)
            if phone
            else ""
        )
        if request.serial:
            serial = plain_text(request.serial)
            title = tr("Thiết bị số {serial} đã ngừng ký trên máy này").format(serial=serial)
            text = tr("Nếu chọn nhầm, hãy bỏ yêu cầu này: thiết bị sẽ ký lại được.")
        else:
            title = tr("Hãy gửi yêu cầu thu hồi càng sớm càng tốt")
            text = tr("Thiết bị không có ở máy này nên không chặn được việc ký ở máy khác.")
        self.warning.say(Tone.CAUTION, title, f"{text} {call}".strip())

    def _tell_signed(self, request: Request) -> None:
        how = (
            tr("Đã ký tay và đính kèm bản chụp: {file}.").format(file=request.document.name)
            if request.is_hand_signed and request.document is not None
            else tr("Đã ký số; nội dung không sửa được nữa.")
        )
        whose = tr("Của {subject}.").format(subject=plain_text(request.subject)) if request.subject else ""
        self.signed.setText(f"{how} {whose}".strip())

    def _signed_card(self) -> QFrame:
        self._card = QFrame()
        self._card.setProperty("role", "card")
        column = QVBoxLayout(self._card)
        column.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 2 * UNIT)
        column.addWidget(self.signed)
        return self._card
