"""Packed probes: what becomes of hundreds of events, in few requests."""

import random
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from conformance.client import Exchange
from conformance.ingestion import Ingestion, View, body
from conformance.inputs.events import REMOVED, TYPES, Probe, Sent

PROBES_A_BATCH = 80
NEIGHBOURS_A_BATCH = 20
NEIGHBOURS_OF_ONE = 2
"""One on each side."""
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
    that is asked for again is sent again, alone between two neighbours: the smallest example of what was found.
    """

    ingestion: Ingestion
    probes: Sequence[Probe]
    """Every probe that this run will ask for."""
    _fates: dict[Probe, Fate] = field(default_factory=dict, init=False, repr=False)
    _asked: set[tuple[Probe, str]] = field(default_factory=set, init=False, repr=False)
    _turn: threading.RLock = field(default_factory=threading.RLock, init=False, repr=False)
    """One check asks at a time: most find what another has sent."""

    def carried(self, probe: Probe) -> Fate:
        """Return the exchange that carried a probe: the smallest, where it was refused."""
        with self._turn:
            return self._fate(probe, "carried")[0]

    def stored(self, probe: Probe, *, expected: bool) -> tuple[Fate, View]:
        """Return a probe's fate and a reading that was taken after it; ``expected`` where it ought to show.

        Raises NotJudged as the reading does.
        """
        with self._turn:
            fate, again = self._fate(probe, "stored")
            present = [fate.sent] if expected else []
            if not again:
                return fate, self.ingestion.after(fate.exchange, present)
        # What ought not to show could do so anywhere.
        return fate, self.ingestion.view(present, session=_session_of(present))

    def neighbour(self, probe: Probe) -> tuple[Fate, View]:
        """Return a probe's fate and a reading in which its neighbours ought to show."""
        with self._turn:
            fate, again = self._fate(probe, "neighbour")
            if not again:
                return fate, self.ingestion.after(fate.exchange, fate.neighbours)
        return fate, self.ingestion.view(fate.neighbours, session=_session_of(fate.neighbours))

    def _fate(self, probe: Probe, question: str) -> tuple[Fate, bool]:
        """Return what became of a probe, and whether the same was asked before: then it is waited for by itself."""
        again = (probe, question) in self._asked
        self._asked.add((probe, question))
        if again and "event_id" not in dict(probe.changes):
            # The same broken id again would be a duplicate, which a target may drop.
            self._send([probe], NEIGHBOURS_OF_ONE)
        elif probe not in self._fates:
            waiting = [one for one in dict.fromkeys([*self.probes, probe]) if one not in self._fates]
            shuffled = random.Random(0).sample(waiting, len(waiting))  # noqa: S311 - the same order in every run
            alike: dict[tuple[bool, bool], list[Probe]] = {}
            for one in shuffled:
                alike.setdefault((one.sound, one.whole is REMOVED), []).append(one)
            for company in alike.values():
                for part in _parts(company):
                    self._send(part, NEIGHBOURS_A_BATCH)
        return self._fates[probe], again

    def _send(self, probes: Sequence[Probe], neighbours: int) -> None:
        mint = self.ingestion.mint
        session = mint.session()
        sent = {probe: mint.of(probe, session) for probe in probes}
        valid = [mint.valid(TYPES[index % len(TYPES)], session) for index in range(neighbours)]
        if len(probes) == 1:
            entries = [*valid[:1], *sent.values(), *valid[1:]]
        else:
            entries = [*sent.values(), *valid]
            random.Random(len(entries)).shuffle(entries)  # noqa: S311 - the same order in every run
        exchange = self.ingestion.target.accepted(body(entries))
        for probe in probes:
            self._fates[probe] = Fate(probe, sent[probe], exchange, tuple(valid))
        if len(probes) > 1 and exchange.reply is not None and exchange.reply.status not in SUCCESSES:
            middle = len(probes) // 2
            self._send(probes[:middle], NEIGHBOURS_OF_ONE)
            self._send(probes[middle:], NEIGHBOURS_OF_ONE)


def _session_of(present: Sequence[Sent]) -> str:
    """Return the session in which valid entries of one batch are to be found."""
    return str(present[0].entry["session_id"]) if present else ""


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
