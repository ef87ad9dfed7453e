"""Changes a PIN, or sets a new one with the PUK: every rule is shown while typing, before the card is touched."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from bdsigner.gui.dialogs.pin_dialog import dialog_title
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import UNIT, make_primary
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.pin_row import PinRow
from bdsigner.gui.widgets.scrolled import FittedArea, fit_to_screen, scrolled_column
from bdsigner.gui.widgets.statement import fact_grid
from bdsigner.gui.widgets.tone_icon import ToneIcon
from bdsigner.gui.widgets.tries_panel import TriesPanel
from bdsigner.messages.pin_flaws import ORDER, describe_rule
from bdsigner.messages.translate import tr
from bdsigner.ports import NewPin, NewPinRequest, PinPurpose
from bdsigner.usecases.pin_rules import PinFlaw, find_flaws

_RULE_COLUMNS = 2


class NewPinDialog(QDialog):
    """``take_pins`` hands over what was typed, once."""

    def __init__(self, request: NewPinRequest, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._request = request
        self._typed: NewPin | None = None
        self._rules: dict[PinFlaw, _Rule] = {}
        self._is_confirming = False
        is_change = request.purpose is PinPurpose.CHANGE
        self.setWindowTitle(tr("Đổi mã PIN") if is_change else tr("Mở khóa bằng mã PUK"))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(3 * UNIT, 3 * UNIT, 2 * UNIT, 2 * UNIT)
        outer.setSpacing(2 * UNIT)
        self._area = FittedArea()
        outer.addWidget(self._area)
        _, layout = scrolled_column(self.windowTitle(), self._area)
        title = tr("Đổi mã PIN của thiết bị “{label}”") if is_change else tr("Mở khóa thiết bị “{label}”")
        layout.addWidget(dialog_title(title.format(label=request.token_label)))
        facts = [(tr("Người giữ"), request.holder), (tr("Số thiết bị"), request.token_serial)]
        layout.addLayout(fact_grid(facts))
        pin = request.pin
        self.tries = TriesPanel.for_pin(pin, request.misses_here) if is_change else TriesPanel.for_puk(pin)
        layout.addWidget(self.tries)
        self.notice = Notice()
        layout.addWidget(self.notice)
        self.secret = PinRow(tr("Mã PIN &cũ") if is_change else tr("Mã P&UK (mã mở khóa)"))
        self.new = PinRow(tr("Mã PIN &mới"))
        self.repeated = PinRow(tr("&Nhập lại mã PIN mới"))
        for row in (self.secret, self.new, self.repeated):
            row.edited.connect(self._on_edited)
            layout.addWidget(row)
        layout.addLayout(self._rule_grid())
        layout.addStretch(1)
        outer.addLayout(self._buttons(is_change=is_change))
        self._warn()
        self._on_edited()
        self.secret.field.setFocus()
        fit_to_screen(self, self._area)
        # Queued: the content is laid out by then.
        self._area.content_changed.connect(self._content_changed, Qt.ConnectionType.QueuedConnection)

    def take_pins(self) -> NewPin:
        """The old PIN or PUK and the new PIN; the receiver wipes them."""
        typed, self._typed = self._typed, None
        return typed or NewPin(secret=bytearray(), new=bytearray())

    def done(self, result: int) -> None:
        for row in (self.secret, self.new, self.repeated):
            row.field.wipe()
        super().done(result)

    def _content_changed(self) -> None:
        """The row that is typed in stays in sight, with what is said of the keyboard."""
        fit_to_screen(self, self._area)
        for row in (self.secret, self.new, self.repeated):
            if row.field is self.focusWidget():
                self._area.ensureWidgetVisible(row, 0, 0)

    def _warn(self) -> None:
        if self._request.purpose is PinPurpose.UNBLOCK and self._is_last_try:
            self.notice.say(
                Tone.BROKEN, tr("Chỉ còn MỘT lần thử mã PUK. Nếu nhập sai lần này, thiết bị sẽ hỏng vĩnh viễn.")
            )
        elif self._request.purpose is PinPurpose.UNBLOCK:
            self.notice.say(
                Tone.CAUTION,
                tr("Nhập sai mã PUK nhiều lần thiết bị sẽ hỏng vĩnh viễn."),
                tr("Nếu không chắc mã PUK, đóng cửa sổ này và lập yêu cầu theo Điều 8 khoản 1 điểm a."),
            )
        elif self._request.pin.final_try:
            self.notice.say(Tone.BROKEN, tr("Chỉ còn MỘT lần thử. Nếu nhập sai mã PIN cũ, thiết bị sẽ bị khóa."))
        else:
            self.notice.clear()

    @property
    def _is_last_try(self) -> bool:
        pin = self._request.pin
        return pin.puk_final_try if self._request.purpose is PinPurpose.UNBLOCK else pin.final_try

    def _rule_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(3 * UNIT)
        grid.setVerticalSpacing(UNIT // 2)
        pin = self._request.pin
        shown = [flaw for flaw in ORDER if self._is_shown(flaw)]
        for number, flaw in enumerate(shown):
            rule = self._rules[flaw] = _Rule(describe_rule(flaw, min_length=pin.min_length, max_length=pin.max_length))
            grid.addWidget(rule, number // _RULE_COLUMNS, number % _RULE_COLUMNS)
        return grid

    def _is_shown(self, flaw: PinFlaw) -> bool:
        if flaw is PinFlaw.TOO_LONG:
            return bool(self._request.pin.max_length)
        return flaw is not PinFlaw.SAME_AS_OLD or self._request.purpose is PinPurpose.CHANGE

    def _buttons(self, *, is_change: bool) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, UNIT, 0)
        row.setSpacing(UNIT)
        row.addStretch(1)
        self.cancel_button = QPushButton(tr("&Hủy"))
        self.cancel_button.setAutoDefault(False)
        self.cancel_button.clicked.connect(self.reject)
        self._set_text = tr("Đổi mã &PIN") if is_change else tr("Mở &khóa")
        self.set_button = make_primary(QPushButton(self._set_text))
        self.set_button.setDefault(True)
        self.set_button.clicked.connect(self._on_set)
        row.addWidget(self.cancel_button)
        row.addWidget(self.set_button)
        return row

    def _on_edited(self) -> None:
        if self._is_confirming:
            self._stop_confirming()
        flaws = self._flaws()
        is_empty = self.new.field.byte_count == 0
        for flaw, rule in self._rules.items():
            rule.show_state(None if is_empty else flaw not in flaws)
        self.set_button.setEnabled(not flaws and self.secret.field.byte_count > 0)

    def _flaws(self) -> frozenset[PinFlaw]:
        pin = self._request.pin
        copies = [row.field.peek() for row in (self.new, self.repeated, self.secret)]
        new, repeated, secret = copies
        try:
            return find_flaws(
                new,
                repeated,
                old=secret if self._request.purpose is PinPurpose.CHANGE else bytearray(),
                min_length=pin.min_length,
                max_length=pin.max_length,
                personal_numbers=self._request.personal_numbers,
            )
        finally:
            for copy in copies:
                copy[:] = bytes(len(copy))

    def _confirm_once_more(self) -> None:
        """The last try is asked twice, and a second Enter alone does not answer."""
        self._is_confirming = True
        if self._request.purpose is PinPurpose.UNBLOCK:
            question = tr("Đây là lần thử mã PUK cuối cùng. Bạn có chắc mã PUK vừa nhập là đúng?")
        else:
            question = tr("Đây là lần thử cuối cùng. Bạn có chắc mã PIN vừa nhập là đúng?")
        self.notice.say(Tone.BROKEN, question)
        self.set_button.setText(tr("&Tôi chắc chắn"))
        self.set_button.setDefault(False)
        self.set_button.setAutoDefault(False)
        self.cancel_button.setFocus()

    def _stop_confirming(self) -> None:
        self._is_confirming = False
        self.set_button.setText(self._set_text)
        self.set_button.setDefault(True)
        self._warn()

    def _on_set(self) -> None:
        if self._is_last_try and not self._is_confirming:
            self._confirm_once_more()
            return
        self._typed = NewPin(secret=self.secret.field.take(), new=self.new.field.take())
        self.accept()


class _Rule(QWidget):
    """One rule: open, kept or broken, told by shape, colour and for screen readers by a word."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self._text = text
        self._icon = ToneIcon(Tone.UNKNOWN, 2 * UNIT, name="circle-dashed")
        self._label = QLabel(text)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(UNIT)
        row.addWidget(self._icon, alignment=Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._label, stretch=1)

    def show_state(self, is_kept: bool | None) -> None:
        """``None``: nothing typed yet."""
        tone = {None: Tone.UNKNOWN, True: Tone.VALID, False: Tone.BROKEN}[is_kept]
        word = {None: "", True: tr("đạt"), False: tr("chưa đạt")}[is_kept]
        self._icon.show_tone(tone, "circle-dashed" if is_kept is None else "")
        self.setAccessibleName(f"{self._text}: {word}" if word else self._text)
