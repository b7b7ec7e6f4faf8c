"""The bars of small charts, as numbers. The templates draw them as SVG."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from conformance.report.content.selection import FAILING
from conformance.results.verdicts import Verdict

NOT_GREEN_FIRST = (*FAILING, Verdict.NOT_JUDGED, Verdict.OBSERVED, Verdict.HELD)
"""The verdicts in the order in which a reader sees them."""
WIDTH, HEIGHT = 600, 100
"""The size of a chart in SVG units; the browser scales it."""
CHAPTER_WIDTH = 240
"""The width of the longest chapter's bar, in SVG units."""
LEAST = 1.5
"""The smallest width of a bar that can still be seen, in SVG units."""
LONGEST_BATCH = 100
KINDS = {
    "1xx": "status 1xx",
    "2xx": "status 2xx",
    "3xx": "status 3xx",
    "4xx": "status 4xx",
    "5xx": "status 5xx",
    "none": "no reply",
}


@dataclass(frozen=True)
class Bar:
    """A rectangle; ``kind`` names what it counts."""

    x: float
    y: float
    width: float
    height: float
    kind: str


@dataclass(frozen=True)
class Chart:
    """Bars over an axis, and a text that says the same."""

    bars: tuple[Bar, ...]
    first: str
    """The label at the left end of the axis."""
    last: str
    """The label at its right end."""
    highest: int
    """The value that the full height stands for."""
    text: str
    legend: tuple[tuple[str, str, int], ...] = ()
    """Kind, name and sum of each series."""


def by_verdict(items: Sequence[dict[str, Any]]) -> list[tuple[str, int]]:
    """Return the number of requirements for each verdict that occurs; green verdicts come last."""
    verdicts = [item["verdict"] for item in items]
    return [(str(verdict), verdicts.count(verdict)) for verdict in NOT_GREEN_FIRST if verdict in verdicts]


def chapter_bar(items: Sequence[dict[str, Any]], longest: int) -> list[Bar]:
    """Return the bar of a chapter, with a piece for each verdict; ``longest`` is the size of the largest chapter."""
    unit, x, bars = CHAPTER_WIDTH / longest, 0.0, []
    for verdict, count in by_verdict(items):
        bars.append(Bar(round(x, 2), 0, round(max(count * unit - 1, LEAST), 2), 14, verdict))
        x += count * unit
    return bars


def timeline(run: dict[str, Any]) -> Chart | None:
    """Return the requests over time by kind of reply; None if nothing was recorded."""
    recorded = run.get("timeline") or {"seconds": 1, "replies": {}}
    series = {kind: recorded["replies"][kind] for kind in KINDS if kind in recorded["replies"]}
    sums = {kind: sum(counts) for kind, counts in series.items()}
    total = sum(sums.values())
    if not total:
        return None
    columns = list(zip(*series.values(), strict=True))
    highest = max(map(sum, columns))
    bars = []
    step = WIDTH / len(columns)
    for index, column in enumerate(columns):
        y = float(HEIGHT)
        for kind, count in zip(series, column, strict=True):
            if count:
                height = max(count * HEIGHT / highest, LEAST)
                y -= height
                bars.append(
                    Bar(round(index * step, 2), round(y, 2), round(step * 0.85, 2), round(height, 2), kind)
                )
    seconds = recorded["seconds"]
    length = f"{len(columns) * seconds:g} s"
    legend = tuple((kind, KINDS[kind], count) for kind, count in sums.items())
    named = ", ".join(f"{count} {name}" for _, name, count in legend)
    text = (
        f"{total} requests in {length}: {named}."
        f" At most {highest} in {seconds:g} s. No request in {sum(1 for column in columns if not sum(column))} of"
        f" {len(columns)} intervals of {seconds:g} s."
    )
    return Chart(tuple(bars), "0 s", length, highest, text, legend)


def sizes(run: dict[str, Any]) -> Chart | None:
    """Return the number of generated batches of each size; None if there were no generated batches."""
    pairs = [(size, count) for size, count in run.get("sizes") or () if count]
    if not pairs:
        return None
    longest = max(LONGEST_BATCH, *(size for size, _ in pairs))
    highest = max(count for _, count in pairs)
    step = WIDTH / longest
    bars = []
    for size, count in pairs:
        height = count * HEIGHT / highest
        bars.append(
            Bar(
                round((size - 1) * step, 2),
                round(HEIGHT - height, 2),
                round(step * 0.85, 2),
                round(height, 2),
                "size",
            )
        )
    drawn = [size for size, count in pairs for _ in range(count)]
    often = ", ".join(
        f"{count} of {size}" for size, count in sorted(pairs, key=lambda pair: (-pair[1], pair[0]))[:3]
    )
    text = (
        f"{len(drawn)} generated batches of {min(drawn)} to {max(drawn)} events. Half of them have at most"
        f" {median(drawn):g} events. The most frequent sizes: {often}."
    )
    return Chart(tuple(bars), "1 event", f"{longest} events", highest, text)
