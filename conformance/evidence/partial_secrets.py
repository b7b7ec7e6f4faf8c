"""Finds the parts of a secret that was cut or split."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

LEAST = 10
"""Characters: a shorter part of a secret could be an ordinary word."""
WINDOW = LEAST // 2


@dataclass(frozen=True)
class Parts:
    """Finds parts of one secret in a text, in upper or lower case."""

    secret: str

    @cached_property
    def _windows(self) -> dict[str, int]:
        """Pieces of the secret in lower case, and their places. Every part that is long enough contains one of them."""
        places = range(0, len(self.secret) - WINDOW + 1, WINDOW)
        return {self.secret[place : place + WINDOW].lower(): place for place in places}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        # ASCII only: the lower case of another letter could differ from what matched.
        return re.compile("|".join(map(re.escape, self._windows)), re.IGNORECASE | re.ASCII)

    def spans(self, text: str, folded: str) -> Iterator[tuple[int, int]]:
        """Yield start and end of each part in a text; ``folded`` is the text in lower case."""
        if len(self.secret) < LEAST or not any(window in folded for window in self._windows):
            return
        reported = 0
        for found in self._pattern.finditer(text):
            if found.start() < reported:
                continue
            start, end = self._widened(text, found.start(), self._windows[found[0].lower()])
            if end - start >= LEAST:
                yield start, end
                reported = end

    def _widened(self, text: str, start: int, place: int) -> tuple[int, int]:
        """Return start and end of the longest part around a piece: at ``start`` in the text, at ``place`` in the secret."""
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
