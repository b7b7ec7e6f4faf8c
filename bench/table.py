"""Make Markdown tables of the measured figures: all of them, and the few lines that the README quotes."""

import re
from collections.abc import Iterator, Mapping, Sequence

from bench.figures import FLOOR, RIVAL, SUITE, Figures, Measured, Row

SECONDS = {("standard", 0): 10, ("standard", 50): 5, ("standard", 200): 12, ("quick", 200): 7}
"""Goals: seconds for a run, by effort and latency in milliseconds."""
REQUESTS = {"quick": 185, "standard": 300}
"""Goals: requests in a run, by effort."""
HEADING = "## Figures"
SECTION = re.compile(rf"^{HEADING}\n.*?(?=\n\n## )", re.DOTALL | re.MULTILINE)


def whole(figures: Figures) -> str:
    """Return everything that was measured, as Markdown."""
    lines = [
        "# Figures",
        "",
        f"beacon-conformance {figures.suite}, on {figures.machine}. How to read them: README.md.",
        "",
    ]
    if figures.rows:
        head = ("what", "effort", "latency", "requests", "events", "wall", "CPU", "goal")
        lines += [*_table(head, [_cells(row) for row in figures.rows]), ""]
    if figures.costs:
        named = ("what", "cost", "measured", "goal", "verdict")
        lines += [*_table(named, [_cost(one) for one in figures.costs]), ""]
    if figures.kills:
        count = len(figures.mutants)
        cells = [
            (one.what, one.effort, f"{len(one.caught)} of {count}", f"{one.requests:,}", f"{one.wall:.1f} s")
            for one in figures.kills
        ]
        lines += [*_table(("what", "effort", "mutants caught", "requests", "wall"), cells), ""]
        tools = [f"{one.what} {one.effort}".strip() for one in figures.kills]
        caught = [
            (name, *("caught" if name in one.caught else "" for one in figures.kills))
            for name in figures.mutants
        ]
        lines += [*_table(("mutant", *tools), caught), ""]
    return "\n".join(lines)


def short(figures: Figures) -> str:
    """Return the section that the README quotes, without a newline at its end."""
    columns = {
        (SUITE, "quick"): "`quick`",
        (SUITE, "standard"): "`standard`",
        (SUITE, "thorough"): "`thorough`",
        (RIVAL, ""): f"`{RIVAL}`",
        (FLOOR, "standard"): f"{FLOOR}, `standard`",
    }
    found = {column: {row.latency: row for row in figures.of(*column)} for column in columns}
    head = [f"{named} ({_requests(found[column])})" for column, named in columns.items()]
    cells = [
        (f"{latency} ms", *(_seconds(rows.get(latency)) for rows in found.values()))
        for latency in dict.fromkeys(row.latency for row in figures.rows)
    ]
    caught = [
        f"{columns.get((one.what, one.effort), one.what)} catches {len(one.caught)}" for one in figures.kills
    ]
    return "\n".join(
        [
            HEADING,
            "",
            "How long one run takes, by effort (in brackets: its requests) and by the delay of every reply.",
            f"Measured on {figures.machine}. {_missed(figures)}",
            f"Of {len(figures.mutants)} mutants, {', '.join(caught) or 'nothing was measured'}: [bench/](bench/README.md).",
            "",
            *_table(("delay", *head), cells),
        ]
    )


def _missed(figures: Figures) -> str:
    goals = {
        # A run sends the same requests at every delay.
        _named(row, goal): met
        for row in figures.rows
        if row.what == SUITE
        for goal, met in _goals(row)
    }
    goals |= {f"{one.name}: {one.what} {one.goal:g} {one.unit}".strip(): one.is_met for one in figures.costs}
    missed = [goal for goal, met in goals.items() if not met]
    return f"Goals not met: {'; '.join(missed)}." if missed else f"All {len(goals)} goals are met."


def _named(row: Row, goal: str) -> str:
    """Return a goal with what it is about."""
    return (
        f"{row.effort}: {goal}" if goal.endswith("requests") else f"{row.effort} at {row.latency} ms: {goal}"
    )


def put_into(readme: str, figures: Figures) -> str:
    """Return the README's text with its section of figures replaced."""
    return SECTION.sub(lambda _: short(figures), readme)


def _requests(rows: Mapping[int, Row]) -> str:
    return f"{next(iter(rows.values())).requests:,}" if rows else "none"


def _seconds(row: Row | None) -> str:
    return f"{row.wall:.1f} s" if row else ""


def _cells(row: Row) -> Sequence[str]:
    goals = (
        [f"{goal}: {'met' if met else 'NOT MET'}" for goal, met in _goals(row)] if row.what == SUITE else []
    )
    return (
        *(row.what, row.effort, f"{row.latency} ms", str(row.requests), f"{row.events:,}"),
        *(f"{row.wall:.1f} s", f"{row.cpu:.1f} s", "; ".join(goals)),
    )


def _cost(one: Measured) -> Sequence[str]:
    value, goal = (f"{number:g} {one.unit}".strip() for number in (one.value, one.goal))
    return one.name, one.what, value, goal, "met" if one.is_met else "NOT MET"


def _goals(row: Row) -> Iterator[tuple[str, bool]]:
    """Yield the goals of a run of the suite, and whether each is met."""
    seconds, requests = SECONDS.get((row.effort, row.latency)), REQUESTS.get(row.effort)
    if seconds is not None:
        yield f"{seconds} s", row.wall <= seconds
    if requests is not None:
        yield f"{requests} requests", row.requests <= requests


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
