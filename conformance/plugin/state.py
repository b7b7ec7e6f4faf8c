"""The state of one pytest session of the suite, which hooks and fixtures share."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from conformance.plugin.run import Run
from conformance.results import Results
from conformance.results.examples import Example
from conformance.results.verdicts import Finding
from conformance.results.waivers import Waiver
from conformance.runner.check import Check, CheckOutcome
from conformance.runner.pool import Pool
from conformance.settings import Settings


@dataclass
class State:
    """The state of one session. It is made when pytest is configured, and filled during the run."""

    settings: Settings
    waivers: tuple[Waiver, ...] = ()
    replay: dict[str, list[Example]] = field(default_factory=dict)
    """By check: the generated examples that failed in another run."""
    run: Run | None = None
    """None where pytest only collects."""
    pool: Pool | None = None
    checks: dict[pytest.Item, Check] = field(default_factory=dict)
    """The checks that the pool runs."""
    outcomes: dict[str, CheckOutcome] = field(default_factory=dict)
    """By node id. An outcome is removed when it is reported."""
    findings: list[Finding] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """Errors of the suite outside of a check."""
    requests_of_workers: int = 0
    """Requests that xdist workers sent; each worker adds its number when it ends."""
    events_of_workers: int = 0
    """The same for events."""
    readings_of_workers: int = 0
    """The same for what the read-back was asked."""
    results: Results | None = None
    problem: str = ""
    """Why the report is not complete; empty if it is."""
    checks_of_recording: Sequence[str] | None = None
    """The checks of a recorded run that is judged again, in their order; None in any other run."""
    recording_problem: str = ""
    """Why there is no recording, although one was asked for."""
    files: list[Path] = field(default_factory=list)
    """The reports that were written."""


STATE = pytest.StashKey[State]()


def state_of(config: pytest.Config) -> State | None:
    """Return the state of a session, or None where it is not a run of the suite."""
    return config.stash.get(STATE, None)


def run_of(config: pytest.Config) -> Run | None:
    """Return the run of a session, or None where no run has begun."""
    state = state_of(config)
    return state.run if state is not None else None
