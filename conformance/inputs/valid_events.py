"""Valid events: usual ones, which every target has to store, and unusual ones, which it should store."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from conformance.client import clock
from conformance.inputs.events import REMOVED, valid_event
from conformance.inputs.factory import EventFactory, SentEvent
from conformance.inputs.fields import CARRIED_BY, OPTIONAL, TYPES
from conformance.inputs.identifiers import ulid

LARGEST = 2**53 - 1
"""The largest integer that every JSON parser reads exactly."""
CARRIED = {**CARRIED_BY, "query": ("search",)}


@dataclass(frozen=True)
class ValidEvent:
    """The differences of a valid event from one with only its required fields. Fields that its type does not have are left out."""

    name: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    timestamp: Callable[[datetime], str] | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    """Free-form data in addition to the mark."""
    has_ulid: bool = False

    def make(self, event_type: str, factory: EventFactory, session: str) -> SentEvent:
        """Return a new event of one type."""
        changes = {name: value for name, value in self.fields.items() if event_type in CARRIED[name]}
        if self.timestamp is not None:
            # A whole second after the run's start, because a read-back may compare ``since`` with this timestamp.
            changes["timestamp"] = self.timestamp(
                clock.utc_now().replace(microsecond=0) + timedelta(seconds=1)
            )
        sent = factory.make(valid_event(event_type, self.name, **changes), session)
        if self.data:
            sent.entry["contextual_data"] = {**self.data, **sent.entry["contextual_data"]}
        if self.has_ulid:
            sent = factory.with_id(sent, ulid(sent.mark))
        return sent


def _utc(fraction: str) -> Callable[[datetime], str]:
    return lambda moment: f"{moment:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def _offset(hours: float) -> Callable[[datetime], str]:
    return lambda moment: moment.astimezone(timezone(timedelta(hours=hours))).isoformat()


REQUIRED_FIELDS_ALONE = ValidEvent("required fields alone")
USUAL = (
    REQUIRED_FIELDS_ALONE,
    ValidEvent("every optional field", {name: value for name, (value, _) in OPTIONAL.items()}),
    *(ValidEvent(f"with {name}", {name: value}) for name, (value, _) in OPTIONAL.items()),
    ValidEvent("guest", {"customer_id": None}),
    ValidEvent("from the app", {"shopping_channel": "app"}),
    ValidEvent("without data", {"contextual_data": REMOVED}),
    ValidEvent("ULID", has_ulid=True),
    *(ValidEvent(f"{len(digits)} digits", timestamp=_utc(digits)) for digits in ("", ".1", ".12", ".123")),
    ValidEvent("first", {"position": 1, "query": "boots"}),
    ValidEvent("thousandth", {"position": 1000, "query": "waterproof winter boots size 42"}),
)
"""Valid events that a published sentence clearly allows."""


def _text(text: str) -> dict[str, str]:
    return dict.fromkeys(("query", "marketing_source", "marketing_campaign"), text)


UNUSUAL = (
    *(ValidEvent(f"{name} text", _text(text)) for name, text in (
        ("accented", "Größe façon ñandú"),
        ("Japanese", "冬のブーツ"),
        ("Arabic", "أحذية الشتاء"),
        ("emoji", "boots 🥾👩\u200d👩\u200d👧"),
        ("combining", "cafe\u0301"),
        ("short", "b"),
        ("quoted", "the \"7\" o'clock \\ boots / more"),
        ("long", "boots " * 40),
    )),
    ValidEvent("long query", {"query": "boots " * 200, "marketing_campaign": "c" * 1000}),
    *(
        ValidEvent(f"numbers of {number}", {"product_id": number, "variant_id": number, "position": position})
        for number, position in ((1, 1), (2**31, 10**6), (LARGEST, LARGEST))
    ),
    *(ValidEvent(f"offset {hours:+g} h", timestamp=_offset(hours)) for hours in (0, 2, 5.5, -8, 14, -11)),
    *(ValidEvent(f"{len(digits)} digits", timestamp=_utc(digits)) for digits in (".123456", ".123456789")),
    ValidEvent("nested data", data={"a": {"b": [1, -0.5, None, True, {"c": "冬"}]}, "événement": 1.5}),
    ValidEvent("much data", data={f"key {number}": number for number in range(100)}),
)  # fmt: skip
"""Valid events that the contract allows but a target may limit: text beyond ASCII, extreme values, UTC offsets."""


def nth_valid_event(number: int, *, unusual: bool) -> tuple[str, ValidEvent]:
    """Return the pair of an event type and a valid event that has a number."""
    described = UNUSUAL if unusual else USUAL
    return TYPES[number % len(TYPES)], described[number % len(described)]
