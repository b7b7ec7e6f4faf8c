"""Makes the finding of a check from its outcome, without secrets."""

from conformance.client import CUT
from conformance.evidence import Redactor, transcript
from conformance.results.verdicts import Finding, Outcome
from conformance.runner.check import CheckOutcome
from conformance.runner.generated import example_of

LONGEST_REASON = 16_384
"""Characters; a target may answer with header lines as long as a client accepts."""


def finding_of(outcome: CheckOutcome, requirement: str, check: str, redactor: Redactor) -> Finding:
    """Return the finding of a check, without secrets; ``requirement`` is an id, ``check`` a name with its parameters."""
    violation = outcome.violation
    records = [transcript(violation.expectation, redactor, whole=True)] if violation is not None else []
    records += [transcript(met, redactor, whole=False) for met in outcome.evidence.first_met]
    return Finding(
        requirement,
        check,
        outcome.outcome,
        _reason(outcome.reason, redactor),
        outcome.evidence.met,
        records,
        round(outcome.seconds, 3),
        generated=example_of(violation.generated) if violation is not None else {},
    )


def fault_of(error: BaseException, requirement: str, check: str, redactor: Redactor) -> Finding:
    """Return the finding of a check that ended with an error of the suite; ``requirement`` is an id."""
    reason = _reason(f"{type(error).__name__}: {error}", redactor)
    return Finding(requirement, check, Outcome.SUITE_FAULT, reason)


def _reason(text: str, redactor: Redactor) -> str:
    # With CUT, a redactor finds the beginning of a secret at the cut.
    return redactor.text(text if len(text) <= LONGEST_REASON else text[:LONGEST_REASON] + CUT)[
        : 2 * LONGEST_REASON
    ]
