"""One token: what it is, what is known of its PIN, what can be done with it, and its certificates."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from bdsigner.gui.devices.certificate_view import CertificateView
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import UNIT, make_muted, title_font
from bdsigner.gui.widgets.statement import fact_grid, plain_label
from bdsigner.gui.widgets.tone_icon import ToneIcon
from bdsigner.gui.widgets.tries_panel import TriesPanel
from bdsigner.messages.devices import describe_driver, plain_text
from bdsigner.messages.translate import tr
from bdsigner.model.token import Token

if TYPE_CHECKING:
    from bdsigner.app import Application


class TokenCard(QFrame):
    """Signals carry the token's serial number."""

    change_wanted = Signal(str)
    unblock_wanted = Signal(str)
    request_wanted = Signal(str)
    export_wanted = Signal(object)
    browser_wanted = Signal(object)
    """The ``Token`` whose driver a browser is to know."""

    def __init__(
        self, token: Token, misses: int | None, application: "Application", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.token = token
        self.misses = misses
        self.setProperty("role", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 2 * UNIT)
        column.setSpacing(2 * UNIT)
        column.addLayout(self._head())
        column.addLayout(fact_grid(self._facts()))
        column.addWidget(TriesPanel.for_pin(token.pin, misses))
        column.addLayout(self._actions())
        self.certificates = self._certificates(application)
        for view in self.certificates:
            column.addWidget(_line())
            column.addWidget(view)
        if not self.certificates:
            column.addWidget(make_muted(QLabel(tr("Trên thiết bị chưa có chứng thư số nào đọc được."))))
        self.setAccessibleName(tr("Thiết bị {label}").format(label=plain_text(token.label)))

    def _head(self) -> QHBoxLayout:
        token = self.token
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        tone, shape = (Tone.BROKEN, "lock") if token.pin.locked else (Tone.UNKNOWN, "usb")
        row.addWidget(ToneIcon(tone, 4 * UNIT, name=shape), alignment=Qt.AlignmentFlag.AlignTop)
        name = plain_label(plain_text(token.label or token.serial))
        name.setFont(title_font())
        row.addWidget(name, stretch=1)
        if not token.is_hardware:
            row.addWidget(make_muted(QLabel(tr("kho khóa phần mềm (BẢN THỬ)"))))
        return row

    def _facts(self) -> list[tuple[str, str]]:
        token = self.token
        return [
            (tr("Số sê-ri"), plain_text(token.serial)),
            (tr("Loại"), plain_text(" · ".join(filter(None, (token.model, token.manufacturer))))),
            (tr("Đầu đọc"), plain_text(token.reader)),
            (tr("Trình điều khiển"), plain_text(describe_driver(token))),
        ]

    def _actions(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        serial, pin = self.token.serial, self.token.pin
        self.change_button = QPushButton(tr("Đổi mã PIN…"))
        self.change_button.clicked.connect(lambda: self.change_wanted.emit(serial))
        self.change_button.setEnabled(not pin.locked and not pin.pin_pad)
        self.unblock_button = QPushButton(tr("Mở khóa bằng mã PUK…"))
        self.unblock_button.clicked.connect(lambda: self.unblock_wanted.emit(serial))
        self.unblock_button.setEnabled(not pin.puk_locked and not pin.pin_pad)
        self.request_button = QPushButton(tr("Yêu cầu mở khóa (Điều 8.1.a)…"))
        self.request_button.clicked.connect(lambda: self.request_wanted.emit(serial))
        self.request_button.setVisible(pin.locked)
        if pin.pin_pad:
            self.change_button.setToolTip(tr("Đổi mã PIN bằng phần mềm đi kèm thiết bị."))
        self.browser_button = QPushButton(tr("Dùng cho trình duyệt…"))
        self.browser_button.clicked.connect(lambda: self.browser_wanted.emit(self.token))
        for button in (self.request_button, self.change_button, self.unblock_button, self.browser_button):
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _certificates(self, application: "Application") -> list[CertificateView]:
        ders = tuple(one.der for one in self.token.certificates)
        views = []
        for certificate in application.devices.certificates(ders):
            others = tuple(der for der in ders if der != certificate.der)
            view = CertificateView(certificate, others, application)
            view.export_wanted.connect(self.export_wanted)
            views.append(view)
        return views


def _line() -> QFrame:
    line = QFrame()
    line.setProperty("role", "rule")
    line.setFixedHeight(1)
    return line
