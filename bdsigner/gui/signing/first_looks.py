"""Finds out what was opened: folders become files, and each file gets a first look, one after the other."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from bdsigner.app import Application
from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.gui.jobs import Job, Lane, run_job
from bdsigner.gui.signing.sign_files import FirstLook, look_at, pdf_files
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

    def start(self, application: Application, paths: Sequence[Path], *, suffix: str) -> None:
        """Forget what was opened before and look at these."""
        self.stop()
        run = self._run

        def work(_progress: Progress) -> _Opened:
            files = pdf_files(paths, suffix)
            # The first file is looked at in the same go: it is the one the person waits for.
            return _Opened(files, _look(application, files[0], suffix) if files else None)

        def done(opened: _Opened) -> None:
            if run != self._run:
                return
            self._files = opened.files
            self.found.emit(opened.files)
            if opened.first is not None:
                self.looked.emit(0, opened.first)
            self._look_at(application, 1, suffix)

        self._job = run_job(self, work, done=done, failed=self._ignore, lane=Lane.DRAWING)

    def again(self, application: Application, path: Path, *, number: int, suffix: str) -> None:
        """Look at one file once more, after it changed."""
        self._start_one(application, path, number, suffix, then=None)

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

    def _look_at(self, application: Application, number: int, suffix: str) -> None:
        if number < len(self._files):
            self._start_one(application, self._files[number], number, suffix, then=number + 1)

    def _start_one(self, application: Application, path: Path, number: int, suffix: str, *, then: int | None) -> None:
        run = self._run

        def done(look: FirstLook | BdsignerError) -> None:
            if run != self._run:
                return
            self.looked.emit(number, look)
            if then is not None:
                self._look_at(application, then, suffix)

        self._job = run_job(
            self, lambda _: _look(application, path, suffix), done=done, failed=self._ignore, lane=Lane.DRAWING
        )

    def _ignore(self, _error: BdsignerError) -> None:
        """A file that cannot be opened is a result, told with the file; what is left here is a look nobody misses."""


def _look(application: Application, path: Path, suffix: str) -> FirstLook | BdsignerError:
    try:
        return look_at(application, path, suffix)
    except UserCancelled:
        raise
    except BdsignerError as error:
        return error
