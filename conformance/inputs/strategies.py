"""Hypothesis strategies: small values that a check expands into requests, so that they shrink fast and print short."""

from dataclasses import dataclass
from itertools import accumulate, islice
from string import ascii_letters, digits

from hypothesis import strategies as st

from conformance.inputs.events import EventSpec, mistyped, required_fields, spec, without
from conformance.inputs.factory import EventFactory, SentEvent
from conformance.inputs.fields import TYPES
from conformance.inputs.valid_events import UNUSUAL, USUAL, paired

TOKEN_CHARACTERS = f"{ascii_letters}{digits}_-.~+/="
FINDABLE = ("timestamp", "product_id", "collection_handle", "position")
"""Required fields whose absence leaves an event that its id and session still find."""


LARGEST = 100
"""Entries of a batch."""


def sizes() -> st.SearchStrategy[int]:
    """Legal batch sizes; integers first, since shrinking stays in the first branch."""
    return st.integers(1, LARGEST) | st.sampled_from([50, 99, LARGEST])


def unknown_tokens() -> st.SearchStrategy[str]:
    """Strings that could be a token and that no store has; nothing that a firewall takes for an attack."""
    return st.text(TOKEN_CHARACTERS, max_size=60).map(lambda tail: f"conformance-{tail}")


def near_misses(kind: str) -> list[EventSpec]:
    """Return changes that make an event of one type plainly invalid, and leave it findable."""
    fields = [name for name in required_fields(kind) if name in FINDABLE]
    specs = [without(name, kind) for name in fields]
    specs += [one for name in fields for one in mistyped(name, kind)]
    return [*specs, spec(kind, "timestamp is a word", timestamp="yesterday")]


NEAR_MISSES = tuple(one for kind in TYPES for one in near_misses(kind))


@dataclass(frozen=True)
class Mix:
    """A batch of mixed events: its size, where it starts among the varieties, and what is wrong with which entries.

    The entry at a place follows from ``start + place``: so a batch shrinks towards its last entry, too.
    Raises ValueError for what is no batch.
    """

    size: int
    start: int
    defects: tuple[tuple[int, int], ...]
    """How many entries stand between it and the one before it, and the index of a near miss: all move with the first."""
    unusual: bool = False
    """Whether the valid events are what a careful target may bound."""

    def __post_init__(self) -> None:
        if not 1 <= self.size <= LARGEST or not all(index < len(NEAR_MISSES) for _, index in self.defects):
            raise ValueError(f"{self} is no batch")

    def wrong(self) -> dict[int, EventSpec]:
        """Return what is wrong, by place."""
        places = accumulate((between + 1 for between, _ in self.defects), initial=-1)
        return {
            place % self.size: NEAR_MISSES[index]
            for place, (_, index) in zip(islice(places, 1, None), self.defects, strict=True)
        }

    def expand(
        self, factory: EventFactory, session: str
    ) -> tuple[list[SentEvent], list[SentEvent], list[SentEvent]]:
        """Return the entries in order, then the valid ones, then the invalid ones."""
        wrong = self.wrong()
        entries, valid, invalid = [], [], []
        factory.count_generated(self.size)
        for place in range(self.size):
            if place in wrong:
                sent = factory.make(wrong[place], session)
                invalid.append(sent)
            else:
                kind, variety = paired(self.start + place, unusual=self.unusual)
                sent = variety.of(kind, factory, session)
                valid.append(sent)
            entries.append(sent)
        return entries, valid, invalid


def mixes(*, unusual: bool = False) -> st.SearchStrategy[Mix]:
    """Batches of every legal size with up to 3 defects."""
    pairs = len(TYPES) * len(UNUSUAL if unusual else USUAL)
    between = st.integers(0, LARGEST - 1) | st.integers(0, 1)
    defects = st.lists(st.tuples(between, st.integers(0, len(NEAR_MISSES) - 1)), max_size=3)
    return st.builds(Mix, sizes(), st.integers(0, pairs + LARGEST), defects.map(tuple), st.just(unusual))
