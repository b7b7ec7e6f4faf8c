from itertools import product

import pytest

from conformance.requirements import BY_ID, Level, Needs, batch, response, token
from conformance.results.verdicts import (
    ClassSummary,
    ExitStatus,
    Finding,
    Outcome,
    RunVerdict,
    Verdict,
    collapse,
    exit_status,
    judge,
    summarise,
    summarise_class,
)

HELD, BROKE, UNSTABLE, NOT_JUDGED, FAULT = Outcome


@pytest.mark.parametrize(
    ("level", "outcome", "expected"),
    [
        (Level.MUST, HELD, Verdict.HELD),
        (Level.MUST, BROKE, Verdict.VIOLATED),
        (Level.MUST, UNSTABLE, Verdict.UNSTABLE),
        (Level.SHOULD, HELD, Verdict.HELD),
        (Level.SHOULD, BROKE, Verdict.WARNED),
        (Level.SHOULD, UNSTABLE, Verdict.UNSTABLE),
        (Level.INFO, HELD, Verdict.OBSERVED),
        (Level.INFO, BROKE, Verdict.OBSERVED),
        (Level.INFO, UNSTABLE, Verdict.OBSERVED),
        *((level, outcome, Verdict.NOT_JUDGED) for level, outcome in product(Level, (NOT_JUDGED, FAULT))),
    ],
)
def test_a_verdict_follows_from_level_and_outcome(level: Level, outcome: Outcome, expected: Verdict) -> None:
    assert expected is judge(level, outcome)


def _finding(outcome: Outcome, requirement: str = "token.header-wins", reason: str = "") -> Finding:
    return Finding(requirement, "test_it", outcome, reason)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([], Verdict.NOT_JUDGED),
        ([HELD, HELD], Verdict.HELD),
        ([HELD, NOT_JUDGED], Verdict.NOT_JUDGED),
        ([HELD, FAULT], Verdict.NOT_JUDGED),
        ([NOT_JUDGED, UNSTABLE, HELD], Verdict.UNSTABLE),
        ([HELD, UNSTABLE, NOT_JUDGED, BROKE], Verdict.VIOLATED),
    ],
)
def test_a_requirement_has_the_verdict_of_its_worst_finding(
    outcomes: list[Outcome], expected: Verdict
) -> None:
    assert expected is collapse(token.HEADER_WINS, [_finding(one) for one in outcomes], "absent").verdict


def test_a_requirement_gives_the_reason_of_its_worst_finding() -> None:
    findings = [_finding(HELD, reason="fine"), _finding(NOT_JUDGED, reason="needs a token")]

    assert collapse(token.HEADER_WINS, findings, "absent").reason == "needs a token"
    assert collapse(token.HEADER_WINS, [], "absent").reason == "absent"


def _class(*verdicts: tuple[str, Outcome]) -> ClassSummary:
    judged = [collapse(BY_ID[name], [_finding(outcome, name)], "") for name, outcome in verdicts]
    return summarise_class(judged, Needs.HTTP, required=True)


MUST, MUST_TOO, SHOULD = token.HEADER_WINS.id, batch.EMPTY_REFUSED.id, response.NULL_JSON.id


def test_a_class_is_conformant_only_if_every_must_held() -> None:
    assert _class((MUST, HELD), (MUST_TOO, HELD)) == ClassSummary(True, RunVerdict.CONFORMANT, 2, 2)  # noqa: FBT003 - a field
    assert _class((MUST, HELD), (MUST_TOO, NOT_JUDGED)).verdict is RunVerdict.NOT_FULLY_VERIFIED
    assert _class((MUST, HELD), (MUST_TOO, UNSTABLE)).verdict is RunVerdict.NOT_FULLY_VERIFIED
    assert _class((MUST, BROKE), (MUST_TOO, NOT_JUDGED)).verdict is RunVerdict.NON_CONFORMANT


def test_a_should_never_decides_a_class() -> None:
    assert _class((MUST, HELD), (SHOULD, BROKE)).verdict is RunVerdict.CONFORMANT
    assert _class((SHOULD, HELD)).verdict is RunVerdict.NOT_FULLY_VERIFIED


def _summary(verdict: RunVerdict, *, required: bool = True) -> ClassSummary:
    return ClassSummary(required, verdict, 1, 1)


OK, BAD, OPEN = RunVerdict.CONFORMANT, RunVerdict.NON_CONFORMANT, RunVerdict.NOT_FULLY_VERIFIED


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        ([_summary(OK)], OK),
        ([_summary(OK), _summary(OPEN, required=False)], OK),
        ([_summary(OK), _summary(OPEN)], OPEN),
        ([_summary(OK), _summary(BAD, required=False)], BAD),
        ([_summary(OPEN), _summary(BAD)], BAD),
        ([_summary(OK, required=False)], OPEN),
        ([], OPEN),
    ],
)
def test_a_run_is_conformant_if_every_required_class_is_and_no_class_is_violated(
    classes: list[ClassSummary], expected: RunVerdict
) -> None:
    assert expected is summarise(classes, [])


def test_a_fault_of_the_suite_makes_the_whole_run_invalid() -> None:
    assert summarise([_summary(BAD)], [_finding(FAULT)]) is RunVerdict.INVALID_RUN


@pytest.mark.parametrize(
    ("verdict", "judged", "reachable", "expected"),
    [
        (OK, True, True, ExitStatus.CONFORMANT),
        (BAD, True, True, ExitStatus.NON_CONFORMANT),
        (RunVerdict.INVALID_RUN, True, True, ExitStatus.SUITE_FAULT),
        (OPEN, True, True, ExitStatus.NOT_FULLY_VERIFIED),
        (OPEN, False, True, ExitStatus.NOTHING_JUDGED),
        (OPEN, False, False, ExitStatus.NOT_FULLY_VERIFIED),
    ],
)
def test_an_exit_status_follows_from_the_verdict(
    verdict: RunVerdict,
    judged: bool,
    reachable: bool,
    expected: ExitStatus,
) -> None:
    assert expected is exit_status(verdict, anything_judged=judged, reachable=reachable)


def test_the_exit_statuses_are_stable() -> None:
    assert {status.name: int(status) for status in ExitStatus} == {
        "CONFORMANT": 0,
        "NON_CONFORMANT": 1,
        "INTERRUPTED": 2,
        "SUITE_FAULT": 3,
        "USAGE": 4,
        "NOTHING_JUDGED": 5,
        "NOT_FULLY_VERIFIED": 6,
        "WAIVER": 7,
        "NOT_GENUINE": 8,
    }
