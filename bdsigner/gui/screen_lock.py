"""Hears from the system that the screen was locked: whoever leaves the desk is logged out of the token (Đ14.2).

Linux: ``org.freedesktop.login1.Session.Lock`` on the system bus, ``ActiveChanged`` of the screen savers on the session
bus.  Windows: WM_WTSSESSION_CHANGE.  macOS tells nothing that Qt hands on.
"""

import logging
import sys
import threading

from PySide6.QtCore import QAbstractNativeEventFilter, QByteArray, QCoreApplication, QObject, Signal
from PySide6.QtWidgets import QWidget

_log = logging.getLogger(__name__)

_SAVERS = ("org.freedesktop.ScreenSaver", "org.gnome.ScreenSaver", "org.mate.ScreenSaver", "org.cinnamon.ScreenSaver")
_SESSION = "org.freedesktop.login1.Session"


class ScreenLock(QObject):
    """Listens from the moment it is made; a system without these services just stays silent."""

    locked = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._filter: _SessionFilter | None = None
        if sys.platform == "win32":
            self._filter = _SessionFilter(self, int(window.winId()))
        elif sys.platform == "linux":
            self._listen("SYSTEM", ((_SESSION, "Lock"),))
            self._listen("SESSION", tuple((saver, "ActiveChanged") for saver in _SAVERS))

    def _listen(self, bus: str, signals: tuple[tuple[str, str], ...]) -> None:
        """In a thread that sleeps until the bus speaks, and ends with the program.

        Not through QtDBus: PySide6's ``QDBusConnection.connect`` refuses every slot it is given.
        """
        threading.Thread(target=_hear, args=(self, bus, signals), name=f"bus-{bus}", daemon=True).start()


def _hear(owner: ScreenLock, bus_name: str, signals: tuple[tuple[str, str], ...]) -> None:
    from jeepney import HeaderFields, MatchRule
    from jeepney.bus_messages import message_bus
    from jeepney.io.blocking import open_dbus_connection

    try:
        with open_dbus_connection(bus_name) as bus:
            for interface, member in signals:
                # Any sender and path: a session has the number its manager gave it.
                rule = MatchRule(type="signal", interface=interface, member=member)
                bus.send_and_get_reply(message_bus.AddMatch(rule))
            while True:
                told = bus.receive()
                fields = told.header.fields
                name = (fields.get(HeaderFields.interface), fields.get(HeaderFields.member))
                # Lock carries nothing, ActiveChanged whether it covers the screen now.
                if name in signals and told.body in ((), (True,)):
                    owner.locked.emit()
    except (OSError, KeyError, ValueError, EOFError) as error:  # no bus, or it ended
        _log.info("no word from the %s bus: %s", bus_name, type(error).__name__)
    except RuntimeError:
        _log.debug("the window is gone")


class _SessionFilter(QAbstractNativeEventFilter):
    """Windows: the session's notifications come to a window that asked for them."""

    MESSAGE = 0x02B1
    LOCKED = 0x7

    def __init__(self, owner: ScreenLock, window: int) -> None:
        super().__init__()
        self._owner = owner
        import ctypes

        library = getattr(ctypes, "windll").wtsapi32  # noqa: B009  # there is no such name elsewhere
        library.WTSRegisterSessionNotification(window, 0)
        application = QCoreApplication.instance()
        if application is not None:
            application.installNativeEventFilter(self)

    def nativeEventFilter(self, kind: "QByteArray | bytes | bytearray | memoryview", message: int) -> object:
        from ctypes import wintypes

        told = wintypes.MSG.from_address(int(message))
        if told.message == self.MESSAGE and told.wParam == self.LOCKED:
            self._owner.locked.emit()
        return False, 0
