"""The clause table of one signature: Điều khoản, nội dung, kết quả, căn cứ (regulation.md §9)."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QObject, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from bdsigner.gui.look.theme import UNIT, colours, text_width
from bdsigner.gui.verdicts import clause_tone
from bdsigner.gui.widgets.line_table import ICON_SIDE, Index, LineModel, show_as_lines
from bdsigner.gui.widgets.statement import breakable
from bdsigner.messages.legal_value import describe_clause, describe_clause_outcome, describe_result
from bdsigner.messages.translate import tr
from bdsigner.model.legal_value import CITATIONS, ClauseResult

CLAUSE, QUESTION, OUTCOME, WHY = range(4)
_NARROW_CHARACTERS = 76
"""In less room than this what a line rests on stands below what it asks."""
_WIDE_CHARACTERS = 120
_OUTCOME_NARROW, _OUTCOME_CHARACTERS, _OUTCOME_WIDE = 15, 20, 30
"""Of the widest answer; in one line where there is room for it."""
_PADDING, _MARGIN = 6, 4
"""Around each cell, from the style sheet; and what the style leaves beside a text or an icon, rather a pixel too much."""


class _Clauses(LineModel[ClauseResult]):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent, (tr("Điều"), tr("Nội dung"), tr("Kết quả"), tr("Căn cứ")))
        self.is_narrow = False

    def set_narrow(self, *, is_narrow: bool) -> None:
        self.is_narrow = is_narrow
        if self.lines:
            self.dataChanged.emit(self.index(0, QUESTION), self.index(len(self.lines) - 1, QUESTION))

    def text(self, row: int, column: int) -> str:
        result = self.lines[row]
        match column:
            case 0:
                return CITATIONS[result.clause]
            case 1:
                question = describe_clause(result.clause)
                return f"{question}\n→ {breakable(describe_result(result))}" if self.is_narrow else question
            case 2:
                return describe_clause_outcome(result.outcome)
            case _:
                return breakable(describe_result(result))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        result = self.lines[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.text(index.row(), index.column())
            case Qt.ItemDataRole.AccessibleTextRole:
                return _line(result)
            case Qt.ItemDataRole.TextAlignmentRole:
                return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
            case Qt.ItemDataRole.DecorationRole if index.column() == OUTCOME:
                return self.icon(clause_tone(result.outcome))
            case Qt.ItemDataRole.ForegroundRole if index.column() == OUTCOME:
                return QColor(colours().tones[clause_tone(result.outcome)].text)
            case _:
                return None


class _Cell(QStyledItemDelegate):
    """Text that wraps, its icon beside the first line; the style itself would centre the one and misjudge the other."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        option.decorationAlignment = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        metrics = self._table.fontMetrics()
        text = str(index.data())
        around = 2 * (_PADDING + _MARGIN) + (ICON_SIDE + 2 * _MARGIN if index.column() == OUTCOME else 0)
        if index.column() == CLAUSE:
            return QSize(metrics.horizontalAdvance(text) + around, metrics.height() + 2 * _PADDING)
        width = self._table.columnWidth(index.column())
        return QSize(width, self._wrapped_height(text, width - around) + 2 * _PADDING)

    def _wrapped_height(self, text: str, width: int) -> int:
        """As the style lays text out: font metrics break lines elsewhere now and then, and the last one was lost."""
        layout = QTextLayout(text.replace("\n", "\u2028"), self._table.font())
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WordWrap)
        layout.setTextOption(option)
        height = 0.0
        layout.beginLayout()
        while (line := layout.createLine()).isValid():
            line.setLineWidth(max(1, width))
            height += line.height()
        layout.endLayout()
        return math.ceil(height)


class ClauseTable(QTableView):
    """As high as its lines: what it stands in scrolls, not the table."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clauses = _Clauses(self)
        self.setModel(self._clauses)
        self.setItemDelegate(_Cell(self))
        self.setAccessibleName(tr("Từng điều khoản"))
        show_as_lines(self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWordWrap(True)
        self.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.horizontalHeader()
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(QUESTION, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(WHY, QHeaderView.ResizeMode.Stretch)
        # The header shares the width out later than the table gets it, and several times: the last one counts.
        self._fitting = QTimer(self, singleShot=True, interval=0)
        self._fitting.timeout.connect(self._fit_height)
        header.sectionResized.connect(lambda *_: self._fitting.start())

    @property
    def lines(self) -> list[tuple[str, str, str, str]]:
        """What stands there, for tests and for copying."""
        return [
            (
                CITATIONS[one.clause],
                describe_clause(one.clause),
                describe_clause_outcome(one.outcome),
                describe_result(one),
            )
            for one in self._clauses.lines
        ]

    def show_clauses(self, results: Sequence[ClauseResult]) -> None:
        """Replace the lines."""
        self._clauses.pixel_ratio = self.devicePixelRatioF()
        self._clauses.set_lines(results)
        self._lay_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._lay_out()

    def _lay_out(self) -> None:
        is_narrow = self.width() < text_width(_NARROW_CHARACTERS)
        if is_narrow != self._clauses.is_narrow:
            self._clauses.set_narrow(is_narrow=is_narrow)
        self.setColumnHidden(WHY, is_narrow)
        is_wide = self.width() >= text_width(_WIDE_CHARACTERS)
        characters = _OUTCOME_NARROW if is_narrow else _OUTCOME_WIDE if is_wide else _OUTCOME_CHARACTERS
        self.setColumnWidth(OUTCOME, text_width(characters) + ICON_SIDE + 3 * UNIT)
        self.setColumnWidth(
            CLAUSE, max(self.sizeHintForColumn(CLAUSE), self.horizontalHeader().sectionSizeHint(CLAUSE))
        )
        self._fit_height()

    def _fit_height(self) -> None:
        # Not resizeRowsToContents: it leaves out columns that are not in sight yet.
        columns = [column for column in range(WHY + 1) if not self.isColumnHidden(column)]
        for row in range(len(self._clauses.lines)):
            hints = (self.sizeHintForIndex(self._clauses.index(row, column)) for column in columns)
            self.setRowHeight(row, max(hint.height() for hint in hints))
        height = self.horizontalHeader().sizeHint().height() + self.verticalHeader().length() + 2 * self.frameWidth()
        if height != self.height():
            self.setFixedHeight(height)


def _line(result: ClauseResult) -> str:
    """A whole line for screen readers, whatever cell they are on."""
    parts = (CITATIONS[result.clause], describe_clause(result.clause), describe_clause_outcome(result.outcome))
    return f"{': '.join(parts)}. {describe_result(result)}"
