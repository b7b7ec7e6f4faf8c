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

from conformance.client.addresses import addresses_of

IDLE = 4.0
"""Seconds after which an idle connection is not used again, because many servers close it after 5."""
RECORD = 16 << 10
"""Bytes that TLS sends at once."""
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

    def check(self) -> None:
        """Raise ReadTimeout of httpx if the deadline has passed."""
        if time.monotonic() >= self.at:
            raise httpx.ReadTimeout("no complete answer in time")


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
        if self._stream.get_extra_info("ssl_object") is None:
            self._write_plain(buffer)
            return
        for start in range(0, len(buffer), RECORD):
            self._stream.write(buffer[start : start + RECORD], self._deadline.remaining())

    def _write_plain(self, buffer: bytes) -> None:
        """Write with one deadline. The stream itself begins the time again for each part that the other side takes."""
        connection: socket.socket = self._stream.get_extra_info("socket")
        try:
            connection.settimeout(self._deadline.remaining())
            connection.sendall(buffer)
        except TimeoutError as error:
            raise httpcore.WriteTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

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

    def __init__(self, deadline: Deadline, address: tuple[str, int] | None) -> None:
        self._deadline, self._address = deadline, address
        self.sockets: Sockets = weakref.WeakSet()
        self.opened = 0

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers; each gets an equal share of the time that is left."""
        del timeout
        self.opened += 1
        host, port = self._address or (host, port)
        addresses = self._addresses(host, port)
        for left in range(len(addresses), 0, -1):
            try:
                stream = super().connect_tcp(
                    addresses[-left], port, self._deadline.remaining() / left, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if left == 1:
                    raise
            else:
                return _Stream(stream, self._deadline, self.sockets)
        raise httpcore.ConnectError(f"{host} has no address")

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            return addresses_of(host, port, self._deadline.remaining())
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error


def _parser(connection: Any) -> Any:
    return getattr(getattr(connection, "_connection", None), "_h11_state", None)


class Transport(httpx.HTTPTransport):
    """One connection at a time, with a deadline; through a proxy, or to another address than the URL's, only if one is given."""

    def __init__(
        self,
        context: ssl.SSLContext | None,
        deadline: Deadline,
        proxy: str = "",
        address: tuple[str, int] | None = None,
    ) -> None:
        self._backend = _Backend(deadline, address)
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

    def unread_bytes(self) -> int:
        """Return how many bytes came behind the end of the last answer. The next request would get them as its answer.

        Neither httpx nor httpcore shows this, so it looks at the parser of the connection.
        """
        parsers = (_parser(connection) for connection in self._pool.connections)
        return sum(len(parser.trailing_data[0]) for parser in parsers if parser is not None)

    @property
    def opened(self) -> int:
        """How many connections it has opened so far."""
        return self._backend.opened

    def close(self) -> None:
        """Close the connection; also one that was opened while another thread closed the pool."""
        super().close()
        for connection in list(self._backend.sockets):
            connection.close()

    def shut_down(self) -> None:
        """End the exchange that another thread may be waiting for."""
        for connection in list(self._backend.sockets):
            with contextlib.suppress(OSError):  # it may be closed already
                connection.shutdown(socket.SHUT_RDWR)
