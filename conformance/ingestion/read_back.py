"""Finds out whether events were stored: it sends a sentinel event after them and reads the store until the sentinel is visible."""

import contextlib
import threading
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from conformance.client import Exchange, Target, clock
from conformance.client.slots import giving_way
from conformance.expect import SUCCESS, NotJudged, reply
from conformance.ingestion.lost_events import LostEvents
from conformance.ingestion.observers import Observer, ReadBackError, Reading
from conformance.ingestion.pace import Pace
from conformance.ingestion.rounds import Rounds
from conformance.ingestion.snapshot import StoreSnapshot, is_own
from conformance.ingestion.window import Window, stored_id
from conformance.inputs.factory import EventFactory, EventKind, SentEvent, body

NEEDS_OBSERVER = "needs read-back: pass --observer 'https://host/path?token={token}&since={since}'"
NO_SENTINEL_VISIBLE = "no sentinel event became visible"
TWO_CAUSES = "; either the target stores nothing, or --observer does not show its store"
LOST = "valid events that were sent after it did not become visible; batch.ingests-all judges that"
MOST_MISSING = 6
"""Sentinels in a row that do not become visible; then no more are sent."""
MOST_TRIES, EVENTS_BEFORE_A_TRY = 4, 250
"""How often a store is read again after its first sentinel did not become visible, and how many events are sent before that."""
NAP = 0.5
"""Seconds after which a wait looks whether the run was ended."""
BRIEF = 0.1
"""Seconds of a pause in which no other check can use the target."""
SLOW = 0.5
"""Seconds until an event is visible, from which on checks do not wait for each other before they send a sentinel."""
SURE_AFTER = 2.0
"""Seconds after which a reading that fails for a reason that lasts is not repeated, although patience is not over."""
SENTINELS = 3
"""How many sentinels are sent if they do not become visible, although read-back has worked before."""
USUALLY = 0.5
"""Seconds in which an event may become visible before a sentinel is sent after it, if nothing else is known."""


