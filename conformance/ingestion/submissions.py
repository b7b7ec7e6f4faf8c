"""Sends the events and batches that several checks use, once for all of them.

The events of all checks are packed into few batches, so that a run needs few requests and few readings. When a check is
called again after a violation, its events are sent again, each in its own batch.
"""

import contextlib
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from conformance.client import Exchange, Memo, clock
from conformance.ingestion.all_fields import AllFields
from conformance.ingestion.expectations import expect_not_stored, expect_stored
from conformance.ingestion.observers import ReadBackError, reading_earlier
from conformance.ingestion.packing import (
    PACKED_PER_BATCH,
    SURROUNDING_PER_BATCH,
    Narrowing,
    Pack,
    Submission,
    grouped,
    pack,
)
from conformance.ingestion.read_back import ReadBack
from conformance.ingestion.snapshot import StoreSnapshot
from conformance.inputs.batches import BatchSpec
from conformance.inputs.events import EventSpec
from conformance.inputs.factory import SentEvent, body, kind_of

MOST_TO_FIND_A_CAUSE = 40
"""Batches that are sent to find the event of a batch for which others are lost."""
SECONDS_TO_FIND_A_CAUSE = 15.0
"""For all batches of a run. If a target loses very many events, it is quicker to send each one alone."""
MOST_TO_FIND_A_REFUSAL = 100
"""Batches that are sent to find the events for which others are refused."""
KNOWN = 5
"""Events of a batch whose ids are known, and as many whose ids are new."""
__all__ = [
    "PACKED_PER_BATCH",
    "Submission",
    "Submissions",
    "expect_ingested",
    "expect_neighbours",
    "expect_skipped",
    "send_batch",
    "specs_of",
]


def send_batch(read_back: ReadBack, spec: BatchSpec) -> Submission:
    """Send the batch of a description, in a new session."""
    session = read_back.factory.session()
    entries, valid, invalid = spec.make(read_back.factory, session)
    exchange = read_back.target.post_with_token(body(entries), turn=spec.size)
    return Submission(exchange, session, tuple(invalid), tuple(valid))


@dataclass
class _Progress:
    """The progress of a fresh attempt through the packed events of its check."""

    sends_again: bool = True
    """Whether the current event is sent again. Events that were right in the first attempt are not."""


