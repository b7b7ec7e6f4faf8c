"""Pytest's hooks around a check: its conclusion, its finding, and what pytest shows of it."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from typing import Any

import pytest

from conformance.evidence import Redactor
from conformance.expect import Evidence, NotJudged
from conformance.plugin.locations import located
from conformance.plugin.markers import requirement_of
from conformance.plugin.options import FIRST
from conformance.plugin.run import RUN
from conformance.report import failure_block
from conformance.requirements import Requirement
from conformance.results.verdicts import Finding, Outcome, Verdict, judge
from conformance.runner.check import Check, CheckOutcome, NoExpectation, run_check
from conformance.runner.finding import fault_of, finding_of
from conformance.runner.pool import AHEAD, parameters

CONCLUSION = pytest.StashKey[CheckOutcome]()
FINDING = "conformance_finding"
"""The attribute of a pytest report that carries the finding, as JSON, from an xdist worker too."""
LONGEST_TRACEBACK = 16_384
"""Characters, of its end."""

SENT_BY = "conformance_sent"
"""The attribute that says by whom and how much had been sent by then: a process, and its requests."""


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Conclude a check, or take what was concluded of it ahead of its turn."""
    requirement = requirement_of(pyfuncitem)
    if requirement is None:
        return None
    pool = pyfuncitem.config.stash.get(AHEAD, None)
    conclusion = pool.conclusion_of(pyfuncitem) if pool is not None else None
    if conclusion is None:
        arguments = {name: pyfuncitem.funcargs[name] for name in parameters(pyfuncitem)}
        check = Check(pyfuncitem.obj, arguments, requirement, pyfuncitem.stash.get(FIRST, ()))
        conclusion = run_check(check, pyfuncitem.config.stash[RUN].target)
    pyfuncitem.stash[CONCLUSION] = conclusion
    if conclusion.why is not None:
        # The report is made from it; a skip spares pytest a traceback that nobody would read.
        raise pytest.skip.Exception(type(conclusion.why).__name__) from None
    return True


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
    finding = located(_finding(item, call, requirement, redactor), item)
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
    item: pytest.Item, call: pytest.CallInfo[None], requirement: Requirement, redactor: Redactor
) -> Finding:
    conclusion = item.stash.get(CONCLUSION, None)
    if conclusion is None:
        error = call.excinfo.value if call.excinfo is not None else NoExpectation("the check was not called")
        if not isinstance(error, pytest.skip.Exception):
            return fault_of(error, requirement, item.name, redactor)
        # A fixture skips where a precondition is missing.
        conclusion = CheckOutcome(Evidence(), call.duration, NotJudged(str(error)))
    return finding_of(conclusion, requirement, item.name, redactor)


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
        report.outcome, report.longrepr = "failed", failure_block(asdict(requirement), finding.to_json())
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
