"""Keeps secrets out of what pytest itself prints: the log of the HTTP library, and tracebacks."""

import logging
from typing import Any

import pytest

from conformance.evidence import Redactor
from conformance.plugin.options import is_conformance_run
from conformance.plugin.state import run_of

VERBOSE_LOGGERS = ("httpcore", "httpx")
"""Loggers that write every URL and header line; with some options pytest prints their lines."""


class RedactPytest:
    """Redacts the errors that pytest prints."""

    def __init__(self, config: pytest.Config, redactor: Redactor) -> None:
        self.config = config
        self.redactor = redactor

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excrepr: Any) -> None:
        """Redact an internal error before anything prints it."""
        text = self.redactor.text(str(excrepr))
        excrepr.toterminal = lambda writer: writer.line(text)

    def pytest_keyboard_interrupt(self) -> None:
        """Print where an interrupted run stopped, without arguments: some of them are tokens."""
        self.config.option.fulltrace = False


def pytest_configure(config: pytest.Config) -> None:
    """Make the HTTP library log less."""
    if is_conformance_run(config):
        for name in VERBOSE_LOGGERS:
            logging.getLogger(name).setLevel(logging.WARNING)


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Start to redact when the run begins."""
    run = run_of(session.config)
    if run is not None:
        session.config.pluginmanager.register(RedactPytest(session.config, run.redactor))
