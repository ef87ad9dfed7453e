"""What is known of the tries left, before a PIN or PUK is typed: from the device, and counted here."""

from typing import Self

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import UNIT, set_tone
from bdsigner.gui.widgets.statement import plain_label
from bdsigner.gui.widgets.tone_icon import ToneIcon
from bdsigner.messages.pin_state import describe_device_report, describe_own_count, describe_puk_report
from bdsigner.model.token import PinState


def tries_tone(pin: PinState, misses: int | None) -> Tone:
    """How grave it is."""
    if pin.locked or pin.final_try:
        return Tone.BROKEN
    if pin.count_low or misses:
        return Tone.CAUTION
    return Tone.UNKNOWN


def puk_tone(pin: PinState) -> Tone:
    """How grave it is for the PUK."""
    if pin.puk_locked or pin.puk_final_try:
        return Tone.BROKEN
    return Tone.CAUTION if pin.puk_count_low else Tone.UNKNOWN


class TriesPanel(QFrame):
    """Two lines with one shape."""

    def __init__(
        self, tone: Tone, first: str, second: str, *, is_locked: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.tone = tone
        self.first = plain_label(first)
        self.second = plain_label(second)
        texts = QVBoxLayout()
        texts.setSpacing(UNIT // 2)
        texts.addWidget(self.first)
        texts.addWidget(self.second)
        row = QHBoxLayout(self)
        row.setContentsMargins(UNIT * 3 // 2, UNIT, UNIT * 3 // 2, UNIT)
        row.setSpacing(UNIT)
        shape = "lock" if is_locked else "info" if tone is Tone.UNKNOWN else ""
        row.addWidget(ToneIcon(tone, 20, name=shape))
        row.addLayout(texts, stretch=1)
        self.setProperty("role", "notice")
        set_tone(self, tone)
        self.setAccessibleName(f"{first} {second}")

    @classmethod
    def for_pin(cls, pin: PinState, misses: int | None) -> Self:
        """Before the PIN is asked for: what the device reports, and what was counted here."""
        tone = tries_tone(pin, misses)
        return cls(tone, describe_device_report(pin), describe_own_count(misses), is_locked=pin.locked)

    @classmethod
    def for_puk(cls, pin: PinState) -> Self:
        """Before the PUK is asked for: what the device reports of it, and of the PIN it sets; nothing is counted here."""
        return cls(puk_tone(pin), describe_puk_report(pin), describe_device_report(pin), is_locked=pin.puk_locked)
