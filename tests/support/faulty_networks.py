"""Broken networks between a run and the reference: each request is relayed or gets a fault."""

import random
import socket
from collections.abc import Callable
from dataclasses import dataclass

from conformance import reference
from tests.support.raw_servers import RawServer, hangs

Step = Callable[[RawServer, socket.socket], None]
Fault = Callable[["Relay", RawServer, socket.socket], None]


@dataclass
class Relay:
    """A server's step that relays requests to the reference, except for those that get a fault."""

    behind: reference.Server
    fault: Fault
    meets: Callable[[int], bool] = lambda _: True
    """Whether the request with this number, counted from 1, gets the fault."""

    def __call__(self, server: RawServer, connection: socket.socket) -> None:
        """Answer the last request."""
        if self.meets(len(server.received)):
            self.fault(self, server, connection)
        else:
            connection.sendall(self.reply(server))

    def reply(self, server: RawServer) -> bytes:
        """Return the reply of the reference."""
        head, end, body = server.own.request.partition(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection:")]
        host, _, port = self.behind.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=30) as upstream:
            upstream.sendall(b"\r\n".join([*lines, b"Connection: close"]) + end + body)
            answer = b""
            while part := upstream.recv(1 << 16):
                answer += part
        return answer


def page(status: str, *lines: str, body: bytes = b"<html><body>Who are you?</body></html>") -> Fault:
    """Answer with the page of a gateway, or with another complete reply that the application did not send."""
    media = (
        [] if any(line.lower().startswith("content-type") for line in lines) else ["Content-Type: text/html"]
    )
    head = "".join(f"\r\n{line}" for line in [*media, *lines, f"Content-Length: {len(body)}"])

    def answer(_relay: Relay, _server: RawServer, connection: socket.socket) -> None:
        connection.sendall(f"HTTP/1.1 {status}{head}\r\n\r\n".encode() + body)

    return answer


def silent(_relay: Relay, server: RawServer, connection: socket.socket) -> None:
    """Accept, and never answer."""
    hangs(server, connection)


def dripping(_relay: Relay, server: RawServer, connection: socket.socket) -> None:
    """Send an answer that never ends, a byte at a time."""
    server.drip(connection, b"HTTP/1.1 201 Created\r\n" + b"X-Filling: drop by drop\r\n" * 100_000)


def closing(_relay: Relay, _server: RawServer, _connection: socket.socket) -> None:
    """Close without an answer."""


def resetting(relay: Relay, server: RawServer, connection: socket.socket) -> None:
    """Reset the connection after the headers."""
    head, end, _ = relay.reply(server).partition(b"\r\n\r\n")
    connection.sendall(head + end)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def truncating(relay: Relay, server: RawServer, connection: socket.socket) -> None:
    """Send less than the Content-Length says."""
    head, end, body = relay.reply(server).partition(b"\r\n\r\n")
    connection.sendall(head.replace(b"ontent-length: ", b"ontent-length: 9") + end + body)


def garbling(relay: Relay, server: RawServer, connection: socket.socket) -> None:
    """Send bytes that are not HTTP."""
    connection.sendall(b"\xff\xfe" + relay.reply(server)[9:])


def desynchronised(relay: Relay, server: RawServer, connection: socket.socket) -> None:
    """Send a reply twice and leave the connection open, so that the second one meets the next request."""
    answer = relay.reply(server).replace(b"\r\nconnection: close", b"").replace(b"\r\nConnection: close", b"")
    connection.sendall(answer + answer)
    server.closing.wait(0.2)


def sometimes(share: float) -> Callable[[int], bool]:
    """Choose a share of all requests at random, with a fixed seed."""
    chance = random.Random(7)  # noqa: S311 - the same requests in every run, if they come in the same order
    return lambda _number: chance.random() < share


def after(count: int) -> Callable[[int], bool]:
    """Choose every request after the first ``count``."""
    return lambda number: number > count
