"""The events that the suite sends: valid ones of every type, and changes that make them something else."""

import random
import threading
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

Event = dict[str, Any]

PRODUCT_SCOPED = (
    "product_view",
    "product_click",
    "product_impression",
    "product_hover",
    "product_touch",
    "add_to_cart",
)
POSITIONED = ("product_click", "product_impression", "product_hover", "product_touch")
TYPES = (*PRODUCT_SCOPED, "collection_view", "search", "block_view")
"""The types that are published for certain."""

REQUIRED: dict[str, tuple[str, ...]] = {
    "event_id": TYPES,
    "event_type": TYPES,
    "timestamp": TYPES,
    "session_id": TYPES,
    "product_id": PRODUCT_SCOPED,
    "collection_handle": ("collection_view",),
    "position": POSITIONED,
}
"""Each required field, and the types that require it."""

OPTIONAL: dict[str, tuple[Any, tuple[str, ...]]] = {
    "customer_id": ("customer-7", TYPES),
    "attribution_token": ("attribution-7", TYPES),
    "shopping_channel": ("web", TYPES),
    "variant_id": (41000000000001, PRODUCT_SCOPED),
    "marketing_source": ("newsletter", TYPES),
    "marketing_medium": ("email", TYPES),
    "marketing_campaign": ("autumn", TYPES),
}
"""Each optional field with a legal value, and the types that carry it; ``contextual_data`` is on every event."""

CARRIED_BY = {**REQUIRED, **{name: kinds for name, (_, kinds) in OPTIONAL.items()}, "contextual_data": TYPES}
"""The types that carry each field of a known JSON type."""

NUMBERS = ("product_id", "variant_id", "position")

REMOVED = object()
"""In the place of a value: the field is left out."""
AN_OBJECT: dict[str, str] = {"unexpected": "object"}
AN_ARRAY = ["unexpected", "array"]


@dataclass(frozen=True)
class Probe:
    """A valid event of one type with one change: what becomes of it is the question."""

    kind: str
    """The event type."""
    name: str
    """ASCII, for the ids of parametrized checks."""
    changes: tuple[tuple[str, Any], ...] = field(hash=False)
    """Field and value; REMOVED in the place of a value leaves the field out."""
    sound: bool = False
    """Whether it ought to be ingested; then it is never packed with one that ought not."""
    whole: Any = field(default=REMOVED, hash=False)
    """What goes out in the event's place, and is never packed with events that are changed; REMOVED for nothing."""

    def __str__(self) -> str:
        return f"{self.kind}, {self.name}"

    def apply(self, event: Event) -> Any:
        """Return a changed copy of a valid event, or what goes out in its place."""
        if self.whole is not REMOVED:
            return self.whole
        return {key: value for key, value in {**event, **dict(self.changes)}.items() if value is not REMOVED}


def probe(kind: str, name: str, **changes: Any) -> Probe:
    """Return a probe of one type."""
    return Probe(kind, name, tuple(changes.items()))


def sound(kind: str, name: str, **changes: Any) -> Probe:
    """Return a probe of one type that ought to be ingested."""
    return Probe(kind, name, tuple(changes.items()), sound=True)


def no_object(name: str, whole: object) -> Probe:
    """Return a probe that is no object."""
    return Probe("no object", name, (), whole=whole)


def missing(name: str, kind: str) -> Probe:
    """Return a probe without a field."""
    return probe(kind, f"no {name}", **{name: REMOVED})


def mistyped(name: str, kind: str) -> tuple[Probe, ...]:
    """Return probes whose field is plainly of the wrong JSON type: nothing that a lenient reader could convert."""
    faults: dict[str, Any] = {"an object": AN_OBJECT, "an array": AN_ARRAY}
    if name == "contextual_data":
        faults = {"a string": "unexpected", "a number": 7}
    elif name in NUMBERS:
        faults["a word"] = "unexpected"
    return tuple(probe(kind, f"{name} is {what}", **{name: value}) for what, value in faults.items())


def required_fields(kind: str) -> list[str]:
    """Return the fields that a type requires."""
    return [name for name, kinds in REQUIRED.items() if kind in kinds]


@dataclass(frozen=True)
class Sent:
    """One entry of a batch as it went out, and how to know it again."""

    entry: Any
    event_id: str
    """The id it went out with, or would have."""
    mark: str
    """In its ``contextual_data.conformance``."""


@dataclass
class Mint:
    """Makes events that are new, and marked as this run's so that an operator can find and delete them."""

    run: str
    events: int = 0
    """How many were made."""
    sessions: int = 0
    """How many were named."""
    drawn: Counter[int] = field(default_factory=Counter, init=False)
    """How many batches of each size were generated."""
    _stock: list[Sent] = field(default_factory=list, init=False, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, init=False, repr=False)
    """Checks may ask from several threads."""

    def session(self) -> str:
        """Return a new ``session_id``."""
        with self._lock:
            self.sessions += 1
            return f"conformance-{self.run}-{self.sessions}"

    def valid(self, kind: str = "product_view", session: str = "", **changes: Any) -> Sent:
        """Return a valid event with its required fields and nothing else but the mark."""
        return self.of(probe(kind, "valid", **changes), session)

    def full(self, kind: str, session: str = "") -> Sent:
        """Return a valid event with every optional field of its type."""
        return self.valid(
            kind, session, **{name: value for name, (value, kinds) in OPTIONAL.items() if kind in kinds}
        )

    def of(self, probe: Probe, session: str = "") -> Sent:
        """Return the event of a probe."""
        with self._lock:
            self.events += 1
            mark = f"conformance-{self.run}-e{self.events}"
        event_id = str(uuid.UUID(int=random.Random(mark).getrandbits(128), version=4))  # noqa: S311 - an identity, no secret
        event: Event = {
            "event_id": event_id,
            "event_type": probe.kind,
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "session_id": session or self.session(),
            "contextual_data": {"conformance": mark},
        }
        if probe.kind in PRODUCT_SCOPED:
            event["product_id"] = 7000000000001
        if probe.kind in POSITIONED:
            event["position"] = 4
        if probe.kind == "collection_view":
            event["collection_handle"] = "winter-boots"
        if probe.kind == "search":
            event["query"] = "winter boots"
        if probe.kind == "block_view":
            event["attribution_token"] = "attribution-7"  # noqa: S105 - names a block
        return Sent(probe.apply(event), event_id, mark)

    def batch(self, size: int, session: str) -> list[Sent]:
        """Return new valid events, of every type in turn."""
        return [self.valid(TYPES[index % len(TYPES)], session) for index in range(size)]

    def note(self, size: int) -> None:
        """Count a batch whose size was generated."""
        with self._lock:
            self.drawn[size] += 1

    def stock(self, size: int = 1, *, drawn: bool = False) -> list[Sent]:
        """Return valid events whose fate is not the question: the same ones every time, so that answers are shared.

        ``drawn`` where their number was generated.
        """
        with self._lock:
            if drawn:
                self.note(size)
            self._stock += [self.valid(TYPES[index % len(TYPES)]) for index in range(len(self._stock), size)]
            return self._stock[:size]
