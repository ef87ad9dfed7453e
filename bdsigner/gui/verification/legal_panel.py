"""What the signatures are worth under Điều 11 and Điều 12: as which kind of document, clause by clause."""

from collections import Counter

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from bdsigner.gui.look.theme import UNIT, make_muted, strong_font
from bdsigner.gui.verification.clause_table import ClauseTable
from bdsigner.gui.widgets.elided_combo import ElidedCombo
from bdsigner.gui.widgets.statement import plain_label
from bdsigner.messages.declaration import describe_kind_and_mode
from bdsigner.messages.legal_value import describe_clause_outcome
from bdsigner.messages.translate import tr
from bdsigner.model.legal_value import ClauseOutcome, LegalValue
from bdsigner.model.signing_rules import KindGroup, SigningMode
from bdsigner.model.verification import FileReport, Verdict

Declared = tuple[KindGroup | None, SigningMode | None]
"""What the person says a document is; ``None``: the document itself is asked."""
_CHOICES = (
    (KindGroup.OFFICIAL, SigningMode.ORIGINAL),
    (KindGroup.OFFICIAL, SigningMode.COPY),
    (KindGroup.INTERNAL, SigningMode.ORIGINAL),
    (KindGroup.BETWEEN_SUBSCRIBERS, SigningMode.ORIGINAL),
)


class LegalPanel(QFrame):
    kind_chosen = Signal(object, object)
    """``KindGroup`` and ``SigningMode``, either ``None``; by the person."""

    def __init__(self, report: FileReport, legal: LegalValue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._names = _signature_names(report)
        broken = (one.field_name for one in report.signatures if one.verdict is Verdict.INVALID)
        self._first = next((name for name in broken if name in _judged(legal)), legal.decided_by)
        """Looked at first: what speaks against the file, else what decides."""
        self._legal = legal
        heading = QLabel(tr("Từng điều khoản (Điều 11, Điều 12)"))
        heading.setFont(strong_font())
        heading.setWordWrap(True)
        self.summary = make_muted(plain_label(""))
        self.kind = ElidedCombo()
        self.kind.setAccessibleName(tr("Loại văn bản"))
        self.kind.setToolTip(tr("Chọn loại khác thì giá trị pháp lý được xét lại; chữ ký không phải kiểm tra lại."))
        self.kind.addItem("", (None, None))
        for kind, mode in _CHOICES:
            self.kind.addItem(describe_kind_and_mode(kind, mode), (kind, mode))
        self.signature = ElidedCombo()
        self.signature.setAccessibleName(tr("Chữ ký được xét"))
        self.table = ClauseTable()
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * UNIT, 2 * UNIT, 2 * UNIT, UNIT)
        column.setSpacing(UNIT)
        column.addWidget(heading)
        column.addWidget(self.summary)
        column.addLayout(_labelled(tr("&Loại văn bản"), self.kind))
        column.addWidget(self.signature)
        column.addWidget(self.table)
        self.kind.activated.connect(lambda _: self.kind_chosen.emit(*self.kind.currentData()))
        self.signature.currentIndexChanged.connect(self._show_signature)
        self.show_value(legal)

    def show_value(self, legal: LegalValue) -> None:
        """Replace the judgement; the signature that was looked at stays."""
        self._legal = legal
        looked_at = self.signature.currentData() or self._first
        with QSignalBlocker(self.signature):
            self.signature.clear()
            for value in legal.signatures:
                self.signature.addItem(self._names.get(value.field_name, value.field_name), value.field_name)
            self.signature.setCurrentIndex(max(0, self.signature.findData(looked_at)))
        self.signature.setVisible(len(legal.signatures) > 1)
        self._show_signature()

    def choose(self, declared: Declared) -> None:
        """Show what the person said before."""
        self.kind.setCurrentIndex(1 + _CHOICES.index(declared) if declared in _CHOICES else 0)

    def _show_signature(self) -> None:
        value = self._legal.signatures[max(0, self.signature.currentIndex())]
        read = "" if value.is_kind_declared else f": {describe_kind_and_mode(value.kind, value.mode)}"
        self.kind.setItemText(0, tr("Nhận biết tự động") + read)
        counts = Counter(result.outcome for result in value.clauses)
        told = [f"{counts[one]} {describe_clause_outcome(one)}" for one in ClauseOutcome if counts[one]]
        self.summary.setText(" · ".join(told))
        self.table.show_clauses(value.clauses)


def _judged(legal: LegalValue) -> set[str]:
    return {value.field_name for value in legal.signatures}


def _labelled(text: str, field: QWidget) -> QHBoxLayout:
    label = make_muted(QLabel(text))
    label.setBuddy(field)
    row = QHBoxLayout()
    row.setSpacing(UNIT)
    row.addWidget(label)
    row.addWidget(field, stretch=1)
    return row


def _signature_names(report: FileReport) -> dict[str, str]:
    """By field name; numbered as the cards below are."""
    named = {}
    for number, one in enumerate(report.signatures, start=1):
        name = one.signer.common_name or one.signer.subject if one.signer else tr("Không rõ người ký")
        named[one.field_name] = tr("Chữ ký {number}").format(number=number) + f": {name}"
    return named
