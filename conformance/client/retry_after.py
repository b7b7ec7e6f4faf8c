"""Waits as long as a target asks for with ``Retry-After`` (RFC 9110, section 10.2.3)."""

import threading
from dataclasses import dataclass, field

from conformance.client import clock
from conformance.client.dates import http_date
from conformance.client.http_client import THROTTLING
from conformance.client.messages import Exchange, Reply

LONGEST = 60.0
"""Seconds of waiting in a whole run."""
SHORTEST = 0.2
"""Seconds of the shortest wait, because a target may ask for 0 seconds again and again."""
MOST_WAITS = 10
"""Waits for one request."""


@dataclass
class RetryAfter:
    """Waits for a throttling target, within a budget of seconds for the whole run."""

    remaining: float = LONGEST
    """Seconds."""
    _waited_until: float = 0.0
    """The end of the last wait, in seconds since the epoch."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def wait(self, exchange: Exchange) -> bool:
        """Wait as long as a reply asks for, and return True; False if it does not ask, or the budget is too small.

        All threads share a wait: a request that was refused before its end may be sent again at once.
        """
        reply = exchange.reply
        seconds = _requested_wait(reply) if reply is not None and reply.status in THROTTLING else None
        if seconds is None:
            return False
        with self._lock:
            if exchange.at < self._waited_until:
                return True
            if seconds > self.remaining:
                return False
            self.remaining -= seconds
            clock.sleep(seconds)
            self._waited_until = clock.now()
            return True


def _requested_wait(reply: Reply) -> float | None:
    """Return the seconds that the reply asks for, if it does."""
    lines = reply.lines("retry-after")
    if len(lines) != 1:
        return None
    if lines[0].isascii() and lines[0].isdigit():
        return max(SHORTEST, float(lines[0]))
    moment = http_date(lines)
    if moment is None:
        return None
    # The clock of the target may be wrong, so its own Date counts.
    return max(SHORTEST, (moment - (http_date(reply.lines("date")) or clock.utc_now())).total_seconds())
