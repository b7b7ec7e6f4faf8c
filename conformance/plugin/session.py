"""A run of the suite begins and ends with the pytest session."""

import tempfile
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.internal.conjecture import providers

from conformance.client import Load
from conformance.doctor import StepResult, format_step
from conformance.plugin.markers import BEYOND_QUICK, EXAMPLES
from conformance.plugin.options import (
    KEPT,
    SETTINGS,
    examples_of,
    is_conformance_run,
    settings_of,
    waivers_of,
)
from conformance.plugin.run import RUN, Run
from conformance.results.waivers import Waiver
from conformance.settings import ConfigurationError, Settings

WAIVERS = pytest.StashKey[tuple[Waiver, ...]]()
WORKER_INPUT = "beacon_run"
WIDTH = 92
"""Columns of what the doctor says, beside its label."""


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Read the settings of the run, before anything is sent."""
    config.addinivalue_line("markers", "requirement(requirement): the one requirement that this check judges")
    config.addinivalue_line("markers", f"{BEYOND_QUICK}: a parameter that effort quick leaves out")
    if not is_conformance_run(config):
        return
    worker: dict[str, Any] = getattr(config, "workerinput", {}).get(WORKER_INPUT, {})
    # A worker is told by its controller: what a file said may be there to be read once.
    settings = Settings(**worker["settings"]) if worker else settings_of(config)
    config.stash[SETTINGS] = settings
    if not hasattr(config, "workerinput"):
        config.stash[WAIVERS] = waivers_of(settings)
    config.stash[KEPT] = worker["kept"] if worker else examples_of(settings)
    _load_hypothesis_profile(config, settings)
    _forget_what_lies_around(config)


def report_directory(config: pytest.Config) -> Path:
    """Return where the reports go."""
    return config.invocation_params.dir / config.stash[SETTINGS].report_dir


def _make(directory: Path) -> None:
    """Make the report directory before anything is sent: a run that cannot leave its results is for nothing."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError as error:
        raise ConfigurationError(
            f"--report-dir: {directory} cannot be written ({error.strerror}); name another folder"
        ) from None


def _load_hypothesis_profile(config: pytest.Config, told: Settings) -> None:
    """Load one explicit profile, always: a CI variable would silently load another."""
    home = tempfile.TemporaryDirectory(prefix="beacon-conformance-")
    config.add_cleanup(home.cleanup)
    set_hypothesis_home_dir(home.name)
    if told.seed:
        config.option.hypothesis_seed = str(told.seed)
    hypothesis.settings.register_profile(
        "conformance",
        deadline=None,
        database=None,
        derandomize=not told.seed,
        print_blob=False,
        max_examples=EXAMPLES[told.effort],
        # Explaining a failure costs 100-190 more requests.
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        report_multiple_bugs=False,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
    )
    hypothesis.settings.load_profile("conformance")


def _forget_what_lies_around(config: pytest.Config) -> None:
    """Have the same seed draw the same batches from a checkout, from the wheel and in any folder.

    Hypothesis mixes in constants from the source files that are not in ``site-packages``, and has no setting for it. A
    release that does so in another way draws as it likes: no run fails for it.
    """
    nothing = getattr(providers, "Constants", None)
    if nothing is not None:
        patch = pytest.MonkeyPatch()
        config.add_cleanup(patch.undo)
        patch.setattr(providers, "_get_local_constants", nothing, raising=False)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Begin the run: start the reference if it is the target, and see whether the target is there."""
    config = session.config
    if SETTINGS not in config.stash or config.option.collectonly:
        return
    worker: dict[str, Any] | None = getattr(config, "workerinput", None)
    if worker is not None:
        config.stash[RUN] = Run.in_worker(
            config.stash[SETTINGS], worker[WORKER_INPUT], worker["workerid"], worker["workercount"]
        )
        return
    try:
        config.stash[RUN] = run = Run.begin(config.stash[SETTINGS])
        run.limit_to(Load(*run.settings.most))
        _make(report_directory(config))
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from None
    _have_examined(run)


def _have_examined(run: Run) -> None:
    """Have the doctor look; an interruption leaves a run that judges nothing, and its reports."""
    try:
        for _ in run.examine():
            pass
    except KeyboardInterrupt:
        run.interrupted, run.unreachable = True, "the run was interrupted"


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell an xdist worker of the run."""
    run = node.config.stash.get(RUN, None)
    if run is not None:
        node.workerinput[WORKER_INPUT] = {**run.to_worker(), "kept": node.config.stash[KEPT]}


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the run."""
    run = config.stash.get(RUN, None)
    if run is not None:
        run.end()


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say what is judged."""
    settings = config.stash.get(SETTINGS, None)
    if settings is None:
        return []
    target = "the bundled reference (certifies nothing)" if settings.is_reference else settings.target
    read_back = "yes" if settings.observer or settings.is_reference else "no"
    required = ", ".join(settings.require)
    told = f"required {required}, effort {settings.effort}, seed {settings.seed}"
    said = f"conformance: target {target}, read-back {read_back}, {told}"
    return [said, *doctor_lines(config, StepResult.PROBLEM, StepResult.WARNING)]


def doctor_lines(config: pytest.Config, *signs: StepResult) -> list[str]:
    """Return what the doctor has said of some signs."""
    run = config.stash.get(RUN, None)
    lines = run.doctor if run is not None else []
    return [f"doctor: {text}" for line in lines if line.result in signs for text in format_step(line, WIDTH)]
