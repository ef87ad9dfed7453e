"""The test's side of ``tests.window.remote``: starts the window, asks it, and types and clicks through the X server."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DIALOG = "QApplication.activeModalWidget()"
DRAG_STEPS = 8


class Screen:
    """One window under Xvfb."""

    def __init__(self, process: "subprocess.Popen[str]", display: str) -> None:
        self.process = process
        self._display = display

    def ask(self, source: str) -> Any:
        """Run Python in the window's thread; ``AssertionError`` with its traceback when it fails."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(source) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, "the window is gone"
        answer = json.loads(line)
        assert "error" not in answer, f"{source}\n{answer.get('error')}"
        return answer.get("value")

    def until(self, source: str, *, seconds: float = 15.0) -> Any:
        """Ask until it is true."""
        deadline = time.monotonic() + seconds
        while not (value := self.ask(source)):
            assert time.monotonic() < deadline, f"waited in vain: {source}\n{self.ask('state()')}"
            time.sleep(0.03)
        return value

    def until_dialog(self, kind: str, *, seconds: float = 15.0) -> None:
        """Until a dialog of that class is open."""
        self.until(f"isinstance({DIALOG}, {kind}) and {DIALOG}.isVisible()", seconds=seconds)

    def until_closed(self) -> None:
        """Until no dialog is open."""
        self.until(f"{DIALOG} is None")

    def click(self, widget: str) -> None:
        """With the mouse, in the middle of a widget."""
        self.focus(widget)
        self.xdotool("mousemove", *self._middle(widget), "click", 1)

    def drag(self, widget: str, dx: int, dy: int) -> None:
        """With the mouse, from the middle of a widget, so many pixels to the right and down."""
        self.focus(widget)
        x, y = self._middle(widget)
        self.xdotool("mousemove", x, y, "mousedown", 1)
        for step in range(1, DRAG_STEPS + 1):
            self.xdotool("mousemove", x + dx * step // DRAG_STEPS, y + dy * step // DRAG_STEPS)
        self.xdotool("mouseup", 1)

    def type(self, widget: str, text: str) -> None:
        """With the keyboard, into a widget that has the focus of its window."""
        self.focus(widget)
        self.ask(f"{widget}.setFocus()")
        self.xdotool("type", "--delay", 8, text)

    def key(self, widget: str, *names: str) -> None:
        self.focus(widget)
        self.xdotool("key", *names)

    def focus(self, widget: str) -> None:
        """Xvfb runs no window manager, which would give a clicked window the keyboard."""
        self.xdotool("windowfocus", self.ask(f"int({widget}.window().winId())"))
        self.until(f"{widget}.window().isActiveWindow()")

    def picture(self, file: Path) -> None:
        """What the screen shows of the window, dialogs over it included."""
        place = self.ask("window.frameGeometry().getRect()")
        self.ask(f"window.screen().grabWindow(0, *{tuple(place)}).save({str(file)!r})")

    def answer(self, *, is_yes: bool) -> None:
        """Answer a question."""
        self.until_dialog("QuestionDialog")
        self.click(f"{DIALOG}.{'yes' if is_yes else 'no'}_button")
        self.until(f"not isinstance({DIALOG}, QuestionDialog)")

    def _middle(self, widget: str) -> tuple[int, int]:
        x, y = self.ask(f"(lambda w: (lambda p: (p.x(), p.y()))(w.mapToGlobal(w.rect().center())))({widget})")
        return x, y

    def xdotool(self, *arguments: object) -> None:
        subprocess.run(
            ["xdotool", *map(str, arguments)], check=True, timeout=20, env=os.environ | {"DISPLAY": self._display}
        )


@contextmanager
def open_window(
    display: str, home: Path, *, profile: Path, modules: Sequence[Path], **options: object
) -> Iterator[Screen]:
    """The window in a process of its own; ends with the block."""
    told = {"profile": str(profile), "modules": [str(module) for module in modules], **options}
    with open_process(display, "tests.window.remote", json.dumps(told), BDSIGNER_HOME=str(home)) as screen:
        yield screen


@contextmanager
def open_process(display: str, module: str, *arguments: str, **environment: str) -> Iterator[Screen]:
    """A process that is told and asked as ``tests.window.remote`` is; ends with the block."""
    environment |= {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
    with subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    ) as process:
        screen = Screen(process, display)
        try:
            yield screen
        finally:
            assert process.stdin is not None
            process.stdin.close()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
