"""Sends a small batch that nothing follows, and waits for it without sending anything."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

from conformance.client import clock
from conformance.expect import NotJudged, assume, condition
from conformance.ingestion.observers import ReadBackError, Stored
from conformance.ingestion.read_back import NEEDS_OBSERVER, ReadBack
from conformance.ingestion.window import stored_id
from conformance.inputs.batches import LARGEST
from conformance.inputs.factory import SentEvent, body

FULL_BATCHES = 2
"""Full batches that are sent after an event that does not become visible."""
SECOND_WAIT = 0.5
"""How long a later wait is, as a part of the run's patience: the first one takes all of it."""


@dataclass
class LastBatch:
    """A batch of one event. It is the last request of a run, so that nothing makes a buffer give the event away."""

    read_back: ReadBack

    def expect_stored(self) -> None:
        """Send a batch of one event, and expect that it is stored although nothing follows it.

        Raises NotJudged without an observer, without a success, and if similar events do not become visible either.
        """
        if self.read_back.observer is None:
            raise NotJudged(NEEDS_OBSERVER)
        session = self.read_back.factory.session()
        sent = self.read_back.factory.valid(session=session)
        exchange = self.read_back.target.post_with_token(body([sent]))
        assume(exchange, 201)
        seconds = self._patience
        is_stored = self._wait_for(sent, session, exchange.at, seconds)
        condition(
            exchange,
            met=is_stored,
            expected="the event of a batch that no other request follows is stored",
            got="it was stored" if is_stored else self._instead(sent, session, seconds),
            example=sent.entry,
        )

    @property
    def _patience(self) -> float:
        """Seconds to wait. How soon events are visible while many are sent says nothing about a quiet time, so it does not count."""
        is_second = self.read_back.target.is_fresh_attempt
        return self.read_back.patience * (SECOND_WAIT if is_second else 1)

    def _instead(self, sent: SentEvent, session: str, seconds: float) -> str:
        """Return what happened to an event that is not visible. Raises NotJudged if similar events are not visible either.

        Full batches make most buffers give away what they have kept: the first one fills a buffer, and one that is emptied
        only when the next request comes is emptied by the second one.
        """
        more = []
        for _ in range(FULL_BATCHES):
            batch = self.read_back.factory.batch(LARGEST, session)
            self.read_back.target.post_with_token(body(batch))
            more += batch
        if self._wait_for(sent, session, clock.now(), self.read_back.patience * SECOND_WAIT):
            return f"it was stored only after {len(more)} more events were sent"
        alike = {one.event_id for one in more if one.entry["event_type"] == sent.entry["event_type"]}
        if not any(stored_id(event) in alike for event in self._read(session)):
            raise NotJudged(f"needs similar events that are visible within {seconds:g} s")
        return f"it was not stored within {seconds:g} s"

    def _wait_for(self, sent: SentEvent, session: str, sent_at: float, seconds: float) -> bool:
        """Wait until an event is visible, without sending anything; return whether it is. Raises NotJudged if the run ends."""
        turns = self.read_back.turns(sent_at, clock.now() + seconds)
        return any(stored_id(event) == sent.event_id for _ in turns for event in self._read(session))

    def _read(self, session: str) -> Sequence[Stored]:
        with contextlib.suppress(ReadBackError):
            return self.read_back.read(self.read_back.target.token, session)
        return ()
