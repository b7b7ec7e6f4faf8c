"""The requests of a run, as they went over the wire, and the file that they are kept in."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import h11

Header = tuple[str, str]


@dataclass(frozen=True)
class Sent:
    """One request: its target and header names as they were written, and its body out of its chunks."""

    method: str
    target: str
    headers: tuple[Header, ...]
    body: bytes = field(repr=False)

    @property
    def chunked(self) -> bool:
        """Whether its body went out in chunks."""
        return any(name.lower() == "transfer-encoding" for name, _ in self.headers)


@dataclass
class Recorder:
    """Takes the bytes of many connections, and keeps the requests in the order in which each was whole."""

    requests: list[Sent] = field(default_factory=list)

    def connection(self) -> Callable[[bytes], None]:
        """Return what takes the bytes of one connection, piece by piece."""
        parser = h11.Connection(h11.SERVER)
        head: h11.Request | None = None
        body = b""

        def take(piece: bytes) -> None:
            nonlocal parser, head, body
            parser.receive_data(piece)
            while (event := parser.next_event()) not in (h11.NEED_DATA, h11.PAUSED):
                match event:
                    case h11.Request():
                        head, body = event, b""
                    case h11.Data():
                        body += event.data
                    case h11.EndOfMessage():
                        assert head is not None
                        self.requests.append(_sent(head, body))
                        # The answers are not ours to know: what follows begins anew.
                        left, _ = parser.trailing_data
                        parser = h11.Connection(h11.SERVER)
                        parser.receive_data(left) if left else None

        return take


def _sent(head: h11.Request, body: bytes) -> Sent:
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers.raw_items())
    return Sent(head.method.decode(), head.target.decode("latin-1"), headers, body)


def save(requests: Sequence[Sent], path: Path) -> None:
    """Write requests down, a line each."""
    lines = [
        json.dumps([one.method, one.target, one.headers, base64.b64encode(one.body).decode()]) for one in requests
    ]
    path.write_text("\n".join(lines), "utf-8")


def load(path: Path) -> list[Sent]:
    """Return the requests that were written down."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [
        Sent(method, target, tuple((name, value) for name, value in headers), base64.b64decode(body))
        for method, target, headers, body in rows
    ]
