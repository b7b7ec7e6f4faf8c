"""junit.xml: valid by the common schema, red only for violations, and never green for a requirement that was not judged."""

from dataclasses import asdict, replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema

from conformance.report.junit import junit
from conformance.report.text.failure import failure_block
from conformance.requirements import ALL, BY_ID
from conformance.results import Results, compose
from conformance.results.verdicts import Outcome
from tests.support.hostile_results import (
    FACTS,
    FINDINGS,
    HOSTILE,
    MANY,
    dead,
    everything,
    evidence,
    finding,
    held,
)

SCHEMA = xmlschema.XMLSchema10(Path(__file__).with_name("junit-10.xsd"))
"""The schema of Jenkins' xUnit plugin, copied from pytest's tests; its licence is at its top."""
ACTIVE = (
    "nul \0, bell \a, escape \x1b[31m, C1 \x9b, RTL \u202e, isolate \u2066, none \ufffe \uffff, half \ud800"
)
FAULT = finding(
    "token.header-accepted",
    Outcome.SUITE_FAULT,
    reason="ZeroDivisionError: a bug <b>",
    traceback="Traceback:\n  test_token.py:7\n",
)


def _runs() -> dict[str, Results]:
    acting = evidence(f"{HOSTILE} {ACTIVE}", because=ACTIVE, example=ACTIVE)
    return {
        "everything": everything(),
        "dead": dead(),
        "fault": compose(replace(FACTS, faults=("test_batch.py cannot be loaded", ACTIVE)), [FAULT]),
        "all-wrong": compose(FACTS, [finding(one.id, Outcome.BROKE, evidence=[acting]) for one in ALL]),
        "unstable": compose(FACTS, [finding(one.id, Outcome.UNSTABLE, reason=ACTIVE) for one in ALL]),
    }


RUNS = _runs()


def _suites(results: Results) -> dict[str, ET.Element]:
    return {suite.get("name", ""): suite for suite in ET.fromstring(junit(results))}


def _only(suite: ET.Element, path: str) -> ET.Element:
    (element,) = suite.findall(path)
    return element


@pytest.mark.parametrize("results", RUNS.values(), ids=RUNS.keys())
def test_it_is_valid_by_the_common_schema(results: Results) -> None:
    SCHEMA.validate(junit(results))


@pytest.mark.parametrize("results", RUNS.values(), ids=RUNS.keys())
def test_the_document_has_no_active_characters(results: Results) -> None:
    text = junit(results)

    assert {character for character in text if not character.isprintable()} == {"\n"}
    assert ET.fromstring(text).tag == "testsuites"


@pytest.mark.parametrize("results", RUNS.values(), ids=RUNS.keys())
def test_its_counts_match_its_test_cases(results: Results) -> None:
    root = ET.fromstring(junit(results))
    for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
        assert root.get(name) == str(len(list(root.iter(tag))))
        for suite in root:
            assert suite.get(name) == str(len(list(suite.iter(tag))))
    for suite in root:
        assert suite.get("skipped") == str(len(list(suite.iter("skipped"))))


def test_every_requirement_is_a_suite_with_its_properties() -> None:
    results = everything()
    suites = _suites(results)

    assert list(suites) == [*(one.id for one in ALL), "doctor"]
    for item in results["requirements"]:
        properties = {
            each.get("name"): each.get("value") for each in suites[item["id"]].findall("properties/property")
        }
        if item["findings"]:
            assert f"suite/test_{item['chapter']}.py" == properties.pop("file")
        assert properties == {name: item[name] for name in properties}
        assert properties.keys() >= {"id", "level", "class", "basis", "verdict"}


def test_a_violation_is_a_failure_with_expected_and_got() -> None:
    failures = _suites(everything())["token.header-wins"].findall("testcase/failure")
    violated = next(one for one in FINDINGS if one.requirement == "token.header-wins")

    assert len(failures) == MANY
    assert failures[0].get("message") == f"expected: status 401; got: {HOSTILE} number 0"
    assert failures[0].get("type") == "violated"
    block = failure_block(asdict(BY_ID["token.header-wins"]), violated.to_json())
    assert failures[0].text == block


@pytest.mark.parametrize(
    ("requirement", "message"),
    [
        ("token.header-wins", "unstable: once no, once yes"),
        ("token.compared-by-case", "warned: expected: status 401; got: status 204, empty body"),
        ("token.missing-refused", f"unstable: once 201; then it held {HOSTILE}"),
        ("token.header-names-the-store", "not-judged: needs a second store's token: pass --other-token T"),
        ("cors.vary", "not-judged: not selected in this run"),
    ],
)
def test_other_verdicts_than_held_and_violated_are_skipped_with_a_reason(
    requirement: str, message: str
) -> None:
    skipped = _only(_suites(everything())[requirement], "testcase/skipped")

    assert skipped.get("message") == message


def test_held_and_observed_checks_pass() -> None:
    for requirement in ("token.header-accepted", "token.empty-header", "token.repeated-parameter"):
        assert len(_only(_suites(everything())[requirement], "testcase")) == 0


def test_nothing_is_green_if_nothing_was_judged() -> None:
    suites = _suites(dead())
    del suites["doctor"]
    for suite in suites.values():
        assert "no reply" in (_only(suite, "testcase/skipped").get("message") or "")


def test_a_fault_of_the_suite_is_an_error_and_not_a_failure() -> None:
    suites = _suites(RUNS["fault"])
    error = _only(suites["token.header-accepted"], "testcase/error")

    assert error.get("message") == "ZeroDivisionError: a bug <b>"
    assert error.text == "Traceback:\n  test_token.py:7\n"
    assert "test_batch.py cannot be loaded" in {
        each.get("message") for each in suites["suite"].findall("testcase/error")
    }


def test_its_times_are_the_times_of_the_run() -> None:
    timed = [
        replace(held("token.header-accepted"), seconds=0.25),
        replace(held("token.header-accepted"), seconds=1),
    ]
    root = ET.fromstring(junit(compose(FACTS, timed)))

    assert root.get("time") == "61.000"
    assert root[0].get("time") == "1.250"
    assert root[0].get("timestamp") == FACTS.started
    assert [each.get("time") for each in root[0].findall("testcase")] == ["0.250", "1.000"]
