"""The figures of a benchmark, and the file that stores them."""

import json
import os
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import conformance

SUITE = "beacon-conformance"
RIVAL = "schemathesis run"
FLOOR = "bare httpx loop"


@dataclass(frozen=True)
class Row:
    """One run against the reference."""

    what: str
    """``SUITE``, ``RIVAL`` or ``FLOOR``."""
    effort: str
    """The effort of the suite's run, or of the run whose requests the bare loop sends again; else empty."""
    latency: int
    """Delay of every reply, in milliseconds."""
    requests: int
    """Requests to ``/beacon``."""
    events: int
    wall: float
    cpu: float


@dataclass(frozen=True)
class Kills:
    """The result of one tool for the chosen mutants, judged one after the other."""

    what: str
    effort: str
    caught: tuple[str, ...]
    requests: int
    """Sum over all mutants."""
    wall: float
    """Seconds, sum over all mutants."""


@dataclass(frozen=True)
class Measured:
    """One cost of one run, or of one command, and its goal."""

    name: str
    what: str
    value: float
    unit: str
    goal: float
    """The most that meets the goal."""

    @property
    def is_met(self) -> bool:
        """Whether the goal is met."""
        return self.value <= self.goal


@dataclass(frozen=True)
class Figures:
    """All figures of one benchmark."""

    machine: str
    rows: tuple[Row, ...] = ()
    mutants: tuple[str, ...] = ()
    kills: tuple[Kills, ...] = ()
    costs: tuple[Measured, ...] = ()
    suite: str = field(default=conformance.__version__)

    def of(self, what: str, effort: str = "") -> Iterator[Row]:
        """Yield the rows of a tool, in the order of latency."""
        return (row for row in self.rows if (row.what, row.effort) == (what, effort))


def machine() -> str:
    """Describe this machine: its processors and its Python."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    named = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{cores} cores of {named or platform.machine()}, {platform.system()}, Python {platform.python_version()}"


def save(figures: Figures, path: Path) -> None:
    """Write figures to a JSON file."""
    path.write_text(json.dumps(asdict(figures), indent=1, ensure_ascii=False) + "\n", "utf-8")


def load(path: Path) -> Figures:
    """Read figures from a JSON file."""
    content: dict[str, Any] = json.loads(path.read_text("utf-8"))
    rows = tuple(Row(**row) for row in content.pop("rows"))
    kills = tuple(Kills(**{**one, "caught": tuple(one["caught"])}) for one in content.pop("kills"))
    costs = tuple(Measured(**one) for one in content.pop("costs", ()))
    return Figures(**{**content, "mutants": tuple(content["mutants"])}, rows=rows, kills=kills, costs=costs)
