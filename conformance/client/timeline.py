"""Counts requests by time and kind of answer, without storing them."""

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

TICK = 0.1
"""Seconds; the smallest unit of time."""
WIDTHS = (1, 2, 5, 10, 20, 50, 100, 300, 600, 1800, 3000, 6000, 18_000, 36_000)
"""Possible widths of a slice, in ticks; the first one with at most MOST_SLICES slices is used."""
MOST_SLICES = 60
UNANSWERED = "none"

Count = tuple[int, str, int]
"""A tick since the epoch, a class of statuses (``2xx``) or UNANSWERED, and the number of requests."""


@dataclass
class Timeline:
    """The requests of one process by tick and kind of answer."""

    _counts: Counter[tuple[int, str]] = field(default_factory=Counter, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def add(self, at: float, status: int | None) -> None:
        """Count a request that began at ``at`` (seconds since the epoch); ``status`` is None without a reply."""
        kind = UNANSWERED if status is None else f"{status // 100}xx"
        with self._lock:
            self._counts[int(at / TICK), kind] += 1

    def counts(self) -> list[Count]:
        """Return the counts, to send them to another process of this run."""
        return [(tick, kind, count) for (tick, kind), count in self._counts.items()]

    def merge(self, counts: Iterable[Count]) -> None:
        """Add the counts of another process."""
        for tick, kind, count in counts:
            self._counts[tick, kind] += count

    def replace(self, counts: Iterable[Count]) -> None:
        """Have these counts and no others."""
        with self._lock:
            self._counts = Counter({(tick, kind): count for tick, kind, count in counts})

    def slices(self) -> dict[str, Any]:
        """Return the counts in slices of equal width from the first request on: ``seconds`` (width), ``replies`` by kind."""
        ticks = [tick for tick, _ in self._counts]
        first, last = min(ticks, default=0), max(ticks, default=-1)
        width = next((one for one in WIDTHS if (last - first) // one < MOST_SLICES), WIDTHS[-1])
        length = (last - first) // width + 1
        replies = {kind: [0] * length for kind in sorted({kind for _, kind in self._counts})}
        for (tick, kind), count in self._counts.items():
            replies[kind][(tick - first) // width] += count
        return {"seconds": round(width * TICK, 1), "replies": replies}
