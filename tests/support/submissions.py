"""Submissions to a reference that counts the entries of batches."""

from collections.abc import Callable, Sequence
from typing import Any

from conformance.ingestion.submissions import Submissions
from conformance.inputs.batches import BatchSpec
from conformance.inputs.events import EventSpec, changed_event
from conformance.inputs.factory import SentEvent
from conformance.reference import Rules

SENTINELS = ["product_view", "collection_view", "search"]
VALID = tuple(changed_event("search", f"query {number}", query=f"boots {number}") for number in range(100))


class Counting(Rules):
    """Notes how many entries each batch has, refused ones too; sentinels' batches aside."""

    def __init__(self, store: Any) -> None:
        super().__init__(store)
        self.batches: list[list[Any]] = []

    def size_errors(self, events: list[Any]) -> list[str]:
        if [event.get("event_type") for event in events] != SENTINELS:
            self.batches.append(events)
        return super().size_errors(events)


Make = Callable[[type[Counting], Sequence[EventSpec | BatchSpec]], tuple[Submissions, Counting]]


def status_of(submissions: Submissions, spec: EventSpec) -> int:
    """Return the status of the answer to the batch of an event."""
    reply = submissions.event(spec).exchange.reply
    assert reply is not None
    return reply.status


def ids_of(entries: Sequence[Any]) -> set[str]:
    """Return the ids of events, sent or stored."""
    return {
        entry.entry["event_id"] if isinstance(entry, SentEvent) else entry["event_id"] for entry in entries
    }
