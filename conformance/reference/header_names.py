"""HTTP/1.1 as uvicorn speaks it, and a record of how header names were written.

A server hands names over in lower case, which hides the mistake of comparing them exactly. A mutant has to be
able to make it, so the names as written go into ``request.state.header_names``.
"""

import asyncio
from typing import Any

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState


class _Connection(h11.Connection):
    """A connection that remembers the last request's header names."""

    header_names: tuple[bytes, ...] = ()

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        event = super().next_event()
        if isinstance(event, h11.Request):
            self.header_names = tuple(name for name, _ in event.headers.raw_items())
        return event


class Protocol(H11Protocol):
    """uvicorn's own protocol, with the header names on each request's state."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.conn = self._names = _Connection(h11.SERVER)

    def handle_events(self) -> None:
        """Let uvicorn schedule the request, then add the names before it runs."""
        super().handle_events()
        if self.scope is not None:
            self.scope["state"]["header_names"] = self._names.header_names
