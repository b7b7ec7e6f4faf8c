"""One check: its function is called, and called again after a violation; the outcome is decided here."""

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
    """A check ended without one expectation: it could not have failed."""


@dataclass(frozen=True, eq=False)
class Check:
    """A check's function, and what it is called with."""

    name: str
    """With its parameters in brackets, as in ``results.json``."""
    function: Callable[..., None]
    arguments: dict[str, Any] = field(repr=False)
    """By parameter. A Hypothesis strategy in the place of a value: examples are generated from it."""
    requirement: Requirement
    seed: int = 0
    """The run's seed: the same seed generates the same examples."""
    examples_to_replay: Sequence[dict[str, Any]] = ()
    """Generated arguments that failed in another run. They are judged before any are generated."""

    @property
    def is_generated(self) -> bool:
        """Whether Hypothesis generates some of its arguments."""
        return any(map(is_strategy, self.arguments.values()))


@dataclass(frozen=True)
class CheckOutcome:
    """What one check found."""

    outcome: Outcome
    evidence: Evidence
    seconds: float
    reason: str = ""
    """Why the requirement is not held; empty where it is."""
    violation: Violation | None = None
    """The expectation that was not met, also where it was met on the second attempt."""


def run_check(check: Check, target: Target) -> CheckOutcome:
    """Call a check, and once more where it finds a violation: one that does not repeat is unstable.

    Raises whatever goes wrong in the suite itself.
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
                outcome, reason = Outcome.UNSTABLE, f"once {violation}; sent again, it held"
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
            # Hypothesis groups what it saw where an example fails once and holds the next time.
            violations = list(_violations(group))
            if not violations:
                raise
            return evidence, violations[0]
    if not evidence.met:
        raise NoExpectation("the check ended without one expectation")
    return evidence, None


def _violations(group: BaseExceptionGroup[BaseException]) -> Iterator[Violation]:
    for error in group.exceptions:
        if isinstance(error, Violation):
            yield error
        elif isinstance(error, BaseExceptionGroup):
            yield from _violations(error)
