"""Whether events are stored: a sentinel event is sent after them, and the read-back is read until it shows."""

import contextlib
import json
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from conformance.client import Exchange, Target
from conformance.expect import NotJudged, condition, reply
from conformance.ingestion.observers import Observer, ReadBackError, Stored
from conformance.inputs.factory import EventFactory, SentEvent, body

NEEDS_OBSERVER = "needs read-back: pass --observer 'https://host/path?token={token}&since={since}'"
NEVER_SHOWN = "no sentinel event became visible"
FIRST_WAIT, LONGEST_WAIT = 0.005, 0.5
"""Seconds between two readings, growing from the first to the longest."""


@dataclass(frozen=True)
class StoreSnapshot:
    """One reading of a store, in which a sentinel that was sent later is visible, or all that was looked for."""

    events: tuple[Stored, ...] = field(repr=False)
    sentinel: Stored = field(repr=False)
    """A stored sentinel event; without one, a stored event that was looked for."""
    taken: float
    """When, in seconds since the epoch."""
    asked: float = 0.0
    """When its sentinel was sent: an event that was sent earlier and is absent is not stored."""

    def of(self, sent: SentEvent) -> list[Stored]:
        """Return what is stored of one entry, known by its ``event_id`` or its mark."""
        named = self._known.get(sent.event_id, [])
        return named + [event for event in self._known.get(sent.mark, []) if event not in named]

    @cached_property
    def _known(self) -> dict[str, list[Stored]]:
        """The events by ``event_id`` and by mark."""
        known: dict[str, list[Stored]] = {}
        for event in self.events:
            for name in (event.get("event_id"), _mark(event)):
                if isinstance(name, str):
                    known.setdefault(name, []).append(event)
        return known

    @property
    def shows_marks(self) -> bool:
        """Whether an event could be known without its ``event_id``."""
        return bool(_mark(self.sentinel))


def _mark(event: Stored) -> str | None:
    data = event.get("contextual_data")
    if isinstance(data, str):
        try:
            data = json.loads(data)
        except ValueError:
            return None
    mark = data.get("conformance") if isinstance(data, dict) else None
    return mark if isinstance(mark, str) else None


