"""The one dialog for every use of a PIN: says what will be signed, by whom, with what, before anything is typed."""

import sys

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import UNIT, make_muted, make_primary, strong_font, text_width, title_font
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.statement import fact_grid, plain_label
from bdsigner.messages.times import show_date
from bdsigner.messages.translate import tr
from bdsigner.model.token import PinState
from bdsigner.ports import PinRequest

_WIDTH_CHARACTERS = 76
_FILES_AT_ONCE = 6
"""Rows of file names before the list scrolls."""

_HINTS = (
    Qt.InputMethodHint.ImhHiddenText
    | Qt.InputMethodHint.ImhSensitiveData
    | Qt.InputMethodHint.ImhNoPredictiveText
    | Qt.InputMethodHint.ImhNoAutoUppercase
    | Qt.InputMethodHint.ImhPreferLatin
)


class PinDialog(QDialog):
    """Asks for the PIN of one token; ``take_pin`` hands it over once and nothing of it is kept."""

    def __init__(self, request: PinRequest, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._request = request
        self._pin = bytearray()
        self._is_confirming = False
        self.setWindowTitle(tr("Xác nhận ký số"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * UNIT, 3 * UNIT, 3 * UNIT, 2 * UNIT)
        layout.setSpacing(2 * UNIT)
        layout.addWidget(_title(_headline(request)))
        if len(request.files) > 1:
            layout.addWidget(_file_list(request))
        layout.addLayout(fact_grid(_facts(request)))
        self.state_notice = Notice()
        layout.addWidget(self.state_notice)
        self.field = _PinField(request.pin)
        self.field_row = self._field_row()
        layout.addWidget(self.field_row)
        self.keyboard_notice = Notice()
        layout.addWidget(self.keyboard_notice)
        layout.addLayout(self._buttons())
        self.field.edited.connect(self._on_edited)
        self._show_state()
        self._on_edited()
        self._first_control().setFocus()

    def take_pin(self) -> bytearray:
        """The PIN in UTF-8; empty for a PIN pad.  The receiver wipes it."""
        pin, self._pin = self._pin, bytearray()
        return pin

    def done(self, result: int) -> None:
        # setText, unlike clear(), also drops what undo remembers.
        self.field.setText("")
        super().done(result)

    def _field_row(self) -> QWidget:
        row = QWidget()
        layout = QVBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(UNIT // 2)
        label = QLabel(tr("Mã &PIN của thiết bị “{label}”").format(label=self._request.token_label.replace("&", "&&")))
        label.setFont(strong_font())
        label.setBuddy(self.field)
        self.field.setAccessibleName(label.text().replace("&", ""))
        layout.addWidget(label)
        layout.addWidget(self.field)
        hint = _length_hint(self._request.pin)
        if hint:
            self.field.setAccessibleDescription(hint)
            layout.addWidget(make_muted(QLabel(hint)))
        return row

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        row.addStretch(1)
        self.cancel_button = QPushButton(tr("&Hủy"))
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.reject)
        self.sign_button = make_primary(QPushButton(tr("&Ký số")))
        self.sign_button.setDefault(True)
        self.sign_button.clicked.connect(self._on_sign)
        row.addWidget(self.cancel_button)
        row.addWidget(self.sign_button)
        return row

    def _first_control(self) -> QWidget:
        pin = self._request.pin
        if pin.locked:
            return self.cancel_button
        return self.sign_button if pin.pin_pad else self.field

    def _show_state(self) -> None:
        pin = self._request.pin
        self.field_row.setVisible(not pin.pin_pad and not pin.locked)
        if pin.locked:
            self.sign_button.hide()
            self.cancel_button.setText(tr("Đó&ng"))
            self.state_notice.say(
                Tone.BROKEN,
                tr("Thiết bị đã bị khóa do nhập sai mã PIN nhiều lần. Liên hệ bộ phận quản lý để được mở khóa."),
            )
        elif pin.final_try:
            self.state_notice.say(Tone.BROKEN, tr("Chỉ còn MỘT lần thử. Nếu nhập sai lần này, thiết bị sẽ bị khóa."))
        elif pin.count_low:
            self.state_notice.say(Tone.CAUTION, tr("Lần trước mã PIN đã bị nhập sai. Nhập sai nhiều lần sẽ bị khóa."))
        elif pin.pin_pad:
            self.state_notice.say(Tone.UNKNOWN, tr("Bấm “Ký số”, rồi nhập mã PIN trên thiết bị khi thiết bị yêu cầu."))

    def _on_edited(self) -> None:
        pin = self._request.pin
        if self._is_confirming:
            self._stop_confirming()
        self.sign_button.setEnabled(pin.pin_pad or self.field.is_complete())
        if self.field.has_composed_letter():
            self.keyboard_notice.say(
                Tone.CAUTION,
                tr("Bộ gõ tiếng Việt (Telex, VNI) đang bật: mã PIN có chữ có dấu. Tắt bộ gõ rồi nhập lại."),
            )
        elif self.field.caps_lock:
            self.keyboard_notice.say(Tone.CAUTION, tr("Phím Caps Lock đang bật."))
        else:
            self.keyboard_notice.clear()

    def _on_sign(self) -> None:
        if self._request.pin.final_try and not self._is_confirming:
            self._confirm_once_more()
            return
        self._pin = bytearray(self.field.text().encode())
        self.accept()

    def _confirm_once_more(self) -> None:
        """The last try is asked twice, and a second Enter alone does not answer."""
        self._is_confirming = True
        self.state_notice.say(Tone.BROKEN, tr("Đây là lần thử cuối cùng. Bạn có chắc mã PIN vừa nhập là đúng?"))
        self.sign_button.setText(tr("Tôi &chắc chắn, ký số"))
        self.sign_button.setDefault(False)
        self.sign_button.setAutoDefault(False)
        self.cancel_button.setFocus()

    def _stop_confirming(self) -> None:
        self._is_confirming = False
        self.sign_button.setText(tr("&Ký số"))
        self.sign_button.setDefault(True)
        self._show_state()


class _PinField(QLineEdit):
    """Hidden text without input method, prediction or drag and drop."""

    def __init__(self, pin: PinState) -> None:
        super().__init__()
        self._pin = pin
        self.caps_lock = _system_caps_lock()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(_HINTS)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setDragEnabled(False)
        self.setAcceptDrops(False)
        self.edited = self.textChanged

    def is_complete(self) -> bool:
        """Whether the token could accept this length at all."""
        length = len(self.text().encode())
        return max(self._pin.min_length, 1) <= length <= (self._pin.max_length or length)

    def has_composed_letter(self) -> bool:
        """Whether an input method has put accents on letters."""
        return not self.text().isascii()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        before = self.caps_lock
        self.caps_lock = self._caps_lock_after(event)
        super().keyPressEvent(event)
        if self.caps_lock != before:
            self.textChanged.emit(self.text())

    def event(self, event: QEvent) -> bool:
        # Some styles and platforms switch the input method on again with the focus.
        if event.type() is QEvent.Type.FocusIn:
            self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        return super().event(event)

    def _caps_lock_after(self, event: QKeyEvent) -> bool:
        """Qt does not tell the lock's state: a capital without Shift (or the reverse) does."""
        if event.key() == Qt.Key.Key_CapsLock:
            return not self.caps_lock
        typed = event.text()
        if len(typed) == 1 and typed.isalpha() and typed.isascii():
            return typed.isupper() != bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        return self.caps_lock


def _system_caps_lock() -> bool:
    if sys.platform == "win32":
        import ctypes

        virtual_key_capital = 0x14
        return bool(ctypes.windll.user32.GetKeyState(virtual_key_capital) & 1)
    return False


def _headline(request: PinRequest) -> str:
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
    area.setAccessibleName(tr("Các tập tin sẽ ký"))
    rows = min(len(request.files), _FILES_AT_ONCE)
    area.setFixedHeight(rows * names.fontMetrics().lineSpacing() + 3 * UNIT)
    return area


def _facts(request: PinRequest) -> list[tuple[str, str]]:
    signer = request.signer
    certificate = tr("{issuer} cấp, hết hạn {date}").format(issuer=signer.issuer_name, date=show_date(signer.not_after))
    return [
        (tr("Người ký"), ", ".join(part for part in (signer.common_name or signer.subject, signer.title) if part)),
        (tr("Cơ quan"), signer.agency),
        (tr("Chứng thư số"), certificate),
        (tr("Thiết bị"), tr("{label} (số {serial})").format(label=request.token_label, serial=request.token_serial)),
    ]


def _title(text: str) -> QLabel:
    label = plain_label(text)
    label.setFont(title_font())
    label.setMinimumWidth(text_width(_WIDTH_CHARACTERS))
    return label


def _length_hint(pin: PinState) -> str:
    if pin.min_length and pin.max_length:
        return tr("Dài từ {min} đến {max} ký tự").format(min=pin.min_length, max=pin.max_length)
    if pin.min_length:
        return tr("Dài ít nhất {min} ký tự").format(min=pin.min_length)
    return ""