@dataclass
class Submissions:
    """Sends described events and batches: once for all checks of a run, and again in a fresh attempt."""

    read_back: ReadBack
    specs: Collection[EventSpec | BatchSpec]
    """Every event and batch that the checks of this run use."""
    all_fields: AllFields = field(init=False, repr=False)
    _together: Memo = field(default_factory=Memo, init=False, repr=False)
    """The submissions that all checks share; fresh attempts may use them, too."""

    def __post_init__(self) -> None:
        self.all_fields = AllFields(self.read_back)

    def event(self, spec: EventSpec, *, own_sessions: bool = False) -> Submission:
        """Return the submission of an event; if its batch was refused, the smallest refused batch with this event.

        A fresh attempt sends only that event again at which the first attempt found a violation, in a batch of its own with
        two valid events: the smallest example of the violation. An event with a fixed id is not sent again, because a target
        may drop it as a duplicate. The batch has one session, or with ``own_sessions`` one for each event, as in the first
        attempt.
        """
        packed = self._together.get("events", self._narrow_refused)
        self.read_back.target.note_subject(spec)
        is_sent_again = self._is_sent_again(spec)
        if spec in packed and (spec.has_fixed_id or not is_sent_again):
            submission = packed[spec]
            is_found = not (submission.is_refused and submission.others)
            # Too many batches are refused to find out about each event in advance.
            return submission if is_found else self._alone(spec)
        return self.read_back.target.memo.get(
            (spec, own_sessions), lambda: self._send_alone(spec, own_sessions=own_sessions)
        )

    def whole(self, specs: Collection[EventSpec]) -> list[Submission]:
        """Return the batches in which some events were sent first, undivided. A fresh attempt sends them again as they were."""
        packs = [one for one in self._packs() if not one.made.keys().isdisjoint(specs)]
        if not self.read_back.target.is_fresh_attempt:
            return [packed.whole for packed in packs]
        return [self._sent_again(packed).whole for packed in packs]

    def apart(self, spec: EventSpec) -> Submission:
        """Return the submission of an event; if valid events around it were lost, a smaller batch, which shows whether it is the cause.

        Raises NotJudged as ``wait_for_sentinel`` does.
        """
        submission = self.event(spec)
        packed = self._pack_of(spec)
        sends_again = self.read_back.target.is_fresh_attempt and self._progress.sends_again
        if packed is None or packed.whole.is_refused or sends_again:
            return submission
        found = self._together.get(("apart", *packed.made), lambda: self._narrow_lost(packed))
        submission = found.get(spec, submission)
        if not submission.others or not self._loses(submission):
            return submission
        # Too many batches lose events to find out about each event in advance.
        return self._alone(spec)

    def after_known(self) -> Submission:
        """Return a batch in which half of the entries have the id of an event that was stored before; these are ``examined``.

        Raises NotJudged as ``wait_for_sentinel`` does.
        """
        return self.read_back.target.memo.get("known ids", self._send_known)

    def batch(self, spec: BatchSpec) -> Submission:
        """Return the submission of a described batch."""
        sent = self._together.get("batches", self._send_batches)
        if spec in sent and not self.read_back.target.is_fresh_attempt:
            return sent[spec]
        return self.read_back.target.memo.get(spec, lambda: send_batch(self.read_back, spec))

    def neighbours(self, submission: Submission) -> tuple[SentEvent, ...]:
        """Return the valid events around those that a check examines, of kinds that the read-back has shown.

        If a target loses every event of a type, or with a field, that is not because of what is around them.
        """
        kinds = self.read_back.shown_kinds
        shown = (sent for sent in submission.surrounding if kind_of(sent.entry) in kinds)
        return tuple(shown) or submission.surrounding

    def snapshot(
        self, submission: Submission, present: Sequence[SentEvent] = (), *, of_session: bool = True
    ) -> StoreSnapshot:
        """Return a reading that was taken after a submission, and in which the events ``present`` should be visible.

        Checks share readings, but a fresh attempt takes its own: without ``of_session`` of the whole store. Raises NotJudged
        as ``wait_for_sentinel`` does.
        """
        if not self.read_back.target.is_fresh_attempt or not self._progress.sends_again:
            together = self._exchanges() if self.read_back.is_slow else ()
            return self.read_back.snapshot_after(submission.exchange, present, together=together)
        # An event that should not be stored may be stored in any session. The sentinel must not be in an unusual one.
        sessions = {str(sent.entry["session_id"]) for sent in present} if of_session else set()
        session = sessions.pop() if len(sessions) == 1 else ""
        is_usual = re.fullmatch(r"[\w-]*", session, re.ASCII) is not None
        return self.read_back.wait_for_sentinel(present, session=session if is_usual else "")

    def _exchanges(self) -> list[Exchange]:
        """Return the exchanges of everything that all checks share."""
        batches = self._together.get("batches", self._send_batches)
        return [one.exchange for one in self._packs()] + [one.exchange for one in batches.values()]

    def snapshot_with_old(self, submission: Submission, age: timedelta) -> StoreSnapshot:
        """Return a reading that shows the event of a submission, even if its timestamp is older than the run by up to an age.

        A read-back may compare ``since`` with the timestamp of an event. Raises NotJudged as ``wait_for_sentinel`` does.
        """
        snapshot = self.snapshot(submission, [submission.event])
        observer = self.read_back.observer
        if observer is None or snapshot.of(submission.event):
            return snapshot
        with reading_earlier(observer, age) as earlier, contextlib.suppress(ReadBackError):
            return replace(snapshot, events=tuple(earlier.read(self.read_back.target.token)))
        return snapshot

    @property
    def _progress(self) -> _Progress:
        return self.read_back.target.memo.get(_Progress, _Progress)

    def _is_sent_again(self, spec: EventSpec) -> bool:
        """Whether this is a fresh attempt, and the first attempt found its violation at this event, or it is not known where."""
        target = self.read_back.target
        if not target.is_fresh_attempt:
            return False
        self._progress.sends_again = target.subject is None or target.subject == spec
        return self._progress.sends_again

    def _send_batches(self) -> dict[BatchSpec, Submission]:
        described = [one for one in self.specs if isinstance(one, BatchSpec)]
        return {one: send_batch(self.read_back, one) for one in dict.fromkeys(described)}

    def _send_alone(self, spec: EventSpec, *, own_sessions: bool = False) -> Submission:
        session = "" if own_sessions else self.read_back.factory.session()
        packed = self._pack_of(spec)
        turn = packed.turn if packed is not None else 0
        return pack(self.read_back, [spec], session=session, turn=turn).submission(spec)

    def _alone(self, spec: EventSpec) -> Submission:
        return self._together.get(("alone", spec), lambda: self._send_alone(spec))

    def _packs(self) -> list[Pack]:
        return self._together.get("packs", self._send_events)

    def _pack_of(self, spec: EventSpec) -> Pack | None:
        return next((one for one in self._packs() if spec in one.made), None)

    def _sent_again(self, packed: Pack) -> Pack:
        key = ("again", *packed.made)
        return self.read_back.target.memo.get(
            key, lambda: pack(self.read_back, packed.specs, SURROUNDING_PER_BATCH, turn=packed.turn)
        )

    def _send_events(self) -> list[Pack]:
        """Send all events, among valid ones."""
        described = [one for one in self.specs if isinstance(one, EventSpec)]
        sent = [
            pack(self.read_back, specs, SURROUNDING_PER_BATCH, turn=turn)
            for turn, specs in enumerate(grouped(described))
        ]
        self._together.get("batches", self._send_batches)  # before the sentinel, so that one wait is enough
        return sent

    def _narrow_refused(self) -> dict[EventSpec, Submission]:
        narrowing = Narrowing(
            self.read_back, lambda submission: submission.is_refused, MOST_TO_FIND_A_REFUSAL
        )
        found: dict[EventSpec, Submission] = {}
        for packed in self._packs():
            found |= narrowing.of(packed)
        return found

    def _narrow_lost(self, packed: Pack) -> dict[EventSpec, Submission]:
        until = self._together.get("narrowing ends", lambda: clock.now() + SECONDS_TO_FIND_A_CAUSE)
        return Narrowing(self.read_back, self._loses, MOST_TO_FIND_A_CAUSE, until).of(packed)

    def _loses(self, submission: Submission) -> bool:
        """Whether valid events of an accepted batch are not stored."""
        key = ("loses", submission.exchange.request)
        return not submission.is_refused and self._together.get(key, lambda: self._has_lost(submission))

    def _has_lost(self, submission: Submission) -> bool:
        sent, session = self.neighbours(submission), submission.session
        if session:
            snapshot = self.read_back.wait_for(sent, session=session)
        else:
            snapshot = self.read_back.snapshot_after(submission.exchange, sent)
        return not all(map(snapshot.of, self.neighbours(submission)))

    def _known(self) -> list[SentEvent]:
        """Return events that were stored before: ones that were sent anyway, or else new ones."""
        if self.read_back.observer is not None and not self.read_back.target.is_fresh_attempt:
            if self.read_back.is_slow and self.read_back.seen:
                return list(self.read_back.seen)
            # Not of a batch whose copies are counted: these events are sent twice.
            usable = (one for one in self._packs() if not any(spec.valid for spec in one.made))
            packed = next((one for one in usable if not one.whole.is_refused), None)
            if packed is not None:
                earlier = list(packed.surrounding[:KNOWN])
                snapshot = self.read_back.snapshot_after(packed.exchange, earlier)
                if all(map(snapshot.of, earlier)):
                    return earlier
        earlier = self.read_back.factory.batch(KNOWN, "")
        exchange = self.read_back.target.post_with_token(body(earlier))
        if self.read_back.observer is not None:
            self.read_back.snapshot_after(exchange, earlier)
        return earlier

    def _send_known(self) -> Submission:
        factory = self.read_back.factory
        earlier = self._known()
        new = factory.batch(len(earlier), "")
        entries = [entry for pair in zip(earlier, new, strict=True) for entry in pair]
        exchange = self.read_back.target.post_with_token(body(entries))
        return Submission(exchange, "", tuple(earlier), tuple(new))


