"""The suite's options, and whether a pytest run is a run of the suite at all."""

import difflib
import os
from pathlib import Path

import pytest

import conformance
from conformance.plugin.covers import requirement_of
from conformance.requirements import BY_ID
from conformance.settings import OPTIONS, ConfigurationError, Settings, read_settings

SUITE = Path(conformance.__file__).parent / "suite"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options; their environment variables are read later, so that an option wins."""
    group = parser.getgroup("conformance", "conformance of POST /beacon")
    for option in OPTIONS:
        group.addoption(
            option.flag,
            metavar=option.metavar,
            dest=f"beacon_{option.field}",
            help=f"{option.help} [{option.variable}]",
        )
    group.addoption("--config", metavar="F", dest="beacon_config", help="a TOML file with the same names")
    group.addoption(
        "--requirement",
        metavar="ID",
        action="append",
        default=[],
        dest="beacon_requirement",
        help="judge this requirement alone; may be repeated",
    )


def is_conformance_run(config: pytest.Config) -> bool:
    """Whether the paths that pytest was given have the suite's checks in them."""
    for argument in config.args:
        path = (config.invocation_params.dir / argument.partition("::")[0]).resolve()
        if path.is_relative_to(SUITE) or SUITE.is_relative_to(path):
            return True
    return False


def told_settings(config: pytest.Config) -> Settings:
    """Return what this run was told. Raises pytest.UsageError, in one line."""
    for name in config.getoption("beacon_requirement"):
        if name not in BY_ID:
            close = difflib.get_close_matches(name, BY_ID, n=1, cutoff=0.4)
            meant = f"; did you mean {close[0]}?" if close else ""
            raise pytest.UsageError(f"--requirement {name}: no requirement has this id{meant}")
    options = {option.name: config.getoption(f"beacon_{option.field}") for option in OPTIONS}
    try:
        told = read_settings(options, os.environ, config.getoption("beacon_config"))
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from None
    if told.observer.startswith("sink:") and not told.is_reference and config.getoption("tx", None):
        raise pytest.UsageError("--observer: a sink listens in one process; leave -n out")
    return told


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the checks of the requirements that were asked for."""
    wanted = set(config.getoption("beacon_requirement"))
    if not wanted:
        return
    kept = [item for item in items if (requirement := requirement_of(item)) and requirement.id in wanted]
    dropped = [item for item in items if item not in kept]
    config.hook.pytest_deselected(items=dropped)
    items[:] = kept
