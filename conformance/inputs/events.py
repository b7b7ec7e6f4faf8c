"""Descriptions of events: a valid event of one type, with changes that make it something else."""

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
    """A valid event of one type with one change: what becomes of it is the question."""

    kind: str
    """The event type."""
    name: str
    """ASCII, for the ids of parametrized checks."""
    changes: tuple[tuple[str, Any], ...] = field(hash=False)
    """Field and value; REMOVED in the place of a value leaves the field out."""
    valid_spec: bool = False
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


def spec(kind: str, name: str, **changes: Any) -> EventSpec:
    """Return a probe of one type."""
    return EventSpec(kind, name, tuple(changes.items()))


def valid_spec(kind: str, name: str, **changes: Any) -> EventSpec:
    """Return a probe of one type that ought to be ingested."""
    return EventSpec(kind, name, tuple(changes.items()), valid_spec=True)


def not_an_object(name: str, whole: object) -> EventSpec:
    """Return a probe that is no object."""
    return EventSpec("no object", name, (), whole=whole)


def without(name: str, kind: str) -> EventSpec:
    """Return a probe without a field."""
    return spec(kind, f"no {name}", **{name: REMOVED})


def mistyped(name: str, kind: str) -> tuple[EventSpec, ...]:
    """Return probes whose field is plainly of the wrong JSON type: nothing that a lenient reader could convert."""
    faults: dict[str, Any] = {"an object": AN_OBJECT, "an array": AN_ARRAY}
    if name == "contextual_data":
        faults = {"a string": "unexpected", "a number": 7}
    elif name in NUMBERS:
        faults["a word"] = "unexpected"
    return tuple(spec(kind, f"{name} is {what}", **{name: value}) for what, value in faults.items())


def required_fields(kind: str) -> list[str]:
    """Return the fields that a type requires."""
    return [name for name, kinds in REQUIRED.items() if kind in kinds]
