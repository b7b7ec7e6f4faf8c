"""Sends the events and batches that several checks use, once for all of them.

The events of all checks are packed into few batches, so that a run needs few requests and few readings. When a check is
called again after a violation, its events are sent again, each in its own batch.
"""

import random
import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from conformance.client import Exchange, Memo
from conformance.ingestion.read_back import ReadBack, StoreSnapshot
from conformance.inputs.batches import BatchSpec
from conformance.inputs.events import REMOVED, EventSpec
from conformance.inputs.factory import SentEvent, body

PACKED_PER_BATCH = 80
SURROUNDING_PER_BATCH = 20
SURROUNDING_ONE = 2
"""Valid events around a single event: one on each side."""
SUCCESSES = range(200, 300)


@dataclass(frozen=True)
class Submission:
    """The entries of one batch, and its exchange."""

    exchange: Exchange
    session: str
    examined: tuple[SentEvent, ...] = field(repr=False)
    """The entries that a check judges: one packed event, or the invalid entries of a described batch."""
    surrounding: tuple[SentEvent, ...] = field(repr=False)
    """The valid entries of the same batch."""

    @property
    def event(self) -> SentEvent:
        """The packed event."""
        return self.examined[0]


def send_batch(read_back: ReadBack, spec: BatchSpec) -> Submission:
    """Send the batch of a description, in a new session."""
    session = read_back.factory.session()
    entries, valid, invalid = spec.make(read_back.factory, session)
    exchange = read_back.target.post_with_token(body(entries))
    return Submission(exchange, session, tuple(invalid), tuple(valid))


@dataclass
class _SecondAttempt:
    """The progress of a fresh attempt through the packed events of its check."""

    found_at: EventSpec | None
    """The event at which the first attempt found a violation."""
    latest: EventSpec | None = None
    is_beyond: bool = False
    """Whether it has passed the event at which the first attempt ended."""


class _FirstAttempt(threading.local):
    """The progress of the check that runs on this thread."""

    latest: EventSpec | None = None


@dataclass
class Submissions:
    """Sends described events and batches: once for all checks of a run, and again in a fresh attempt."""

    read_back: ReadBack
    specs: Collection[EventSpec | BatchSpec]
    """Every event and batch that the checks of this run use."""
    _together: Memo = field(default_factory=Memo, init=False, repr=False)
    """The submissions that all checks share; fresh attempts may use them, too."""
    _first: _FirstAttempt = field(default_factory=_FirstAttempt, init=False, repr=False)

    def event(self, spec: EventSpec) -> Submission:
        """Return the submission of an event; if its batch was refused, the smallest refused batch with this event.

        A fresh attempt sends each event of the first attempt again, in a batch of its own with two valid events. This gives
        the smallest example of the violation. An event with a fixed id is not sent again: a target may drop it as a
        duplicate.
        """
        packed = self._together.get("events", self._send_events)
        if not self.read_back.target.is_fresh_attempt:
            self._first.latest = spec
        is_sent_again = self._is_sent_again(spec)
        if spec in packed and (spec.has_fixed_id or not is_sent_again):
            return packed[spec]
        return self.read_back.target.memo.get(spec, lambda: self._pack([spec], SURROUNDING_ONE)[spec])

    def batch(self, spec: BatchSpec) -> Submission:
        """Return the submission of a described batch."""
        sent = self._together.get("batches", self._send_batches)
        if spec in sent and not self.read_back.target.is_fresh_attempt:
            return sent[spec]
        return self.read_back.target.memo.get(spec, lambda: send_batch(self.read_back, spec))

    def snapshot(self, submission: Submission, present: Sequence[SentEvent] = ()) -> StoreSnapshot:
        """Return a reading that was taken after a submission, and in which the events ``present`` should be visible.

        Checks share readings, but a fresh attempt takes its own. Raises NotJudged as ``wait_for_sentinel`` does.
        """
        if not self.read_back.target.is_fresh_attempt or self._second.is_beyond:
            return self.read_back.snapshot_after(submission.exchange, present)
        # An event that should not be stored may be stored in any session.
        session = str(present[0].entry["session_id"]) if present else ""
        return self.read_back.wait_for_sentinel(present, session=session)

    @property
    def _second(self) -> _SecondAttempt:
        return self.read_back.target.memo.get(_SecondAttempt, lambda: _SecondAttempt(self._first.latest))

    def _is_sent_again(self, spec: EventSpec) -> bool:
        """Whether this is a fresh attempt, and the first attempt used this event."""
        if not self.read_back.target.is_fresh_attempt:
            return False
        second = self._second
        second.is_beyond |= second.latest is not None and second.latest == second.found_at != spec
        second.latest = spec
        return not second.is_beyond

    def _send_batches(self) -> dict[BatchSpec, Submission]:
        described = [one for one in self.specs if isinstance(one, BatchSpec)]
        return {one: send_batch(self.read_back, one) for one in dict.fromkeys(described)}

    def _send_events(self) -> dict[EventSpec, Submission]:
        """Send all events, shuffled among valid ones. Events that should be stored and events that should not go in separate batches."""
        described = list(dict.fromkeys(one for one in self.specs if isinstance(one, EventSpec)))
        alike: dict[tuple[bool, bool], list[EventSpec]] = {}
        for one in random.Random(0).sample(described, len(described)):  # noqa: S311 - the same order in every run
            alike.setdefault((one.valid, one.replacement is REMOVED), []).append(one)
        sent: dict[EventSpec, Submission] = {}
        for specs in alike.values():
            for start in range(0, len(specs), PACKED_PER_BATCH):
                sent |= self._pack(specs[start : start + PACKED_PER_BATCH], SURROUNDING_PER_BATCH)
        return sent

    def _pack(self, specs: Sequence[EventSpec], surrounding: int) -> dict[EventSpec, Submission]:
        """Send events in one batch. If it is refused, send each half again, down to single events."""
        factory = self.read_back.factory
        session = factory.session()
        made = {spec: factory.make(spec, session) for spec in specs}
        valid = factory.batch(surrounding, session)
        if len(specs) == 1:
            entries = [*valid[:1], *made.values(), *valid[1:]]
        else:
            entries = [*made.values(), *valid]
            random.Random(len(entries)).shuffle(entries)  # noqa: S311 - the same order in every run
        exchange = self.read_back.target.post_with_token(body(entries))
        sent = {spec: Submission(exchange, session, (made[spec],), tuple(valid)) for spec in specs}
        if len(specs) > 1 and exchange.reply is not None and exchange.reply.status not in SUCCESSES:
            middle = len(specs) // 2
            sent |= self._pack(specs[:middle], SURROUNDING_ONE)
            sent |= self._pack(specs[middle:], SURROUNDING_ONE)
        return sent


def specs_of(parameters: Iterable[object]) -> list[EventSpec | BatchSpec]:
    """Return the descriptions of events and batches among the parameters of checks, each once."""
    found: dict[EventSpec | BatchSpec, None] = {}
    for value in parameters:
        for spec in value if isinstance(value, tuple) else (value,):
            if isinstance(spec, EventSpec | BatchSpec):
                found[spec] = None
    return list(found)
