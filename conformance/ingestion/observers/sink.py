"""Read-back by delivery: the suite listens, and the target's pipeline posts its events there."""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from conformance.client import TOKEN_HEADER
from conformance.ingestion.observers.bodies import parse
from conformance.ingestion.observers.by_store import EventsByStore
from conformance.ingestion.observers.observer import ReadBackError, Stored
from conformance.ingestion.observers.webhook_server import Answer, Delivery, Listener
from conformance.settings import ConfigurationError


@dataclass
class SinkObserver:
    """Takes what is posted to ``PATH/<token>``, or to ``PATH`` with the token in a header, from now on.

    Delivery at least once is normal: of events that are equal in every field, one is kept.
    """

    spec: str = field(repr=False)
    stores: Sequence[str] = field(default=(), repr=False)
    """The tokens that the run knows."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _seen: set[tuple[str, str]] = field(default_factory=set, repr=False)
    _refused: list[str] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.spec)
        host, port = parts.hostname or "", parts.port or 0
        self._path = parts.path.rstrip("/")
        self._shelves = EventsByStore(alone=len(self.stores) <= 1)
        try:
            self._listener = Listener(host, port, self._take)
        except OSError as error:
            raise ConfigurationError(
                f"--observer: the sink cannot listen at {host}:{port} ({error.strerror}); give another HOST:PORT"
            ) from None

    @property
    def url(self) -> str:
        """Where to deliver to."""
        return f"{self._listener.url}{self._path}"

    def read(self, token: str, session_id: str = "") -> list[Stored]:
        """Return what has been delivered for a token's store. Raises Unreadable where nothing has."""
        del session_id
        events = self._shelves.of(token)
        if not events and self._refused:
            raise ReadBackError(
                f"of the deliveries to the sink, all {len(self._refused)} were refused, the last since {self._refused[-1]}"
            )
        if not events:
            raise ReadBackError("no event has been delivered to the sink")
        return events

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()

    def _take(self, delivery: Delivery) -> Answer:
        path = delivery.path.rstrip("/")
        if path != self._path and not path.startswith(f"{self._path}/"):
            return self._refuse(404, "its path is not the sink's")
        try:
            events = parse(delivery.body, may_be_empty=True).events
        except ReadBackError as error:
            return self._refuse(400, str(error))
        segment = path[len(self._path) :].rpartition("/")[2]
        token = unquote(segment) or delivery.headers.get(TOKEN_HEADER, "").strip()
        for event in events:
            self._keep(token, event)
        return Answer(204)

    def _keep(self, token: str, event: Stored) -> None:
        identity = token, json.dumps(event, sort_keys=True)
        with self._lock:
            known = identity in self._seen
            self._seen.add(identity)
        if not known:
            self._shelves.put(token, event)

    def _refuse(self, status: int, why: str) -> Answer:
        self._refused.append(why)
        return Answer(status, f"{why}\n")
