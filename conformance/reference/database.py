"""The embedded database: a queue in front of SQLite, so ingestion is asynchronous as in production."""

import json
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from queue import SimpleQueue
from typing import Any, NamedTuple

from conformance.reference.stores import STORES, Store

_SCHEMA = """
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS events (
  id INTEGER PRIMARY KEY, store TEXT NOT NULL, dedup BLOB, session BLOB,
  received_at TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (store, dedup));
CREATE INDEX IF NOT EXISTS by_session ON events (store, session, received_at);
CREATE INDEX IF NOT EXISTS by_time ON events (store, received_at);
"""
_INSERT = "INSERT OR IGNORE INTO events (store, dedup, session, received_at, body) VALUES (?, ?, ?, ?, ?)"
_BY_TIME = "SELECT body FROM events WHERE store = ? AND received_at >= ? ORDER BY received_at, id"
_BY_SESSION = (
    "SELECT body FROM events WHERE store = ? AND session = ? AND received_at >= ? ORDER BY received_at, id"
)

Row = tuple[str, bytes | None, bytes | None, str, str]


class Delivery(NamedTuple):
    """One event to store: the store's name, the key for deduplication (None is never a duplicate), and the event."""

    store: str
    dedup: str | None
    event: dict[str, Any]


class _Parcel(NamedTuple):
    """The events of one request, and when they become visible (a monotonic time in seconds)."""

    due: float
    received_at: str
    deliveries: Sequence[Delivery]


class Database:
    """All events of all stores, in order of arrival.

    A single writer thread makes the events of one request visible together, ``delay`` seconds after ``put``. The contract
    does not say what happens to a repeated ``event_id``: here the first event is stored and later ones are dropped.
    """

    def __init__(
        self, stores: Sequence[Store] = STORES, *, path: str = ":memory:", delay: float = 0.02
    ) -> None:
        self.stores = tuple(stores)
        self.delay = delay
        self._by_token = {store.token: store for store in self.stores}
        self._queue: SimpleQueue[_Parcel | None] = SimpleQueue()
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.executescript(_SCHEMA)
        self._writer = threading.Thread(target=self._write, name="reference-ingestion", daemon=True)
        self._writer.start()

    def store(self, token: str) -> Store | None:
        """Return the store that has exactly this token."""
        return self._by_token.get(token)

    def put(self, deliveries: Sequence[Delivery]) -> None:
        """Queue the events of one request, and return at once."""
        if deliveries:
            self._queue.put(_Parcel(time.monotonic() + self.delay, utc_now(), deliveries))

    def events(self, store: str, since: str = "", session_id: str = "") -> list[str]:
        """Return the visible events, each as a JSON text; an empty filter is ignored."""
        with self._lock:
            if session_id:
                rows = self._connection.execute(_BY_SESSION, (store, _key(session_id), since))
            else:
                rows = self._connection.execute(_BY_TIME, (store, since))
            return [body for (body,) in rows]

    def close(self) -> None:
        """Stop the writer, drop what is still queued, and close the connection."""
        self._closing.set()
        self._queue.put(None)
        self._writer.join()
        self._connection.close()

    def _write(self) -> None:
        while (parcel := self._queue.get()) is not None:
            if self._closing.wait(max(0.0, parcel.due - time.monotonic())):
                return
            rows = list(_rows(parcel))
            with self._lock:
                self._connection.execute("BEGIN")
                self._connection.executemany(_INSERT, rows)
                self._connection.execute("COMMIT")


def utc_now() -> str:
    """Return the current time in the form that the database compares as text."""
    return as_text(datetime.now(UTC))


def as_text(moment: datetime) -> str:
    """Return a time in UTC with microseconds, so that the order of texts is the order of times."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _rows(parcel: _Parcel) -> Iterator[Row]:
    for store, dedup, event in parcel.deliveries:
        try:
            body = json.dumps({**event, "received_at": parcel.received_at}, separators=(",", ":"))
        except RecursionError:  # only the event that is nested too deeply to be written is lost
            continue
        yield store, _key(dedup), _key(event.get("session_id")), parcel.received_at, body


def _key(value: object) -> bytes | None:
    """Encode a text for comparison; lone surrogates and NUL characters are encoded too."""
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else None
