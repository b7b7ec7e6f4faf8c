"""Hypothesis strategies: small values that a check expands into requests, so that they shrink fast and print short."""

from dataclasses import dataclass
from string import ascii_letters, digits

from hypothesis import strategies as st

from conformance.events import TYPES, Mint, Probe, Sent, missing, mistyped, probe, required_fields

TOKEN_CHARACTERS = f"{ascii_letters}{digits}_-.~+/="
FINDABLE = ("timestamp", "product_id", "collection_handle", "position")
"""Required fields whose absence leaves an event that its id and session still find."""


def sizes() -> st.SearchStrategy[int]:
    """Legal batch sizes; integers first, since shrinking stays in the first branch."""
    return st.integers(1, 100) | st.sampled_from([50, 99, 100])


def unknown_tokens() -> st.SearchStrategy[str]:
    """Strings that could be a token and that no store has; nothing that a firewall takes for an attack."""
    return st.text(TOKEN_CHARACTERS, max_size=60).map(lambda tail: f"conformance-{tail}")


def near_misses(kind: str) -> list[Probe]:
    """Return changes that make an event of one type plainly invalid, and leave it findable."""
    fields = [name for name in required_fields(kind) if name in FINDABLE]
    probes = [missing(name, kind) for name in fields]
    probes += [one for name in fields for one in mistyped(name, kind)]
    return [*probes, probe(kind, "timestamp is a word", timestamp="yesterday")]


NEAR_MISSES = tuple(one for kind in TYPES for one in near_misses(kind))


@dataclass(frozen=True)
class Mix:
    """A batch of mixed events: its size, where it starts among the types, and what is wrong with which entries."""

    size: int
    start: int
    defects: tuple[tuple[int, int], ...]
    """Place in the batch and index of a near miss."""

    def expand(self, mint: Mint, session: str) -> tuple[list[Sent], list[Sent], list[Sent]]:
        """Return the entries in order, then the valid ones, then the invalid ones."""
        wrong = {place % self.size: NEAR_MISSES[index] for place, index in self.defects}
        entries, valid, invalid = [], [], []
        mint.note(self.size)
        for place in range(self.size):
            kind = TYPES[(self.start + place) % len(TYPES)]
            if place in wrong:
                sent = mint.of(wrong[place], session)
                invalid.append(sent)
            else:
                sent = mint.full(kind, session) if place % 3 == 2 else mint.valid(kind, session)  # noqa: PLR2004 - every third
                valid.append(sent)
            entries.append(sent)
        return entries, valid, invalid


def mixes() -> st.SearchStrategy[Mix]:
    """Batches of every legal size with up to 3 defects."""
    defects = st.lists(st.tuples(st.integers(0, 99), st.integers(0, len(NEAR_MISSES) - 1)), max_size=3)
    return st.builds(Mix, sizes(), st.integers(0, len(TYPES) - 1), defects.map(tuple))
