"""A small HTTP server that takes deliveries, with a thread for each connection."""

import contextlib
import socket
import sys
import threading
import zlib
from collections.abc import Callable
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any, NamedTuple

LONGEST = 4 << 20
"""Bytes of one delivery, also when it is unpacked: a pipeline posts batches, and strangers may post, too."""
MOST_CONNECTIONS = 32
LONGEST_REQUEST = 30
"""Seconds from the first byte of a request to its last."""


class Delivery(NamedTuple):
    """One POST."""

    path: str
    """As it was sent, without its query."""
    headers: Message
    body: bytes


class Answer(NamedTuple):
    """The answer to a delivery."""

    status: int
    text: str = ""


class WebhookServer(ThreadingHTTPServer):
    """Listens until it is closed. Raises OSError where the address cannot be used."""

    daemon_threads = False  # so that closing waits for them
    request_queue_size = 128

    def __init__(
        self, host: str, port: int, take: Callable[[Delivery], Answer], is_path: Callable[[str], bool]
    ) -> None:
        self.take, self.is_path = take, is_path
        self._connections: set[Any] = set()
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Connection)
        named = f"[{host}]" if ":" in host else host
        self.url = f"http://{named}:{self.server_address[1]}"
        self._thread = threading.Thread(target=self.serve_forever, args=[0.02], name="sink", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening, close every connection, and wait for deliveries that are under way."""
        self.shutdown()
        self._thread.join()
        for connection in list(self._connections):
            with contextlib.suppress(OSError):  # the client has closed it
                connection.shutdown(socket.SHUT_RD)
        self.server_close()

    def server_bind(self) -> None:
        """Bind, without looking up a name as the base class does."""
        TCPServer.server_bind(self)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remember a connection, and serve it in a thread; with too many connections, close it: a pipeline delivers again."""
        if len(self._connections) >= MOST_CONNECTIONS:
            self.shutdown_request(request)
            return
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection, and close it."""
        self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore a broken connection; print any other error."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Refused(Exception):
    """The body of a request cannot be read; the argument is the answer to send."""


class _Connection(BaseHTTPRequestHandler):
    """One connection."""

    server: WebhookServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60  # seconds of silence

    def do_POST(self) -> None:
        """Take one delivery."""
        deadline = threading.Timer(LONGEST_REQUEST, self._end)
        deadline.daemon = True
        deadline.start()
        try:
            # Nothing is read from a stranger who does not know the path.
            body = self._body() if self.server.is_path(self.path.partition("?")[0]) else self._none()
        except _Refused as refused:
            self.close_connection = True
            answer = refused.args[0]
        else:
            answer = self.server.take(Delivery(self.path.partition("?")[0], self.headers, body))
        finally:
            deadline.cancel()
        text = answer.text.encode()
        self.send_response(answer.status)
        if text:
            self.send_header("Content-Length", str(len(text)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""

    def _end(self) -> None:
        """End a request that takes too long."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _none(self) -> bytes:
        self.close_connection = True
        return b""

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            body = b"".join(self._chunks())
        else:
            body = self._whole(self._size(self.headers.get("Content-Length", ""), 10))
        if self.headers.get("Content-Encoding", "").strip().lower() != "gzip":
            return body
        try:
            unpacking = zlib.decompressobj(wbits=31)  # 31 is gzip
            unpacked = unpacking.decompress(body, LONGEST)
        except zlib.error:
            raise _Refused(Answer(400, "its body is not gzip\n")) from None
        if unpacking.unconsumed_tail:
            raise _Refused(Answer(413, "the size of its body is too large\n"))
        return unpacked

    def _chunks(self) -> list[bytes]:
        chunks: list[bytes] = []
        while size := self._size(self.rfile.readline(100).decode("latin-1").partition(";")[0], 16):
            chunks.append(self._whole(size))
            self.rfile.readline(100)
            self._size(str(sum(map(len, chunks))), 10)
        while self.rfile.readline(1000).strip():
            pass
        return chunks

    def _whole(self, size: int) -> bytes:
        """Read ``size`` bytes. Raises ConnectionError where the client closed before: it will deliver again."""
        body = self.rfile.read(size)
        if len(body) < size:
            raise ConnectionResetError
        return body

    def _size(self, text: str, base: int) -> int:
        try:
            size = int(text, base)
        except ValueError:
            size = -1
        if not 0 <= size <= LONGEST:
            status = 413 if size > 0 else 400
            raise _Refused(Answer(status, "the size of its body is missing or too large\n"))
        return size
