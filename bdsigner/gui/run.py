"""Opens the window: first something to look at, then the parts that take time."""

import gc
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from bdsigner.errors import BdsignerError, ErrorCode
from bdsigner.gui.jobs import cancel_jobs, run_job, stop_jobs
from bdsigner.gui.look.theme import apply_theme, ensure_font
from bdsigner.gui.main_window import MainWindow
from bdsigner.gui.preferences import Preferences
from bdsigner.messages.translate import Language, set_language
from bdsigner.storage.resources import resource_path
from bdsigner.storage.settings import Settings

if TYPE_CHECKING:
    from bdsigner.app import Application

_log = logging.getLogger(__name__)


def run_window(
    settings: Settings,
    *,
    files: Sequence[Path] = (),
    make: "Callable[[Settings], Application] | None" = None,
    application: "Application | None" = None,
    told_first: BdsignerError | None = None,
) -> int:
    """Show the window until the person closes it; returns the exit code of the program.

    ``files`` are opened as if dropped.  The application is made by ``make`` (``None``: from the settings alone), off
    the GUI thread and after the first paint, and anew whenever the window is opened anew; an ``application`` that is
    given stays.  Either way it is closed at the end.  ``told_first`` is what went wrong before there was a window.
    """
    qt = _qt_application()
    preferences = Preferences(settings)
    preferences.theme_changed.connect(lambda: apply_theme(qt, preferences.settings.theme))
    qt.styleHints().colorSchemeChanged.connect(lambda _: apply_theme(qt, preferences.settings.theme))
    waiting = list(files)
    try:
        while True:
            set_language(Language(preferences.settings.language), resource_path("locale"))
            QLocale.setDefault(QLocale(preferences.settings.language))
            apply_theme(qt, preferences.settings.theme)
            opened = _Opened(preferences, make, application)
            opened.window.open_paths(waiting)
            if told_first is not None:
                opened.window.notice.say_error(told_first)
                told_first = None
            code = opened.run(qt)
            if not opened.window.wants_reopening:
                return code
            waiting = []
    finally:
        if application is not None:
            application.close()


class _Opened:
    """One life of the window and of the parts it works with."""

    def __init__(
        self,
        preferences: Preferences,
        make: "Callable[[Settings], Application] | None",
        application: "Application | None",
    ) -> None:
        self.window = MainWindow(preferences)
        self.window.painted.connect(self._build)
        self._preferences = preferences
        self._from_settings = make
        self._given = application
        self._built: Application | None = None

    def run(self, qt: QApplication) -> int:
        """Show, wait, and end everything that was started."""
        hook, sys.excepthook = sys.excepthook, self._show_bug
        try:
            self.window.show()
            return qt.exec()
        finally:
            sys.excepthook = hook
            cancel_jobs()
            # Ending the children ends the calls that jobs wait for; a set still being built is ended after its job.
            first = self._close_built()
            stop_jobs()
            if not first:
                self._close_built()
            self.window.deleteLater()

    def _build(self) -> None:
        run_job(
            self.window,
            lambda progress: self._make(),
            done=self._take,
            failed=self.window.show_start_error,
        )

    def _take(self, application: "Application") -> None:
        # What is there now stays until the end: walking it in search of garbage stops the window for some 70 ms.
        gc.freeze()
        self.window.set_application(application)

    def _make(self) -> "Application":
        from bdsigner.app import Application

        application = self._given
        if application is None:
            make = self._from_settings or Application.from_settings
            application = self._built = make(self._preferences.settings)
        application.warm_up()
        return application

    def _close_built(self) -> bool:
        if self._built is None:
            return False
        self._built.close()
        return True

    def _show_bug(self, kind: type[BaseException], bug: BaseException, traceback: TracebackType | None) -> None:
        """An exception in a slot would otherwise only be printed where nobody looks."""
        from bdsigner.gui.dialogs.message_dialog import show_error

        _log.error("unexpected %s in the window", kind.__name__, exc_info=(kind, bug, traceback))
        show_error(self.window, BdsignerError(ErrorCode.UNEXPECTED, kind=kind.__name__))


def _qt_application() -> QApplication:
    running = QApplication.instance()
    qt = running if isinstance(running, QApplication) else QApplication(sys.argv[:1])
    qt.setApplicationName("bdsigner")
    qt.setDesktopFileName("bdsigner")
    ensure_font(qt)
    return qt
