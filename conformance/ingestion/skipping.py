"""Sends batches with and without invalid events, to find out whether their answers differ."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.client import Exchange, Target
from conformance.expect import NotJudged, assume, differences
from conformance.inputs.events import EventSpec
from conformance.inputs.factory import EventFactory, SentEvent, body
from conformance.inputs.fields import TYPES
from conformance.inputs.invalid_events import EVERY_KIND, NOT_OBJECTS

FEW, MANY = "bcbb", "cbcbcbacbcbba"
"""Batches in the order in which they are sent: b is valid, c is the same batch with invalid events, a is it without them.
A c always has a b after it, and once a single b is between two c: so a value that changes with time, such as a date, is never
that of each c alone. Several back ends may answer in turn: in cycles of up to eight, a c and a b have the same one."""
SLOTS = (*EVERY_KIND, *NOT_OBJECTS)
"""Each entry of a batch after the first ones is one of these, or a valid event in its place."""
SURROUNDING = 3
"""Valid events that every batch begins with."""
REFUSALS = range(400, 500)
MARGIN = 2000
"""Bytes by which invalid events may make a batch longer."""


@dataclass(frozen=True)
class Comparison:
    """The answers to batches with invalid events, and those to batches without."""

    others: Sequence[Exchange]
    usual: Sequence[Exchange]
    """The answers to valid batches of the same size."""
    also: Sequence[Exchange] = ()
    """The answers to the batch without its invalid entries."""
    example: Any = None
    """The invalid entry of the last batch, if it has only one."""

    @property
    def is_refused(self) -> bool:
        """Whether a batch with invalid events was refused."""
        return any(
            exchange.reply is not None and exchange.reply.status in REFUSALS for exchange in self.others
        )


@dataclass
class _Batches:
    """Batches with the same number of entries and of bytes, so that only their events differ."""

    target: Target
    factory: EventFactory
    kinds: Sequence[EventSpec]
    turn: int = 0
    """Which place of the token they use; as in ``Target.token_in_place``."""
    length: int = 0
    sent: dict[str, list[Exchange]] = field(default_factory=lambda: {"a": [], "b": [], "c": []})

    def send_in_turn(self, order: str) -> None:
        """Send batches in an order. Raises NotJudged if a valid one is not answered with a success."""
        for kind in order:
            exchange = self.send(self.kinds if kind == "c" else (), without=self.kinds if kind == "a" else ())
            if kind != "c":
                assume(exchange, 201)
            self.sent[kind].append(exchange)

    def send(self, invalid: Collection[EventSpec] = (), *, without: Collection[EventSpec] = ()) -> Exchange:
        """Send a batch in which some of SLOTS are invalid, and from which some are left out."""
        session = self.factory.session()
        entries = self.factory.batch(SURROUNDING, session)
        entries += [
            self.factory.make(spec, session) if spec in invalid else self._valid(spec, session)
            for spec in SLOTS
            if spec not in without
        ]
        return self.target.post_with_token(self._padded(entries), turn=self.turn)

    def _valid(self, instead_of: EventSpec, session: str) -> SentEvent:
        event_type = instead_of.event_type
        return self.factory.valid(event_type if event_type in TYPES else TYPES[0], session)

    def _padded(self, entries: Sequence[SentEvent]) -> bytes:
        """Return the body of a batch, as long as all others, because headers may depend on the length."""
        data = entries[0].entry["contextual_data"]
        data["filling"] = f"conformance-{self.factory.run}-"
        length = len(body(entries))
        self.length = self.length or math.ceil((length + MARGIN) / MARGIN) * MARGIN
        data["filling"] += "x" * (self.length - length)
        return body(entries)

    def smallest(self) -> Comparison:
        """Return the comparison of the fewest invalid events whose answer differs. They are halved while a half differs, too."""
        kinds, exchange = self.kinds, self.sent["c"][-1]
        while len(kinds) > 1:
            for half in (kinds[: len(kinds) // 2], kinds[len(kinds) // 2 :]):
                answer = self.send(half)
                self.send_in_turn(
                    "b"
                )  # so that a header which changes with time differs among usual answers, too
                if self.differ([answer]):
                    kinds, exchange = half, answer
                    break
            else:
                break
        example = kinds[0].apply(self.factory.valid().entry) if len(kinds) == 1 else None
        return Comparison([exchange], self.sent["b"], self.sent["a"], example)

    def differ(self, answers: Sequence[Exchange]) -> bool:
        """Whether answers are successes that differ from all usual ones."""
        try:
            return bool(differences(answers, self.sent["b"], self.sent["a"]))
        except NotJudged:
            return False


def compare_answers(
    target: Target, factory: EventFactory, kinds: Sequence[EventSpec], turn: int = 0
) -> Comparison:
    """Compare the answers to batches with invalid events of some kinds of SLOTS with those to batches without.

    If a few answers differ, many are compared. Raises NotJudged if a valid batch is not answered with a success.
    """
    batches = _Batches(target, factory, kinds, turn)
    sent = batches.sent
    batches.send_in_turn(FEW)
    if batches.differ(sent["c"]):
        batches.send_in_turn(MANY)
        if batches.differ(sent["c"]):
            return batches.smallest()
    return Comparison(sent["c"], sent["b"], sent["a"])
