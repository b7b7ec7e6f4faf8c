"""A transport with one deadline for an exchange. A timeout per read would not end a reply that arrives byte by byte."""

import contextlib
import socket
import ssl
import time
import weakref
from dataclasses import dataclass
from typing import Any

import httpcore
import httpx

IDLE = 4.0
"""Seconds after which an idle connection is not used again, because many servers close it after 5."""
Sockets = weakref.WeakSet[socket.socket]


@dataclass
class Deadline:
    """The moment when the current exchange ends, complete or not."""

    at: float = 0.0
    """Seconds of the monotonic clock."""

    def remaining(self) -> float:
        """Return the remaining seconds. Raises ReadTimeout if the deadline has passed."""
        seconds = self.at - time.monotonic()
        if seconds <= 0:
            raise httpcore.ReadTimeout("no complete answer in time")
        return seconds


class _Stream(httpcore.NetworkStream):
    """A connection whose reads and writes share one deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline, sockets: Sockets) -> None:
        self._stream, self._deadline, self._sockets = stream, deadline, sockets
        sockets.add(stream.get_extra_info("socket"))

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        del timeout
        return self._stream.read(max_bytes, self._deadline.remaining())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        del timeout
        self._stream.write(buffer, self._deadline.remaining())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        del timeout
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.remaining())
        return _Stream(stream, self._deadline, self._sockets)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.SyncBackend):
    """Opens connections that share the deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self.sockets: Sockets = weakref.WeakSet()
        self.opened = 0

    def connect_tcp(self, *where: Any, **how: Any) -> httpcore.NetworkStream:
        self.opened += 1
        return _Stream(super().connect_tcp(*where, **how), self._deadline, self.sockets)


def _parser(connection: Any) -> Any:
    return getattr(getattr(connection, "_connection", None), "_h11_state", None)


class Transport(httpx.HTTPTransport):
    """One connection at a time, with a deadline, through a proxy only if one is given."""

    def __init__(self, context: ssl.SSLContext | None, deadline: Deadline, proxy: str = "") -> None:
        self._backend = _Backend(deadline)
        how: dict[str, Any] = {
            "max_connections": 1,
            "keepalive_expiry": IDLE,
            "network_backend": self._backend,
        }
        self._pool = (
            httpcore.HTTPProxy(proxy, ssl_context=context, **how)
            if proxy
            else httpcore.ConnectionPool(context, **how)
        )

    def has_unread_bytes(self) -> bool:
        """Whether bytes came behind the end of the last answer, so that the next request would get them as its answer.

        Neither httpx nor httpcore shows this, so it looks at the parser of the connection.
        """
        parsers = (_parser(connection) for connection in self._pool.connections)
        return any(parser is not None and parser.trailing_data[0] for parser in parsers)

    @property
    def opened(self) -> int:
        """How many connections it has opened so far."""
        return self._backend.opened

    def shut_down(self) -> None:
        """End the exchange that another thread may be waiting for."""
        for connection in list(self._backend.sockets):
            with contextlib.suppress(OSError):  # it may be closed already
                connection.shutdown(socket.SHUT_RDWR)
