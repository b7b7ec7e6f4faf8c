"""From what a check's function did to its finding: the only place where an outcome is decided."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from typing import Any

import pytest

from conformance.evidence import Redactor, transcript
from conformance.expect import Evidence, NotJudged, Violation, gathering
from conformance.kept import example_of
from conformance.plugin.covers import requirement_of
from conformance.plugin.options import FIRST
from conformance.plugin.run import RUN
from conformance.plugin.shrinking import bounded, replay
from conformance.report import failure_block
from conformance.requirements import Level, Requirement
from conformance.verdicts import Finding, Outcome, Verdict, judge

EVIDENCE = pytest.StashKey[Evidence]()
CONCLUSION = pytest.StashKey[BaseException]()
"""Why a check is not held: its Violation, NotJudged or Unstable."""
FINDING = "conformance_finding"
"""The attribute of a pytest report that carries the finding, as JSON, from an xdist worker too."""
LONGEST_TRACEBACK = 16_384
"""Characters, of its end."""

SENT_BY = "conformance_sent"
"""The attribute that says by whom and how much had been sent by then: a process, and its requests."""


class Unstable(BaseException):
    """A violation that did not repeat on a fresh connection. No Exception, as NotJudged."""

    def __init__(self, violation: Violation) -> None:
        super().__init__(f"once {violation}; sent again, it held")
        self.judgement, self.generated = violation.judgement, violation.generated


class JudgedNothing(Exception):
    """A check ended without one expectation: it could not have failed."""


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Call a check, and once more where it finds a violation: what does not repeat condemns nobody."""
    requirement = requirement_of(pyfuncitem)
    if requirement is None:
        return None
    names = inspect.signature(pyfuncitem.obj).parameters
    arguments = {name: pyfuncitem.funcargs[name] for name in names}
    try:
        _judge(pyfuncitem, requirement, arguments)
    except (Violation, NotJudged, Unstable) as conclusion:
        # The report is made from it; a skip spares pytest a traceback that nobody would read.
        pyfuncitem.stash[CONCLUSION] = conclusion
        raise pytest.skip.Exception(type(conclusion).__name__) from None
    return True


def _judge(item: pytest.Function, requirement: Requirement, arguments: dict[str, Any]) -> None:
    """Call a check. Raises the Violation that repeats, Unstable for one that does not, and NotJudged."""
    first = _call(item, arguments)
    if first is None or requirement.level is Level.INFO:
        return
    item.config.stash[RUN].target.forget()
    second = _call(item, arguments)
    if second is None:
        raise Unstable(first)
    raise second


def _call(item: pytest.Function, arguments: dict[str, Any]) -> Violation | None:
    """Call a check's function and return the violation that it found, if any."""
    check: Callable[..., None] = item.obj
    wire = item.config.stash[RUN].wire
    with gathering() as evidence, bounded(check, arguments.keys(), lambda: wire.requests):
        item.stash[EVIDENCE] = evidence
        try:
            replay(check, arguments, item.stash.get(FIRST, []))
            check(**arguments)
        except Violation as violation:
            return violation
        except BaseExceptionGroup as group:
            violations = list(_violations(group))
            if not violations:
                raise
            return violations[0]
    if not evidence.met:
        raise JudgedNothing("the check ended without one expectation")
    return None


def _violations(group: BaseExceptionGroup[BaseException]) -> Iterator[Violation]:
    for error in group.exceptions:
        if isinstance(error, Violation):
            yield error
        elif isinstance(error, BaseExceptionGroup):
            yield from _violations(error)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Iterator[None]:  # the wrapper's result is a TestReport
    """Put the finding on the report of the phase that concluded it."""
    requirement = requirement_of(item)
    concluding = call.when == "call" or call.excinfo is not None
    if requirement is None or not concluding:
        return (yield)
    redactor = item.config.stash[RUN].redactor
    finding = _finding(item, requirement, call, redactor)
    verdict = judge(requirement.level, finding.outcome)
    # Before the report is made: JUnit takes properties from the last phase's report.
    item.user_properties += [
        ("requirement", requirement.id),
        ("level", str(requirement.level)),
        ("class", str(requirement.needs)),
        ("basis", str(requirement.basis)),
        ("verdict", str(verdict)),
    ]
    report = yield
    _conclude(report, requirement, finding, verdict, redactor)
    run = item.config.stash[RUN]
    setattr(report, SENT_BY, (run.process, run.wire.requests))
    return report


