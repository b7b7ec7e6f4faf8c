"""Notices a read-back that shows only the newest events of a store: then an event that is absent may be stored."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from conformance.ingestion.observers import Stored

SMALLEST = 100
"""Events of the smallest window. A store that keeps fewer loses events."""


@dataclass
class Window:
    """Compares each reading of a store with the earlier ones of the same store and session."""

    _shown: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict, repr=False)
    """By token and session: the number of the reading that showed an ``event_id`` for the first time."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def hides(self, token: str, session: str, events: Sequence[Stored]) -> bool:
        """Whether a reading shows new events, but no longer the oldest of those that earlier readings showed.

        A read-back that lags behind misses the newest events, and a store that loses some misses any of them.
        """
        ids = {event["event_id"] for event in events if isinstance(event.get("event_id"), str)}
        with self._lock:
            known = self._shown.setdefault((token, session), {})
            missing = [number for name, number in known.items() if name not in ids]
            remaining = [known[name] for name in ids if name in known]
            is_newer = len(remaining) < len(ids)
            number = max(known.values(), default=0) + 1
            known.update(dict.fromkeys(ids - known.keys(), number))
        if not missing or not is_newer or len(events) < SMALLEST:
            return False
        return not remaining or max(missing) <= min(remaining)
