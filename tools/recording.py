"""Judges mutants as a user would, and records what a run shows of them: ``make signatures``, or with ``ONLY="NAME…"`` some of them.

A diagnosis compares a run with what is recorded here: which requirements are red, and which checks of its own requirement fail.
"""

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from conformance import mutants, reference
from conformance.reference import Rules
from conformance.report.content import diagnosis, selection
from conformance.report.content.diagnosis import Signature
from conformance.requirements import Needs
from conformance.results import Results
from conformance.results.verdicts import Outcome
from tests.support.runs import judge, verdicts_alone
from tools.signatures import FILE, declared

MOST_CHECKS = 60
"""Checks of one mutant that are recorded."""
MOST_RUNS = 20
"""Runs in one process: each leaves some memory behind. The pool's own limit, max_tasks_per_child, hangs in Python 3.11."""
QUICKLY = ("--patience=1", "--capture=no")


def judged(rules: type[Rules], *options: str) -> Results:
    """Judge a target by every requirement; look for no smallest example, and write no page."""
    with (
        tempfile.TemporaryDirectory() as folder,
        reference.Server(rules, delay=0.005) as server,
        pytest.MonkeyPatch.context() as patch,
    ):
        verdicts_alone(patch)
        return judge(server, Path(folder), (), *QUICKLY, *options).results


@dataclass(frozen=True)
class Recorded:
    """What a run of a mutant shows."""

    name: str
    red: frozenset[str]
    slow: frozenset[str]
    checks: dict[str, str]

    def added_to(self, signature: Signature) -> Signature:
        """Return the mutant's signature with what was recorded."""
        return replace(signature, red=self.red, slow=self.slow, checks=self.checks)


def quick_checks() -> frozenset[str]:
    """Return the checks that a quick run judges."""
    return frozenset(
        finding["check"]
        for item in judged(Rules, "--effort=quick")["requirements"]
        for finding in item["findings"]
        if finding["outcome"] != Outcome.NOT_JUDGED
    )


def record(name: str, quick: frozenset[str]) -> Recorded:
    """Judge a mutant; ``quick`` are the checks that a quick run judges, too."""
    mutant = mutants.find(name)
    red = {
        item["id"]: diagnosis.failed_checks([item])
        for item in selection.having(judged(mutant.rules, *mutant.options), *selection.FAILING)
    }
    slow = frozenset(one for one, failed in red.items() if not failed.keys() & quick)
    own = red.get(mutant.breaks.id, {})
    return Recorded(name, frozenset(red), slow, dict(list(own.items())[:MOST_CHECKS]))


def recorded(names: Sequence[str]) -> Iterator[Recorded]:
    """Record mutants, as many at the same time as there are processors; the first that is done comes first."""
    quick, left, count = quick_checks(), list(names), os.cpu_count() or 1
    while left:
        batch, left = left[: MOST_RUNS * count], left[MOST_RUNS * count :]
        with ProcessPoolExecutor(count, get_context("spawn")) as pool:
            for done in as_completed([pool.submit(record, name, quick) for name in batch]):
                yield done.result()


def main(chosen: Sequence[str]) -> None:
    """Record mutants, and write the file after each, because it takes long."""
    judgeable = [one.name for one in mutants.ALL if one.breaks.needs is not Needs.BROWSER]
    names = [mutants.find(one).name for one in chosen] or judgeable
    found: dict[str, Signature] = {one.name: one for one in declared()}
    for one in recorded(names):
        found[one.name] = one.added_to(found[one.name])
        sys.stdout.write(
            f"{one.name}: {len(one.red)} requirements ({len(one.slow)} slow), {len(one.checks)} checks\n"
        )
        sys.stdout.flush()
        FILE.write_text(diagnosis.as_json(found.values()), "utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
