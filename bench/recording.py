"""Records the requests of a run byte for byte, and stores them in a file."""

import base64
import contextlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import h11

Header = tuple[str, str]


@dataclass(frozen=True)
class Sent:
    """One request: target and header names as they were sent, and the body without its chunks."""

    method: str
    target: str
    headers: tuple[Header, ...]
    body: bytes = field(repr=False)

    @property
    def chunked(self) -> bool:
        """Whether the body was sent in chunks."""
        return any(name.lower() == "transfer-encoding" for name, _ in self.headers)


@dataclass
class Recorder:
    """Reads the bytes of many connections, and stores the requests in the order in which they were complete."""

    requests: list[Sent] = field(default_factory=list)

    def connection(self) -> Callable[[bytes], None]:
        """Return a function that accepts the bytes of one connection, piece by piece.

        Bytes that h11 cannot read as HTTP are left out, and so is everything after them on that connection: the server closes
        it, and httpx could not send these bytes again.
        """
        return _Connection(self.requests).take


class _Connection:
    """Reads requests from the bytes of one connection."""

    def __init__(self, requests: list[Sent]) -> None:
        self._requests = requests
        self._parser = h11.Connection(h11.SERVER)
        self._head = h11.Request(method="GET", target="/", headers=[("Host", "")])
        self._body = b""

    def take(self, piece: bytes) -> None:
        """Accept the next bytes."""
        with contextlib.suppress(h11.RemoteProtocolError):
            self._parser.receive_data(piece)
            while not isinstance(event := self._parser.next_event(), type):
                self._note(event)

    def _note(self, event: h11.Event) -> None:
        match event:
            case h11.Request():
                self._head, self._body = event, b""
            case h11.Data():
                self._body += event.data
            case h11.EndOfMessage():
                self._requests.append(_sent(self._head, self._body))
                # Replies are not read, so the parser must start again for the next request.
                left, _ = self._parser.trailing_data
                self._parser = h11.Connection(h11.SERVER)
                if left:
                    self._parser.receive_data(left)
            case _:
                pass


def _sent(head: h11.Request, body: bytes) -> Sent:
    headers = tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers.raw_items()
    )
    return Sent(head.method.decode(), head.target.decode("latin-1"), headers, body)


def save(requests: Sequence[Sent], path: Path) -> None:
    """Write requests to a file, one line each."""
    lines = [
        json.dumps([one.method, one.target, one.headers, base64.b64encode(one.body).decode()])
        for one in requests
    ]
    path.write_text("\n".join(lines), "utf-8")


def load(path: Path) -> list[Sent]:
    """Return the requests of a file."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [
        Sent(method, target, tuple((name, value) for name, value in headers), base64.b64decode(body))
        for method, target, headers, body in rows
    ]
