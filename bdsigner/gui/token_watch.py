"""Looks at the tokens: on request, and every few seconds while no work needs them."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from bdsigner.errors import BdsignerError, UserCancelled
from bdsigner.gui.jobs import Job, run_job

if TYPE_CHECKING:
    from bdsigner.app import Application
    from bdsigner.model.token import SignerListing

INTERVAL_MS = 4_000
"""A look costs the driver up to some hundred milliseconds; plugging in is noticed soon enough."""


class TokenWatch(QObject):
    """Starts with ``set_application``; one look at a time."""

    changed = Signal(object)
    """A ``SignerListing`` unlike the last one."""
    failed = Signal(object)
    """A ``BdsignerError``: the tokens could not be looked at."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._application: Application | None = None
        self._last: SignerListing | None = None
        self._job: Job | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.refresh)

    def set_application(self, application: "Application") -> None:
        """Begin to look."""
        self._application = application
        self.refresh()
        self._timer.start()

    def refresh(self) -> None:
        """Look now, unless a look is under way."""
        if self._application is None or self._job is not None:
            return
        application = self._application
        self._job = run_job(self, lambda progress: application.signers(), done=self._seen, failed=self._not_seen)

    @property
    def is_looking(self) -> bool:
        """Whether it looks by itself."""
        return self._timer.isActive()

    def pause(self) -> None:
        """Leave the tokens alone: a signature needs them."""
        self._timer.stop()

    def resume(self) -> None:
        """Go on, with a look at once: the work may have changed what is known of the PIN."""
        if self._application is not None:
            self.refresh()
            self._timer.start()

    def stop(self) -> None:
        """Never look again."""
        self._timer.stop()
        self._application = None

    def _seen(self, listing: "SignerListing") -> None:
        self._job = None
        if listing != self._last and self._application is not None:
            self._last = listing
            self.changed.emit(listing)

    def _not_seen(self, error: BdsignerError) -> None:
        self._job = None
        self._last = None
        if not isinstance(error, UserCancelled):
            self.failed.emit(error)
