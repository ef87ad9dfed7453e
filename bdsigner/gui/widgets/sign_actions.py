"""The foot of the signing column: the one button, why it is not to be had, and the work under way."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from bdsigner.gui.look.icons import set_icon
from bdsigner.gui.look.theme import UNIT, make_muted, make_primary
from bdsigner.gui.widgets.work_strip import WorkStrip
from bdsigner.messages.translate import tr


class SignActions(QFrame):
    sign_asked = Signal()
    cancel_asked = Signal()
    refresh_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.reason = make_muted(QLabel())
        self.reason.setWordWrap(True)
        self.reason.setTextFormat(Qt.TextFormat.PlainText)
        self.refresh = QPushButton(tr("Tìm &lại thiết bị"))
        set_icon(self.refresh, "refresh-cw")
        self.refresh.clicked.connect(self.refresh_asked)
        self.sign = make_primary(QPushButton(tr("&Ký số")))
        self.sign.clicked.connect(self.sign_asked)
        self.strip = WorkStrip()
        self.strip.cancelled.connect(self.cancel_asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(UNIT * 2, UNIT, UNIT * 2, UNIT * 2)
        column.setSpacing(UNIT)
        for widget in (self.reason, self.refresh, self.strip, self.sign):
            column.addWidget(widget)
        self.set_reason("", offers_refresh=False)

    def set_count(self, count: int) -> None:
        """Say on the button how many files it signs."""
        self.sign.setText(tr("&Ký số") if count <= 1 else tr("&Ký {count} tập tin").format(count=count))

    def set_reason(self, reason: str, *, offers_refresh: bool) -> None:
        """Why nothing can be signed now; empty when it can."""
        self.sign.setEnabled(not reason)
        self.sign.setAccessibleDescription(reason)
        self.reason.setText(reason)
        self.reason.setVisible(bool(reason))
        self.refresh.setVisible(offers_refresh)

    def begin(self) -> None:
        self.sign.setEnabled(False)
        self.strip.start(tr("Đang chuẩn bị…"))

    def end(self) -> None:
        self.strip.finish()
