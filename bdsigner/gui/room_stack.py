"""The rooms of the window in their order; a page takes the place of what stood in for it."""

from PySide6.QtWidgets import QStackedWidget, QWidget

from bdsigner.gui.shell import Room
from bdsigner.gui.widgets.empty_state import nothing_to_sign

_LEAST_ROOM = (620, 320)
"""Fits a screen of 1024 × 700; without it the widest form of any page, shown or not, would set the least size."""


class RoomStack(QStackedWidget):
    """Each room is empty until its page is made, but for the first, which says what to drop."""

    def __init__(self) -> None:
        super().__init__()
        self.entrance = nothing_to_sign()
        self._stand_ins = [self.entrance, *(QWidget() for _ in range(len(Room) - 1))]
        for one in self._stand_ins:
            self.addWidget(one)

    def stand_in(self, room: Room) -> QWidget:
        """What is there as long as the page cannot be made."""
        return self._stand_ins[room]

    def furnish(self, room: Room, page: QWidget) -> None:
        """Put a page in the place of what stood in for it."""
        page.setMinimumSize(*_LEAST_ROOM)
        is_here = self.currentIndex() == room
        self.insertWidget(room, page)
        if is_here:
            self.setCurrentWidget(page)
        stand_in = self._stand_ins[room]
        self.removeWidget(stand_in)
        stand_in.deleteLater()
