"""Packs described events into few batches, and finds the event for which a batch is refused or its neighbours are lost."""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from conformance.client import Exchange, clock
from conformance.ingestion.read_back import ReadBack
from conformance.inputs.events import REMOVED, EventSpec
from conformance.inputs.factory import SentEvent, body

PACKED_PER_BATCH = 80
SURROUNDING_PER_BATCH = 18
"""Besides these, a batch has its first and its last entry."""
SURROUNDING_ONE = 2
"""Valid events around a single event: one on each side."""
SUCCESSES = range(200, 300)
OF_THE_ENDS = dict.fromkeys(("marketing_source", "marketing_medium", "marketing_campaign"), "conformance-end")
"""Values of the first and the last entry of a batch that no other entry has."""


@dataclass(frozen=True)
class Submission:
    """The entries of one batch, and its exchange."""

    exchange: Exchange
    session: str
    """The session of its entries; empty if each has its own."""
    examined: tuple[SentEvent, ...] = field(repr=False)
    """The entries that a check judges: one packed event, or the invalid entries of a described batch."""
    surrounding: tuple[SentEvent, ...] = field(repr=False)
    """The valid entries of the same batch."""
    others: int = 0
    """How many other described events are in the same batch."""

    @property
    def event(self) -> SentEvent:
        """The packed event."""
        return self.examined[0]

    @property
    def is_refused(self) -> bool:
        """Whether the answer is anything but a success. Without an answer it is not refused."""
        return self.exchange.reply is not None and self.exchange.reply.status not in SUCCESSES


@dataclass(frozen=True)
class Pack:
    """Described events that were sent in one batch, among valid ones."""

    exchange: Exchange
    session: str
    made: dict[EventSpec, SentEvent] = field(repr=False)
    surrounding: tuple[SentEvent, ...] = field(repr=False)
    turn: int = 0
    """Which place of the token it used; as in ``Target.token_in_place``."""

    @property
    def specs(self) -> list[EventSpec]:
        """The described events."""
        return list(self.made)

    @property
    def whole(self) -> Submission:
        """The batch, with all of its described events."""
        return Submission(self.exchange, self.session, tuple(self.made.values()), self.surrounding)

    def submission(self, spec: EventSpec) -> Submission:
        """Return the batch as the submission of one event."""
        return Submission(
            self.exchange, self.session, (self.made[spec],), self.surrounding, len(self.made) - 1
        )


def grouped(specs: Sequence[EventSpec]) -> Iterator[list[EventSpec]]:
    """Yield the events that are sent together, as many as one batch takes.

    Events that should be stored and events that should not go in separate batches. So do unusual ones, in their order.
    """
    alike: dict[tuple[object, ...], list[EventSpec]] = {}
    for spec in _mixed(specs):
        kind = (
            (spec.may_be_refused and spec.unusual, True)
            if spec.unusual
            else (spec.valid, spec.replacement is REMOVED)
        )
        alike.setdefault((bool(spec.unusual), *kind, spec.headers), []).append(spec)
    for group in alike.values():
        entries, batch = 0, list[EventSpec]()
        for spec in group:
            if entries + spec.copies > PACKED_PER_BATCH:
                yield batch
                entries, batch = 0, []
            entries += spec.copies
            batch.append(spec)
        yield batch


def _mixed(specs: Sequence[EventSpec]) -> list[EventSpec]:
    """Return the usual events in an order that is the same in every run, then the unusual ones, kind by kind."""
    described = list(dict.fromkeys(specs))
    shuffled = random.Random(0).sample(described, len(described))  # noqa: S311 - the same order in every run
    kinds = list(dict.fromkeys(spec.unusual for spec in described))
    return sorted(
        shuffled, key=lambda spec: (kinds.index(spec.unusual), spec.name) if spec.unusual else (-1, "")
    )


def pack(
    read_back: ReadBack,
    specs: Sequence[EventSpec],
    surrounding: int = SURROUNDING_ONE,
    *,
    session: str = "",
    turn: int = 0,
) -> Pack:
    """Send events in one batch, with valid events around them: all in one session, or each in a session of its own."""
    factory = read_back.factory
    made = {spec: factory.make(spec, session) for spec in specs}
    valid = factory.batch(surrounding, session)
    examined = [made[spec] for spec in specs for _ in range(spec.copies)]
    entries = [*valid[:1], *examined, *valid[1:]]
    if len(specs) > 1:
        random.Random(len(entries)).shuffle(entries)  # noqa: S311 - the same order in every run
        # Whatever leaks from the first or the last entry to the others shows there: these two have values of their own.
        ends = [
            factory.valid(session=session, **{**OF_THE_ENDS, "customer_id": f"customer-{end}"})
            for end in ("first", "last")
        ]
        entries, valid = [ends[0], *entries, ends[1]], [*valid, *ends]
    exchange = read_back.target.post_with_token(body(entries), turn=turn, headers=specs[0].headers)
    return Pack(exchange, session, made, tuple(valid), turn)


@dataclass
class Narrowing:
    """Finds the events with which something is wrong: it sends each half of a batch again, down to single events."""

    read_back: ReadBack
    is_wrong: Callable[[Submission], bool]
    left: int
    """How many more batches it may send."""
    until: float = math.inf
    """When it ends at the latest, in seconds since the epoch."""

    def of(self, packed: Pack) -> dict[EventSpec, Submission]:
        """Return the smallest submission of each event that it needed. Of unusual events of one kind, one wrong one suffices."""
        found = {spec: packed.submission(spec) for spec in packed.made}
        specs = packed.specs
        may_go_on = self.left > 0 and clock.now() < self.until
        if len(specs) == 1 or not may_go_on or not self.is_wrong(packed.whole):
            return found
        middle = _middle(specs)
        for half in (specs[:middle], specs[middle:]):
            self.left -= 1
            session = self.read_back.factory.session()
            found |= self.of(pack(self.read_back, half, session=session, turn=packed.turn))
            if _are_of_one_kind(specs) and any(self.is_wrong(found[spec]) for spec in half):
                break
        return found


def _middle(specs: Sequence[EventSpec]) -> int:
    """Return where to divide events: where another kind begins, if there are several."""
    half = len(specs) // 2
    ends = [place for place in range(1, len(specs)) if specs[place - 1].unusual != specs[place].unusual]
    return min(ends, key=lambda place: abs(place - half), default=half)


def _are_of_one_kind(specs: Sequence[EventSpec]) -> bool:
    return bool(specs[0].unusual) and len({spec.unusual for spec in specs}) == 1
