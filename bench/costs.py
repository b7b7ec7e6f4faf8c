"""What a run costs besides requests and time: CPU, memory, readings of a slow or crowded store, and its start."""

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from bench.children import Cost, measured, serving
from bench.figures import Measured
from bench.rivals import PYTHON, broken, options
from conformance import results

OTHERS = 50_000
"""Events of others in each answer of a crowded read-back."""
LATE = (3, 10)
"""Seconds until an event is visible in a slow store."""
PRINTING = ("--help", "--version", "requirements")
"""Commands that print, and do nothing else."""


class Goals(NamedTuple):
    """The most that a run should need; None: no goal."""

    cpu: float | None = None
    memory: int | None = None
    seconds: float | None = None
    readings: int | None = None


EFFORTS = {
    "quick": Goals(cpu=2.8),
    "standard": Goals(cpu=3.6, memory=180),
    "thorough": Goals(memory=230),
}
SLOW = {3: Goals(seconds=15, readings=150), 10: Goals(seconds=45, readings=150)}
CROWDED = Goals(cpu=6, memory=400)
START_UP = 0.2
"""Seconds of CPU."""


def costs() -> Iterator[Measured]:
    """Measure everything, one run after the other."""
    for effort, goals in EFFORTS.items():
        yield from _run(effort, effort, goals)
    for seconds in LATE:
        yield from _run(f"standard, ingestion {seconds} s late", "standard", SLOW[seconds], delay=seconds)
    yield from _run(
        f"standard, {OTHERS:,} events of others in each reading", "standard", CROWDED, others=OTHERS
    )
    with tempfile.TemporaryDirectory() as folder:
        for argument in PRINTING:
            cost = measured([*PYTHON, "conformance", argument], Path(folder))
            if cost.status:
                raise broken(argument, cost)
            yield Measured(argument, "CPU", round(cost.cpu, 2), "s", START_UP)


def _run(name: str, effort: str, goals: Goals, *, delay: float = 0.02, others: int = 0) -> Iterator[Measured]:
    """Judge the reference, and yield what there is a goal for."""
    sys.stderr.write(f"{name}\n")
    with (
        tempfile.TemporaryDirectory() as folder,
        serving("bench.target", "", str(delay), str(others)) as target,
    ):
        given = options(target.address, effort, Path(folder))
        given["patience"] = str(3 + 2 * delay)
        if others:  # a read-back that shows them in every answer does not take a session
            given["observer"] = given["observer"].removesuffix("&session_id={session_id}")
        command = [f"--{option}={value}" for option, value in given.items()]
        cost = measured([*PYTHON, "conformance", "run", *command], Path(folder))
        if cost.status:
            raise broken("the suite", cost)
        run = results.read(Path(folder) / "reports" / "results.json")["run"]
    yield from _compared(name, cost, run, goals)


def _compared(name: str, cost: Cost, run: dict[str, int], goals: Goals) -> Iterator[Measured]:
    found = (
        ("CPU", round(cost.cpu, 1), "s", goals.cpu),
        ("peak memory", cost.memory, "MB", goals.memory),
        ("wall", round(cost.wall, 1), "s", goals.seconds),
        ("readings", run["readings"], "", goals.readings),
    )
    return (Measured(name, what, value, unit, goal) for what, value, unit, goal in found if goal is not None)


def other_events(count: int) -> list[str]:
    """Return stored events of others, as the reference's read-back has them."""
    return [
        json.dumps(
            {
                "event_id": f"0197f0c0-0000-7000-8000-{number:012}",
                "event_type": "product_view",
                "timestamp": "2026-01-01T12:00:00Z",
                "session_id": f"shopper-{number}",
                "product_id": number,
                "contextual_data": {"page": "/products/a", "theme": "dawn"},
                "geo_country": "DE",
                "geo_state": "BE",
                "geo_city": "Berlin",
                "device_type": "desktop",
                "browser": "Chrome",
                "os": "Windows",
                "shopping_channel": "web",
            }
        )
        for number in range(count)
    ]
