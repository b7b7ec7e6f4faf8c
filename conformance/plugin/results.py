"""Writes the results file and the reports of a run, and sets the exit status."""

import functools
import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from conformance.doctor import StepResult
from conformance.evidence.recording import NAME as RECORDING
from conformance.inputs import openapi
from conformance.plugin.collector import COLLECTOR
from conformance.plugin.locations import located
from conformance.plugin.process import without_interruption
from conformance.plugin.recording import again_of, recording_of
from conformance.plugin.run import Run
from conformance.plugin.session import doctor_lines, report_directory
from conformance.plugin.state import State, state_of
from conformance.report import files
from conformance.report.content.excerpts import one_line
from conformance.report.formats import ALL_FILES, FORMATS
from conformance.report.html.pytest_html import RESULTS
from conformance.report.text.colours import coloured
from conformance.report.text.paths import report_lines
from conformance.report.text.terminal import table
from conformance.results import Results, RunFacts, as_text, compose
from conformance.results.package import package_digest
from conformance.results.verdicts import ExitStatus, Finding
from conformance.runner.finding import finding_of
from conformance.settings import shown_options

USUAL_WIDTH, NARROWEST = 100, 60
"""Columns of a line of the summary."""


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
        to_controller["beacon_sent"] = (run.http_client.requests, run.factory.events, run.readings.sent)
        to_controller["beacon_timeline"] = run.http_client.timeline.counts()
        to_controller["beacon_sizes"] = list(run.factory.generated_sizes.items())
        return
    if exitstatus == pytest.ExitCode.INTERNAL_ERROR:
        state.faults.append("pytest or one of its plugins failed; the terminal shows where")
    interrupted = run.interrupted or (exitstatus == ExitStatus.INTERRUPTED and not state.faults)
    findings = [*state.findings, *_unreported(state, run)]
    stopped = _stopped(session, interrupted=interrupted)
    findings += config.stash[COLLECTOR].without_finding(findings, stopped)
    state.pool, state.checks = None, {}
    run.forget_answers()
    results = compose(_facts(config, state, run, interrupted=interrupted), findings)
    config.stash[RESULTS] = state.results = results
    if exitstatus != pytest.ExitCode.USAGE_ERROR:
        session.exitstatus = results["exit_status"]
    recording = recording_of(session, state)
    with without_interruption():
        problem = _write(config, state, results, recording)
    if problem:
        state.problem = problem
        session.exitstatus = ExitStatus.SUITE_FAULT


def _stopped(session: pytest.Session, *, interrupted: bool) -> str:
    """Return why checks were not reached: the user stopped the run, or chose an option such as ``-x``; otherwise empty."""
    if interrupted:
        return "the run was interrupted before this check"
    return "the run was stopped before this check" if session.shouldfail or session.shouldstop else ""


def _unreported(state: State, run: Run) -> Iterator[Finding]:
    """Yield the findings of checks that had ended when the run was interrupted, but were not reported yet."""
    outcomes = state.pool.unreported() if state.pool is not None else {}
    for item, check in state.checks.items():
        if check in outcomes:
            finding = finding_of(outcomes[check], check.requirement.id, check.name, run.redactor)
            yield located(finding, item)


def _write(config: pytest.Config, state: State, results: Results, recording: bytes | None) -> str:
    """Write the results and the reports; return in a sentence what went wrong, or an empty text.

    A report that cannot be made can be made again from the results. Nothing is raised: the process would end with the exit
    status of a non-conformant target.
    """
    texts: dict[str, str | bytes] = {} if recording is None else {RECORDING: recording}
    failed = []
    for name, made_from in {"results.json": as_text, **FORMATS}.items():
        if name == "report.html" and not config.pluginmanager.hasplugin("html"):
            continue
        made = pytest.CallInfo.from_call(functools.partial(made_from, results), "teardown")
        if made.excinfo is None:
            texts[name] = str(made.result)
        else:
            failed.append(name)
            config.notify_exception(made.excinfo)
    folder = report_directory(config)
    try:
        state.files += files.replace(folder, texts, old=ALL_FILES | {RECORDING}, run=results["run"]["id"])
    except OSError as error:
        return f"the report could not be written to {folder} ({error.strerror}); the files there, if any, are of an earlier run"
    if failed:
        return f"{', '.join(failed)} could not be made; beacon-conformance render makes the reports from results.json"
    return ""


def _facts(config: pytest.Config, state: State, run: Run, *, interrupted: bool) -> RunFacts:
    return RunFacts(
        id=run.id,
        started=_iso(run.started),
        finished=_iso(run.now),
        seed=run.settings.seed,
        effort=str(run.settings.effort),
        requests=state.requests_of_workers + run.http_client.requests,
        events=state.events_of_workers + run.factory.events,
        readings=state.readings_of_workers + run.readings.sent,
        target=run.settings.target,
        kind=run.kind,
        implementation=run.redactor.text(run.settings.implementation),
        required=run.settings.require,
        openapi=hashlib.sha256(openapi.text().encode()).hexdigest(),
        package=package_digest(),
        requirement_set=run.settings.set,
        challenge=run.settings.challenge,
        observer=run.shown_observer,
        patience=run.settings.patience,
        settle=run.settings.settle,
        unreachable=run.unreachable,
        interrupted=interrupted,
        faults=tuple(state.faults),
        timeline=run.http_client.timeline.slices(),
        sizes=sorted((+run.factory.generated_sizes).items()),
        browser=run.redactor.value(run.browsing.facts) if run.browsing is not None else None,
        shown_secrets=tuple(run.redactor.shown),
        options=_options(config, run),
        doctor=[step.to_json() for step in run.doctor],
        waivers=tuple(waiver.redacted(run.redactor.text) for waiver in state.waivers),
    )


def _options(config: pytest.Config, run: Run) -> Mapping[str, str]:
    """Return the options that judged, without secrets; those of the results if a recording is judged again."""
    again = again_of(config)
    if again is not None and again.options is not None:
        return again.options
    return {name: run.redactor.text(value) for name, value in shown_options(run.settings).items()}


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
    # Its bar counts checks, where everything else counts requirements, and it is yellow if there is an observation.
    terminalreporter.summary_stats = lambda: None
    for line in [
        *table(results, _width(terminalreporter), _results_file(state)),
        *doctor_lines(config, StepResult.WARNING),
    ]:
        for text, colour in coloured(line):
            terminalreporter.write(text, **({colour: True} if colour else {}))
        terminalreporter.line("")
    if results["run"]["events"]:
        terminalreporter.write_line(
            f"events: to find and delete them, look for a session_id that begins with {results['run']['mark']}"
        )
    made = (config.getoption("htmlpath", None), config.getoption("xmlpath", None))
    if state.problem:
        terminalreporter.write_line(f"ERROR: {one_line(state.problem)}")
    if state.recording_problem:
        terminalreporter.write_line(f"recording: none was written, because {state.recording_problem}")
    for line in report_lines([*state.files, *map(Path, filter(None, made))]):
        terminalreporter.write_line(line)


def _results_file(state: State) -> str:
    """Return the path of the results as a command names it."""
    written = next((path for path in state.files if path.name == "results.json"), None)
    if written is None:
        return "results.json"
    here = Path.cwd()
    return str(written.relative_to(here) if written.is_relative_to(here) else written)


def _width(terminalreporter: Any) -> int:
    """Return how many columns a line may have: those of the terminal, otherwise 100."""
    if not terminalreporter.isatty:
        return USUAL_WIDTH
    return max(NARROWEST, int(terminalreporter._tw.fullwidth) - 1)  # noqa: SLF001 - there is no other way to it
