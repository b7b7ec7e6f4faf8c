"""Read-back by a webhook: the suite listens, and the target's pipeline posts its events there."""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from conformance.client import TOKEN_HEADER
from conformance.ingestion.observers.bodies import parse
from conformance.ingestion.observers.by_store import EventsByStore
from conformance.ingestion.observers.observer import Access, Observer, ReadBackError, Stored
from conformance.ingestion.observers.webhook_server import Answer, Delivery, WebhookServer
from conformance.settings import ConfigurationError, unusable

FORM = "sink://127.0.0.1:9000/events"


def check_address(address: str, *, two_stores: bool) -> None:
    """Check an address to listen at: deliveries name their stores. Raises ConfigurationError."""
    del two_stores
    url = urlsplit(address)
    try:
        host_and_port = url.hostname and url.port
    except ValueError:  # its text may repeat what stands in the place of a port
        host_and_port = None
    if not host_and_port:
        raise unusable("a sink needs a host and a port, to which the target's pipeline can post", FORM)
    if "@" in url.netloc or "?" in address or "#" in address:
        raise unusable("a sink has no user, query or fragment", FORM)


def connect(address: str, access: Access) -> Observer:
    """Return the observer of a valid address, which listens from now on."""
    return SinkObserver(address, access.stores)


@dataclass
class SinkObserver:
    """Takes what is posted to ``PATH/<token>``, or to ``PATH`` with the token in a header.

    Pipelines may deliver an event twice, so only one of several equal events is taken.
    """

    address: str = field(repr=False)
    stores: Sequence[str] = field(default=(), repr=False)
    """The tokens that the run knows."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _seen: set[tuple[str, str]] = field(default_factory=set, repr=False)
    _refused: list[str] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        host, port = parts.hostname or "", parts.port or 0
        self._path = parts.path.rstrip("/")
        self._events = EventsByStore(alone=len(self.stores) <= 1)
        try:
            self._server = WebhookServer(host, port, self._take)
        except OSError as error:
            raise ConfigurationError(
                f"--observer: the sink cannot listen at {host}:{port} ({error.strerror}); give another HOST:PORT"
            ) from None

    @property
    def url(self) -> str:
        """The URL to deliver to."""
        return f"{self._server.url}{self._path}"

    def read(self, token: str, session_id: str = "") -> list[Stored]:
        """Return what has been delivered for a token's store. Raises ReadBackError where nothing has."""
        del session_id
        events = self._events.of(token)
        if not events and self._refused:
            raise ReadBackError(
                f"all deliveries to the sink ({len(self._refused)}) were refused, the last because {self._refused[-1]}"
            )
        if not events:
            raise ReadBackError("no event has been delivered to the sink")
        return events

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    def _take(self, delivery: Delivery) -> Answer:
        path = delivery.path.rstrip("/")
        if path != self._path and not path.startswith(f"{self._path}/"):
            return self._refuse(404, "its path is not the path of the sink")
        try:
            events = parse(delivery.body, may_be_empty=True).events
        except ReadBackError as error:
            return self._refuse(400, str(error))
        segment = path[len(self._path) :].rpartition("/")[2]
        token = unquote(segment) or delivery.headers.get(TOKEN_HEADER, "").strip()
        for event in events:
            self._add(token, event)
        return Answer(204)

    def _add(self, token: str, event: Stored) -> None:
        identity = token, json.dumps(event, sort_keys=True)
        with self._lock:
            known = identity in self._seen
            self._seen.add(identity)
        if not known:
            self._events.put(token, event)

    def _refuse(self, status: int, why: str) -> Answer:
        self._refused.append(why)
        return Answer(status, f"{why}\n")
