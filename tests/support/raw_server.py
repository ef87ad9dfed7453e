"""A loopback server that says exactly what a test tells it to, down to the byte."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

Answer = Callable[[socket.socket, bytes], None]
"""Gets the connection and the request (head and body) and sends what it likes."""


@dataclass
class RawServer:
    port: int
    requests: list[bytes] = field(default_factory=list)
    accepted: int = 0
    stopping: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/", *, scheme: str = "http", host: str = "127.0.0.1") -> str:
        return f"{scheme}://{host}:{self.port}{path}"


@contextmanager
def raw_server(answer: Answer, *, tls: ssl.SSLContext | None = None) -> Iterator[RawServer]:
    """Serve until the block ends; every connection gets its own thread."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = RawServer(listener.getsockname()[1])
        threads: list[threading.Thread] = []

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                if server.stopping.is_set():
                    connection.close()
                    return
                server.accepted += 1
                thread = threading.Thread(target=_serve, args=(server, connection, answer, tls))
                threads.append(thread)
                thread.start()

        acceptor = threading.Thread(target=accept)
        acceptor.start()
        try:
            yield server
        finally:
            server.stopping.set()
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", server.port)).close()
            acceptor.join()
            for thread in threads:
                thread.join()


def reply(body: bytes = b"", *, status: str = "200 OK", headers: dict[str, str] | None = None) -> Answer:
    """A well-formed answer; ``headers`` may override the length."""
    fields = {"Content-Length": str(len(body))} | (headers or {})
    head = f"HTTP/1.1 {status}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items()) + "\r\n"
    return lambda connection, _request: connection.sendall(head.encode("latin-1") + body)


def raw_reply(data: bytes) -> Answer:
    """Exactly these bytes, then the end."""
    return lambda connection, _request: connection.sendall(data)


def in_turn(*answers: Answer) -> Answer:
    """One answer after the other; the last one again and again."""
    remaining = list(answers)

    def answer(connection: socket.socket, request: bytes) -> None:
        current = remaining.pop(0) if len(remaining) > 1 else remaining[0]
        current(connection, request)

    return answer


def _serve(server: RawServer, connection: socket.socket, answer: Answer, tls: ssl.SSLContext | None) -> None:
    with contextlib.suppress(OSError), connection:
        connection.settimeout(20)
        if tls is not None:
            connection = tls.wrap_socket(connection, server_side=True)
        with connection:
            request = _read_request(connection)
            server.requests.append(request)
            answer(connection, request)


def _read_request(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        block = connection.recv(65536)
        if not block:
            return data
        data += block
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body
