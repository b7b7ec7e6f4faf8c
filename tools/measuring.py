"""Measures what each check of the suite sends to the reference, for the plan of a run: ``make docs`` writes it down.

Each run is a process of its own, with one check at a time: a generated check keeps the effort that it was loaded with.
"""

import argparse
import inspect
import json
import math
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import conformance
from conformance import reference
from conformance.cli.main import PACKAGE
from conformance.client import Load, Memo
from conformance.ingestion.submissions import Submissions, specs_of
from conformance.plan import FILE
from conformance.plan.planning import FIXTURES, READ_BACK
from conformance.plugin.markers import requirement_of
from conformance.plugin.run import Run
from conformance.plugin.state import run_of
from conformance.reference.database import Database
from conformance.runner.generated import BUDGET
from conformance.settings import Effort
from tests.support.runs import options_for

COSTS = Path(conformance.__file__).parent / "plan" / FILE
WAYS = ("alone", "together", "unseen")
"""Each check with answers of its own; all of them, which share answers; and those without read-back."""
ONCE = "once"
"""The fixture of checks that look at what one of them sends for all."""
PLUGINS = ("html", "junitxml")
SECONDS = 0.005
"""What the reference's own time is rounded up to."""


def _run(config: pytest.Config) -> Run:
    run = run_of(config)
    assert run is not None  # noqa: S101 - a run of the suite
    return run


class Meter:
    """Counts what goes out, by check, and for all checks at once."""

    def __init__(self, way: str, store: Database) -> None:
        self.way = way
        self.store = store
        self.doctor = Load()
        self.fixtures: dict[str, Load] = {}
        self.checks: dict[tuple[str, str], Load] = defaultdict(Load)
        self.needs: dict[tuple[str, str], list[str]] = {}
        self.generated: set[tuple[str, str]] = set()
        self.seconds = 0.0

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self, session: pytest.Session) -> None:
        run = _run(session.config)
        self.doctor = _sent(run)
        run.wire.pace.planned = None  # what is measured is not held to what was measured before

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Iterator[Any]:
        requirement = requirement_of(pyfuncitem)
        assert requirement is not None  # noqa: S101 - only checks are measured
        run = _run(pyfuncitem.config)
        if self.way == "alone":
            _forget(run, pyfuncitem)
            self._empty_the_store()
        key = (requirement.id, pyfuncitem.obj.__name__)
        self.needs[key] = [*inspect.signature(pyfuncitem.obj).parameters]
        if hasattr(pyfuncitem.obj, "hypothesis"):
            self.generated.add(key)
        before, began = _sent(run), time.monotonic()
        try:
            return (yield)
        finally:
            cost = _since(before, run)
            if ONCE in self.needs[key]:
                self.fixtures[ONCE] = self.fixtures.get(ONCE, Load()).plus(cost)
                cost = Load()
            self.checks[key] = self.checks[key].plus(cost)
            self.seconds += time.monotonic() - began

    def _empty_the_store(self) -> None:
        """Spare the read-back what other checks have sent: reading it takes longer with every one of them."""
        with self.store._lock:  # noqa: SLF001
            self.store._connection.execute("DELETE FROM events")  # noqa: SLF001


def _sent(run: Run) -> Load:
    return Load(run.wire.requests, run.factory.events, run.wire.pace.bytes)


def _since(before: Load, run: Run) -> Load:
    """Return what was sent since then."""
    return _sent(run).plus(before, times=-1)


def _forget(run: Run, item: pytest.Function) -> None:
    """Have a check find nothing of what others have sent."""
    run.target._memo = Memo()  # noqa: SLF001 - what a run of this check alone would begin with
    run.factory._stock.clear()  # noqa: SLF001
    run.read_back._is_whole = None  # noqa: SLF001
    run.read_back._latest = None  # noqa: SLF001
    submissions = item.funcargs.get("submissions")
    if isinstance(submissions, Submissions):
        submissions.specs = specs_of(item.callspec.params.values())
        submissions._together = Memo()  # noqa: SLF001


def measured(effort: str, way: str) -> dict[str, Any]:
    """Judge the reference in this process, and return what that took."""
    with reference.Server() as server, tempfile.TemporaryDirectory() as folder:
        meter = Meter(way, server.database)
        options = [
            option for option in options_for(server) if way != "unseen" or not option.startswith("--observer")
        ]
        own = [
            "-c",
            str(PACKAGE / "beacon.toml"),
            f"--rootdir={PACKAGE / 'suite'}",
            "-p",
            "conformance.plugin",
        ]
        quiet = [part for name in PLUGINS for part in ("-p", f"no:{name}")]
        told = [f"--effort={effort}", "--connections=1", f"--report-dir={folder}", "--quiet"]
        status = pytest.main([*own, str(PACKAGE / "suite"), *options, *quiet, *told], plugins=[meter])
        if status not in {0, 6}:
            raise SystemExit(f"the reference is not conformant at effort {effort}: exit status {status}")
    return {
        "doctor": meter.doctor,
        "fixtures": meter.fixtures,
        "checks": [
            [*key, cost, meter.needs[key], key in meter.generated] for key, cost in meter.checks.items()
        ],
        "seconds": meter.seconds,
    }


def costs() -> str:
    """Return what every check costs, as JSON: a check a line."""
    content: dict[str, Any] = {"shrinking": BUDGET, "seconds": 0.0, "efforts": {}}
    for effort in Effort:
        alone, together, unseen = (_in_process(effort, way) for way in WAYS)
        checks: dict[str, dict[str, Any]] = {}
        shared = {(name, check): cost for name, check, cost, *_ in together["checks"]}
        blind = {(name, check): cost for name, check, cost, *_ in unseen["checks"]}
        for name, check, cost, needs, generated in alone["checks"]:
            checks.setdefault(name, {})[check] = {
                "alone": cost,
                "together": shared[name, check],
                "unseen": blind[name, check],
                "needs": [name for name in needs if name in {*FIXTURES, *READ_BACK, *together["fixtures"]}],
                "generated": generated,
            }
        requests = sum(cost[0] for cost in shared.values())
        content["seconds"] = max(
            content["seconds"], math.ceil(together["seconds"] / requests / SECONDS) * SECONDS
        )
        content["efforts"][effort] = {
            "doctor": together["doctor"],
            "fixtures": together["fixtures"],
            "checks": checks,
        }
    # A check a line.
    text = re.sub(
        r"\{[^{}]*\}", lambda found: json.dumps(json.loads(found[0])), json.dumps(content, indent=1)
    )
    return text + "\n"


def _in_process(effort: str, way: str) -> dict[str, Any]:
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run(  # noqa: S603 - this module
            [sys.executable, __file__, effort, way, file.name], check=True, stdout=sys.stderr
        )
        found: dict[str, Any] = json.loads(Path(file.name).read_text("utf-8"))
    return found


def main() -> None:
    """Measure one run, and leave what it took in a file."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("effort", choices=list(Effort))
    parser.add_argument("way", choices=WAYS)
    parser.add_argument("file", type=Path)
    told = parser.parse_args()
    told.file.write_text(json.dumps(measured(told.effort, told.way)), "utf-8")


if __name__ == "__main__":
    main()
