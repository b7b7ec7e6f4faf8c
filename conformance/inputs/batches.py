"""Descriptions of batches: their size, and which of their entries are invalid in which way."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, islice, pairwise

from conformance.inputs.events import (
    EventSpec,
    changed_event,
    event_without,
    plainly_mistyped_events,
    required_fields,
)
from conformance.inputs.factory import EventFactory, SentEvent
from conformance.inputs.fields import TYPES
from conformance.inputs.valid_events import REQUIRED_FIELDS_ALONE, nth_valid_event

LARGEST = 100
"""The most entries of a legal batch."""
FINDABLE = ("timestamp", "product_id", "collection_handle", "position")
"""Required fields that a read-back does not need to find an event."""


def near_misses(event_type: str) -> list[EventSpec]:
    """Return clearly invalid events of one type that a read-back can still find."""
    fields = [name for name in required_fields(event_type) if name in FINDABLE]
    specs = [event_without(name, event_type) for name in fields]
    specs += [one for name in fields for one in plainly_mistyped_events(name, event_type)]
    return [*specs, changed_event(event_type, "timestamp is a word", timestamp="yesterday")]


NEAR_MISSES = tuple(one for event_type in TYPES for one in near_misses(event_type))


@dataclass(frozen=True)
class BatchSpec:
    """A batch of valid events, in which invalid events replace some.

    ``start + place`` determines the valid event at a place, so that Hypothesis can also shrink a batch towards its last entry.
    Raises ValueError for a size or a near miss that does not exist.
    """

    size: int
    start: int | None
    """Number of its first valid event among all pairs of a type and a valid event; None for required fields only."""
    defects: tuple[tuple[int, int], ...]
    """For each invalid entry: the number of entries since the invalid entry before it, and the index of its near miss."""
    unusual: bool = False
    """Whether its valid events are unusual ones, which a target may limit."""

    def __post_init__(self) -> None:
        if not 1 <= self.size <= LARGEST or not all(index < len(NEAR_MISSES) for _, index in self.defects):
            raise ValueError(f"{self} does not describe a batch")

    @classmethod
    def with_invalid_at(cls, size: int, places: Iterable[int]) -> "BatchSpec":
        """Return a batch with an invalid entry at some places, counted from 0 and in order."""
        defects = (
            (place - before - 1, (size + place) % len(NEAR_MISSES))
            for before, place in pairwise([-1, *places])
        )
        return cls(size, None, tuple(defects))

    @classmethod
    def with_one_invalid(cls, size: int, place: float) -> "BatchSpec":
        """Return a batch with one invalid entry: 0 is the first place, 1 the last."""
        return cls.with_invalid_at(size, [round(place * (size - 1))])

    @classmethod
    def all_invalid(cls, size: int) -> "BatchSpec":
        """Return a batch with only invalid entries."""
        return cls.with_invalid_at(size, range(size))

    def invalid_entries(self) -> dict[int, EventSpec]:
        """Return the invalid entries, by place."""
        places = accumulate((between + 1 for between, _ in self.defects), initial=-1)
        return {
            place % self.size: NEAR_MISSES[index]
            for place, (_, index) in zip(islice(places, 1, None), self.defects, strict=True)
        }

    def make(
        self, factory: EventFactory, session: str
    ) -> tuple[list[SentEvent], list[SentEvent], list[SentEvent]]:
        """Return new entries in order, then the valid ones, then the invalid ones."""
        wrong = self.invalid_entries()
        entries = [
            factory.make(wrong[place], session) if place in wrong else self._valid(place, factory, session)
            for place in range(self.size)
        ]
        valid = [sent for place, sent in enumerate(entries) if place not in wrong]
        return entries, valid, [entries[place] for place in sorted(wrong)]

    def _valid(self, place: int, factory: EventFactory, session: str) -> SentEvent:
        if self.start is None:
            return REQUIRED_FIELDS_ALONE.make(TYPES[place % len(TYPES)], factory, session)
        event_type, described = nth_valid_event(self.start + place, unusual=self.unusual)
        return described.make(event_type, factory, session)
