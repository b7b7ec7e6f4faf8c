"""From the findings of every process to the results file, the reports and the exit status."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conformance.doctor import StepResult
from conformance.inputs import openapi
from conformance.plugin.markers import requirement_of
from conformance.plugin.outcomes import FINDING
from conformance.plugin.run import RUN, Run
from conformance.plugin.session import WAIVERS, doctor_lines, report_directory
from conformance.report import table, write_reports
from conformance.report.html.pytest_html import RESULTS
from conformance.results import Results, RunFacts, compose, write
from conformance.results.verdicts import ExitStatus, Finding
from conformance.runner.finding import finding_of
from conformance.runner.pool import AHEAD

FINDINGS = pytest.StashKey[list[Finding]]()
FAULTS = pytest.StashKey[list[str]]()
"""What of the suite failed outside of a check."""
SENT = pytest.StashKey[list[int]]()
"""Requests and events of the xdist workers that have ended."""
FILES = pytest.StashKey[list[Path]]()


class Collector:
    """Gathers findings on the controller."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        config.stash[FINDINGS] = []
        config.stash[FAULTS] = []
        config.stash[SENT] = [0, 0]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the finding off a report, from whichever process it comes."""
        finding = getattr(report, FINDING, None)
        if finding is not None:
            self.config.stash[FINDINGS].append(Finding.from_json(finding))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a module of the suite that cannot be loaded."""
        if report.failed:
            self.config.stash[FAULTS].append(f"{report.nodeid} cannot be loaded")


class SentByWorkers:
    """Adds up what xdist workers sent."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Take an ended worker's counts."""
        sent = getattr(node, "workeroutput", {})
        for index, count in enumerate(sent.get("beacon_sent", ())):
            self.config.stash[SENT][index] += count
        run = self.config.stash[RUN]
        run.wire.timeline.merge(sent.get("beacon_timeline", ()))
        run.factory.generated_sizes.update(dict(sent.get("beacon_sizes", ())))


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Gather findings, on the controller of a run of the suite."""
    config = session.config
    if RUN in config.stash and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Collector(config))
        config.pluginmanager.register(SentByWorkers(config))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Write the results and what is derived from them, and set the exit status."""
    config = session.config
    run = config.stash.get(RUN, None)
    if run is None:
        return
    to_controller: dict[str, Any] | None = getattr(config, "workeroutput", None)
    if to_controller is not None:
        to_controller["beacon_sent"] = (run.wire.requests, run.factory.events)
        to_controller["beacon_timeline"] = run.wire.timeline.counts()
        to_controller["beacon_sizes"] = list(run.factory.generated_sizes.items())
        return
    faults, findings = config.stash[FAULTS], [*config.stash[FINDINGS], *_left(config, run)]
    if exitstatus == pytest.ExitCode.INTERNAL_ERROR:
        faults.append("pytest or one of its plugins failed; the terminal says where")
    interrupted = run.interrupted or (exitstatus == ExitStatus.INTERRUPTED and not faults)
    results = compose(_facts(config, run, faults, interrupted=interrupted), findings)
    config.stash[RESULTS] = results
    config.stash[FILES] = []
    if exitstatus != pytest.ExitCode.USAGE_ERROR:
        session.exitstatus = results["exit_status"]
    left = pytest.CallInfo.from_call(lambda: _leave(config, results), "teardown")
    if left.excinfo is not None:
        # Pytest lets no hook of a session's end fail: the process would end as if a target were non-conformant.
        config.notify_exception(left.excinfo)
        session.exitstatus = ExitStatus.SUITE_FAULT


def _left(config: pytest.Config, run: Run) -> Iterator[Finding]:
    """Yield the findings of checks that an interrupted run had called, and not yet reported."""
    pool = config.stash.get(AHEAD, None)
    for item, conclusion in pool.left().items() if pool is not None else ():
        requirement = requirement_of(item)
        if requirement is not None:
            yield finding_of(conclusion, requirement, item.name, run.redactor)


def _leave(config: pytest.Config, results: Results) -> None:
    """Write the results, and then what is derived from them: what fails there can be made again."""
    directory, files = report_directory(config), config.stash[FILES]
    write(results, directory / "results.json")
    files.append(directory / "results.json")
    without = frozenset() if config.pluginmanager.hasplugin("html") else frozenset({"report.html"})
    for path in write_reports(results, directory, without=without):
        files.append(path)


def _facts(config: pytest.Config, run: Run, faults: list[str], *, interrupted: bool) -> RunFacts:
    requests, events = config.stash[SENT]
    return RunFacts(
        id=run.id,
        started=_iso(run.started),
        finished=_iso(datetime.now(UTC)),
        seed=run.settings.seed,
        effort=str(run.settings.effort),
        requests=requests + run.wire.requests,
        events=events + run.factory.events,
        target=run.settings.target,
        kind=run.kind,
        required=run.settings.require,
        openapi=hashlib.sha256(openapi.text().encode()).hexdigest()[:16],
        observer=run.settings.observer.partition(":")[0],
        patience=run.settings.patience,
        settle=run.settings.settle,
        unreachable=run.unreachable,
        interrupted=interrupted,
        faults=tuple(faults),
        timeline=run.wire.timeline.slices(),
        sizes=sorted((+run.factory.generated_sizes).items()),
        waivers=tuple(waiver.shown(run.redactor.text) for waiver in config.stash[WAIVERS]),
    )


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any) -> None:
    """End with what is not green, the classes, the headline and where the reports are."""
    config = terminalreporter.config
    results = config.stash.get(RESULTS, None)
    if results is None:
        return
    terminalreporter.ensure_newline()
    for line in table(results):
        terminalreporter.write_line(line)
    for line in doctor_lines(config, StepResult.WARNING):
        terminalreporter.write_line(line)
    if results["run"]["events"]:
        terminalreporter.write_line(
            f"events: find and delete them by {results['run']['mark']}, with which every session_id begins"
        )
    made = (config.getoption("htmlpath", None), config.getoption("xmlpath", None))
    for path in [*config.stash[FILES], *filter(None, made)]:
        terminalreporter.write_line(f"report: {path}")
