"""Records a run, and judges a recorded run again."""

import importlib.metadata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from conformance import __version__
from conformance.evidence.journals import Recorder, Replayer
from conformance.evidence.pseudonyms import Unhidden
from conformance.evidence.recording import NAME, Recording, UnusableRecording, read
from conformance.plugin.state import State, run_of
from conformance.results import Results
from conformance.results.derivation import waivers_in
from conformance.results.examples import Example
from conformance.results.package import package_digest
from conformance.results.waivers import Waiver
from conformance.settings import Settings

VISIT = "visit"
"""The fixture of checks that need a browser."""
DECIDING = ("hypothesis", "schemathesis", "requests", "urllib3")
"""Packages that make what is sent: another version makes other requests."""
__all__ = ["Again", "OtherRun", "OtherVersions", "UnusableRecording", "load"]
SETTINGS = (
    *("target", "token", "other_token", "revoked_token", "origin", "other_origin", "other_store_origin"),
    *(
        "implementation",
        "require",
        "seed",
        "challenge",
        "set",
        "effort",
        "max_requests",
        "max_rate",
        "connections",
    ),
    *("wait", "timeout", "patience", "settle"),
)
"""The settings that a recording has. It does not have the observer's address."""


class OtherVersions(Exception):
    """A recording needs other versions than those that are installed; the text says how to install them."""


class OtherRun(Exception):
    """A recording is not of the run of the results beside it; the text names the place."""


@dataclass(eq=False)
class Again:
    """A pytest plugin: the run takes everything from a recording."""

    recording: Recording
    settings: Settings
    waivers: tuple[Waiver, ...] = ()
    examples: dict[str, list[Example]] = field(default_factory=dict)
    options: Mapping[str, str] | None = None
    """The options as the results show them: a recording has no secrets. None if they show none."""
    _replayer: Replayer | None = None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Iterator[None]:
        """End a run that diverged, before its results are made: nothing more can be taken from the recording."""
        run = run_of(session.config)
        self._replayer = replayer_of(session.config)
        if run is not None and self._replayer is not None and self._replayer.diverged:
            run.close_journal()
        return (yield)

    @property
    def diverged(self) -> str:
        """The first place at which the run took something else than the recorded one; empty if everything was the same."""
        if self._replayer is None:
            return ""
        self._replayer.end()
        return self._replayer.diverged


def again_of(config: pytest.Config) -> Again | None:
    """Return what a recorded run is judged again from; None in any other run."""
    return next((one for one in config.pluginmanager.get_plugins() if isinstance(one, Again)), None)


def replayer_of(config: pytest.Config) -> Replayer | None:
    run = run_of(config)
    return run.journal if run is not None and isinstance(run.journal, Replayer) else None


def check_recordable(config: pytest.Config, settings: Settings) -> None:
    """Raise pytest.UsageError if a run of several processes should be recorded."""
    if settings.record and config.getoption("tx", None):
        raise pytest.UsageError("--record: works in one process only; leave out -n")


def name_in_recording(item: pytest.Item) -> str:
    """Return the name of a check in a recording: the same in a checkout and in the wheel."""
    return f"{item.path.name}::{item.name}"


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Note the check that is judged, and end the recording before the first visit of a browser."""
    run = run_of(item.config)
    if run is None or run.journal is None:
        return
    if isinstance(run.journal, Replayer):
        run.journal.check = item.name
        has_browser = bool(run.journal.recording.head["run"]["browser"])
    else:
        has_browser = run.settings.has_browser
    if has_browser and VISIT in getattr(item, "fixturenames", ()):
        run.close_journal()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Judge no more checks after the first difference from the recording."""
    replayer = replayer_of(item.config)
    if replayer is not None and replayer.diverged:
        item.session.shouldstop = "the run differs from its recording"


def recording_of(session: pytest.Session, state: State) -> bytes | None:
    """Return the recording of a run that has ended; None without one, and the state says why."""
    run = state.run
    if run is None or not isinstance(run.journal, Recorder):
        return None
    run.close_journal()
    if state.results is None or run.interrupted or session.shouldfail or session.shouldstop:
        state.recording_problem = "the run was stopped before its end"
        return None
    if state.results["run"]["interrupted"]:
        state.recording_problem = "the run was interrupted"
        return None
    settings = {name: getattr(run.settings, name) for name in SETTINGS}
    head = {
        "suite": {"version": __version__, "package": package_digest()},
        "versions": versions(),
        "run": {
            "id": run.id,
            "kind": run.kind,
            "started": run.started.timestamp(),
            "observer": run.shown_observer,
            "readings": run.readings.sent,
            "browser": run.settings.has_browser,
            "options_of_curl": list(run.redactor.options_of_curl),
        },
        "settings": {**settings, "effort": str(run.settings.effort)},
        "checks": [name_in_recording(item) for item in session.items],
        "examples": state.replay,
    }
    try:
        return run.journal.as_bytes(head)
    except Unhidden as error:
        state.recording_problem = str(error)
        return None


def versions() -> dict[str, str]:
    """Return the versions of the packages that make what is sent."""
    return {name: importlib.metadata.version(name) for name in DECIDING}


def load(folder: Path, results: Results) -> Again:
    """Return what judges the recording in a folder again.

    Raises UnusableRecording, OtherRun if it is of another run than the results, and OtherVersions.
    """
    recording = read(folder / NAME)
    if why := next(_needs(recording.head), ""):
        raise OtherVersions(f"{folder / NAME}: {why}")
    for name, theirs, ours in _of_both(recording.head, results):
        if theirs != ours:
            raise OtherRun(f"{name}: {theirs!r} in results.json, {ours!r} in {NAME}")
    settings = dict(recording.head["settings"])
    settings["require"] = tuple(settings["require"])
    return Again(
        recording,
        Settings(**settings, allow_production=True),
        waivers=tuple(waivers_in(results)),
        examples=recording.head["examples"],
        options=results["run"].get("options", {}),
    )


def _needs(head: Mapping[str, Any]) -> Iterator[str]:
    version = head["suite"]["version"]
    wanted = {name: text for name, text in head["versions"].items() if name in DECIDING}
    others = [f"{name}=={text}" for name, text in wanted.items() if versions()[name] != text]
    if version != __version__:
        others.insert(0, f"beacon-conformance=={version}")
    if others:
        yield f"was made with other versions, which send something else; pip install {' '.join(others)}"


def _of_both(head: Mapping[str, Any], results: Results) -> Iterator[tuple[str, Any, Any]]:
    """Yield what results and a recording both say: its place, and both values."""
    run, suite, settings = results["run"], results["suite"], head["settings"]
    yield "run.id", run["id"], head["run"]["id"]
    yield "suite.version", suite["version"], head["suite"]["version"]
    yield "suite.package", suite.get("package", ""), head["suite"]["package"]
    yield "target.url", results["target"]["url"], settings["target"]
    yield "run.seed", run["seed"], settings["seed"]
    yield "run.effort", run.get("effort"), settings["effort"]
