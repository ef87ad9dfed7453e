"""The right-hand column of the signing page: what is left to decide."""

from pathlib import Path

from PySide6.QtCore import QLocale, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from bdsigner.errors import BdsignerError
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import UNIT, make_muted, strong_font
from bdsigner.gui.signing.sign_files import SignFile, empty_places, signature_count
from bdsigner.gui.widgets.box_fields import BoxFields
from bdsigner.gui.widgets.document_fields import DocumentFields
from bdsigner.gui.widgets.elided_combo import ElidedCombo
from bdsigner.gui.widgets.elided_label import ElidedLabel
from bdsigner.gui.widgets.notice import Notice, NoticeAction
from bdsigner.gui.widgets.objection_list import ObjectionList
from bdsigner.gui.widgets.signer_choice import SignerChoice
from bdsigner.messages.translate import tr
from bdsigner.model.signature import SignatureLevel


class SignOptions(QScrollArea):
    visibility_changed = Signal(bool)
    place_chosen = Signal(str)
    """Name of an existing empty field; empty for a place of one's own."""
    name_changed = Signal(str)
    """File name of the output, as typed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Its fields take the focus; the area itself is no stop.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._content = content = QWidget()
        content.setProperty("role", "scrolled")
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(UNIT * 2, UNIT * 2, UNIT * 2, UNIT)
        self._column.setSpacing(UNIT)
        self._build_file()
        self._build_signer()
        self._build_document()
        self._build_place()
        self._build_output()
        self.watch = QCheckBox(tr("Theo dõi thư mục: bản quét\nmới tự hiện trong danh sách"))
        self.watch.hide()
        self._column.addWidget(self.watch)
        self.error = Notice()
        self._column.addWidget(self.error)
        self._column.addStretch(1)
        self.setWidget(content)

    @property
    def is_visible_signature(self) -> bool:
        return self.visible.isChecked()

    @property
    def level(self) -> SignatureLevel:
        return SignatureLevel.B_T if self.timestamp.isChecked() else SignatureLevel.B_B

    def show_file(self, file: SignFile, *, is_one_of_many: bool) -> None:
        """Show what is known and decided of one file."""
        self.file_name.setText(file.source.name)
        self.file_name.setToolTip(str(file.source))
        self.file_facts.setText(_facts(file))
        self._show_notes(file)
        self.show_examination(file)
        self._show_places(file)
        self._show_box(file)
        self.output_caption.setVisible(not is_one_of_many)
        self.output.setVisible(not is_one_of_many)
        with QSignalBlocker(self.output):
            self.output.setText(file.output_name)
        self.output.setToolTip(str(file.folder / file.output_name))
        self._show_output_note(file, is_one_of_many=is_one_of_many)

    def needed_width(self) -> int:
        """The narrowest column in which nothing reaches past the edge."""
        return self._content.minimumSizeHint().width() + self.verticalScrollBar().sizeHint().width()

    def show_examination(self, file: SignFile) -> None:
        """Show what is declared and what the rules say to it."""
        found = file.examination
        self.document.setVisible(found is not None)
        if found is not None:
            self.document.show_declaration(file.source, file.declaration or found.declaration, found.layout)
            if self.document.submitted_by.text() != file.submitted_by:
                self.document.submitted_by.setText(file.submitted_by)
        self.objections.show_objections(found.objections if found is not None and file.problem is None else ())

    def show_box(self, file: SignFile) -> None:
        """Follow the box while it is moved."""
        self._show_box(file)

    def say_error(self, error: BdsignerError, *, action: NoticeAction | None = None) -> None:
        """What went wrong and what to do, where the person is about to try again."""
        self.error.say_error(error, action=action)
        # Sizes are known once the card has been laid out.
        QTimer.singleShot(0, self, self._reveal_error)

    def _reveal_error(self) -> None:
        self._column.activate()
        self.ensureWidgetVisible(self.error, 0, UNIT)

    def _build_file(self) -> None:
        self.file_name = ElidedLabel()
        self.file_name.setFont(strong_font())
        self.file_facts = make_muted(_wrapped())
        self.note = Notice()
        self._column.addWidget(self.file_name)
        self._column.addWidget(self.file_facts)
        self._column.addWidget(self.note)
        self._column.addSpacing(UNIT)

    def _build_signer(self) -> None:
        self.signers = SignerChoice()
        self._caption(tr("Chứ&ng thư số"), self.signers.combo)
        self._column.addWidget(self.signers)
        self._column.addSpacing(UNIT)

    def _build_document(self) -> None:
        self.document = DocumentFields()
        self.objections = ObjectionList()
        self._column.addWidget(self.document)
        self._column.addWidget(self.objections)
        self._column.addSpacing(UNIT)

    def _build_place(self) -> None:
        self.visible = QCheckBox(tr("&Hiện chữ ký trên trang"))
        self.visible.setChecked(True)
        self.visible.toggled.connect(self._visibility_toggled)
        self._column.addWidget(self.visible)
        self.places = ElidedCombo()
        self.places.setAccessibleName(tr("Vị trí chữ ký"))
        self.places.activated.connect(lambda _index: self.place_chosen.emit(self.places.currentData()))
        self._column.addWidget(self.places)
        self.box = BoxFields()
        self._column.addWidget(self.box)
        self._column.addSpacing(UNIT)

    def _build_output(self) -> None:
        self.timestamp = QCheckBox(tr("Có &dấu thời gian"))
        self.timestamp.setChecked(True)
        self.timestamp.setToolTip(tr("Máy chủ dấu thời gian chứng nhận chữ ký có trước lúc nào (Điều 11)."))
        self.timestamp_note = make_muted(_wrapped())
        self.timestamp_note.setText(tr("Không có dấu thời gian thì giờ ký chỉ là giờ do máy này khai."))
        self.timestamp_note.hide()
        self.timestamp.toggled.connect(self.timestamp_note.setHidden)
        self._column.addWidget(self.timestamp)
        self._column.addWidget(self.timestamp_note)
        self._column.addSpacing(UNIT)
        self.output = QLineEdit()
        self.output.setAccessibleName(tr("Tên tập tin sau khi ký"))
        self.output.textChanged.connect(self.name_changed)
        self.output_caption = self._caption(tr("Lư&u thành"), self.output)
        self._column.addWidget(self.output)
        self.output_note = make_muted(_wrapped())
        self._column.addWidget(self.output_note)

    def _caption(self, text: str, buddy: QWidget) -> QLabel:
        label = QLabel(text)
        label.setBuddy(buddy)
        self._column.addWidget(label)
        return label

    def _visibility_toggled(self, is_visible: bool) -> None:
        self.visibility_changed.emit(is_visible)

    def _show_notes(self, file: SignFile) -> None:
        signatures = signature_count(file.info) if file.info is not None else 0
        if file.problem is not None:
            self.note.say_error(file.problem)
        elif signatures:
            title = tr("Văn bản đã có {count} chữ ký").format(count=signatures)
            self.note.say(Tone.UNKNOWN, title, tr("Ký thêm không làm thay đổi các chữ ký trước."))
        else:
            self.note.clear()

    def _show_places(self, file: SignFile) -> None:
        names = list(empty_places(file.info)) if file.info is not None else []
        self.places.clear()
        for name in names:
            self.places.addItem(tr("Ô ký có sẵn: {name}").format(name=name), name)
        self.places.addItem(tr("Tự đặt trên trang"), "")
        self.places.setCurrentIndex(self.places.findData(file.field))
        self.places.setVisible(bool(names) and self.is_visible_signature)

    def _show_box(self, file: SignFile) -> None:
        place = file.place
        self.box.setVisible(self.is_visible_signature and place is not None)
        self.box.setEnabled(not file.field)
        if place is not None and file.info is not None:
            self.box.show_box(place, len(file.info.pages))

    def _show_output_note(self, file: SignFile, *, is_one_of_many: bool) -> None:
        if is_one_of_many:
            self.output_note.setText(tr("Mỗi bản đã ký nằm cạnh bản gốc; bản gốc không bị thay đổi."))
        else:
            self.output_note.setText(tr("Trong thư mục {folder}").format(folder=_short(file.folder)))
            self.output_note.setToolTip(str(file.folder))


def _facts(file: SignFile) -> str:
    if file.info is None:
        return tr("Đang đọc…") if file.problem is None else ""
    size = QLocale().formattedDataSize(file.info.size_bytes, 1, QLocale.DataSizeFormat.DataSizeTraditionalFormat)
    facts = tr("{pages} trang · {size}").format(pages=len(file.info.pages), size=size)
    return f"{facts} · {file.info.archival.name}" if file.info.archival is not None else facts


def _short(folder: Path) -> str:
    """The end of a path that people recognise."""
    return str(Path(*folder.parts[-2:])) if len(folder.parts) > 3 else str(folder)


def _wrapped() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
