"""Packed probes: what becomes of hundreds of events, in few requests."""

import random
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from conformance.client import Exchange
from conformance.ingestion import ReadBack, StoreSnapshot
from conformance.inputs.events import REMOVED, EventSpec
from conformance.inputs.factory import SentEvent, body
from conformance.inputs.fields import TYPES

PROBES_A_BATCH = 80
NEIGHBOURS_A_BATCH = 20
NEIGHBOURS_OF_ONE = 2
"""One on each side."""
SUCCESSES = range(200, 300)


@dataclass(frozen=True)
class Fate:
    """What became of one probe: the entry that went out, the exchange that carried it, and where to look for it."""

    spec: EventSpec
    sent: SentEvent
    exchange: Exchange
    neighbours: tuple[SentEvent, ...] = field(repr=False)
    """The valid entries of the same batch."""


@dataclass
class Panel:
    """Sends probes shuffled among valid neighbours, up to 100 entries a request.

    A refused batch is split until the refusal is some probes' own, so that the others are judged still. A probe
    that is asked for again is sent again, alone between two neighbours: the smallest example of what was found.
    """

    read_back: ReadBack
    specs: Sequence[EventSpec]
    """Every probe that this run will ask for."""
    _fates: dict[EventSpec, Fate] = field(default_factory=dict, init=False, repr=False)
    _asked: set[tuple[EventSpec, str]] = field(default_factory=set, init=False, repr=False)
    _turn: threading.RLock = field(default_factory=threading.RLock, init=False, repr=False)
    """One check asks at a time: most find what another has sent."""

    def carried(self, spec: EventSpec) -> Fate:
        """Return the exchange that carried a probe: the smallest, where it was refused."""
        with self._turn:
            return self._fate(spec, "carried")[0]

    def stored(self, spec: EventSpec, *, expected: bool) -> tuple[Fate, StoreSnapshot]:
        """Return a probe's fate and a reading that was taken after it; ``expected`` where it ought to show.

        Raises NotJudged as the reading does.
        """
        with self._turn:
            fate, again = self._fate(spec, "stored")
            present = [fate.sent] if expected else []
            if not again:
                return fate, self.read_back.snapshot_after(fate.exchange, present)
        # What ought not to show could do so anywhere.
        return fate, self.read_back.wait_for_sentinel(present, session=_session_of(present))

    def neighbour(self, spec: EventSpec) -> tuple[Fate, StoreSnapshot]:
        """Return a probe's fate and a reading in which its neighbours ought to show."""
        with self._turn:
            fate, again = self._fate(spec, "neighbour")
            if not again:
                return fate, self.read_back.snapshot_after(fate.exchange, fate.neighbours)
        return fate, self.read_back.wait_for_sentinel(fate.neighbours, session=_session_of(fate.neighbours))

    def _fate(self, spec: EventSpec, question: str) -> tuple[Fate, bool]:
        """Return what became of a probe, and whether the same was asked before: then it is waited for by itself."""
        again = (spec, question) in self._asked
        self._asked.add((spec, question))
        if again and "event_id" not in dict(spec.changes):
            # The same broken id again would be a duplicate, which a target may drop.
            self._send([spec], NEIGHBOURS_OF_ONE)
        elif spec not in self._fates:
            waiting = [one for one in dict.fromkeys([*self.specs, spec]) if one not in self._fates]
            shuffled = random.Random(0).sample(waiting, len(waiting))  # noqa: S311 - the same order in every run
            alike: dict[tuple[bool, bool], list[EventSpec]] = {}
            for one in shuffled:
                alike.setdefault((one.valid_spec, one.whole is REMOVED), []).append(one)
            for company in alike.values():
                for part in _parts(company):
                    self._send(part, NEIGHBOURS_A_BATCH)
        return self._fates[spec], again

    def _send(self, specs: Sequence[EventSpec], neighbours: int) -> None:
        factory = self.read_back.factory
        session = factory.session()
        sent = {spec: factory.make(spec, session) for spec in specs}
        valid = [factory.valid(TYPES[index % len(TYPES)], session) for index in range(neighbours)]
        if len(specs) == 1:
            entries = [*valid[:1], *sent.values(), *valid[1:]]
        else:
            entries = [*sent.values(), *valid]
            random.Random(len(entries)).shuffle(entries)  # noqa: S311 - the same order in every run
        exchange = self.read_back.target.post_with_token(body(entries))
        for spec in specs:
            self._fates[spec] = Fate(spec, sent[spec], exchange, tuple(valid))
        if len(specs) > 1 and exchange.reply is not None and exchange.reply.status not in SUCCESSES:
            middle = len(specs) // 2
            self._send(specs[:middle], NEIGHBOURS_OF_ONE)
            self._send(specs[middle:], NEIGHBOURS_OF_ONE)


def _session_of(present: Sequence[SentEvent]) -> str:
    """Return the session in which valid entries of one batch are to be found."""
    return str(present[0].entry["session_id"]) if present else ""


def _parts(specs: Sequence[EventSpec]) -> Iterator[Sequence[EventSpec]]:
    for start in range(0, len(specs), PROBES_A_BATCH):
        yield specs[start : start + PROBES_A_BATCH]


def specs_of(parameters: Iterable[object]) -> list[EventSpec]:
    """Return the probes among the parameters of the checks that a run has selected, each once."""
    found: dict[EventSpec, None] = {}
    for value in parameters:
        for spec in value if isinstance(value, tuple) else (value,):
            if isinstance(spec, EventSpec):
                found[spec] = None
    return list(found)
