"""Says beside its zone why the signature box stops there."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import UNIT, set_tone
from bdsigner.gui.widgets.tone_icon import ToneIcon

ICON_SIDE = 16


class ZoneHint(QFrame):
    """One sentence over the pages; the mouse passes through."""

    def __init__(self, viewport: QWidget) -> None:
        super().__init__(viewport)
        self._viewport = viewport
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        row = QHBoxLayout(self)
        row.setContentsMargins(UNIT, UNIT // 2, UNIT, UNIT // 2)
        row.setSpacing(UNIT)
        row.addWidget(ToneIcon(Tone.UNKNOWN, ICON_SIDE, name="info"), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)
        set_tone(self, Tone.UNKNOWN)
        self.hide()

    @property
    def text(self) -> str:
        return self._text.text()

    def say(self, sentence: str, zone: QRect) -> None:
        """Show under a zone of the viewport, above it where there is no room below."""
        self._text.setText(sentence)
        self.setAccessibleName(sentence)
        port = self._viewport.rect().adjusted(UNIT, UNIT, -UNIT, -UNIT)
        self._text.setWordWrap(False)
        size = self.sizeHint()
        if size.width() > port.width():
            self._text.setWordWrap(True)
            size = QSize(port.width(), self.heightForWidth(port.width()))
        place = QRect(zone.center().x() - size.width() // 2, zone.bottom() + UNIT, size.width(), size.height())
        if place.bottom() > port.bottom():
            place.moveBottom(zone.top() - UNIT)
        place.moveRight(min(place.right(), port.right()))
        place.moveLeft(max(place.left(), port.left()))
        place.moveBottom(min(place.bottom(), port.bottom()))
        place.moveTop(max(place.top(), port.top()))
        self.setGeometry(place)
        self.raise_()
        self.show()
