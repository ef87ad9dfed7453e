"""Keeps what is typed into a form while it is typed: nothing is lost when the window closes."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.gui.jobs import run_job
from bdsigner.model.request import RequestView

if TYPE_CHECKING:
    from bdsigner.app import Application

PAUSE_MS = 500
"""After the last key; typing goes on undisturbed."""


class FormSaver(QObject):
    """One change at a time; what is typed meanwhile is the next one."""

    saved = Signal(object)
    """The ``RequestView`` after a change."""
    failed = Signal(object)
    """The ``BdsignerError``; what was typed waits for the next try."""
    waiting = Signal()
    """Something is not kept yet."""

    def __init__(self, application: "Application", parent: QObject) -> None:
        super().__init__(parent)
        self._application = application
        self._request_id = ""
        self._typed: dict[str, str] = {}
        self._files: dict[str, Path] = {}
        self._refused: dict[str, str] = {}
        """What still stands in the window and is not kept: said with each change, so that it stays refused."""
        self._under_way: tuple[dict[str, str], dict[str, Path]] = ({}, {})
        self._is_busy = False
        self._afterwards: list[Callable[[], object]] = []
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._timer.timeout.connect(self._save)

    def start(self, request_id: str) -> None:
        """Changes from now on are of this request; those of another are kept first."""
        if request_id != self._request_id:
            self.finish()
            self._request_id, self._refused = request_id, {}

    def put(self, key: str, value: str) -> None:
        """A field holds another value."""
        self._refused.pop(key, None)
        self._typed[key] = value
        self._wait()

    def put_file(self, attachment: str, path: Path) -> None:
        """A paper was chosen, or taken away (an empty path)."""
        self._files[attachment] = path
        self._wait()
        self._save()

    def after_saving(self, act: Callable[[], object]) -> None:
        """Do something once everything typed so far is kept; not when that fails."""
        if not (self._is_busy or self._typed or self._files):
            act()
            return
        self._afterwards.append(act)
        self._save()

    def finish(self) -> None:
        """Keep what is not kept yet before this returns; for the moments before the window, or the form, goes.

        What is under way is said again: it may never have begun, and saying it twice is the same.
        """
        self._timer.stop()
        typed, files = self._under_way[0] | self._typed, self._under_way[1] | self._files
        request_id, self._request_id = self._request_id, ""
        self._typed, self._files, self._under_way, self._afterwards = {}, {}, ({}, {}), []
        if not request_id or not (typed or files):
            return
        try:
            self._application.requests.change(request_id, typed=typed, files=files)
        except BdsignerError as error:
            self.failed.emit(error)

    def _wait(self) -> None:
        self.waiting.emit()
        self._timer.start()

    def _save(self) -> None:
        self._timer.stop()
        if self._is_busy or not (self._typed or self._files):
            return
        self._is_busy = True
        requests, request_id = self._application.requests, self._request_id
        typed, files = self._under_way = self._refused | self._typed, self._files
        self._typed, self._files = {}, {}
        run_job(
            self,
            lambda _: requests.change(request_id, typed=typed, files=files),
            done=lambda view: self._done(request_id, view),
            failed=lambda error: self._fail(request_id, error),
        )

    def _done(self, request_id: str, view: RequestView) -> None:
        self._is_busy = False
        if request_id == self._request_id:
            typed, _ = self._under_way
            self._under_way = ({}, {})
            refused = {str(error.facts.get("key", "")) for error in view.filled.refused}
            self._refused = {key: text for key, text in typed.items() if key in refused and key not in self._typed}
            if not (self._typed or self._files):
                self._tell(view)
                return
        if self._afterwards or not self._timer.isActive():
            self._save()

    def _tell(self, view: RequestView) -> None:
        self.saved.emit(view)
        acts, self._afterwards = self._afterwards, []
        for act in acts:
            act()

    def _fail(self, request_id: str, error: BdsignerError) -> None:
        self._is_busy = False
        if request_id != self._request_id:
            self._save()
            return
        self._afterwards = []
        typed, files = self._under_way
        self._under_way = ({}, {})
        if not isinstance(error, UserCancelled):
            self._typed, self._files = typed | self._typed, files | self._files
            self.failed.emit(error)
