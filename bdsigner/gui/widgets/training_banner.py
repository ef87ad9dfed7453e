"""Says on every page that nothing made here has legal value."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.icons import SIZE
from bdsigner.gui.look.theme import UNIT, set_tone, strong_font
from bdsigner.gui.widgets.tone_icon import ToneIcon
from bdsigner.messages.translate import tr


class TrainingBanner(QFrame):
    """Hidden in production."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "banner")
        self.label = QLabel(tr("BẢN THỬ – chế độ tập huấn: chữ ký làm ở đây không có giá trị pháp lý"))
        self.label.setFont(strong_font())
        self.label.setWordWrap(True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(3 * UNIT, UNIT, 3 * UNIT, UNIT)
        layout.setSpacing(UNIT)
        layout.addWidget(ToneIcon(Tone.CAUTION, SIZE), alignment=Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.label, stretch=1)
        set_tone(self, Tone.CAUTION)
        set_tone(self.label, Tone.CAUTION)
        self.hide()
