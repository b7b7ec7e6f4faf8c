"""How long a target that asks for it is waited for (``Retry-After``, RFC 9110 section 10.2.3)."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from conformance.client.messages import Reply

THROTTLING = (429, 503)
SHORTEST = 0.2
"""Seconds: a target that says 0 may say so for ever."""


@dataclass
class Throttle:
    """A budget of waiting for a whole run."""

    left: float = 60.0
    """Seconds."""

    def waits(self, reply: Reply | None) -> bool:
        """Wait as long as a reply asks for, and return True; False where it does not, or the budget is too small."""
        seconds = _asked(reply) if reply is not None and reply.status in THROTTLING else None
        if seconds is None or seconds > self.left:
            return False
        self.left -= seconds
        time.sleep(seconds)
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
