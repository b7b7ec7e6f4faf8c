"""Requirement sets: a frozen one never changes, and later requirements are provisional in it."""

import hashlib
import json
from dataclasses import replace

import pytest

from conformance import results
from conformance.report.html.page import compliance_page
from conformance.report.markdown.summary import summary
from conformance.report.text.failure import failure_block
from conformance.requirements import ALL, BY_ID, Level, Requirement, sets, token
from conformance.requirements.model import FIRST_SET, Basis, stated
from conformance.results import file
from conformance.results.derivation import contradiction
from conformance.results.verdicts import Finding, Outcome
from tests.support.hostile_results import FACTS, FINDINGS, evidence
from tools import documents

LATER = "2027-05"
NEW = stated("token.new-clause", "Authentication", "A new sentence.", since=LATER)
BEFORE = results.compose(FACTS, FINDINGS)
FROZEN = dict(line.split() for line in documents.FROZEN.read_text("utf-8").splitlines())


def test_the_newest_set_is_the_one_that_a_run_judges_by() -> None:
    assert sets.find_set().name == sets.names()[-1]
    assert sets.names()[0] == FIRST_SET


@pytest.mark.parametrize("name", sets.names())
def test_a_frozen_set_has_the_digest_with_which_it_was_frozen(name: str) -> None:
    text = (documents.SETS / f"{name}.json").read_bytes()

    assert sets.find_set(name).digest == hashlib.sha256(text).hexdigest()
    assert sets.find_set(name).digest == FROZEN.get(name, sets.find_set(name).digest), (
        "a frozen set is not edited"
    )


@pytest.mark.parametrize("name", sets.names())
def test_every_requirement_of_a_set_is_known_or_withdrawn(name: str) -> None:
    assert set() == sets.find_set(name).requirements.keys() - BY_ID.keys() - sets.errata().keys()


def test_every_requirement_counts_from_a_set_that_has_it_or_from_a_later_one() -> None:
    missing = [
        one.id
        for one in ALL
        if one.since in sets.names() and sets.find_set(one.since).level_of(one.id) is None
    ]

    assert missing == [], "run make docs; if the set is frozen, write since= and the name of the next set"


def test_a_withdrawn_requirement_is_gone() -> None:
    assert set() == sets.errata().keys() & BY_ID.keys()


def test_an_unknown_set_is_refused_with_the_known_ones() -> None:
    with pytest.raises(
        sets.UnknownSet, match=f"1999-01: this version has no such requirement set; it has {FIRST_SET}"
    ):
        sets.find_set("1999-01")


def test_the_requirements_of_the_newest_set_are_judged_as_they_stand() -> None:
    assert all(a is b for a, b in zip(sets.in_force(sets.find_set()), ALL, strict=True))


def test_a_later_must_is_provisional_in_an_older_set() -> None:
    (judged,) = sets.in_force(sets.find_set(FIRST_SET), [NEW])

    assert judged == replace(NEW, level=Level.SHOULD, provisional=True)


def _set_with(requirement: Requirement) -> sets.RequirementSet:
    text = sets.content_of(FIRST_SET, [requirement])
    return sets.RequirementSet(FIRST_SET, "", json.loads(text)["requirements"])


def test_what_is_made_stricter_waits_and_what_is_made_easier_counts_at_once() -> None:
    must = token.HEADER_WINS
    should = replace(must, level=Level.SHOULD)
    inferred = replace(should, basis=Basis.INFERRED)

    assert sets.in_force(_set_with(should), [must]) == (should,)
    assert sets.in_force(_set_with(inferred), [must]) == (inferred,)
    assert sets.in_force(_set_with(must), [inferred]) == (inferred,)
    assert sets.in_force(_set_with(must), [must]) == (must,)


def test_a_set_lists_what_counts_from_it_or_earlier() -> None:
    assert list(json.loads(sets.content_of(FIRST_SET, [NEW]))["requirements"]) == []
    assert list(json.loads(sets.content_of(LATER, [NEW, token.HEADER_WINS]))["requirements"]) == [
        NEW.id,
        "token.header-wins",
    ]


@pytest.fixture
def with_a_new_must(monkeypatch: pytest.MonkeyPatch) -> results.Results:
    monkeypatch.setattr(file, "in_force", lambda chosen: sets.in_force(chosen, [*ALL, NEW]))
    broken = Finding(NEW.id, "test_new", Outcome.BROKE, "it failed", evidence=[evidence()])
    return results.compose(FACTS, [*FINDINGS, broken])


def test_a_new_must_changes_no_verdict_of_an_older_set(with_a_new_must: results.Results) -> None:
    item = with_a_new_must["requirements"][-1]

    assert (item["verdict"], item["level"], item["provisional"]) == ("warned", "SHOULD", LATER)
    assert with_a_new_must["requirements"][:-1] == BEFORE["requirements"]
    for name in ("verdict", "classes", "exit_status"):
        assert with_a_new_must[name] == BEFORE[name]
    assert contradiction(with_a_new_must) == ""


def test_reports_say_from_which_set_a_provisional_requirement_counts(
    with_a_new_must: results.Results,
) -> None:
    item = with_a_new_must["requirements"][-1]
    said = f"SHOULD, counts from {LATER}"

    assert said in compliance_page(with_a_new_must)
    assert said in summary(with_a_new_must)
    assert said in failure_block(item, item["findings"][0])
