"""A PIN field with its label, what is asked of it, and warnings about the keyboard before the token is touched."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import UNIT, make_muted, strong_font
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.pin_field import PinField
from bdsigner.messages.translate import tr


class PinRow(QWidget):
    """``label`` may carry a mnemonic."""

    edited = Signal()

    def __init__(self, label: str, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = PinField()
        self.keyboard_notice = Notice()
        caption = QLabel(label)
        caption.setFont(strong_font())
        caption.setBuddy(self.field)
        caption.setWordWrap(True)
        self.field.setAccessibleName(label.replace("&&", "\0").replace("&", "").replace("\0", "&"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(UNIT // 2)
        layout.addWidget(caption)
        layout.addWidget(self.field)
        if hint:
            self.field.setAccessibleDescription(hint)
            layout.addWidget(make_muted(QLabel(hint)))
        layout.addWidget(self.keyboard_notice)
        self.field.edited.connect(self._on_edited)

    def is_complete(self, min_length: int, max_length: int) -> bool:
        """Whether the token could accept this length at all; lengths in bytes, 0 when it does not say."""
        length = self.field.byte_count
        return max(min_length, 1) <= length <= (max_length or length)

    def _on_edited(self) -> None:
        if self.field.has_composed_letter():
            self.keyboard_notice.say(
                Tone.CAUTION,
                tr("Bộ gõ tiếng Việt (Telex, VNI) đang bật: mã PIN có chữ có dấu. Tắt bộ gõ rồi nhập lại."),
            )
        elif self.field.caps_lock:
            self.keyboard_notice.say(Tone.CAUTION, tr("Phím Caps Lock đang bật."))
        else:
            self.keyboard_notice.clear()
        self.edited.emit()
