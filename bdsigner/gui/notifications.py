"""A notification of the desktop beside what the window says; where the desktop has none, the window is enough."""

import logging
import sys

from PySide6.QtWidgets import QApplication, QSystemTrayIcon

_log = logging.getLogger(__name__)

_SERVICE, _PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
_SIGNATURE = "susssasa{sv}i"
_SHOWN_MS = 15_000
_PATIENCE_SECONDS = 3.0


def notify(title: str, text: str) -> None:
    """Show it.  Never raises; on Linux to be called from a worker thread, elsewhere from the GUI thread."""
    if sys.platform == "linux":
        _notify_over_bus(title, text)
    elif QSystemTrayIcon.isSystemTrayAvailable():
        icon = QSystemTrayIcon(QApplication.windowIcon(), QApplication.instance())
        icon.show()
        icon.messageClicked.connect(icon.deleteLater)
        icon.showMessage(title, text, QSystemTrayIcon.MessageIcon.Information, _SHOWN_MS)


def _notify_over_bus(title: str, text: str) -> None:
    """Desktop Notifications Specification 1.2 §9.1.2.

    Not through QtDBus: PySide6 cannot send the unsigned number that this call begins with.
    """
    from jeepney import DBusAddress, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    address = DBusAddress(_PATH, bus_name=_SERVICE, interface=_SERVICE)
    body: tuple[object, ...] = ("bdsigner", 0, "dialog-information", title, text, [], {}, _SHOWN_MS)
    try:
        with open_dbus_connection("SESSION") as bus:
            bus.send_and_get_reply(new_method_call(address, "Notify", _SIGNATURE, body), timeout=_PATIENCE_SECONDS)
    except (OSError, KeyError, ValueError, EOFError, TimeoutError) as error:  # no bus, or nobody on it
        _log.info("no desktop notification: %s", type(error).__name__)
