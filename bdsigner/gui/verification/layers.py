"""One file in layers: sentence and reason, clause table, signatures, revisions, facts, and all of it as data."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase, QPalette
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from bdsigner.gui.look.icons import set_icon
from bdsigner.gui.look.theme import UNIT, strong_font
from bdsigner.gui.verdicts import judge_early, judge_outcome, judge_report
from bdsigner.gui.verification.legal_panel import Declared, LegalPanel
from bdsigner.gui.widgets.button_row import ButtonRow, below
from bdsigner.gui.widgets.signature_card import SignatureCard
from bdsigner.gui.widgets.statement import byte_count, fact_grid, plain_label, statement
from bdsigner.gui.widgets.verdict_card import VerdictCard
from bdsigner.messages.findings import describe_content, describe_finding, describe_report
from bdsigner.messages.times import show_time
from bdsigner.messages.translate import tr
from bdsigner.model.verification import FileKind, FileReport, Finding, Severity, VerificationOutcome

_RAW_LINES = 18


class Layers(QWidget):
    """Made for one outcome; ``show_legal`` is all that changes afterwards."""

    content_asked = Signal()
    kind_chosen = Signal(object, object)
    save_asked = Signal()
    register_asked = Signal(object)
    """``QPoint`` of the screen below the button."""
    letter_asked = Signal()

    def __init__(
        self, outcome: VerificationOutcome, declared: Declared = (None, None), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.outcome = outcome
        self.setProperty("role", "scrolled")
        self.signatures: list[SignatureCard] = []
        self.inner: list[VerdictCard] = []
        self.legal: LegalPanel | None = None
        self.raw: QPlainTextEdit | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, UNIT, 0)
        self._column.setSpacing(2 * UNIT)
        self.verdict = VerdictCard()
        self._column.addWidget(self.verdict)
        self.verdict.show_judgement(judge_outcome(outcome), outcome.path.name, outcome.legal)
        report = outcome.report
        if report is not None and report.lacks_content:
            self.verdict.offer(tr("Chọn tập tin &gốc…"), self.content_asked.emit, icon_name="folder-open")
        self._add_actions()
        if report is not None:
            self._add_reasons(report)
        if report is not None and outcome.legal is not None:
            self.legal = LegalPanel(report, outcome.legal)
            self.legal.choose(declared)
            self.legal.kind_chosen.connect(self.kind_chosen)
            self._column.addWidget(self.legal)
        if report is not None:
            self._add_signatures(report)
        self._add_raw()
        self._column.addStretch(1)

    def show_legal(self, outcome: VerificationOutcome) -> None:
        """The same verification, judged as another kind of document."""
        self.outcome = outcome
        self.verdict.show_judgement(judge_outcome(outcome), outcome.path.name, outcome.legal)
        if self.legal is not None and outcome.legal is not None:
            self.legal.show_value(outcome.legal)
        if self.raw is not None:
            self.raw.setPlainText(_as_data(outcome))

    def _add_actions(self) -> None:
        from bdsigner.reports.letter import needs_report  # here: the page is made before a file is verified

        self.save = QPushButton(tr("Lưu &phiếu kiểm tra…"))
        set_icon(self.save, "file-text", size=2 * UNIT)
        self.save.clicked.connect(self.save_asked)
        self.letter = QPushButton(tr("Báo cáo Thủ t&rưởng cơ quan…"))
        set_icon(self.letter, "upload", size=2 * UNIT)
        self.letter.clicked.connect(self.letter_asked)
        self.letter.setVisible(needs_report(self.outcome))
        self.register = QPushButton(tr("&Vào sổ văn bản đến…"))
        set_icon(self.register, "book-open", size=2 * UNIT)
        self.register.clicked.connect(lambda: self.register_asked.emit(below(self.register)))
        self.register.setVisible(self.outcome.report is not None)
        self._column.addWidget(ButtonRow((self.save, self.register, self.letter)))

    def _add_reasons(self, report: FileReport) -> None:
        reasons = _reasons(report)
        if reasons:
            lines = QVBoxLayout()
            lines.setSpacing(UNIT)
            for finding in reasons:
                lines.addWidget(statement(finding))
            self._column.addLayout(lines)

    def _add_signatures(self, report: FileReport) -> None:
        for number, signature in enumerate(report.signatures, start=1):
            card = SignatureCard(signature, number, report.findings)
            self.signatures.append(card)
            self._column.addWidget(card)
        revisions = _revisions(report)
        if len(revisions) > 1:
            self._column.addWidget(_heading(tr("Các phiên bản của tập tin")))
            self._column.addLayout(fact_grid(revisions))
        if report.content is not None:
            self._column.addWidget(plain_label(describe_content(report.content)))
        self._column.addLayout(fact_grid(_file_facts(report)))
        if report.inner is not None and report.inner.verdict is not None:
            self._add_inner(report.inner)

    def _add_inner(self, inner: FileReport) -> None:
        """What the file carries is judged as a file of its own, and looks like one."""
        self._column.addWidget(_heading(tr("Bên trong tập tin này")))
        card = VerdictCard()
        card.show_judgement(judge_report(inner), inner.path.name)
        self.inner.append(card)
        self._column.addWidget(card)
        self._add_reasons(inner)
        self._add_signatures(inner)

    def _add_raw(self) -> None:
        self.raw_button = QPushButton(tr("Toàn bộ dữ liệu kiểm tra (JSON)"))
        self.raw_button.setProperty("role", "disclosure")
        self.raw_button.setCheckable(True)
        set_icon(self.raw_button, "chevron-right", QPalette.ColorRole.Link, 2 * UNIT)
        self.raw_button.toggled.connect(self._show_raw)
        self._column.addWidget(self.raw_button, alignment=Qt.AlignmentFlag.AlignLeft)

    def _show_raw(self, is_open: bool) -> None:  # slot of a signal
        shape = "chevron-down" if is_open else "chevron-right"
        set_icon(self.raw_button, shape, QPalette.ColorRole.Link, 2 * UNIT)
        if self.raw is None:
            self.raw = QPlainTextEdit(_as_data(self.outcome))
            self.raw.setReadOnly(True)
            self.raw.setTabChangesFocus(True)
            font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
            font.setPointSizeF(self.font().pointSizeF())
            self.raw.setFont(font)
            self.raw.setAccessibleName(tr("Toàn bộ dữ liệu kiểm tra"))
            self.raw.setMinimumHeight(self.raw.fontMetrics().lineSpacing() * _RAW_LINES)
            self._column.insertWidget(self._column.indexOf(self.raw_button) + 1, self.raw)
        self.raw.setVisible(is_open)


class EarlyLayers(QWidget):
    """What is known of a file that is still being judged; ``Layers`` take its place."""

    stop_asked = Signal()

    def __init__(self, report: FileReport, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "scrolled")
        self.verdict = VerdictCard()
        self.verdict.show_judgement(judge_early(report), report.path.name)
        self.verdict.offer(tr("Dừng"), self.stop_asked.emit)
        self.verdict.button.setToolTip(tr("Dừng (Esc)"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, UNIT, 0)
        column.addWidget(self.verdict)
        column.addStretch(1)


def _reasons(report: FileReport) -> list[Finding]:
    """All that is known of the file, and what is known against a signature, but for what the verdict says itself."""
    told = describe_report(report).reason
    against = [
        finding
        for severity in (Severity.FAIL, Severity.UNKNOWN)
        for signature in report.signatures
        for finding in signature.findings
        if finding.severity is severity
    ]
    sentences = {describe_finding(finding): finding for finding in (*report.findings, *against)}
    return [finding for finding in sentences.values() if describe_finding(finding, is_short=True) not in told]


def _as_data(outcome: VerificationOutcome) -> str:
    from bdsigner.reports.verification_json import encode, file_json  # here: few ask for it

    return encode(file_json(outcome)).decode()


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(strong_font())
    label.setWordWrap(True)
    return label


def _revisions(report: FileReport) -> list[tuple[str, str]]:
    """What each signature saw of the file, in the order of the file."""
    if report.kind is not FileKind.PDF:
        return []
    rows = []
    for one in sorted(report.signatures, key=lambda signature: signature.revision):
        name = one.signer.common_name or one.signer.subject if one.signer else tr("Không rõ người ký")
        what = tr("{name} đóng dấu thời gian") if one.is_document_timestamp else tr("{name} ký")
        rows.append(
            (
                tr("Phiên bản {number}").format(number=one.revision),
                f"{what.format(name=name)} · " + tr("{size} đầu tiên").format(size=byte_count(one.covered_bytes)),
            )
        )
    return rows


def _file_facts(report: FileReport) -> list[tuple[str, str]]:
    return [
        (tr("Kiểm tra lúc"), show_time(report.checked_at)),
        (tr("Kích thước"), byte_count(report.size_bytes)),
        (tr("SHA-256"), report.sha256),
    ]
