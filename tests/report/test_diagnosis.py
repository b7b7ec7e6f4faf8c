"""The diagnosis: how often a mutant's own name comes first, and what is not diagnosed. A guess is never a verdict."""

import random
from dataclasses import replace
from typing import Any

import pytest

from conformance.report.annotations import annotations
from conformance.report.content import causes, diagnosis
from conformance.report.content.diagnosis import Seen, Signature, ranked, signatures
from conformance.report.content.guesses import NO_VERDICT, guesses
from conformance.report.formats import FORMATS
from conformance.report.text.terminal import table
from conformance.requirements import ALL, Level
from conformance.results import Results, compose
from conformance.results.verdicts import Finding, Outcome
from tests.support.hostile_results import FACTS, evidence
from tests.support.html import Document, flat
from tools.checks import checks

JUDGED = frozenset(one.id for one in ALL if one.level is not Level.INFO)
PARTS = (0.0, 0.3, 0.6)
"""How many of the requirements that a mutant may break are red, as a part of all."""


def seen(part: float, rng: random.Random, *mutants: Signature) -> Seen:
    """Return what a run of a target with these mistakes shows."""
    red: set[str] = set()
    checks: dict[str, dict[str, str]] = {}
    for one in mutants:
        red |= {one.breaks, *one.surely} | {name for name in sorted(one.possibly) if rng.random() < part}
        checks.setdefault(one.breaks, {}).update(one.checks)
    return Seen(frozenset(red), JUDGED - red, checks)


@pytest.mark.parametrize("part", PARTS)
def test_a_mutant_s_own_name_comes_first_for_80_and_in_the_first_three_for_95_of_100(part: float) -> None:
    rng = random.Random(1)  # noqa: S311 - no secret
    first = third = 0
    for one in signatures():
        names = [other.name for _, other in ranked(seen(part, rng, one))[:3]]
        first += names[0] == one.name
        third += one.name in names

    assert first / len(signatures()) >= 0.80
    assert third / len(signatures()) >= 0.95


def test_of_a_pair_of_mutants_both_are_found_for_85_of_100() -> None:
    rng = random.Random(2)  # noqa: S311 - no secret
    both = one = 0
    for _ in range(200):
        pair = rng.sample(signatures(), 2)
        shown = seen(0.3, rng, *pair)
        order = [other for _, other in ranked(shown)]
        left = shown.red - order[0].surely - order[0].possibly
        names = {other.name for other in order[:3]}
        names |= {other.name for _, other in ranked(replace(shown, red=left))[:3]} if left else set()
        found = [mutant.name in names for mutant in pair]
        one, both = one + any(found), both + all(found)

    assert one / 200 >= 0.95
    assert both / 200 >= 0.85


def test_what_a_quick_run_does_not_send_says_nothing_against_a_mistake() -> None:
    slow = [one for one in signatures() if one.slow and one.red - one.slow]
    rng = random.Random(3)  # noqa: S311 - no secret
    third = sum(one.name in [other.name for _, other in ranked(seen(0.0, rng, one))[:3]] for one in slow)

    assert slow
    assert third / len(slow) >= 0.9


def test_a_mistake_whose_own_requirement_is_not_red_is_not_named() -> None:
    red = frozenset({"token.header-wins", "token.refused-ingests-nothing"})
    names = ranked(Seen(red, JUDGED - red, {}))

    assert names
    assert {one.breaks for _, one in names} <= red


def test_a_check_that_was_not_judged_says_nothing_against_a_mistake() -> None:
    one = next(one for one in signatures() if len(one.checks) > 3)
    own = dict(list(one.checks.items())[:2])
    rest = frozenset(one.checks) - own.keys()
    quick = Seen(one.surely, JUDGED - one.surely, {one.breaks: own}, {one.breaks: frozenset()})
    other = replace(quick, passed={one.breaks: rest})

    scores = [{found.name: score for score, found in ranked(which)}[one.name] for which in (quick, other)]
    assert scores[0] > scores[1]


def test_every_check_of_a_signature_is_in_the_suite() -> None:
    known = {check.function.__name__ for check in checks()}
    named = {name.partition("[")[0] for one in signatures() for name in one.checks}

    assert sorted(named - known) == []


