"""Descriptions of events: a valid event of one type, and what is changed in it."""

from dataclasses import dataclass, field
from typing import Any

from conformance.inputs.fields import NUMBERS, REQUIRED

Event = dict[str, Any]

REMOVED = object()
"""In the place of a value: the field is left out."""
AN_OBJECT: dict[str, str] = {"unexpected": "object"}
AN_ARRAY = ["unexpected", "array"]


@dataclass(frozen=True)
class EventSpec:
    """A valid event of one type, and what is changed in it."""

    event_type: str
    name: str
    """ASCII, for the ids of parametrized checks."""
    changes: tuple[tuple[str, Any], ...] = field(hash=False)
    """Field and value; REMOVED in the place of a value leaves the field out."""
    valid: bool = False
    """Whether it should be stored; then it is never packed with one that should not."""
    replacement: Any = field(default=REMOVED, hash=False)
    """What goes out in the event's place, and is never packed with changed events; REMOVED for nothing."""

    def __str__(self) -> str:
        return f"{self.event_type}, {self.name}"

    @property
    def has_own_id(self) -> bool:
        """Whether its ``event_id`` is one of the changes: it goes out with the same one each time."""
        return "event_id" in dict(self.changes)

    def apply(self, event: Event) -> Any:
        """Return a changed copy of a valid event, or what goes out in its place."""
        if self.replacement is not REMOVED:
            return self.replacement
        return {key: value for key, value in {**event, **dict(self.changes)}.items() if value is not REMOVED}


def changed_event(event_type: str, name: str, /, **changes: Any) -> EventSpec:
    """Return an event of one type that is invalid, or of which the contract does not say whether it is valid."""
    return EventSpec(event_type, name, tuple(changes.items()))


def valid_event(event_type: str, name: str, /, **changes: Any) -> EventSpec:
    """Return an event of one type that should be stored."""
    return EventSpec(event_type, name, tuple(changes.items()), valid=True)


def not_an_object(name: str, replacement: object) -> EventSpec:
    """Return an entry that is not an object."""
    return EventSpec("not an object", name, (), replacement=replacement)


def event_without(field_name: str, event_type: str) -> EventSpec:
    """Return an event without a field."""
    return changed_event(event_type, f"no {field_name}", **{field_name: REMOVED})


def mistyped_events(field_name: str, event_type: str) -> tuple[EventSpec, ...]:
    """Return events whose field is plainly of the wrong JSON type: nothing that a lenient reader could convert."""
    faults: dict[str, Any] = {"an object": AN_OBJECT, "an array": AN_ARRAY}
    if field_name == "contextual_data":
        faults = {"a string": "unexpected", "a number": 7}
    elif field_name in NUMBERS:
        faults["a word"] = "unexpected"
    return tuple(
        changed_event(event_type, f"{field_name} is {what}", **{field_name: value})
        for what, value in faults.items()
    )


def required_fields(event_type: str) -> list[str]:
    """Return the fields that a type requires."""
    return [name for name, types in REQUIRED.items() if event_type in types]
