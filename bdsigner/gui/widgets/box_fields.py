"""Place and size of the signature box, typed."""

from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QGridLayout, QLabel, QSpinBox, QWidget

from bdsigner.gui.look.theme import field_height, make_muted
from bdsigner.gui.widgets.page_geometry import mm_from_pt, pt_from_mm
from bdsigner.messages.translate import tr
from bdsigner.model.geometry import Box

LARGEST_MM = 5000.0
"""The largest page PDF 1.x knows, 14,400 points."""


class BoxFields(QWidget):
    box_edited = Signal(object)
    """The ``Box`` as typed; it may reach off the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._box: Box | None = None
        self.page = QSpinBox(minimum=1, maximum=1)
        self.x_mm = self._millimetres(0.0)
        self.y_mm = self._millimetres(0.0)
        self.width_mm = self._millimetres(5.0)
        self.height_mm = self._millimetres(5.0)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(8)
        self._add(0, 0, tr("Tr&ang"), tr("Trang có chữ ký"), self.page)
        self._add(1, 0, tr("Cách &mép trái"), tr("Cách mép trái, mi-li-mét"), self.x_mm)
        self._add(1, 1, tr("Cách mé&p trên"), tr("Cách mép trên, mi-li-mét"), self.y_mm)
        self._add(2, 0, tr("&Rộng"), tr("Chiều rộng, mi-li-mét"), self.width_mm)
        self._add(2, 1, tr("Ca&o"), tr("Chiều cao, mi-li-mét"), self.height_mm)
        self.note = make_muted(QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText))
        self.note.hide()
        self._grid.addWidget(self.note, 6, 0, 1, 2)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, 1)
        self.page.valueChanged.connect(self._edited)
        for field in (self.x_mm, self.y_mm, self.width_mm, self.height_mm):
            field.valueChanged.connect(self._edited)

    def show_box(self, box: Box, page_count: int) -> None:
        """Follow the box, without answering it."""
        self._box = box
        self._set(self.page.setMaximum, page_count, self.page)
        self._set(self.page.setValue, box.page + 1, self.page)
        self._set(self.x_mm.setValue, mm_from_pt(box.x_pt), self.x_mm)
        self._set(self.y_mm.setValue, mm_from_pt(box.y_pt), self.y_mm)
        self._set(self.width_mm.setValue, mm_from_pt(box.width_pt), self.width_mm)
        self._set(self.height_mm.setValue, mm_from_pt(box.height_pt), self.height_mm)

    def say(self, sentence: str) -> None:
        """Tell why the place is not the one asked for; empty: it is.  A screen reader says it at once."""
        if sentence == self.note.text():
            return
        self.note.setText(sentence)
        self.note.setVisible(bool(sentence))
        if sentence:
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, sentence))

    def _set(self, setter: Callable[..., None], value: float, field: QAbstractSpinBox) -> None:
        blocker = QSignalBlocker(field)
        setter(value)
        blocker.unblock()

    def _edited(self) -> None:
        old = self._box
        if old is None:
            return
        self.box_edited.emit(
            Box(
                self.page.value() - 1,
                _typed(self.x_mm, old.x_pt),
                _typed(self.y_mm, old.y_pt),
                _typed(self.width_mm, old.width_pt),
                _typed(self.height_mm, old.height_pt),
            )
        )

    def _millimetres(self, minimum: float) -> QDoubleSpinBox:
        field = QDoubleSpinBox(minimum=minimum, maximum=LARGEST_MM, decimals=1, singleStep=1.0, suffix=tr(" mm"))
        # A number half typed must not throw the box about.
        field.setKeyboardTracking(False)
        return field

    def _add(self, row: int, column: int, label: str, name: str, field: QAbstractSpinBox) -> None:
        caption = QLabel(label)
        caption.setBuddy(field)
        field.setAccessibleName(name)
        field.setMinimumHeight(field_height())
        self._grid.addWidget(caption, 2 * row, column)
        self._grid.addWidget(field, 2 * row + 1, column)


def _typed(field: QDoubleSpinBox, old_pt: float) -> float:
    """What the field says; the finer value from before where the field only rounds it."""
    if abs(field.value() - mm_from_pt(old_pt)) <= 0.05 + 1e-9:
        return old_pt
    return pt_from_mm(field.value())
