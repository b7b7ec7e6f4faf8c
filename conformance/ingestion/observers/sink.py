"""Read-back by a webhook: the suite listens, and the target's pipeline posts its events there."""

import hashlib
import hmac
import json
import threading
from collections.abc import Container, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from conformance.client import TOKEN_HEADER
from conformance.ingestion.observers.bodies import MOST_COST, Keeper, parse
from conformance.ingestion.observers.by_store import EventsByStore
from conformance.ingestion.observers.observer import Access, Observer, ReadBackError, Reading, Stored
from conformance.ingestion.observers.trimming import cost
from conformance.ingestion.observers.webhook_server import Answer, Delivery, WebhookServer
from conformance.settings import ConfigurationError, unusable

MOST_REFUSED = 1000
"""Refused deliveries that are counted."""
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
    return SinkObserver(address, access.stores, access.mark, access.ids)


@dataclass
class SinkObserver:
    """Takes what is posted to ``PATH/<token>``, or to ``PATH`` with the token in a header.

    Pipelines may deliver an event twice, so only one of several equal events is taken. Anybody who reaches the sink can post
    to it: an event without the token of a store of the run counts only if it carries the run's mark.
    """

    address: str = field(repr=False)
    stores: Sequence[str] = field(default=(), repr=False)
    """The tokens that the run knows."""
    mark: str = ""
    """What the run's own events carry; empty: not known."""
    ids: Container[str] = field(default=(), repr=False)
    """The ids of the run's own events, in small letters."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _seen: set[tuple[str, bytes]] = field(default_factory=set, repr=False)
    _refused: list[str] = field(default_factory=list, repr=False)
    _of_others: int = 0
    """Events of stores that the run does not know."""
    _unreadable: int = 0
    """Delivered entries or lines that are not JSON objects."""
    _room: int = MOST_COST
    """About how many bytes of memory more events may need."""

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        host, port = parts.hostname or "", parts.port or 0
        self._path = parts.path.rstrip("/")
        self._events = EventsByStore(alone=len(self.stores) <= 1)
        try:
            self._server = WebhookServer(host, port, self._take, self._is_path)
        except OSError as error:
            raise ConfigurationError(
                f"--observer: the sink cannot listen at {host}:{port} ({error.strerror}); give another HOST:PORT"
            ) from None

    @property
    def url(self) -> str:
        """The URL to deliver to."""
        return f"{self._server.url}{self._path}"

    def read(self, token: str, session_id: str = "") -> Reading:
        """Return what has been delivered for a token's store. Raises ReadBackError where nothing has."""
        del session_id
        events = Reading.of(self._events.of(token), unreadable=self._unreadable)
        if self._room <= 0:
            raise ReadBackError(
                f"its events need more than {MOST_COST >> 20} MB of memory; let the pipeline deliver only this store's, with fewer fields"
            )
        if not events and self._refused:
            raise ReadBackError(
                f"all deliveries to the sink ({len(self._refused)}) were refused, the last because {self._refused[-1]}"
            )
        if not events and self._of_others:
            raise ReadBackError(f"no event names this token as its store, of {self._of_others} in all")
        if not events:
            raise ReadBackError("no event has been delivered to the sink")
        return events

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    def _is_path(self, path: str) -> bool:
        path = path.rstrip("/")
        return path == self._path or path.startswith(f"{self._path}/")

    def _take(self, delivery: Delivery) -> Answer:
        if not self._is_path(delivery.path):
            return self._refuse(404, "its path is not the path of the sink")
        # Strangers may post at the same time; one body after the other needs the least memory.
        with self._lock:
            keeper = Keeper(self.mark, self.ids)
            try:
                events = parse(delivery.body, may_be_empty=True, keeper=keeper).events
            except ReadBackError as error:
                return self._refuse(400, str(error))
            self._unreadable += keeper.unreadable
            segment = delivery.path.rstrip("/")[len(self._path) :].rpartition("/")[2]
            token = unquote(segment) or delivery.headers.get(TOKEN_HEADER, "").strip()
            for event in events:
                self._add(token, event)
        return Answer(204)

    def _add(self, token: str, event: Stored) -> None:
        try:
            text = json.dumps(event, sort_keys=True)
        except (RecursionError, ValueError):
            return
        known = not self.stores or any(
            hmac.compare_digest(token.encode("utf-8", "replace"), one.encode()) for one in self.stores
        )
        is_own = not self.mark or self.mark in text
        if token and not known:
            self._of_others += 1
            return
        identity = token, hashlib.sha256(text.encode()).digest()
        if identity in self._seen or self._room <= 0 or (not token and not is_own):
            return
        self._seen.add(identity)
        self._room -= cost(text)
        self._events.put(token, event)

    def _refuse(self, status: int, why: str) -> Answer:
        self._refused.append(why)
        del self._refused[:-MOST_REFUSED]
        return Answer(status, f"{why}\n")
