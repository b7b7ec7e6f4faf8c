"""The reference as a running server: in a thread for runs and tests, in the foreground for people."""

import contextlib
import sys
import threading
from types import TracebackType
from typing import Self

import uvicorn

from conformance.reference.app import create_app
from conformance.reference.database import Database
from conformance.reference.greeting import greeting
from conformance.reference.header_names import Protocol
from conformance.reference.http_server import Listener
from conformance.reference.rules import Rules


class Server:
    """A reference server on loopback, with its own database.

    ``rules`` is the class of rules (a subclass is a mutant), ``delay`` the seconds from an answer until its events are
    visible in the read-back, ``port`` 0 any free port, ``path`` a file for the events.
    While it runs, ``url`` is its base URL, without ``/beacon``.
    """

    def __init__(
        self,
        rules: type[Rules] = Rules,
        *,
        delay: float = 0.02,
        host: str = "127.0.0.1",
        port: int = 0,
        path: str = ":memory:",
    ) -> None:
        self.database = Database(path=path, delay=delay)
        self.rules = rules(self.database)
        self.url = ""
        self._host = host
        self._listener = Listener(
            uvicorn.Config(
                create_app(self.rules, self.database),
                host=host,
                port=port,
                http=Protocol,
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="critical",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=120,  # longer than any client, so no client uses a connection that is closing
            )
        )
        self._thread = threading.Thread(target=self._run, name="reference-server", daemon=True)

    def start(self) -> Self:
        """Listen, and return when requests are accepted. Raises OSError."""
        self._thread.start()
        self._listener.start_ended.wait()
        if not self._listener.started:
            self.stop()
            raise OSError(f"The reference cannot listen on {self._host}.")
        port = self._listener.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://[{self._host}]:{port}" if ":" in self._host else f"http://{self._host}:{port}"
        return self

    def stop(self) -> None:
        """Finish the open requests, and free threads, sockets and the database."""
        self._listener.request_stop()
        if self._thread.ident is not None:
            self._thread.join()
        self.database.close()

    @property
    def observer(self) -> str:
        """The URL template of the read-back, as ``--observer`` takes it."""
        return f"{self.url}/events?token={{token}}&since={{since}}&session_id={{session_id}}"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            with contextlib.suppress(SystemExit):  # uvicorn raises it if the port is in use
                self._listener.run()
        finally:
            self._listener.start_ended.set()


def serve_forever(host: str = "127.0.0.1", port: int = 8000, *, rules: type[Rules] = Rules) -> None:
    """Serve the reference in the foreground until it is interrupted."""
    with (
        Server(rules, host=host, port=port) as server,
        contextlib.suppress(KeyboardInterrupt),
    ):
        sys.stdout.write(greeting(server.url, server.observer))
        sys.stdout.flush()
        threading.Event().wait()
