"""Whose certificate signs: a choice with name, title and last day of validity."""

from datetime import UTC, datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import UNIT, make_muted, set_tone
from bdsigner.gui.widgets.elided_combo import ElidedCombo
from bdsigner.messages.times import show_date
from bdsigner.messages.translate import tr
from bdsigner.model.token import SignerIdentity, SignerListing


class SignerChoice(QWidget):
    chosen = Signal()
    """Another signer, or none, stands there now."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._listing: SignerListing | None = None
        self._remembered = ""
        self.combo = ElidedCombo()
        self.combo.setPlaceholderText(tr("Chọn chứng thư số…"))
        self.combo.setAccessibleName(tr("Chứng thư số dùng để ký"))
        self.details = make_muted(QLabel())
        self.details.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(UNIT // 2)
        column.addWidget(self.combo)
        column.addWidget(self.details)
        self.combo.currentIndexChanged.connect(self._show_details)
        self._show_details()

    @property
    def signer(self) -> SignerIdentity | None:
        signers = self._listing.signers if self._listing is not None else ()
        index = self.combo.currentIndex()
        return signers[index] if 0 <= index < len(signers) else None

    @property
    def why_none(self) -> str:
        """Why nobody can sign now; empty when somebody can."""
        listing = self._listing
        if listing is None:
            return tr("Đang tìm thiết bị…")
        if not listing.tokens:
            return tr("Chưa thấy thiết bị ký. Cắm thiết bị (USB token) vào máy.")
        if not listing.signers:
            return tr("Thiết bị không có chứng thư số dùng để ký.")
        signer = self.signer
        if signer is None:
            return tr("Chọn chứng thư số để ký.")
        if signer.token.pin.locked:
            return tr("Thiết bị “{label}” đã bị khóa PIN.").format(label=signer.token.label)
        return ""

    @property
    def is_nobody_there(self) -> bool:
        """Whether looking at the tokens again is what helps."""
        return self._listing is None or not self._listing.signers

    def remember(self, fingerprint: str) -> None:
        """SHA-256 of the certificate that signed last: chosen again when it is there among others."""
        self._remembered = fingerprint

    def set_listing(self, listing: SignerListing) -> None:
        """Offer who is there now.

        Whoever was chosen stays chosen while present, else who signed last; one alone needs no choice.  Among
        several others nobody is chosen for the person: it would be somebody's signature.  An open list is left
        open unless somebody came or went.
        """
        before = self.signer
        is_same = self._listing is not None and _keys(self._listing) == _keys(listing)
        self._listing = listing
        if not is_same:
            self.combo.blockSignals(True)
            self.combo.clear()
            self.combo.addItems([_title(signer) for signer in listing.signers])
            self.combo.setCurrentIndex(self._index_for(before, listing))
            self.combo.blockSignals(False)
            self.combo.setEnabled(bool(listing.signers))
        self._show_details()

    def _index_for(self, before: SignerIdentity | None, listing: SignerListing) -> int:
        for index, signer in enumerate(listing.signers):
            if before is not None and (signer.token.serial, signer.key_id) == (before.token.serial, before.key_id):
                return index
        for index, signer in enumerate(listing.signers):
            if signer.certificate.sha256 == self._remembered:
                return index
        return 0 if len(listing.signers) == 1 else -1

    def _show_details(self) -> None:
        signer = self.signer
        self.details.setVisible(signer is not None)
        if signer is not None:
            certificate = signer.certificate
            is_expired = certificate.not_after < datetime.now(UTC)
            text = tr("đã hết hạn từ {date}") if is_expired else tr("còn hạn đến {date}")
            parts = [certificate.organization, signer.token.label, text.format(date=show_date(certificate.not_after))]
            self.details.setText(" · ".join(part for part in parts if part))
            set_tone(self.details, Tone.BROKEN if is_expired else None)
            self.combo.setToolTip(self.combo.currentText())
        self.chosen.emit()


def _keys(listing: SignerListing) -> list[tuple[str, str, str]]:
    return [(signer.token.serial, signer.key_id, signer.certificate.sha256) for signer in listing.signers]


def _title(signer: SignerIdentity) -> str:
    certificate = signer.certificate
    parts = [certificate.common_name, certificate.title, tr("đến {date}").format(date=show_date(certificate.not_after))]
    return " · ".join(part for part in parts if part)
