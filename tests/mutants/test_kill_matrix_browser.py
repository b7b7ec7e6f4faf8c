"""Every mutant of chapter browser turns its requirement red in a real browser: `make kill-matrix-browser`."""

from pathlib import Path

import pytest

from conformance import reference
from conformance.mutants import ALL, Mutant
from conformance.mutants.browser import WITNESSES
from conformance.mutants.coverage import JUDGED
from conformance.reference import Rules
from conformance.requirements import Level, Needs, Requirement
from conformance.results.verdicts import Verdict
from tests.support.browser import EXECUTABLE
from tests.support.runs import Judged, judge, verdicts_alone

OF_PAGES = tuple(one for one in JUDGED if one.needs is Needs.BROWSER)
MUTANTS = [one for one in ALL if one.breaks.needs is Needs.BROWSER]
PAIRS = [(requirement, rules) for requirement, every in WITNESSES.items() for rules in every]
RED = {Verdict.VIOLATED, Verdict.WARNED, Verdict.UNSTABLE}
CAUGHT = {Level.MUST: Verdict.VIOLATED, Level.SHOULD: Verdict.WARNED}

needs_chromium = pytest.mark.skipif(
    EXECUTABLE is None, reason="Chromium is not installed: apt-get install chromium"
)


def _in_a_browser(rules: type[Rules], directory: Path, *options: str) -> Judged:
    with reference.Server(rules, delay=0.005) as server:
        return judge(server, directory, OF_PAGES, "--browser=auto", "--patience=1", *options)


def _red(judged: Judged) -> dict[str, str]:
    return {item["id"]: item["verdict"] for item in judged.results["requirements"] if item["verdict"] in RED}


@needs_chromium
@pytest.mark.kill_matrix
@pytest.mark.parametrize("mutant", [pytest.param(one, id=one.name) for one in MUTANTS])
def test_a_mutant_turns_its_requirements_red_in_a_browser_and_no_other(
    mutant: Mutant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdicts_alone(monkeypatch)
    judged = _in_a_browser(mutant.rules, tmp_path, *mutant.options)
    red = _red(judged)

    assert red.keys() == {one.id for one in (mutant.breaks, *mutant.also)}, judged.output
    assert red[mutant.breaks.id] == CAUGHT[mutant.breaks.level], judged.output


@needs_chromium
@pytest.mark.kill_matrix
@pytest.mark.parametrize(
    ("requirement", "rules"),
    [pytest.param(*pair, id=f"{pair[0].id}-{pair[1].__name__}") for pair in PAIRS],
)
def test_a_browser_shows_what_the_header_checks_find(
    requirement: Requirement, rules: type[Rules], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    verdicts_alone(monkeypatch)
    judged = _in_a_browser(rules, tmp_path, "--connections=1")

    assert judged.verdict(requirement) is CAUGHT[requirement.level], judged.output
