"""What the person chose, shared by all pages: one current value, saved at each change."""

import logging
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from bdsigner.errors import StorageError
from bdsigner.storage.settings import Settings, save_settings

_log = logging.getLogger(__name__)


class Preferences(QObject):
    """Holds the settings in force; lives in the GUI thread."""

    changed = Signal()
    theme_changed = Signal()

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self._settings

    def change(self, **fields: Any) -> bool:
        """Replace fields of the settings and save them; the caller has checked what a person typed.

        False when they could not be saved: they hold until the program ends, and the log says why.
        """
        before, self._settings = self._settings, replace(self._settings, **fields)
        self.changed.emit()
        if self._settings.theme != before.theme:
            self.theme_changed.emit()
        try:
            save_settings(self._settings)
        except StorageError as error:
            _log.warning("settings not saved: %s", error)
            return False
        return True