@dataclass
class ReadBack:
    """Finds out which of the sent events were stored.

    Ingestion is asynchronous: an event counts as not stored only if a reading shows a sentinel that was sent after it.
    """

    target: Target
    factory: EventFactory
    observer: Observer | None
    patience: float
    """Seconds to wait until an event is visible."""
    settle: float = 0.0
    """Seconds from the first sight of a sentinel to the reading that counts: a pipeline may store events in another order."""
    sentinels: int = field(default=0, init=False)
    """How many sentinels were sent."""
    seen: tuple[SentEvent, ...] = field(default=(), init=False, repr=False)
    """The events of the first sentinel of the run's token that was visible, as far as they were visible."""
    latest_sentinel: Exchange | None = field(default=None, init=False, repr=False)
    """The exchange of the last sentinel that became visible."""
    lost: list[LostEvents] = field(default_factory=list, init=False, repr=False)
    """Sentinels that were answered with a success, and did not become visible although read-back had worked before."""
    shown_kinds: set[EventKind] = field(default_factory=set, init=False, repr=False)
    """The kinds of the run's own events that a reading has shown so far."""
    failures: dict[str, str] = field(default_factory=dict, init=False, repr=False)
    """Why the read-back of a store does not work, by the token of the store."""
    _worked: set[str] = field(default_factory=set, init=False, repr=False)
    """The tokens of the stores whose read-back has shown an event of this run."""
    _missing_in_a_row: Counter[str] = field(default_factory=Counter, init=False, repr=False)
    """By the token of the store: sentinels that did not become visible since one was visible."""
    _tried_again: Counter[str] = field(default_factory=Counter, init=False, repr=False)
    """By the token of the store: how often it was read again although its first sentinel did not become visible."""
    _window: Window = field(default_factory=Window, init=False, repr=False)
    _full_waits: int = 1
    """How many more missing events get the full patience; the wait for later ones is shorter."""
    _pace: Pace = field(default_factory=Pace, init=False, repr=False)
    _rounds: defaultdict[str, Rounds] = field(
        default_factory=lambda: defaultdict(Rounds), init=False, repr=False
    )
    """By token: the readings of the whole store."""
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def wait_for_sentinel(
        self, present: Collection[SentEvent] = (), *, token: str = "", session: str = ""
    ) -> StoreSnapshot:
        """Send a sentinel and wait until it is visible; then wait for the events that should be ``present``, while patience lasts.

        A sentinel is three events of different types, one of them with all fields. One visible event is enough. If none
        becomes visible although read-back has worked before, they are lost events, and another sentinel is sent. Raises
        NotJudged if there is no observer, if the target does not answer the sentinel, and if no sentinel becomes visible. If
        read-back has never worked, later calls raise NotJudged at once.
        """
        if self.observer is None:
            raise NotJudged(NEEDS_OBSERVER)
        token = token or self.target.token
        for _ in range(SENTINELS):
            if token in self.failures and not self._shows_events_now(token):
                break
            sentinels = [
                self.factory.valid("product_view", session),
                self.factory.full("collection_view", session),
                self.factory.valid("search", session),
            ]
            self.sentinels += 1
            exchange = self.target.post(body(sentinels), **self.target.token_in_place(token))
            reply(exchange)
            snapshot = self._await_sentinel(token, session, sentinels, exchange.at)
            if isinstance(snapshot, StoreSnapshot):
                self.latest_sentinel = exchange
                self._pace.saw(snapshot.taken - exchange.at)
                if not self.seen and token == self.target.token:
                    self.seen = tuple(sent for sent in sentinels if snapshot.of(sent))
                if self.settle:
                    clock.sleep(self.settle)
                    snapshot = self._read(token, session, sentinels) or snapshot
                if not all(snapshot.of(sent) for sent in present):
                    snapshot = self._await_present(snapshot, present, token, session, sentinels)
                return replace(snapshot, sentinel_sent=exchange.at)
            self._count_missing(token, exchange, sentinels, snapshot)
        raise NotJudged(self.failures.get(token, LOST))

    def _shows_events_now(self, token: str) -> bool:
        """Read a store again whose first sentinel did not become visible: a buffer may have kept it until more events came.

        It is read again only after many more events, and only a few times.
        """
        with self._lock:
            tries, sent = self._tried_again[token], self.factory.events
            if token in self._worked or tries >= MOST_TRIES or sent < EVENTS_BEFORE_A_TRY * (tries + 1):
                return False
            self._tried_again[token] += 1
        with contextlib.suppress(ReadBackError):
            mine = f"conformance-{self.factory.run}-"
            if any(str(event.get("session_id")).startswith(mine) for event in self.read(token)):
                self._worked.add(token)
                self.failures.pop(token, None)  # another check may have seen it at the same time
                return True
        return False

    def _count_missing(
        self, token: str, exchange: Exchange, sentinels: Sequence[SentEvent], problem: str
    ) -> None:
        """Record a sentinel that did not become visible. If read-back has never worked, it does not work; if it has, events are lost."""
        with self._lock:
            self._missing_in_a_row[token] += 1
            if token not in self._worked:
                is_absent = problem == NO_SENTINEL_VISIBLE
                why = f"{problem} within {self.patience:g} s{TWO_CAUSES}" if is_absent else problem
                self.failures[token] = f"read-back does not work: {why}"
                return
            if page := self._window.full_page(token):
                self.failures[token] = (
                    f"the read-back shows {page} events, and none of the later ones: it may show only its first page;"
                    " let it show all events since {since}, or only those of {session_id}"
                )
                return
            is_accepted = exchange.reply is not None and exchange.reply.status in SUCCESS
            if is_accepted and problem == NO_SENTINEL_VISIBLE:
                self.lost.append(LostEvents(exchange, token, tuple(sentinels)))
            if self._missing_in_a_row[token] >= MOST_MISSING:
                is_lost = problem == NO_SENTINEL_VISIBLE
                self.failures[token] = LOST if is_lost else f"read-back works no longer: {problem}"

    def find_lost(self) -> tuple[list[LostEvents], Exchange]:
        """Return the lost events that are still not visible, and the exchange of the first ones, or of a sentinel.

        A fresh attempt sends another sentinel, and returns only events that are lost in it. Under the first conditions, it
        is in a session that has had events before, as those that were lost. Raises NotJudged as ``wait_for_sentinel`` does,
        but not for lost events.
        """
        before = 0
        if self.target.is_fresh_attempt or self.latest_sentinel is None:
            before = len(self.lost)
            session = ""
            if self.lost and self.target.is_under_first_conditions:
                session = str(self.lost[-1].events[0].entry["session_id"])
            if self.failures.get(self.target.token) == LOST:
                self.failures.pop(self.target.token, None)
            try:
                self.wait_for_sentinel(session=session)
            except NotJudged:
                if not self.lost[before:]:
                    raise
        found = [one for one in self.lost[before:] if not self._is_visible_now(one)]
        exchange = found[0].exchange if found else self.latest_sentinel
        if exchange is None:
            raise NotJudged(LOST)
        return found, exchange

    def _is_visible_now(self, lost: LostEvents) -> bool:
        try:
            stored = self.read(lost.token, lost.events[0].entry["session_id"])
        except ReadBackError:
            return False
        snapshot = StoreSnapshot.of_reading(stored, {}, clock.now())
        self.target.http_client.out_of_time(snapshot.taken)
        return any(snapshot.of(sent) for sent in lost.events)

    def snapshot_after(
        self,
        exchange: Exchange,
        present: Collection[SentEvent] = (),
        *,
        token: str = "",
        together: Iterable[Exchange] = (),
    ) -> StoreSnapshot:
        """Return a reading of the whole store of a token. Its sentinel was sent after an exchange.

        If each wait counts, it was sent after the exchanges ``together``, too, which are looked for in the same reading. The
        last reading is used again if it shows the events that should be ``present``, or if patience for them was over. Raises
        NotJudged as ``wait_for_sentinel`` does.
        """
        with self._lock:
            rounds = self._rounds[token or self.target.token]
        return rounds.reading(
            max(one.at + one.elapsed for one in (exchange, *(together if self.is_slow else ()))),
            lambda: self.wait_for_sentinel(present, token=token),
            lambda snapshot: not self._may_show_more(snapshot, exchange, present),
            is_slow=self.is_slow,
        )

    def _may_show_more(
        self, snapshot: StoreSnapshot, exchange: Exchange, present: Collection[SentEvent]
    ) -> bool:
        is_early = snapshot.taken - exchange.at < self.seconds_for_an_event
        return is_early and not all(snapshot.of(sent) for sent in present)

    def wait_for(
        self,
        present: Sequence[SentEvent],
        *,
        token: str = "",
        session: str = "",
        sent_at: float | None = None,
    ) -> StoreSnapshot:
        """Wait until the events that should be ``present`` are visible. Only if one does not become visible, send a sentinel.

        ``sent_at`` is when they were sent, if not just now. Raises NotJudged as ``wait_for_sentinel`` does.
        """
        if self.observer is None:
            raise NotJudged(NEEDS_OBSERVER)
        if (token or self.target.token) in self.failures:
            return self.wait_for_sentinel(present, token=token, session=session)
        began = clock.now()
        usual = min(self.patience, max(USUALLY, 4 * self._pace.slowest))
        for _ in self.turns(began if sent_at is None else sent_at, began + usual, at_once=True):
            with contextlib.suppress(ReadBackError):
                events = self.read(token or self.target.token, session)
                snapshot = StoreSnapshot.of_reading(events, {}, clock.now())
                if all(snapshot.of(sent) for sent in present):
                    self._pace.slowest = max(self._pace.slowest, snapshot.taken - began)
                    self._worked.add(token or self.target.token)
                    return replace(snapshot, sentinel=snapshot.of(present[0])[0])
        return self.wait_for_sentinel(present, token=token, session=session)

    def forget(self) -> None:
        """Forget the last readings: nothing is judged any more."""
        self._rounds.clear()

    @property
    def works(self) -> bool:
        """Whether the read-back of the run's store may show events."""
        return self.observer is not None and self.target.token not in self.failures

    @property
    def is_slow(self) -> bool:
        """Whether events become visible so slowly that each wait for one counts."""
        return self._pace.fastest >= SLOW

    @property
    def seconds_for_an_event(self) -> float:
        """Seconds to wait for an event that should be visible."""
        return (
            self.patience
            if self._full_waits
            else min(self.patience, max(self.patience / 10, 4 * self._pace.slowest))
        )

    def read(self, token: str, session: str = "") -> Reading:
        """Return the run's own events of a store, or of one of its sessions.

        Raises ReadBackError, and NotJudged if the read-back hides the oldest events: an absent event may be stored then.
        """
        if self.observer is None:
            raise NotJudged(NEEDS_OBSERVER)
        if over := self.target.http_client.times.over:
            raise NotJudged(over.detail)
        shown = self.observer.read(token, session)
        own = (event for event in shown if is_own(event, self.factory))
        events = Reading.of(own, unreadable=shown.unreadable)
        kinds = (self.factory.ids.get(stored_id(event)) for event in events)
        self.shown_kinds.update(kind for kind in kinds if kind is not None)
        others = len(shown) - len(events) + shown.others
        if self._window.hides(token, session, events, others):
            self.failures[token] = (
                f"the read-back shows only the newest {len(events) + others} events of a store; let it show all events since"
                " {since}, or only those of {session_id}"
            )
            raise NotJudged(self.failures[token])
        return events

    def _await_present(
        self,
        snapshot: StoreSnapshot,
        present: Collection[SentEvent],
        token: str,
        session: str,
        sentinels: Sequence[SentEvent],
    ) -> StoreSnapshot:
        """Wait for events that should be visible: a pipeline may be slower for their types than for those of the sentinel."""
        began = clock.now()
        for _ in self.turns(began, began + self.seconds_for_an_event, at_once=True):
            with contextlib.suppress(ReadBackError):
                snapshot = self._read(token, session, sentinels) or snapshot
            if all(snapshot.of(sent) for sent in present):
                self._pace.slowest = max(self._pace.slowest, snapshot.taken - began)
                return snapshot
        self._full_waits = max(0, self._full_waits - 1)
        return snapshot

    def _await_sentinel(
        self, token: str, session: str, sentinels: Sequence[SentEvent], sent_at: float
    ) -> StoreSnapshot | str:
        """Wait until a sentinel is visible. If it does not become visible, return why."""
        has_worked = token in self._worked
        deadline = clock.now() + (self.seconds_for_an_event if has_worked else self.patience)
        problem, began = NO_SENTINEL_VISIBLE, clock.now()
        for _ in self.turns(sent_at, deadline):
            try:
                snapshot, problem = self._read(token, session, sentinels), NO_SENTINEL_VISIBLE
            except ReadBackError as error:
                snapshot, problem = None, str(error)
                if error.lasts and not has_worked and clock.now() - began > SURE_AFTER:
                    break
            if snapshot is not None:
                self._worked.add(token)
                self._missing_in_a_row[token] = 0
                return snapshot
        if has_worked:
            self._full_waits = max(0, self._full_waits - 1)
        return problem

    def turns(self, sent_at: float, deadline: float, *, at_once: bool = False) -> Iterator[None]:
        """Yield whenever it is time for a reading of what was sent at a time, the last time at the deadline.

        ``at_once`` yields the first time without waiting: it may have been sent long ago. Raises NotJudged if the run ends
        meanwhile, or has no time left.
        """
        pause, wait = 0.0, 0.0 if at_once else self._pace.until_first(clock.now() - sent_at)
        while True:
            self._sleep(min(wait, deadline - clock.now()))
            if self.target.http_client.is_stopped:
                raise NotJudged("the run was ended")
            now = clock.now()
            if over := self.target.http_client.out_of_time(now):
                raise NotJudged(over.detail)
            is_last = now >= deadline
            yield
            if is_last:
                return
            passed = clock.now() - sent_at
            wait = self._pace.until_first(passed)
            if not wait:
                wait = pause = self._pace.pause(pause, passed)

    def _sleep(self, seconds: float) -> None:
        """Sleep, but not on after the run was ended. Other checks may use the target meanwhile."""
        with giving_way() if seconds > BRIEF else contextlib.nullcontext():
            while seconds > 0 and not self.target.http_client.is_stopped:
                clock.sleep(min(seconds, NAP))
                seconds -= NAP

    def _read(self, token: str, session: str, sentinels: Sequence[SentEvent]) -> StoreSnapshot | None:
        events = self.read(token, session)
        ids = {sent.event_id for sent in sentinels}
        sentinel = next((event for event in events if stored_id(event) in ids), None)
        return StoreSnapshot.of_reading(events, sentinel, clock.now()) if sentinel is not None else None
