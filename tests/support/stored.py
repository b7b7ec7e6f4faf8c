"""Reads what a reference server stored, through its own read-back or through a wrapped one."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from conformance import reference
from conformance.client import HttpClient, Target
from conformance.ingestion import ReadBack
from conformance.ingestion.observers import Observer, Reading, Stored, connect
from conformance.inputs.factory import EventFactory

PATIENT = 60.0
"""Seconds; a working read-back takes far less."""


class Through:
    """An observer that changes what another one returns."""

    def __init__(self, seen: Observer, server: reference.Server) -> None:
        self.seen, self.server = seen, server
        self.readings = 0

    def read(self, token: str, session_id: str = "") -> Reading:
        """Return the other observer's events, changed."""
        self.readings += 1
        seen = self.seen.read(token, session_id)
        shown = map(self.shown, seen)
        return Reading.of(shown, others=seen.others, unreadable=seen.unreadable)

    def shown(self, event: Stored) -> Stored:
        """Return an event, changed."""
        return event

    def close(self) -> None:
        """Close the other observer."""
        self.seen.close()


@contextmanager
def looking(
    server: reference.Server,
    patience: float = PATIENT,
    *,
    through: type[Through] = Through,
    address: str = "",
    run: str = "run",
) -> Iterator[ReadBack]:
    """Send to store A of a reference, optionally at another ``address``, and return what was stored."""
    since = datetime.now(UTC) - timedelta(minutes=1)
    observer = through(connect(address or server.observer, since, 30), server)
    http_client = HttpClient(30)
    yield ReadBack(
        Target(server.url, reference.TOKEN, reference.ORIGIN, http_client),
        EventFactory(run),
        observer,
        patience,
    )
    http_client.close()
    observer.close()
