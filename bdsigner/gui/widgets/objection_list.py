"""What the rules say against a signature, one card each, those that stop first."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from bdsigner.gui.look.colours import Tone
from bdsigner.gui.look.theme import UNIT
from bdsigner.gui.widgets.notice import Notice
from bdsigner.messages.errors import describe_code
from bdsigner.messages.translate import tr
from bdsigner.model.signing_rules import Objection, ObjectionWeight

_TONES = {
    ObjectionWeight.STOP: Tone.BROKEN,
    ObjectionWeight.CONFIRM: Tone.CAUTION,
    ObjectionWeight.NOTE: Tone.UNKNOWN,
}


class ObjectionList(QWidget):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.notices: list[Notice] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(UNIT)
        self.hide()

    def show_objections(self, objections: Sequence[Objection]) -> None:
        """Cards are kept and told anew, so that nothing jumps while a person types."""
        for objection, notice in zip(objections, self._cards(len(objections)), strict=True):
            message = describe_code(objection.code, objection.facts)
            way_on = message.remedy
            if objection.weight is ObjectionWeight.CONFIRM:
                way_on = f"{way_on} {tr('Bạn sẽ được hỏi lại trước khi ký.')}"
            notice.say(_TONES[objection.weight], message.title, f"{message.sentence} {way_on}")
        self.setVisible(bool(objections))

    def _cards(self, count: int) -> list[Notice]:
        while len(self.notices) < count:
            notice = Notice()
            self.notices.append(notice)
            self._column.addWidget(notice)
        for notice in self.notices[count:]:
            notice.clear()
        return self.notices[:count]
