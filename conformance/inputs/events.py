"""Descriptions of events: a valid event of one type, and the changes to it."""

from dataclasses import dataclass, field
from typing import Any

from conformance.inputs.fields import NUMBERS, OPTIONAL, REQUIRED, TYPES

Event = dict[str, Any]

REMOVED = object()
"""Stands for the value of a field that is left out."""
LONE_SURROGATE, BEYOND_A_DOUBLE = "lone surrogate", "number beyond a double"
"""Kinds of unusual events that a parser may refuse."""
AN_OBJECT: dict[str, str] = {"unexpected": "object"}
AN_ARRAY = ["unexpected", "array"]


@dataclass(frozen=True, repr=False)
class EventSpec:
    """A valid event of one type, and the changes to it."""

    event_type: str
    name: str
    """A short description, in ASCII because it is part of the names of checks."""
    changes: tuple[tuple[str, Any], ...] = field(hash=False)
    """Pairs of field and value; the value REMOVED leaves the field out."""
    valid: bool = False
    """Whether it should be stored; if so, it is never sent in a batch with described events that should not."""
    replacement: Any = field(default=REMOVED, hash=False)
    """The value that is sent instead of the event, never in a batch with changed events; REMOVED for no replacement."""
    unusual: str = ""
    """What is unusual about it, if a target may lose its whole batch for that: it is sent only among such events."""
    headers: tuple[tuple[str, str], ...] = ()
    """Header lines of its request; events with the same ones share a batch."""
    copies: int = 1
    """How many times it stands in its batch."""

    def __str__(self) -> str:
        return f"{self.event_type}, {self.name}"

    def __repr__(self) -> str:
        """Return the same text in every run: reports of other plugins tell checks apart by the texts of their parameters."""
        return f"EventSpec({self.event_type!r}, {self.name!r})"

    @property
    def may_be_refused(self) -> bool:
        """Whether it holds what a parser may refuse with the whole batch."""
        return self.unusual in {LONE_SURROGATE, BEYOND_A_DOUBLE}

    @property
    def has_fixed_id(self) -> bool:
        """Whether its ``event_id`` is a given one, so that it is the same each time the event is sent."""
        changes = dict(self.changes)
        return "event_id" in changes and not callable(changes["event_id"])

    def apply(self, event: Event) -> Any:
        """Return a changed copy of a valid event, or the value that replaces it. A function makes a value from the valid one."""
        if self.replacement is not REMOVED:
            return self.replacement
        changed = {name: value(event.get(name)) if callable(value) else value for name, value in self.changes}
        return {name: value for name, value in {**event, **changed}.items() if value is not REMOVED}


def changed_event(event_type: str, name: str, /, **changes: Any) -> EventSpec:
    """Return a changed event of one type: it is invalid, or the contract does not say whether it is valid."""
    return EventSpec(event_type, name, tuple(changes.items()))


def valid_event(event_type: str, name: str, /, **changes: Any) -> EventSpec:
    """Return an event of one type that should be stored."""
    return EventSpec(event_type, name, tuple(changes.items()), valid=True)


def unusual_event(
    kind: str,
    name: str,
    /,
    *changes: tuple[str, Any],
    event_type: str = "product_view",
    valid: bool = False,
    copies: int = 1,
) -> EventSpec:
    """Return an event with a legal but unusual value; ``kind`` says what is unusual, for all such events."""
    return EventSpec(event_type, name, changes, valid=valid, unusual=kind, copies=copies)


def full_event(event_type: str) -> EventSpec:
    """Return a valid event with every optional field of its type."""
    optional = {name: value for name, (value, types) in OPTIONAL.items() if event_type in types}
    return valid_event(event_type, "with all", **optional)


def not_an_object(name: str, replacement: object) -> EventSpec:
    """Return an entry that is not an object."""
    return EventSpec("not an object", name, (), replacement=replacement)


def event_without(field_name: str, event_type: str) -> EventSpec:
    """Return an event without a field."""
    return changed_event(event_type, f"no {field_name}", **{field_name: REMOVED})


IN_ANOTHER_FIELD: dict[str, Any] = {
    "event_id": "6f1c4b1e-0d3a-4b52-9c5e-2f4d8a7b9c10",
    "timestamp": "2026-01-01T00:00:00Z",
    "session_id": "conformance-another-name",
    "product_id": 7000000000001,
    "collection_handle": "winter-boots",
    "position": 4,
}
"""A value of each required field, for events in which its name has another letter case."""


def renamed_events(field_name: str, event_type: str) -> tuple[EventSpec, ...]:
    """Return events in which the name of a required field has another letter case, so that the field is missing."""
    value = IN_ANOTHER_FIELD.get(field_name, event_type)
    return tuple(
        changed_event(event_type, f"{name} for {field_name}", **{field_name: REMOVED, name: value})
        for name in (field_name.title(), field_name.upper())
    )


EMPTY_OR_SHORT: tuple[tuple[str, Any], ...] = (
    ("an empty array", []),
    ("an array of 7", [7]),
    ("an empty object", {}),
    ("an array of text", ["7"]),
)
"""Containers that some languages convert to a text or a number. Each event type is sent with one of them."""


def plainly_mistyped_events(field_name: str, event_type: str) -> tuple[EventSpec, ...]:
    """Return events with a field of a wrong JSON type that no reader takes for the right one."""
    faults: dict[str, Any] = {"an object": AN_OBJECT, "an array": AN_ARRAY}
    if field_name == "contextual_data":
        faults = {"a string": "unexpected", "a number": 7}
    elif field_name in NUMBERS:
        faults["a word"] = "unexpected"
    return _with_each(faults, field_name, event_type)


def mistyped_events(field_name: str, event_type: str) -> tuple[EventSpec, ...]:
    """Return events with a field of a clearly wrong JSON type, some of which languages convert."""
    name, value = EMPTY_OR_SHORT[TYPES.index(event_type) % len(EMPTY_OR_SHORT)]
    faults: dict[str, Any] = {name: value}
    if field_name == "contextual_data":
        faults = {"an array": AN_ARRAY, "an empty array": []}
    if field_name in REQUIRED:
        faults["null"] = None
    if field_name in NUMBERS:
        faults |= {"an empty string": "", "a word after a digit": "7 boots"}
    return (
        *plainly_mistyped_events(field_name, event_type),
        *_with_each(faults, field_name, event_type),
    )


def _with_each(faults: dict[str, Any], field_name: str, event_type: str) -> tuple[EventSpec, ...]:
    return tuple(
        changed_event(event_type, f"{field_name} is {what}", **{field_name: value})
        for what, value in faults.items()
    )


def required_fields(event_type: str) -> list[str]:
    """Return the fields that a type requires."""
    return [name for name, types in REQUIRED.items() if event_type in types]
