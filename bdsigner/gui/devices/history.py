"""What happened to the devices last, folded until somebody looks."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from bdsigner.gui.look.icons import set_icon
from bdsigner.gui.look.theme import UNIT, make_muted
from bdsigner.gui.widgets.statement import plain_label
from bdsigner.messages.devices import describe_event, plain_text
from bdsigner.messages.translate import tr
from bdsigner.model.device import DeviceEvent


class History(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.button = QPushButton(tr("Lịch sử thiết bị (Điều 14 khoản 2)"))
        self.button.setProperty("role", "disclosure")
        self.button.setCheckable(True)
        set_icon(self.button, "chevron-right", QPalette.ColorRole.Link, 2 * UNIT)
        self.button.toggled.connect(self._show)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignLeft)
        self._list: QWidget | None = None
        self._events: Sequence[DeviceEvent] = ()

    def show_events(self, events: Sequence[DeviceEvent]) -> None:
        self._events = events
        self.setVisible(bool(events))
        if self.button.isChecked():
            self._fill()

    def _show(self, is_open: bool) -> None:  # signature of the signal
        set_icon(self.button, "chevron-down" if is_open else "chevron-right", QPalette.ColorRole.Link, 2 * UNIT)
        if is_open:
            self._fill()
        elif self._list is not None:
            self._list.hide()

    def _fill(self) -> None:
        if self._list is not None:
            self._column.removeWidget(self._list)
            self._list.deleteLater()
        self._list = QWidget()
        grid = QGridLayout(self._list)
        grid.setContentsMargins(2 * UNIT, 0, 0, 0)
        grid.setHorizontalSpacing(3 * UNIT)
        grid.setVerticalSpacing(UNIT // 2)
        grid.setColumnStretch(2, 1)
        for row, event in enumerate(self._events):
            when, what = describe_event(event)
            grid.addWidget(make_muted(plain_label(when)), row, 0)
            grid.addWidget(plain_label(what), row, 1)
            grid.addWidget(make_muted(plain_label(plain_text(event.serial))), row, 2)
        self._column.addWidget(self._list)
