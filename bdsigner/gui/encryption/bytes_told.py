"""How far an envelope is: told in a worker thread, shown in the window."""

import time

from PySide6.QtCore import QObject, Qt, Signal

from bdsigner.errors import UserCancelled
from bdsigner.gui.widgets.work_strip import WorkStrip
from bdsigner.messages.sizes import describe_transfer
from bdsigner.ports import Progress


class BytesTold(QObject):
    """Made in the GUI thread for one piece of work; ``ports.TellBytes`` is its ``tell``."""

    _told = Signal(object, object)
    """Two numbers that do not fit Qt's ``int``."""

    def __init__(self, strip: WorkStrip) -> None:
        super().__init__(strip)
        self._strip = strip
        self._started_at = time.monotonic()
        self._told.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def watched_by(self, progress: Progress) -> "TellWatched":
        """For one job, whose cancelling is heard."""
        return TellWatched(self, progress)

    def tell(self, done: int, total: int) -> None:
        """From any thread."""
        self._told.emit(done, total)

    def _show(self, done: int, total: int) -> None:
        text = describe_transfer(done, total, seconds=time.monotonic() - self._started_at)
        self._strip.show_share(done / total if total else 1.0, text)


class TellWatched:
    """``ports.TellBytes``: passes on, and stops where the person asked to."""

    def __init__(self, told: BytesTold, progress: Progress) -> None:
        self._told = told
        self._progress = progress

    def __call__(self, done: int, total: int) -> None:
        if self._progress.is_cancelled():
            raise UserCancelled
        self._told.tell(done, total)
