"""Questions of a use case put to the person: asked from a worker thread, answered in the window."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Any, NamedTuple, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from bdsigner.errors import UserCancelled
from bdsigner.gui.dialogs.new_pin_dialog import NewPinDialog
from bdsigner.gui.dialogs.pin_dialog import PinDialog
from bdsigner.gui.dialogs.question_dialog import QuestionDialog
from bdsigner.messages.questions import describe_question
from bdsigner.messages.review import describe_review
from bdsigner.ports import NewPin, NewPinRequest, PinRequest, Question, SigningReview

Answer = TypeVar("Answer")
Dialog = TypeVar("Dialog", bound=QDialog)


class QtInteraction(QObject):
    """Implements ``ports.Interaction`` over one window; make it in the GUI thread, call it from others.

    After ``close`` every question, open or new, is answered with ``UserCancelled``: nobody waits for ever.
    """

    request_wanted = Signal(str)
    """Serial of a locked token: the person wants to ask for unblocking (Đ8.1a)."""
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
        return self._ask(lambda: self._pin_dialog(request), PinDialog.take_pin)

    def ask_new_pin(self, request: NewPinRequest) -> NewPin:
        """See ``ports.Interaction``."""
        return self._ask(lambda: NewPinDialog(request, self._window), NewPinDialog.take_pins)

    def confirm(self, question: Question) -> bool:
        """See ``ports.Interaction``; closing the question without an answer means: stop."""
        return self._ask(
            lambda: QuestionDialog(describe_question(question), self._window), lambda dialog: bool(dialog.decision)
        )

    def review(self, review: SigningReview) -> bool:
        """See ``ports.Interaction``; closing it without an answer means: stop."""
        return self._ask(
            lambda: QuestionDialog(describe_review(review), self._window), lambda dialog: bool(dialog.decision)
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

    def cancel_pins(self) -> None:
        """Close every question for a PIN, as if the person had: the screen was locked."""
        for dialog in tuple(self._dialogs):
            if isinstance(dialog, PinDialog | NewPinDialog):
                dialog.reject()

    def _pin_dialog(self, request: PinRequest) -> PinDialog:
        dialog = PinDialog(request, self._window)
        dialog.rejected.connect(lambda: self._pass_on(dialog, request.token_serial))
        return dialog

    def _pass_on(self, dialog: PinDialog, serial: str) -> None:
        if dialog.wants_request:
            self.request_wanted.emit(serial)

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
