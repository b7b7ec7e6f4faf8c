"""What an observer is."""

from datetime import UTC, datetime
from typing import Any, Protocol

Stored = dict[str, Any]
"""One ingested event, as its read-back shows it: at least its ``event_id``."""


class ReadBackError(Exception):
    """A reading came to nothing; the text says what came instead. Without secrets of the observer's own."""


class Observer(Protocol):
    """Shows what a store has ingested."""

    def read(self, token: str, session_id: str = "") -> list[Stored]:
        """Return the events of a token's store since the run's start, or more.

        Where ``session_id`` is given, that session's suffice. Raises Unreadable.
        """

    def close(self) -> None:
        """Let go of what the observer holds open."""


def as_text(moment: datetime) -> str:
    """Write a moment as ISO 8601 in UTC, with milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
