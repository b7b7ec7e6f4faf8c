"""Refuses options of pytest that a run cannot obey: some would print its values, some need a cache that it does not keep."""

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
CACHED = {
    **dict.fromkeys(("--lf", "--last-failed"), "lf"),
    **dict.fromkeys(("--ff", "--failed-first"), "failedfirst"),
    **dict.fromkeys(("--nf", "--new-first"), "newfirst"),
    "--cache-show": "cacheshow",
    "--cache-clear": "cacheclear",
    **dict.fromkeys(("--sw", "--stepwise"), "stepwise"),
    **dict.fromkeys(("--sw-skip", "--stepwise-skip"), "stepwise_skip"),
}
"""Options that need pytest's cache of the last run, and where pytest keeps their values."""
DEBUG = "PYTEST_DEBUG"
"""The environment variable with which pytest prints the arguments of each of its hooks."""


def refusal(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """Return in one line why a run with these options is refused; empty if it is not."""
    if environment.get(DEBUG):
        return _prints(DEBUG)
    try:
        added = shlex.split(environment.get("PYTEST_ADDOPTS", ""))
    except ValueError:  # pytest itself says so
        added = []
    given = {argument.partition("=")[0] for argument in (*added, *arguments)}
    return next((why(option) for option, why in REFUSED.items() if option in given), "")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Refuse them where pytest itself was started, too."""
    if is_conformance_run(config):
        for option, name in {**PRINTING, **CACHED}.items():
            if config.getoption(name, None):
                raise pytest.UsageError(REFUSED[option](option))


def _prints(name: str) -> str:
    return f"{name}: prints the values of a run, tokens too; leave it out (-v, -l and --full-trace print without secrets)"


def _is_cached(name: str) -> str:
    return (
        f"{name}: needs pytest's cache, which a run does not keep; beacon-conformance repeat RESULTS ID judges a finding"
        " again, and --requirement selects"
    )


REFUSED = {**dict.fromkeys(PRINTING, _prints), **dict.fromkeys(CACHED, _is_cached)}
"""Every refused option, and the function that says why."""
