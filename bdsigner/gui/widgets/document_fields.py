"""What a person says of a document to be signed: kind and mode, number and date, whether it is secret (Đ10)."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from bdsigner.gui.look.theme import UNIT
from bdsigner.gui.widgets.elided_combo import ElidedCombo
from bdsigner.messages.declaration import KIND_NAMES, MODE_NAMES
from bdsigner.messages.translate import tr
from bdsigner.model.layout import DateLine, DocumentLayout
from bdsigner.model.signing_rules import Declaration, KindGroup, SigningMode

_CHOICES = (
    (KindGroup.OFFICIAL, SigningMode.ORIGINAL),
    (KindGroup.OFFICIAL, SigningMode.COPY),
    (KindGroup.INTERNAL, SigningMode.ORIGINAL),
    (KindGroup.BETWEEN_SUBSCRIBERS, SigningMode.ORIGINAL),
)
DATE_FORMATS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")


class DocumentFields(QWidget):
    """Shows a declaration and tells of every change by ``edited``; knows no rules."""

    edited = Signal(object)
    """The new ``Declaration``."""
    next_wanted = Signal(str, int)
    """Symbol and year: the person wants the next number of the register."""
    submitter_named = Signal(str)
    """Who submitted it (Đ10.3a): no rule depends on it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._declaration = Declaration()
        self._source = Path()
        self.kind = ElidedCombo()
        self.kind.setAccessibleName(tr("Loại văn bản"))
        for kind, mode in _CHOICES:
            name = tr(KIND_NAMES[kind])
            is_official = kind is KindGroup.OFFICIAL
            self.kind.addItem(f"{name} · {tr(MODE_NAMES[mode])}" if is_official else name, (kind, mode))
        caption = QLabel(tr("&Loại văn bản"))
        caption.setBuddy(self.kind)
        self.number = QLineEdit()
        self.number.setAccessibleName(tr("Số văn bản"))
        self.number.setMaxLength(12)
        self.issued = QLineEdit()
        self.issued.setAccessibleName(tr("Ngày ban hành"))
        self.issued.setPlaceholderText(tr("ngày/tháng/năm"))
        self.today = QPushButton(tr("&Hôm nay"))
        self.today.setAccessibleName(tr("Ghi ngày hôm nay"))
        self.symbol = QLabel()
        self.next_number = QPushButton(tr("Số t&iếp"))
        self.next_number.setAccessibleName(tr("Lấy số tiếp theo từ sổ của cơ quan"))
        self._year = datetime.now().astimezone().year
        self.paper_signed = QCheckBox(tr("Bản giấy đã có chữ ký của\nngười có thẩm quyền"))
        self.secret = QCheckBox(tr("Là văn bản mật"))
        self.submitted_by = QLineEdit()
        self.submitted_by.setAccessibleName(tr("Người trình"))
        self.submitted_by.setPlaceholderText(tr("để ghi vào nhật ký, không bắt buộc"))
        self.submitted_by.setMaxLength(200)
        submitted = QLabel(tr("Đơn &vị, người trình"))
        submitted.setBuddy(self.submitted_by)
        self._slots = self._build_slots()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(UNIT)
        for widget in (
            caption,
            self.kind,
            self._slots,
            self.paper_signed,
            self.secret,
            submitted,
            self.submitted_by,
        ):
            column.addWidget(widget)
        self.kind.activated.connect(self._edited)
        self.number.textEdited.connect(self._edited)
        self.issued.textEdited.connect(self._edited)
        self.today.clicked.connect(self._fill_today)
        self.next_number.clicked.connect(self._want_next)
        self.paper_signed.clicked.connect(self._edited)
        self.secret.clicked.connect(self._edited)
        self.submitted_by.textEdited.connect(self.submitter_named)
        self._show_parts(DocumentLayout(has_text=False, is_administrative=False))

    @property
    def date_problem(self) -> str:
        """Why what is typed is no date; empty when it is one, or nothing."""
        text = self.issued.text().strip()
        if not text or not self.issued.isEnabled() or self._typed_date() is not None:
            return ""
        return tr("“{text}” không phải là ngày. Nhập như 05/02/2026.").format(text=text)

    def show_declaration(self, source: Path, declaration: Declaration, layout: DocumentLayout) -> None:
        """Follow what is declared and what stands on the page; what was typed for this very file is left."""
        if source != self._source:
            self._source = source
            self.number.clear()
            self.issued.clear()
        self._declaration = declaration
        with QSignalBlocker(self.kind):
            self.kind.setCurrentIndex(_CHOICES.index((declaration.kind, declaration.mode)))
        self.paper_signed.setChecked(declaration.is_paper_signed)
        self.secret.setChecked(declaration.is_secret)
        self._show_parts(layout)

    def _build_slots(self) -> QWidget:
        widget = QWidget()
        grid = QGridLayout(widget)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(UNIT)
        grid.setVerticalSpacing(UNIT // 2)
        number, issued = QLabel(tr("&Số")), QLabel(tr("N&gày"))
        number.setBuddy(self.number)
        issued.setBuddy(self.issued)
        grid.addWidget(number, 0, 0)
        grid.addWidget(self.number, 1, 0)
        beside = QHBoxLayout()
        beside.addWidget(self.symbol)
        beside.addStretch(1)
        grid.addLayout(beside, 0, 1)
        grid.addWidget(self.next_number, 1, 1)
        grid.addWidget(issued, 2, 0)
        grid.addWidget(self.issued, 3, 0)
        grid.addWidget(self.today, 3, 1)
        grid.setColumnStretch(0, 1)
        return widget

    def _show_parts(self, layout: DocumentLayout) -> None:
        declared = self._declaration
        is_official = declared.kind is KindGroup.OFFICIAL
        is_original = is_official and declared.mode is SigningMode.ORIGINAL
        self._slots.setVisible(is_original and (layout.number is not None or layout.date is not None))
        self.paper_signed.setVisible(is_official and not is_original)
        number = layout.number
        self._show_slot(self.number, number.number.value if number is not None else None, declared.number)
        self.symbol.setText(f"/{number.symbol}" if number is not None else "")
        self.next_number.setVisible(number is not None and not number.number.is_filled)
        if layout.date is not None and layout.date.year.value.isdigit():
            self._year = int(layout.date.year.value)
        written = _written(layout.date)
        typed = f"{declared.issued:%d/%m/%Y}" if declared.issued is not None else ""
        self._show_slot(self.issued, written, typed)
        self.today.setVisible(written == "")

    def _show_slot(self, field: QLineEdit, written: str | None, typed: str) -> None:
        """What stands on the page is shown and cannot be changed; an empty slot can be filled."""
        field.setEnabled(written == "")
        if written:
            field.setText(written)
        elif typed and not field.text():
            field.setText(typed)

    def take_number(self, number: str) -> None:
        """The register gave a number."""
        if number:
            self.number.setText(number)
            self._edited()

    def _want_next(self) -> None:
        typed = self._typed_date()
        self.next_wanted.emit(self.symbol.text().removeprefix("/"), typed.year if typed is not None else self._year)

    def _fill_today(self) -> None:
        self.issued.setText(f"{datetime.now().astimezone():%d/%m/%Y}")
        self._edited()

    def _edited(self, *_: object) -> None:
        kind, mode = self.kind.currentData()
        is_original = kind is KindGroup.OFFICIAL and mode is SigningMode.ORIGINAL
        self._declaration = replace(
            self._declaration,
            kind=kind,
            mode=mode,
            number=self.number.text().strip() if is_original and self.number.isEnabled() else "",
            issued=self._typed_date() if is_original and self.issued.isEnabled() else None,
            is_paper_signed=self.paper_signed.isChecked() and mode is SigningMode.COPY,
            is_secret=self.secret.isChecked(),
        )
        self.edited.emit(self._declaration)

    def _typed_date(self) -> date | None:
        text = self.issued.text().strip()
        for form in DATE_FORMATS:
            try:
                return datetime.strptime(text, form).date()  # noqa: DTZ007  # a day of the calendar, no moment
            except ValueError:
                continue
        return None


def _written(line: DateLine | None) -> str | None:
    """The date on the page; empty when part of it is missing, ``None`` without such a line."""
    if line is None:
        return None
    return f"{line.day.value}/{line.month.value}/{line.year.value}" if line.is_filled else ""
