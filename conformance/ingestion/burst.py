"""Sends a burst: requests of several kinds at the same time, over several connections, once for all checks."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from conformance.client import THROTTLING, Exchange, NoReply, Request, Target
from conformance.expect import NOT_THE_APPLICATION, NotJudged, reply
from conformance.ingestion.read_back import ReadBack
from conformance.ingestion.snapshot import StoreSnapshot
from conformance.inputs.batches import LARGEST
from conformance.inputs.factory import SentEvent, body
from conformance.inputs.fields import PRODUCT_SCOPED
from conformance.inputs.lanes import (
    INTERLEAVED,
    LANES,
    QUICK_LANES,
    QUICK_PAIRS,
    QUICK_WAVES,
    WAVES,
    Kind,
    Lane,
)
from conformance.inputs.tokens import UNKNOWN

NO_ENTRIES = b'{"events": []}'
MADE_UP_ORIGIN = "https://second.conformance.example:8443"
FIRST_PRODUCT = 7_100_000_000_000
"""The ``product_id`` of the first event; each other event has the next number."""
FIRST_OF_PAIRS = 1_000_000
"""The number of the first event that is sent in a pair."""
SILENT = ("closed", "timeout", "garbled")
"""Kinds of a missing reply that the target can cause."""
SUCCESSES = range(200, 300)
ALONE = -1
"""The wave of a request that is sent alone."""
INTERLEAVED_WAVE = len(WAVES)
"""The wave of requests that are sent in pairs, one between the halves of the other."""
TIMES_AGAIN = 12
"""How often requests that a rate limit refused are sent again, each time at most one for each connection."""
MOST_WRONG_ALONE = 3
"""Requests that are sent alone and are wrong there, too; after them no more are tried."""
OTHER = {"a": "b", "b": "a"}


@dataclass(frozen=True)
class Planned:
    """One request of a burst, before it is sent."""

    kind: Kind
    store: str
    """``a`` or ``b``."""
    origin: str
    """Empty for a request without an origin."""
    session: str
    wave: int
    turn: int
    """Which place of the token it uses; as in ``Target.token_in_place``."""
    sent: tuple[SentEvent, ...] = field(repr=False)
    request: Request = field(repr=False)


@dataclass(frozen=True)
class Asked(Planned):
    """One request of a burst, and its exchange."""

    exchange: Exchange

    @property
    def status(self) -> int | None:
        """The status of the application's answer; None if it did not answer, for example because a rate limit refused the request."""
        reply = self.exchange.reply
        return None if reply is None or reply.status in NOT_THE_APPLICATION else reply.status

    @property
    def is_accepted(self) -> bool:
        """Whether it was answered with a success."""
        return self.status in SUCCESSES

    @property
    def is_throttled(self) -> bool:
        """Whether a rate limit refused it."""
        return self.exchange.reply is not None and self.exchange.reply.status in THROTTLING

    @property
    def is_late(self) -> bool:
        """Whether its reply did not come in time."""
        outcome = self.exchange.outcome
        return isinstance(outcome, NoReply) and outcome.kind == "timeout"

    @property
    def is_silent(self) -> bool:
        """Whether it was sent and got no reply."""
        outcome = self.exchange.outcome
        return isinstance(outcome, NoReply) and outcome.kind in SILENT


