"""How long a target that asks for it is waited for (``Retry-After``, RFC 9110 section 10.2.3)."""

import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from conformance.client.messages import Exchange, Reply

THROTTLING = (429, 503)
LONGEST = 60.0
"""Seconds of a whole run."""
SHORTEST = 0.2
"""Seconds: a target that says 0 may say so for ever."""


@dataclass
class Throttle:
    """A budget of waiting for a whole run."""

    left: float = LONGEST
    """Seconds."""
    _waited_until: float = 0.0
    """When the last wait ended, in seconds since the epoch."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def waits(self, exchange: Exchange) -> bool:
        """Wait as long as a reply asks for, and return True; False where it does not, or the budget is too small.

        A wait is everybody's: what was refused before it ended may be sent again at once.
        """
        reply = exchange.reply
        seconds = _asked(reply) if reply is not None and reply.status in THROTTLING else None
        if seconds is None:
            return False
        with self._lock:
            if exchange.at < self._waited_until:
                return True
            if seconds > self.left:
                return False
            self.left -= seconds
            time.sleep(seconds)
            self._waited_until = time.time()
            return True


def _asked(reply: Reply) -> float | None:
    """Return the seconds until a request may be sent again, if the reply says so."""
    lines = reply.lines("retry-after")
    if len(lines) != 1:
        return None
    if lines[0].isascii() and lines[0].isdigit():
        return max(SHORTEST, float(lines[0]))
    try:
        moment = parsedate_to_datetime(lines[0])
    except ValueError:
        return None
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(SHORTEST, (zoned - datetime.now(UTC)).total_seconds())
