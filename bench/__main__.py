"""``make bench``: measure, print the tables, and write them; ``BENCH="--only mutants"`` measures one part again."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench import costs, figures, rivals, table
from bench.figures import FLOOR, RIVAL, SUITE, Figures, Kills, Measured, Row

HERE = Path(__file__).parent
README = HERE.parent / "README.md"
FIGURES = HERE / "figures.json"
RESULTS = HERE / "results.md"

LATENCIES = {"loopback": 0, "50": 50, "200": 200}
EFFORTS = ("quick", "standard", "thorough")
RECORDED = "standard"
"""The effort whose requests the bare loop sends."""
PARTS = (*LATENCIES, *costs.PARTS, "mutants")
CHOSEN = (
    "query-wins",
    *("limit-of99", "empty-is-accepted"),
    "success-is200",
    *("one-invalid-event-refuses-the-batch", "position-is-optional"),
    "contextual-data-is-null",
    "accepted-for-everybody",
)
"""Mutants that violate a MUST of each chapter, with mistakes that careless implementations make."""


def rows(part: str, record: Path) -> Iterator[Row]:
    """Measure everything at one latency."""
    latency = LATENCIES[part]
    tools = [(SUITE, effort, rivals.suite(effort)) for effort in EFFORTS]
    tools += [(RIVAL, "", rivals.schemathesis), (FLOOR, RECORDED, rivals.floor(record))]
    for what, effort, tool in tools:
        announce(f"{what} {effort}, {latency} ms")
        found = rivals.tried(tool, latency=latency)
        if found.condemned:
            raise RuntimeError(f"{what} {effort} reported a failure of the reference at {latency} ms")
        yield Row(
            what, effort, latency, found.requests, found.events, round(found.wall, 2), round(found.cpu, 2)
        )


def kills() -> Iterator[Kills]:
    """Have every tool judge the chosen mutants."""
    tools = [(SUITE, effort, rivals.suite(effort)) for effort in EFFORTS[:2]]
    tools.append((RIVAL, "", rivals.schemathesis))
    for what, effort, tool in tools:
        tried = {}
        for name in CHOSEN:
            announce(f"{what} {effort}, {name}")
            tried[name] = rivals.tried(tool, name)
        yield Kills(
            what,
            effort,
            tuple(name for name, found in tried.items() if found.condemned),
            sum(found.requests for found in tried.values()),
            round(sum(found.wall for found in tried.values()), 1),
        )


def measure(parts: list[str], found: Figures) -> Iterator[Figures]:
    """Measure some parts, and yield all figures after each of them."""
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "requests.ndjson"
        for part in parts:
            if part == "mutants":
                found = replace(found, mutants=CHOSEN, kills=tuple(kills()))
            elif part in costs.PARTS:
                found = replace(found, costs=renewed(found.costs, tuple(costs.PARTS[part]())))
            else:
                if not record.exists():
                    announce("a run to record")
                    rivals.tried(rivals.suite(RECORDED), record=record)
                others = [row for row in found.rows if row.latency != LATENCIES[part]]
                new = sorted([*others, *rows(part, record)], key=lambda row: row.latency)
                found = replace(found, rows=tuple(new))
            yield found


def renewed(old: tuple[Measured, ...], new: tuple[Measured, ...]) -> tuple[Measured, ...]:
    """Return costs with the new ones in the place of those of the same runs."""
    names = {one.name for one in new}
    place = next((at for at, one in enumerate(old) if one.name in names), len(old))
    kept = [one for one in old if one.name not in names]
    return (*kept[:place], *new, *kept[place:])


def earlier() -> Figures:
    """Return the earlier figures, if they are from this version and this machine."""
    new = Figures(figures.machine())
    old = figures.load(FIGURES) if FIGURES.exists() else new
    return old if (old.machine, old.suite) == (new.machine, new.suite) else new


def write(found: Figures) -> None:
    """Write figures, and the tables that are made from them."""
    figures.save(found, FIGURES)
    RESULTS.write_text(table.whole(found), "utf-8")
    README.write_text(table.put_into(README.read_text("utf-8"), found), "utf-8")


def announce(what: str) -> None:
    """Print to standard error what is being measured."""
    sys.stderr.write(f"{what}\n")


def main() -> None:
    """Measure, write after each part, and print all tables."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument(
        "--only",
        choices=PARTS,
        action="append",
        help="measure this part again, and keep the others; may be repeated",
    )
    parser.add_argument(
        "--render", action="store_true", help="measure nothing; only make the tables of figures.json again"
    )
    arguments = parser.parse_args()
    if arguments.render:
        found = figures.load(FIGURES)
        write(found)
    else:
        found = earlier()
        for more in measure(arguments.only or list(PARTS), found):
            write(found := more)
    sys.stdout.write(table.whole(found))


if __name__ == "__main__":
    main()
