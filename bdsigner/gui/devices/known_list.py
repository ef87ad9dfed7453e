"""Devices that were used here and are not plugged in: whoever lost one reports it from here."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from bdsigner.gui.look.theme import UNIT, make_muted, strong_font
from bdsigner.gui.widgets.statement import plain_label
from bdsigner.messages.devices import plain_text
from bdsigner.messages.times import show_time
from bdsigner.messages.translate import tr
from bdsigner.model.device import KnownDevice


class KnownList(QFrame):
    """Hidden while there is none."""

    loss_reported = Signal(str)
    """Serial of the device that was lost."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 2 * UNIT)
        self._column.setSpacing(UNIT)
        title = QLabel(tr("Đã từng dùng ở máy này"))
        title.setFont(strong_font())
        self._column.addWidget(title)
        self._rows: list[QWidget] = []
        self.buttons: list[QPushButton] = []
        self.hide()

    def show_devices(self, devices: Sequence[KnownDevice]) -> None:
        for row in self._rows:
            self._column.removeWidget(row)
            row.deleteLater()
        self.buttons = []
        self._rows = [self._row(device) for device in devices]
        for row in self._rows:
            self._column.addWidget(row)
        self.setVisible(bool(devices))

    def _row(self, device: KnownDevice) -> QWidget:
        widget = QWidget()
        row = QHBoxLayout(widget)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(UNIT)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        label = plain_text(device.label or device.serial)
        texts.addWidget(plain_label(label))
        seen = tr("số {serial} · thấy lần cuối {time}").format(
            serial=plain_text(device.serial), time=show_time(device.last_seen)
        )
        texts.addWidget(make_muted(plain_label(seen)))
        button = QPushButton(tr("Báo mất thiết bị…"))
        button.setAccessibleName(tr("Báo mất thiết bị {label}").format(label=label))
        button.clicked.connect(lambda: self.loss_reported.emit(device.serial))
        self.buttons.append(button)
        row.addLayout(texts, stretch=1)
        row.addWidget(button)
        return widget
