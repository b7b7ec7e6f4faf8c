"""Judges a target in this process, with the suite's command as a user runs it."""

import contextlib
import gc
import io
import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import Phase

from conformance import expect, reference, results
from conformance.cli import main as command
from conformance.cli.run import PACKAGE
from conformance.plugin import results as plugin_results
from conformance.report.text.progress import ALSO
from conformance.requirements import Requirement
from conformance.results.verdicts import Verdict
from conformance.runner import hypothesis_profile

SUITE = PACKAGE / "suite"
NEEDLESS = ("html", "junitxml", "logging", "unraisableexception", "threadexception", "faulthandler")
"""Plugins of pytest that a run within a test can do without; some collect garbage for half a second."""
RUNS = itertools.count(1)
TIDIED = 16
"""After so many runs in one process, what they have left is collected: that takes as long as half a run."""


@dataclass(frozen=True)
class Judged:
    """The result of a run."""

    status: int
    output: str
    results: results.Results

    def verdict(self, requirement: Requirement) -> Verdict:
        """Return the verdict of one requirement."""
        found = next(item for item in self.results["requirements"] if item["id"] == requirement.id)
        return Verdict(found["verdict"])


def run(*options: str) -> tuple[int, str]:
    """Run ``beacon-conformance run`` and return its exit status and output."""
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
        status = command(["run", "--color=no", *options])
    if next(RUNS) % TIDIED == 0:
        gc.collect()  # a run freezes what it finds, and with it what an earlier one has left
    return status, output.getvalue()


def verdicts_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have runs look for no smallest example, keep no evidence of what held, and write no page: nobody would read it."""
    monkeypatch.setattr(hypothesis_profile, "PHASES", (Phase.explicit, Phase.generate))
    monkeypatch.setattr(expect, "MOST_SHOWN", 0)
    monkeypatch.setattr(plugin_results, "as_text", json.dumps)
    monkeypatch.setattr(plugin_results, "FORMATS", {})


def options_for(server: reference.Server) -> list[str]:
    """Return all options of a run that judges a served reference in every class."""
    return [
        f"--target={server.url}",
        f"--token={reference.TOKEN}",
        f"--other-token={reference.OTHER_TOKEN}",
        f"--revoked-token={reference.REVOKED_TOKEN}",
        f"--origin={reference.ORIGIN}",
        f"--other-origin={reference.OTHER_ORIGIN}",
        f"--other-store-origin={reference.FOREIGN_ORIGIN}",
        f"--observer={server.observer}",
        "--patience=3",
        "--timeout=10",
    ]


def _modules(requirements: Sequence[Requirement]) -> set[str]:
    """Return the suite modules that may check some requirements; the others need not be loaded."""
    chapters = {requirement.chapter for requirement in requirements}
    more = {f"test_{module}" for module, chapter in ALSO.items() if chapter in chapters}
    return {f"test_{chapter}" for chapter in chapters} | more | {"test_openapi"}


def judge(
    server: reference.Server, directory: Path, requirements: Sequence[Requirement] = (), *more: str
) -> Judged:
    """Judge a served reference or mutant by some requirements, or by all."""
    chosen = [f"--requirement={requirement.id}" for requirement in requirements]
    if requirements:
        chosen += [
            f"--ignore={path}" for path in SUITE.glob("test_*.py") if path.stem not in _modules(requirements)
        ]
    quiet = [part for name in NEEDLESS for part in ("-p", f"no:{name}")]
    status, output = run(*options_for(server), f"--report-dir={directory}", *quiet, *chosen, *more)
    written = directory / "results.json"
    assert written.exists(), f"the run ended with status {status} and without results:\n{output}"
    return Judged(status, output, results.read(written))