def test_a_signature_is_of_a_run_in_which_its_own_requirement_was_red() -> None:
    recorded = [one for one in signatures() if one.red]

    assert len(recorded) > 300
    assert [one.name for one in recorded if one.breaks not in one.red or not one.checks] == []


def _found(identifier: str, got: str, check: str = "test_x") -> Finding:
    return Finding(identifier, check, Outcome.BROKE, met=0, evidence=[evidence(got)])


def results_of(red: dict[str, str], **facts: Any) -> Results:
    """Return results in which these requirements are red with what was got, and the others are held."""
    held = [Finding(one.id, "test_y", Outcome.HELD, met=1) for one in ALL if one.id not in red]
    around = replace(FACTS, doctor=[], **facts)
    return compose(around, [*held, *[_found(name, got) for name, got in red.items()]])


def of_mutant(name: str, **more: str) -> Results:
    """Return the results of a run of a mutant."""
    return results_of(dict.fromkeys(known(name).surely, "status 422, body {}") | more)


def known(name: str) -> Signature:
    return next(one for one in signatures() if one.name == name)


NAME = "one-invalid-event-refuses-the-batch"
RED = len(known(NAME).surely)


def test_a_known_mistake_is_named_with_how_much_it_explains() -> None:
    (guess,) = guesses(of_mutant(NAME))

    assert guess.name == NAME
    assert guess.explains == f"explains {RED} of {RED}"
    assert guess.mistake == "One invalid event refuses the whole batch."
    assert guess.requirement == "events.invalid-event-keeps-batch"
    assert guess.fixes


def test_the_requirement_to_begin_with_is_that_of_the_mistake() -> None:
    first = causes.begin_with(of_mutant(NAME))

    assert first is not None
    assert first["id"] == "events.invalid-event-keeps-batch"


def test_what_fails_in_the_same_way_is_no_second_mistake() -> None:
    (guess,) = guesses(of_mutant(NAME, **{"token.header-accepted": "status 422, body x"}))

    assert guess.explains == f"explains {RED} of {RED + 1}"


def test_what_fails_in_another_way_is_a_second_mistake() -> None:
    first, second = guesses(of_mutant(NAME, **{"token.header-wins": "status 201, body null"}))

    assert (first.name, second.requirement) == (NAME, "token.header-wins")


def test_a_run_in_which_nothing_fails_looks_like_nothing() -> None:
    assert guesses(results_of({})) == []


def test_failures_that_no_mistake_explains_well_look_like_nothing() -> None:
    names = sorted(JUDGED)[::9]

    assert guesses(results_of({name: f"odd answer {place}" for place, name in enumerate(names)})) == []


def test_a_run_of_a_part_of_the_suite_looks_like_nothing() -> None:
    part = compose(replace(FACTS, doctor=[]), [_found("token.header-wins", "status 201, body null")])

    assert guesses(part) == []


def test_a_wrong_option_is_not_taken_for_a_mistake_of_the_target() -> None:
    content = of_mutant(NAME)
    warned = {"step": "origin", "result": "warning", "tried": "x", "observed": "y", "advice": "z"}

    assert guesses({**content, "doctor": [warned]}) == []


def test_every_report_says_that_it_is_a_guess() -> None:
    content = of_mutant(NAME)
    page = flat(Document(FORMATS["compliance.html"](content)).text)
    terminal = " ".join(" ".join(table(content)).split())

    assert NO_VERDICT in page
    assert page.index("One invalid event refuses the whole batch") < page.index("What to do next")
    assert NO_VERDICT in FORMATS["summary.md"](content)
    assert f"looks like {NAME} (explains {RED} of {RED})" in terminal
    assert "a guess, and not a verdict" in terminal
    assert any(NO_VERDICT in line and NAME in line for line in annotations(content))


def test_it_changes_no_verdict() -> None:
    content = of_mutant(NAME)

    assert content == of_mutant(NAME)
    assert {item["verdict"] for item in content["requirements"]} == {"held", "violated", "warned", "observed"}


def test_a_signature_has_no_identifier_of_a_run_in_it() -> None:
    assert diagnosis.steady("event 01HZX3KQ8T6M5B1YV0R9WJ2N4C at 1700000000") == "event # at #"
