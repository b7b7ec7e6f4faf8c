"""Hypothesis strategies. They generate small values, which shrink fast and print short; checks make requests from them."""

from string import ascii_letters, digits

from hypothesis import strategies as st

from conformance.inputs.batches import LARGEST, NEAR_MISSES, BatchSpec
from conformance.inputs.fields import TYPES
from conformance.inputs.valid_events import UNUSUAL, USUAL

TOKEN_CHARACTERS = f"{ascii_letters}{digits}_-.~+/="


def sizes() -> st.SearchStrategy[int]:
    """Legal batch sizes. Integers come first, because Hypothesis shrinks within the first branch."""
    return st.integers(1, LARGEST) | st.sampled_from([50, 99, LARGEST])


def unknown_tokens() -> st.SearchStrategy[str]:
    """Strings that could be a token but that no store has. No firewall should mistake them for an attack."""
    return st.text(TOKEN_CHARACTERS, max_size=60).map(lambda tail: f"conformance-{tail}")


def batches(*, unusual: bool = False) -> st.SearchStrategy[BatchSpec]:
    """Batches of every legal size with up to 3 defects."""
    pairs = len(TYPES) * len(UNUSUAL if unusual else USUAL)
    between = st.integers(0, LARGEST - 1) | st.integers(0, 1)
    defects = st.lists(st.tuples(between, st.integers(0, len(NEAR_MISSES) - 1)), max_size=3)
    return st.builds(
        BatchSpec, sizes(), st.integers(0, pairs + LARGEST), defects.map(tuple), st.just(unusual)
    )
