"""Says what a requirement still lacks, and then tries it: ``make requirement ID=token.header-wins``."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance import reference
from conformance.mutants.coverage import mutants_of
from conformance.requirements import Level, Requirement, UnknownRequirement, find
from conformance.requirements.advice import advice_on
from conformance.results.verdicts import Verdict
from tests.support.runs import judge
from tools.checks import checks_of
from tools.documents import ROOT

KILL_MATRIX = ROOT / "tests" / "mutants" / "test_kill_matrix.py"
EACH = f"{KILL_MATRIX}::test_a_mutant_turns_its_requirements_red_and_no_other"


def lacking(requirement: Requirement) -> Iterator[str]:
    """Yield what has to be written for a requirement, with the file that it belongs in."""
    chapter = requirement.chapter
    if not checks_of(requirement):
        yield f"a check: a function with @covers(…) in conformance/suite/test_{chapter}.py"
    if requirement.level is Level.INFO:
        return
    if not mutants_of(requirement):
        yield f"a mutant: a class with @mutant(…) in conformance/mutants/{chapter}.py"
    if advice_on(requirement) is None:
        yield "advice: an Advice in conformance/requirements/advice/"


def tried(requirement: Requirement) -> int:
    """Judge the reference by a requirement, then its mutants by all of them; return 0 if each run ends as it should."""
    with reference.Server() as server, tempfile.TemporaryDirectory() as folder:
        judged = judge(server, Path(folder), [requirement])
    verdict = judged.verdict(requirement)
    sys.stdout.write(f"the reference: {requirement.id} is {verdict}\n")
    if verdict not in {Verdict.HELD, Verdict.OBSERVED}:
        sys.stdout.write(judged.output)
        return 1
    names = [f"{EACH}[{mutant.name}]" for mutant in mutants_of(requirement)]
    return int(pytest.main(["--quiet", "-m", "kill_matrix", *names])) if names else 0


def main() -> int:
    """Print what is missing, or try the requirement where nothing is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("id", metavar="ID")
    try:
        requirement = find(parser.parse_args().id)
    except UnknownRequirement as error:
        parser.error(str(error))
    missing = list(lacking(requirement))
    if missing:
        sys.stdout.write("".join(f"{requirement.id} needs {one}\n" for one in missing))
        return 1
    return tried(requirement)


if __name__ == "__main__":
    raise SystemExit(main())
