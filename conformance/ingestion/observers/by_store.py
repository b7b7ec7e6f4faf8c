"""Sorts the events of one stream by the store that each belongs to."""

import threading
from dataclasses import dataclass, field

from conformance.ingestion.observers.bodies import is_event
from conformance.ingestion.observers.observer import ReadBackError, Stored


@dataclass
class EventsByStore:
    """Events by the token of the store that each names.

    An event without a token belongs to the only store of the run. With two stores it could belong to either, so
    nothing could be called absent: then every reading fails.
    """

    alone: bool
    """Whether the run knows only one store."""
    _named: dict[str, list[Stored]] = field(default_factory=dict, repr=False)
    _unnamed: list[Stored] = field(default_factory=list, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def put(self, token: str, event: Stored) -> None:
        """Add an event; other objects are dropped. ``token`` is empty where the event names no store."""
        if is_event(event):
            with self._lock:
                (self._named.setdefault(token, []) if token else self._unnamed).append(event)

    def of(self, token: str) -> list[Stored]:
        """Return the events of a token's store. Raises ReadBackError where the events do not name their stores."""
        with self._lock:
            if self._unnamed and not self.alone:
                raise ReadBackError(
                    "its events name no store, and the run knows two; let each carry its store's token,"
                    " or leave --other-token out"
                )
            if self._named and token not in self._named and not self._unnamed:
                count = sum(map(len, self._named.values()))
                raise ReadBackError(f"no event names this token as its store, of {count} in all")
            return [*self._named.get(token, ()), *self._unnamed]
