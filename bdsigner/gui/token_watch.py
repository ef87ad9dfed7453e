"""News of tokens, brought from the watcher's thread into the window's."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal

if TYPE_CHECKING:
    from bdsigner.app import Application
    from bdsigner.model.token import SignerListing
    from bdsigner.ports import Watcher


class TokenWatch(QObject):
    """Starts with ``set_application``."""

    changed = Signal(object)
    """A ``SignerListing`` unlike the last one; after ``refresh`` also a like one."""
    _told = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._watcher: Watcher | None = None
        self._application: Application | None = None
        self.listing: SignerListing | None = None
        """What was told last; ``None``: nothing yet."""
        self._told.connect(self._pass_on, Qt.ConnectionType.QueuedConnection)

    def set_application(self, application: "Application") -> None:
        """Begin to look."""
        self._application = application
        self._watcher = application.devices.watch(self._told.emit)

    @property
    def is_looking(self) -> bool:
        """Whether it looks by itself."""
        return self._watcher is not None and not self._watcher.is_paused

    def refresh(self) -> None:
        """Look now."""
        if self._watcher is not None:
            self._watcher.refresh()

    def look_again(self) -> None:
        """Look at once, also at drivers that were set aside: a person asks for it."""
        if self._application is not None and self.listing is not None:
            for problem in self.listing.problems:
                self._application.devices.try_again(problem.module_path)
        self.refresh()

    def pause(self) -> None:
        """Leave the tokens alone: a signature needs them."""
        if self._watcher is not None:
            self._watcher.pause()

    def resume(self) -> None:
        """Go on, with a look at once: the work may have changed what is known of the PIN."""
        if self._watcher is not None:
            self._watcher.resume()

    def stop(self) -> None:
        """Never look again."""
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            watcher.close()

    def _pass_on(self, listing: "SignerListing") -> None:
        if self._watcher is not None:
            self.listing = listing
            self.changed.emit(listing)
