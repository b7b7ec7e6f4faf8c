"""What was only to be observed (INFO) and was not: no report puts it above a failure, and none makes it a next step."""

import re
from collections.abc import Callable

import pytest

from conformance.report.annotations import annotations
from conformance.report.content import causes, remedies, selection
from conformance.report.html.page import compliance_page, compliance_part
from conformance.report.markdown.summary import summary
from conformance.report.text.terminal import table
from conformance.requirements import ALL, BY_ID, Level
from conformance.results import Results, compose
from conformance.results.verdicts import Finding, Outcome
from tests.support.hostile_results import FACTS, evidence

FAILED, WARNED = "token.header-wins", "cors.vary"
GAP = "needs a token that the store revoked: pass --revoked-token T"
SLOW = "the target refuses requests: run with --max-rate N"
FORMATS: dict[str, Callable[[Results], str]] = {
    "page": compliance_page,
    "part": compliance_part,
    "summary": summary,
    "terminal": lambda results: "\n".join(table(results)),
}


def results(*, reason: str = GAP, fails: bool = True, gap: str = "") -> Results:
    """Return results in which every INFO requirement, or one requirement, has a gap; two others fail."""
    findings = []
    for one in ALL:
        if one.id in {FAILED, WARNED} and fails:
            findings.append(Finding(one.id, "test_it", Outcome.BROKE, evidence=[evidence()]))
        elif one.id == gap or (not gap and one.level is Level.INFO):
            findings.append(Finding(one.id, "test_it", Outcome.NOT_JUDGED, reason))
        else:
            findings.append(Finding(one.id, "test_it", Outcome.HELD))
    return compose(FACTS, findings)


@pytest.mark.parametrize("name", FORMATS)
def test_every_failure_stands_above_every_gap(name: str) -> None:
    text = re.sub(r"<style>.*?</style>", "", FORMATS[name](results()), flags=re.DOTALL)

    gap = text.index("--revoked-token")
    assert max(text.index(FAILED), text.index(WARNED)) < gap


def test_no_annotation_is_about_a_gap() -> None:
    assert "revoked" not in "\n".join(annotations(results()))


@pytest.mark.parametrize("fails", [True, False])
@pytest.mark.parametrize("reason", [GAP, SLOW])
def test_a_gap_is_no_reason_and_no_next_step(reason: str, *, fails: bool) -> None:
    said = results(reason=reason, fails=fails)

    shown = [
        *(cause.why for cause in causes.causes(said)),
        *(f"{step.text} {step.command}" for step in causes.next_steps(said)),
    ]
    assert not [text for text in shown if "revoked" in text or "--max-rate" in text]
    assert remedies.missing_options(said) == []


def test_a_gap_of_a_requirement_that_is_judged_is_a_next_step() -> None:
    said = results(gap="token.query-accepted", fails=False)

    assert remedies.missing_options(said) == ["--revoked-token T"]


def test_reasons_with_a_must_come_first_among_what_was_not_judged() -> None:
    must = next(one for one in reversed(ALL) if one.level is Level.MUST)
    info = next(one for one in ALL if one.level is Level.INFO)
    assert ALL.index(info) < ALL.index(must)
    findings = [Finding(one.id, "test_it", Outcome.NOT_JUDGED, f"why {one.level}") for one in (info, must)]

    groups = selection.not_judged(compose(FACTS, findings))

    named = [BY_ID[group.items[0]["id"]].level for group in groups if group.reason.startswith("why")]
    assert named == [Level.MUST, Level.INFO]
