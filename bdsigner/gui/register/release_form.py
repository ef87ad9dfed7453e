"""What the clerk fills in to release a document, or to return it (Đ10.3c)."""

import re
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from bdsigner.gui.look.theme import UNIT, make_primary
from bdsigner.gui.widgets.elided_combo import ElidedCombo
from bdsigner.gui.widgets.objection_list import ObjectionList
from bdsigner.messages.translate import tr
from bdsigner.model.profile import SendingChannel
from bdsigner.model.release_candidate import ReleaseOrder
from bdsigner.model.signing_rules import Objection

_BETWEEN = re.compile(r"[,;\s]+")
"""Mail addresses are parted by these; other recipients by commas and semicolons, as their names have blanks."""
_BETWEEN_NAMES = re.compile(r"[,;\n]+")


class ReleaseForm(QWidget):
    release_asked = Signal()
    return_asked = Signal()
    edited = Signal()
    """Channel, sender, recipients or reviewer are other ones now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._channels: tuple[SendingChannel, ...] = ()
        self.reviewer = self._line(tr("Văn thư rà soát"))
        self.channel = ElidedCombo()
        self.channel.setAccessibleName(tr("Đường gửi"))
        self.mailbox = self._line(tr("Hộp thư gửi"))
        self.recipients = self._line(tr("Nơi nhận"))
        self.recipients.setPlaceholderText(tr("cách nhau bằng dấu phẩy"))
        self.objections = ObjectionList()
        self.release = make_primary(QPushButton(tr("&Phát hành")))
        self.reason = self._line(tr("Lý do trả lại"))
        self.give_back = QPushButton(tr("T&rả lại"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(UNIT)
        self._captions = [
            self._captioned(column, tr("&Văn thư rà soát"), self.reviewer),
            self._captioned(column, tr("Gửi &qua"), self.channel),
            self._captioned(column, tr("&Hộp thư gửi"), self.mailbox),
            self._captioned(column, tr("&Nơi nhận"), self.recipients),
        ]
        column.addWidget(self.objections)
        column.addWidget(self.release)
        column.addSpacing(UNIT)
        self._captioned(column, tr("&Lý do trả lại"), self.reason)
        column.addWidget(self.give_back)
        self.channel.currentIndexChanged.connect(self._channel_changed)
        for line in (self.reviewer, self.mailbox, self.recipients):
            line.textEdited.connect(lambda _: self.edited.emit())
        self.reason.textEdited.connect(lambda _: self._update())
        self.reviewer.textEdited.connect(lambda _: self._update())
        self.release.clicked.connect(self.release_asked)
        self.give_back.clicked.connect(self.return_asked)
        self._update()

    def start_over(self, channels: Sequence[SendingChannel], *, reviewer: str, mailbox: str) -> None:
        """Begin with another document; what is the same from one to the next is there already."""
        self._channels = tuple(channels)
        self.channel.clear()
        for channel in channels:
            self.channel.addItem(channel.name, channel.id)
        self.reviewer.setText(reviewer)
        self.mailbox.setText(mailbox)
        self.recipients.clear()
        self.reason.clear()
        self.objections.show_objections(())
        self._update()

    @property
    def order(self) -> ReleaseOrder:
        """What is filled in."""
        between = _BETWEEN if self._is_mail else _BETWEEN_NAMES
        named = (name.strip() for name in between.split(self.recipients.text()))
        return ReleaseOrder(
            channel=self.channel.currentData() or "",
            sender=self.mailbox.text().strip() if self._is_mail else "",
            recipients=tuple(name for name in named if name),
        )

    def show_objections(self, objections: Sequence[Objection]) -> None:
        """What forbids the release as it is filled in."""
        self.objections.show_objections(objections)
        self._update()

    def set_working(self, *, is_working: bool) -> None:
        """While it is entered nothing can be changed."""
        self.setEnabled(not is_working)

    @property
    def _is_mail(self) -> bool:
        chosen = self.channel.currentIndex()
        return 0 <= chosen < len(self._channels) and self._channels[chosen].is_mail

    def _channel_changed(self) -> None:
        self._update()
        self.edited.emit()

    def _update(self) -> None:
        self.mailbox.setVisible(self._is_mail)
        self._captions[2].setVisible(self._is_mail)
        is_named = bool(self.reviewer.text().strip())
        self.release.setEnabled(is_named)
        self.give_back.setEnabled(is_named and bool(self.reason.text().strip()))

    @staticmethod
    def _line(name: str) -> QLineEdit:
        line = QLineEdit()
        line.setAccessibleName(name)
        line.setMaxLength(2_000)
        return line

    @staticmethod
    def _captioned(column: QVBoxLayout, text: str, field: QWidget) -> QLabel:
        caption = QLabel(text)
        caption.setBuddy(field)
        column.addWidget(caption)
        column.addWidget(field)
        return caption
