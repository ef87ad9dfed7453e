"""Closing the window: asks when work would be stopped, and remembers what was agreed."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from bdsigner.messages.translate import tr

if TYPE_CHECKING:
    from bdsigner.gui.dialogs.question_dialog import QuestionDialog


class Closing(QObject):
    agreed = Signal()
    """Nothing speaks against closing any more."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.is_agreed = False
        self.wants_reopening = False

    def agree(self) -> None:
        """Close whatever goes on."""
        self.is_agreed = True
        self.agreed.emit()

    def ask(self) -> None:
        """Ask whether work is to be stopped."""
        from bdsigner.gui.dialogs.question_dialog import QuestionDialog
        from bdsigner.messages.questions import QuestionText

        question = QuestionText(
            title=tr("Công việc chưa xong"),
            sentence=tr("Nếu đóng bây giờ, việc đang làm sẽ dừng. Tập tin đã ký xong vẫn được giữ."),
            yes=tr("Dừng và đóng"),
            no=tr("Làm tiếp"),
        )
        dialog = QuestionDialog(question, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self._answered(dialog))
        dialog.open()

    def _answered(self, dialog: "QuestionDialog") -> None:
        if dialog.decision:
            self.agree()
        else:
            self.wants_reopening = False
