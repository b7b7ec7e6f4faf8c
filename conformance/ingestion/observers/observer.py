"""What an observer is, and what the module of a kind has to offer."""

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol, Self

from conformance.client import DIRECT, Header, RequestBudget, Route
from conformance.settings import ConfigurationError

Stored = dict[str, Any]
"""One ingested event, as its read-back shows it: at least its ``event_id``."""
PLACEHOLDERS = ("token", "since", "session_id")
"""What an address may leave open until a reading."""


class Reading(list[Stored]):
    """The events of one reading, and what was left out of it."""

    others: int = 0
    """How many events of others were left out."""
    unreadable: int = 0
    """How many entries or lines were left out because they are not JSON objects."""

    @classmethod
    def of(cls, events: Iterable[Stored], *, others: int = 0, unreadable: int = 0) -> Self:
        """Return a reading."""
        reading = cls(events)
        reading.others, reading.unreadable = others, unreadable
        return reading


class ReadBackError(Exception):
    """A reading failed; the text says what was observed instead, without the observer's own secrets.

    ``lasts`` means that another reading a second later would fail, too, because the options or the endpoint are wrong.
    ``is_large`` means that it was too large, so that several at the same time would need much memory.
    """

    def __init__(self, text: str, *, lasts: bool = False, is_large: bool = False) -> None:
        super().__init__(text)
        self.lasts, self.is_large = lasts, is_large


class Observer(Protocol):
    """Shows what a store has ingested."""

    def read(self, token: str, session_id: str = "") -> Reading:
        """Return at least the events of a token's store since the run's start.

        With a ``session_id``, the events of that session are enough. Raises ReadBackError.
        """

    def close(self) -> None:
        """Close whatever the observer holds open."""


@dataclass(frozen=True)
class Access:
    """What a run gives to its observer, beside the address."""

    since: datetime
    """The run's start."""
    timeout: float
    """Seconds that one reading may take."""
    headers: Sequence[Header] = field(default=(), repr=False)
    """Sent with HTTP requests."""
    proxy: str = ""
    """URL of the proxy for HTTP requests; empty: no proxy."""
    route: Route = DIRECT
    """How HTTP requests reach the endpoint."""
    stores: Sequence[str] = field(default=(), repr=False)
    """The tokens of the stores that the run knows."""
    mark: str = ""
    """What the run's own events carry in ``session_id`` and ``contextual_data``; empty: not known."""
    ids: Container[str] = field(default=(), repr=False)
    """The ids of the run's own events, in small letters; it grows while the run makes events."""
    budget: RequestBudget = field(default_factory=RequestBudget, repr=False)
    """Counts requests, commands and queries, and limits how many begin in a second."""


class Kind(Protocol):
    """The module of one kind of observer."""

    def check_address(self, address: str, *, two_stores: bool) -> None:
        """Check an address, and that it tells two stores apart where there are two.

        Raises ConfigurationError without a secret, and ValueError where the address is not a URL.
        """

    def connect(self, address: str, access: Access) -> Observer:
        """Return the observer of a valid address. Raises ConfigurationError where it cannot be used after all."""


def check_placeholders(text: str, known: Sequence[str] = PLACEHOLDERS) -> None:
    """Check that a text has no other ``{placeholder}`` than the known ones. Raises ConfigurationError."""
    unknown = set(re.findall(r"\{([^{}]*)\}", text)) - set(known)
    if unknown:
        *others, last = (f"{{{name}}}" for name in known)
        there_are = f"there are {', '.join(others)} and {last}" if others else f"there is only {last}"
        raise ConfigurationError(f"--observer: unknown placeholder {{{min(unknown)}}}; {there_are}")


def one_store_only(placeholder: str) -> ConfigurationError:
    """Return the error for an address that shows the events of two stores as if they were one."""
    return ConfigurationError(
        f"--observer: cannot tell the two stores apart; put {placeholder} into it, or leave --other-token out"
    )


def as_text(moment: datetime) -> str:
    """Write a moment as ISO 8601 in UTC, with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
