"""A TCP proxy that delays every byte from the target by a fixed time.

``python -m bench.proxy HOST:PORT SECONDS [RECORD]`` listens on a free port of loopback and prints it. On SIGTERM it ends, and
writes the requests that passed through to the file RECORD.
"""

import asyncio
import signal
import sys
from collections.abc import Callable
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
        """Close the sending side."""


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
        sink.write_eof()
    finally:
        reading.cancel()


async def serve(target: tuple[str, int], delay: float, recorder: Recorder | None = None) -> asyncio.Server:
    """Listen on a free port of loopback, and open one connection to the target for each client."""
    # asyncio forgets the task of a lost connection, although replies to it may still arrive.
    tasks: set[asyncio.Task[None]] = set()

    async def join(client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        note = recorder.connection() if recorder else lambda _: None
        try:
            reply, to_target = await asyncio.open_connection(*target)
        except OSError:
            to_client.transport.abort()
            return
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(pass_on(client, to_target, 0, note))
                both.create_task(pass_on(reply, to_client, delay))
        except* OSError:
            to_client.transport.abort()
        finally:
            to_client.close()
            to_target.close()

    def connected(client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(join(client, to_client))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    return await asyncio.start_server(connected, "127.0.0.1", 0)


async def main(address: str, delay: float, record: Path | None = None) -> None:
    """Serve until SIGTERM, then write the recorded requests."""
    host, _, port = address.rpartition(":")
    recorder = Recorder() if record else None
    server = await serve((host, int(port)), delay, recorder)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await ended.wait()
    if record and recorder:
        save(recorder.requests, record)


if __name__ == "__main__":
    _, address, seconds, *record = sys.argv
    asyncio.run(main(address, float(seconds), *map(Path, record)))
