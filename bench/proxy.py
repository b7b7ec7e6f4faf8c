"""A TCP proxy that delays every byte from the target by a fixed time.

``python -m bench.proxy HOST:PORT SECONDS`` listens on a free port of loopback and prints it. ``--connecting SECONDS`` delays what
comes first on each new connection, as a longer line does; ``--certificate FILE`` (PEM, with its key) has clients use TLS. On
SIGTERM it ends, prints how many connections it had, and writes the requests that passed through to the file of ``--record``.
"""

import argparse
import asyncio
import signal
import ssl
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bench.recording import Recorder, save

CHUNK = 1 << 16


class Sink(Protocol):
    """The part of asyncio's StreamWriter that is used here."""

    def write(self, data: bytes, /) -> None:
        """Accept bytes to send."""

    async def drain(self) -> None:
        """Wait until the buffer has space."""

    def write_eof(self) -> None:
        """Close the sending side. Raises NotImplementedError over TLS."""

    def close(self) -> None:
        """Close both sides."""


async def pass_on(
    source: asyncio.StreamReader, sink: Sink, delay: float, note: Callable[[bytes], None] = lambda _: None
) -> None:
    """Write what is read, in the same order, each piece ``delay`` seconds after it was read; also the end.

    Pieces wait at the same time, as on a long line: a reply in several pieces is delayed once, and so is each of several
    replies on one connection.
    """
    clock = asyncio.get_running_loop().time
    wire: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def read() -> None:
        piece = b"-"
        while piece:
            try:
                piece = await source.read(CHUNK)
            except ConnectionError:
                piece = b""
            wire.put_nowait((clock() + delay, piece))

    reading = asyncio.create_task(read())
    try:
        while True:
            due, piece = await wire.get()
            if (early := due - clock()) > 0:
                await asyncio.sleep(early)
            if not piece:
                break
            note(piece)
            sink.write(piece)
            await sink.drain()
        try:
            sink.write_eof()
        except NotImplementedError:  # TLS cannot close one direction alone
            sink.close()
    finally:
        reading.cancel()


@dataclass(frozen=True)
class Line:
    """How far the target seems to be."""

    delay: float = 0.0
    """Seconds that each byte from the target takes longer."""
    connecting: float = 0.0
    """Seconds that each new connection takes longer."""
    context: ssl.SSLContext | None = None
    """Clients use TLS, if there is one."""


class Connections:
    """Counts the connections of clients."""

    count = 0


async def serve(
    target: tuple[str, int], line: Line, recorder: Recorder | None = None, counted: Connections | None = None
) -> asyncio.Server:
    """Listen on a free port of loopback, and open one connection to the target for each client."""
    # asyncio forgets the task of a lost connection, although replies to it may still arrive.
    tasks: set[asyncio.Task[None]] = set()

    async def join(client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        note = recorder.connection() if recorder else lambda _: None
        await asyncio.sleep(line.connecting)
        try:
            reply, to_target = await asyncio.open_connection(*target)
        except OSError:
            to_client.transport.abort()
            return
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(pass_on(client, to_target, 0, note))
                both.create_task(pass_on(reply, to_client, line.delay))
        except* OSError:
            to_client.transport.abort()
        finally:
            to_client.close()
            to_target.close()

    def connected(client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        if counted is not None:
            counted.count += 1
        task = asyncio.create_task(join(client, to_client))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    return await asyncio.start_server(connected, "127.0.0.1", 0, ssl=line.context)


async def main(address: str, line: Line, record: Path | None = None) -> None:
    """Serve until SIGTERM, then print the number of connections, and write the recorded requests."""
    host, _, port = address.rpartition(":")
    recorder, counted = Recorder() if record else None, Connections()
    server = await serve((host, int(port)), line, recorder, counted)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await ended.wait()
    sys.stdout.write(f"{counted.count}\n")
    sys.stdout.flush()
    if record and recorder:
        save(recorder.requests, record)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("delay", type=float)
    parser.add_argument("--connecting", type=float, default=0.0)
    parser.add_argument("--certificate")
    parser.add_argument("--record", type=Path)
    given = parser.parse_args()
    context = None
    if given.certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(given.certificate)
    asyncio.run(main(given.address, Line(given.delay, given.connecting, context), given.record))
