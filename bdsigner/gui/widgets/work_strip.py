"""What is going on, how far it is, and a way to stop it."""

from pathlib import Path

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from bdsigner.gui.look.theme import UNIT
from bdsigner.gui.widgets.elided_label import ElidedLabel
from bdsigner.messages.translate import tr
from bdsigner.ports import Phase

SHOWN_AFTER_MS = 300
"""Work that ends sooner would only flicker."""


class WorkStrip(QFrame):
    """Hidden while nothing goes on and for the first moment of what does."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.label = ElidedLabel()
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Tiến độ"))
        self.cancel_button = QPushButton(tr("Dừng"))
        self.cancel_button.setToolTip(tr("Dừng (Esc)"))
        self.cancel_button.clicked.connect(self._cancel)
        texts = QVBoxLayout()
        texts.setSpacing(UNIT)
        texts.addWidget(self.label)
        texts.addWidget(self.bar)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2 * UNIT, UNIT, UNIT, UNIT)
        layout.setSpacing(2 * UNIT)
        layout.addLayout(texts, stretch=1)
        layout.addWidget(self.cancel_button)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(SHOWN_AFTER_MS)
        self._delay.timeout.connect(self.show)
        self.hide()

    def start(self, text: str) -> None:
        """Work has begun."""
        self.label.setText(text)
        self.bar.setRange(0, 0)
        self.cancel_button.setEnabled(True)
        self._delay.start()

    def show_progress(self, path: Path, phase: Phase, done: int, total: int) -> None:
        """As ``jobs.ProgressCallback``."""
        self.label.setText(f"{_DOING[phase]()} {path.name}")
        if total > 1:
            self.bar.setRange(0, total)
            self.bar.setValue(done)

    def show_share(self, share: float, text: str) -> None:
        """How much of one file is done, 0 to 1, and in words."""
        self.bar.setRange(0, 1000)
        self.bar.setValue(round(1000 * share))
        self.label.setText(text)

    def finish(self) -> None:
        """Work has ended, however it ended."""
        self._delay.stop()
        self.hide()

    def _cancel(self) -> None:
        self.cancel_button.setEnabled(False)
        self.label.setText(tr("Đang dừng…"))
        self.cancelled.emit()


_DOING = {
    Phase.READING: lambda: tr("Đang đọc"),
    Phase.SIGNING: lambda: tr("Đang ký"),
    Phase.VERIFYING: lambda: tr("Đang kiểm tra"),
    Phase.INTACT: lambda: tr("Chữ ký nguyên vẹn; đang phân tích thay đổi"),
    Phase.ANALYSING: lambda: tr("Đang phân tích chữ ký và thay đổi"),
    Phase.EXTENDING: lambda: tr("Đang bổ sung dấu thời gian"),
    Phase.COMPARING: lambda: tr("Đang so sánh"),
    Phase.ENCRYPTING: lambda: tr("Đang mã hóa"),
    Phase.DECRYPTING: lambda: tr("Đang giải mã"),
    Phase.DONE: lambda: tr("Đã xong"),
}
