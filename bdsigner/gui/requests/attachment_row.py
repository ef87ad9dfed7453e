"""One paper that goes with a form: which file it is, or that it is missing."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import UNIT, make_muted
from bdsigner.gui.widgets.button_row import ButtonRow
from bdsigner.gui.widgets.statement import breakable, plain_label
from bdsigner.gui.widgets.tone_icon import ToneIcon
from bdsigner.messages.sizes import describe_size
from bdsigner.messages.translate import tr
from bdsigner.model.form import Attachment
from bdsigner.model.request import KeptFile

PAPER_FILTER = "*.pdf *.PDF *.jpg *.jpeg *.JPG *.JPEG *.png *.PNG *.tif *.tiff"


class AttachmentRow(QWidget):
    """A file is chosen, or dropped on it (see ``RequestsPage.take_drop``)."""

    chosen = Signal(str, object)
    """``Attachment.id`` and the ``Path``; an empty path takes the paper away."""

    def __init__(self, attachment: Attachment, kept: KeptFile | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.attachment = attachment
        self.kept = kept
        self._shape = ToneIcon(
            Tone.UNKNOWN if kept is None else Tone.VALID, 2 * UNIT, name="circle-dashed" if kept is None else ""
        )
        told = (
            tr("Chưa có tập tin; thả tập tin vào đây hoặc bấm Chọn tập tin.")
            if kept is None
            else f"{kept.name} · {describe_size(kept.size_bytes)}"
        )
        self.told = make_muted(plain_label(breakable(told)))
        self.choose_button = QPushButton(tr("Chọn tập tin…") if kept is None else tr("Chọn tập tin khác…"))
        self.choose_button.setAccessibleName(tr("Chọn tập tin: {name}").format(name=attachment.name))
        self.choose_button.clicked.connect(self._choose)
        self.remove_button = QPushButton(tr("Bỏ ra"))
        self.remove_button.setAccessibleName(tr("Bỏ ra: {name}").format(name=attachment.name))
        self.remove_button.clicked.connect(lambda: self.take(Path()))
        self.remove_button.setVisible(kept is not None)
        texts = QVBoxLayout()
        texts.setSpacing(UNIT // 2)
        texts.addWidget(plain_label(attachment.name))
        texts.addWidget(self.told)
        texts.addWidget(ButtonRow([self.choose_button, self.remove_button]))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(UNIT)
        row.addWidget(self._shape, alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, stretch=1)

    def take(self, path: Path) -> None:
        """This file is the paper."""
        self.chosen.emit(self.attachment.id, path)

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.attachment.name)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            [tr("Bản chụp, tập tin PDF ({pattern})").format(pattern=PAPER_FILTER), tr("Mọi tập tin (*)")]
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self.take(Path(name)))
        dialog.open()
