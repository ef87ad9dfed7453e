"""One request: how far it is, what comes next, what the department said, and every step it took."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from bdsigner.gui.look.icons import set_icon
from bdsigner.gui.look.theme import UNIT, make_primary, strong_font, title_font
from bdsigner.gui.requests.state_looks import state_look
from bdsigner.gui.widgets.button_row import ButtonRow
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.scrolled import scrolled_column
from bdsigner.gui.widgets.statement import fact_grid, plain_label
from bdsigner.messages.devices import plain_text
from bdsigner.messages.requests import (
    CASE_NAMES,
    describe_move,
    describe_problem,
    describe_receipt,
    next_step,
    state_name,
)
from bdsigner.messages.times import show_time
from bdsigner.messages.translate import tr
from bdsigner.model.profile import RequestChannel
from bdsigner.model.request import Request, RequestState

_CAPTION_CHARACTERS = 16
_TOLD_PLACE = 3
"""Below the state and the buttons."""
_GIVEN_UP_FROM = (RequestState.DRAFT, RequestState.SIGNED, RequestState.QUEUED)
_NOT_HANDED_OVER = (RequestState.SENDING, RequestState.WITHDRAWN)


class RequestDetails(QWidget):
    continue_asked = Signal()
    """Fill it in, sign it or send it: at the desk."""
    send_asked = Signal()
    """What waits is to be sent now."""
    hand_asked = Signal()
    look_asked = Signal()
    receipt_asked = Signal()
    give_up_asked = Signal()

    def __init__(self, channels: Sequence[RequestChannel], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._channels = tuple(channels)
        self.request: Request | None = None
        self.state = Notice()
        self.area, self._column = scrolled_column(tr("Chi tiết yêu cầu"))
        self._told: QWidget | None = None
        self.continue_button = self._button(tr("&Gửi…"), "file-pen-line", self.continue_asked, is_primary=True)
        self.send_button = self._button(tr("&Gửi ngay"), "send", self.send_asked, is_primary=True)
        self.hand_button = self._button(tr("Lưu để nộp t&rực tiếp…"), "folder-open", self.hand_asked)
        self.look_button = self._button(tr("&Xem giấy đề nghị"), "file-text", self.look_asked)
        self.receipt_button = self._button(tr("Mở phiếu trả &lời…"), "inbox", self.receipt_asked)
        self.give_up_button = self._button(tr("Bỏ yê&u cầu…"), "trash-2", self.give_up_asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(UNIT, 0, 0, 0)
        column.setSpacing(UNIT)
        column.addWidget(self.area)
        self._column.addWidget(self.state)
        self._ways_on = ButtonRow([self.continue_button, self.send_button, self.hand_button])
        self._column.addWidget(self._ways_on)
        self._column.addWidget(ButtonRow([self.look_button, self.receipt_button, self.give_up_button]))
        self._column.addStretch(1)
        self.hide()

    def show_request(self, request: Request) -> None:
        """Replace what is shown."""
        self.request = request
        tone, shape = state_look(request)
        self.state.say(tone, state_name(request.state).capitalize(), next_step(request), shape=shape)
        self._offer(request)
        told = self._tell(request)
        if self._told is not None:
            self._column.removeWidget(self._told)
            self._told.hide()
            self._told.deleteLater()
        self._told = told
        self._column.insertWidget(_TOLD_PLACE, told)
        told.show()  # at once: Qt would wait for the next round of events
        self.show()

    def _offer(self, request: Request) -> None:
        state = request.state
        is_draft, waits = state is RequestState.DRAFT, state.waits_for_sending
        self.continue_button.setText(tr("Điề&n tiếp…") if is_draft else tr("&Gửi…"))
        self.continue_button.setVisible(is_draft or state is RequestState.SIGNED)
        self.send_button.setText(tr("Thử lại n&gay") if request.problem else tr("&Gửi ngay"))
        self.send_button.setVisible(waits)
        is_signed = request.document is not None
        self.hand_button.setVisible(is_signed and state not in _NOT_HANDED_OVER)
        self._ways_on.setVisible(is_draft or is_signed)
        self.look_button.setVisible(state is not RequestState.WITHDRAWN or is_signed)
        self.receipt_button.setVisible(state.waits_for_department or state is RequestState.UNCERTAIN)
        self.give_up_button.setVisible(state in _GIVEN_UP_FROM)

    def _tell(self, request: Request) -> QWidget:
        told = QWidget()
        column = QVBoxLayout(told)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(UNIT)
        title = plain_label(tr(CASE_NAMES[request.case]))
        title.setFont(title_font())
        column.addWidget(title)
        column.addLayout(fact_grid(self._facts(request), caption_characters=_CAPTION_CHARACTERS))
        problem = describe_problem(request)
        if problem is not None:
            column.addWidget(_heading(tr("Lần gửi gần nhất")))
            column.addWidget(plain_label(f"{problem.title}. {problem.sentence} {problem.remedy}"))
            column.addWidget(plain_label(tr("Mã: {code}").format(code=problem.code)))
        if request.receipts:
            column.addWidget(_heading(tr("Phiếu trả lời")))
            for receipt in reversed(request.receipts):
                column.addWidget(plain_label(plain_text(describe_receipt(receipt))))
        column.addWidget(_heading(tr("Diễn biến")))
        for move in request.history:
            column.addWidget(plain_label(describe_move(move, self._channels)))
        column.addStretch(1)
        return told

    def _facts(self, request: Request) -> list[tuple[str, str]]:
        channel = next((one.name for one in self._channels if one.id == request.channel), request.channel)
        signed = ""
        if request.document is not None:
            signed = tr("ký tay, đính kèm bản chụp") if request.is_hand_signed else tr("ký số")
        return [
            (tr("Của ai"), plain_text(request.subject)),
            (tr("Số hiệu thiết bị"), plain_text(request.serial)),
            (tr("Lập lúc"), show_time(request.created_at)),
            (tr("Chữ ký"), signed),
            (tr("Gửi qua"), channel),
            (tr("Hộp thư gửi"), request.sender),
            (tr("Gửi lúc"), show_time(request.sent_at) if request.sent_at is not None else ""),
            (tr("Số của nơi nhận"), plain_text(request.reference)),
            (
                tr("Lý do từ chối") if request.state is RequestState.REFUSED else tr("Ghi chú"),
                plain_text(request.reason),
            ),
            (tr("Mã yêu cầu"), request.id),
        ]

    def _button(self, text: str, icon_name: str, signal: SignalInstance, *, is_primary: bool = False) -> QPushButton:
        button = QPushButton(text)
        if is_primary:
            make_primary(button)
        role = QPalette.ColorRole.BrightText if is_primary else QPalette.ColorRole.ButtonText
        set_icon(button, icon_name, role, size=2 * UNIT)
        button.clicked.connect(signal)
        return button


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(strong_font())
    return label
