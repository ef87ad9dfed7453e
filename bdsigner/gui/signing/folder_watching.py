"""Looks into the folder that was opened for new scans, while the person wants it."""

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from bdsigner.gui.jobs import run_job
from bdsigner.model.conversion import IMAGE_SUFFIXES
from bdsigner.usecases.watch_folder import FolderWatch

EVERY_MILLISECONDS = 2_000


class FolderWatching(QObject):
    appeared = Signal(list)
    """New files, as ``Path``."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.folder: Path | None = None
        """The folder that can be watched; ``None``: files were opened."""
        self._watch: FolderWatch | None = None
        self._is_looking = False
        self._timer = QTimer(self, interval=EVERY_MILLISECONDS)
        self._timer.timeout.connect(self.look)

    def offer(self, folder: Path | None) -> None:
        """Another folder, or none, was opened; nothing is watched until it is asked for."""
        self.stop()
        self.folder = folder

    def start(self, own_ending: str) -> None:
        """Watch it from now on."""
        if self.folder is not None:
            suffixes = frozenset({".pdf"}) | IMAGE_SUFFIXES
            self._watch = FolderWatch(self.folder, suffixes=suffixes, own_ending=own_ending)
            self._timer.start()
            self.look()

    def stop(self) -> None:
        """Watch no more."""
        self._timer.stop()
        self._watch = None

    def look(self) -> None:
        """Look once, unless a look is under way."""
        watch = self._watch
        if watch is None or self._is_looking:
            return
        self._is_looking = True

        def done(found: tuple[Path, ...]) -> None:
            self._is_looking = False
            if found and watch is self._watch:
                self.appeared.emit(list(found))

        def failed(_error: object) -> None:
            self._is_looking = False

        run_job(self, lambda _: watch.look(), done=done, failed=failed)
