"""How many requests may be sent, and how fast."""

import threading
import time
from dataclasses import dataclass, field


@dataclass
class Pace:
    """Counts requests, and holds them to a number in all and to a number a second."""

    most: int | None = None
    """Requests in all."""
    rate: float | None = None
    """Requests a second: no two of them begin closer than one divided by it."""
    sent: int = 0
    _next: float = field(default=0.0, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @property
    def is_spent(self) -> bool:
        """Whether no further request may be sent."""
        return self.most is not None and self.sent >= self.most

    def share(self, count: int) -> "Pace":
        """Return what each of several processes may send of what is left."""
        most = None if self.most is None else max(0, self.most - self.sent) // count
        return Pace(most, None if self.rate is None else self.rate / count)

    def take(self) -> bool:
        """Count one request, when it is its turn; return False, and count none, where none is left."""
        with self._lock:
            if self.is_spent:
                return False
            self.sent += 1
            if self.rate is not None:
                now = time.monotonic()
                turn = max(now, self._next)
                self._next = turn + 1 / self.rate
                # Whoever comes next waits for the lock, and so for a later turn.
                time.sleep(turn - now)
            return True
