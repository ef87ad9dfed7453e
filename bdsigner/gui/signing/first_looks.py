"""Finds out what was opened: folders become files, and each file gets a first look, one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from bdsigner.app import Application
from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.gui.jobs import Job, Lane, run_job
from bdsigner.gui.signing.sign_files import FirstLook, Looker, files_to_sign, is_convertible
from bdsigner.model.document import DocumentInfo
from bdsigner.ports import Progress


@dataclass(frozen=True, slots=True)
class _Opened:
    files: list[Path]
    first: FirstLook | BdsignerError | None


class FirstLooks(QObject):
    found = Signal(list)
    """All files, before any of them is read."""
    looked = Signal(int, object)
    """Number of a file and its ``FirstLook`` or the ``BdsignerError`` that prevented it."""
    result_seen = Signal(object)
    """``DocumentInfo`` of a file just written."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._job: Job | None = None
        self._files: list[Path] = []
        self._run = 0
        self._is_looking = False

    def start(self, looker: Looker, paths: Sequence[Path]) -> None:
        """Forget what was opened before and look at these."""
        self.stop()
        run = self._run

        def work(_progress: Progress) -> _Opened:
            files = files_to_sign(paths, looker.suffix)
            # The first file is looked at in the same go: it is the one the person waits for.
            return _Opened(files, _look(looker, files[0]) if files and not is_convertible(files[0]) else None)

        def done(opened: _Opened) -> None:
            if run != self._run:
                return
            self._files = opened.files
            self.found.emit(opened.files)
            if opened.first is not None:
                self.looked.emit(0, opened.first)
            self._look_at(looker, 1 if opened.first is not None else 0)

        self._job = run_job(self, work, done=done, failed=self._ignore, lane=Lane.DRAWING)

    def more(self, looker: Looker, paths: Sequence[Path]) -> None:
        """Files that came later: look at them after those that are looked at now."""
        first = len(self._files)
        self._files = [*self._files, *paths]
        if self._job is None or not self._is_looking:
            self._look_at(looker, first)

    def again(self, looker: Looker, path: Path, *, number: int) -> None:
        """Look at one file once more, after it changed."""
        self._start_one(looker, path, number, then=None)

    def at_result(self, application: Application, target: Path) -> None:
        """Look at a file just written, to show it; when that fails, the page goes on showing what it showed."""
        run = self._run

        def done(info: DocumentInfo) -> None:
            if run == self._run:
                self.result_seen.emit(info)

        run_job(self, lambda _: application.inspect(target), done=done, failed=self._ignore, lane=Lane.DRAWING)

    def stop(self) -> None:
        self._run += 1
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _look_at(self, looker: Looker, number: int) -> None:
        self._is_looking = number < len(self._files)
        if self._is_looking:
            self._start_one(looker, self._files[number], number, then=number + 1)

    def _start_one(self, looker: Looker, path: Path, number: int, *, then: int | None) -> None:
        run = self._run

        def done(look: FirstLook | BdsignerError) -> None:
            if run != self._run:
                return
            self.looked.emit(number, look)
            if then is not None:
                self._look_at(looker, then)

        # A conversion takes seconds: pages are drawn meanwhile.
        lane = Lane.WORK if is_convertible(path) else Lane.DRAWING
        self._job = run_job(self, lambda _: _look(looker, path), done=done, failed=self._ignore, lane=lane)

    def _ignore(self, _error: BdsignerError) -> None:
        """A file that cannot be opened is a result, told with the file; what is left here is a look nobody misses."""


def _look(looker: Looker, path: Path) -> FirstLook | BdsignerError:
    try:
        return looker.look_at(path)
    except UserCancelled:
        raise
    except BdsignerError as error:
        return error
