"""Asks for the PIN that signs: says what will be signed, by whom, with what, and what is known of the tries left."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import UNIT, make_primary, text_width, title_font
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.pin_field import PinField
from bdsigner.gui.widgets.pin_row import PinRow
from bdsigner.gui.widgets.scrolled import FittedArea, fit_to_screen, screen_room, scrolled_column
from bdsigner.gui.widgets.statement import breakable, fact_grid, plain_label
from bdsigner.gui.widgets.tries_panel import TriesPanel
from bdsigner.messages.pin_state import describe_lengths
from bdsigner.messages.times import show_date
from bdsigner.messages.translate import tr
from bdsigner.ports import PinPurpose, PinRequest

WIDTH_CHARACTERS = 76
_FILES_AT_ONCE, _FILES_LEAST = 6, 2
"""Rows of file names before the list scrolls; on a screen too low for everything, no fewer."""


class PinDialog(QDialog):
    """``take_pin`` hands the PIN over once and nothing of it is kept."""

    def __init__(self, request: PinRequest, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._request = request
        self._pin = bytearray()
        self._is_confirming = False
        self.wants_request = False
        """The person chose to ask for unblocking (Đ8.1a) instead."""
        self._is_signing = request.purpose is PinPurpose.SIGN
        self.setWindowTitle(tr("Xác nhận ký số") if self._is_signing else tr("Xác nhận giải mã"))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(3 * UNIT, 3 * UNIT, 2 * UNIT, 2 * UNIT)
        outer.setSpacing(2 * UNIT)
        self._area = FittedArea()
        outer.addWidget(self._area)
        _, layout = scrolled_column(self.windowTitle(), self._area)
        layout.addWidget(dialog_title(_headline(request)))
        self.file_list = _file_list(request)
        layout.addWidget(self.file_list)
        self.file_list.setVisible(len(request.files) > 1)
        layout.addLayout(fact_grid(_facts(request)))
        self.tries = TriesPanel.for_pin(request.pin, request.misses_here)
        layout.addWidget(self.tries)
        self.state_notice = Notice()
        layout.addWidget(self.state_notice)
        label = tr("Mã &PIN của thiết bị “{label}”").format(label=request.token_label.replace("&", "&&"))
        self.row = PinRow(label, describe_lengths(request.pin))
        layout.addWidget(self.row)
        layout.addStretch(1)
        outer.addLayout(self._buttons())
        self.row.edited.connect(self._on_edited)
        self._show_state()
        self._on_edited()
        self._first_control().setFocus()
        self._shorten_list()
        fit_to_screen(self, self._area)
        # Queued: the content is laid out by then.
        self._area.content_changed.connect(self._content_changed, Qt.ConnectionType.QueuedConnection)

    @property
    def field(self) -> PinField:
        """Where the PIN is typed."""
        return self.row.field

    def take_pin(self) -> bytearray:
        """The PIN in UTF-8; empty for a PIN pad.  The receiver wipes it."""
        pin, self._pin = self._pin, bytearray()
        return pin

    def done(self, result: int) -> None:
        self.field.wipe()
        super().done(result)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._content_changed()

    def _shorten_list(self) -> None:
        """Where the screen is too low for everything, the list of files scrolls sooner."""
        excess = self.sizeHint().height() - screen_room(self).height()
        if excess > 0:
            self.file_list.setFixedHeight(
                max(_list_height(self.file_list, _FILES_LEAST), self.file_list.height() - excess)
            )

    def _content_changed(self) -> None:
        """Where the PIN is typed stays in sight, with what is said of the keyboard."""
        fit_to_screen(self, self._area)
        self._area.ensureWidgetVisible(self.row, 0, 0)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, UNIT, 0)
        row.setSpacing(UNIT)
        row.addStretch(1)
        self.cancel_button = QPushButton(tr("&Hủy"))
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.reject)
        self.request_button = make_primary(QPushButton(tr("&Lập yêu cầu mở khóa (Điều 8.1.a)")))
        self.request_button.clicked.connect(self._ask_for_request)
        self.request_button.hide()
        self.sign_button = make_primary(QPushButton(self._verb()))
        self.sign_button.setDefault(True)
        self.sign_button.clicked.connect(self._on_sign)
        row.addWidget(self.cancel_button)
        row.addWidget(self.request_button)
        row.addWidget(self.sign_button)
        return row

    def _verb(self) -> str:
        return tr("&Ký số") if self._is_signing else tr("&Giải mã")

    def _first_control(self) -> QWidget:
        pin = self._request.pin
        if pin.locked:
            return self.request_button
        return self.sign_button if pin.pin_pad else self.field

    def _show_state(self) -> None:
        pin = self._request.pin
        self.row.setVisible(not pin.pin_pad and not pin.locked)
        if pin.locked:
            self.sign_button.hide()
            self.request_button.show()
            self.request_button.setDefault(True)
            self.cancel_button.setText(tr("Đó&ng"))
            self.state_notice.say(
                Tone.BROKEN,
                tr("Thiết bị đã bị khóa do nhập sai mã PIN nhiều lần."),
                tr(
                    "Khóa và chứng thư số vẫn còn; cơ quan quản lý chứng thư số mở khóa được theo Điều 8 khoản 1 điểm a."
                ),
            )
        elif pin.final_try:
            self.state_notice.say(Tone.BROKEN, tr("Chỉ còn MỘT lần thử. Nếu nhập sai lần này, thiết bị sẽ bị khóa."))
        elif pin.pin_pad:
            text = tr("Bấm “{verb}”, rồi nhập mã PIN trên thiết bị khi thiết bị yêu cầu.")
            self.state_notice.say(Tone.UNKNOWN, text.format(verb=self._verb().replace("&", "")))
        elif self._request.total > 1:
            self._say_each()
        elif pin.must_change:
            self.state_notice.say(Tone.CAUTION, tr("Thiết bị yêu cầu đổi mã PIN: đổi ở trang Thiết bị sau khi ký."))
        else:
            self.state_notice.clear()

    def _say_each(self) -> None:
        request = self._request
        progress = tr("Mã PIN thứ {number} trong {total}").format(number=request.number, total=request.total)
        self.state_notice.say(Tone.UNKNOWN, progress, tr("Mỗi tập tin cần nhập mã PIN một lần."), shape="info")

    def _on_edited(self) -> None:
        pin = self._request.pin
        if self._is_confirming:
            self._stop_confirming()
        self.sign_button.setEnabled(pin.pin_pad or self.row.is_complete(pin.min_length, pin.max_length))

    def _on_sign(self) -> None:
        if self._request.pin.final_try and not self._is_confirming:
            self._confirm_once_more()
            return
        self._pin = self.field.take()
        self.accept()

    def _ask_for_request(self) -> None:
        self.wants_request = True
        self.reject()

    def _confirm_once_more(self) -> None:
        """The last try is asked twice, and a second Enter alone does not answer."""
        self._is_confirming = True
        self.state_notice.say(Tone.BROKEN, tr("Đây là lần thử cuối cùng. Bạn có chắc mã PIN vừa nhập là đúng?"))
        sure = tr("Tôi &chắc chắn, ký số") if self._is_signing else tr("Tôi &chắc chắn, giải mã")
        self.sign_button.setText(sure)
        self.sign_button.setDefault(False)
        self.sign_button.setAutoDefault(False)
        self.cancel_button.setFocus()

    def _stop_confirming(self) -> None:
        self._is_confirming = False
        self.sign_button.setText(self._verb())
        self.sign_button.setDefault(True)
        self._show_state()


def dialog_title(text: str) -> QLabel:
    """The title within a PIN dialog; it gives the dialog its width."""
    label = plain_label(breakable(text))
    label.setFont(title_font())
    label.setMinimumWidth(text_width(WIDTH_CHARACTERS))
    return label


def _headline(request: PinRequest) -> str:
    if request.purpose is PinPurpose.DECRYPT:
        if len(request.files) == 1:
            return tr("Giải mã “{file}”").format(file=request.files[0].name)
        return tr("Giải mã {count} tập tin").format(count=len(request.files))
    if len(request.files) == 1:
        name = request.files[0].name
        if request.pages:
            return tr("Ký “{file}” ({pages} trang)").format(file=name, pages=request.pages)
        return tr("Ký “{file}”").format(file=name)
    if request.pages:
        return tr("Ký {count} tập tin ({pages} trang)").format(count=len(request.files), pages=request.pages)
    return tr("Ký {count} tập tin").format(count=len(request.files))


def _file_list(request: PinRequest) -> QScrollArea:
    names = QLabel("\n".join(path.name for path in request.files))
    names.setTextFormat(Qt.TextFormat.PlainText)
    names.setContentsMargins(UNIT, UNIT, UNIT, UNIT)
    area = QScrollArea()
    area.setWidget(names)
    area.setWidgetResizable(True)
    area.setProperty("role", "list")
    is_signing = request.purpose is PinPurpose.SIGN
    area.setAccessibleName(tr("Các tập tin sẽ ký") if is_signing else tr("Các tập tin sẽ giải mã"))
    area.setFixedHeight(_list_height(area, min(len(request.files), _FILES_AT_ONCE)))
    return area


def _list_height(area: QScrollArea, rows: int) -> int:
    return rows * area.fontMetrics().lineSpacing() + 3 * UNIT


def _facts(request: PinRequest) -> list[tuple[str, str]]:
    signer = request.signer
    certificate = tr("{issuer} cấp, hết hạn {date}").format(issuer=signer.issuer_name, date=show_date(signer.not_after))
    return [
        (
            tr("Người ký") if request.purpose is PinPurpose.SIGN else tr("Người nhận"),
            ", ".join(part for part in (signer.common_name or signer.subject, signer.title) if part),
        ),
        (tr("Cơ quan"), signer.agency),
        (tr("Chứng thư số"), certificate),
        (tr("Thiết bị"), tr("{label} (số {serial})").format(label=request.token_label, serial=request.token_serial)),
    ]
