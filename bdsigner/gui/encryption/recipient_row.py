"""One chosen recipient: who, whether anything may be encrypted for them, and what can be done about it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.icons import set_icon
from bdsigner.gui.look.theme import UNIT, make_muted, strong_font
from bdsigner.gui.widgets.statement import plain_label
from bdsigner.gui.widgets.tone_icon import ToneIcon
from bdsigner.messages.directory_texts import describe_recipient
from bdsigner.messages.translate import tr
from bdsigner.model.certificate import CertificateStatus
from bdsigner.model.directory import CheckedRecipient, DirectoryEntry

_CHECKING_SHAPE = "circle-dashed"


class RecipientRow(QFrame):
    """``checked`` is ``None`` until the check has ended."""

    removed = Signal()
    replaced = Signal(object)
    """The person wants the newer certificate, a ``DirectoryEntry``."""

    def __init__(self, entry: DirectoryEntry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entry = entry
        self.checked: CheckedRecipient | None = None
        self.setProperty("role", "card")
        self.setAccessibleName(entry.name)
        self.icon = ToneIcon(Tone.UNKNOWN, 2 * UNIT, name=_CHECKING_SHAPE)
        self.name = plain_label(entry.name)
        self.name.setFont(strong_font())
        self.place = make_muted(
            plain_label(" · ".join(part for part in (entry.title, entry.agency, entry.email) if part))
        )
        self.place.setVisible(bool(self.place.text()))
        self.status = plain_label(tr("Đang kiểm tra chứng thư số…"))
        self.newer_button = QPushButton(tr("Dùng chứng thư số mới"))
        self.newer_button.clicked.connect(self._take_newer)
        self.newer_button.hide()
        self.remove_button = QPushButton()
        self.remove_button.setProperty("role", "flat")
        set_icon(self.remove_button, "trash-2", size=2 * UNIT)
        remove = tr("Bỏ {name}").format(name=entry.name)
        self.remove_button.setToolTip(remove)
        self.remove_button.setAccessibleName(remove)
        self.remove_button.clicked.connect(self.removed)
        texts = QVBoxLayout()
        texts.setSpacing(UNIT // 2)
        for label in (self.name, self.place, self.status):
            texts.addWidget(label)
        texts.addWidget(self.newer_button, alignment=Qt.AlignmentFlag.AlignLeft)
        row = QHBoxLayout(self)
        row.setContentsMargins(UNIT * 3 // 2, UNIT, UNIT, UNIT)
        row.setSpacing(UNIT)
        row.addWidget(self.icon, alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, stretch=1)
        row.addWidget(self.remove_button, alignment=Qt.AlignmentFlag.AlignTop)

    def show_checked(self, checked: CheckedRecipient) -> None:
        """What the check found."""
        self.checked = checked
        status, remedy = describe_recipient(checked)
        match checked.assessment.status:
            case CertificateStatus.GOOD:
                tone = Tone.VALID if checked.newer is None and not checked.entry.is_stale else Tone.CAUTION
            case CertificateStatus.UNKNOWN:
                tone = Tone.UNKNOWN
            case _:
                tone = Tone.BROKEN
        self.icon.show_tone(tone)
        self.status.setText(f"{status[:1].upper()}{status[1:]}. {remedy}".rstrip())
        self.newer_button.setVisible(checked.newer is not None)

    def show_unchecked(self) -> None:
        """The check could not be made at all; the person may remove or add the recipient again."""
        self.icon.show_tone(Tone.UNKNOWN)
        self.status.setText(tr("Chưa kiểm tra được chứng thư số."))

    def _take_newer(self) -> None:
        if self.checked is not None and self.checked.newer is not None:
            self.replaced.emit(self.checked.newer)
