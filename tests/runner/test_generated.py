"""Generated checks: their examples, how often an example is judged, and how a violation is reduced."""

from typing import Any

import pytest
from hypothesis import strategies as st

from conformance.client import Exchange, HttpClient, Reply, Request, Target
from conformance.expect import Expectation, NotJudged, Violation, collecting_evidence
from conformance.requirements import batch
from conformance.results.verdicts import Outcome
from conformance.runner.check import Check, run_check
from conformance.runner.generated import BUDGET, call_generated
from conformance.runner.hypothesis_profile import load_profile

SIZES = st.integers(1, 10**9)
EXCHANGE = Exchange(Request("POST", "http://x/beacon"), Reply(500, "", (), b""), 0.0, 0.0)


@pytest.fixture(autouse=True)
def _profile() -> None:
    load_profile(50)


def _drawn(seed: str, **how: Any) -> list[int]:
    drawn: list[int] = []

    def check(size: int) -> None:
        drawn.append(size)

    call_generated(check, {"size": SIZES}, seed=seed, sent=lambda: 0, **{"replay": (), **how})
    return drawn


def test_one_seed_gives_the_same_examples_and_another_seed_gives_others() -> None:
    assert _drawn("check with seed 0") == _drawn("check with seed 0")
    assert _drawn("check with seed 0") != _drawn("check with seed 1")
    assert _drawn("check with seed 0") != _drawn("another check with seed 0")


def test_replayed_examples_come_first() -> None:
    assert _drawn("check", replay=[{"size": 7}, {"size": 9}])[:2] == [7, 9]


def test_an_example_is_judged_once_and_a_violation_is_reduced_within_its_budget() -> None:
    sizes: list[int] = []
    sent = 0

    def check(size: int) -> None:
        nonlocal sent
        sizes.append(size)
        sent += 2
        if size > 10**6:
            raise Violation(Expectation(EXCHANGE, "a small one", "a large one"))

    with collecting_evidence(), pytest.raises(Violation, match="a large one"):
        call_generated(check, {"size": SIZES}, seed="check", replay=(), sent=lambda: sent)

    first = next(place for place, size in enumerate(sizes) if size > 10**6)
    assert len(sizes) == len(set(sizes))
    assert 2 * len(sizes[first:]) <= BUDGET + 2


def test_the_smallest_example_is_in_the_violation() -> None:
    def check(target: Target, size: int) -> None:
        del target
        if size > 7:
            raise Violation(Expectation(EXCHANGE, "at most 7", f"{size}"))

    target = Target("http://127.0.0.1:1", "token", "", HttpClient(1))
    outcome = run_check(
        Check("check", check, {"target": target, "size": SIZES}, batch.ACCEPTS_1_TO_100), target
    )

    assert Outcome.BROKE is outcome.outcome
    assert outcome.violation is not None
    assert outcome.violation.generated == {"size": 8}
    assert outcome.reason == "expected: at most 7; got: 8"


def test_a_violation_is_kept_if_nothing_more_can_be_sent_to_make_it_smaller() -> None:
    judged = 0

    def check(size: int) -> None:
        nonlocal judged
        judged += 1
        if judged > 3:
            raise NotJudged("nothing more is sent")
        if judged == 3:
            raise Violation(Expectation(EXCHANGE, "a small one", f"{size}"))

    with collecting_evidence(), pytest.raises(Violation, match="a small one"):
        call_generated(check, {"size": SIZES}, seed="check", replay=(), sent=lambda: 0)
