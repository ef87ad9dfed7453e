"""One registered document: where it stands, what is known of it, what was entered, and what can be done now."""

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from bdsigner.gui.look.icons import set_icon
from bdsigner.gui.look.theme import UNIT, make_primary, strong_font, title_font
from bdsigner.gui.register.document_list import STATE_TONES
from bdsigner.gui.widgets.notice import Notice
from bdsigner.gui.widgets.scrolled import scrolled_column
from bdsigner.gui.widgets.statement import fact_grid, plain_label
from bdsigner.messages.register import describe_entry, describe_state, document_facts, next_step
from bdsigner.messages.translate import tr
from bdsigner.model.registered_document import DocumentState, RegisteredDocument


class DocumentDetails(QWidget):
    review_asked = Signal()
    folder_asked = Signal()
    evidence_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document: RegisteredDocument | None = None
        self.state = Notice()
        self.area, self._column = scrolled_column(tr("Chi tiết văn bản"))
        self._told: QWidget | None = None
        self.review = self._button(tr("&Rà soát, phát hành…"), "shield-check", self.review_asked, is_primary=True)
        self.evidence = self._button(tr("&Lưu bằng chứng…"), "file-text", self.evidence_asked)
        self.folder = self._button(tr("Mở thư &mục"), "folder-open", self.folder_asked)
        column = QVBoxLayout(self)
        column.setContentsMargins(UNIT, 0, 0, 0)
        column.setSpacing(UNIT)
        column.addWidget(self.state)
        column.addWidget(self.area, stretch=1)
        for button in (self.review, self.evidence, self.folder):
            column.addWidget(button)
        self.hide()

    def show_document(self, document: RegisteredDocument) -> None:
        """Replace what is shown."""
        self.document = document
        state = document.state
        self.state.say(STATE_TONES[state], describe_state(state), next_step(document))
        self.evidence.setVisible(state is DocumentState.RELEASED)
        self.review.setVisible(not document.is_incoming)
        told = self._tell(document)
        if self._told is not None:
            self._column.removeWidget(self._told)
            self._told.hide()
            self._told.deleteLater()
        self._told = told
        self._column.insertWidget(0, told)
        self.show()

    def clear(self) -> None:
        """Nothing is chosen."""
        self.document = None
        self.hide()

    def _tell(self, document: RegisteredDocument) -> QWidget:
        told = QWidget()
        column = QVBoxLayout(told)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(UNIT)
        title = plain_label(document.document.title or document.file.name)
        title.setFont(title_font())
        column.addWidget(title)
        column.addWidget(plain_label(document.file.name))
        column.addLayout(fact_grid(document_facts(document), caption_characters=14))
        heading = QLabel(tr("Diễn biến"))
        heading.setFont(strong_font())
        column.addWidget(heading)
        for entry in document.entries:
            column.addWidget(plain_label(describe_entry(entry)))
        column.addStretch(1)
        return told

    def _button(self, text: str, icon_name: str, signal: SignalInstance, *, is_primary: bool = False) -> QPushButton:
        button = QPushButton(text)
        if is_primary:
            make_primary(button)
        role = QPalette.ColorRole.BrightText if is_primary else QPalette.ColorRole.ButtonText
        set_icon(button, icon_name, role, size=2 * UNIT)
        button.clicked.connect(signal)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button
