"""Events that a target answered with a success and did not store."""

from dataclasses import dataclass, field

from conformance.client import Exchange
from conformance.inputs.factory import SentEvent


@dataclass(frozen=True)
class LostEvents:
    """Valid events that were answered with a success and did not become visible."""

    exchange: Exchange
    token: str = field(repr=False)
    """Of their store."""
    events: tuple[SentEvent, ...] = field(repr=False)
