"""A server with a few workers. Each serves one connection until the client closes it, or it is idle for some seconds."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import httpx

from tests.support.without_threads import handler, serving


class _Server(HTTPServer):
    request_queue_size = 128

    def __init__(self, kind: type[BaseHTTPRequestHandler], workers: int) -> None:
        super().__init__(("127.0.0.1", 0), kind)
        self.workers = ThreadPoolExecutor(workers)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.workers.submit(self._serve, request, client_address)

    def _serve(self, request: Any, client_address: Any) -> None:
        with suppress(OSError):
            self.finish_request(request, client_address)
        self.shutdown_request(request)


@contextmanager
def few_workers(url: str, workers: int, idle: float) -> Iterator[str]:
    """Yield the address of such a server, which passes each request on to a target."""
    kind = type(
        "Handler",
        (handler(client := httpx.Client(), url),),
        {"protocol_version": "HTTP/1.1", "timeout": idle},
    )
    with client, _Server(kind, workers) as server:
        with serving(server):
            yield f"http://127.0.0.1:{server.server_port}"
        server.workers.shutdown(wait=False, cancel_futures=True)
