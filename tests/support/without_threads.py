"""A server that handles one connection after the other, and closes each after its answer."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import httpx

HOP = {"connection", "transfer-encoding", "content-length", "keep-alive", "date", "server"}


@contextmanager
def without_threads(url: str) -> Iterator[str]:
    """Yield the address of such a server, which passes each request on to a target."""
    with (
        httpx.Client() as client,
        HTTPServer(("127.0.0.1", 0), handler(client, url)) as server,
        serving(server),
    ):
        yield f"http://127.0.0.1:{server.server_port}"


@contextmanager
def serving(server: HTTPServer) -> Iterator[None]:
    """Have a server serve on a thread of its own."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


def handler(client: httpx.Client, url: str) -> type[BaseHTTPRequestHandler]:
    """Return a class that passes each request on to a target."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 5.0

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            lines = [line for line in self.headers.items() if line[0].lower() not in {"host", *HOP}]
            reply = client.request(self.command, url + self.path, headers=lines, content=body)
            self.send_response(reply.status_code)
            for name, value in reply.headers.multi_items():
                if name.lower() not in HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.content)))
            self.end_headers()
            self.wfile.write(reply.content)

        def do_GET(self) -> None:
            self.do_POST()

        def do_OPTIONS(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            pass

    return Handler
