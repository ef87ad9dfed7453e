"""A slot of the virtual reader: an open connection to vpcd is a card in it.

vpcd's messages are two bytes of length and a body; a body of one byte from vpcd is 0 power off, 1 power on, 2 reset,
4 "answer with the ATR", all others are command APDUs.
"""

import contextlib
import socket
import struct
import threading

from tests.rigs.piv.card import PivCard

_LENGTH = struct.Struct(">H")
_ATR_WANTED = 4


class Reader:
    """One virtual reader."""

    def __init__(self, port: int) -> None:
        self._address = ("127.0.0.1", port)
        self._connection: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self.card: PivCard | None = None

    def insert(self, card: PivCard) -> None:
        """Put a card in; the one that is in comes out first."""
        self.remove()
        card.power_up()
        connection = socket.create_connection(self._address, timeout=5)
        connection.settimeout(None)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection, self.card = connection, card
        self._thread = threading.Thread(target=_serve, args=(connection, card), daemon=True)
        self._thread.start()

    def remove(self) -> None:
        """Pull the card; also from the card's own thread, in the middle of a command."""
        connection, self._connection = self._connection, None
        self.card = None
        if connection is not None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()


def _serve(connection: socket.socket, card: PivCard) -> None:
    with contextlib.suppress(OSError):
        while message := _receive(connection):
            if message == bytes([_ATR_WANTED]):
                answer = card.atr
            elif len(message) == 1:
                card.power_up()
                continue
            else:
                answer = card.process(message)
            connection.sendall(_LENGTH.pack(len(answer)) + answer)


def _receive(connection: socket.socket) -> bytes:
    (length,) = _LENGTH.unpack(_receive_exactly(connection, _LENGTH.size))
    return _receive_exactly(connection, length)


def _receive_exactly(connection: socket.socket, count: int) -> bytes:
    received = b""
    while len(received) < count:
        # vpcd writes length and body apart: with delayed acknowledgements each command would take 40 ms.
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        part = connection.recv(count - len(received))
        if not part:
            raise ConnectionError
        received += part
    return received
