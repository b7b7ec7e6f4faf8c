"""Whose an event is, where one stream shows the events of several stores."""

import threading
from dataclasses import dataclass, field

from conformance.ingestion.observers.bodies import is_event
from conformance.ingestion.observers.observer import ReadBackError, Stored


@dataclass
class EventsByStore:
    """Events by the token that each names its store by.

    An event that names none belongs to the store of a run that knows only one. Where a run knows two, it could be
    either's, and no reading can say that something is absent: then every reading is refused.
    """

    alone: bool
    """Whether the run knows of one store."""
    _named: dict[str, list[Stored]] = field(default_factory=dict, repr=False)
    _unnamed: list[Stored] = field(default_factory=list, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def put(self, token: str, shown: Stored) -> None:
        """Take an event; an object that is none is dropped. An empty ``token`` names no store."""
        if is_event(shown):
            with self._lock:
                (self._named.setdefault(token, []) if token else self._unnamed).append(shown)

    def of(self, token: str) -> list[Stored]:
        """Return what is known of a token's store. Raises Unreadable where that cannot be told."""
        with self._lock:
            if self._unnamed and not self.alone:
                raise ReadBackError(
                    "its events name no store, and the run knows two; let each carry its store's token,"
                    " or leave --other-token out"
                )
            if self._named and token not in self._named and not self._unnamed:
                count = sum(map(len, self._named.values()))
                raise ReadBackError(f"of its {count} events, none names its store by this token")
            return [*self._named.get(token, ()), *self._unnamed]