@dataclass
class Burst:
    """A burst. A fresh attempt sends it again, with as many connections."""

    read_back: ReadBack
    other_token: str = field(repr=False)
    """The second store's token; empty if the run has none."""
    origins: dict[str, tuple[str, ...]]
    """The origins that each store allows, ``a`` and ``b``."""
    connections: int
    """The most connections that the run may use; a burst uses at most one for each of LANES."""
    is_quick: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    """Only one burst is sent at a time."""

    def sent(self) -> list[Asked]:
        """Return all requests of the burst, in the order of the waves."""
        return self._target.memo.get(Burst, self._send)

    def asked(self) -> list[Asked]:
        """Return all requests of the burst, in the order of the waves. Raises NotJudged if less than half were answered."""
        asked = self.sent()
        missing = [one for one in asked if one.status is None]
        if 2 * len(missing) > len(asked):
            outcome = missing[0].exchange.outcome
            why = outcome.detail if isinstance(outcome, NoReply) else f"status {outcome.status}"
            if missing[0].is_throttled:
                why += "; pass --max-rate N to send fewer requests a second"
            raise NotJudged(
                f"the application answered only {len(asked) - len(missing)} of {len(asked)} requests at the same time ({why})"
            )
        return asked

    def answered_alone(self) -> Exchange:
        """Return the exchange of a valid request that is sent alone. Raises NotJudged if the application does not answer it."""
        valid = next(one for one in self.sent() if one.kind is Kind.VALID)
        exchange = self.alone(valid).exchange
        reply(exchange)
        return exchange

    def answered(self) -> list[Asked]:
        """Return the requests that the application answered. Raises NotJudged as ``asked`` does."""
        return [one for one in self.asked() if one.status is not None]

    def judged(self, asked: Sequence[Asked], is_right: Callable[[Asked], bool]) -> Iterator[Asked]:
        """Yield the requests that are right, and those that are right if they are sent alone.

        If a request is wrong alone, too, other requirements judge that. In the end, raises NotJudged if there was one, and
        if there are no requests.
        """
        if not asked:
            raise NotJudged("needs requests of the burst that the application answered")
        wrong_alone = 0
        for one in asked:
            if is_right(one) or (wrong_alone < MOST_WRONG_ALONE and is_right(self.alone(one))):
                yield one
            else:
                wrong_alone += 1
        if wrong_alone:
            raise NotJudged(
                f"{wrong_alone} of {len(asked)} requests at the same time did not have the expected effect, but sent alone they do not have it either"
            )

    def alone(self, asked: Asked) -> Asked:
        """Send a request of the same kind alone, with new events of the same types in a new session."""
        return self._target.memo.get((Burst, asked.request), lambda: self._send_alone(asked))

    def _send_alone(self, asked: Asked) -> Asked:
        session = self.read_back.factory.session()
        first = asked.sent[0].entry["product_id"] - FIRST_PRODUCT if asked.sent else 0
        sent = self._events(len(asked.sent), session, first)
        planned = self._plan(asked.kind, asked.store, asked.origin, session, ALONE, asked.turn, sent)
        return Asked(**vars(planned), exchange=self._target.send(planned.request))

    def accepted(self, store: str) -> list[Asked]:
        """Return the accepted valid batches of a store, ``a`` or ``b``. Raises NotJudged without any."""
        found = [
            one for one in self.asked() if one.kind is Kind.VALID and one.store == store and one.is_accepted
        ]
        if not found:
            raise NotJudged("needs a valid batch that is answered with a success")
        return found

    def returning(self) -> list[Asked]:
        """Return the later batches of the sessions of store A whose first batch is stored. Raises NotJudged without any."""
        accepted = self.accepted("a")
        first = {one.session: one.wave for one in reversed(accepted)}
        begun = {one.session for one in accepted if one.wave == first[one.session] and self.is_stored(one)}
        found = [one for one in accepted if one.session in begun and one.wave > first[one.session]]
        if not found:
            raise NotJudged("needs a session whose first batch is stored")
        return found

    def without_token(self) -> list[Asked]:
        """Return the answered batches that were sent without a valid token."""
        return [one for one in self.answered() if one.kind in {Kind.UNKNOWN_TOKEN, Kind.NO_TOKEN}]

    def stored(self, store: str) -> StoreSnapshot:
        """Return a reading of a store that was taken when its accepted events should be visible. Raises NotJudged as ``wait_for`` does."""
        shown = [event for one in self.sent() for event in one.sent]
        return self._target.memo.get((Burst, store), lambda: self._read(store, self.accepted(store), shown))

    def stored_of(self, asked: Asked, store: str) -> StoreSnapshot:
        """Return a reading of a store that was taken when an accepted request's events should be visible."""
        if asked.wave != ALONE:
            return self.stored(store)
        key = (Burst, store, asked.session)
        expected = [asked] if asked.store == store else []
        return self._target.memo.get(key, lambda: self._read(store, expected, asked.sent))

    def is_stored(self, asked: Asked) -> bool:
        """Whether all events of a request are stored in its own store."""
        snapshot = self.stored_of(asked, asked.store)
        return asked.is_accepted and all(snapshot.of(sent) for sent in asked.sent)

    def holds(self, asked: Asked) -> bool:
        """Whether an event of a request is stored in store A."""
        snapshot = self.stored("a") if asked.wave != ALONE else self.read_back.wait_for_sentinel()
        return any(snapshot.of(sent) for sent in asked.sent)

    def is_stored_elsewhere(self, asked: Asked) -> bool:
        """Whether an event of a request is stored in the other store."""
        snapshot = self.stored_of(asked, OTHER[asked.store])
        return any(snapshot.of(sent) for sent in asked.sent)

    def require_other_store(self) -> None:
        """Raise NotJudged without a second token."""
        if not self.other_token:
            raise NotJudged("needs a second store's token: pass --other-token T")

    def require_origin(self) -> None:
        """Raise NotJudged without an origin."""
        if not self.origins["a"]:
            raise NotJudged("needs an origin that the token's store allows: pass --origin https://…")

    def _read(self, store: str, asked: Sequence[Asked], shown: Sequence[SentEvent]) -> StoreSnapshot:
        """Return a reading of a store in which the events of some requests should be visible, without events of other checks.

        Many readings are kept at the same time, and each may be of thousands of events.
        """
        present = [event for one in asked for event in one.sent]
        token = self._token(store)
        snapshot = (
            self.read_back.wait_for(present, token=token)
            if present
            else self.read_back.wait_for_sentinel(token=token)
        )
        return snapshot.only(shown)

    @property
    def _target(self) -> Target:
        return self.read_back.target

    def _token(self, store: str) -> str:
        return self.other_token if store == "b" else self._target.token

    def _send(self) -> list[Asked]:
        with self._lock:
            asked = self._sent_in_waves()
            if any(self._target.http_client.keeping.release(one.exchange) for one in asked if one.is_late):
                # The target may serve fewer connections than the burst keeps open: now each is closed after its answer.
                asked = self._sent_in_waves()
            return [*self._throttled_again(asked), *self._interleaved()]

    def _sent_in_waves(self) -> list[Asked]:
        waves = [part for wave in self._planned() for part in _parts(wave, self.connections)]
        sent = self._target.send_in_waves([[one.request for one in wave] for wave in waves])
        return [
            Asked(**vars(planned), exchange=exchange)
            for wave, exchanges in zip(waves, sent, strict=True)
            for planned, exchange in zip(wave, exchanges, strict=True)
        ]

    def _throttled_again(self, asked: list[Asked]) -> list[Asked]:
        """Send the requests again that a rate limit refused: fewer at the same time, after the wait that it asks for."""
        for _ in range(TIMES_AGAIN):
            places = [place for place, one in enumerate(asked) if one.is_throttled][: self.connections]
            if not places or not self._target.retry_after.wait(asked[places[-1]].exchange):
                break
            [sent] = self._target.send_in_waves([[asked[place].request for place in places]])
            for place, exchange in zip(places, sent, strict=True):
                asked[place] = replace(asked[place], exchange=exchange)
        return asked

    def _interleaved(self) -> Iterator[Asked]:
        """Send the pairs, and yield their requests. After a pair that is not answered as it should be, no more are sent."""
        if self.connections < 2 or self._target.single_connection:  # noqa: PLR2004 - a pair needs two
            return
        pairs = INTERLEAVED[:QUICK_PAIRS] if self.is_quick else INTERLEAVED
        for number, (before, between) in enumerate(pairs):
            first = FIRST_OF_PAIRS + 2 * LARGEST * number
            outer = self._planned_of_pair(before, first)
            inner = self._planned_of_pair(between, first + LARGEST)
            exchanges = self._target.send_around(outer.request, inner.request)
            for planned, exchange in zip((outer, inner), exchanges, strict=True):
                if exchange is None:
                    return
                asked = Asked(**vars(planned), exchange=exchange)
                if asked.status is None:
                    return
                yield asked

    def _planned_of_pair(self, lane: Lane, first: int) -> Planned:
        session = self.read_back.factory.session()
        sent = self._events(lane.sizes[0], session, first)
        store = lane.store if self.other_token else "a"
        origin = self._origin(lane, store)
        return self._plan(lane.kind, store, origin, session, INTERLEAVED_WAVE, lane.turn, sent)

    def _planned(self) -> list[list[Planned]]:
        lanes = LANES[:QUICK_LANES] if self.is_quick else LANES
        sessions: dict[str, str] = {}
        waves: list[list[Planned]] = []
        first = 0
        for wave in QUICK_WAVES if self.is_quick else WAVES:
            waves.append([])
            for lane in lanes:
                name = lane.sessions[wave]
                session = sessions[name] = sessions.get(name) or self.read_back.factory.session()
                sent = self._events(lane.sizes[wave], session, first)
                first += len(sent)
                store = lane.store if self.other_token else "a"
                origin = self._origin(lane, store)
                waves[-1].append(self._plan(lane.kind, store, origin, session, wave, lane.turn, sent))
        return waves

    def _plan(
        self,
        kind: Kind,
        store: str,
        origin: str,
        session: str,
        wave: int,
        turn: int,
        sent: Sequence[SentEvent],
    ) -> Planned:
        token = {Kind.NO_TOKEN: None, Kind.UNKNOWN_TOKEN: UNKNOWN}.get(kind, self._token(store))
        place = {} if token is None else self._target.token_in_place(token, turn)
        content = NO_ENTRIES if kind is Kind.NO_ENTRIES else body(sent)
        request = self._target.request(content, origin=origin or None, **place)
        return Planned(kind, store, origin, session, wave, turn, tuple(sent), request)

    def _origin(self, lane: Lane, store: str) -> str:
        if lane.origin is None or not self.origins[store]:
            return ""
        if lane.origin < len(self.origins[store]):
            return self.origins[store][lane.origin]
        # Without a second origin, one that no store allows is sent only where the batch is refused anyway.
        return "" if lane.kind is Kind.VALID else MADE_UP_ORIGIN

    def _events(self, size: int, session: str, first: int) -> list[SentEvent]:
        """Return new events. Each has a customer and a product that no other event of the burst has."""
        return [
            self.read_back.factory.valid(
                PRODUCT_SCOPED[number % len(PRODUCT_SCOPED)],
                session,
                customer_id=f"{session}-customer-{number}",
                product_id=FIRST_PRODUCT + number,
            )
            for number in range(first, first + size)
        ]


def _parts(wave: list[Planned], most: int) -> Iterator[list[Planned]]:
    """Yield the parts of a wave; each has at most so many requests."""
    for start in range(0, len(wave), most):
        yield wave[start : start + most]
