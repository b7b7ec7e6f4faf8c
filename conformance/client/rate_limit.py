"""How many requests may be sent, and how fast."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple


class Load(NamedTuple):
    """What goes out to a target."""

    requests: int = 0
    events: int = 0
    """Made for them; one that is sent again counts once."""
    bytes: int = 0
    """Of the requests' bodies."""

    def plus(self, other: "Load", times: int = 1) -> "Load":
        """Return this and another, so many times."""
        return Load(*(mine + times * its for mine, its in zip(self, other, strict=True)))


@dataclass
class RequestBudget:
    """Counts requests, and holds them to a number in all and to a number a second."""

    most: int | None = None
    """Requests in all."""
    rate: float | None = None
    """Requests a second: no two of them begin closer than one divided by it."""
    sent: int = 0
    bytes: int = 0
    """Of the bodies that were sent."""
    planned: Load | None = None
    """What the run's plan says that it sends at most."""
    events: Callable[[], int] = field(default=int, repr=False, compare=False)
    """Counts the events that were made."""
    _next: float = field(default=0.0, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def refusal(self, size: int = 0) -> str:
        """Return why no further request with ``size`` bytes may be sent; nothing where one may."""
        if self.most is not None and self.sent >= self.most:
            return "the run may send no more requests (--max-requests)"
        sent = Load(self.sent + 1, self.events(), self.bytes + size)
        if self.planned is not None and any(
            mine > most for mine, most in zip(sent, self.planned, strict=True)
        ):
            return "the run has sent as much as its plan allows (beacon-conformance plan)"
        return ""

    def share(self, count: int) -> "RequestBudget":
        """Return what each of several processes may send of what is left."""
        most = None if self.most is None else max(0, self.most - self.sent) // count
        planned = self.planned
        if planned is not None:
            planned = Load(
                max(0, planned.requests - self.sent) // count, *(one // count for one in planned[1:])
            )
        rate = None if self.rate is None else self.rate / count
        return RequestBudget(most, rate, planned=planned, events=self.events)

    def take(self, size: int = 0) -> bool:
        """Count one request, when it is its turn; return False, and count none, where none is left."""
        with self._lock:
            if self.refusal(size):
                return False
            self.sent += 1
            self.bytes += size
            if self.rate is not None:
                now = time.monotonic()
                turn = max(now, self._next)
                self._next = turn + 1 / self.rate
                # Whoever comes next waits for the lock, and so for a later turn.
                time.sleep(turn - now)
            return True
