"""The progress of a run in one line, with counts by chapter. Pure."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from conformance.report.content import excerpts, words
from conformance.results.verdicts import WORST_FIRST, Verdict

ALSO = {
    "fields": "events",
    "values": "events",
    "sources": "token",
    "lookups": "token",
    "browser_lines": "cors",
}
"""Modules of the suite whose chapter has another name."""
QUIET = frozenset({Verdict.HELD, Verdict.OBSERVED})
"""Verdicts that the live line does not count."""
EARLY = 0.05
"""The part of a run that must be done before the rest can be estimated."""


def chapter_of(nodeid: str) -> str:
    """Return the chapter of a check, from the name of its module."""
    found = re.search(r"test_(\w+)\.py", nodeid)
    name = found[1] if found is not None else ""
    return ALSO.get(name, name)


@dataclass
class Tally:
    """The checks of a run by chapter: how many there are, and the verdicts of the finished ones."""

    total: Counter[str] = field(default_factory=Counter)
    verdicts: dict[str, Counter[Verdict]] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    """Requests by the process that sent them."""

    def expect(self, nodeids: Iterable[str]) -> None:
        """Count the checks that will run."""
        self.total = Counter(map(chapter_of, nodeids))

    def add(self, chapter: str, verdict: Verdict) -> None:
        """Count a check that is done."""
        self.verdicts.setdefault(chapter, Counter())[verdict] += 1

    @property
    def done(self) -> int:
        """The number of checks that are done."""
        return sum(count.total() for count in self.verdicts.values())

    def is_done(self, chapter: str) -> bool:
        """Whether every check of a chapter is done."""
        return self.verdicts.get(chapter, Counter()).total() >= self.total[chapter]

    def live(self, chapter: str, elapsed: float, width: int) -> str:
        """Return the line that a terminal shows while a chapter is checked; ``elapsed`` is in seconds."""
        count: Counter[Verdict] = sum(self.verdicts.values(), Counter())
        parts = [
            f"{chapter}: {self.done} of {self.total.total()} checks",
            *_named({verdict: number for verdict, number in count.items() if verdict not in QUIET}),
            f"{sum(self.sent.values())} requests",
            f"{_time(elapsed)}{self._left(elapsed)}",
        ]
        return excerpts.cut(", ".join(parts), width)

    def ended(self, chapter: str, elapsed: float) -> str:
        """Return the line of a chapter that is done."""
        count = self.verdicts.get(chapter, Counter())
        checks = f"{count.total():>3} check{'' if count.total() == 1 else 's'}"
        sent = sum(self.sent.values())
        return f"{chapter:<11} {checks:<11} {', '.join(_named(count))} ({sent} requests, {_time(elapsed)} so far)"

    def _left(self, elapsed: float) -> str:
        total = self.total.total()
        if not total > self.done > EARLY * total:
            return ""
        return f", about {_time(elapsed / self.done * (total - self.done))} left"


def _named(count: dict[Verdict, int]) -> list[str]:
    return [
        f"{count[verdict]} {words.VERDICTS[verdict].text}" for verdict in WORST_FIRST if count.get(verdict)
    ]


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
