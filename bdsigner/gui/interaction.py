"""Questions of a use case put to the person: asked from a worker thread, answered in the window."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Any, NamedTuple, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from bdsigner.errors import UserCancelled
from bdsigner.gui.dialogs.pin_dialog import PinDialog
from bdsigner.gui.dialogs.question_dialog import QuestionDialog
from bdsigner.messages.questions import describe_question
from bdsigner.ports import PinRequest, Question

Answer = TypeVar("Answer")
Dialog = TypeVar("Dialog", bound=QDialog)


class QtInteraction(QObject):
    """Implements ``ports.Interaction`` over one window; make it in the GUI thread, call it from others.

    After ``close`` every question, open or new, is answered with ``UserCancelled``: nobody waits for ever.
    """

    _asked = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._lock = Lock()
        self._is_closed = False
        self._waiting: set[Future[Any]] = set()
        self._dialogs: set[QDialog] = set()
        self._asked.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def ask_pin(self, request: PinRequest) -> bytearray:
        """See ``ports.Interaction``."""
        return self._ask(lambda: PinDialog(request, self._window), PinDialog.take_pin)

    def confirm(self, question: Question) -> bool:
        """See ``ports.Interaction``; closing the question without an answer means: stop."""
        return self._ask(
            lambda: QuestionDialog(describe_question(question), self._window), lambda dialog: bool(dialog.decision)
        )

    def close(self) -> None:
        """Stop asking; called by the window when it closes."""
        with self._lock:
            self._is_closed = True
            waiting, self._waiting = self._waiting, set()
        # Also those whose dialog is not shown yet: the event that would show it may never be handled.
        for answer in waiting:
            answer.set_exception(UserCancelled())
        for dialog in tuple(self._dialogs):
            dialog.reject()

    def _ask(self, make: Callable[[], Dialog], read: Callable[[Dialog], Answer]) -> Answer:
        answer: Future[Answer] = Future()
        with self._lock:
            if self._is_closed:
                raise UserCancelled
            self._waiting.add(answer)
        self._asked.emit(_Asked(make, read, answer))
        return answer.result()

    def _show(self, asked: "_Asked") -> None:
        if asked.answer.done():
            return
        dialog = asked.make()
        self._dialogs.add(dialog)
        dialog.finished.connect(lambda result: self._finish(dialog, asked, is_accepted=bool(result)))
        dialog.open()

    def _finish(self, dialog: QDialog, asked: "_Asked", *, is_accepted: bool) -> None:
        self._dialogs.discard(dialog)
        with self._lock:
            is_waiting = asked.answer in self._waiting
            self._waiting.discard(asked.answer)
        if is_waiting and is_accepted:
            asked.answer.set_result(asked.read(dialog))
        elif is_waiting:
            asked.answer.set_exception(UserCancelled())
        dialog.deleteLater()


class _Asked(NamedTuple):
    make: Callable[[], QDialog]
    read: Callable[[Any], object]
    answer: Future[Any]
