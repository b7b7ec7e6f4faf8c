"""Every mutant is caught by the requirement that it breaks, and by no unrelated one: `make kill-matrix`.

The mutants of chapter browser have a matrix of their own.
"""

from pathlib import Path

import pytest

from conformance import reference
from conformance.mutants import ALL, Mutant
from conformance.mutants.coverage import JUDGED
from conformance.mutants.crosstalk import REASONS, why
from conformance.requirements import Level, Needs, Requirement, robustness
from conformance.results.verdicts import Verdict
from tests.support.runs import SUITE, Judged, judge, verdicts_alone
from tools import matrix

README = Path(__file__).parents[2] / "README.md"
RED = {Verdict.VIOLATED, Verdict.WARNED, Verdict.UNSTABLE}
CAUGHT = {Level.MUST: Verdict.VIOLATED, Level.SHOULD: Verdict.WARNED}
OWN = f"--ignore={SUITE / 'test_openapi.py'}"
"""Only our own checks: Schemathesis takes longer than all of them, and has its own tests."""
QUICKLY = ("--capture=no", "--patience=1")
BY_SCHEMATHESIS = (robustness.NO_SERVER_ERROR, robustness.SECOND_OPINION)


def _red(judged: Judged) -> dict[str, str]:
    return {item["id"]: item["verdict"] for item in judged.results["requirements"] if item["verdict"] in RED}


def _judged(mutant: Mutant, directory: Path, requirements: tuple[Requirement, ...], *options: str) -> Judged:
    with reference.Server(mutant.rules, delay=0.005) as server:
        # A mutant's events are often missing, so the run waits for them less long than for a correct target's.
        return judge(server, directory, requirements, *QUICKLY, *mutant.options, *options)


@pytest.mark.kill_matrix
@pytest.mark.parametrize(
    "mutant", [pytest.param(one, id=one.name) for one in ALL if one.breaks.needs is not Needs.BROWSER]
)
def test_a_mutant_turns_its_requirements_red_and_no_other(
    mutant: Mutant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdicts_alone(monkeypatch)
    expected = (mutant.breaks, *mutant.also)
    judged = _judged(mutant, tmp_path, JUDGED, "--effort=quick", OWN)
    red, output = _red(judged), judged.output
    missing = tuple(one for one in expected if one.id not in red or red[one.id] == Verdict.UNSTABLE)
    if missing:
        second = [] if any(one in BY_SCHEMATHESIS for one in missing) else [OWN]
        judged = _judged(mutant, tmp_path, missing, *second)
        red, output = red | _red(judged), output + judged.output

    survived = [one.id for one in expected if one.id not in red]
    unrelated = sorted(red.keys() - {one.id for one in (*expected, *mutant.perhaps)})
    assert not survived + unrelated, f"survived: {survived}, unrelated: {unrelated}\n{output}"
    assert red[mutant.breaks.id] == CAUGHT[mutant.breaks.level], output


def test_every_requirement_that_a_mutant_also_breaks_has_a_reason() -> None:
    pairs = {
        (mutant.breaks.id, also.id)
        for mutant in ALL
        for also in (*mutant.also, *mutant.perhaps)
        if not why(mutant.breaks, also)
    }

    assert sorted(pairs) == []


def test_every_reason_is_used() -> None:
    needed = {why(mutant.breaks, also) for mutant in ALL for also in (*mutant.also, *mutant.perhaps)}

    assert [one.reason for one in REASONS if one.reason not in needed] == []


def test_every_requirement_that_is_judged_has_a_mutant() -> None:
    broken = {mutant.breaks for mutant in ALL}

    assert [one.id for one in JUDGED if one not in broken] == []


def test_the_readme_states_the_figures() -> None:
    assert matrix.figures() in README.read_text("utf-8")
