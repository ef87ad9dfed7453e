"""Many files on the signing page, as a sheet of small pages or as a list, and what is done with them together."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QButtonGroup,
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from bdsigner.gui.look.icons import set_icon
from bdsigner.gui.look.theme import UNIT, make_muted
from bdsigner.gui.signing.sign_files import SignFile
from bdsigner.gui.widgets.sign_list import SignList
from bdsigner.gui.widgets.sign_sheet import SignSheet
from bdsigner.messages.translate import tr


class SignOverview(QFrame):
    """Keeps sheet and list agreed on what they show; decides nothing."""

    file_chosen = Signal(int)
    removal_asked = Signal(int)
    opened = Signal(int)
    """A file is to be looked at closely."""
    form_chosen = Signal(str)
    """``sheet`` or ``list``, by the person."""
    spread_asked = Signal()
    """The other files' signatures are to stand where this one's does."""
    keep_asked = Signal()
    """The file looked at, which seemed odd, is meant to be signed where it is."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = SignList()
        self.sheet = SignSheet()
        self._files: Sequence[SignFile] = ()
        self._current = 0
        self._odd: set[int] = set()
        self._shown: set[int] = set()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.sheet)
        self._stack.addWidget(self.list)
        self._build_bar()
        self.spread = QPushButton(tr("Dùng ch&ung vị trí này\ncho các tập tin khác"))
        self.spread.setToolTip(
            tr("Chỉ tập tin có trang cùng khổ, và chỉ khi khung nằm trong chỗ được ký, không đè lên chữ.")
        )
        self.spread.setAccessibleDescription(self.spread.toolTip())
        self.note = make_muted(QLabel())
        self.note.setWordWrap(True)
        self.keep = QPushButton(tr("Chỗ ký này đúng"))
        self._foot = QWidget()
        foot = QVBoxLayout(self._foot)
        foot.setContentsMargins(UNIT, UNIT, UNIT, UNIT)
        foot.setSpacing(UNIT)
        for widget in (self.note, self.keep, self.spread):
            foot.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(self._stack, 1)
        column.addWidget(self._foot)
        self._tell_count()
        least = max(self.only_odd.sizeHint().width(), self.spread.sizeHint().width()) + 2 * UNIT
        self.setMinimumWidth(max(least, self.list.minimumWidth(), self.sheet.minimumWidth()))
        self.say("")
        self._connect()

    def set_form(self, form: str) -> None:
        """``sheet`` or ``list``."""
        is_sheet = form == "sheet"
        (self.as_sheet if is_sheet else self.as_list).setChecked(True)
        if (self._stack.currentWidget() is self.sheet) != is_sheet:
            self._stack.setCurrentWidget(self.sheet if is_sheet else self.list)
            self._fill()

    def show_files(self, files: Sequence[SignFile], *, current: int = 0) -> None:
        """Start over with these files and choose one."""
        self._files = files
        self._current = current
        with QSignalBlocker(self.only_odd):
            self.only_odd.setChecked(False)
        self._shown = set(range(len(files)))
        self.set_odd(())
        self._fill()
        self.say("")

    def show_file(self, number: int) -> None:
        """Tell one file anew."""
        if self._is_sheet:
            self.sheet.show_file(number)
        else:
            self.list.show_file(number, self._files[number])

    def tell_again(self) -> None:
        """The files are the same, what is known of them is not."""
        if self._is_sheet:
            self.sheet.tell_again()
        else:
            self.list.tell_again(self._files)

    def set_odd(self, numbers: Collection[int]) -> None:
        """Which files are to be looked at; one that was put right stays in sight until the choice is made anew."""
        self._odd = set(numbers)
        self._tell_count()
        if self.only_odd.isChecked() and not self._odd <= self._shown:
            self._filter(self._shown | self._odd)

    def offer(self, *, spread: bool, keep: bool, is_over: bool) -> None:
        """What can be done with the place of the file looked at: give it to the others, call it right; at the end nothing."""
        self._foot.setVisible(not is_over)
        self.spread.setEnabled(spread)
        self.keep.setVisible(keep)

    def say(self, sentence: str) -> None:
        """What came of the last thing done with all files."""
        self.note.setText(sentence)
        self.note.setVisible(bool(sentence))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_bar()

    # Inside

    @property
    def _is_sheet(self) -> bool:
        return self._stack.currentWidget() is self.sheet

    def _fill(self) -> None:
        """Put the files into the form that is seen; the other one gets them when it is wanted."""
        if self._is_sheet:
            self.sheet.show_files(self._files, sorted(self._shown), current=self._current)
        else:
            self.list.show_files(self._files, current=self._current)
            self.list.show_only(self._shown)

    def _fit_bar(self) -> None:
        """Two lines where one is too narrow, as with large text."""
        needed = self.only_odd.sizeHint().width() + self._buttons.sizeHint().width() + 3 * UNIT
        is_narrow = self.width() < needed
        self._row.setDirection(QBoxLayout.Direction.TopToBottom if is_narrow else QBoxLayout.Direction.LeftToRight)

    def _build_bar(self) -> None:
        self.only_odd = QCheckBox()
        self.as_sheet = self._form_button("layout-grid", tr("Xem dạng trang nhỏ"))
        self.as_list = self._form_button("list", tr("Xem dạng danh sách"))
        self._forms = QButtonGroup(self)
        self._buttons = QWidget()
        beside = QHBoxLayout(self._buttons)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(UNIT // 2)
        for button in (self.as_sheet, self.as_list):
            self._forms.addButton(button)
            beside.addWidget(button)
        self._bar = QWidget()
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self._bar)
        self._row.setContentsMargins(UNIT, UNIT // 2, UNIT, UNIT // 2)
        self._row.setSpacing(UNIT // 2)
        self._row.addWidget(self.only_odd)
        self._row.addStretch(1)
        self._row.addWidget(self._buttons, 0, Qt.AlignmentFlag.AlignRight)

    def _form_button(self, icon: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setCheckable(True)
        button.setProperty("role", "flat")
        set_icon(button, icon, size=max(18, self.fontMetrics().height()))
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _connect(self) -> None:
        for form in (self.list, self.sheet):
            form.file_chosen.connect(self._chosen)
            form.removal_asked.connect(self.removal_asked)
            form.opened.connect(self.opened)
        self._forms.buttonClicked.connect(self._form_clicked)
        self.only_odd.toggled.connect(self._filter_toggled)
        self.spread.clicked.connect(self.spread_asked)
        self.keep.clicked.connect(self.keep_asked)

    def _tell_count(self) -> None:
        self.only_odd.setText(tr("Chỉ &xem tập tin\ncần xem lại ({count})").format(count=len(self._odd)))
        self.only_odd.setVisible(bool(self._odd) or self.only_odd.isChecked())
        self._fit_bar()

    def _chosen(self, number: int) -> None:
        self._current = number
        self.say("")
        self.file_chosen.emit(number)

    def _form_clicked(self) -> None:
        form = "sheet" if self.as_sheet.isChecked() else "list"
        self.set_form(form)
        self.form_chosen.emit(form)

    def _filter_toggled(self, is_wanted: bool) -> None:
        self._filter(self._odd if is_wanted else set(range(len(self._files))))

    def _filter(self, numbers: set[int]) -> None:
        """Leave all others out; the file looked at stays chosen, or the first one is."""
        self._shown = set(numbers)
        is_left_out = bool(self._shown) and self._current not in self._shown
        if is_left_out:
            self._current = min(self._shown)
        self._fill()
        if is_left_out:
            self._chosen(self._current)
        self._tell_count()
