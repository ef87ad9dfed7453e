"""Screen lock and notifications over a message bus of our own."""

import contextlib
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

_LISTEN = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget
from bdsigner.gui.screen_lock import ScreenLock
qt = QApplication([])
window = QWidget()
lock = ScreenLock(window)
lock.locked.connect(lambda: print("locked", flush=True))
QTimer.singleShot(15000, lambda: qt.exit(3))
sys.exit(qt.exec())
"""
_SERVE = """
import sys
from jeepney import HeaderFields, MatchRule, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection
with open_dbus_connection("SESSION") as bus:
    bus.send_and_get_reply(message_bus.RequestName("org.freedesktop.Notifications"))
    print("ready", flush=True)
    while True:
        call = bus.receive(timeout=15)
        if call.header.fields.get(HeaderFields.member) == "Notify":
            bus.send(new_method_return(call, "u", (1,)))
            print(call.body[3], "|", call.body[4], flush=True)
            break
"""


SAVER = "org.freedesktop.ScreenSaver"


@contextlib.contextmanager
def bus(folder: Path) -> Iterator[dict[str, str]]:
    """A private ``dbus-daemon``; yields the environment that makes it session and system bus."""
    address = f"unix:path={folder / 'bus'}"
    with subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1", f"--address={address}"],
        stdout=subprocess.PIPE,
        text=True,
    ) as daemon:
        try:
            assert daemon.stdout is not None
            assert daemon.stdout.readline()
            yield os.environ | {
                "DBUS_SESSION_BUS_ADDRESS": address,
                "DBUS_SYSTEM_BUS_ADDRESS": address,
                "QT_QPA_PLATFORM": "offscreen",
            }
        finally:
            daemon.terminate()


@contextlib.contextmanager
def python(code: str, environment: dict[str, str]) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def says(process: "subprocess.Popen[str]", line: str, *, seconds: float) -> bool:
    """Whether its next line comes in time; fails when it is another."""
    assert process.stdout is not None
    if not select.select([process.stdout], [], [], seconds)[0]:
        return False
    assert process.stdout.readline().strip() == line
    return True


def send(environment: dict[str, str], signal: str, *arguments: str) -> None:
    command = ["dbus-send", "--session", "--type=signal", "/org/some/session", signal, *arguments]
    subprocess.run(command, check=True, env=environment)


def until_locked(listener: "subprocess.Popen[str]", environment: dict[str, str], signal: str, *arguments: str) -> None:
    """Sent until the listener has reached the bus and hears it."""
    end = time.monotonic() + 15
    send(environment, signal, *arguments)
    while not says(listener, "locked", seconds=0.3):
        assert time.monotonic() < end
        send(environment, signal, *arguments)


@pytest.mark.parametrize(
    ("signal", "arguments"),
    [
        ("org.freedesktop.login1.Session.Lock", ()),
        (f"{SAVER}.ActiveChanged", ("boolean:true",)),
        ("org.gnome.ScreenSaver.ActiveChanged", ("boolean:true",)),
    ],
)
def test_a_locked_screen_is_heard(tmp_path: Path, signal: str, arguments: tuple[str, ...]) -> None:
    with bus(tmp_path) as environment, python(_LISTEN, environment) as listener:
        until_locked(listener, environment, signal, *arguments)


def test_a_screen_that_is_unlocked_says_nothing(tmp_path: Path) -> None:
    with bus(tmp_path) as environment, python(_LISTEN, environment) as listener:
        until_locked(listener, environment, f"{SAVER}.ActiveChanged", "boolean:true")
        while says(listener, "locked", seconds=1.0):
            pass  # what was sent before it listened does not come, what was sent twice does
        send(environment, f"{SAVER}.ActiveChanged", "boolean:false")
        assert not says(listener, "locked", seconds=1.5)


def test_a_notification_reaches_the_desktop(tmp_path: Path) -> None:
    show = "from bdsigner.gui.notifications import notify\nnotify('Sắp hết hạn', 'Còn 7 ngày')"
    with bus(tmp_path) as environment, python(_SERVE, environment) as desktop:
        assert says(desktop, "ready", seconds=10)
        subprocess.run([sys.executable, "-c", show], check=True, env=environment, timeout=20)
        assert says(desktop, "Sắp hết hạn | Còn 7 ngày", seconds=10)


def test_without_a_desktop_nothing_is_raised(tmp_path: Path) -> None:
    show = "from bdsigner.gui.notifications import notify\nnotify('a', 'b')\nprint('done')"
    environment = os.environ | {"DBUS_SESSION_BUS_ADDRESS": f"unix:path={tmp_path / 'nobody'}"}
    done = subprocess.run(
        [sys.executable, "-c", show], check=True, env=environment, timeout=20, capture_output=True, text=True
    )
    assert done.stdout.strip() == "done"
