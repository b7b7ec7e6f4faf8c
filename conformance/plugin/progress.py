"""Prints the progress of a run: one line that is overwritten on a terminal, and one line for each chapter elsewhere."""

import os
import time
from collections.abc import Generator
from typing import Any

import pytest

from conformance.plugin.outcomes import FINDING, SENT_BY
from conformance.plugin.state import run_of
from conformance.report.text.colours import coloured
from conformance.report.text.progress import Tally, chapter_of
from conformance.results.verdicts import Verdict

BETWEEN = 0.1
"""Seconds between two updates of the line."""
Status = tuple[str, str, Any]
"""The category in which pytest counts a check, its letter and its word."""


class Progress:
    """Prints the progress of the run instead of pytest's letters."""

    def __init__(self, reporter: Any, tally: Tally, *, live: bool) -> None:
        self._reporter, self._tally, self._live = reporter, tally, live
        self._began = time.monotonic()
        self._written = 0.0
        self._running = True

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Count the checks that are going to run."""
        if session.items:
            self._tally.expect(item.nodeid for item in session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Count the checks that the workers are going to run."""
        self._tally.expect(ids)

    @pytest.hookimpl(wrapper=True)
    def pytest_report_teststatus(self) -> Generator[None, Status | None, Status | None]:
        """Let pytest count a check, but print nothing."""
        status = yield
        return (status[0], "", "") if self._running and status is not None else status

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logreport(self, report: Any) -> None:
        """Count a check that has ended, and print the progress."""
        finding = getattr(report, FINDING, None)
        if finding is None:
            return
        process, requests = getattr(report, SENT_BY)
        self._tally.sent[process] = requests
        chapter = chapter_of(report.nodeid)
        self._tally.add(chapter, Verdict(dict(report.user_properties)["verdict"]))
        if self._live:
            self._write_over(chapter)
        elif self._tally.is_done(chapter):
            for text, colour in coloured(self._tally.ended(chapter, time.monotonic() - self._began)):
                self._reporter.write(text, **({colour: True} if colour else {}))
            self._reporter.line("")

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self) -> None:
        """Clear the line before anything else is printed."""
        self._running = False
        if self._live:
            self._reporter.rewrite("", erase=True)
            self._reporter.rewrite("")
            self._reporter.flush()

    def _write_over(self, chapter: str) -> None:
        now = time.monotonic()
        if now - self._written < BETWEEN:
            return
        self._written = now
        width = self._reporter._tw.fullwidth - 1  # noqa: SLF001 - what rewrite() itself fills
        self._reporter.rewrite(self._tally.live(chapter, now - self._began, width), erase=True)
        self._reporter.flush()


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Print the progress, unless an option makes pytest print more or less."""
    config = session.config
    reporter: Any = config.pluginmanager.get_plugin("terminalreporter")
    run = run_of(config)
    if run is None or hasattr(config, "workerinput") or reporter is None or config.option.verbose:
        return
    reporter.showfspath = False
    live = bool(reporter.isatty) and os.environ.get("TERM") != "dumb"
    tally = Tally(sent={"": run.http_client.requests})
    config.pluginmanager.register(Progress(reporter, tally, live=live))
