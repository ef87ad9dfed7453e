"""Whose signed revision to see, where a file was added to after a signature."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from bdsigner.gui.look.theme import UNIT, make_muted
from bdsigner.gui.widgets.elided_combo import ElidedCombo
from bdsigner.gui.widgets.statement import plain_label
from bdsigner.messages.comparison import describe_signer
from bdsigner.messages.translate import tr
from bdsigner.model.comparison import was_added_to
from bdsigner.model.verification import FileReport, SignatureReport


class RevisionBar(QWidget):
    """Hidden for files that end with what each signature covers."""

    signed_wanted = Signal(object)
    """The ``SignatureReport`` whose revision is to be shown, or ``None`` for the judged one."""
    comparison_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._signatures: tuple[SignatureReport, ...] = ()
        self._shown: SignatureReport | None = None
        self.explanation = make_muted(plain_label(tr("Sau chữ ký này, tập tin còn được ghi thêm.")))
        self.choice = ElidedCombo()
        self.choice.setAccessibleName(tr("Chữ ký có phần ghi thêm phía sau"))
        self.choice.activated.connect(self._chosen)
        self.show_button, self.compare_button = QPushButton(), QPushButton(tr("So sánh"))
        self.compare_button.setToolTip(tr("Đặt bản đã ký cạnh bản hiện nay và đánh dấu chỗ khác"))
        self.show_button.clicked.connect(self._toggle)
        self.compare_button.clicked.connect(lambda: self.comparison_wanted.emit(self.signature))
        buttons = QHBoxLayout()
        buttons.setSpacing(UNIT)
        buttons.addWidget(self.show_button)
        buttons.addWidget(self.compare_button)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(UNIT, 0, UNIT, UNIT // 2)
        column.setSpacing(UNIT // 2)
        column.addWidget(self.choice)
        column.addWidget(self.explanation)
        column.addLayout(buttons)
        self.hide()

    @property
    def signature(self) -> SignatureReport:
        """The one that is chosen."""
        return self._signatures[self.choice.currentIndex()]

    def show_report(self, report: FileReport) -> None:
        """Offer the signatures after which something was added; the last of them is chosen."""
        numbered = [(n, one) for n, one in enumerate(report.signatures, start=1) if was_added_to(one, report)]
        self._signatures = tuple(one for _, one in numbered)
        self.choice.clear()
        for number, one in numbered:
            kind = tr("Dấu thời gian {number}") if one.is_document_timestamp else tr("Chữ ký {number}")
            self.choice.addItem(f"{kind.format(number=number)} · {describe_signer(one)}")
        self.choice.setCurrentIndex(len(numbered) - 1)
        self.set_shown(None)
        self.setVisible(bool(numbered))

    def clear(self) -> None:
        """Offer nothing."""
        self._signatures = ()
        self.hide()

    def offers(self, signature: SignatureReport) -> bool:
        """Whether something was added after that signature."""
        return signature in self._signatures

    def set_shown(self, signature: SignatureReport | None) -> None:
        """Say which revision is on the pages now."""
        self._shown = signature
        if signature is not None:
            self.choice.setCurrentIndex(self._signatures.index(signature))
        self.explanation.setVisible(signature is None)  # else the banner over the pages says more
        self.show_button.setText(tr("Xem bản đã ký") if signature is None else tr("Xem bản hiện nay"))

    def _toggle(self) -> None:
        self.signed_wanted.emit(self.signature if self._shown is None else None)

    def _chosen(self) -> None:
        if self._shown is not None:
            self.signed_wanted.emit(self.signature)
