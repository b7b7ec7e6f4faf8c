"""The most that a run sends, and how long it takes, whatever the target does: limits for each effort."""

from enum import StrEnum
from typing import NamedTuple


class Effort(StrEnum):
    """How much a run sends. A quick run leaves out parameters; a thorough one generates more examples."""

    QUICK = "quick"
    STANDARD = "standard"
    THOROUGH = "thorough"


class Traffic(NamedTuple):
    """How much is sent to a target."""

    requests: int
    events: int
    """The number of events made for the requests; an event that is sent twice counts once."""
    bytes: int
    """The size of all request bodies."""


BOUNDS: dict[str, Traffic] = {
    Effort.QUICK: Traffic(3_000, 60_000, 60_000_000),
    Effort.STANDARD: Traffic(4_000, 100_000, 120_000_000),
    Effort.THOROUGH: Traffic(6_000, 150_000, 160_000_000),
}
"""A run stops sending at these limits. Even the targets that get the most requests reach less than half of them."""


class Waits(NamedTuple):
    """How often a run of a conforming target waits, rounded up."""

    answers: int
    events: int
    """Waits for a stored event, at most ``patience`` and ``settle`` seconds each."""


WAITS: dict[str, Waits] = {
    Effort.QUICK: Waits(200, 50),
    Effort.STANDARD: Waits(450, 70),
    Effort.THOROUGH: Waits(900, 70),
}
TIMES_AS_LONG = 2
"""A target with violations is asked again."""
SHARE_ALONE = 1 / 8
"""The part of the waits that no other wait goes along with, with any number of connections."""
RETRY_AFTER = 60.0
"""Seconds that a run waits in total if a target asks it to try again later."""
WORK = 0.02
"""Seconds of the suite's own work for each request."""
VISITS = 60
"""Timeouts that a browser may take for its visits."""


def seconds_of_waiting(effort: str, connections: int, timeout: float, for_events: float) -> float:
    """Return the most seconds that a run waits for answers and for stored events, if every one takes as long as it may."""
    answers, events = WAITS[effort]
    alone = min(1.0, 1 / connections + SHARE_ALONE)
    return TIMES_AS_LONG * alone * (answers * timeout + events * for_events)
