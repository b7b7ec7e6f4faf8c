"""Chooses when to read: not before an event can be visible, and then at pauses that are a share of how long events take."""

import threading
from dataclasses import dataclass, field

EARLY = 0.95
"""The first reading is taken after this share of the shortest time in which an event became visible so far."""
SHORTEST = 0.005
"""Seconds of the first pause, while it is not known how long events take."""
GROWTH = 1.6
FIRST_SHARE = 16
"""The first pause is the FIRST_SHARE-th part of that time."""
SHARE = 8
"""The longest pause is the SHARE-th part of the time that has passed since the events were sent."""
LONGEST = 0.5
"""Seconds that a pause may always have."""


@dataclass
class Pace:
    """How long events of this run have taken to become visible."""

    fastest: float = 0.0
    """Seconds; 0 while none was seen."""
    slowest: float = 0.0
    """Seconds."""
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def saw(self, seconds: float) -> None:
        """Note that an event was visible at a first sight, so many seconds after it was sent."""
        with self._lock:
            self.fastest = min(self.fastest or seconds, seconds)
            self.slowest = max(self.slowest, seconds)

    def until_first(self, passed: float) -> float:
        """Return the seconds to wait before the first reading for events that were sent so many seconds ago."""
        return max(0.0, EARLY * self.fastest - passed)

    def pause(self, before: float, passed: float) -> float:
        """Return the seconds to wait between two readings, after a pause of ``before`` seconds, or 0 at first."""
        first = max(SHORTEST, self.fastest / FIRST_SHARE)
        grown = before * GROWTH if before else first
        return min(grown, max(LONGEST, passed / SHARE, first))