def _finding(
    item: pytest.Item, requirement: Requirement, call: pytest.CallInfo[None], redactor: Redactor
) -> Finding:
    error = item.stash.get(CONCLUSION, call.excinfo.value if call.excinfo is not None else None)
    evidence = item.stash.get(EVIDENCE, Evidence())
    records = [transcript(judgement, redactor, whole=False) for judgement in evidence.kept]
    outcome, reason = Outcome.HELD, ""
    if isinstance(error, Violation):
        outcome = Outcome.BROKE
        reason = redactor.text(str(error))
        records.insert(0, transcript(error.judgement, redactor, whole=True))
    elif isinstance(error, NotJudged | pytest.skip.Exception):
        outcome, reason, records = Outcome.NOT_JUDGED, redactor.text(str(error)), []
    elif isinstance(error, Unstable):
        outcome, reason = Outcome.UNSTABLE, redactor.text(str(error))
        records.insert(0, transcript(error.judgement, redactor, whole=True))
    elif error is not None:
        outcome, reason, records = Outcome.SUITE_FAULT, redactor.text(f"{type(error).__name__}: {error}"), []
    generated = error.generated if isinstance(error, Violation | Unstable) else {}
    seconds = round(call.duration, 3)
    return Finding(
        requirement.id,
        item.name,
        outcome,
        reason,
        evidence.met,
        records,
        seconds,
        generated=example_of(generated),
    )


def _conclude(
    report: Any, requirement: Requirement, finding: Finding, verdict: Verdict, redactor: Redactor
) -> None:
    """Give a pytest report the outcome and the text of its finding.

    pytest-html knows no outcome of ours: what is neither green nor a violation is skipped, with its reason.
    """
    report.sections = [(name, redactor.text(content)) for name, content in report.sections]
    if finding.outcome is Outcome.SUITE_FAULT:
        report.outcome, report.longrepr = "failed", redactor.text(str(report.longrepr))
        finding = replace(finding, traceback=report.longrepr[-LONGEST_TRACEBACK:])
    elif verdict is Verdict.VIOLATED:
        report.outcome, report.longrepr = "failed", failure_block(asdict(requirement), finding.evidence[0])
    elif verdict in {Verdict.WARNED, Verdict.UNSTABLE, Verdict.NOT_JUDGED}:
        path, line, _ = report.location
        report.outcome, report.longrepr = "skipped", (path, line or 0, f"{verdict}: {finding.reason}")
    else:
        report.outcome, report.longrepr = "passed", None
    setattr(report, FINDING, finding.to_json())


LETTERS = {
    Verdict.HELD: (".", {"green": True}),
    Verdict.OBSERVED: ("o", {"green": True}),
    Verdict.VIOLATED: ("V", {"red": True}),
    Verdict.WARNED: ("w", {"yellow": True}),
    Verdict.UNSTABLE: ("u", {"yellow": True}),
    Verdict.NOT_JUDGED: ("n", {"yellow": True}),
}


@pytest.hookimpl(tryfirst=True)
def pytest_report_teststatus(report: Any) -> tuple[str, str, Any] | None:
    """Count and show verdicts in the place of pytest's own words; a fault of the suite stays a failure."""
    finding = getattr(report, FINDING, None)
    if finding is None or finding["outcome"] == Outcome.SUITE_FAULT:
        return None
    verdict = Verdict(dict(report.user_properties)["verdict"])
    letter, colour = LETTERS[verdict]
    return str(verdict), letter, (str(verdict).upper(), colour)
