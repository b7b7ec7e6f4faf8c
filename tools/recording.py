"""Judges the mutants that break the same requirements as others, and records which of their checks fail: ``make signatures``."""

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from conformance import reference
from conformance.mutants import Mutant
from conformance.report.content import diagnosis
from conformance.requirements import Needs
from conformance.results import Results
from tests.support.runs import judge
from tools.signatures import FILE, declared, tied_mutants

MOST_CHECKS = 24
"""Checks of one mutant that are recorded."""
QUICKLY = ("--patience=1", "--capture=no")


def judged(mutant: Mutant, *options: str) -> Results:
    """Judge a mutant by its own requirement."""
    with tempfile.TemporaryDirectory() as folder, reference.Server(mutant.rules, delay=0.005) as server:
        return judge(server, Path(folder), (mutant.breaks,), *mutant.options, *QUICKLY, *options).results


def checks_of(mutant: Mutant) -> dict[str, str]:
    """Return the failed checks of a mutant, at most ``MOST_CHECKS``; those of a standard run if a quick one finds none."""
    for effort in ("quick", "standard"):
        results = judged(mutant, f"--effort={effort}")
        item = next(one for one in results["requirements"] if one["id"] == mutant.breaks.id)
        failed = diagnosis.failed_checks([item])
        if item["verdict"] in {"violated", "warned"}:
            return dict(list(failed.items())[:MOST_CHECKS])
    return {}


def main() -> None:
    """Record the mutants, and write the file."""
    found = {one.name: one for one in declared()}
    for mutant in tied_mutants():
        if mutant.breaks.needs is not Needs.BROWSER:
            found[mutant.name] = replace(found[mutant.name], checks=checks_of(mutant))
            sys.stdout.write(f"{mutant.name}: {len(found[mutant.name].checks)} checks\n")
    FILE.write_text(diagnosis.as_json(found.values()), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
