"""A driver that could not be used: why, and for one that crashed or hung a way to try again."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from bdsigner.gui.look.colours import Tone
from bdsigner.gui.widgets.notice import Notice
from bdsigner.messages.devices import describe_problem
from bdsigner.messages.translate import tr
from bdsigner.model.token import TokenProblem


class ProblemNotice(Notice):
    try_again_wanted = Signal(str)
    """Path of the module."""

    def __init__(self, problem: TokenProblem, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title, text = describe_problem(problem)
        action = None
        if problem.is_quarantined:
            action = (tr("Thử lại"), lambda: self.try_again_wanted.emit(problem.module_path))
        self.say(Tone.CAUTION, title, text, action=action)
