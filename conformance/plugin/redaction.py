"""What could show a secret past the reports: the wire's log, and tracebacks of pytest's own."""

import logging
from typing import Any

import pytest

from conformance.evidence import Redactor
from conformance.plugin.options import is_conformance_run
from conformance.plugin.state import run_of

TALKATIVE = ("httpcore", "httpx")
"""Loggers that write every URL and header line, which pytest shows where it is told to."""


class Discreet:
    """Redacts what pytest says of its own end."""

    def __init__(self, config: pytest.Config, redactor: Redactor) -> None:
        self.config = config
        self.redactor = redactor

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excrepr: Any) -> None:
        """Have an internal error shown redacted, to whoever shows it."""
        text = self.redactor.text(str(excrepr))
        excrepr.toterminal = lambda writer: writer.line(text)

    def pytest_keyboard_interrupt(self) -> None:
        """Show where an interrupted run stood, and no arguments: they have tokens among them."""
        self.config.option.fulltrace = False


def pytest_configure(config: pytest.Config) -> None:
    """Quieten the wire."""
    if is_conformance_run(config):
        for name in TALKATIVE:
            logging.getLogger(name).setLevel(logging.WARNING)


@pytest.hookimpl(trylast=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Know the run's secrets from its beginning on."""
    run = run_of(session.config)
    if run is not None:
        session.config.pluginmanager.register(Discreet(session.config, run.redactor))
