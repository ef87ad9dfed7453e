"""Many verified files: one line each, sorted, filtered, and handed on together."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from bdsigner.gui.look.icons import set_icon
from bdsigner.gui.look.theme import UNIT, make_muted, text_width
from bdsigner.gui.verification.outcome_rows import (
    FILE,
    LEGAL,
    SIGNERS,
    OutcomeRole,
    OutcomeRows,
    Shown,
    ShownRows,
)
from bdsigner.gui.widgets.button_row import ButtonRow, below
from bdsigner.gui.widgets.elided_combo import ElidedCombo
from bdsigner.gui.widgets.line_table import Index, show_as_lines
from bdsigner.messages.translate import tr
from bdsigner.model.verification import VerificationOutcome

_LEAST_ROWS = 2
_NARROW_CHARACTERS, _NARROWER_CHARACTERS = 110, 70
"""In less room than these the legal value and the signers are left to the layers."""
_SEARCH_CHARACTERS = 24


class OutcomeList(QFrame):
    outcome_chosen = Signal(object)
    """The ``VerificationOutcome`` whose layers are to be shown."""
    save_asked = Signal(object)
    """The outcomes that are listed, as a tuple."""
    register_asked = Signal(object, object)
    """The same, and the ``QPoint`` of the screen below the button."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = OutcomeRows(self)
        self._shown = ShownRows(self._rows, self)
        self.table = _Table(self._shown)
        self.table.row_entered.connect(self._tell_chosen)
        self.filter = ElidedCombo()
        self.filter.setAccessibleName(tr("Lọc theo kết luận"))
        self.search = QLineEdit()
        self.search.setAccessibleName(tr("Tìm trong danh sách"))
        self.search.setPlaceholderText(tr("Tìm tên tập tin, người ký…"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(text_width(_SEARCH_CHARACTERS))
        self.save = QPushButton(tr("Lưu phiếu cả &danh sách…"))
        set_icon(self.save, "file-text", size=2 * UNIT)
        self.save.clicked.connect(lambda: self.save_asked.emit(self._shown.outcomes))
        self.register = QPushButton(tr("Vào sổ cả d&anh sách…"))
        set_icon(self.register, "book-open", size=2 * UNIT)
        self.register.clicked.connect(lambda: self.register_asked.emit(self._shown.outcomes, below(self.register)))
        self.count = make_muted(QLabel())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, UNIT)
        column.setSpacing(UNIT)
        # Where there is no room for all, what is done with the list stands below what is listed.
        looking, acting = ButtonRow((self.search, self.filter, self.count)), ButtonRow((self.save, self.register))
        column.addWidget(ButtonRow((looking, acting)))
        column.addWidget(self.table, stretch=1)
        self.search.textChanged.connect(self._filter)
        self.filter.currentIndexChanged.connect(self._filter)

    @property
    def texts(self) -> list[tuple[str, ...]]:
        """What the lines say, as they are listed now."""
        columns = range(self._shown.columnCount())
        return [
            tuple(str(self._shown.index(row, column).data()) for column in columns)
            for row in range(self._shown.rowCount())
        ]

    @property
    def height_of_all(self) -> int:
        """So high that nothing scrolls, in pixels."""
        table = self.table
        rows = self._rows.rowCount() * table.verticalHeader().defaultSectionSize()
        return (
            rows + table.horizontalHeader().sizeHint().height() + self.sizeHint().height() - table.sizeHint().height()
        )

    def show_outcomes(self, outcomes: Sequence[VerificationOutcome]) -> None:
        """Start over, with no filter; the first file is chosen."""
        self._rows.pixel_ratio = self.devicePixelRatioF()
        self._rows.start_over(outcomes)
        self.search.clear()
        self._offer_filters()
        self._filter()
        self.choose(0)

    def replace(self, before: VerificationOutcome, after: VerificationOutcome) -> None:
        """One file was judged again."""
        self._rows.replace(before, after)

    def choose(self, row: int) -> None:
        """Go to a line, counted as they are listed."""
        self.table.setCurrentIndex(self._shown.index(row, FILE))

    def _offer_filters(self) -> None:
        names = {
            Shown.ALL: tr("Tất cả"),
            Shown.PROBLEMS: tr("Có vấn đề"),
            Shown.VALID: tr("Hợp lệ"),
            Shown.UNSIGNED: tr("Không có chữ ký"),
        }
        self.filter.blockSignals(True)
        self.filter.clear()
        for shown, name in names.items():
            count = sum(row.is_shown(shown) for row in self._rows.lines)
            self.filter.addItem(f"{name} ({count})", shown)
        self.filter.blockSignals(False)

    def _filter(self) -> None:
        self._shown.show_only(self.filter.currentData(), self.search.text())
        shown, total = self._shown.rowCount(), self._rows.rowCount()
        self.count.setText(tr("{shown} trên {total} tập tin").format(shown=shown, total=total))
        for button in (self.save, self.register):
            button.setEnabled(shown > 0)
        if shown and not self.table.currentIndex().isValid():
            self.choose(0)

    def _tell_chosen(self, outcome: VerificationOutcome) -> None:
        self.outcome_chosen.emit(outcome)


class _Table(QTableView):
    row_entered = Signal(object)

    def __init__(self, rows: ShownRows) -> None:
        super().__init__()
        self.setModel(rows)
        self.setAccessibleName(tr("Các tập tin đã kiểm tra"))
        show_as_lines(self)
        rows_header = self.verticalHeader()
        rows_header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        height = self.fontMetrics().height() + 2 * UNIT
        rows_header.setDefaultSectionSize(height)
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.setMinimumHeight(header.sizeHint().height() + _LEAST_ROWS * height)
        self.setSortingEnabled(True)
        # The order in which the files were given, until the person wants another.
        self.sortByColumn(-1, Qt.SortOrder.AscendingOrder)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        outcome = current.data(OutcomeRole)
        if outcome is not None and outcome is not previous.data(OutcomeRole):
            self.row_entered.emit(outcome)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setColumnHidden(LEGAL, self.width() < text_width(_NARROW_CHARACTERS))
        self.setColumnHidden(SIGNERS, self.width() < text_width(_NARROWER_CHARACTERS))
