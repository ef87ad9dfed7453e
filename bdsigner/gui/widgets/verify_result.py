"""The outcome of a check: files, verdict, signatures on the left; the judged pages on the right."""

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QScrollArea, QSplitter, QVBoxLayout, QWidget

from bdsigner.app import Application
from bdsigner.gui.look.icons import SIZE, icon_pixmap
from bdsigner.gui.look.theme import UNIT, colours
from bdsigner.gui.verdicts import judge_outcome
from bdsigner.gui.widgets.judged_pages import JudgedPages
from bdsigner.gui.widgets.signature_card import SignatureCard
from bdsigner.gui.widgets.statement import byte_count, fact_grid, statement
from bdsigner.gui.widgets.verdict_card import VerdictCard
from bdsigner.messages.times import show_time
from bdsigner.messages.translate import tr
from bdsigner.model.verification import FileReport, VerificationOutcome

_ROWS_AT_ONCE = 6
_REPORT_SHARE, _PAGES_SHARE = 3, 2
"""How report and pages share the width until the person moves the handle."""


class VerifyResult(QSplitter):
    """Shows outcomes; ``shown`` is the one whose details are open."""

    outcome_shown = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._application: Application | None = None
        self._outcomes: tuple[VerificationOutcome, ...] = ()
        self._is_divided = False
        self.shown: VerificationOutcome | None = None
        self.files = QListWidget()
        self.files.setAccessibleName(tr("Các tập tin đã kiểm tra"))
        self.files.setIconSize(QSize(SIZE, SIZE))
        self.files.currentRowChanged.connect(self._show_row)
        self.verdict = VerdictCard()
        self.signatures: list[SignatureCard] = []
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.pages = JudgedPages()
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, UNIT, 0)
        column.setSpacing(2 * UNIT)
        column.addWidget(self.files)
        column.addWidget(self._area, stretch=1)
        self.addWidget(left)
        self.addWidget(self.pages)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(UNIT)
        self.setStretchFactor(0, _REPORT_SHARE)
        self.setStretchFactor(1, _PAGES_SHARE)

    def show_outcomes(self, application: Application, outcomes: tuple[VerificationOutcome, ...]) -> None:
        """Replace everything; the first outcome is opened."""
        self._application = application
        self._outcomes = outcomes
        with QSignalBlocker(self.files):
            self.files.clear()
            for outcome in outcomes:
                self.files.addItem(_row(outcome))
        self.files.setVisible(len(outcomes) > 1)
        rows = min(len(outcomes), _ROWS_AT_ONCE)
        self.files.setFixedHeight(rows * self.files.sizeHintForRow(0) + 2 * UNIT)
        self.files.setCurrentRow(0)

    def _show_row(self, row: int) -> None:
        if row < 0 or self._application is None:
            return
        outcome = self._outcomes[row]
        self.shown = outcome
        self._area.setWidget(self._report(outcome))
        if outcome.report is not None:
            self.pages.show_report(self._application, outcome.report)
        else:
            self.pages.clear()
        self.pages.setVisible(outcome.report is not None)
        if not self._is_divided:
            # The pages are still empty and would be given next to nothing.
            self.setSizes([self.width() * _REPORT_SHARE, self.width() * _PAGES_SHARE])
            self._is_divided = True
        self.outcome_shown.emit(outcome)

    def _report(self, outcome: VerificationOutcome) -> QWidget:
        body = QWidget()
        body.setProperty("role", "scrolled")
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * UNIT)
        self.verdict = VerdictCard()
        self.verdict.show_judgement(judge_outcome(outcome), outcome.path.name)
        column.addWidget(self.verdict)
        self.signatures = []
        if outcome.report is not None:
            self._add_details(column, outcome.report)
        column.addStretch(1)
        return body

    def _add_details(self, column: QVBoxLayout, report: FileReport) -> None:
        for finding in report.findings:
            column.addWidget(statement(finding))
        for number, signature in enumerate(report.signatures, start=1):
            card = SignatureCard(signature, number)
            self.signatures.append(card)
            column.addWidget(card)
        column.addLayout(fact_grid(_file_facts(report)))


def _row(outcome: VerificationOutcome) -> QListWidgetItem:
    judgement = judge_outcome(outcome)
    item = QListWidgetItem(f"{outcome.path.name}\n{judgement.sentence}")
    colour = QColor(colours().tones[judgement.tone].text)
    picture = icon_pixmap(judgement.shape, colour, SIZE, 2.0)
    icon = QIcon(picture)
    icon.addPixmap(picture, QIcon.Mode.Selected)  # else the style tints it, and colours carry meaning here
    item.setIcon(icon)
    item.setToolTip(str(outcome.path))
    return item


def _file_facts(report: FileReport) -> list[tuple[str, str]]:
    return [
        (tr("Kiểm tra lúc"), show_time(report.checked_at)),
        (tr("Kích thước"), byte_count(report.size_bytes)),
        (tr("SHA-256"), report.sha256),
    ]
