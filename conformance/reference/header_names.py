"""uvicorn's HTTP/1.1 protocol with a record of header names as they were sent.

uvicorn gives header names in lower case, which would hide the mistake of comparing them exactly. A mutant has to
make that mistake, so the names as sent are in ``request.state.header_names``.
"""

import asyncio
from typing import Any

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState


class _Connection(h11.Connection):
    """A connection that records the header names of its last request."""

    header_names: tuple[bytes, ...] = ()

    def next_event(self) -> h11.Event | type[h11.NEED_DATA] | type[h11.PAUSED]:
        event = super().next_event()
        if isinstance(event, h11.Request):
            self.header_names = tuple(name for name, _ in event.headers.raw_items())
        return event


class Protocol(H11Protocol):
    """uvicorn's protocol, with the header names in each request's state."""

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
        """Let uvicorn schedule the request, then add the names before the application gets it."""
        super().handle_events()
        if self.scope is not None:
            self.scope["state"]["header_names"] = self._names.header_names
