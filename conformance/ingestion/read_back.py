"""What became of the events of a request: sent, awaited by a sentinel, and looked up in the read-back."""

import contextlib
import json
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from conformance.client import Exchange, Target
from conformance.expect import NotJudged, reply, that
from conformance.ingestion.observers import Observer, Stored, Unreadable
from conformance.inputs.events import Mint, Sent

NEEDS_OBSERVER = "needs read-back: pass --observer 'https://host/path?token={token}&since={since}'"
NEVER_SHOWN = "no sentinel event became visible"
FIRST_WAIT, LONGEST_WAIT = 0.005, 0.5
"""Seconds between two readings, growing from the first to the longest."""


def body(entries: Sequence[Sent | Any], **members: Any) -> bytes:
    """Return the JSON body of a batch."""
    events = [entry.entry if isinstance(entry, Sent) else entry for entry in entries]
    return json.dumps({"events": events, **members}, ensure_ascii=False).encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class View:
    """One reading of a store, in which a sentinel that was sent later is visible, or all that was looked for."""

    events: tuple[Stored, ...] = field(repr=False)
    sentinel: Stored = field(repr=False)
    """One of the sentinel's events as stored; without one, a stored event that was looked for."""
    taken: float
    """When, in seconds since the epoch."""
    asked: float = 0.0
    """When its sentinel was sent: of what was sent before, an absence tells."""

    def of(self, sent: Sent) -> list[Stored]:
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
class Ingestion:
    """Sends to a store and looks what became of it.

    Ingestion is asynchronous: an absence is only concluded in a reading that shows a sentinel sent later.
    """

    target: Target
    mint: Mint
    observer: Observer | None
    patience: float
    """Seconds to wait for an event to show."""
    settle: float = 0.0
    """Seconds from a sentinel's appearance to the reading that shows what is absent: pipelines may overtake."""
    failures: dict[str, str] = field(default_factory=dict, init=False, repr=False)
    """Why a store's read-back does not work, by its token."""
    _full_waits: int = 1
    """How often an event that ought to show is waited for as long as patience lasts; later ones get less of it."""
    _slowest: float = 0.0
    """Seconds that the slowest event has taken to show."""
    _is_whole: bool | None = None
    _latest: View | None = field(default=None, init=False, repr=False)
    """The last reading of the token's whole store; no argument, as Hypothesis prints those, however large."""
    _lock: threading.RLock = field(default_factory=threading.RLock, init=False, repr=False)

    def view(self, present: Collection[Sent] = (), *, token: str = "", session: str = "") -> View:
        """Wait until a sentinel sent now shows, and the events that ought to be ``present`` do, or patience is out.

        One of the sentinel's events suffices, with all fields or with few: a fault of some events is not the
        read-back's. Raises NotJudged without an observer, where the sentinel gets no answer, and where none of it
        shows; then at once for the rest of the run.
        """
        if self.observer is None:
            raise NotJudged(NEEDS_OBSERVER)
        token = token or self.target.token
        if token in self.failures:
            raise NotJudged(self.failures[token])
        sentinels = [
            self.mint.valid("product_view", session),
            self.mint.full("collection_view", session),
            self.mint.valid("search", session),
        ]
        exchange = self.target.post(body(sentinels), **{self.target.form: token})
        reply(exchange)
        view = self._await_sentinel(token, session, sentinels)
        self._slowest = max(self._slowest, view.taken - exchange.at)
        if self.settle:
            time.sleep(self.settle)
            view = self._await_sentinel(token, session, sentinels)
        if not all(view.of(sent) for sent in present):
            view = self._await_present(view, present, token, session, sentinels)
        return replace(view, asked=exchange.at)

    def after(self, exchange: Exchange, present: Collection[Sent] = ()) -> View:
        """Return a reading of the token's whole store whose sentinel was sent after an exchange.

        The last one serves where it shows what ought to be ``present``, or was taken when patience was out.
        Raises NotJudged as ``view`` does.
        """
        with self._lock:
            view = self._latest
            if (
                view is None
                or view.asked < exchange.at + exchange.elapsed
                or self._may_show_more(view, exchange, present)
            ):
                view = self._latest = self.view(present)
            return view

    def _may_show_more(self, view: View, exchange: Exchange, present: Collection[Sent]) -> bool:
        is_early = view.taken - exchange.at < self.waits_for
        return is_early and not all(view.of(sent) for sent in present)

    def shown(self, present: Sequence[Sent], *, token: str = "", session: str = "") -> View:
        """Wait until events show that ought to: only where one does not, a sentinel is sent to tell why.

        Raises NotJudged as ``view`` does.
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
            with contextlib.suppress(Unreadable):
                events = self.observer.read(token or self.target.token, session)
                view = View(tuple(events), {}, time.time())
                if all(view.of(sent) for sent in present):
                    self._slowest = max(self._slowest, view.taken - began)
                    return replace(view, sentinel=view.of(present[0])[0])
            time.sleep(wait)
        return self.view(present, token=token, session=session)

    def assume_whole(self) -> None:
        """Raise NotJudged where the read-back leaves out fields that were sent: then it tells nothing of an absent one."""
        with self._lock:
            if self._is_whole is None:
                sent = self.mint.full("product_click", self.mint.session())
                reply(self.target.accepted(body([sent])))
                stored = self.shown([sent], session=sent.entry["session_id"]).of(sent)
                self._is_whole = any(sent.entry.keys() <= event.keys() for event in stored)
        if not self._is_whole:
            raise NotJudged("the read-back leaves out fields that were sent; let it show whole stored events")

    @property
    def waits_for(self) -> float:
        """Seconds that an event which ought to show is waited for."""
        return (
            self.patience
            if self._full_waits
            else min(self.patience, max(self.patience / 10, 4 * self._slowest))
        )

    def _await_present(
        self, view: View, present: Collection[Sent], token: str, session: str, sentinels: Sequence[Sent]
    ) -> View:
        """Wait for what ought to show: some pipelines are slower for some types than for the sentinel's."""
        began = time.time()
        patience = self.waits_for
        for wait in self._waits():
            left = began + patience - time.time()
            if all(view.of(sent) for sent in present):
                self._slowest = max(self._slowest, view.taken - began)
                return view
            if left <= 0:
                break
            time.sleep(min(wait, left))
            with contextlib.suppress(Unreadable):
                view = self._read(token, session, sentinels) or view
        self._full_waits = max(0, self._full_waits - 1)
        return view

    def _await_sentinel(self, token: str, session: str, sentinels: Sequence[Sent]) -> View:
        deadline = time.time() + self.patience
        problem = NEVER_SHOWN
        for wait in self._waits():
            try:
                view, problem = self._read(token, session, sentinels), NEVER_SHOWN
            except Unreadable as error:
                view, problem = None, str(error)
            if view is not None:
                return view
            if time.time() + wait > deadline:
                break
            time.sleep(wait)
        self.failures[token] = f"read-back does not work: {problem} within {self.patience:g} s"
        raise NotJudged(self.failures[token])

    def _waits(self) -> Iterator[float]:
        """Yield seconds to wait between readings, growing. Raises NotJudged where the run is ended meanwhile."""
        wait = FIRST_WAIT
        while not self.target.wire.is_stopped:
            yield wait
            wait = min(wait * 1.6, LONGEST_WAIT)
        raise NotJudged("the run was ended")

    def _read(self, token: str, session: str, sentinels: Sequence[Sent]) -> View | None:
        assert self.observer is not None  # noqa: S101 - view() has seen to it
        events = self.observer.read(token, session)
        ids = [sent.event_id for sent in sentinels]  # no set: a stored event_id may be of any type
        sentinel = next((event for event in events if event.get("event_id") in ids), None)
        return View(tuple(events), sentinel, time.time()) if sentinel is not None else None


def expect_ingested(view: View, exchange: Exchange, sent: Sent, what: str = "the event") -> list[Stored]:
    """Expect an entry of an exchange to be stored, and return what is. Raises NotJudged where it got no answer."""
    stored = view.of(sent)
    that(
        exchange,
        met=bool(stored),
        expected=f"{what} in the store's read-back",
        got=f"{what} in it" if stored else f"{what} not in it, though a later event is",
        example=sent.entry,
    )
    return stored


def expect_skipped(view: View, exchange: Exchange, sent: Sent, what: str = "the event") -> None:
    """Expect an entry of an exchange not to be stored.

    Raises NotJudged where it got no answer, or where the reading could not show it.
    """
    carries_id = isinstance(sent.entry, dict) and sent.entry.get("event_id") == sent.event_id
    if not carries_id and not view.shows_marks:
        raise NotJudged(
            "the read-back shows no contextual_data, so an event without its event_id cannot be found in it"
        )
    stored = view.of(sent)
    that(
        exchange,
        met=not stored,
        expected=f"{what} not in the store's read-back, in which a later event is visible",
        got=f"{what} in it" if stored else f"{what} not in it",
        example=sent.entry,
    )
