"""From what a check concluded to its finding: the only place where an outcome is decided."""

from conformance.evidence import Redactor, transcript
from conformance.expect import NotJudged, Violation
from conformance.requirements import Requirement
from conformance.results.examples import example_of
from conformance.results.verdicts import Finding, Outcome
from conformance.runner.check import CheckOutcome, Unstable


def finding_of(conclusion: CheckOutcome, requirement: Requirement, check: str, redactor: Redactor) -> Finding:
    """Return the finding of a conclusion, without secrets; ``check`` is the check's whole name."""
    why = conclusion.why
    outcome, records = Outcome.HELD, []
    match why:
        case Violation():
            outcome, records = Outcome.BROKE, [transcript(why.judgement, redactor, whole=True)]
        case Unstable():
            outcome, records = Outcome.UNSTABLE, [transcript(why.judgement, redactor, whole=True)]
        case NotJudged():
            outcome = Outcome.NOT_JUDGED
        case None:
            pass
    if outcome is not Outcome.NOT_JUDGED:
        records += [transcript(judgement, redactor, whole=False) for judgement in conclusion.evidence.kept]
    reason = redactor.text(str(why)) if why is not None else ""
    seconds = round(conclusion.seconds, 3)
    generated = example_of(why.generated) if isinstance(why, Violation | Unstable) else {}
    met = conclusion.evidence.met
    return Finding(requirement.id, check, outcome, reason, met, records, seconds, generated=generated)


def fault_of(error: BaseException, requirement: Requirement, check: str, redactor: Redactor) -> Finding:
    """Return the finding of a check that ended in the suite's own fault."""
    reason = redactor.text(f"{type(error).__name__}: {error}")
    return Finding(requirement.id, check, Outcome.SUITE_FAULT, reason)
