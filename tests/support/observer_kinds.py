"""Every kind of read-back: where a pipeline delivers events, and the observer that reads them there."""

import contextlib
import json
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import httpx
import sqlalchemy

from conformance.ingestion.observers import Observer, Reading, Stored
from conformance.ingestion.observers.trimming import LEFT_OUT, LONGEST_VALUE
from tests.support.pipelines import Event, free_port

Deliver = Callable[[str, list[Event]], None]
Pipeline = tuple[str, Deliver]
"""The value of ``--observer``, and a function that delivers the events of a store there."""

QUERY = quote(
    "SELECT payload FROM events WHERE token = :token AND received_at >= :since AND :session_id IN ('', session)"
)


class _Pages(BaseHTTPRequestHandler):
    """Serves a few events a page, JSON and NDJSON in turn; with a key, only to requests that carry it."""

    events: Mapping[str, list[Event]]
    size: int
    key: str
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one piece

    def do_GET(self) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        at = int(asked.get("from", 0))
        known = self.events.get(asked["token"], [])
        if session := asked.get("session_id"):
            known = [event for event in known if event.get("session_id") == session]
        shown, more = known[at : at + self.size], at + self.size < len(known)
        following = self.path.partition("&from")[0] + f"&from={at + self.size}"
        in_lines = at // self.size % 2 == 1
        body = json.dumps({"events": shown, "next": following if more else None})
        if in_lines:
            body = "".join(f"{json.dumps(event)}\n" for event in shown)
        if self.key and self.headers["Authorization"] != f"Bearer {self.key}":
            body, more = "[]", False
        self.send_response(200)
        self.send_header("Content-Type", "application/x-ndjson" if in_lines else "application/json")
        if in_lines and more:
            self.send_header("Link", f'<{following}>; rel="next"')
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None: ...


@contextlib.contextmanager
def pages(size: int = 100, key: str = "") -> Iterator[Pipeline]:
    events: dict[str, list[Event]] = {}
    handler = type("Pages", (_Pages,), {"events": events, "size": size, "key": key})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=[0.02])
    thread.start()
    url = f"http://127.0.0.1:{server.server_address[1]}/events?token={{token}}&session_id={{session_id}}"
    yield url, lambda token, found: events.setdefault(token, []).extend(found)
    server.shutdown()
    thread.join()
    server.server_close()


@contextlib.contextmanager
def sink(_folder: Path) -> Iterator[Pipeline]:
    spec = f"//127.0.0.1:{free_port()}/events"
    with httpx.Client(trust_env=False) as client:

        def deliver(token: str, events: list[Event]) -> None:
            url = f"http:{spec}/{quote(token, safe='')}"
            client.post(url, content=json.dumps(events)).raise_for_status()

        yield f"sink:{spec}", deliver


def _append(path: Path, events: list[Event]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write("".join(f"{json.dumps(event)}\n" for event in events))


@contextlib.contextmanager
def log(folder: Path) -> Iterator[Pipeline]:
    yield (
        f"file://{folder}/{{token}}",
        lambda token, events: _append(folder / quote(token, safe=""), events),
    )


@contextlib.contextmanager
def command(folder: Path) -> Iterator[Pipeline]:
    # In shell, because starting Python for each reading would take longer than everything else.
    prints = f'exec:cd {folder}; [ ! -e "$BEACON_OBSERVE_TOKEN" ] || exec cat "$BEACON_OBSERVE_TOKEN"'
    yield prints, lambda token, events: _append(folder / token, events)


@contextlib.contextmanager
def sqlite(folder: Path) -> Iterator[Pipeline]:
    path = folder / "events.db"
    with contextlib.closing(sqlite3.connect(path, check_same_thread=False, isolation_level=None)) as database:
        database.execute("PRAGMA synchronous = OFF")
        database.execute("CREATE TABLE events (token, received_at, session, payload)")

        def deliver(token: str, events: list[Event]) -> None:
            now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            rows = [(token, now, str(event.get("session_id")), json.dumps(event)) for event in events]
            database.executemany("INSERT INTO events VALUES (?, ?, ?, ?)", rows)

        yield f"sql+sqlite:///{path}?query={QUERY}", deliver


IN_A_FOLDER: dict[str, Callable[[Path], contextlib.AbstractContextManager[Pipeline]]] = {
    "sink": sink,
    "pages": lambda _: pages(size=20),
    "file": log,
    "exec": command,
    "sqlite": sqlite,
}
"""The kinds that need only a folder; a database server is started once."""


@contextlib.contextmanager
def database(url: str) -> Iterator[Pipeline]:
    """Deliver to a running database server."""
    engine = sqlalchemy.create_engine(url)
    # Text: a column of JSON takes no NUL, and an event may have one.
    table = (
        "CREATE TABLE events (token text, received_at timestamptz DEFAULT now(), session text, payload text)"
    )
    insert = sqlalchemy.text("INSERT INTO events VALUES (:token, DEFAULT, :session, :payload)")

    def deliver(token: str, events: list[Event]) -> None:
        with engine.begin() as connection:
            for event in events:
                session = str(event.get("session_id")).replace(
                    "\0", ""
                )  # no column of PostgreSQL takes a NUL
                row = {"token": token, "session": session, "payload": json.dumps(event)}
                connection.execute(insert, row)

    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("DROP TABLE IF EXISTS events"))
        connection.execute(sqlalchemy.text(table))
    try:
        yield f"sql+{url}?query={QUERY}", deliver
    finally:
        engine.dispose()


class Every(Observer):
    """Returns the events that all of several observers return."""

    def __init__(self, observers: Sequence[Observer]) -> None:
        self._first, *self._others = observers
        self._agreed: dict[tuple[str, str], Reading] = {}
        self.disagreements: list[str] = []
        """Events that only some observers returned at the end."""

    def read(self, token: str, session_id: str = "") -> Reading:
        found = _of(session_id, self._first.read(token, session_id))
        if found == self._agreed.get((token, session_id)):
            return found  # If one observer has nothing new, the others are not asked again.
        others = [_texts(_of(session_id, one.read(token, session_id))) for one in self._others]
        shown = Reading(event for event in found if all(_text(event) in other for other in others))
        if shown == found:
            self._agreed[token, session_id] = found
        return shown

    def close(self) -> None:
        every = [self._first, *self._others]
        for token in {token for token, _ in self._agreed}:
            shown = [_texts(observer.read(token)) for observer in every]
            some, all_of_them = shown[0].union(*shown), shown[0].intersection(*shown)
            self.disagreements += some - all_of_them
        for observer in every:
            observer.close()


def _of(session_id: str, events: Sequence[Stored]) -> Reading:
    """Return the events of a session; some kinds return more than they are asked for."""
    return Reading(event for event in events if not session_id or event.get("session_id") == session_id)


def _texts(events: Sequence[Stored]) -> set[str]:
    return set(map(_text, events))


def _text(event: Stored) -> str:
    """Return an event as JSON. A long value may be left out of a large event, and only some kinds see how large it is."""
    values = {name: json.dumps(value, sort_keys=True) for name, value in event.items()}
    is_long = {name: len(text) > LONGEST_VALUE or LEFT_OUT in text for name, text in values.items()}
    return json.dumps({name: "long" if is_long[name] else values[name] for name in sorted(values)})
