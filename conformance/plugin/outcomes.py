"""Pytest's hooks around a check: its outcome, its finding, and what pytest shows of it."""

from collections.abc import Generator
from dataclasses import replace
from typing import Any

import pytest

from conformance.evidence import Redactor
from conformance.expect import Evidence
from conformance.plugin.checks import check_of
from conformance.plugin.locations import located
from conformance.plugin.markers import requirement_of
from conformance.plugin.process import shortage
from conformance.plugin.state import STATE, run_of
from conformance.report.text.failure import failure_block
from conformance.requirements import Requirement
from conformance.results import as_item
from conformance.results.verdicts import Finding, Outcome, Verdict, judge
from conformance.runner.check import CheckOutcome, NoExpectation, run_check
from conformance.runner.finding import fault_of, finding_of

FINDING = "conformance_finding"
"""The attribute of a pytest report with the finding as JSON, which also passes from an xdist worker to its controller."""
SENT_BY = "conformance_sent"
"""The attribute with the name of a process, and the number of requests that it has sent so far."""
LONGEST_TRACEBACK = 16_384
"""Characters; of a longer traceback only the end is stored."""


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a check, or get its outcome from the pool. Raises the Violation of a MUST, so that ``--pdb`` stops at it."""
    requirement = requirement_of(pyfuncitem)
    if requirement is None:
        return None
    state = pyfuncitem.config.stash[STATE]
    assert state.run is not None  # noqa: S101 - a session that calls checks has begun a run
    check = state.checks.get(pyfuncitem)
    outcome = state.pool.outcome_of(check) if state.pool is not None and check is not None else None
    if outcome is None:
        check = check_of(pyfuncitem, pyfuncitem.funcargs, state)
        outcome = run_check(check, state.run.target, state.run.connections_of_repetitions)
    state.outcomes[pyfuncitem.nodeid] = outcome
    verdict = judge(requirement.level, outcome.outcome)
    if verdict is Verdict.VIOLATED and outcome.violation is not None:
        raise outcome.violation
    if verdict not in {Verdict.HELD, Verdict.OBSERVED}:
        # Pytest has no outcome for this verdict.
        raise pytest.skip.Exception(str(verdict))
    return True


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the finding on the report of the phase that ended the check, before other plugins look at report and call."""
    requirement = requirement_of(item)
    is_last = call.when == "call" or call.excinfo is not None
    run = run_of(item.config)
    if requirement is None or run is None or not is_last:
        return (yield)
    finding = located(_finding(item, call, requirement, run.redactor), item)
    verdict = judge(requirement.level, finding.outcome)
    # Set before the report is made, because JUnit reads the properties of the report of the last phase.
    item.user_properties += [
        ("requirement", requirement.id),
        ("level", str(requirement.level)),
        ("class", str(requirement.needs)),
        ("basis", str(requirement.basis)),
        ("verdict", str(verdict)),
    ]
    report = yield
    _fill(report, requirement, finding, verdict, run.redactor)
    if call.excinfo is not None and (why := shortage(call.excinfo.value)):
        report.longrepr = f"the check could not go on: {why}"
    if call.excinfo is not None:
        call.excinfo = _without_secrets(call.excinfo, run.redactor)
    setattr(report, SENT_BY, (run.process, run.http_client.requests))
    return report


def _without_secrets(
    seen: pytest.ExceptionInfo[BaseException], redactor: Redactor
) -> pytest.ExceptionInfo[BaseException]:
    """Return an exception whose text shows no secret; a debugger still stops at the same place."""
    error = seen.value
    text = redactor.text(str(error))
    if text == str(error):
        return seen
    shown = AssertionError(text) if isinstance(error, AssertionError) else RuntimeError(text)
    return pytest.ExceptionInfo.from_exc_info((type(shown), shown, seen.tb))


def _finding(
    item: pytest.Item, call: pytest.CallInfo[None], requirement: Requirement, redactor: Redactor
) -> Finding:
    outcome = item.config.stash[STATE].outcomes.pop(item.nodeid, None)
    if outcome is None:
        error = call.excinfo.value if call.excinfo is not None else NoExpectation("the check was not called")
        if not isinstance(error, pytest.skip.Exception):
            return fault_of(error, requirement.id, item.name, redactor)
        # A fixture skips if a precondition is missing.
        outcome = CheckOutcome(Outcome.NOT_JUDGED, Evidence(), 0.0, str(error))
    return finding_of(outcome, requirement.id, item.name, redactor)


def _fill(
    report: Any, requirement: Requirement, finding: Finding, verdict: Verdict, redactor: Redactor
) -> None:
    """Give a pytest report the outcome and the text of its finding.

    pytest-html does not know verdicts: a check that is neither green nor violated counts as skipped, with its reason.
    """
    report.sections = [(name, redactor.text(content)) for name, content in report.sections]
    if finding.outcome is Outcome.SUITE_FAULT:
        report.outcome, report.longrepr = "failed", redactor.text(str(report.longrepr))
        finding = replace(finding, traceback=report.longrepr[-LONGEST_TRACEBACK:])
    elif verdict is Verdict.VIOLATED:
        report.outcome, report.longrepr = "failed", failure_block(as_item(requirement), finding.to_json())
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
    """Make pytest count and print verdicts instead of its own outcomes. An error of the suite remains a failure."""
    finding = getattr(report, FINDING, None)
    if finding is None or finding["outcome"] == Outcome.SUITE_FAULT:
        return None
    verdict = Verdict(dict(report.user_properties)["verdict"])
    letter, colour = LETTERS[verdict]
    return str(verdict), letter, (str(verdict).upper(), colour)
