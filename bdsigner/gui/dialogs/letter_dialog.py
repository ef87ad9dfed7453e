"""“Báo cáo Thủ trưởng cơ quan”: who reports that a document does not hold, and how it came (Đ18.2)."""

from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from bdsigner.gui.dialogs.pin_dialog import dialog_title
from bdsigner.gui.look.theme import UNIT, make_primary, text_width
from bdsigner.gui.widgets.scrolled import FittedArea, fit_to_screen, scrolled_column
from bdsigner.gui.widgets.statement import plain_label
from bdsigner.messages.translate import tr
from bdsigner.reports.letter import Reporter

_WIDTH_CHARACTERS = 56
_NOTE_LINES = 4


class LetterDialog(QDialog):
    """``reporter`` is what was typed; accepted when the letter is to be saved."""

    def __init__(self, file_name: str, known: Reporter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Báo cáo Thủ trưởng cơ quan"))
        self.name = _field(tr("Họ và tên người báo cáo"), known.name)
        self.title = _field(tr("Chức vụ"), known.title)
        self.agency = _field(tr("Cơ quan"), known.agency)
        self.place = _field(tr("Địa danh"), known.place)
        self.note = QPlainTextEdit()
        self.note.setAccessibleName(tr("Ghi chú: văn bản đến khi nào, bằng đường nào"))
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(self.note.fontMetrics().lineSpacing() * _NOTE_LINES + 2 * UNIT)
        area = FittedArea()
        _, column = scrolled_column(tr("Nội dung báo cáo"), area)
        column.setSpacing(UNIT)
        column.addWidget(dialog_title(tr("Báo cáo văn bản không đạt khi kiểm tra")))
        told = plain_label(
            tr("Báo cáo về {file} ghi nguyên văn kết quả kiểm tra (Điều 18). Ô để trống thành dòng chấm để điền tay.")
        )
        told.setText(told.text().format(file=file_name))
        told.setMinimumWidth(text_width(_WIDTH_CHARACTERS))
        column.addWidget(told)
        for label, field in (
            (tr("&Họ và tên người báo cáo"), self.name),
            (tr("Chứ&c vụ"), self.title),
            (tr("Cơ &quan"), self.agency),
            (tr("Đị&a danh"), self.place),
            (tr("&Ghi chú: văn bản đến khi nào, bằng đường nào"), self.note),
        ):
            caption = QLabel(label)
            caption.setWordWrap(True)
            caption.setBuddy(field)
            column.addWidget(caption)
            column.addWidget(field)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(3 * UNIT, 3 * UNIT, 3 * UNIT, 2 * UNIT)
        layout.setSpacing(2 * UNIT)
        layout.addWidget(area, stretch=1)
        layout.addLayout(self._buttons())
        fit_to_screen(self, area)
        self.name.setFocus()

    @property
    def reporter(self) -> Reporter:
        """As typed."""
        texts = (field.text().strip() for field in (self.name, self.title, self.agency, self.place))
        name, title, agency, place = texts
        return Reporter(name=name, title=title, agency=agency, place=place, note=self.note.toPlainText().strip())

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(UNIT)
        row.addStretch(1)
        self.close_button = QPushButton(tr("Đó&ng"))
        self.close_button.setAutoDefault(False)
        self.close_button.clicked.connect(self.reject)
        self.save_button = make_primary(QPushButton(tr("&Lưu báo cáo…")))
        self.save_button.setDefault(True)
        self.save_button.clicked.connect(self.accept)
        row.addWidget(self.close_button)
        row.addWidget(self.save_button)
        return row


def _field(name: str, text: str) -> QLineEdit:
    field = QLineEdit(text)
    field.setAccessibleName(name)
    return field
