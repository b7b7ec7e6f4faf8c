"""A uvicorn server for a thread: it signals when it listens, and stops at once."""

import asyncio
import contextlib
import socket
import threading

import uvicorn

_PATIENCE = 2.0
"""Seconds that open requests have to finish when the server stops."""


class Listener(uvicorn.Server):
    """A server whose event ``start_ended`` is set when it listens, or when the start failed."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.start_ended = threading.Event()
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and set ``start_ended``."""
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        await self.on_tick(0)
        self.start_ended.set()

    async def main_loop(self) -> None:
        """Update the ``Date`` header every second until the server is to stop."""
        while not self._stopping.is_set():
            await self.on_tick(0)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), timeout=1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Finish the open requests, then close every connection."""
        del sockets
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if tasks := list(self.server_state.tasks):
            await asyncio.wait(tasks, timeout=_PATIENCE)
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        for _ in range(3):  # a closed transport frees its socket one iteration later
            await asyncio.sleep(0)

    def request_stop(self) -> None:
        """Stop, from any thread."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stopping.set)
