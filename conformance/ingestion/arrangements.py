"""Batches of legal sizes with invalid entries at chosen places: each is sent once, and several checks look at it."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from conformance.client import Exchange
from conformance.ingestion import ReadBack, StoreSnapshot
from conformance.inputs.factory import SentEvent, body
from conformance.inputs.strategies import NEAR_MISSES


@dataclass(frozen=True)
class Arrangement:
    """A batch's size, and where in it the invalid entries stand, from 0."""

    size: int
    invalid: tuple[int, ...]

    @classmethod
    def of_one_invalid(cls, size: int, place: float) -> "Arrangement":
        """Return a batch with one invalid entry: 0 is the first place, 1 the last."""
        return cls(size, (round(place * (size - 1)),))

    @classmethod
    def of_invalid_alone(cls, size: int) -> "Arrangement":
        """Return a batch of nothing but invalid entries."""
        return cls(size, tuple(range(size)))


@dataclass(frozen=True)
class Arranged:
    """An arrangement as it went out."""

    exchange: Exchange
    valid: tuple[SentEvent, ...] = field(repr=False)
    invalid: tuple[SentEvent, ...] = field(repr=False)
    session: str


@dataclass
class Arrangements:
    """Sends arrangements together, so that one reading shows what became of all of them.

    One that is asked for again is sent again: what was found has to repeat.
    """

    read_back: ReadBack
    chosen: Sequence[Arrangement]
    """Every arrangement that this run will ask for."""
    _sent: dict[Arrangement, Arranged] = field(default_factory=dict, init=False, repr=False)
    _asked: set[tuple[Arrangement, str]] = field(default_factory=set, init=False, repr=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)
    """One check asks at a time: most find what another has sent."""

    def carried(self, arrangement: Arrangement) -> Arranged:
        """Return an arrangement as it went out."""
        return self._ask(arrangement, "carried")[0]

    def stored(self, arrangement: Arrangement) -> tuple[Arranged, StoreSnapshot]:
        """Return an arrangement and a reading in which its valid entries ought to show.

        Raises NotJudged as the reading does.
        """
        arranged, again = self._ask(arrangement, "stored")
        if again:
            # Where nothing ought to show, an entry could do so anywhere.
            session = arranged.session if arranged.valid else ""
            return arranged, self.read_back.wait_for_sentinel(arranged.valid, session=session)
        return arranged, self.read_back.snapshot_after(arranged.exchange, arranged.valid)

    def _ask(self, arrangement: Arrangement, question: str) -> tuple[Arranged, bool]:
        """Return an arrangement as it went out, and whether the same was asked before."""
        with self._turn:
            again = (arrangement, question) in self._asked
            self._asked.add((arrangement, question))
            waiting = [one for one in (*self.chosen, arrangement) if one not in self._sent]
            for one in [arrangement] if again else dict.fromkeys(waiting):
                self._sent[one] = self._send(one)
            return self._sent[arrangement], again

    def _send(self, arrangement: Arrangement) -> Arranged:
        factory = self.read_back.factory
        session = factory.session()
        entries = factory.batch(arrangement.size, session)
        for place in arrangement.invalid:
            near_miss = NEAR_MISSES[(arrangement.size + place) % len(NEAR_MISSES)]
            entries[place] = factory.make(near_miss, session)
        invalid = {entries[place].mark for place in arrangement.invalid}
        return Arranged(
            self.read_back.target.post_with_token(body(entries)),
            tuple(sent for sent in entries if sent.mark not in invalid),
            tuple(sent for sent in entries if sent.mark in invalid),
            session,
        )
