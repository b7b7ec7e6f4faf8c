"""Calls one check, calls it again after a violation, and decides the outcome."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from conformance.client import Target
from conformance.expect import Evidence, NotJudged, Violation, collecting_evidence
from conformance.requirements import Level, Requirement
from conformance.results.verdicts import Outcome
from conformance.runner.generated import call_generated, is_strategy


class NoExpectation(Exception):
    """A check ended without any expectation, so it could not have failed."""


@dataclass(frozen=True, eq=False)
class Check:
    """The function of a check, and its arguments."""

    name: str
    """With its parameters in brackets, as in ``results.json``."""
    function: Callable[..., None]
    arguments: dict[str, Any] = field(repr=False)
    """By parameter. If an argument is a Hypothesis strategy, its values are generated."""
    requirement: Requirement
    seed: int = 0
    """The run's seed: the same seed generates the same examples."""
    examples_to_replay: Sequence[dict[str, Any]] = ()
    """Generated arguments that failed in another run. They are used before new ones are generated."""

    @property
    def is_generated(self) -> bool:
        """Whether Hypothesis generates some of its arguments."""
        return any(map(is_strategy, self.arguments.values()))


@dataclass(frozen=True)
class CheckOutcome:
    """The outcome of one check."""

    outcome: Outcome
    evidence: Evidence
    seconds: float
    reason: str = ""
    """Why the requirement does not hold; empty if it holds."""
    violation: Violation | None = None
    """The violation, even if the second attempt did not find it again."""


def run_check(check: Check, target: Target) -> CheckOutcome:
    """Call a check, and call it again if it finds a violation. A violation that does not repeat is unstable.

    Raises any error of the suite itself.
    """
    began = time.monotonic()
    try:
        evidence, violation = _call(check, target)
        if violation is None:
            return CheckOutcome(Outcome.HELD, evidence, time.monotonic() - began)
        outcome, reason = Outcome.BROKE, str(violation)
        if check.requirement.level is not Level.INFO:
            with target.fresh_attempt():
                evidence, second = _call(check, target)
            if second is None:
                outcome, reason = Outcome.UNSTABLE, f"first attempt: {violation}; second attempt: as expected"
            else:
                violation, reason = second, str(second)
    except NotJudged as missing:
        return CheckOutcome(Outcome.NOT_JUDGED, Evidence(), time.monotonic() - began, str(missing))
    return CheckOutcome(outcome, evidence, time.monotonic() - began, reason, violation)


def _call(check: Check, target: Target) -> tuple[Evidence, Violation | None]:
    """Call a check's function once, and return its evidence and the violation that it found, if any."""
    with collecting_evidence() as evidence:
        try:
            if check.is_generated:
                call_generated(
                    check.function,
                    check.arguments,
                    seed=f"{check.name} with seed {check.seed}",
                    replay=check.examples_to_replay,
                    sent=lambda: target.http_client.requests_of_thread,
                )
            else:
                check.function(**check.arguments)
        except Violation as violation:
            return evidence, violation
        except BaseExceptionGroup as group:
            # Hypothesis raises a group if an example fails once and passes the next time.
            violations = list(_violations(group))
            if not violations:
                raise
            return evidence, violations[0]
    if not evidence.met:
        raise NoExpectation("the check ended without any expectation")
    return evidence, None


def _violations(group: BaseExceptionGroup[BaseException]) -> Iterator[Violation]:
    for error in group.exceptions:
        if isinstance(error, Violation):
            yield error
        elif isinstance(error, BaseExceptionGroup):
            yield from _violations(error)
