"""Which editor fits which kind of field."""

from bdsigner.gui.requests.boxes_editor import BoxesEditor
from bdsigner.gui.requests.choice_editor import ChoiceEditor
from bdsigner.gui.requests.editor import Editor
from bdsigner.gui.requests.line_editor import LineEditor
from bdsigner.gui.requests.long_editor import LongEditor
from bdsigner.messages.form_choices import choice_name
from bdsigner.messages.translate import tr
from bdsigner.model.form import FieldKind, FormField

_LONG_CHARACTERS = 400
"""What may be longer is written over several lines."""


def make_editor(field: FormField, *, max_years: int) -> Editor:
    """Empty, and without names yet."""
    match field.kind:
        case FieldKind.BOXES:
            return BoxesEditor(field.choices)
        case FieldKind.CHOICE:
            return ChoiceEditor([(choice, choice_name(choice)) for choice in field.choices])
        case FieldKind.YEARS:
            years = range(1, max_years + 1)
            return ChoiceEditor([(f"{count:02}", tr("{count} năm").format(count=count)) for count in years])
        case _:
            return LongEditor() if field.most_characters >= _LONG_CHARACTERS else LineEditor(field)
