"""Where PINs come from: the terminal, standard input or a file descriptor; never argv or environment.

A PIN is read byte by byte into a buffer of full size, so that no text of it is made and growing leaves no pieces.
"""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator

import click

from bdsigner.errors import BdsignerError, ErrorCode, UserCancelled

MAX_PIN_BYTES = 255
"""CK_ULONG leaves more, no token takes it; a larger input is not a PIN."""

PinSource = Callable[[str], bytearray]
"""Prompt → PIN in UTF-8; asked once for each PIN."""
_LINE_ENDS = (0x0A, 0x0D)
_BACKSPACES = (0x08, 0x7F)
_INTERRUPT, _END_OF_INPUT = 0x03, 0x04


def pin_source(*, from_stdin: bool, descriptor: int | None) -> PinSource:
    """Choose by the options; raises ``BdsignerError`` ``USAGE`` for both at once.

    From standard input or a descriptor each PIN is a line: for a change the old one first.
    """
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
    click.echo(prompt, nl=False, err=True)
    try:
        with _keys() as next_key:
            return _typed(next_key)
    except KeyboardInterrupt:
        raise UserCancelled from None
    finally:
        click.echo(err=True)


def _typed(next_key: Callable[[], int]) -> bytearray:
    """Take keys until the line ends; backspace takes back a whole character.  Raises ``UserCancelled``."""
    buffer, length = bytearray(MAX_PIN_BYTES), 0
    while (key := next_key()) not in _LINE_ENDS:
        if key in (_INTERRUPT, _END_OF_INPUT, -1):
            buffer[:] = bytes(MAX_PIN_BYTES)
            raise UserCancelled
        if key in _BACKSPACES:
            length = _character_start(buffer, length)
            buffer[length:] = bytes(MAX_PIN_BYTES - length)
        elif length < MAX_PIN_BYTES:
            buffer[length] = key
            length += 1
    return _cut(buffer, length)


def _character_start(buffer: bytearray, length: int) -> int:
    """Where the last character begins: UTF-8 goes on in bytes 10xxxxxx (RFC 3629 §3)."""
    start = max(0, length - 1)
    while start and buffer[start] & 0xC0 == 0x80:
        start -= 1
    return start


def _read_line(descriptor: int) -> bytearray:
    """Read up to a line end or the end of input.  Raises ``USAGE`` for an empty line or one that is no PIN."""
    buffer, length = bytearray(MAX_PIN_BYTES + 1), 0
    while length <= MAX_PIN_BYTES:
        view = memoryview(buffer)[length : length + 1]
        if not _read_into(descriptor, view):
            break
        if buffer[length] == 0x0A:
            break
        length += 1
    if length and buffer[length - 1] == 0x0D:
        length -= 1
    if not 0 < length <= MAX_PIN_BYTES:
        buffer[:] = bytes(len(buffer))
        raise BdsignerError(ErrorCode.USAGE, reason="PIN")
    return _cut(buffer, length)


def _read_into(descriptor: int, view: memoryview) -> int:
    """One byte; an object of a single byte is nobody's PIN."""
    byte = os.read(descriptor, 1)
    view[: len(byte)] = byte
    return len(byte)


def _cut(buffer: bytearray, length: int) -> bytearray:
    """The first bytes as a PIN of their own; the buffer is wiped."""
    pin = bytearray(memoryview(buffer)[:length])
    buffer[:] = bytes(len(buffer))
    return pin


if sys.platform == "win32":

    @contextlib.contextmanager
    def _keys() -> Iterator[Callable[[], int]]:
        """Single keys without echo; letters beyond ASCII come as their UTF-8 bytes."""
        import msvcrt

        pending: list[int] = []

        def next_key() -> int:
            if not pending:
                pending.extend(msvcrt.getwch().encode())
            return pending.pop(0)

        yield next_key

else:

    @contextlib.contextmanager
    def _keys() -> Iterator[Callable[[], int]]:
        """Single bytes without echo; the terminal is as before at the end, whatever happens.

        Ctrl+C comes as a byte too: as a signal another thread may take it, and the one that reads would go on waiting.
        """
        import termios

        descriptor = sys.stdin.fileno()
        before = termios.tcgetattr(descriptor)
        quiet = termios.tcgetattr(descriptor)
        quiet[3] &= ~(termios.ECHO | termios.ICANON | termios.ISIG)

        def next_key() -> int:
            byte = os.read(descriptor, 1)
            return byte[0] if byte else -1

        try:  # Ctrl+C may come as early as the echo is off
            termios.tcsetattr(descriptor, termios.TCSAFLUSH, quiet)
            yield next_key
        finally:
            termios.tcsetattr(descriptor, termios.TCSAFLUSH, before)
