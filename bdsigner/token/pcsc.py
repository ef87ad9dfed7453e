"""Readers and cards coming and going, told by the system's smart-card service (PC/SC part 5: SCardGetStatusChange).

Only status is asked: no card is connected to and no command is sent.  Runs in the application: the service's library
is the system's own, and ctypes lets other threads run meanwhile.
"""

import ctypes
import sys
from ctypes.util import find_library
from typing import Any

from bdsigner.model.self_check import CardService

MAX_READERS = 16
"""PC/SC lite knows 16 (PCSCLITE_MAX_READERS_CONTEXTS); more are not watched."""
MAX_LIST_BYTES = 64 * 1024
_PNP = b"\\\\?PnP?\\Notification"
"""A reader of this name changes when a reader comes or goes."""
_UNAWARE = 0
_CHANGED = 0x0002
_PRESENT = 0x0020
_SCOPE_SYSTEM = 2
_SUCCESS = 0
_TIMEOUT, _CANCELLED, _NO_READERS = 0x8010000A, 0x80100002, 0x8010002E
_UNKNOWN_READER = 0x80100009

# DWORD, LONG and SCARDCONTEXT are longs in PC/SC lite on Linux, 32 bits in Apple's and Microsoft's.
_IS_LITE = sys.platform not in ("win32", "darwin")
_Dword = ctypes.c_ulong if _IS_LITE else ctypes.c_uint32
_Context: Any = ctypes.c_void_p if sys.platform == "win32" else ctypes.c_long if _IS_LITE else ctypes.c_int32
_ATR_BYTES = 36 if sys.platform == "win32" else 33
_LIBRARIES = {"win32": "winscard.dll", "darwin": "/System/Library/Frameworks/PCSC.framework/PCSC"}
_SUFFIX = "A" if sys.platform == "win32" else ""


class _ReaderState(ctypes.Structure):
    if sys.platform == "darwin":
        _pack_ = 1
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("user_data", ctypes.c_void_p),
        ("current", _Dword),
        ("event", _Dword),
        ("atr_length", _Dword),
        ("atr", ctypes.c_ubyte * _ATR_BYTES),
    )


class PcscError(Exception):
    """A call that failed; the service is not there, or not there any more."""

    def __init__(self, call: str, code: int) -> None:
        super().__init__(call, code)
        self.call = call
        self.code = code

    def __str__(self) -> str:
        return f"{self.call} {self.code:#010x}"


class CardReaders:
    """A look-out on all readers; ``wait`` belongs to one thread, ``cancel`` may be called from any."""

    def __init__(self) -> None:
        """Raises ``PcscError`` when the library is missing (code 0) or the service does not answer."""
        self._library = _load()
        self._context = _Context()
        self._call("SCardEstablishContext", _Dword(_SCOPE_SYSTEM), None, None, ctypes.byref(self._context))
        self._states: dict[bytes, int] = {}
        """What was last seen of each reader: flags, and in the high word how often its card has changed."""
        self._look([*self._names(), _PNP])

    def names(self) -> tuple[str, ...]:
        """The readers that are there.  Raises ``PcscError``."""
        return tuple(name.decode("utf-8", "replace") for name in self._names())

    def wait(self, seconds: float) -> bool:
        """Wait for a reader or card to come, go or be swapped; false when the time is over or ``cancel`` was called.

        Changes between two calls are not missed.  Raises ``PcscError`` when the service has gone.
        """
        names = [*self._names(), _PNP]
        if set(names) != set(self._states):
            self._look(names)
            return True
        states = self._ask(names, seconds)
        if states is None:
            return False
        has_changed = states != self._states
        self._states = states
        return has_changed

    def cancel(self) -> None:
        """Let ``wait`` return."""
        self._library.SCardCancel(self._context)

    def close(self) -> None:
        """Leave the service."""
        self._library.SCardReleaseContext(self._context)

    def _look(self, names: list[bytes]) -> None:
        self._states = self._ask(names, 0, is_fresh=True) or dict.fromkeys(names, _UNAWARE)

    def _ask(self, names: list[bytes], seconds: float, *, is_fresh: bool = False) -> dict[bytes, int] | None:
        """New state by reader; ``None`` when nothing changed in time."""
        states = (_ReaderState * len(names))()
        for state, name in zip(states, names, strict=True):
            state.name = name
            state.current = _UNAWARE if is_fresh else self._states.get(name, _UNAWARE)
        timeout = _Dword(max(0, int(seconds * 1000)))
        call = getattr(self._library, f"SCardGetStatusChange{_SUFFIX}")
        code = call(self._context, timeout, ctypes.byref(states), _Dword(len(names))) & 0xFFFFFFFF
        if code in (_TIMEOUT, _CANCELLED):
            return None
        if code not in (_SUCCESS, _UNKNOWN_READER):
            raise PcscError("SCardGetStatusChange", code)
        return {name: int(state.event) & ~_CHANGED for state, name in zip(states, names, strict=True)}

    def _names(self) -> list[bytes]:
        call = getattr(self._library, f"SCardListReaders{_SUFFIX}")
        length = _Dword(0)
        code = call(self._context, None, None, ctypes.byref(length)) & 0xFFFFFFFF
        if code == _NO_READERS:
            return []
        if code != _SUCCESS:
            raise PcscError("SCardListReaders", code)
        buffer = ctypes.create_string_buffer(min(length.value, MAX_LIST_BYTES))
        length = _Dword(len(buffer))
        code = call(self._context, None, buffer, ctypes.byref(length)) & 0xFFFFFFFF
        if code == _NO_READERS:
            return []
        if code != _SUCCESS:
            raise PcscError("SCardListReaders", code)
        return [name for name in buffer.raw[: length.value].split(b"\0") if name][:MAX_READERS]

    def _call(self, name: str, *arguments: object) -> None:
        code = getattr(self._library, name)(*arguments) & 0xFFFFFFFF
        if code != _SUCCESS:
            raise PcscError(name, code)


def service_state() -> CardService:
    """What the self-check asks: library, service, readers.  Never raises."""
    try:
        readers = CardReaders()
    except PcscError as error:
        return CardService(has_library=error.code != 0, is_running=False)
    try:
        return CardService(has_library=True, is_running=True, readers=readers.names())
    except PcscError:
        return CardService(has_library=True, is_running=False)
    finally:
        readers.close()


def _load() -> ctypes.CDLL:
    name = _LIBRARIES.get(sys.platform) or "libpcsclite.so.1"
    loader: Any = getattr(ctypes, "WinDLL", ctypes.CDLL)  # the calling convention of Windows' own libraries
    try:
        library = loader(name)
    except OSError:
        found = find_library("pcsclite") if _IS_LITE else None
        if found is None:
            raise PcscError("load", 0) from None
        library = loader(found)
    for function in ("SCardEstablishContext", f"SCardListReaders{_SUFFIX}", f"SCardGetStatusChange{_SUFFIX}"):
        getattr(library, function).restype = ctypes.c_long if _IS_LITE else ctypes.c_int32
    return library  # type: ignore[no-any-return]  # a loader by platform