def specs_of(parameters: Iterable[object]) -> list[EventSpec | BatchSpec]:
    """Return the descriptions of events and batches among the parameters of checks, each once."""
    found: dict[EventSpec | BatchSpec, None] = {}
    for value in parameters:
        for spec in value if isinstance(value, tuple) else (value,):
            if isinstance(spec, EventSpec | BatchSpec):
                found[spec] = None
    return list(found)


def expect_neighbours(submissions: Submissions, submission: Submission, what: str) -> None:
    """Expect that the valid events around those that a check examines are stored. Raises NotJudged as ``wait_for_sentinel`` does."""
    snapshot = submissions.snapshot(submission, submissions.neighbours(submission))
    for sent in submissions.neighbours(submission):
        expect_stored(snapshot, submission.exchange, sent, what)


def expect_ingested(submissions: Submissions, spec: EventSpec) -> None:
    """Expect that a described event is stored. Raises NotJudged as ``wait_for_sentinel`` does."""
    submission = submissions.apart(spec) if spec.unusual else submissions.event(spec)
    snapshot = submissions.snapshot(submission, [submission.event])
    expect_stored(snapshot, submission.exchange, submission.event, f"the event ({spec})")


def expect_skipped(submissions: Submissions, spec: EventSpec) -> None:
    """Expect that a described event is not stored. Raises NotJudged as ``wait_for_sentinel`` does."""
    submission = submissions.event(spec)
    snapshot = submissions.snapshot(submission)
    expect_not_stored(snapshot, submission.exchange, submission.event, f"the event ({spec})")
