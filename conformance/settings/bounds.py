"""The most that a run sends, whatever the target does: one limit for each effort."""

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
