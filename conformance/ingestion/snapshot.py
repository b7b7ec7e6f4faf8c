"""What a reading of a store shows of the events that were sent."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Self

from conformance.client import parse_tolerantly
from conformance.ingestion.observers import Reading, Stored
from conformance.ingestion.window import stored_id
from conformance.inputs.factory import EventFactory, SentEvent


@dataclass(frozen=True)
class StoreSnapshot:
    """One reading of a store. It shows a sentinel that was sent after the events in question, or all of these events."""

    events: tuple[Stored, ...] = field(repr=False)
    sentinel: Stored = field(repr=False)
    """A stored sentinel event; if no sentinel was sent, one of the events in question."""
    taken: float
    """The time of the reading, in seconds since the epoch."""
    sentinel_sent: float = 0.0
    """The time when the sentinel was sent, in seconds since the epoch. An event that was sent earlier and is absent was not stored."""

    unreadable: int = 0
    """How many entries or lines of the reading are not JSON objects."""

    @classmethod
    def of_reading(cls, reading: Reading, sentinel: Stored, taken: float) -> Self:
        """Return a snapshot with the events of a reading."""
        return cls(tuple(reading), sentinel, taken, unreadable=reading.unreadable)

    def of(self, sent: SentEvent) -> list[Stored]:
        """Return the stored copies of one entry, found by its ``event_id`` or its mark."""
        named = self._known.get(sent.event_id.lower(), [])
        return named + [event for event in self._known.get(sent.mark, []) if event not in named]

    @cached_property
    def _known(self) -> dict[str, list[Stored]]:
        """The events by ``event_id`` and by mark."""
        known: dict[str, list[Stored]] = {}
        for event in self.events:
            for name in (stored_id(event), mark_of(event)):
                if name:
                    known.setdefault(name, []).append(event)
        return known

    def only(self, sent: Iterable[SentEvent]) -> "StoreSnapshot":
        """Return the reading with the stored copies of these entries alone: a whole one can be large."""
        return replace(self, events=tuple(event for one in sent for event in self.of(one)))

    @property
    def shows_marks(self) -> bool:
        """Whether the reading shows marks, so that it can find an event without its ``event_id``."""
        return bool(mark_of(self.sentinel))


def is_own(event: Stored, factory: EventFactory) -> bool:
    """Whether a stored event is one of the run's: by its ``event_id``, its session or its mark."""
    mark, session = f"conformance-{factory.run}", event.get("session_id")
    return (
        stored_id(event) in factory.ids
        or (isinstance(session, str) and mark in session)
        or mark in (mark_of(event) or "")
    )


def mark_of(event: Stored) -> str | None:
    """Return the text in a stored event's ``contextual_data.conformance``; None if it has none."""
    data = event.get("contextual_data")
    if isinstance(data, str):
        try:
            data = parse_tolerantly(data)
        except ValueError:
            return None
    mark = data.get("conformance") if isinstance(data, dict) else None
    return mark if isinstance(mark, str) else None
