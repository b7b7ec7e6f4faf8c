"""Limits how many requests are sent, and how fast."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from conformance.client import clock


class Load(NamedTuple):
    """How much is sent to a target."""

    requests: int = 0
    events: int = 0
    """An event that is sent twice counts once."""
    bytes: int = 0
    """In the bodies of the requests."""


@dataclass
class RequestBudget:
    """Counts requests, and limits their number in total and per second."""

    most: int | None = None
    """Requests in total."""
    rate: float | None = None
    """Requests a second; two requests start at least ``1 / rate`` seconds apart."""
    sent: int = 0
    bytes: int = 0
    """In the bodies that were sent."""
    planned: Load | None = None
    """The upper limits of the run's plan."""
    events: Callable[[], int] = field(default=int, repr=False, compare=False)
    """Returns the number of events that were made."""
    _next: float = field(default=0.0, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def refusal(self, size: int = 0) -> str:
        """Return the reason why a request with ``size`` bytes must not be sent; empty if it may be sent."""
        if self.most is not None and self.sent >= self.most:
            return "the run may send no more requests (--max-requests)"
        sent = Load(self.sent + 1, self.events(), self.bytes + size)
        if self.planned is not None and any(
            mine > most for mine, most in zip(sent, self.planned, strict=True)
        ):
            return "the run has sent as much as its plan allows (beacon-conformance plan)"
        return ""

    def share(self, count: int) -> "RequestBudget":
        """Return the budget of each of ``count`` processes, out of what remains."""
        most = None if self.most is None else max(0, self.most - self.sent) // count
        planned = self.planned
        if planned is not None:
            planned = Load(
                max(0, planned.requests - self.sent) // count, *(one // count for one in planned[1:])
            )
        rate = None if self.rate is None else self.rate / count
        return RequestBudget(most, rate, planned=planned, events=self.events)

    def take(self, size: int = 0) -> bool:
        """Wait for the rate limit and count one request; return False, without counting, if the budget is spent."""
        with self._lock:
            if self.refusal(size):
                return False
            self.sent += 1
            self.bytes += size
            if self.rate is not None:
                now = clock.monotonic()
                turn = max(now, self._next)
                self._next = turn + 1 / self.rate
                # The lock is held meanwhile, so the next thread gets a later turn.
                clock.sleep(turn - now)
            return True

    def take_together(self, sizes: Sequence[int]) -> int:
        """Wait until requests with bodies of these sizes may be sent at the same time; count them, and return how many may be sent."""
        with self._lock:
            allowed = 0
            while allowed < len(sizes) and not self.refusal(sizes[allowed]):
                self.sent += 1
                self.bytes += sizes[allowed]
                allowed += 1
            if self.rate is not None and allowed:
                now = clock.monotonic()
                turn = max(now, self._next + (allowed - 1) / self.rate)
                self._next = turn + 1 / self.rate
                clock.sleep(turn - now)
            return allowed
