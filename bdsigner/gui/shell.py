"""What the window is made of: the rooms in their order, and how everything stands around them."""

from enum import IntEnum

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from bdsigner.gui.look.theme import UNIT
from bdsigner.gui.widgets.navigation import Navigation
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.token_bar import TokenBar
from bdsigner.gui.widgets.training_banner import TrainingBanner
from bdsigner.messages.translate import tr


class Room(IntEnum):
    """Where the person can be; the order is the navigation's."""

    SIGN = 0
    VERIFY = 1
    ENCRYPTION = 2
    DEVICES = 3
    REQUESTS = 4
    REGISTER = 5
    SETTINGS = 6


def fill_navigation(navigation: Navigation) -> None:
    """One button a room, in their order; settings stand apart."""
    navigation.add_room(tr("Ký &số"), "file-pen-line")
    navigation.add_room(tr("K&iểm tra"), "shield-check")
    navigation.add_room(tr("Mã hóa"), "lock")
    navigation.add_room(tr("Thiết &bị"), "usb")
    navigation.add_room(tr("&Yêu cầu"), "inbox")
    navigation.add_room(tr("Nhậ&t ký"), "book-open")
    navigation.add_gap()
    navigation.add_room(tr("&Cài đặt"), "settings")


def lay_out_shell(
    navigation: Navigation, banner: TrainingBanner, notice: Notice, rooms: QStackedWidget, token_bar: TokenBar
) -> QWidget:
    """Navigation at the left, the notice above the room, the token below everything."""
    content = QVBoxLayout()
    content.setContentsMargins(0, 0, 0, 0)
    content.setSpacing(0)
    content.addWidget(banner)
    frame = QWidget()
    framed = QVBoxLayout(frame)
    framed.setContentsMargins(3 * UNIT, 2 * UNIT, 3 * UNIT, 0)
    framed.addWidget(notice)
    frame.hide()
    notice.shown.connect(frame.setVisible)
    content.addWidget(frame)
    content.addWidget(rooms, stretch=1)
    middle = QHBoxLayout()
    middle.setSpacing(0)
    middle.addWidget(navigation)
    middle.addLayout(content, stretch=1)
    central = QWidget()
    column = QVBoxLayout(central)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addLayout(middle, stretch=1)
    column.addWidget(token_bar)
    return central
