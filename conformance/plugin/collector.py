"""Collects the findings of every process, and knows which collected checks have none.

A check without a finding is never passed over in silence: the run is invalid, or the check was not judged because the run
was stopped before it.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from conformance.plugin.markers import requirement_of
from conformance.plugin.outcomes import FINDING
from conformance.plugin.run import Run
from conformance.plugin.state import State, run_of, state_of
from conformance.report.content.excerpts import cut, one_line
from conformance.results.verdicts import Finding, Outcome

COLLECTED = "conformance_collected"
"""The attribute of a worker's first report: the requirement of each check that the worker collected, by node id."""
LONGEST = 300
"""Characters of a fault."""
MOST_NAMED = 3
"""Checks that a fault names."""


class Collector:
    """Collects findings in the controller process, and the checks that should have one."""

    def __init__(self, state: State, run: Run) -> None:
        self.state, self.run = state, run
        self._expected: dict[str, None] = {}
        """Node ids, in the order of collection."""
        self._requirements: dict[str, str] = {}
        """The id of the requirement of each check that any process collected, by node id."""
        self._reported: set[str] = set()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note the checks of this process."""
        self._expected.update(dict.fromkeys(item.nodeid for item in session.items))
        self._requirements.update(requirements_of(session))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Note the checks that a worker collected."""
        self._expected.update(dict.fromkeys(ids))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect the finding of a report, from any process. A failure without one is a fault."""
        self._requirements.update(getattr(report, COLLECTED, {}))
        finding = getattr(report, FINDING, None)
        if finding is not None:
            self._reported.add(report.nodeid)
            self.state.findings.append(Finding.from_json(finding))
        elif report.failed:
            self._reported.add(report.nodeid)
            self.fault(f"{report.nodeid} failed without a finding: {report.longrepr}")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Record a module of the suite that cannot be loaded."""
        if report.failed:
            self.fault(f"{report.nodeid} cannot be loaded")

    def fault(self, text: str) -> None:
        """Record a fault of the suite, in one line without secrets."""
        self.state.faults.append(cut(one_line(self.run.redactor.text(text)), LONGEST))

    def without_finding(self, findings: Sequence[Finding], stopped: str) -> Iterator[Finding]:
        """Yield a finding for each check that has none, if the run was ``stopped``; otherwise they are a fault.

        ``findings`` are all findings of the run, also those that were not reported.
        """
        concluded = {(finding.requirement, finding.check) for finding in findings}
        missing = [
            name
            for name in self._expected
            if name not in self._reported
            and (self._requirements.get(name), _check(name)) not in concluded
            and (name in self._requirements or not self._requirements)  # other items are no checks
        ]
        if missing and not stopped:
            more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
            self.fault(f"checks ended without a finding: {', '.join(missing[:MOST_NAMED])}{more}")
            return
        for name in missing:
            if name in self._requirements:
                yield Finding(
                    self._requirements[name], _check(name), Outcome.NOT_JUDGED, stopped, module=_module(name)
                )


class SentByWorkers:
    """Adds up the requests and events that xdist workers sent."""

    def __init__(self, state: State, run: Run, collector: Collector) -> None:
        self.state, self.run, self.collector = state, run, collector

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object | None) -> None:
        """Add the counts of a worker that has ended; a worker that died is a fault."""
        if error is not None:
            *_, reason = str(error).strip().splitlines() or [
                ""
            ]  # of a traceback, the line that names the error
            self.collector.fault(f"worker {node.gateway.id} died: {reason}")
        sent = getattr(node, "workeroutput", {})
        requests, events, readings = sent.get("beacon_sent", (0, 0, 0))
        self.state.requests_of_workers += requests
        self.state.events_of_workers += events
        self.state.readings_of_workers += readings
        self.run.http_client.timeline.merge(sent.get("beacon_timeline", ()))
        self.run.factory.generated_sizes.update(dict(sent.get("beacon_sizes", ())))


class Telling:
    """Tells the controller which checks this worker collected: with its first report, since xdist sends only node ids."""

    def __init__(self) -> None:
        self._collected: dict[str, str] = {}

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note the checks of this worker."""
        self._collected = requirements_of(session)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self) -> Iterator[None]:  # the wrapper's result is a TestReport
        """Put the checks on the first report."""
        report = yield
        if self._collected:
            setattr(report, COLLECTED, self._collected)
            self._collected = {}
        return report


def requirements_of(session: pytest.Session) -> dict[str, str]:
    """Return the id of the requirement of each check of a session, by node id."""
    judged = {item.nodeid: requirement_of(item) for item in session.items}
    return {name: requirement.id for name, requirement in judged.items() if requirement is not None}


def _check(nodeid: str) -> str:
    """Return the name of a check with its parameters, which may contain colons."""
    place, bracket, parameters = nodeid.partition("[")
    return f"{place.rpartition('::')[2]}{bracket}{parameters}"


def _module(nodeid: str) -> str:
    return f"suite/{nodeid.partition('::')[0].rpartition('/')[2]}"


COLLECTOR = pytest.StashKey[Collector]()


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Start to collect findings in the controller process of a run."""
    config = session.config
    state = state_of(config)
    run = run_of(config)
    if state is None or run is None:
        return
    if hasattr(config, "workerinput"):
        config.pluginmanager.register(Telling())
        return
    config.stash[COLLECTOR] = collector = Collector(state, run)
    config.pluginmanager.register(collector)
    config.pluginmanager.register(SentByWorkers(state, run, collector))
