"""Finds the parts of a secret that was cut or split."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

LEAST = 10
"""Characters: a shorter part of a secret could be an ordinary word."""
BEGINNING = 5
"""Characters of the beginning of a piece."""


@dataclass(frozen=True)
class Parts:
    """Finds parts of one secret in a text, in upper or lower case."""

    secret: str
    least: int = LEAST
    """Characters of a part; more in a form that has more characters than the secret."""

    @property
    def _window(self) -> int:
        return self.least // 2

    @cached_property
    def _windows(self) -> dict[str, int]:
        """Pieces of the secret in lower case, and their places. Every part that is long enough contains one of them."""
        places = range(0, len(self.secret) - self._window + 1, self._window)
        return {self.secret[place : place + self._window].lower(): place for place in places}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        # ASCII only: the lower case of another letter could differ from what matched.
        return re.compile("|".join(map(re.escape, self._windows)), re.IGNORECASE | re.ASCII)

    @property
    def beginnings(self) -> Iterator[tuple[str, ...]]:
        """The first characters of each piece, fewer if it is shorter."""
        return (tuple(window[:BEGINNING]) for window in self._windows)

    def spans(self, text: str, folded: str) -> Iterator[tuple[int, int]]:
        """Yield start and end of each part in a text; ``folded`` is the text in lower case."""
        if len(self.secret) < self.least or not any(window in folded for window in self._windows):
            return
        reported = 0
        for found in self._pattern.finditer(text):
            if found.start() < reported:
                continue
            start, end = self._widened(text, found.start(), self._windows[found[0].lower()])
            if end - start >= self.least:
                yield start, end
                reported = end

    def _widened(self, text: str, start: int, place: int) -> tuple[int, int]:
        """Return start and end of the longest part around a piece: at ``start`` in the text, at ``place`` in the secret."""
        left, right = 0, self._window
        while min(start, place) > left and _same(text[start - left - 1], self.secret[place - left - 1]):
            left += 1
        while right < min(len(text) - start, len(self.secret) - place) and _same(
            text[start + right], self.secret[place + right]
        ):
            right += 1
        return start - left, start + right


def _same(one: str, other: str) -> bool:
    return one == other or (one.isascii() and one.lower() == other.lower())


class Gate:
    """Says fast whether a text may have a part of any secret."""

    def __init__(self, parts: Iterable[Parts]) -> None:
        beginnings = {beginning for one in parts for beginning in one.beginnings}
        self._short = ["".join(one) for one in beginnings if len(one) < BEGINNING]
        self._whole = {one for one in beginnings if len(one) == BEGINNING}

    def may_have_a_part(self, folded: str) -> bool:
        """Whether a text in lower case has the beginning of a piece."""
        shifted = (folded[place:] for place in range(BEGINNING))
        return not self._whole.isdisjoint(zip(*shifted, strict=False)) or any(
            one in folded for one in self._short
        )
