"""Parts of a secret: what is left of one that was cut, or split over several places."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

LEAST = 10
"""Characters of a secret that are told from ordinary words."""
WINDOW = LEAST // 2


@dataclass(frozen=True)
class Parts:
    """Finds parts of one secret, in whatever case."""

    secret: str

    @cached_property
    def _windows(self) -> dict[str, int]:
        """Every part of enough characters has one of these whole, at a place that is known."""
        places = range(0, len(self.secret) - WINDOW + 1, WINDOW)
        return {self.secret[place : place + WINDOW].lower(): place for place in places}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        # Of ASCII alone: other letters' lower case need not be what matched.
        return re.compile("|".join(map(re.escape, self._windows)), re.IGNORECASE | re.ASCII)

    def spans(self, text: str, folded: str) -> Iterator[tuple[int, int]]:
        """Yield where parts stand in a text; ``folded`` is the text in lower case."""
        if len(self.secret) < LEAST or not any(window in folded for window in self._windows):
            return
        told = 0
        for found in self._pattern.finditer(text):
            if found.start() < told:
                continue
            start, end = self._widened(text, found.start(), self._windows[found[0].lower()])
            if end - start >= LEAST:
                yield start, end
                told = end

    def _widened(self, text: str, start: int, place: int) -> tuple[int, int]:
        """Return the widest part around a window that stands in a text at ``start``, in the secret at ``place``."""
        left, right = 0, WINDOW
        while min(start, place) > left and _same(text[start - left - 1], self.secret[place - left - 1]):
            left += 1
        while right < min(len(text) - start, len(self.secret) - place) and _same(
            text[start + right], self.secret[place + right]
        ):
            right += 1
        return start - left, start + right


def _same(one: str, other: str) -> bool:
    return one == other or (one.isascii() and one.lower() == other.lower())
