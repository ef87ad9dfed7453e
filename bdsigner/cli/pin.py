"""Where a PIN comes from: the terminal, standard input or a file descriptor; never argv or environment."""

import getpass
import os
import sys
from collections.abc import Callable

from bdsigner.errors import BdsignerError, ErrorCode, UserCancelled

MAX_PIN_BYTES = 255
"""CK_ULONG leaves more, no token takes it; a larger input is not a PIN."""

PinSource = Callable[[str], bytearray]
"""Prompt → PIN in UTF-8."""


def pin_source(*, from_stdin: bool, descriptor: int | None) -> PinSource:
    """Choose by the options; raises ``BdsignerError`` ``USAGE`` for both at once."""
    if from_stdin and descriptor is not None:
        raise BdsignerError(ErrorCode.USAGE, reason="--pin-stdin / --pin-fd")
    if from_stdin:
        return lambda _prompt: _read_line(sys.stdin.fileno())
    if descriptor is not None:
        return lambda _prompt: _read_line(descriptor)
    return _ask


def _ask(prompt: str) -> bytearray:
    if not sys.stdin.isatty():
        raise BdsignerError(ErrorCode.USAGE, reason="PIN: --pin-stdin / --pin-fd")
    try:
        return bytearray(getpass.getpass(prompt).encode())
    except (EOFError, KeyboardInterrupt):
        raise UserCancelled from None


def _read_line(descriptor: int) -> bytearray:
    """Read up to a line end or the end of input, byte by byte, so that nothing stays in a buffer of ours."""
    pin = bytearray()
    while len(pin) <= MAX_PIN_BYTES:
        byte = os.read(descriptor, 1)
        if byte in (b"", b"\n"):
            break
        pin += byte
    if pin.endswith(b"\r"):
        del pin[-1:]
    if not pin or len(pin) > MAX_PIN_BYTES:
        pin[:] = bytes(len(pin))
        raise BdsignerError(ErrorCode.USAGE, reason="PIN")
    return pin