@dataclass
class ReadBack:
    """Reads what is stored of the events that were sent.

    Ingestion is asynchronous: an event counts as absent only in a reading that shows a sentinel that was sent later.
    """

    target: Target
    factory: EventFactory
    observer: Observer | None
    patience: float
    """Seconds to wait for an event to show."""
    settle: float = 0.0
    """Seconds from a sentinel's appearance to the reading that counts: some pipelines are slower than others."""
    sentinels: int = field(default=0, init=False)
    """How many sentinels were sent."""
    failures: dict[str, str] = field(default_factory=dict, init=False, repr=False)
    """Why a store's read-back does not work, by its token."""
    _full_waits: int = 1
    """How many missing events are waited for as long as patience lasts; later ones get less of it."""
    _slowest: float = 0.0
    """Seconds that the slowest event has taken to show."""
    _is_whole: bool | None = None
    _latest: StoreSnapshot | None = field(default=None, init=False, repr=False)
    """The last reading of the token's whole store."""
    _lock: threading.RLock = field(default_factory=threading.RLock, init=False, repr=False)

    def wait_for_sentinel(
        self, present: Collection[SentEvent] = (), *, token: str = "", session: str = ""
    ) -> StoreSnapshot:
        """Wait until a sentinel that is sent now shows, and the events that should be ``present`` do, or patience is out.

        A sentinel is three events, with all fields or with few, and one of them suffices. Raises NotJudged without an
        observer, where the sentinel gets no answer, and where none of it shows; then at once for the rest of the run.
        """
        if self.observer is None:
            raise NotJudged(NEEDS_OBSERVER)
        token = token or self.target.token
        if token in self.failures:
            raise NotJudged(self.failures[token])
        sentinels = [
            self.factory.valid("product_view", session),
            self.factory.full("collection_view", session),
            self.factory.valid("search", session),
        ]
        self.sentinels += 1
        exchange = self.target.post(body(sentinels), **{self.target.token_source: token})
        reply(exchange)
        snapshot = self._await_sentinel(token, session, sentinels)
        self._slowest = max(self._slowest, snapshot.taken - exchange.at)
        if self.settle:
            time.sleep(self.settle)
            snapshot = self._await_sentinel(token, session, sentinels)
        if not all(snapshot.of(sent) for sent in present):
            snapshot = self._await_present(snapshot, present, token, session, sentinels)
        return replace(snapshot, asked=exchange.at)

    def snapshot_after(self, exchange: Exchange, present: Collection[SentEvent] = ()) -> StoreSnapshot:
        """Return a reading of the token's whole store whose sentinel was sent after an exchange.

        The last reading is used again where it shows what should be ``present``, or was taken when patience was out.
        Raises NotJudged as ``wait_for_sentinel`` does.
        """
        with self._lock:
            snapshot = self._latest
            if (
                snapshot is None
                or snapshot.asked < exchange.at + exchange.elapsed
                or self._may_show_more(snapshot, exchange, present)
            ):
                snapshot = self._latest = self.wait_for_sentinel(present)
            return snapshot

    def _may_show_more(
        self, snapshot: StoreSnapshot, exchange: Exchange, present: Collection[SentEvent]
    ) -> bool:
        is_early = snapshot.taken - exchange.at < self.seconds_for_an_event
        return is_early and not all(snapshot.of(sent) for sent in present)

    def wait_for(self, present: Sequence[SentEvent], *, token: str = "", session: str = "") -> StoreSnapshot:
        """Wait until events show that should; only where one does not, a sentinel is sent.

        Raises NotJudged as ``wait_for_sentinel`` does.
        """
        if self.observer is None:
            raise NotJudged(NEEDS_OBSERVER)
        began = time.time()
        usual = min(self.patience, max(LONGEST_WAIT, 4 * self._slowest))
        if (token or self.target.token) in self.failures:
            usual = 0
        for wait in self._waits():
            if time.time() - began >= usual:
                break
            with contextlib.suppress(ReadBackError):
                events = self.observer.read(token or self.target.token, session)
                snapshot = StoreSnapshot(tuple(events), {}, time.time())
                if all(snapshot.of(sent) for sent in present):
                    self._slowest = max(self._slowest, snapshot.taken - began)
                    return replace(snapshot, sentinel=snapshot.of(present[0])[0])
            time.sleep(wait)
        return self.wait_for_sentinel(present, token=token, session=session)

    def require_whole_events(self) -> None:
        """Raise NotJudged where the read-back leaves out fields that were sent: a field that is absent may be stored."""
        with self._lock:
            if self._is_whole is None:
                sent = self.factory.full("product_click", self.factory.session())
                reply(self.target.post_with_token(body([sent])))
                stored = self.wait_for([sent], session=sent.entry["session_id"]).of(sent)
                self._is_whole = any(sent.entry.keys() <= event.keys() for event in stored)
        if not self._is_whole:
            raise NotJudged("the read-back leaves out fields that were sent; let it show whole stored events")

    @property
    def seconds_for_an_event(self) -> float:
        """Seconds to wait for an event that should show."""
        return (
            self.patience
            if self._full_waits
            else min(self.patience, max(self.patience / 10, 4 * self._slowest))
        )

    def _await_present(
        self,
        snapshot: StoreSnapshot,
        present: Collection[SentEvent],
        token: str,
        session: str,
        sentinels: Sequence[SentEvent],
    ) -> StoreSnapshot:
        """Wait for what should show: some pipelines are slower for some types than for the sentinel's."""
        began = time.time()
        patience = self.seconds_for_an_event
        for wait in self._waits():
            left = began + patience - time.time()
            if all(snapshot.of(sent) for sent in present):
                self._slowest = max(self._slowest, snapshot.taken - began)
                return snapshot
            if left <= 0:
                break
            time.sleep(min(wait, left))
            with contextlib.suppress(ReadBackError):
                snapshot = self._read(token, session, sentinels) or snapshot
        self._full_waits = max(0, self._full_waits - 1)
        return snapshot

    def _await_sentinel(self, token: str, session: str, sentinels: Sequence[SentEvent]) -> StoreSnapshot:
        deadline = time.time() + self.patience
        problem = NEVER_SHOWN
        for wait in self._waits():
            try:
                snapshot, problem = self._read(token, session, sentinels), NEVER_SHOWN
            except ReadBackError as error:
                snapshot, problem = None, str(error)
            if snapshot is not None:
                return snapshot
            if time.time() + wait > deadline:
                break
            time.sleep(wait)
        self.failures[token] = f"read-back does not work: {problem} within {self.patience:g} s"
        raise NotJudged(self.failures[token])

    def _waits(self) -> Iterator[float]:
        """Yield seconds to wait between readings, growing. Raises NotJudged where the run is ended meanwhile."""
        wait = FIRST_WAIT
        while not self.target.http_client.is_stopped:
            yield wait
            wait = min(wait * 1.6, LONGEST_WAIT)
        raise NotJudged("the run was ended")

    def _read(self, token: str, session: str, sentinels: Sequence[SentEvent]) -> StoreSnapshot | None:
        assert self.observer is not None  # noqa: S101 - wait_for_sentinel() has looked
        events = self.observer.read(token, session)
        ids = [sent.event_id for sent in sentinels]  # no set: a stored event_id may be of any type
        sentinel = next((event for event in events if event.get("event_id") in ids), None)
        return StoreSnapshot(tuple(events), sentinel, time.time()) if sentinel is not None else None


def expect_stored(
    snapshot: StoreSnapshot,
    exchange: Exchange,
    sent: SentEvent,
    what: str = "the event",
    *,
    store: str = "the store",
) -> list[Stored]:
    """Expect an entry of an exchange to be stored, and return what is. Raises NotJudged where it got no answer."""
    stored = snapshot.of(sent)
    condition(
        exchange,
        met=bool(stored),
        expected=f"{what} in {store}",
        got=f"{what} in {store}" if stored else f"{what} not in {store}, although a later event is",
        example=sent.entry,
    )
    return stored


def expect_not_stored(
    snapshot: StoreSnapshot,
    exchange: Exchange,
    sent: SentEvent,
    what: str = "the event",
    *,
    store: str = "the store",
) -> None:
    """Expect an entry of an exchange not to be stored.

    Raises NotJudged where it got no answer, or where the reading could not show it.
    """
    carries_id = isinstance(sent.entry, dict) and sent.entry.get("event_id") == sent.event_id
    if not carries_id and not snapshot.shows_marks:
        raise NotJudged(
            "the read-back shows no contextual_data, so an event without its event_id cannot be found in it"
        )
    stored = snapshot.of(sent)
    condition(
        exchange,
        met=not stored,
        expected=f"{what} not in {store}, in which a later event is visible",
        got=f"{what} in {store}" if stored else f"{what} not in {store}",
        example=sent.entry,
    )
