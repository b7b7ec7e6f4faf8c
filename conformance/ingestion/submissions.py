"""What several checks look at is sent once: events packed into batches, and whole batches.

All that a run will ask for of a kind goes out together, so that few requests and few readings suffice. When a
violation is judged a second time, what it is about is sent again by itself.
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

PACKED_A_BATCH = 80
SURROUNDING_A_BATCH = 20
SURROUNDING_ONE = 2
"""One valid event on each side."""
SUCCESSES = range(200, 300)


@dataclass(frozen=True)
class Submission:
    """Entries of one batch as they went out, and the exchange that carried them."""

    exchange: Exchange
    session: str
    examined: tuple[SentEvent, ...] = field(repr=False)
    """The entries in question: one packed event, or the invalid entries of a whole batch."""
    surrounding: tuple[SentEvent, ...] = field(repr=False)
    """The valid entries of the same batch."""

    @property
    def event(self) -> SentEvent:
        """The packed event."""
        return self.examined[0]


def send_batch(read_back: ReadBack, spec: BatchSpec) -> Submission:
    """Send one batch as a description says, in a session of its own."""
    session = read_back.factory.session()
    entries, valid, invalid = spec.make(read_back.factory, session)
    exchange = read_back.target.post_with_token(body(entries))
    return Submission(exchange, session, tuple(invalid), tuple(valid))


@dataclass
class _SecondLook:
    """How far a fresh attempt has come among the packed events of its check."""

    found_at: EventSpec | None
    """Where the first attempt ended, with a violation."""
    latest: EventSpec | None = None
    is_beyond: bool = False
    """Whether it is at events that the first attempt did not reach."""


class _FirstLook(threading.local):
    """How far the check of a thread has come."""

    latest: EventSpec | None = None


@dataclass
class Submissions:
    """Sends what is described, once for all checks of a run, and in a fresh attempt once for that attempt."""

    read_back: ReadBack
    specs: Collection[EventSpec | BatchSpec]
    """All that this run will ask for."""
    _together: Memo = field(default_factory=Memo, init=False, repr=False)
    """What was sent for the whole run, fresh attempts included."""
    _first: _FirstLook = field(default_factory=_FirstLook, init=False, repr=False)

    def event(self, spec: EventSpec) -> Submission:
        """Return an event, with the exchange that carried it: the smallest, where it was refused.

        A fresh attempt sends what the first one looked at alone, each between two valid events: the smallest example
        of what was found. An event with an id of its own is an exception: the same id again would be a duplicate,
        which a target may drop.
        """
        packed = self._together.get("events", self._send_events)
        if not self.read_back.target.is_fresh_attempt:
            self._first.latest = spec
        looks_again = self._looks_again(spec)
        if spec in packed and (spec.has_own_id or not looks_again):
            return packed[spec]
        return self.read_back.target.memo.get(spec, lambda: self._pack([spec], SURROUNDING_ONE)[spec])

    def batch(self, spec: BatchSpec) -> Submission:
        """Return a whole batch."""
        sent = self._together.get("batches", self._send_batches)
        if spec in sent and not self.read_back.target.is_fresh_attempt:
            return sent[spec]
        return self.read_back.target.memo.get(spec, lambda: send_batch(self.read_back, spec))

    def snapshot(self, submission: Submission, present: Sequence[SentEvent] = ()) -> StoreSnapshot:
        """Return a reading that was taken after a submission, in which the events ``present`` should show.

        Checks share readings, but what a fresh attempt sends is waited for by itself. Raises NotJudged as the reading
        does.
        """
        if not self.read_back.target.is_fresh_attempt or self._second.is_beyond:
            return self.read_back.snapshot_after(submission.exchange, present)
        # An event that should not show may show in any session.
        session = str(present[0].entry["session_id"]) if present else ""
        return self.read_back.wait_for_sentinel(present, session=session)

    @property
    def _second(self) -> _SecondLook:
        return self.read_back.target.memo.get(_SecondLook, lambda: _SecondLook(self._first.latest))

    def _looks_again(self, spec: EventSpec) -> bool:
        """Whether this is a fresh attempt, at an event that the first one has looked at."""
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
        """Send all events, shuffled among valid ones; those that should be stored apart from those that should not."""
        described = list(dict.fromkeys(one for one in self.specs if isinstance(one, EventSpec)))
        alike: dict[tuple[bool, bool], list[EventSpec]] = {}
        for one in random.Random(0).sample(described, len(described)):  # noqa: S311 - the same order in every run
            alike.setdefault((one.valid, one.replacement is REMOVED), []).append(one)
        sent: dict[EventSpec, Submission] = {}
        for specs in alike.values():
            for start in range(0, len(specs), PACKED_A_BATCH):
                sent |= self._pack(specs[start : start + PACKED_A_BATCH], SURROUNDING_A_BATCH)
        return sent

    def _pack(self, specs: Sequence[EventSpec], surrounding: int) -> dict[EventSpec, Submission]:
        """Send events in one batch; a refused one is split until the refusal is some events' own."""
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
    """Return what is described among the parameters of the checks that a run has selected, each once."""
    found: dict[EventSpec | BatchSpec, None] = {}
    for value in parameters:
        for spec in value if isinstance(value, tuple) else (value,):
            if isinstance(spec, EventSpec | BatchSpec):
                found[spec] = None
    return list(found)
