"""Says which secrets can be hidden: redaction must never change a word of the suite's own."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib import resources
from importlib.resources.abc import Traversable

SHORTEST = 6
"""Characters: a shorter secret, or part of one, stands in ordinary words and numbers by chance."""
SHORTEST_NUMBER = 10
"""Digits: a shorter number may be a status, a count or a date."""
FEWEST = 4
"""Different characters: a text of fewer may be a line or an indentation."""
OTHERS = frozenset({"reference", "mutants", "__pycache__"})
"""The rooms whose words stand in no report."""


@dataclass(frozen=True)
class OwnWords:
    """The words of the suite, and those of the user that reports show anyway, such as the target's URL."""

    more: tuple[str, ...] = ()
    _known: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        return (*suite(), *(text.lower() for text in self.more))

    def contain(self, text: str) -> bool:
        """Whether a text is in the suite's own words, in upper or lower case."""
        folded = text.lower()
        if folded not in self._known:
            self._known[folded] = any(folded in text for text in self._texts)
        return self._known[folded]

    def can_hide(self, secret: str) -> bool:
        """Whether a secret is long and rare enough to be replaced wherever it stands."""
        return (
            len(secret) >= (SHORTEST_NUMBER if secret.isdecimal() else SHORTEST)
            and len(set(secret)) >= FEWEST
            and not self.contain(secret)
        )


@lru_cache(1)
def suite() -> tuple[str, ...]:
    """Return the files of the suite, in lower case: whatever it sends, or writes in reports, is in there."""
    return tuple(_read(resources.files("conformance")))


def _read(place: Traversable) -> Iterator[str]:
    if place.is_dir():
        for inner in place.iterdir():
            if inner.name not in OTHERS:
                yield from _read(inner)
    elif place.is_file():
        yield place.read_bytes().decode("utf-8", "ignore").lower()
