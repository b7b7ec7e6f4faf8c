"""Collects the findings of every process; writes the results file and the reports, and sets the exit status."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from conformance.doctor import StepResult
from conformance.inputs import openapi
from conformance.plugin.locations import located
from conformance.plugin.outcomes import FINDING
from conformance.plugin.run import Run
from conformance.plugin.session import doctor_lines, report_directory
from conformance.plugin.state import State, state_of
from conformance.report import table, write_reports
from conformance.report.html.pytest_html import RESULTS
from conformance.results import Results, RunFacts, compose, write
from conformance.results.verdicts import ExitStatus, Finding
from conformance.runner.finding import finding_of


class Collector:
    """Collects findings in the controller process."""

    def __init__(self, state: State) -> None:
        self.state = state

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect the finding of a report, from any process."""
        finding = getattr(report, FINDING, None)
        if finding is not None:
            self.state.findings.append(Finding.from_json(finding))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Record a module of the suite that cannot be loaded."""
        if report.failed:
            self.state.faults.append(f"{report.nodeid} cannot be loaded")


class SentByWorkers:
    """Adds up the requests and events that xdist workers sent."""

    def __init__(self, state: State, run: Run) -> None:
        self.state, self.run = state, run

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Add the counts of a worker that has ended."""
        sent = getattr(node, "workeroutput", {})
        requests, events = sent.get("beacon_sent", (0, 0))
        self.state.requests_of_workers += requests
        self.state.events_of_workers += events
        self.run.http_client.timeline.merge(sent.get("beacon_timeline", ()))
        self.run.factory.generated_sizes.update(dict(sent.get("beacon_sizes", ())))


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Start to collect findings in the controller process of a run."""
    config = session.config
    state = state_of(config)
    if state is not None and state.run is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Collector(state))
        config.pluginmanager.register(SentByWorkers(state, state.run))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the results and the reports, and set the exit status."""
    config = session.config
    state = state_of(config)
    if state is None or state.run is None:
        return
    run = state.run
    to_controller: dict[str, Any] | None = getattr(config, "workeroutput", None)
    if to_controller is not None:
        to_controller["beacon_sent"] = (run.http_client.requests, run.factory.events)
        to_controller["beacon_timeline"] = run.http_client.timeline.counts()
        to_controller["beacon_sizes"] = list(run.factory.generated_sizes.items())
        return
    if exitstatus == pytest.ExitCode.INTERNAL_ERROR:
        state.faults.append("pytest or one of its plugins failed; the terminal shows where")
    interrupted = run.interrupted or (exitstatus == ExitStatus.INTERRUPTED and not state.faults)
    results = compose(
        _facts(state, run, interrupted=interrupted), [*state.findings, *_unreported(state, run)]
    )
    config.stash[RESULTS] = state.results = results
    if exitstatus != pytest.ExitCode.USAGE_ERROR:
        session.exitstatus = results["exit_status"]
    written = pytest.CallInfo.from_call(lambda: _write(config, state, results), "teardown")
    if written.excinfo is not None:
        # If this hook raised an error, the process would end with the exit status of a non-conformant target.
        config.notify_exception(written.excinfo)
        session.exitstatus = ExitStatus.SUITE_FAULT


def _unreported(state: State, run: Run) -> Iterator[Finding]:
    """Yield the findings of checks that had ended when the run was interrupted, but were not reported yet."""
    outcomes = state.pool.unreported() if state.pool is not None else {}
    for item, check in state.checks.items():
        if check in outcomes:
            finding = finding_of(outcomes[check], check.requirement.id, check.name, run.redactor)
            yield located(finding, item)


def _write(config: pytest.Config, state: State, results: Results) -> None:
    """Write the results, and then the reports: a report that fails can be made again from the results."""
    directory = report_directory(config)
    write(results, directory / "results.json")
    state.files.append(directory / "results.json")
    without = frozenset() if config.pluginmanager.hasplugin("html") else frozenset({"report.html"})
    for path in write_reports(results, directory, without=without):
        state.files.append(path)


def _facts(state: State, run: Run, *, interrupted: bool) -> RunFacts:
    return RunFacts(
        id=run.id,
        started=_iso(run.started),
        finished=_iso(datetime.now(UTC)),
        seed=run.settings.seed,
        effort=str(run.settings.effort),
        requests=state.requests_of_workers + run.http_client.requests,
        events=state.events_of_workers + run.factory.events,
        target=run.settings.target,
        kind=run.kind,
        required=run.settings.require,
        openapi=hashlib.sha256(openapi.text().encode()).hexdigest()[:16],
        observer=run.settings.observer.partition(":")[0],
        patience=run.settings.patience,
        settle=run.settings.settle,
        unreachable=run.unreachable,
        interrupted=interrupted,
        faults=tuple(state.faults),
        timeline=run.http_client.timeline.slices(),
        sizes=sorted((+run.factory.generated_sizes).items()),
        browser=run.redactor.value(run.browsing.facts) if run.browsing is not None else None,
        waivers=tuple(waiver.redacted(run.redactor.text) for waiver in state.waivers),
    )


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what is not green, the classes, the headline and the paths of the reports."""
    config = terminalreporter.config
    state = state_of(config)
    if state is None or state.results is None:
        return
    results = state.results
    terminalreporter.ensure_newline()
    for line in table(results):
        terminalreporter.write_line(line)
    for line in doctor_lines(config, StepResult.WARNING):
        terminalreporter.write_line(line)
    if results["run"]["events"]:
        terminalreporter.write_line(
            f"events: to find and delete them, look for a session_id that begins with {results['run']['mark']}"
        )
    made = (config.getoption("htmlpath", None), config.getoption("xmlpath", None))
    for path in [*state.files, *filter(None, made)]:
        terminalreporter.write_line(f"report: {path}")
