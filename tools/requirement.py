"""Says what a requirement still lacks, and then tries it: ``make requirement ID=token.header-wins``."""

import argparse
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance import reference
from conformance.mutants.coverage import mutants_of
from conformance.requirements import Basis, Level, Requirement, UnknownRequirement, find
from conformance.requirements.advice import advice_on
from conformance.requirements.published import sources_of
from conformance.requirements.sets import find_set
from conformance.results.verdicts import Verdict
from tests.support.runs import judge
from tools.checks import checks_of
from tools.documents import ROOT, open_sets

SNAPSHOT = ROOT / "tests" / "suite" / "snapshots" / "reference.txt"
ADVICE = ROOT / "conformance" / "requirements" / "advice"
KILL_MATRIX = ROOT / "tests" / "mutants" / "test_kill_matrix.py"
EACH = f"{KILL_MATRIX}::test_a_mutant_turns_its_requirements_red_and_no_other"


def lacking(requirement: Requirement) -> Iterator[str]:
    """Yield what has to be written for a requirement, with the file that it belongs in."""
    chapter = requirement.chapter
    if requirement.basis is not Basis.SILENT:
        for source in sources_of(requirement.source):
            if not source.address:
                yield f"an address: a Source named {source.name!r} in conformance/requirements/published.py"
    if requirement.since not in open_sets() and find_set(requirement.since).level_of(requirement.id) is None:
        yield f"since= with the name of an open set, because {requirement.since} is frozen: docs/contract.md"
    if not checks_of(requirement):
        yield f"a check: a function with @covers(…) in conformance/suite/test_{chapter}.py"
    if f"{requirement.id}: " not in SNAPSHOT.read_text("utf-8"):
        yield "its lines in tests/suite/snapshots/: make snapshots writes them, once it has a check"
    if requirement.level is Level.INFO:
        return
    if not mutants_of(requirement):
        yield f"a mutant: a class with @mutant(…) in conformance/mutants/{chapter}.py"
    if advice_on(requirement) is None:
        yield f"advice: an Advice in a module of conformance/requirements/advice/, such as {_advice_module(chapter)}"


def _advice_module(chapter: str) -> str:
    """Return the module that has the advice on most requirements of a chapter."""
    modules = Counter(
        path.name
        for path in ADVICE.glob("*.py")
        for _ in re.finditer(rf"\b{chapter}\.[A-Z]", path.read_text("utf-8"))
    )
    return max(modules, key=modules.__getitem__, default="a new one")


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
