"""An ``http.client`` connection to a checked address, under one deadline.

``http.client`` rather than a larger library: it loads in a quarter of httpx's time, which every cold command line
would pay, and one request a connection without cookies, encodings or pools is all that OCSP, CRL and RFC 3161 need.
"""

import errno
import http.client
import io
import os
import selectors
import socket
import ssl
import time
from collections.abc import Sequence

from bdsigner.net.addresses import IpAddress
from bdsigner.net.patience import Patience

CONNECT_SECONDS = 10.0
"""For one address: connecting and, apart from it, the TLS handshake; a name may have several addresses."""

_UNDER_WAY = frozenset({0, errno.EINPROGRESS, errno.EWOULDBLOCK})
"""What a connect that does not wait answers while it goes on; Windows uses the last."""


class Connection(http.client.HTTPConnection):
    """One request and its answer; every wait ends at the deadline or when the person stops.

    ``addresses`` are connected to; ``host`` and ``port`` go into the ``Host`` header and, with ``tls``, are what the
    server's certificate must name.  With a tunnel set (``set_tunnel``) both are the proxy's.
    """

    def __init__(
        self,
        host: str,
        port: int,
        addresses: Sequence[IpAddress],
        patience: Patience,
        *,
        tls_name: str = "",
        roots: tuple[bytes, ...] = (),
    ) -> None:
        super().__init__(host, port)
        self.default_port = http.client.HTTPS_PORT if tls_name else http.client.HTTP_PORT
        self._addresses = addresses
        self._patience = patience
        self._tls_name = tls_name
        self._roots = roots
        self._responses: list[http.client.HTTPResponse] = []
        self.response_class = self._response  # type: ignore[assignment]  # called like the class it stands for
        # What connect() opens its socket with; it sends CONNECT over it when a tunnel is set.
        self._create_connection = self._open

    def _response(self, sock: socket.socket, method: str | None = None) -> http.client.HTTPResponse:
        response = http.client.HTTPResponse(sock, method=method)
        self._responses.append(response)
        return response

    def connect(self) -> None:
        """Connect, pass the proxy, shake hands.  Raises ``OSError``, ``NetworkError``, ``UserCancelled``."""
        try:
            super().connect()
        except BaseException:
            for refusal in self._responses:  # of the proxy: older CPython 3.11 leaves its answer open
                refusal.close()
            raise
        if self._tls_name and isinstance(self.sock, PacedSocket):
            self.sock = self.sock.with_tls(self._tls_name, self._roots)

    def _open(self, *_: object) -> "PacedSocket":
        refusal: OSError | None = None
        for address in self._addresses:
            try:
                return PacedSocket(open_socket(address, self.port, self._patience), self._patience)
            except OSError as error:
                refusal = error
        raise refusal or OSError("no address")


def open_socket(address: IpAddress, port: int, patience: Patience) -> socket.socket:
    """Connect, in ``CONNECT_SECONDS`` at most.  Raises ``OSError``, ``NetworkError``, ``UserCancelled``."""
    opened = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET, socket.SOCK_STREAM)
    try:
        opened.setblocking(False)
        _check(opened.connect_ex((str(address), port)))
        _wait_until_connected(opened, patience)
    except BaseException:
        opened.close()
        raise
    return opened


def _wait_until_connected(opened: socket.socket, patience: Patience) -> None:
    end = time.monotonic() + CONNECT_SECONDS
    with selectors.DefaultSelector() as selector:
        selector.register(opened, selectors.EVENT_WRITE)
        while not selector.select(patience.slice_seconds()):
            if time.monotonic() > end:
                raise TimeoutError
    _check(opened.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))


def _check(number: int) -> None:
    if number not in _UNDER_WAY:
        raise OSError(number, os.strerror(number))


class PacedSocket:
    """As much of a socket as ``http.client`` uses, with the deadline of the whole exchange on every call."""

    def __init__(self, connected: socket.socket, patience: Patience) -> None:
        self._socket = connected
        self._patience = patience

    def with_tls(self, server_name: str, roots: tuple[bytes, ...] = ()) -> "PacedSocket":
        """Shake hands; the certificate must lead to ``roots`` (none: the system's) and name the server.

        Raises ``OSError``.
        """
        self._socket.settimeout(min(self._patience.remaining_seconds(), CONNECT_SECONDS))
        try:
            wrapped = tls_context(roots).wrap_socket(self._socket, server_hostname=server_name)
        except OSError:
            self._socket.close()
            raise
        return PacedSocket(wrapped, self._patience)

    def setsockopt(self, level: int, option: int, value: int) -> None:
        """See ``socket.setsockopt``."""
        self._socket.setsockopt(level, option, value)

    def sendall(self, data: bytes) -> None:
        """See ``socket.sendall``."""
        self._socket.settimeout(self._patience.remaining_seconds())
        self._socket.sendall(data)

    def recv(self, size: int) -> bytes:
        """See ``socket.recv``; waits in short slices, until the deadline."""
        while True:
            self._socket.settimeout(self._patience.slice_seconds())
            try:
                return self._socket.recv(size)
            except TimeoutError:
                continue

    def makefile(self, _mode: str) -> io.BufferedReader:
        """A reader whose waits are short slices, so that a dripping server cannot outlast the deadline."""
        return io.BufferedReader(_PacedReader(self._socket, self._patience))

    def close(self) -> None:
        """See ``socket.close``."""
        self._socket.close()


class _PacedReader(io.RawIOBase):
    def __init__(self, connected: socket.socket, patience: Patience) -> None:
        self._socket = connected
        self._patience = patience
        # http.client closes its socket as soon as it has the headers; this keeps it open until the body is read.
        self._keeper = connected.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._keeper.close()
        super().close()

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]  # typeshed: Buffer of 3.12
        while True:
            self._socket.settimeout(self._patience.slice_seconds())
            try:
                return self._socket.recv_into(buffer)
            except TimeoutError:
                continue


def tls_context(roots: tuple[bytes, ...] = ()) -> ssl.SSLContext:
    """TLS 1.2 and later, OpenSSL's security level 2 (no SHA-1, no keys under 112 bits), these roots or the system's.

    There is no switch to weaken it (hardening.md N3); an agency's own CA is added to the system's roots.
    """
    context = ssl.create_default_context(cadata=b"".join(roots) or None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("DEFAULT:@SECLEVEL=2")
    return context


def tls_reason(error: ssl.SSLError) -> str:
    """Why a handshake failed, in OpenSSL's words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return error.reason or "handshake failed"
