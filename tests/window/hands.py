"""Mouse and keyboard of an X server through xdotool, and waiting for what the window shows."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget


class Hands:
    """Acts on one window as a person does; every wait ends with what is awaited or fails by name."""

    def __init__(self, window: QWidget, pictures: Path) -> None:
        self.window = window
        self.pictures = pictures

    def until(self, what: str, condition: Callable[[], object], seconds: float = 15.0) -> None:
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                self.picture("failed")
                raise AssertionError(f"waited in vain: {what}")
            QTest.qWait(10)

    def picture(self, name: str) -> None:
        """Keep what the screen shows of the window, dialogs over it included."""
        QTest.qWait(120)  # lets hover and focus effects settle: for the eye, nothing is asserted on it
        shown = self.window.frameGeometry()
        self.window.screen().grabWindow(0, shown.x(), shown.y(), shown.width(), shown.height()).save(
            str(self.pictures / f"{name}.png")
        )

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        self._focus(widget)
        spot = widget.mapToGlobal(at or widget.rect().center())
        _xdotool("mousemove", spot.x(), spot.y(), "click", 1)
        QTest.qWait(30)

    def drag(self, start: QPoint, end: QPoint, *, is_dropped: bool = True) -> None:
        """Press at one place of the screen, let go at another; not dropped, the button stays down."""
        _xdotool("mousemove", start.x(), start.y(), "mousedown", 1)
        QTest.qWait(30)
        for step in range(1, 9):
            _xdotool(
                "mousemove",
                start.x() + (end.x() - start.x()) * step // 8,
                start.y() + (end.y() - start.y()) * step // 8,
            )
            QTest.qWait(15)
        if is_dropped:
            self.drop_held()

    def drop_held(self) -> None:
        """Let go of what is dragged."""
        _xdotool("mouseup", 1)
        QTest.qWait(30)

    def keys(self, widget: QWidget, *names: str) -> None:
        self._focus(widget)
        _xdotool("key", *names)
        QTest.qWait(30)

    def type(self, widget: QWidget, text: str) -> None:
        self._focus(widget)
        _xdotool("type", "--delay", 5, text)
        QTest.qWait(50)

    def drop(self, *files: Path) -> None:
        """Drop files on the middle of the window (X11 drags need a second program; Qt's own events stand in)."""
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
        middle = self.window.rect().center()
        QApplication.sendEvent(
            self.window,
            QDragEnterEvent(
                middle, Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
            ),
        )
        QApplication.sendEvent(
            self.window,
            QDropEvent(
                QPointF(middle),
                Qt.DropAction.CopyAction,
                mime,
                Qt.MouseButton.LeftButton,
                Qt.KeyboardModifier.NoModifier,
            ),
        )

    def _focus(self, widget: QWidget) -> None:
        # Xvfb runs no window manager, which would give a clicked window the keyboard.
        _xdotool("windowfocus", int(widget.window().winId()))
        self.until("keyboard focus", widget.window().isActiveWindow)


def _xdotool(*arguments: object) -> None:
    subprocess.run(["xdotool", *map(str, arguments)], check=True, timeout=10)
