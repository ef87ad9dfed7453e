"""One field of a form: label as the form prints it, what stands there, and what speaks against it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from bdsigner.errors import BdsignerError
from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import UNIT, make_muted, set_tone
from bdsigner.gui.requests.editors import make_editor
from bdsigner.gui.requests.long_editor import LongEditor
from bdsigner.gui.widgets.statement import plain_label
from bdsigner.gui.widgets.tone_icon import ToneIcon
from bdsigner.messages.errors import describe_code
from bdsigner.messages.translate import tr
from bdsigner.model.form import FormField

_SHAPE_SIDE = 2 * UNIT


class FieldRow(QWidget):
    """An error is said once the person has left the field, or was told of everything that is missing."""

    edited = Signal()

    def __init__(self, field: FormField, *, is_required: bool, max_years: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.is_touched = False
        """The person has typed here: what the program knows no longer goes before it."""
        self._problem: BdsignerError | None = None
        self._is_prefilled = False
        self._is_told = False
        self.editor = make_editor(field, max_years=max_years)
        name = self._label = field.label.rstrip(": ")
        self.caption = QLabel(f"{name} *" if is_required else name)
        self.caption.setTextFormat(Qt.TextFormat.PlainText)
        self.caption.setWordWrap(True)
        self.mark = make_muted(QLabel(tr("đã điền sẵn")))
        self._shape = ToneIcon(Tone.BROKEN, _SHAPE_SIDE)
        self.error = plain_label("")
        self._name = tr("{label}, bắt buộc").format(label=name) if is_required else name
        self._lay_out()
        self.editor.edited.connect(self._edit)
        self.editor.left.connect(self._leave)
        self._tell()

    @property
    def is_wide(self) -> bool:
        """Whether it wants the whole line."""
        return isinstance(self.editor, LongEditor)

    @property
    def value(self) -> str:
        return self.editor.value

    @property
    def error_text(self) -> str:
        """What is said against it now."""
        return self.error.text() if not self.error.isHidden() else ""

    def show_value(self, value: str, *, is_refused: bool = False) -> None:
        """What the program knows; where the person has typed, only how that is written, once it is left and right."""
        if not self.is_touched:
            self.editor.show_value(value)
            self._is_prefilled = bool(value)
            self._tell()
        elif not is_refused and not self.editor.control.hasFocus():
            self.editor.show_value(value)

    def set_problem(self, problem: BdsignerError | None) -> None:
        """What speaks against what stands here now; told as soon as the person has left it."""
        self._problem = problem
        self._tell()

    def tell_now(self) -> None:
        """Say what is wrong or missing also of a field that was never visited."""
        self._is_told = True
        self._tell()

    def _edit(self) -> None:
        self.is_touched, self._is_prefilled, self._is_told = True, False, False
        self._tell()
        self.edited.emit()

    def _leave(self) -> None:
        self._is_told = self.is_touched or self._is_told
        self._tell()

    def _tell(self) -> None:
        shown = self._problem if self._is_told else None
        # Its label ends in a colon on the paper, not in a sentence.
        told = describe_code(shown.code, {**shown.facts, "label": self._label}) if shown is not None else None
        self.error.setText(told.sentence if told is not None else "")
        for widget in (self.error, self._shape):
            widget.setVisible(shown is not None)
        self.mark.setVisible(self._is_prefilled)
        said = [self.error.text(), self.mark.text() if self._is_prefilled else ""]
        self.editor.set_names(self._name, " ".join(text for text in said if text))

    def _lay_out(self) -> None:
        self.caption.setBuddy(self.editor.control)
        set_tone(self.error, Tone.BROKEN)
        head = QHBoxLayout()
        head.setSpacing(UNIT)
        head.addWidget(self.caption, stretch=1)
        head.addWidget(self.mark, alignment=Qt.AlignmentFlag.AlignBottom)
        told = QHBoxLayout()
        told.setSpacing(UNIT // 2)
        told.addWidget(self._shape, alignment=Qt.AlignmentFlag.AlignTop)
        told.addWidget(self.error, stretch=1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(UNIT // 2)
        column.addLayout(head)
        column.addWidget(self.editor)
        column.addLayout(told)
        column.addStretch(1)
