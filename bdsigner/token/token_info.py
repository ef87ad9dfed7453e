"""What CK_TOKEN_INFO says and python-pkcs11 keeps to itself: the lengths that a PIN may have.

Called through the library that is loaded already, in the driver's one thread (PKCS#11 v2.40 §3.2, §5.5).
"""

import ctypes
import sys
from dataclasses import dataclass

LONGEST_PIN = 255
"""A driver that claims more, or a minimum above its maximum, says nothing useful."""
_WORDS = ctypes.c_ulong * 11
_GET_TOKEN_INFO = 6
"""Place of C_GetTokenInfo in CK_FUNCTION_LIST."""
_FUNCTIONS = _GET_TOKEN_INFO + 1


class _Version(ctypes.Structure):
    _fields_ = (("major", ctypes.c_ubyte), ("minor", ctypes.c_ubyte))


class _FunctionList(ctypes.Structure):
    if sys.platform == "win32":
        _pack_ = 1  # PKCS#11 v2.40 §2.1: Cryptoki structures are packed to one byte on Windows
    _fields_ = (("version", _Version), ("functions", ctypes.c_void_p * _FUNCTIONS))


class _TokenInfo(ctypes.Structure):
    if sys.platform == "win32":
        _pack_ = 1
    _fields_ = (
        ("label", ctypes.c_char * 32),
        ("manufacturer", ctypes.c_char * 32),
        ("model", ctypes.c_char * 16),
        ("serial", ctypes.c_char * 16),
        ("words", _WORDS),
        ("versions", ctypes.c_ubyte * 4),
        ("utc_time", ctypes.c_char * 16),
    )


_MAX_PIN, _MIN_PIN = 5, 6
"""Places of ulMaxPinLen and ulMinPinLen behind flags and the four session counts."""


@dataclass(frozen=True, slots=True)
class PinLengths:
    """In bytes; 0 when the token does not say."""

    minimum: int = 0
    maximum: int = 0

    def allow(self, length: int) -> bool:
        """Whether a PIN may surely be so long."""
        return self.minimum <= length <= self.maximum


class TokenInfoReader:
    """Calls C_GetTokenInfo of one library.  Raises nothing: what cannot be read is unknown."""

    def __init__(self, module_path: str) -> None:
        self._call = _token_info_function(module_path)

    def pin_lengths(self, slot_id: int) -> PinLengths:
        """Ask for the token in a slot."""
        if self._call is None:
            return PinLengths()
        info = _TokenInfo()
        if self._call(slot_id, ctypes.byref(info)) != 0:
            return PinLengths()
        return _sensible(int(info.words[_MIN_PIN]), int(info.words[_MAX_PIN]))


def _token_info_function(module_path: str) -> "ctypes._FuncPointer | None":
    try:
        get_list = ctypes.CDLL(module_path).C_GetFunctionList
    except (OSError, AttributeError):
        return None
    get_list.restype = ctypes.c_ulong
    table = ctypes.POINTER(_FunctionList)()
    if get_list(ctypes.byref(table)) != 0:
        return None
    try:
        address = table.contents.functions[_GET_TOKEN_INFO]
    except ValueError:  # a null pointer
        return None
    if not address:
        return None
    return ctypes.CFUNCTYPE(ctypes.c_ulong, ctypes.c_ulong, ctypes.c_void_p)(address)


def _sensible(minimum: int, maximum: int) -> PinLengths:
    if maximum > LONGEST_PIN or minimum > maximum:
        return PinLengths()
    return PinLengths(minimum, maximum)
