"""Invalid events of every kind, for checks that send all of them side by side."""

from conformance.inputs.events import (
    EventSpec,
    changed_event,
    event_without,
    mistyped_events,
    not_an_object,
)
from conformance.inputs.fields import CARRIED_BY, REQUIRED

NOT_DATES = {"a word": "no date", "an empty string": "", "month 13": "2026-13-01T10:00:00Z"}

EVERY_KIND: tuple[EventSpec, ...] = (
    *(event_without(name, types[0]) for name, types in REQUIRED.items()),
    *(changed_event(types[0], f"{name} is null", **{name: None}) for name, types in REQUIRED.items()),
    *(one for name, types in CARRIED_BY.items() for one in mistyped_events(name, types[0])),
    changed_event("product_view", "event_type is made up", event_type="conformance_made_up"),
    *(
        changed_event("product_view", f"timestamp is {what}", timestamp=text)
        for what, text in NOT_DATES.items()
    ),
    changed_event("product_click", "position is 0", position=0),
    changed_event("product_click", "position is negative", position=-1),
    changed_event("collection_view", "collection_handle is empty", collection_handle=""),
    changed_event("product_view", "shopping_channel is neither web nor app", shopping_channel="fax"),
)
"""One event for each way in which an event can be invalid."""
NOT_OBJECTS: tuple[EventSpec, ...] = tuple(
    not_an_object(name, value)
    for name, value in (("number", 7), ("null", None), ("string", "event"), ("array", []), ("boolean", True))
)
"""Entries that are not objects."""
