"""Begins and ends a run of the suite together with the pytest session."""

import tempfile
from pathlib import Path
from typing import Any

import pytest

from conformance.client import Load
from conformance.doctor import StepResult, format_step
from conformance.evidence.journals import Diverged
from conformance.plugin.markers import BEYOND_QUICK, EXAMPLES, IN_FORCE
from conformance.plugin.options import (
    examples_of,
    is_conformance_run,
    settings_of,
    waivers_of,
)
from conformance.plugin.process import shortage
from conformance.plugin.recording import again_of, check_recordable
from conformance.plugin.run import Run
from conformance.plugin.state import STATE, State, run_of, state_of
from conformance.report import files
from conformance.report.text.paths import PAGE
from conformance.requirements.sets import find_set, in_force
from conformance.results.verdicts import ExitStatus
from conformance.runner.hypothesis_profile import ignore_local_constants, load_profile, use_home
from conformance.settings import ConfigurationError, Settings

WORKER_INPUT = "beacon_run"
WIDTH = 92
"""Columns of a line of the doctor, without its label."""


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Read the settings of the run, before anything is sent."""
    config.addinivalue_line("markers", "requirement(requirement): the one requirement that this check judges")
    config.addinivalue_line("markers", f"{BEYOND_QUICK}: a parameter that effort quick leaves out")
    if not is_conformance_run(config):
        return
    worker: dict[str, Any] = getattr(config, "workerinput", {}).get(WORKER_INPUT, {})
    # A worker gets its settings from its controller, because some files can be read only once.
    again = again_of(config)
    if again is not None:
        settings = again.settings
        config.stash[STATE] = State(
            settings, again.waivers, again.examples, checks_of_recording=again.recording.head["checks"]
        )
    else:
        settings = Settings(**worker["settings"]) if worker else settings_of(config)
        check_recordable(config, settings)
        config.stash[STATE] = State(
            settings,
            waivers=() if worker else waivers_of(settings),
            replay=worker["replay"] if worker else examples_of(settings),
        )
    config.stash[IN_FORCE] = {one.id: one for one in in_force(find_set(settings.set))}
    _set_up_hypothesis(config, settings)


def report_directory(config: pytest.Config) -> Path:
    """Return the folder that the reports are written to."""
    return config.invocation_params.dir / config.stash[STATE].settings.report_dir


def _begin(directory: Path, run: Run) -> None:
    """Make the report directory, and say in it that a run has begun, before anything is sent.

    A run that cannot write its results is useless. Raises ConfigurationError.
    """
    try:
        files.begin(directory, run.id, run.started.isoformat(timespec="seconds"))
    except OSError as error:
        why = f"--report-dir: {directory} cannot be written ({error.strerror}); name another folder"
        if shortage(error):
            pytest.exit(why, ExitStatus.SUITE_FAULT)
        raise ConfigurationError(why) from None


def _set_up_hypothesis(config: pytest.Config, settings: Settings) -> None:
    # After Ctrl-C a check that is still generating may write into the folder while it is removed.
    home = tempfile.TemporaryDirectory(prefix="beacon-conformance-hypothesis-", ignore_cleanup_errors=True)
    config.add_cleanup(home.cleanup)
    config.add_cleanup(use_home(Path(home.name)))
    config.add_cleanup(load_profile(EXAMPLES[settings.effort]))
    config.add_cleanup(ignore_local_constants())


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Begin the run: start the reference if it is the target, and run the doctor."""
    config = session.config
    state = state_of(config)
    if state is None or config.option.collectonly:
        return
    worker: dict[str, Any] | None = getattr(config, "workerinput", None)
    if worker is not None:
        state.run = Run.in_worker(
            state.settings, worker[WORKER_INPUT], worker["workerid"], worker["workercount"]
        )
        return
    again = again_of(config)
    try:
        state.run = run = (
            Run.begin(state.settings) if again is None else Run.again(state.settings, again.recording)
        )
        run.limit_to(Load(*run.settings.most))
        _begin(report_directory(config), run)
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from None
    _run_doctor(run)


def _run_doctor(run: Run) -> None:
    """Run the doctor. If it is interrupted, the run judges nothing, but still writes reports."""
    try:
        for _ in run.examine():
            pass
    except KeyboardInterrupt:
        run.interrupted, run.unreachable = True, "the run was interrupted"
    except Diverged as place:
        run.unreachable = str(place)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Send the facts of the run to an xdist worker."""
    state = state_of(node.config)
    if state is not None and state.run is not None:
        node.workerinput[WORKER_INPUT] = {**state.run.to_worker(), "replay": state.replay}


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the run."""
    run = run_of(config)
    if run is not None:
        run.end()


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Return the first lines of the output: what is judged, and the problems that the doctor found."""
    state = state_of(config)
    if state is None:
        return []
    settings = state.settings
    target = "the bundled reference (certifies nothing)" if settings.is_reference else settings.target
    read_back = "yes" if settings.observer or settings.is_reference else "no"
    required = ", ".join(settings.require)
    choices = f"required {required}, effort {settings.effort}, seed {settings.seed}"
    first = f"conformance: target {target}, read-back {read_back}, {choices}"
    page = (
        ""
        if config.option.collectonly
        else f"conformance: the report will be {report_directory(config) / PAGE}"
    )
    notes = [f"note: {note}" for note in settings.notes]
    return [
        first,
        *filter(None, [page]),
        *notes,
        *doctor_lines(config, StepResult.PROBLEM, StepResult.WARNING),
    ]


def doctor_lines(config: pytest.Config, *results: StepResult) -> list[str]:
    """Return the lines of the doctor's steps with some results."""
    run = run_of(config)
    lines = run.doctor if run is not None else []
    return [
        f"doctor: {text}" for line in lines if line.result in results for text in format_step(line, WIDTH)
    ]
