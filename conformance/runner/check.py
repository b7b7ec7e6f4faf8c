"""Calls one check, calls it again after a violation, and decides the outcome."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from multiprocessing.pool import ThreadPool
from typing import Any

from conformance.client import Target, clock
from conformance.client.slots import giving_way
from conformance.expect import Evidence, NotJudged, Violation, collecting_evidence
from conformance.requirements import Level, Requirement
from conformance.results.verdicts import Outcome
from conformance.runner.generated import Judgement, call_generated, is_strategy


class NoExpectation(Exception):
    """A check ended without any expectation, so it could not have failed."""


@dataclass(frozen=True, eq=False)
class Check:
    """The function of a check, and its arguments."""

    name: str
    """With its parameters in brackets, as in ``results.json``."""
    function: Callable[..., Judgement | None]
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
    """The violation, even if no later attempt found it again."""


def run_check(check: Check, target: Target, connections: int = 1) -> CheckOutcome:
    """Call a check, and call it again if it finds a violation.

    Something that was seen and must not be (a commission) is a violation at once; it is only asked for again to show it in a
    small example. Something that is missing (an omission) has to be missing again: alone, or on as many ``connections`` at the
    same time as in the first attempt. If it is not, it is unstable. Raises any error of the suite itself.
    """
    began = clock.monotonic()
    target.note_subject(None)
    target.http_client.times.begin_check()
    try:
        evidence, violation = _call(check, target)
        outcome, reason = Outcome.HELD, ""
        if violation is not None:
            evidence, outcome, reason, violation = _repeated(check, target, connections, evidence, violation)
        elif evidence.silent is not None:
            outcome, violation = Outcome.UNSTABLE, Violation(evidence.silent)
            reason = str(violation)
    except NotJudged as missing:
        return CheckOutcome(Outcome.NOT_JUDGED, Evidence(), clock.monotonic() - began, str(missing))
    return CheckOutcome(outcome, evidence, clock.monotonic() - began, reason, violation)


def _repeated(
    check: Check, target: Target, connections: int, evidence: Evidence, first: Violation
) -> tuple[Evidence, Outcome, str, Violation]:
    """Call a check again after its first violation; return the evidence, the outcome, its reason and the violation to show.

    Raises NotJudged if no later attempt could judge an omission.
    """
    if check.requirement.level is Level.INFO or first.expectation.exchange.is_confirmed:
        return evidence, Outcome.BROKE, str(first), first
    subject = target.subject
    with target.fresh_attempt(subject=subject):
        second = _call_again(check, target, first)
    if second.violation is not None:
        return second.evidence, Outcome.BROKE, str(second.violation), second.violation
    if first.expectation.commission:
        return evidence, Outcome.BROKE, f"{first} (seen in the first attempt only)", first
    repetitions = [second, *_under_first_conditions(check, target, connections, first, subject)]
    for repetition in repetitions:
        if repetition.violation is not None:
            return repetition.evidence, Outcome.BROKE, str(repetition.violation), repetition.violation
    for repetition in repetitions:
        if not repetition.missing:
            reason = f"first attempt: {first}; later attempts: as expected"
            return repetition.evidence, Outcome.UNSTABLE, reason, first
    raise NotJudged(second.missing)


@dataclass(frozen=True)
class _Repetition:
    """What a later attempt found."""

    evidence: Evidence
    violation: Violation | None = None
    missing: str = ""
    """Why the attempt could not judge; empty if it could."""


def _under_first_conditions(
    check: Check, target: Target, connections: int, first: Violation, subject: object
) -> list[_Repetition]:
    """Call a check on as many connections at the same time as in the first attempt.

    This thread only waits meanwhile: what the attempts wait for may need its slot.
    """
    times = target.http_client.times
    waited = times.waited

    def attempt(_: int) -> _Repetition:
        times.begin_check(waited)
        try:
            with target.fresh_attempt(under_first_conditions=True, subject=subject):
                return _call_again(check, target, first)
        finally:
            target.http_client.close()

    with giving_way(), ThreadPool(connections) as pool:
        return pool.map(attempt, range(connections), chunksize=1)


def _call_again(check: Check, target: Target, first: Violation) -> _Repetition:
    """Call a check again; a generated one only with the example that failed."""
    try:
        return _Repetition(*_call(check, target, first.generated))
    except NotJudged as missing:
        return _Repetition(Evidence(), missing=str(missing))


def _call(
    check: Check, target: Target, example: dict[str, Any] | None = None
) -> tuple[Evidence, Violation | None]:
    """Call a check's function, and return its evidence and the violation that it found, if any."""
    with collecting_evidence() as evidence:
        try:
            if not check.is_generated or example:
                _call_with(check, example or {})
            else:
                call_generated(
                    check.function,
                    check.arguments,
                    seed=f"{check.name} with seed {check.seed}",
                    replay=check.examples_to_replay,
                    sent=lambda: target.http_client.requests_of_thread,
                )
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


def _call_with(check: Check, example: dict[str, Any]) -> None:
    try:
        judgement = check.function(**{**check.arguments, **example})
        if judgement is not None:
            judgement()
    except Violation as violation:
        violation.generated = example
        raise


def _violations(group: BaseExceptionGroup[BaseException]) -> Iterator[Violation]:
    for error in group.exceptions:
        if isinstance(error, Violation):
            yield error
        elif isinstance(error, BaseExceptionGroup):
            yield from _violations(error)
