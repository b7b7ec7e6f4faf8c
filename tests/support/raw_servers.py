"""Servers on raw sockets: they record the bytes that clients send, and break connections."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

NULL = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\nnull"
"""A success."""
TICK = 0.02
"""Seconds between two bytes of a slow reply."""


class RawServer:
    """Records every request byte for byte, and answers from a script: bytes, or a function of the connection.

    A function that returns leaves its connection closed; after bytes it stays open for the next request.
    """

    def __init__(
        self,
        *script: "bytes | Callable[[RawServer, socket.socket], None]",
        context: ssl.SSLContext | None = None,
    ) -> None:
        self.script = script or (NULL,)
        self.context = context
        """If given, the server uses TLS."""
        self.received: list[bytes] = []
        self.connections = 0
        self.own = threading.local()
        """``request``: the request that this thread answers. Others may have arrived since."""
        self.closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self.host = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = f"{'https' if context else 'http'}://{self.host}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self.stop_listening()
        self._threads[0].join()
        for connection in self._open:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads[1:]:
            thread.join()

    def stop_listening(self) -> None:
        """Refuse every connection from now on."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def drip(self, connection: socket.socket, answer: bytes) -> None:
        """Send an answer a byte at a time."""
        with contextlib.suppress(OSError):
            for byte in answer:
                connection.sendall(bytes([byte]))
                if self.closing.wait(TICK):
                    break

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                self._open.append(connection)
                self._threads.append(threading.Thread(target=self._serve, args=[connection], daemon=True))
                self._threads[-1].start()

    def _serve(self, plain: socket.socket) -> None:
        with contextlib.suppress(OSError), self._secured(plain) as connection:
            while raw := self._request(connection):
                turn = min(len(self.received), len(self.script) - 1)
                self.received.append(raw)
                self.own.request = raw
                step = self.script[turn]
                if not isinstance(step, bytes):
                    step(self, connection)
                    break
                connection.sendall(step)

    def _secured(self, connection: socket.socket) -> socket.socket:
        return self.context.wrap_socket(connection, server_side=True) if self.context else connection

    def _request(self, connection: socket.socket) -> bytes:
        """Read one request to its end; return nothing if the client has closed the connection."""
        raw = b""
        while not _is_whole(raw):
            part = connection.recv(1 << 16)
            if not part:
                return b""
            raw += part
            if b"100-continue" in raw and raw.endswith(b"\r\n\r\n"):
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        return raw


def _is_whole(raw: bytes) -> bool:
    head, end, body = raw.partition(b"\r\n\r\n")
    lines = [line.lower() for line in head.split(b"\r\n")]
    if b"transfer-encoding: chunked" in lines:
        return body.endswith(b"0\r\n\r\n")
    length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), 0)
    return bool(end) and len(body) >= length


def head_of(raw: bytes) -> list[bytes]:
    """Return the lines of a request's head."""
    return raw.partition(b"\r\n\r\n")[0].split(b"\r\n")


def body_of(raw: bytes) -> bytes:
    """Return the body of a request, without its chunks."""
    head, _, body = raw.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" not in head.lower():
        return body
    whole = b""
    while body:
        size, _, rest = body.partition(b"\r\n")
        whole, body = whole + rest[: int(size, 16)], rest[int(size, 16) + 2 :]
    return whole


def hangs_up(_server: RawServer, _connection: socket.socket) -> None:
    """Close the connection instead of answering."""


def hangs(server: RawServer, _connection: socket.socket) -> None:
    """Never answer."""
    server.closing.wait()
