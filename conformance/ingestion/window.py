"""Notices a read-back that shows only the newest events of a store: then an event that is absent may be stored."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from conformance.ingestion.observers import Stored

SMALLEST = 100
"""Events of the smallest window. A store that keeps fewer loses events."""
ROUND = 50
"""A page has a multiple of so many events."""


def stored_id(event: Stored) -> str:
    """Return the ``event_id`` of a stored event in small letters, because a store may change the case of UUIDs; empty if it has none."""
    value = event.get("event_id")
    return value.lower() if isinstance(value, str) else ""


@dataclass
class Window:
    """Compares each reading of a store with the earlier ones of the same store; those of one session alone do not count."""

    _shown: dict[str, dict[str, int]] = field(default_factory=dict, repr=False)
    """By token: the number of the reading that showed an ``event_id`` for the first time."""
    _latest: dict[str, tuple[int, int]] = field(default_factory=dict, repr=False)
    """By token: the number of events in the latest reading, and how many readings in a row showed the same ones."""
    _ids: dict[str, int] = field(default_factory=dict, repr=False)
    """By token: a hash of the ids in the latest reading."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def hides(self, token: str, session: str, events: Sequence[Stored], others: int = 0) -> bool:
        """Whether a reading shows new events, but no longer the oldest of those that earlier readings showed.

        The events are the run's own; ``others`` is how many more were shown. A read-back that lags behind misses the newest events, and a store that loses some misses any of them.
        """
        if session and not others and all(event.get("session_id", session) == session for event in events):
            return False  # no page is as small as a session
        ids = {found for event in events if (found := stored_id(event))}
        with self._lock:
            self._note(token, len(events) + others, hash(frozenset(ids)))
            known = self._shown.setdefault(token, {})
            missing = [number for name, number in known.items() if name not in ids]
            remaining = [known[name] for name in ids if name in known]
            is_newer = len(remaining) < len(ids)
            number = max(known.values(), default=0) + 1
            known.update(dict.fromkeys(ids - known.keys(), number))
        if not missing or not is_newer or len(events) + others < SMALLEST:
            return False
        return not remaining or max(missing) <= min(remaining)

    def _note(self, token: str, count: int, ids: int) -> None:
        is_same = self._ids.get(token) == ids
        self._latest[token] = (count, self._latest[token][1] + 1 if is_same else 1)
        self._ids[token] = ids

    def full_page(self, token: str) -> int:
        """Return the number of events in the latest readings, if these look like a page of the oldest events that is full; else 0."""
        with self._lock:
            count, readings = self._latest.get(token, (0, 0))
        return count if readings > 1 and count >= SMALLEST and count % ROUND == 0 else 0
