"""Packed probes: what becomes of hundreds of events, in few requests."""

import random
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from conformance.client import Exchange
from conformance.events import TYPES, Probe, Sent
from conformance.ingestion import Ingestion, View, body

PROBES_A_BATCH = 80
NEIGHBOURS_A_BATCH = 20
SUCCESSES = range(200, 300)


@dataclass(frozen=True)
class Fate:
    """What became of one probe: the entry that went out, the exchange that carried it, and where to look for it."""

    probe: Probe
    sent: Sent
    exchange: Exchange
    neighbours: tuple[Sent, ...] = field(repr=False)
    """The valid entries of the same batch."""


@dataclass
class Panel:
    """Sends probes shuffled among valid neighbours, up to 100 entries a request.

    A refused batch is split until the refusal is some probes' own, so that the others are judged still. A probe
    that is asked for again is sent again, alone with a neighbour: the smallest example of what was found.
    """

    ingestion: Ingestion
    probes: Sequence[Probe]
    """Every probe that this run will ask for."""
    _fates: dict[Probe, Fate] = field(default_factory=dict, repr=False)
    _asked: set[tuple[Probe, str]] = field(default_factory=set, repr=False)
    _view: View | None = field(default=None, repr=False)
    _turn: threading.RLock = field(default_factory=threading.RLock, repr=False)
    """One check asks at a time: most find what another has sent."""

    def carried(self, probe: Probe) -> Fate:
        """Return the exchange that carried a probe: the smallest, where it was refused."""
        with self._turn:
            return self._fate(probe, "carried")

    def stored(self, probe: Probe, *, expected: bool) -> tuple[Fate, View]:
        """Return a probe's fate and a reading that was taken after it; ``expected`` where it ought to show.

        Raises NotJudged as the reading does.
        """
        with self._turn:
            fate = self._fate(probe, "stored")
            return fate, self._reading(fate, [fate.sent] if expected else [])

    def neighbour(self, probe: Probe) -> tuple[Fate, View]:
        """Return a probe's fate and a reading in which its neighbours ought to show."""
        with self._turn:
            fate = self._fate(probe, "neighbour")
            return fate, self._reading(fate, fate.neighbours)

    def _reading(self, fate: Fate, present: Sequence[Sent]) -> View:
        """Return a reading that shows what ought to be present, or was taken when patience was out."""
        view = self._view
        if view is None or not all(view.of(sent) for sent in present):
            if view is None or view.taken - fate.exchange.at < self.ingestion.waits_for:
                view = self.ingestion.view(present)
            self._view = view
        return view

    def _fate(self, probe: Probe, question: str) -> Fate:
        again = (probe, question) in self._asked
        self._asked.add((probe, question))
        if again and "event_id" not in dict(probe.changes):
            # The same broken id again would be a duplicate, which a target may drop.
            self._send([probe], neighbours=1)
        elif probe not in self._fates:
            waiting = [one for one in dict.fromkeys([*self.probes, probe]) if one not in self._fates]
            shuffled = random.Random(0).sample(waiting, len(waiting))  # noqa: S311 - the same order in every run
            for alike in ([one for one in shuffled if one.sound], [one for one in shuffled if not one.sound]):
                for part in _parts(alike):
                    self._send(part, neighbours=NEIGHBOURS_A_BATCH)
        return self._fates[probe]

    def _send(self, probes: Sequence[Probe], neighbours: int) -> None:
        mint = self.ingestion.mint
        session = mint.session()
        sent = {probe: mint.of(probe, session) for probe in probes}
        valid = [mint.valid(TYPES[index % len(TYPES)], session) for index in range(neighbours)]
        entries = [*sent.values(), *valid]
        random.Random(len(entries)).shuffle(entries)  # noqa: S311 - the same order in every run
        exchange = self.ingestion.target.accepted(body(entries))
        self._view = None
        for probe in probes:
            self._fates[probe] = Fate(probe, sent[probe], exchange, tuple(valid))
        if len(probes) > 1 and exchange.reply is not None and exchange.reply.status not in SUCCESSES:
            middle = len(probes) // 2
            self._send(probes[:middle], neighbours=1)
            self._send(probes[middle:], neighbours=1)


def _parts(probes: Sequence[Probe]) -> Iterator[Sequence[Probe]]:
    for start in range(0, len(probes), PROBES_A_BATCH):
        yield probes[start : start + PROBES_A_BATCH]


def probes_of(parameters: Iterable[object]) -> list[Probe]:
    """Return the probes among the parameters of the checks that a run has selected, each once."""
    found: dict[Probe, None] = {}
    for value in parameters:
        for probe in value if isinstance(value, tuple) else (value,):
            if isinstance(probe, Probe):
                found[probe] = None
    return list(found)
