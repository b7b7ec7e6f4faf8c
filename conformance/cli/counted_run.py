"""Runs the checks on the bundled reference, and counts what a conforming target would get."""

import contextlib
import io
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from conformance import reference, results
from conformance.cli.run import judge
from conformance.plugin.state import run_of
from conformance.results.verdicts import ExitStatus
from conformance.settings import Settings
from conformance.settings.bounds import Traffic

FINISHED = {ExitStatus.CONFORMANT, ExitStatus.NOT_FULLY_VERIFIED, ExitStatus.NOTHING_JUDGED}
KNOWN = {
    "other_token": reference.OTHER_TOKEN,
    "revoked_token": reference.REVOKED_TOKEN,
    "origin": reference.ORIGIN,
    "other_origin": reference.OTHER_ORIGIN,
    "other_store_origin": reference.FOREIGN_ORIGIN,
}
"""Settings that some requirements need, and their values for the reference."""


class RunFailed(Exception):
    """The run on the reference did not finish; the arguments are its exit status and its output."""


@dataclass(frozen=True)
class Counted:
    """A finished run on the reference."""

    sent: Traffic
    sentinels: int
    """How often the run waited for a later event to become visible."""
    content: results.Results


class Counter:
    """A pytest plugin that reads the counts that results do not contain."""

    bytes = 0
    sentinels = 0

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Copy the counts of the run."""
        run = run_of(session.config)
        if run is not None:
            self.bytes = run.http_client.budget.bytes
            self.sentinels = run.read_back.sentinels


def counted_run(settings: Settings, requirements: Sequence[str], check: str | None) -> Counted:
    """Run the checks on the reference, with the options that these settings have for their own target."""
    options = {
        "token": reference.TOKEN,
        **{
            name: value if settings.is_reference or getattr(settings, name) else ""
            for name, value in KNOWN.items()
        },
        "effort": settings.effort,
        "seed": settings.seed,
        "replay": settings.replay or "",
        "connections": settings.connections,
        "browser": settings.browser,
        **({} if settings.max_requests is None else {"max_requests": settings.max_requests}),
        # Some of these would slow the count down; the others concern only the real target.
        "max_rate": 1_000_000,
        "timeout": 60,
        "patience": 20,
        "settle": 0,
        **dict.fromkeys(
            ("observer_headers", "proxy", "waivers", "headers", "ca_file", "client_cert", "connect_to"), ""
        ),
    }
    selection = [f"--requirement={name}" for name in requirements] + ([f"--check={check}"] if check else [])
    arguments = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    return _counted((*arguments, *selection), has_read_back(settings))


@cache
def _counted(arguments: tuple[str, ...], read_back: bool) -> Counted:  # noqa: FBT001 - a key of the cache
    """Run checks on the reference. Targets with the same arguments share one run. Raises RunFailed."""
    counter, output = Counter(), io.StringIO()
    with reference.Server() as server, tempfile.TemporaryDirectory() as folder:
        own = [
            f"--target={server.url}",
            f"--observer={server.observer if read_back else ''}",
            f"--report-dir={folder}",
        ]
        quiet = ["-p", "no:html", "-p", "no:junitxml"]
        with contextlib.redirect_stdout(output), pytest.MonkeyPatch.context() as environment:
            environment.delenv("PYTEST_ADDOPTS", raising=False)  # it is for the user's own runs
            status = judge([*arguments, *own, *quiet], [counter])
        if status not in FINISHED:
            raise RunFailed(status, output.getvalue() if status != ExitStatus.USAGE else "")
        content = results.read(Path(folder) / "results.json")
    sent = Traffic(content["run"]["requests"], content["run"]["events"], counter.bytes)
    return Counted(sent, counter.sentinels, content)


def has_read_back(settings: Settings) -> bool:
    """Whether a run can read back stored events."""
    return bool(settings.observer) or settings.is_reference
