"""Makes new events with the run's mark, and the JSON body of a batch."""

import json
import random
import re
import threading
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.client import clock
from conformance.inputs.events import Event, EventSpec, changed_event
from conformance.inputs.fields import OPTIONAL, POSITIONED, PRODUCT_SCOPED, TYPES

SURROGATE = re.compile("[\ud800-\udfff]")
INFINITY = re.compile(r"(?<=: )(-?)Infinity(?=[,}])")


EventKind = tuple[str, frozenset[str]]
"""The type of an event, and the names of its fields: what a target may lose every event for."""


def kind_of(entry: Any) -> EventKind:
    """Return the kind of an entry; of one that is not an object, the kind without fields."""
    return (str(entry.get("event_type")), frozenset(entry)) if isinstance(entry, dict) else ("", frozenset())


@dataclass(frozen=True)
class SentEvent:
    """One sent entry of a batch, and how to recognise it."""

    entry: Any
    event_id: str
    """The id that it was sent with, or the generated id if it was sent without one."""
    mark: str
    """The text in its ``contextual_data.conformance``."""


@dataclass
class EventFactory:
    """Makes new events with the run's mark, so that an operator can find and delete them."""

    run: str
    events: int = 0
    """How many events were made."""
    sessions: int = 0
    """How many sessions were made."""
    generated_sizes: Counter[int] = field(default_factory=Counter, init=False)
    """How many batches of each size were generated."""
    ids: dict[str, EventKind] = field(default_factory=dict, init=False, repr=False)
    """The ids of the events that were made, in small letters, and their kinds."""
    _stock: list[SentEvent] = field(default_factory=list, init=False, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, init=False, repr=False)
    """Checks use the factory from several threads."""

    def session(self) -> str:
        """Return a new ``session_id``."""
        with self._lock:
            self.sessions += 1
            return f"conformance-{self.run}-{self.sessions}"

    def valid(self, event_type: str = "product_view", /, session: str = "", **changes: Any) -> SentEvent:
        """Return a valid event with only its required fields and the mark."""
        return self.make(changed_event(event_type, "valid", **changes), session)

    def full(self, event_type: str, session: str = "") -> SentEvent:
        """Return a valid event with every optional field of its type."""
        optional = {name: value for name, (value, types) in OPTIONAL.items() if event_type in types}
        return self.valid(event_type, session, **optional)

    def make(self, spec: EventSpec, session: str = "") -> SentEvent:
        """Return a new event for a description."""
        with self._lock:
            self.events += 1
            mark = f"conformance-{self.run}-e{self.events}"
        event_id = str(uuid.UUID(int=random.Random(mark).getrandbits(128), version=4))  # noqa: S311 - an identity, not a secret
        event: Event = {
            "event_id": event_id,
            "event_type": spec.event_type,
            "timestamp": clock.utc_now().isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "session_id": session or self.session(),
            "contextual_data": {"conformance": mark},
        }
        if spec.event_type in PRODUCT_SCOPED:
            event["product_id"] = 7000000000001
        if spec.event_type in POSITIONED:
            event["position"] = 4
        if spec.event_type == "collection_view":
            event["collection_handle"] = "winter-boots"
        if spec.event_type == "search":
            event["query"] = "winter boots"
        if spec.event_type == "block_view":
            event["attribution_token"] = "attribution-7"  # noqa: S105 - names a block
        entry = spec.apply(event)
        if spec.valid:
            event_id = entry["event_id"]
        self.ids[event_id.lower()] = kind_of(entry)
        return SentEvent(entry, event_id, mark)

    def with_id(self, sent: SentEvent, event_id: str) -> SentEvent:
        """Give an event that was not sent yet another id."""
        self.ids[event_id.lower()] = kind_of(sent.entry)
        sent.entry["event_id"] = event_id
        return replace(sent, event_id=event_id)

    def batch(self, size: int, session: str) -> list[SentEvent]:
        """Return new valid events; their types take turns."""
        return [self.valid(TYPES[index % len(TYPES)], session) for index in range(size)]

    def every_type(self) -> list[SentEvent]:
        """Return a new valid event of every type, all in one new session."""
        return self.batch(len(TYPES), self.session())

    def count_generated(self, size: int) -> None:
        """Count a batch whose size was generated."""
        with self._lock:
            self.generated_sizes[size] += 1

    def reusable(self, size: int = 1) -> list[SentEvent]:
        """Return the same valid events each time, for checks that need only the answer and can share it."""
        with self._lock:
            self._stock += [self.valid(TYPES[index % len(TYPES)]) for index in range(len(self._stock), size)]
            return self._stock[:size]


def body(entries: Sequence[SentEvent | Any], **members: Any) -> bytes:
    """Return the JSON body of a batch, in UTF-8.

    A lone surrogate, which UTF-8 does not have, is written as its escape sequence; infinity, which JSON does not have, as a
    number that is too large for a double.
    """
    events = [entry.entry if isinstance(entry, SentEvent) else entry for entry in entries]
    text = json.dumps({"events": events, **members}, ensure_ascii=False)
    text = INFINITY.sub(r"\g<1>1e999", text)
    return SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode()
