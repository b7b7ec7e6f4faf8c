"""An observer whose readings go through the journal of a run. Events of others are in it by number alone."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from conformance.client import journal
from conformance.ingestion.observers.observer import Observer, ReadBackError, Reading, Stored

FOREIGN = "of-others"
"""The session of an event of others, and the beginning of its id."""


@dataclass
class RecordedObserver:
    """Takes readings through the journal; without an observer of its own, from the journal alone."""

    observer: Observer | None
    stores: Sequence[str] = field(repr=False)
    """The tokens of the stores that the run knows."""
    is_own: Callable[[Stored], bool]
    """Whether an event is one of the run's."""
    _others: dict[str, int] = field(default_factory=dict, repr=False)
    """The number of each event of others that was seen, by its id."""

    def read(self, token: str, session_id: str = "") -> Reading:
        """Return the events of a store. Raises ReadBackError."""
        place = self.stores.index(token) if token in self.stores else -1
        value = journal.taken("reading", lambda: self._read(token, session_id), f"store {place} {session_id}")
        if "error" in value:
            raise ReadBackError(value["error"], lasts=value.get("lasts", False))
        return Reading.of(value["events"], unreadable=value.get("unreadable", 0))

    def _read(self, token: str, session_id: str) -> dict[str, Any]:
        assert self.observer is not None  # noqa: S101 - a journal that is replayed reads nothing
        try:
            with journal.outside():
                events = self.observer.read(token, session_id)
        except ReadBackError as error:
            return {"error": str(error), "lasts": error.lasts}
        shown = [event if self.is_own(event) else self._hidden(event) for event in events]
        value = {"events": [*shown, *[{"session_id": FOREIGN}] * events.others]}
        return value | ({"unreadable": events.unreadable} if events.unreadable else {})

    def _hidden(self, event: Stored) -> Stored:
        """Return what may be known of an event of others: that it is the same one as in another reading."""
        name = event.get("event_id")
        if not isinstance(name, str):
            return {"session_id": FOREIGN}
        number = self._others.setdefault(name.lower(), len(self._others))
        return {"event_id": f"{FOREIGN}-{number}", "session_id": FOREIGN}

    @contextmanager
    def earlier(self, by: Callable[[Observer], Any]) -> Iterator[Observer]:
        """Give the same observer with another inner one, which ``by`` makes from the inner one."""
        if self.observer is None:
            yield self
            return
        with by(self.observer) as inner:
            yield RecordedObserver(inner, self.stores, self.is_own, self._others)

    def close(self) -> None:
        """Close the inner observer."""
        if self.observer is not None:
            self.observer.close()
