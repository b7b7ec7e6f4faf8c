"""Refuses options of pytest and Hypothesis that print the values of a run: nothing redacts what they print."""

import shlex
from collections.abc import Mapping, Sequence

import pytest

from conformance.plugin.options import is_conformance_run

PRINTING = {
    "--debug": "debug",
    "--hypothesis-verbosity": "hypothesis_verbosity",
    "--hypothesis-show-statistics": "hypothesis_show_statistics",
}
"""The options, and where pytest keeps their values."""
DEBUG = "PYTEST_DEBUG"
"""The environment variable with which pytest prints the arguments of each of its hooks."""


def refusal(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Return in one line why a run with these options would print its values; empty if it would not."""
    if environment.get(DEBUG):
        return _why(DEBUG)
    try:
        added = shlex.split(environment.get("PYTEST_ADDOPTS", ""))
    except ValueError:  # pytest itself says so
        added = []
    given = {argument.partition("=")[0] for argument in (*added, *arguments)}
    return next((_why(option) for option in PRINTING if option in given), "")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Refuse them where pytest itself was started, too."""
    if is_conformance_run(config):
        for option, name in PRINTING.items():
            if config.getoption(name, None):
                raise pytest.UsageError(_why(option))


def _why(name: str) -> str:
    return f"{name}: prints the values of a run, tokens too; leave it out (-v, -l and --full-trace print without secrets)"
