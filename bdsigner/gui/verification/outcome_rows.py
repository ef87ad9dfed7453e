"""The verified files as a table model: one row each, told once, sorted and filtered without looking again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QObject, QSortFilterProxyModel, Qt

from bdsigner.gui.look.colours import Tone
from bdsigner.gui.verdicts import Judgement, judge_outcome, standing_tone
from bdsigner.gui.widgets.line_table import Index, LineModel
from bdsigner.messages.legal_value import describe_legal
from bdsigner.messages.translate import tr
from bdsigner.model.verification import Verdict, VerificationOutcome
from bdsigner.model.vietnamese import fold, is_in, searchable

FILE, VERDICT, SIGNERS, LEGAL = range(4)
OutcomeRole = Qt.ItemDataRole.UserRole

_WORST_FIRST = (Tone.BROKEN, Tone.UNKNOWN, Tone.CAUTION, Tone.VALID)


class Shown(Enum):
    """Which files the list is to show."""

    ALL = auto()
    PROBLEMS = auto()
    VALID = auto()
    UNSIGNED = auto()


@dataclass(frozen=True, slots=True)
class Row:
    """What the list says of one file."""

    outcome: VerificationOutcome
    judgement: Judgement
    signers: str
    legal: str
    legal_tone: Tone | None
    search_text: str
    sort_keys: tuple[str, str, str, str]
    """By column: judgements by their weight, not by their letters."""

    @classmethod
    def of(cls, outcome: VerificationOutcome) -> "Row":
        """Put the words together."""
        judgement, value = judge_outcome(outcome), outcome.legal
        signers = "; ".join(dict.fromkeys(_signers(outcome)))
        legal, legal_tone = ("", None) if value is None else (describe_legal(value), standing_tone(value))
        return cls(
            outcome=outcome,
            judgement=judgement,
            signers=signers,
            legal=legal,
            legal_tone=legal_tone,
            search_text=searchable(f"{outcome.path.name}\n{judgement.sentence}\n{signers}"),
            sort_keys=(
                fold(outcome.path.name),
                f"{_weight(judgement.tone)}{judgement.sentence}",
                fold(signers),
                f"{_weight(legal_tone)}{legal}",
            ),
        )

    @property
    def texts(self) -> tuple[str, str, str, str]:
        """By column."""
        return self.outcome.path.name, self.judgement.sentence, self.signers, self.legal

    def is_shown(self, shown: Shown) -> bool:
        """Whether the file is one of these."""
        report = self.outcome.report
        match shown:
            case Shown.ALL:
                return True
            case Shown.UNSIGNED:
                return report is not None and report.verdict is None
            case Shown.VALID:
                return report is not None and report.verdict is Verdict.VALID
            case Shown.PROBLEMS:
                return report is None or report.verdict in (Verdict.INVALID, Verdict.INDETERMINATE)


class OutcomeRows(LineModel[Row]):
    """The rows in the order the files were given."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent, (tr("Tập tin"), tr("Kết luận"), tr("Người ký"), tr("Giá trị pháp lý")))

    def start_over(self, outcomes: Sequence[VerificationOutcome]) -> None:
        """Replace everything."""
        self.set_lines([Row.of(outcome) for outcome in outcomes])

    def replace(self, before: VerificationOutcome, after: VerificationOutcome) -> None:
        """One file was judged again."""
        for number, row in enumerate(self.lines):
            if row.outcome is before:
                self.lines[number] = Row.of(after)
                self.dataChanged.emit(self.index(number, FILE), self.index(number, LEGAL))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self.lines[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.texts[column]
            case Qt.ItemDataRole.ToolTipRole:
                return str(row.outcome.path) if column == FILE else row.texts[column]
            case Qt.ItemDataRole.AccessibleTextRole:
                return ". ".join(text for text in row.texts if text)
            case Qt.ItemDataRole.DecorationRole if column == FILE:
                return self.icon(row.judgement.tone, row.judgement.shape)
            case Qt.ItemDataRole.DecorationRole if column == LEGAL and row.legal_tone is not None:
                return self.icon(row.legal_tone)
            case int(value) if value == OutcomeRole:
                return row.outcome
            case _:
                return None


class ShownRows(QSortFilterProxyModel):
    """Those of the rows that the person wants to see, in the order the person wants."""

    def __init__(self, rows: OutcomeRows, parent: QObject) -> None:
        super().__init__(parent)
        self._rows = rows
        self._shown = Shown.ALL
        self._words = ""
        self.setSourceModel(rows)

    def show_only(self, shown: Shown, words: str) -> None:
        """Files of that sort whose name, verdict or signers have these words."""
        self._shown, self._words = shown, words
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        one = self._rows.lines[row]
        return one.is_shown(self._shown) and is_in(self._words, one.search_text)

    def lessThan(self, left: Index, right: Index) -> bool:
        rows, column = self._rows.lines, left.column()
        return rows[left.row()].sort_keys[column] < rows[right.row()].sort_keys[column]

    @property
    def outcomes(self) -> tuple[VerificationOutcome, ...]:
        """As they are listed now."""
        places = (self.mapToSource(self.index(row, FILE)).row() for row in range(self.rowCount()))
        return tuple(self._rows.lines[place].outcome for place in places)


def _weight(tone: Tone | None) -> int:
    return len(_WORST_FIRST) if tone is None else _WORST_FIRST.index(tone)


def _signers(outcome: VerificationOutcome) -> Iterator[str]:
    report = outcome.report
    while report is not None:
        for one in report.signatures:
            if one.signer is not None and not one.is_document_timestamp:
                yield one.signer.common_name or one.signer.subject
        report = report.inner
