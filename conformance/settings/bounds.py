"""How much a run sends at most, whatever the target does: one bound for each effort."""

from enum import StrEnum
from typing import NamedTuple


class Effort(StrEnum):
    """How much a run sends: a quick one leaves parameters out, a thorough one generates more examples."""

    QUICK = "quick"
    STANDARD = "standard"
    THOROUGH = "thorough"


class Traffic(NamedTuple):
    """What is sent to a target."""

    requests: int
    events: int
    """Made for the requests; an event that is sent twice counts once."""
    bytes: int
    """Of the requests' bodies."""


BOUNDS: dict[str, Traffic] = {
    Effort.QUICK: Traffic(3_000, 30_000, 30_000_000),
    Effort.STANDARD: Traffic(4_000, 40_000, 40_000_000),
    Effort.THOROUGH: Traffic(6_000, 80_000, 60_000_000),
}
"""A run stops sending at these bounds. Even the targets that get most reach less than half of them."""
