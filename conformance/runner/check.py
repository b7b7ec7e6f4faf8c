"""From a check's function to what it concludes, on whichever thread."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from conformance.client import Target
from conformance.expect import Evidence, NotJudged, Violation, collecting_evidence
from conformance.requirements import Level, Requirement
from conformance.runner.generated import bounded, replay


class Unstable(BaseException):
    """A violation that did not repeat on a fresh connection. No Exception, as NotJudged."""

    def __init__(self, violation: Violation) -> None:
        super().__init__(f"once {violation}; sent again, it held")
        self.judgement, self.generated = violation.judgement, violation.generated


class NoExpectation(Exception):
    """A check ended without one expectation: it could not have failed."""


@dataclass(frozen=True, eq=False)
class Check:
    """A check's function, and what it is called with."""

    function: Callable[..., None]
    arguments: dict[str, Any] = field(repr=False)
    requirement: Requirement
    first: Sequence[dict[str, Any]] = ()
    """Generated arguments that failed in another run: judged before any are generated."""


@dataclass(frozen=True)
class CheckOutcome:
    """What a check came to: without a reason, what it asks for is held."""

    evidence: Evidence
    seconds: float
    why: Violation | NotJudged | Unstable | None = None
    """Why it is not held."""


def run_check(check: Check, target: Target) -> CheckOutcome:
    """Call a check, and once more where it finds a violation: what does not repeat condemns nobody.

    Raises whatever goes wrong in the suite itself.
    """
    began = time.monotonic()
    why: Violation | NotJudged | Unstable | None = None
    evidence = Evidence()
    try:
        evidence, first = _called(check, target)
        if first is not None and check.requirement.level is not Level.INFO:
            with target.fresh_attempt():
                evidence, second = _called(check, target)
            why = second or Unstable(first)
        else:
            why = first
    except NotJudged as missing:
        why = missing
    except (pytest.skip.Exception, pytest.fail.Exception) as outcome:  # no thread would hand them on
        raise TypeError(
            f"a check concludes by NotJudged or an expectation, not by pytest: {outcome}"
        ) from None
    return CheckOutcome(evidence, time.monotonic() - began, why)


def _called(check: Check, target: Target) -> tuple[Evidence, Violation | None]:
    """Call a check's function once, and return what it saw and the violation that it found, if any."""
    with collecting_evidence() as evidence:
        try:
            with bounded(check.function, check.arguments.keys(), lambda: target.wire.requests_of_thread):
                replay(check.function, check.arguments, check.first)
                check.function(**check.arguments)
        except Violation as violation:
            return evidence, violation
        except BaseExceptionGroup as group:
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
